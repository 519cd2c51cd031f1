//! Organizations, subjects, taxpayers, locations and systems by the service's own ids (contract sign-fr 2).
//!
//! They run on the account's line and learn nothing: what a register stands on are the facts that
//! `provision` leaves. Whatever is created carries the operation's id, by which a lost answer is looked up,
//! and no line's name, by which `provision` would take it for its own.

mod content;
mod devices;
pub(super) mod states;
mod view;

use super::provision::{own_organization, shown_secrets};
use super::run::{Flow, Run};
use super::subject;
use super::wire::{Write, encoded, is_page_token, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{KeptSecret, Outcome};
use crate::services::metadata;
use serde_json::{Value, json};
use uuid::Uuid;

/// Pages that one call follows (with 100 resources each).
const MOST_PAGES: u32 = 200;
/// The largest page (contract sign-fr 1.7).
const LARGEST_PAGE: u64 = 100;

/// One kind of resource.
#[derive(Debug)]
struct Collection {
    /// The word for it here, which begins the operations' names.
    word: &'static str,
    /// Its path at the service.
    path: &'static str,
    /// Filters of its list: our parameter, the service's (contract sign-fr 1.2).
    filters: &'static [(&'static str, &'static str)],
}

const COLLECTIONS: [Collection; 5] = [
    Collection { word: "organization", path: "/organizations", filters: &[] },
    Collection { word: "subject", path: "/subjects", filters: &[] },
    Collection { word: "merchant", path: "/taxpayers", filters: &[] },
    Collection { word: "location", path: "/locations", filters: &[("merchant", "taxpayer_id")] },
    Collection {
        word: "system",
        path: "/systems",
        filters: &[("merchant", "taxpayer_id"), ("location", "location_id")],
    },
];

impl Collection {
    /// Whether its resources belong to an organization that the caller may name (contract sign-fr 1.3).
    fn is_scoped(&self) -> bool {
        matches!(self.word, "organization" | "subject")
    }

    /// Whether its resources are commissioned, suspended and decommissioned (contract sign-fr 3.1 and 3.3).
    fn has_states(&self) -> bool {
        !self.is_scoped()
    }
}

/// The outcome of an operation on a resource; `None` where the operation is another one.
pub(super) fn outcome(run: &Run<'_>) -> Option<Flow<Outcome>> {
    let (word, verb) = run.operation.name.split_once('.')?;
    let collection = COLLECTIONS.iter().find(|collection| collection.word == word)?;
    let shown = match verb {
        "create" => create(run, collection),
        "update" => update(run, collection),
        "get" => found(run, collection).and_then(|body| Ok(view::shown(collection, &body)?)),
        "list" => list(run, collection),
        verb if collection.has_states() => states::change(run, collection, verb)?,
        _ => return None,
    };
    let is_written_down = !matches!(verb, "get" | "list");
    Some(shown.map(|mut result| {
        if is_written_down && collection.word == "merchant" {
            hide_shown_secrets(run, &mut result);
        }
        Outcome { result, ..Outcome::default() }
    }))
}

/// Puts the name of a secret that the service shows with a taxpayer where the result repeats it. The engine does so
/// with the answer to a write; the result may repeat that to a read, and the journal keeps it.
fn hide_shown_secrets(run: &Run<'_>, result: &mut Value) {
    let Ok(credential) = credential(run) else { return };
    for KeptSecret { pointer, name } in shown_secrets(run, &credential) {
        if let Some(shown) =
            result.pointer_mut(&format!("/answer{pointer}")).filter(|shown| shown.is_string())
        {
            *shown = json!({ "$secret": name });
        }
    }
}

/// What of a resource's answers must not be written down.
fn kept(run: &Run<'_>, collection: &Collection, credential: &str) -> Vec<KeptSecret> {
    if collection.word == "merchant" { shown_secrets(run, credential) } else { Vec::new() }
}

/// The credential that goes along: the one that was named, else the account's own.
fn credential(run: &Run<'_>) -> Result<String> {
    match run.param("credential").as_str() {
        Some(named) => Ok(named.to_owned()),
        None => run.account_credential(),
    }
}

/// The organization that a change is for: the one that is named; else that of the key, where the contract wants it
/// said with every change.
fn scope(run: &Run<'_>, collection: &Collection, credential: &str) -> Flow<Option<String>> {
    let named = if collection.is_scoped() { id(run, "organization")? } else { None };
    match named {
        None if run.service.contract.has_scope() => own_organization(run, credential).map(Some),
        named => Ok(named),
    }
}

/// The parameter `name` as an id, as paths and references have it: a UUID in small letters.
fn id(run: &Run<'_>, name: &str) -> Result<Option<String>> {
    run.param(name).as_str().map(|given| as_id(&format!("/{name}"), given)).transpose()
}

fn as_id(pointer: &str, given: &str) -> Result<String> {
    let parsed = Uuid::try_parse(given).map_err(|_| {
        Error::invalid(pointer, "an id of the service is a UUID; give it as the service shows it")
    })?;
    Ok(parsed.hyphenated().to_string())
}

/// The path of the resource that the operation names.
fn address(run: &Run<'_>, collection: &Collection) -> Result<String> {
    let id = id(run, collection.word)?
        .ok_or_else(|| Error::internal(format!("{} names no {}", run.operation.name, collection.word)))?;
    Ok(format!("{}/{id}", collection.path))
}

/// The resource that the operation names, as it is now.
fn found(run: &Run<'_>, collection: &Collection) -> Flow<Value> {
    let path = address(run, collection)?;
    let answer = run.read("find", &credential(run)?, &path, None)?;
    let gone = || {
        let word = collection.word;
        let message =
            format!("the service shows no such {word} to this key; `{word}.list` lists those it shows");
        Error::new(Kind::NotFound, message).at(format!("/{word}"))
    };
    Ok(answer.ok_or_else(gone)?.body.clone())
}

fn create(run: &Run<'_>, collection: &Collection) -> Flow<Value> {
    let credential = credential(run)?;
    let content = content::new(run, collection.word)?;
    let mut metadata = metadata::given(&run.operation.params)?;
    metadata.extend(run.record_marks());
    let scope = scope(run, collection, &credential)?;
    let kept = format!(
        "{}@{}/subject/{}",
        run.operation.line.account, run.operation.line.environment, run.operation.id
    );
    let shown = self::kept(run, collection, &credential);
    let make = |_| {
        let mut write = Write::post(&credential, collection.path, content.clone(), metadata.clone());
        write.scope.clone_from(&scope);
        write.keep_secret.clone_from(&shown);
        if collection.word == "subject" {
            write.keep_secret = subject::kept_as(&kept);
        }
        write
    };
    let look = |label: &str| match collection.word {
        // One of unknown fate may exist; its secret is lost all the same.
        "subject" => Ok(None),
        _ => made_by_us(run, label, collection, &credential, scope.as_deref()).map(|mut found| found.pop()),
    };
    let body = run.write("create", &make, &look)?;
    let mut shown = view::shown(collection, &body)?;
    if collection.word == "subject" {
        let orphans = orphans(run, collection, &credential, scope.as_deref(), &body)?;
        shown["credential"] = kept.into();
        shown["orphans"] = orphans.into();
    }
    Ok(shown)
}

/// The resources of a list that this operation made.
fn made_by_us(
    run: &Run<'_>,
    label: &str,
    collection: &Collection,
    credential: &str,
    scope: Option<&str>,
) -> Flow<Vec<Value>> {
    let mark = run.operation.id.to_string();
    let mut found = Vec::new();
    run.list(&format!("{label}.look"), credential, collection.path, scope, |resource| {
        if text(resource, "/metadata/fiskal_operation") == Some(&mark) {
            found.push(resource.clone());
        }
        false
    })?;
    Ok(found)
}

/// Subjects that an earlier key of this operation made, and whose secrets nobody has.
fn orphans(
    run: &Run<'_>,
    collection: &Collection,
    credential: &str,
    scope: Option<&str>,
    made: &Value,
) -> Flow<Vec<String>> {
    if run.past.find("create-2").is_none() {
        return Ok(Vec::new());
    }
    let all = made_by_us(run, "orphans", collection, credential, scope)?;
    let ids = all.iter().filter_map(|subject| text(subject, "/content/id"));
    Ok(ids.filter(|id| Some(*id) != text(made, "/content/id")).map(str::to_owned).collect())
}

/// Changes what is said about it. Said twice it is the same, so one of unknown fate is said again.
fn update(run: &Run<'_>, collection: &Collection) -> Flow<Value> {
    let path = address(run, collection)?;
    let now = found(run, collection)?;
    let changes = content::changed(run, collection.word, &now)?;
    let metadata = metadata::given(&run.operation.params)?;
    if changes.is_empty() && metadata.is_empty() {
        return Ok(view::shown(collection, &now)?);
    }
    let credential = credential(run)?;
    let shown = kept(run, collection, &credential);
    let scope = scope(run, collection, &credential)?;
    let make = |_| {
        let mut write = Write::patch(&credential, path.clone(), json!(changes)).keeping(&shown);
        write.scope.clone_from(&scope);
        if !metadata.is_empty() {
            write.body["metadata"] = json!(metadata);
        }
        write
    };
    let body = run.write("update", &make, &|_| Ok(None))?;
    Ok(view::shown(collection, &body)?)
}

/// One page, or all that follow too.
fn list(run: &Run<'_>, collection: &Collection) -> Flow<Value> {
    let credential = credential(run)?;
    let scope = if collection.is_scoped() { id(run, "organization")? } else { None };
    let limit = run.param("limit").as_u64().unwrap_or(LARGEST_PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Error::invalid("/limit", format!("a page has 1 to {LARGEST_PAGE} resources")).into());
    }
    let mut base = format!("{}?limit={limit}", collection.path);
    for (ours, theirs) in collection.filters {
        if let Some(id) = id(run, ours)? {
            base.push_str(&format!("&{theirs}={id}"));
        }
    }
    let mut token = run.param("token").as_str();
    if token.is_some_and(|token| !is_page_token(token)) {
        return Err(
            Error::invalid("/token", "this is no token of a page; give the one of the page before").into()
        );
    }
    let all = run.param("all") == &Value::Bool(true);
    let mut results = Vec::new();
    for page in 1..=MOST_PAGES {
        let path = token.map_or_else(|| base.clone(), |token| format!("{base}&token={}", encoded(token)));
        // An empty list may be a 404 (contract sign-fr 1.8).
        let Some(answer) = run.read(&format!("list.{page}"), &credential, &path, scope.as_deref())? else {
            token = None;
            break;
        };
        for resource in answer.body.get("results").and_then(Value::as_array).into_iter().flatten() {
            results.push(view::shown(collection, resource)?);
        }
        token = answer.text("/pagination/token");
        if token.is_none() || !all {
            break;
        }
    }
    Ok(json!({"results": results, "token": token}))
}
