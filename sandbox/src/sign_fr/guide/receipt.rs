//! The guide's RECEIPT, read as the reference has it: what it costs, and what its lines are called.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{put, take};
use crate::settings::{GuideAmounts, SignFrSettings};
use crate::sign_fr::errors::Problem;

const TOTALS: [(&str, &str); 2] =
    [("inclusive", "total_including_vat"), ("exclusive", "total_excluding_vat")];

/// Refuses what is no amount in the unit that the settings name.
pub(super) fn check(operation: &Value, settings: &SignFrSettings) -> Result<(), Problem> {
    let amounts = operation.pointer("/document/amounts");
    for (_, name) in TOTALS {
        let amount = amounts.and_then(|amounts| amounts.get(name)).and_then(Value::as_str);
        let Some(amount) = amount.filter(|_| settings.guide_amounts == GuideAmounts::Cents) else { continue };
        if amount.contains('.') {
            return Err(Problem::bad_request(format!(
                "Request body at /operation/document/amounts/{name} '{amount}' is not a whole number of cents"
            )));
        }
    }
    Ok(())
}

/// An operation as the reference has it. What is not the guide's RECEIPT is that already.
pub(in crate::sign_fr) fn reading(operation: &Value, settings: &SignFrSettings) -> Value {
    let mut read = operation.clone();
    if read.pointer("/document/amounts").is_none() {
        return read;
    }
    if let Some(document) = read.get_mut("document") {
        let amounts = take(document, "amounts").unwrap_or_default();
        put(document, "total_vat", total(&amounts, settings).unwrap_or_default());
        if let Some(date) = take(document, "date") {
            put(document, "issued_at", date);
        }
    }
    for entry in read.get_mut("entries").and_then(Value::as_array_mut).into_iter().flatten() {
        for (place, name, guide) in
            [("data", "text", "description"), ("details", "concept", "good_or_service")]
        {
            let mut inner = take(entry, place).unwrap_or_else(|| json!({}));
            put(&mut inner, name, take(entry, guide).unwrap_or_default());
            put(entry, place, inner);
        }
    }
    read
}

fn total(amounts: &Value, settings: &SignFrSettings) -> Option<Value> {
    let unit = match settings.guide_amounts {
        GuideAmounts::Cents => Decimal::ONE_HUNDRED,
        GuideAmounts::Euros => Decimal::ONE,
    };
    let [inclusive, exclusive] =
        TOTALS.map(|(_, name)| amounts.get(name)?.as_str()?.parse::<Decimal>().ok()?.checked_div(unit));
    let (inclusive, exclusive) = (inclusive?, exclusive?);
    let amount = inclusive.checked_sub(exclusive)?;
    let euros = |value: Decimal| format!("{value:.2}");
    Some(json!({ "amount": euros(amount), "exclusive": euros(exclusive), "inclusive": euros(inclusive) }))
}
