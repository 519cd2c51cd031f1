//! The journal's last entry in the metadata of every record, and the records as witnesses of the journal.
//!
//! Two keys are ours, of the 20 that a record has (contract sign-fr 1.5): `fiskal_operation`, and
//! `fiskal_journal` with `JOURNAL:SEQ:HASH`, or the journal's id alone where its line has no entry yet.

use super::chain;
use super::record::{self, Of};
use super::run::{Flow, Run};
use super::wire::{PAGE, text};
use crate::error::Error;
use crate::exchange::{Anchor, Context, Outcome, Witness, Witnesses};
use serde_json::{Value, json};

/// The key that names what booked a record.
pub(super) const OPERATION: &str = "fiskal_operation";
/// The key that names the journal that booked it, and its last entry by then.
pub(super) const JOURNAL: &str = "fiskal_journal";

/// The value of [`JOURNAL`].
pub(super) fn mark(now: &Context) -> String {
    match &now.anchor {
        Some(Anchor { seq, hash }) => format!("{}:{seq}:{hash}", now.writer),
        None => now.writer.to_string(),
    }
}

/// The journal that booked a record.
pub(super) fn writer(record: &Value) -> Option<&str> {
    text(record, "/metadata/fiskal_journal")?.split(':').next()
}

fn anchor(record: &Value) -> Option<Anchor> {
    let mut parts = text(record, "/metadata/fiskal_journal")?.split(':').skip(1);
    Some(Anchor { seq: parts.next()?.parse().ok()?, hash: parts.next()?.to_owned() })
}

/// A page of the register's records, system after system.
pub(super) fn witnesses(run: &Run<'_>) -> Flow<Outcome> {
    let next = run.param("next").as_str();
    let (rows, next) = record::page(run, "witnesses", Of::Register, next, &format!("&limit={PAGE}"))?;
    let records = rows.iter().filter_map(witness).collect();
    let result = serde_json::to_value(Witnesses { records, next })
        .map_err(|cause| Error::internal(format!("a list of records has no JSON form: {cause}")))?;
    Ok(Outcome { result: json!(result), ..Outcome::default() })
}

fn witness(record: &Value) -> Option<Witness> {
    let kind = text(record, "/content/type")?.to_owned();
    Some(Witness {
        record: text(record, "/content/id")?.to_owned(),
        own: chain::is_the_services_own(&kind),
        kind,
        mark: text(record, "/metadata/fiskal_operation").map(str::to_owned),
        journal: writer(record).map(str::to_owned),
        anchor: anchor(record),
    })
}
