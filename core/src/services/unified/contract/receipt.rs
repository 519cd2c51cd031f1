//! A RECEIPT in the guide's words and back: `document.date` and `amounts`, and of an entry `description` and
//! `good_or_service`.
//!
//! The guide prints its amounts as `"12000"` and `"10000"` and names no unit; they are taken for cents, as
//! a receipt of 120.00 is likelier than one of 12,000.00 (contract sign-fr 1.6). Below the cent the reference
//! is finer than the guide: the net of a receipt is rounded to the cent. The lines keep their eight places.

use super::super::entries::{amount, set};
use super::super::wire::text;
use super::take;
use crate::money;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Which member of the reference is meant by which of the guide's.
const TOTALS: [(&str, &str); 2] =
    [("inclusive", "total_including_vat"), ("exclusive", "total_excluding_vat")];

/// Puts a RECEIPT into the guide's words; leaves any other operation as it is.
pub(super) fn spoken(operation: &mut Value) {
    if text(operation, "/type") != Some("RECEIPT") {
        return;
    }
    if let Some(document) = operation.get_mut("document") {
        rename(document, "issued_at", "date");
        if let Some(total) = take(document, "total_vat") {
            let amounts = TOTALS.map(|(reference, guide)| (guide.to_owned(), in_cents(total.get(reference))));
            set(document, "amounts", Value::from_iter(amounts));
        }
    }
    for entry in entries(operation) {
        for (place, reference, guide) in MOVED {
            if let Some(moved) = entry.get_mut(place).and_then(|inner| take(inner, reference)) {
                set(entry, guide, moved);
            }
        }
    }
}

/// Puts a RECEIPT in the guide's words back into the reference's; leaves any other operation as it is.
pub(super) fn heard(operation: &mut Value) {
    let is_guides = operation.pointer("/document/amounts").is_some();
    if text(operation, "/type") != Some("RECEIPT") || !is_guides {
        return;
    }
    if let Some(document) = operation.get_mut("document") {
        rename(document, "date", "issued_at");
        if let Some(amounts) = take(document, "amounts") {
            set(document, "total_vat", total(&amounts));
        }
    }
    for entry in entries(operation) {
        for (place, reference, guide) in MOVED {
            let Some(moved) = take(entry, guide) else { continue };
            match entry.get_mut(place) {
                Some(inner) => set(inner, reference, moved),
                None => set(entry, place, json!({reference: moved})),
            }
        }
    }
}

/// Where the reference has a member of an entry, its name there, and the guide's name in the entry itself.
const MOVED: [(&str, &str, &str); 2] =
    [("data", "text", "description"), ("details", "concept", "good_or_service")];

fn entries(operation: &mut Value) -> impl Iterator<Item = &mut Value> {
    operation.get_mut("entries").and_then(Value::as_array_mut).into_iter().flatten()
}

fn rename(object: &mut Value, from: &str, to: &str) {
    if let Some(value) = take(object, from) {
        set(object, to, value);
    }
}

/// Euros as cents; what is no amount stays what it is.
fn in_cents(euros: Option<&Value>) -> Value {
    let parsed = euros.and_then(Value::as_str).and_then(|text| text.parse::<Decimal>().ok());
    let cents =
        parsed.and_then(|euros| money::round(euros, money::CENT_PLACES).checked_mul(Decimal::ONE_HUNDRED));
    match cents {
        Some(cents) => cents.normalize().to_string().into(),
        None => euros.cloned().unwrap_or_default(),
    }
}

/// The total of the reference. Amounts that are no whole cents are none that we sent: they stay as they are, and
/// the check of the answer finds them.
fn total(amounts: &Value) -> Value {
    let euros = |name: &str| {
        let cents = amounts.get(name)?.as_str()?;
        let digits = cents.strip_prefix('-').unwrap_or(cents);
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_whole.then(|| cents.parse::<Decimal>().ok()?.checked_div(Decimal::ONE_HUNDRED)).flatten()
    };
    let [(_, including), (_, excluding)] = TOTALS;
    match (euros(including), euros(excluding)) {
        (Some(inclusive), Some(exclusive)) => json!({
            "amount": amount(inclusive - exclusive),
            "exclusive": amount(exclusive),
            "inclusive": amount(inclusive),
        }),
        _ => amounts.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(inclusive: &str, exclusive: &str) -> Value {
        json!({
            "type": "RECEIPT",
            "document": {
                "number": "R-1", "issued_at": "2026-03-01T12:00:00+01:00",
                "total_vat": {"amount": "0", "exclusive": exclusive, "inclusive": inclusive},
            },
            "entries": [{
                "type": "SALE", "data": {"type": "ITEM", "text": "Croissant"},
                "details": {"concept": "GOOD", "number": "1"},
            }],
            "payments": [{"type": "CASH", "details": {"amount": inclusive}}],
        })
    }

    #[test]
    fn a_receipt_has_the_words_that_the_guide_prints() {
        let mut operation = receipt("120.00", "100.00");
        spoken(&mut operation);
        let expected = json!({
            "type": "RECEIPT",
            "document": {
                "number": "R-1", "date": "2026-03-01T12:00:00+01:00",
                "amounts": {"total_including_vat": "12000", "total_excluding_vat": "10000"},
            },
            "entries": [{
                "type": "SALE", "description": "Croissant", "good_or_service": "GOOD",
                "data": {"type": "ITEM"}, "details": {"number": "1"},
            }],
            "payments": [{"type": "CASH", "details": {"amount": "120.00"}}],
        });
        assert_eq!(operation, expected);
    }

    #[test]
    fn amounts_become_whole_cents_and_come_back() {
        let cases = [
            ("120.00", "12000", "120.00"),
            ("0.00", "0", "0.00"),
            ("0.01", "1", "0.01"),
            ("81.96721311", "8197", "81.97"),
            ("1.005", "101", "1.01"),
            ("-2.40", "-240", "-2.40"),
            ("999999999999.99", "99999999999999", "999999999999.99"),
        ];
        for (euros, cents, back) in cases {
            let mut operation = receipt(euros, euros);
            spoken(&mut operation);
            assert_eq!(operation["document"]["amounts"]["total_excluding_vat"], cents, "{euros}");
            let said = operation.clone();
            heard(&mut operation);
            assert_eq!(operation["document"]["total_vat"]["inclusive"], back, "{cents}");
            spoken(&mut operation);
            assert_eq!(operation, said, "what is sent again is the same");
        }
    }

    #[test]
    fn what_is_no_whole_cent_is_not_taken_for_one() {
        for strange in
            [json!("120.00"), json!(12000), json!(""), json!("-"), json!("+5"), json!("1e4"), json!(null)]
        {
            let amounts = json!({"total_including_vat": strange, "total_excluding_vat": "10000"});
            let mut operation = json!({"type": "RECEIPT", "document": {"amounts": amounts}});
            heard(&mut operation);
            assert_eq!(operation["document"]["total_vat"], amounts);
        }
    }

    #[test]
    fn other_operations_stay_as_they_are() {
        for kind in ["DRAFT_RECEIPT", "INVOICE", "CORRECTION", "TRANSACTION", "REPLAY"] {
            let mut operation = receipt("1.00", "1.00");
            set(&mut operation, "type", kind);
            let before = operation.clone();
            spoken(&mut operation);
            heard(&mut operation);
            assert_eq!(operation, before);
        }
    }
}
