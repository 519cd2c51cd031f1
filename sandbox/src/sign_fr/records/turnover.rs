//! What a system has sold by its journal, for closings.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::amounts::{Totals, totals};
use super::book::dead;
use super::correction;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::guide;
use crate::sign_fr::state::{Record, Resource};

/// Documents that count, and their sums.
#[derive(Debug, Default)]
pub(super) struct Turnover {
    pub(super) count: usize,
    sums: Totals,
}

impl Turnover {
    /// The sums under the names of a document's.
    pub(super) fn total_vat(&self) -> Value {
        let shown = |amount: Decimal| Value::from(amount.normalize().to_string());
        json!({
            "amount": shown(self.sums.amount),
            "exclusive": shown(self.sums.exclusive),
            "inclusive": shown(self.sums.inclusive),
        })
    }
}

/// The turnover of what was signed from `start` (or ever) until before `end`.
pub(super) fn of(desk: &Desk<'_>, system: &Resource, start: Option<Timestamp>, end: Timestamp) -> Turnover {
    let within = |record: &&Record| {
        let signed_at = record.signed_at.parse::<Timestamp>();
        record.system == system.id
            && signed_at.is_ok_and(|at| start.is_none_or(|start| start <= at) && at < end)
    };
    let mut turnover = Turnover::default();
    for record in desk.state.records.rows().iter().filter(within) {
        if let Some(effect) = effect(desk, system, record) {
            turnover.count += 1;
            turnover.sums = turnover.sums.plus(effect).unwrap_or(turnover.sums);
        }
    }
    turnover
}

/// What a record adds to the turnover; nothing for one that is no sale.
fn effect(desk: &Desk<'_>, system: &Resource, record: &Record) -> Option<Totals> {
    let original = |record: &Record| desk.state.records.get(record.refers_to.as_deref()?);
    // No recursion: clients cancel cancellations as often as they like.
    let (mut last, mut is_taken_back) = (record, false);
    while last.kind == "TRANSACTION::CANCELLATION" {
        counted(desk, last)?;
        (last, is_taken_back) = (original(last)?, !is_taken_back);
    }
    let own = own_effect(desk, system, last, original(last))?;
    Some(if is_taken_back { own.negated() } else { own })
}

/// The operation of a record that counts; nothing for one that was rejected, or is training.
fn counted(desk: &Desk<'_>, record: &Record) -> Option<Value> {
    let operation = serde_json::from_str(&record.operation).ok()?;
    (!dead(&record.state) && !is_training(desk, record, &operation)).then_some(operation)
}

/// What a sale or the correction of one adds.
fn own_effect(
    desk: &Desk<'_>,
    system: &Resource,
    record: &Record,
    original: Option<&Record>,
) -> Option<Totals> {
    let operation = counted(desk, record)?;
    match record.kind.as_str() {
        "TRANSACTION::RECEIPT" | "TRANSACTION::INVOICE" => {
            totals(guide::reading(&operation, desk.settings).pointer("/document/total_vat")?)
        }
        "TRANSACTION::CORRECTION" => {
            let before = own_effect(desk, system, original?, None)?;
            let data = totals(operation.pointer("/data/document/total_vat")?)?;
            if correction::takes_back(system.country, &operation, desk.settings) {
                Some(data.negated())
            } else {
                data.plus(before.negated())
            }
        }
        _ => None,
    }
}

/// Whether the operation, the receipt inside it, or its intention says that it is training.
fn is_training(desk: &Desk<'_>, record: &Record, operation: &Value) -> bool {
    let says = |operation: &Value| {
        ["/details/training", "/data/details/training"]
            .iter()
            .any(|place| operation.pointer(place) == Some(&Value::Bool(true)))
    };
    let intention = record.record.as_deref().and_then(|id| desk.state.records.get(id));
    let begun = intention.and_then(|intention| serde_json::from_str(&intention.operation).ok());
    says(operation) || begun.is_some_and(|operation| says(&operation))
}
