//! Whether a replayed record continues the chain that was made offline (contract sign-fr 5.1, 5.3).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::create::text;
use crate::canonical;
use crate::settings::{ReplayAlphabet, ReplayAnchor, ReplayCheck, ReplayHashInput, SignFrSettings};
use crate::sign_fr::desk::Desk;
use crate::sign_fr::errors::Problem;
use crate::sign_fr::state::{Link, Record, Resource};

/// The link that this request adds to the chain of the system's buffer; nothing if chains are not verified.
pub(super) fn next(desk: &Desk<'_>, system: &Resource, operation: &Value) -> Result<Option<Link>, Problem> {
    match desk.settings.replay_check {
        ReplayCheck::Off => Ok(None),
        ReplayCheck::Refuse => link(desk, system, operation)
            .map(Some)
            .map_err(|why| Problem::unprocessable(format!("the replayed chain is broken: {why}"))),
    }
}

fn link(desk: &Desk<'_>, system: &Resource, operation: &Value) -> Result<Link, String> {
    let before = system.buffer.as_ref().and_then(|buffer| buffer.link.as_ref());
    let anchor = anchor(desk, system, text(operation, "/record/id"))?;
    check_seed(anchor, before, text(operation, "seed"))?;
    Ok(Link {
        anchor: before.map_or(&anchor.id, |link| &link.anchor).clone(),
        hash: hash(desk)?,
        recorded_at: recorded_at(desk, before, text(operation, "recorded_at"))?,
        remaining: remaining(desk, before)?,
    })
}

/// The record that the wrapper names: one of this system for the first of a buffer, then what the setting says.
fn anchor<'d>(desk: &'d Desk<'_>, system: &Resource, id: &str) -> Result<&'d Record, String> {
    let buffer = system.buffer.as_ref();
    let expected = match desk.settings.replay_anchor {
        ReplayAnchor::First => buffer.and_then(|buffer| buffer.link.as_ref()).map(|link| &link.anchor),
        ReplayAnchor::Previous => buffer.and_then(|buffer| buffer.records.last()),
    };
    if let Some(expected) = expected.filter(|expected| *expected != id) {
        return Err(format!("its anchor record.id is '{id}', expected is '{expected}'"));
    }
    let found = desk.state.records.get(id).filter(|record| record.system == system.id);
    found.ok_or_else(|| format!("its anchor, record '{id}', is not in the journal of system '{}'", system.id))
}

/// The anchor's signature seeds the first record of a buffer, the hash before seeds every other.
fn check_seed(anchor: &Record, before: Option<&Link>, seed: &str) -> Result<(), String> {
    let (expected, what) = match before {
        Some(link) => (&link.hash, "the hash of the record before"),
        None => (&anchor.signature, "the journal signature of the anchor"),
    };
    if seed == expected {
        return Ok(());
    }
    Err(format!("seed is '{seed}' and not {what}, '{expected}'"))
}

/// The hash that the client sent, once it is found to be right.
fn hash(desk: &Desk<'_>) -> Result<String, String> {
    let sent = desk.request.replay_hash.as_deref().ok_or("the header X-Replay-Hash is missing")?;
    let (place, what) = match desk.settings.replay_hash_input {
        ReplayHashInput::Wrapper => ("/content", "the REPLAY intention's canonical content"),
        ReplayHashInput::Inner => ("/content/operation/content", "the replayed record's canonical content"),
    };
    // The body as it was sent: members that the schema would default were not there when the client hashed.
    let input = desk.request.sent.pointer(place).ok_or("there is no content")?;
    let computed = spell(&Sha256::digest(canonical::to_string(input)), desk.settings);
    if sent == computed {
        return Ok(computed);
    }
    Err(format!("X-Replay-Hash is '{sent}' and not the SHA-256 of {what}, '{computed}'"))
}

fn spell(digest: &[u8], settings: &SignFrSettings) -> String {
    match (settings.replay_alphabet, settings.replay_padding) {
        (ReplayAlphabet::Base64, true) => STANDARD.encode(digest),
        (ReplayAlphabet::Base64, false) => STANDARD_NO_PAD.encode(digest),
        (ReplayAlphabet::Base64url, true) => URL_SAFE.encode(digest),
        (ReplayAlphabet::Base64url, false) => URL_SAFE_NO_PAD.encode(digest),
    }
}

/// The 24 hours run from the first unsent record, which is the one that comes now: all before it were sent.
fn recorded_at(desk: &Desk<'_>, before: Option<&Link>, written: &str) -> Result<Timestamp, String> {
    let time: Timestamp =
        written.parse().map_err(|error| format!("recorded_at '{written}' is no time: {error}"))?;
    if let Some(before) = before.filter(|before| time < before.recorded_at) {
        return Err(format!(
            "recorded_at {time} lies before that of the record before, {}",
            before.recorded_at
        ));
    }
    if time > desk.now {
        return Err(format!("recorded_at {time} lies ahead of the sandbox's clock, {}", desk.now));
    }
    let hours = desk.settings.replay_hours;
    if desk.now.duration_since(time) > SignedDuration::from_hours(i64::from(hours)) {
        return Err(format!("recorded_at {time} lies more than {hours} h before {}", desk.now));
    }
    Ok(time)
}

fn remaining(desk: &Desk<'_>, before: Option<&Link>) -> Result<u32, String> {
    let left = desk.request.replay_remaining.ok_or("the header X-Replay-Remaining is missing")?;
    let last = desk.settings.replay_last_remaining;
    match before {
        Some(before) if left.checked_add(1) != Some(before.remaining) => {
            Err(format!("X-Replay-Remaining is {left} after {}; it falls by one", before.remaining))
        }
        None if left < last => Err(format!("X-Replay-Remaining is {left}; the last record has {last}")),
        _ => Ok(left),
    }
}
