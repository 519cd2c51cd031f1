//! Records: made once, and read back (contract sign-fr 2.7 and 2.8).

use super::lookup;
use super::offline_chain::{HASH, REMAINING, Wrapped};
use super::run::{Flow, Run, Stop};
use super::wire::{Write, encoded, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Answer, set_aside};
use crate::services::marks::OPERATION;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// What was asked for, to be compared with what the service says it has booked.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Sent {
    /// The record's type, such as `TRANSACTION::RECEIPT`.
    pub(super) record_type: String,
    /// The system.
    pub(super) system: String,
    /// For a TRANSACTION: its intention.
    pub(super) intention: Option<String>,
    /// The operation.
    pub(super) operation: Value,
}

/// A record, as the service shows it.
#[derive(Clone, Debug)]
pub(super) struct Record(pub(super) Value);

impl Record {
    pub(super) fn id(&self) -> Result<&str> {
        text(&self.0, "/content/id").ok_or_else(|| Error::internal("a record of the service has no id"))
    }

    pub(super) fn signature(&self) -> Option<&str> {
        text(&self.0, "/content/journal/signature")
    }

    pub(super) fn signed_at(&self) -> Option<jiff::Timestamp> {
        text(&self.0, "/content/journal/signed_at").and_then(|at| at.parse().ok())
    }

    /// The record before it in the system's chain.
    pub(super) fn previous(&self) -> Option<&str> {
        text(&self.0, "/content/journal/record/id")
    }

    pub(super) fn has_operation(&self) -> bool {
        text(&self.0, "/content/operation").is_some()
    }

    /// Whether the service has said its last word.
    pub(super) fn is_finished(&self) -> bool {
        // Where there is no mode, the state decides (contract sign-fr 3.2).
        match text(&self.0, "/content/mode") {
            Some(mode) => mode != "PROCESSING",
            None => text(&self.0, "/content/state") != Some("ACCEPTED"),
        }
    }

    /// The refusal, where the service booked the record and rejected it (contract sign-fr 4.3).
    pub(super) fn rejection(&self) -> Option<Error> {
        let state = text(&self.0, "/content/state").filter(|state| ["REJECTED", "FAILED"].contains(state))?;
        let logs: Vec<&str> = self
            .0
            .pointer("/content/logs")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|log| text(log, "/message"))
            .collect();
        let words = if logs.is_empty() { "it gave no reason".to_owned() } else { logs.join("; ") };
        let message = format!("the service rejected the record: {words}; correct it and sell again");
        Some(Error::new(Kind::Refused, message).with(|details| {
            details.service_code = Some(state.to_owned());
            details.service_message = Some(words);
        }))
    }
}

/// The body's `content` for what is asked for.
fn content(sent: &Sent) -> Value {
    match &sent.intention {
        None => json!({"type": "INTENTION", "system": {"id": sent.system}, "operation": sent.operation}),
        Some(intention) => {
            json!({"type": "TRANSACTION", "record": {"id": intention}, "operation": sent.operation})
        }
    }
}

/// Books a record once; gives it with what was asked for.
pub(super) fn book(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    sent: Sent,
    metadata: Map<String, Value>,
) -> Flow<(Sent, Record)> {
    let make = |_| Write::post(credential, "/records", content(&sent), metadata.clone());
    let record = match &run.operation.set_aside {
        None => written(run, label, credential, &sent, &metadata, &make)?,
        Some(reason) => given_up(run, label, credential, &sent, &metadata)?
            .ok_or_else(|| Stop::Refused(set_aside(reason)))?,
    };
    Ok((as_sent(run, label, sent), record))
}

/// The record of a request that is not to be sent any more, where it was booked.
pub(super) fn given_up(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    sent: &Sent,
    metadata: &Map<String, Value>,
) -> Flow<Option<Record>> {
    let mark = mark_of(metadata);
    let found = run.given_up(label, &|label| lookup::find(run, label, credential, sent, mark))?;
    Ok(found.map(Record))
}

/// Books a record made offline, in the intention that brings it.
pub(super) fn replay(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    wrapped: &Wrapped,
    sent: &Sent,
    metadata: &Map<String, Value>,
) -> Flow<Record> {
    let make = |_| {
        let write = Write::post(credential, "/records", wrapped.content.clone(), metadata.clone());
        let remaining = wrapped.remaining.to_string();
        write.with(REMAINING, remaining).with(HASH, wrapped.hash.clone())
    };
    written(run, label, credential, sent, metadata, &make)
}

fn written(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    sent: &Sent,
    metadata: &Map<String, Value>,
    make: &dyn Fn(u32) -> Write,
) -> Flow<Record> {
    let mark = mark_of(metadata);
    run.write(label, make, &|label| lookup::find(run, label, credential, sent, mark)).map(Record)
}

/// What a record is looked up by.
fn mark_of(metadata: &Map<String, Value>) -> &str {
    metadata.get(OPERATION).and_then(Value::as_str).unwrap_or_default()
}

/// What was really asked for: the journal's request, which another version of this program, or one
/// that knew other VAT codes, may have written before a restart.
fn as_sent(run: &Run<'_>, label: &str, mut sent: Sent) -> Sent {
    let labels = (1..).map(|number| super::run::numbered(label, number));
    let last = labels.map_while(|label| run.past.find(&label)).last();
    let body = last.and_then(|exchange| exchange.request.body.as_ref());
    if let Some(operation) = body.and_then(|body| body.pointer("/content/operation")) {
        sent.operation = operation.clone();
    }
    sent
}

/// Whether an intention was used up by a record that the service rejected.
pub(super) fn is_spent(run: &Run<'_>, credential: &str, intention: &str) -> Flow<bool> {
    let read =
        |label: &str, id: &str| run.read(label, credential, &format!("/records/{}", encoded(id)), None);
    let Some(used_in) =
        read("intention.read", intention)?.and_then(|answer| answer.text("/content/used_in/id"))
    else {
        return Ok(false);
    };
    let user = read("intention.user", used_in)?.map(|answer| Record(answer.body.clone()));
    Ok(user.is_some_and(|user| user.rejection().is_some()))
}

/// The record with its `operation`, which the answer to the booking may lack.
pub(super) fn with_operation(run: &Run<'_>, label: &str, credential: &str, record: Record) -> Flow<Record> {
    if record.has_operation() {
        return Ok(record);
    }
    let path = operation_path(record.id()?);
    let answer = read_of_booked(run, label, credential, &path)?;
    Ok(answer.map_or(record, |answer| Record(answer.body.clone())))
}

/// Reads what was booked. A refusal to show it is no refusal of the booking, which must not be forgotten
/// for it: there is nothing to see, then.
fn read_of_booked<'a>(run: &Run<'a>, label: &str, credential: &str, path: &str) -> Flow<Option<&'a Answer>> {
    match run.read(label, credential, path, None) {
        Err(Stop::Failed(_)) => Ok(None),
        other => other,
    }
}

/// Asks again until the service has said its last word; `meanwhile` can be handed over until then.
pub(super) fn settled(
    run: &Run<'_>,
    credential: &str,
    id: &str,
    meanwhile: &dyn Fn() -> Result<Option<crate::exchange::Outcome>>,
) -> Flow<Record> {
    for number in 1.. {
        let label = super::run::numbered("poll", number);
        if number > 1 && run.past.find(&label).is_none() {
            let before = super::run::numbered("poll", number - 1);
            run.wait_after(&before, Duration::from_secs(number.min(5).into()), meanwhile)?;
        }
        let answer = read_of_booked(run, &label, credential, &operation_path(id))?;
        if let Some(record) = answer.map(|answer| Record(answer.body.clone())).filter(Record::is_finished) {
            return Ok(record);
        }
    }
    Err(Error::internal("polling ran out of labels").into())
}

/// Where a record is shown with its operation (contract sign-fr 1.7).
pub(super) fn operation_path(id: &str) -> String {
    format!("/records/{}?operation=", encoded(id))
}
