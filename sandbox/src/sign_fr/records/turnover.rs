//! What a system has sold by its journal, for closings.

use std::collections::HashMap;

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
    fn add(&mut self, effect: Totals) {
        self.count += 1;
        self.sums = self.sums.plus(effect).unwrap_or(self.sums);
    }

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

/// The turnover of what was signed before `end`: from `start` on, and ever.
pub(super) fn of(
    desk: &Desk<'_>,
    system: &Resource,
    start: Timestamp,
    end: Timestamp,
) -> (Turnover, Turnover) {
    let (mut since, mut ever) = (Turnover::default(), Turnover::default());
    // What a record refers to stands before it in the journal.
    let mut effects: HashMap<&str, Totals> = HashMap::new();
    for record in desk.state.records.rows().iter().filter(|record| record.system == system.id) {
        let Some(effect) = effect(desk, system, record, &effects) else { continue };
        effects.insert(&record.id, effect);
        let Ok(signed_at) = record.signed_at.parse::<Timestamp>() else { continue };
        if signed_at < end {
            ever.add(effect);
            if start <= signed_at {
                since.add(effect);
            }
        }
    }
    (since, ever)
}

/// What a record adds to the turnover; nothing for one that is no sale.
fn effect(
    desk: &Desk<'_>,
    system: &Resource,
    record: &Record,
    earlier: &HashMap<&str, Totals>,
) -> Option<Totals> {
    if dead(&record.state) {
        return None;
    }
    let operation: Value = serde_json::from_str(&record.operation).ok()?;
    if is_training(desk, record, &operation) {
        return None;
    }
    let original = || earlier.get(record.refers_to.as_deref()?).copied();
    match record.kind.as_str() {
        "TRANSACTION::RECEIPT" | "TRANSACTION::INVOICE" => {
            totals(guide::reading(&operation, desk.settings).pointer("/document/total_vat")?)
        }
        "TRANSACTION::CANCELLATION" => Some(original()?.negated()),
        "TRANSACTION::CORRECTION" => {
            let before = original()?;
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
