//! The records of a register as witnesses of the journal.

use super::chain;
use super::record::{self, Of};
use super::run::{Flow, Run};
use super::wire::{PAGE, text};
use crate::error::Error;
use crate::exchange::{Outcome, Witness, Witnesses};
use crate::services::marks;
use serde_json::{Value, json};

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
        mark: marks::operation(record).map(str::to_owned),
        journal: marks::journal(record).map(str::to_owned),
        anchor: marks::anchor(record),
    })
}
