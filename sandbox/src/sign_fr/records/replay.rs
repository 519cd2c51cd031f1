//! `INTENTION` with operation `REPLAY`: a record that was made offline (contract sign-fr 5).
//!
//! The inner record is booked as if it came now, and carries `replayed_by`. That names the wrapping intention, which
//! has no record of its own: the enum of record types has no value for it. A transaction's `record.offset` finds its
//! intention among the records of the buffer that is being sent; the buffer ends with the record whose
//! `X-Replay-Remaining` is the setting `replay_last_remaining`. A record that is refused leaves the buffer as it was.

use serde_json::Value;
use uuid::Uuid;

use super::create::{INTENTION, Origin, by_content, text, unlisted};
use super::offline_chain;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::errors::Problem;
use crate::sign_fr::state::{Kind, Link, Record, Resource};

pub(super) fn create(desk: &mut Desk<'_>, content: &Value) -> Result<Record, Problem> {
    let system = desk.refer(Kind::System, text(content, "/system/id"))?.clone();
    if !system.country.replays() {
        return Err(unlisted(desk, &system, "INTENTION::REPLAY"));
    }
    let operation = content.get("operation").unwrap_or(&Value::Null);
    let link = offline_chain::next(desk, &system, operation)?;
    let inner = operation.get("content").cloned().unwrap_or_default();
    check_system(desk, &system, &inner)?;
    let intention = inner.pointer("/record/offset").and_then(Value::as_str);
    let intention = intention.map(|offset| intention_at(desk, &system, offset)).transpose()?;
    let origin = Origin { replayed_by: Some(Uuid::now_v7().to_string()), intention };
    let record = by_content(desk, &inner, origin)?;
    remember(desk, &system.id, &record.id, link);
    Ok(record)
}

/// The inner record belongs to the wrapper's system: an intention names it, a transaction's intention was made on it.
fn check_system(desk: &Desk<'_>, system: &Resource, inner: &Value) -> Result<(), Problem> {
    let intention = desk.state.records.get(text(inner, "/record/id"));
    let intention = intention.filter(|record| desk.sees(&record.organization));
    let named = intention.map_or_else(|| text(inner, "/system/id"), |intention| &intention.system);
    if named.is_empty() || named == system.id {
        return Ok(());
    }
    Err(Problem::unprocessable(format!(
        "the replayed record belongs to system '{named}', its wrapper to '{}'",
        system.id
    )))
}

/// The intention at a place in the buffer that is being sent.
fn intention_at(desk: &Desk<'_>, system: &Resource, offset: &str) -> Result<String, Problem> {
    let id = at_offset(desk, system, offset)?;
    match desk.state.records.get(&id) {
        Some(record) if record.kind != INTENTION => Err(Problem::unprocessable(format!(
            "record.offset {offset} is {} and not {INTENTION}",
            record.kind
        ))),
        _ => Ok(id),
    }
}

/// The record at a place in the buffer that is being sent.
pub(super) fn at_offset(desk: &Desk<'_>, system: &Resource, offset: &str) -> Result<String, Problem> {
    let base = usize::try_from(desk.settings.replay_offset_base).unwrap_or_default();
    let place = offset.parse::<usize>().ok().and_then(|offset| offset.checked_sub(base));
    let records = system.buffer.as_ref().map_or(&[][..], |buffer| &buffer.records);
    place.and_then(|place| records.get(place)).cloned().ok_or_else(|| {
        let count = records.len();
        Problem::unprocessable(format!(
            "record.offset {offset} is not among the {count} records replayed so far"
        ))
    })
}

/// Adds a record to the buffer being sent, or ends the buffer. A record without the header is a buffer of one.
fn remember(desk: &mut Desk<'_>, system: &str, record: &str, link: Option<Link>) {
    let Some(mut system) = desk.state.systems.get(system).cloned() else { return };
    let is_last =
        desk.request.replay_remaining.is_none_or(|left| left <= desk.settings.replay_last_remaining);
    if is_last {
        system.buffer = None;
    } else {
        let buffer = system.buffer.get_or_insert_default();
        buffer.records.push(record.to_owned());
        buffer.link = link;
    }
    desk.save(system);
}
