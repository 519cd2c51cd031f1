//! A UNIT's API key, whose secret is shown once (contract sign-fr 2.2).

use super::facts::{self, MerchantFacts};
use super::provision::id_of;
use super::run::{Flow, Run};
use super::wire::{Write, text};
use crate::exchange::{KeptSecret, Outcome};
use serde_json::{Value, json};
use std::cell::RefCell;
use uuid::Uuid;

/// The UNIT's API key. One of ours that exists already is of no use, for its secret is lost; the next
/// one takes the next free name.
pub(super) fn subject(run: &Run<'_>, group: &str, unit: &str, credential: &str) -> Flow<Value> {
    let taken = RefCell::new(Vec::new());
    // A key that was asked for says itself which names were taken then.
    if run.past.find("subject").is_none() {
        run.list("subjects", group, "/subjects", Some(unit), |subject| {
            taken.borrow_mut().extend(text(subject, "/content/name").map(str::to_owned));
            false
        })?;
    } else {
        taken.borrow_mut().extend(sent_names(run));
    }
    let base = subject_base(credential);
    let make = |number: u32| {
        let taken = taken.borrow();
        let free = (1..)
            .map(|count| subject_name(&base, count))
            .filter(|name| !taken.contains(name))
            .nth(number as usize - 1);
        let content = json!({"type": "API_KEY", "name": free.unwrap_or_default()});
        let mut write = Write::post(group, "/subjects", content, run.marks()).scoped(unit);
        write.keep_secret = kept_as(credential);
        write
    };
    // One of unknown fate may exist; its secret is lost all the same.
    run.write("subject", &make, &|_| Ok(None))
}

/// Makes the merchant's next API key. The one before serves until somebody disables it, for which the contract
/// has no request (3.3).
pub(super) fn rotate(run: &Run<'_>) -> Flow<Outcome> {
    let before = facts::merchant(run.facts)?;
    let made = subject(run, &run.account_credential()?, &before.unit, &before.credential)?;
    let subject_name = text(&made, "/content/name").unwrap_or_default().to_owned();
    let after = MerchantFacts { subject: id_of(&made)?, subject_name, ..before.clone() };
    let result =
        json!({"credential": after.credential, "subject": after.subject, "replaced": before.subject});
    Ok(Outcome { result, learned: Some(json!(after)), ..Outcome::default() })
}

/// What of the answer goes into the store of secrets, under the credential's name.
pub(super) fn kept_as(credential: &str) -> Vec<KeptSecret> {
    ["key", "secret"]
        .map(|name| KeptSecret {
            pointer: format!("/content/credentials/{name}"),
            name: format!("{credential}/{name}"),
        })
        .to_vec()
}

/// The names that were taken when this operation asked for its first key.
fn sent_names(run: &Run<'_>) -> Vec<String> {
    let first = run.past.find("subject").and_then(|exchange| exchange.request.body.as_ref());
    first
        .and_then(|body| text(body, "/content/name"))
        .map(|name| earlier_names(name).collect())
        .unwrap_or_default()
}

fn subject_base(credential: &str) -> String {
    let id = Uuid::new_v3(&Uuid::NAMESPACE_OID, credential.as_bytes()).simple().to_string();
    format!("fiskal-{}", id.get(..16).unwrap_or(&id))
}

fn subject_name(base: &str, number: u32) -> String {
    if number == 1 { base.to_owned() } else { format!("{base}-{number}") }
}

/// The names that come before `name`: those of keys whose secrets are lost.
pub(super) fn earlier_names(name: &str) -> impl Iterator<Item = String> + use<> {
    let (base, number) =
        match name.rsplit_once('-').and_then(|(base, number)| Some((base, number.parse::<u32>().ok()?))) {
            Some((base, number)) if base.contains('-') && number < 10_000 => (base.to_owned(), number),
            _ => (name.to_owned(), 1),
        };
    (1..number).map(move |number| subject_name(&base, number))
}
