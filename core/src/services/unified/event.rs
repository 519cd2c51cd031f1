//! Events that the law wants recorded: an INTENTION::EVENT (contract sign-fr 2.7 and 5.5).

use super::booked::Booked;
use super::entries::{self, set};
use super::facts;
use super::records::{self, Record, Sent};
use super::run::{Flow, Run};
use crate::error::{Error, Result};
use crate::exchange::Outcome;
use crate::sale::Cashier;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The longest code and description (Appendix A, EventCode and EventDescription).
const CODE: usize = 32;
const DESCRIPTION: usize = 128;
/// Most properties of an event, and their longest value (Appendix A, EventProperties).
const PROPERTIES: (usize, usize) = (16, 64);

/// What only SIGN FR knows of an event: `extra.sign-fr`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventExtra {
    /// Properties by the service's own keys (contract sign-fr 5.6); they need a cashier.
    #[serde(default)]
    properties: BTreeMap<String, String>,
}

/// What the caller says about it.
#[derive(Deserialize)]
struct Asked {
    code: String,
    description: String,
    #[serde(default)]
    occurred_at: Option<Timestamp>,
    #[serde(default)]
    cashier: Option<Cashier>,
    #[serde(default)]
    training: bool,
    #[serde(default)]
    extra: Map<String, Value>,
}

/// Books the event.
pub(super) fn record(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?;
    let credential = facts::merchant(run.facts)?.credential;
    let sent = Sent {
        record_type: "INTENTION::EVENT".into(),
        system: register.system.clone(),
        intention: None,
        operation: operation(run)?,
    };
    let record = records::book(run, "event", &credential, sent, run.record_marks())?;
    let booked = Booked::check(run, "event", &credential, &register, record, None)?;
    Ok(Outcome {
        result: result(run, Some(&booked.record))?,
        learned: Some(booked.learned(&register)?),
        error: booked.error(run.service, "the event is recorded"),
        ..Outcome::default()
    })
}

/// What the caller gets; all of it is absent while the event waits to be sent.
pub(super) fn result(run: &Run<'_>, record: Option<&Record>) -> Result<Value> {
    let signed_at = record.and_then(Record::signed_at).map(|at| run.local(at)).transpose()?;
    Ok(json!({
        "record": record.map(Record::id).transpose()?,
        "signature": record.and_then(Record::signature),
        "signed_at": signed_at,
    }))
}

/// The operation of the event that the caller asks for.
///
/// # Errors
/// `invalid` with the JSON pointer of what SIGN FR cannot take.
pub(super) fn operation(run: &Run<'_>) -> Result<Value> {
    let asked = Asked::deserialize(&run.operation.params)
        .map_err(|cause| Error::internal(format!("what was asked for cannot be read back: {cause}")))?;
    fits("/code", &asked.code, CODE)?;
    fits("/description", &asked.description, DESCRIPTION)?;
    let occurred_at = run.local(asked.occurred_at.unwrap_or(run.operation.at))?;
    let mut operation = json!({
        "type": "EVENT",
        "code": asked.code,
        "description": asked.description,
        "occurred_at": occurred_at,
    });
    let own: EventExtra = entries::extra(&asked.extra)?;
    let Some(cashier) = &asked.cashier else {
        if asked.training || !own.properties.is_empty() {
            let message = "properties and training of an event need a cashier in France; give cashier.id";
            return Err(Error::invalid("/cashier", message));
        }
        return Ok(operation);
    };
    let mut details = json!({"creators": [{"type": "PERSON", "label": cashier.id}]});
    if asked.training {
        set(&mut details, "training", true);
    }
    if !own.properties.is_empty() {
        set(&mut details, "properties", entries::properties(&own.properties, PROPERTIES)?);
    }
    set(&mut operation, "details", details);
    Ok(operation)
}

/// Whether a text has a character, and no more than the service takes.
pub(super) fn fits(pointer: &str, text: &str, most: usize) -> Result<()> {
    if text.contains('\0') {
        return Err(Error::invalid(pointer, "the text has a zero byte in it; remove it"));
    }
    if (1..=most).contains(&text.chars().count()) {
        return Ok(());
    }
    Err(Error::invalid(pointer, format!("the service takes 1 to {most} characters here")))
}
