//! A sale as the body of a receipt (contract sign-at 2.7).

use super::containers::{Container, Sums};
use super::ekabs;
use super::form::Form;
use crate::amounts::Amounts;
use crate::error::{Error, Result};
use crate::money::{self, Exact};
use crate::read::escape;
use crate::sale::{Discount, Document, Item, Method, Sale};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// Most places of a price (contract sign-at 2.7).
const PRICE_PLACES: u32 = 5;
/// What a discount without a text is called.
pub(super) const DISCOUNT: &str = "Rabatt";

/// The types of receipts that a till asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A sale or a return.
    Normal,
    /// A receipt taken back.
    Cancellation,
    /// A training.
    Training,
}

impl Kind {
    /// The kind of a sale's receipt.
    pub(super) fn of(sale: &Sale) -> Self {
        if sale.training { Kind::Training } else { Kind::Normal }
    }

    /// The name in requests.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Normal => "NORMAL",
            Kind::Cancellation => "CANCELLATION",
            Kind::Training => "TRAINING",
        }
    }

    /// What is printed in clear text (contract sign-at 2.8).
    pub(super) fn hint(self) -> Option<&'static str> {
        match self {
            Kind::Normal => None,
            Kind::Cancellation => Some("Stornobuchung"),
            Kind::Training => Some("Trainingsbuchung"),
        }
    }
}

/// The body for a sale in the form that is asked for.
///
/// # Errors
/// `invalid` with the JSON pointer of what SIGN AT cannot take.
pub(super) fn receipt(
    kind: Kind,
    form: &Form,
    sale: &Sale,
    amounts: &Amounts,
    sums: &Sums,
    marks: Map<String, Value>,
) -> Result<Value> {
    supported(sale)?;
    let submitted = match form {
        Form::Standard => standard(sale, amounts, sums)?,
        Form::Raw => raw(sums),
        Form::Ekabs(frame) => ekabs::schema(frame, sale, amounts)?,
    };
    let schema = Map::from_iter([(form.name().to_owned(), submitted)]);
    Ok(json!({"receipt_type": kind.name(), "schema": schema, "metadata": metadata(sale, marks)?}))
}

/// Amounts by rate and payment, and the lines.
fn standard(sale: &Sale, amounts: &Amounts, sums: &Sums) -> Result<Value> {
    let mut schema = json!({
        "amounts_per_vat_rate": by_rate(sums),
        "line_items": lines(sale, amounts)?,
    });
    let payments = by_payment(sale)?;
    if let (false, Some(schema)) = (payments.is_empty(), schema.as_object_mut()) {
        schema.insert("amounts_per_payment_type".into(), payments.into());
    }
    Ok(schema)
}

/// The five amounts of the machine code.
fn raw(sums: &Sums) -> Value {
    let amounts = Container::ALL.into_iter().map(|container| {
        let amount = money::cents(sums.amount(container)).to_string();
        (container.raw().to_owned(), amount.into())
    });
    Value::Object(amounts.collect())
}

/// Refuses what this version cannot express in Austria.
fn supported(sale: &Sale) -> Result<()> {
    if matches!(sale.document, Document::Draft | Document::Proforma) {
        let message = "SIGN AT signs receipts and invoices; what is not paid yet is no receipt in Austria";
        return Err(Error::invalid("/document", message));
    }
    Ok(())
}

fn by_rate(sums: &Sums) -> Vec<Value> {
    let rate = |(container, amount): (Container, Decimal)| json!({"vat_rate": container.name(), "amount": money::cents(amount).to_string()});
    sums.given().map(rate).collect()
}

/// What was paid in cash, and what in any other way.
fn by_payment(sale: &Sale) -> Result<Vec<Value>> {
    let sum = |cash: bool| {
        let of_kind = sale.payments.iter().filter(|payment| (payment.method == Method::Cash) == cash);
        let amounts: Vec<Decimal> = of_kind.map(|payment| payment.amount.0).collect();
        (!amounts.is_empty()).then(|| money::sum(amounts)).transpose()
    };
    let mut payments = Vec::new();
    for (name, cash) in [("CASH", true), ("NON_CASH", false)] {
        if let Some(amount) = sum(cash)? {
            let amount = money::cents(amount).to_string();
            payments.push(json!({"payment_type": name, "amount": amount, "currency_code": "EUR"}));
        }
    }
    Ok(payments)
}

/// The items; each discount is a line of its own, taken back once.
fn lines(sale: &Sale, amounts: &Amounts) -> Result<Vec<Value>> {
    let mut lines = Vec::new();
    for (index, item) in sale.items.iter().enumerate() {
        lines.push(line(item).map_err(|error| error.under(&format!("/items/{index}")))?);
        let own = amounts.items.get(index).map(|cents| cents.own.as_slice()).unwrap_or_default();
        lines.extend(item.discounts.iter().zip(own).map(discount));
    }
    lines.extend(sale.discounts.iter().zip(&amounts.discounts).map(discount));
    Ok(lines)
}

fn line(item: &Item) -> Result<Value> {
    let price = item.unit_price.0.normalize();
    if price.scale() > PRICE_PLACES {
        let message = format!("SIGN AT takes prices with up to {PRICE_PLACES} places; {price} has more");
        return Err(Error::invalid("/unit_price", message));
    }
    let price = money::round(price, price.scale().max(money::CENT_PLACES));
    Ok(json!({
        "quantity": item.quantity.to_string(),
        "text": item.text,
        "price_per_unit": price.to_string(),
    }))
}

/// What is taken off is given back once; off what is taken back it is the other way round.
fn discount((discount, off): (&Discount, &Exact)) -> Value {
    let quantity = if off.0.is_sign_negative() { "1" } else { "-1" };
    let text = discount.text.as_deref().filter(|text| !text.is_empty()).unwrap_or(DISCOUNT);
    json!({"quantity": quantity, "text": text, "price_per_unit": money::cents(off.0.abs()).to_string()})
}

/// The sale's own notes beside our marks: 16 and 3 are fewer than the 20 that there is room for (contract sign-at 2.5).
fn metadata(sale: &Sale, marks: Map<String, Value>) -> Result<Map<String, Value>> {
    let mut metadata = Map::new();
    for (key, value) in &sale.metadata {
        if key.starts_with("fiskal_") {
            let message = "notes that begin with fiskal_ are the library's own; give the note another name";
            return Err(Error::invalid(format!("/metadata/{}", escape(key)), message));
        }
        metadata.insert(key.clone(), value.as_str().into());
    }
    metadata.extend(marks);
    Ok(metadata)
}
