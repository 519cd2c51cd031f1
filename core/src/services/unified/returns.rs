//! A return that names the receipt it takes back from: a CORRECTION (contract sign-fr 2.11).
//!
//! Its entries are RETURNs, each with number and text of the line that it takes back; all amounts are
//! positive.

use super::afterwards::record_of;
use super::entries::amount;
use super::offline;
use super::run::Run;
use crate::error::{Error, Result};
use crate::receipt::{Receipt, State};
use crate::sale::{Document, Item, Sale};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// The operation of the return, made of the RECEIPT that it would be without the reference.
///
/// # Errors
/// `invalid` with the JSON pointer of what is sold instead of taken back, or was never sold.
pub(super) fn correction(
    run: &Run<'_>,
    mut receipt: Value,
    sale: &Sale,
    original: &Receipt,
) -> Result<Value> {
    if sale.document != Document::Receipt {
        let message = "a return that names its original is issued as a receipt";
        return Err(Error::invalid("/document", message));
    }
    if original.register != sale.register {
        let message =
            format!("the service takes back on the register that sold, which is '{}'", original.register);
        return Err(Error::invalid("/original", message));
    }
    let mut taken = Vec::new();
    for (index, item) in sale.items.iter().enumerate() {
        if !item.quantity.0.is_sign_negative() || item.quantity.0.is_zero() {
            let message = "a return that names its original only takes back; give a negative quantity, and sell the rest as a sale of its own";
            return Err(Error::invalid(format!("/items/{index}/quantity"), message));
        }
        let repeated = run.service.country.repeats_lines;
        let line = line_of(original, item, &taken, repeated).ok_or_else(|| {
            let message = "the original has no line with this text; give the text as it was sold";
            Error::invalid(format!("/items/{index}/text"), message)
        })?;
        if repeated {
            repeats(original, line, item).map_err(|error| error.under(&format!("/items/{index}")))?;
        }
        taken.push(line);
        if let Some(number) = receipt.pointer_mut(&format!("/entries/{index}/details/number")) {
            *number = Value::from((line + 1).to_string());
        }
    }
    for name in ["amount", "exclusive", "inclusive"] {
        negate(receipt.pointer_mut(&format!("/document/total_vat/{name}")), "/items")?;
    }
    for (index, _) in sale.payments.iter().enumerate() {
        let details = format!("/payments/{index}/details");
        let place = format!("/payments/{index}/amount");
        negate(receipt.pointer_mut(&format!("{details}/amount")), &place)?;
        if let Some(rounding) = receipt.pointer_mut(&format!("{details}/discount")) {
            flip(rounding);
        }
    }
    let record = match original.state {
        State::Provisional => offline::reference(run, original)?,
        _ => json!({"id": record_of(original)?}),
    };
    Ok(json!({"type": "CORRECTION", "record": record, "data": receipt}))
}

/// The index of a line that was not taken back yet in this return; the last one with the text serves for
/// more than was sold, which the service judges.
///
/// Where a return repeats its lines (`repeated`), one of the same VAT and price is looked for first.
fn line_of(original: &Receipt, item: &Item, taken: &[usize], repeated: bool) -> Option<usize> {
    let lines = || original.items.iter().enumerate().filter(|(_, sold)| sold.text == item.text);
    let unused = || lines().filter(|(index, _)| !taken.contains(index));
    let same =
        unused().find(|(_, sold)| repeated && sold.vat == item.vat && sold.unit_price == item.unit_price);
    same.or_else(|| unused().next()).or_else(|| lines().next_back()).map(|(index, _)| index)
}

/// Whether a returned item says of its line what was sold: VAT and price, and no more than that.
fn repeats(original: &Receipt, line: usize, item: &Item) -> Result<()> {
    let Some(sold) = original.items.get(line) else { return Ok(()) };
    let same_vat = sold.vat.rate() == item.vat.rate() && sold.vat.exempt() == item.vat.exempt();
    if !same_vat {
        return Err(Error::invalid("/vat", "the line was sold with another VAT; give that"));
    }
    if sold.unit_price != item.unit_price {
        let message = format!("the line was sold at {}; give that price", sold.unit_price);
        return Err(Error::invalid("/unit_price", message));
    }
    if item.quantity.0.abs() > sold.quantity.0 {
        let message = format!("only {} were sold", sold.quantity);
        return Err(Error::invalid("/quantity", message));
    }
    Ok(())
}

/// Turns a negative amount around; a positive one has no place in a return.
fn negate(value: Option<&mut Value>, place: &str) -> Result<()> {
    let Some(value) = value else { return Ok(()) };
    if decimal(value).is_some_and(|amount| amount > Decimal::ZERO) {
        let message =
            "money that goes back is a negative payment; nothing is paid in a return that names its original";
        return Err(Error::invalid(place, message));
    }
    flip(value);
    Ok(())
}

fn flip(value: &mut Value) {
    if let Some(negative) = decimal(value) {
        *value = Value::from(amount(-negative));
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_str().and_then(|text| text.parse().ok())
}
