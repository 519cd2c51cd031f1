//! Organizations and their API keys, and signature creation units, by the service's own ids (contract sign-at 2.3 and
//! 2.11).
//!
//! They run on the account's line. What a register stands on are the facts that `provision` leaves; the only thing that
//! is learned here is which units were ended, because registers go on to name one until they are provisioned anew.
//! What is created carries the operation's id, by which a lost answer is looked up, and no line's name, by which
//! `provision` would take it for its own.

mod keys;
mod organizations;
mod units;
mod view;

use super::account;
use super::pages::{self, List};
use super::run::{Flow, Run};
use super::wire::{Api, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::Outcome;
use crate::services::metadata;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A resource in the words that callers get.
type Shown = fn(&Value) -> Result<Value>;

/// The outcome of an operation on a resource; `None` where the operation is another one.
pub(super) fn outcome(run: &Run<'_>) -> Option<Flow<Outcome>> {
    let shown = match run.operation.name.as_str() {
        "organization.create" => organizations::create(run),
        "organization.update" => organizations::update(run),
        "organization.get" => organizations::get(run),
        "organization.list" => organizations::list(run),
        "subject.create" => keys::create(run),
        "subject.update" => keys::update(run),
        "subject.get" => keys::get(run),
        "subject.list" => keys::list(run),
        "unit.get" => units::get(run),
        "unit.list" => units::list(run),
        "unit.decommission" => return Some(units::decommission(run)),
        _ => return None,
    };
    Some(shown.map(|result| Outcome { result, ..Outcome::default() }))
}

/// The operation's parameters, which were read strictly before.
fn asked<T: DeserializeOwned>(run: &Run<'_>) -> Result<T> {
    T::deserialize(&run.operation.params)
        .map_err(|cause| Error::internal(format!("what was asked for cannot be read back: {cause}")))
}

/// The credential that goes along: the one that was named, else the account's own.
fn credential(run: &Run<'_>) -> Result<String> {
    match run.param("credential").as_str() {
        Some(named) => Ok(named.to_owned()),
        None => run.account_credential(),
    }
}

/// The parameter `name` as an id, as paths and references have it: a UUID in small letters.
fn id(run: &Run<'_>, name: &str) -> Result<Option<String>> {
    let parsed = run.param(name).as_str().map(|given| {
        Uuid::try_parse(given).map(|id| id.hyphenated().to_string()).map_err(|_| {
            let message = "an id of SIGN AT is a UUID; give it as the service shows it";
            Error::invalid(format!("/{name}"), message)
        })
    });
    parsed.transpose()
}

/// The id of the resource that the operation names.
fn named(run: &Run<'_>, word: &str) -> Result<String> {
    id(run, word)?.ok_or_else(|| Error::internal(format!("{} names no {word}", run.operation.name)))
}

/// The organization that is named, else the one whose key goes along. Only a sign-in tells that one.
fn organization(run: &Run<'_>, credential: &str) -> Flow<String> {
    if let Some(named) = id(run, "organization")? {
        return Ok(named);
    }
    account::own_organization(run, credential)?.ok_or_else(|| {
        let message = "the key does not tell whose it is; give organization";
        Error::invalid("/organization", message).into()
    })
}

/// The resource at `path`, as it is now.
fn found(run: &Run<'_>, api: Api, path: &str, word: &str) -> Flow<Value> {
    let answer = run.read(api, "find", &credential(run)?, path)?;
    Ok(answer.ok_or_else(|| gone(word))?.body.clone())
}

fn gone(word: &str) -> Error {
    let message = format!("SIGN AT shows no such {word} to this key; `{word}.list` lists those it shows");
    Error::new(Kind::NotFound, message).at(format!("/{word}"))
}

/// A list of resources, page by page.
fn listed(run: &Run<'_>, api: Api, address: &str, word: &str, shown: Shown) -> Flow<Value> {
    let credential = credential(run)?;
    let gone = || gone(word);
    pages::pages(run, &List { api, credential: &credential, address, shown: &shown, gone: &gone })
}

/// The resource of a list that this operation made.
fn made_by_us(run: &Run<'_>, label: &str, credential: &str, path: &str) -> Flow<Vec<Value>> {
    let mark = run.operation.id.to_string();
    let all = run.list(Api::Management, label, credential, path)?;
    let ours = all.into_iter().filter(|one| text(one, "/metadata/fiskal_operation") == Some(&mark));
    Ok(ours.cloned().collect())
}

/// What is kept with a new resource: the caller's own data and the marks of this operation.
fn kept(run: &Run<'_>) -> Result<Map<String, Value>> {
    let mut kept = metadata::given(&run.operation.params)?;
    kept.extend(run.marks());
    Ok(kept)
}

/// What is kept with a resource after a change; `None` where nothing of it changes. Whether the service replaces the
/// whole or the keys that are named is not known (contract sign-at 2.5), so the whole is sent.
fn changed(run: &Run<'_>, now: &Value) -> Result<Option<Map<String, Value>>> {
    let given = metadata::given(&run.operation.params)?;
    if given.is_empty() {
        return Ok(None);
    }
    let mut kept = now.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    kept.extend(given);
    kept.retain(|_, value| value != "");
    Ok(Some(kept))
}
