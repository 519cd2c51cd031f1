//! The receipts of a register as witnesses of the journal, as far as their metadata are what they were: whoever has a
//! key of the organization can change those (contract sign-at 2.5), but not a receipt's id.

use super::facts;
use super::run::{Flow, Run};
use super::sent;
use super::wire::{self, Api, PAGE, text};
use crate::error::{Error, Result};
use crate::exchange::{Outcome, Witness, Witnesses};
use crate::services::marks;
use serde_json::Value;
use uuid::Uuid;

/// A page of the register's receipts by their numbers, cash register after cash register.
pub(super) fn witnesses(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?;
    let credential = facts::merchant(run.facts)?.credential;
    let registers: Vec<&String> = register.replaced.iter().chain([&register.register]).collect();
    let (at, offset) = place(run)?;
    let owner = registers.get(at).ok_or_else(no_such_page)?;
    let address = format!(
        "/cash-register/{owner}/receipt?limit={PAGE}&offset={offset}&order=ASC&order_by=receipt_number"
    );
    let answer = run.read(Api::Signing, "witnesses", &credential, &address)?;
    let rows = answer.and_then(|answer| answer.body.get("data")).and_then(Value::as_array);
    let rows = rows.map(Vec::as_slice).unwrap_or_default();
    // `count` may be that of the page (contract sign-at 1.4): only a short page is the last one.
    let next = match rows.len() < PAGE {
        true => (at + 1 < registers.len()).then(|| format!("{}:0", at + 1)),
        false => Some(format!("{at}:{}", offset.saturating_add(PAGE))),
    };
    let records = rows.iter().filter_map(witness).collect();
    let result = serde_json::to_value(Witnesses { records, next })
        .map_err(|cause| Error::internal(format!("a list of receipts has no JSON form: {cause}")))?;
    Ok(Outcome { result, ..Outcome::default() })
}

/// Which cash register's page is asked for, and where it begins.
fn place(run: &Run<'_>) -> Result<(usize, usize)> {
    let (at, offset) =
        run.param("next").as_str().unwrap_or("0:0").split_once(':').ok_or_else(no_such_page)?;
    at.parse().ok().zip(offset.parse().ok()).ok_or_else(no_such_page)
}

fn no_such_page() -> Error {
    Error::invalid("/next", "this names no page; give what the page before says")
}

fn witness(receipt: &Value) -> Option<Witness> {
    let record = text(receipt, "/_id")?;
    Some(Witness {
        record: record.to_owned(),
        kind: text(receipt, "/receipt_type")?.to_owned(),
        own: sent::is_the_services_own(receipt),
        mark: marks::operation(receipt).filter(|mark| has_made(mark, record)).map(str::to_owned),
        journal: marks::journal(receipt).map(str::to_owned),
        anchor: marks::anchor(receipt),
    })
}

/// Whether the operation of this mark makes the receipt of this id. The mark may have been changed, the id not.
fn has_made(mark: &str, receipt: &str) -> bool {
    mark.parse::<Uuid>().is_ok_and(|operation| wire::version_4(operation) == receipt)
}
