//! `INTENTION` with operation `REPLAY`: a record that was made offline (contract sign-fr 5).
//!
//! The inner record is booked as if it came now, and carries `replayed_by`. That names the wrapping intention, which
//! has no record of its own: the enum of record types has no value for it. A transaction's `record.offset` finds its
//! intention among the records of the buffer that is being sent; the buffer ends with the record whose
//! `X-Replay-Remaining` is the setting `replay_last_remaining`.
//!
//! Not checked here: `seed` and `X-Replay-Hash` against the chain of hashes, `recorded_at` against the 24 hours,
//! the count of `X-Replay-Remaining` from one record to the next, and whether normal records come in between.

use serde_json::Value;
use uuid::Uuid;

use super::create::{Origin, by_content, text};
use crate::sign_fr::desk::Desk;
use crate::sign_fr::errors::Problem;
use crate::sign_fr::state::{Kind, Record, Resource};

pub(super) fn create(desk: &mut Desk<'_>, content: &Value) -> Result<Record, Problem> {
    let system = desk.refer(Kind::System, text(content, "/system/id"))?.clone();
    let anchor = text(content, "/operation/record/id");
    if desk.state.records.get(anchor).is_none_or(|record| record.system != system.id) {
        return Err(Problem::new(
            desk.settings.unknown_reference_status,
            format!("record '{anchor}', the anchor of the replay, not found in system '{}'", system.id),
        ));
    }
    let inner = content.pointer("/operation/content").cloned().unwrap_or_default();
    check_system(&system, &inner)?;
    let intention = inner.pointer("/record/offset").and_then(Value::as_str);
    let intention = intention.map(|offset| at_offset(desk, &system, offset)).transpose()?;
    let origin = Origin { replayed_by: Some(Uuid::now_v7().to_string()), intention };
    let record = by_content(desk, &inner, origin)?;
    remember(desk, &system.id, &record.id);
    Ok(record)
}

fn check_system(system: &Resource, inner: &Value) -> Result<(), Problem> {
    let id = text(inner, "/system/id");
    if id.is_empty() || id == system.id {
        return Ok(());
    }
    Err(Problem::unprocessable(format!(
        "the replayed record names system '{id}', its wrapper '{}'",
        system.id
    )))
}

/// The record at a place in the buffer that is being sent.
pub(super) fn at_offset(desk: &Desk<'_>, system: &Resource, offset: &str) -> Result<String, Problem> {
    let base = usize::try_from(desk.settings.replay_offset_base).unwrap_or_default();
    let place = offset.parse::<usize>().ok().and_then(|offset| offset.checked_sub(base));
    place.and_then(|place| system.replayed.get(place)).cloned().ok_or_else(|| {
        let count = system.replayed.len();
        Problem::unprocessable(format!(
            "record.offset {offset} is not among the {count} records replayed so far"
        ))
    })
}

/// Adds a record to the buffer being sent, or ends the buffer. A record without the header is a buffer of one.
fn remember(desk: &mut Desk<'_>, system: &str, record: &str) {
    let Some(mut system) = desk.state.systems.get(system).cloned() else { return };
    let is_last =
        desk.request.replay_remaining.is_none_or(|left| left <= desk.settings.replay_last_remaining);
    if is_last {
        system.replayed.clear();
    } else {
        system.replayed.push(record.to_owned());
    }
    desk.save(system);
}
