//! A sale as the operation of a record (contract sign-fr 2.7).

use super::checks::escaped;
use super::country::Country;
use super::documents;
use super::entries::{self, EXTRA, extra, properties, set};
use super::facts::RegisterFacts;
use super::provision::cut;
use crate::amounts::Amounts;
use crate::error::{Error, Result};
use crate::sale::{Cashier, Sale};
use crate::services::extra::{Nothing, extra_of};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The longest number and series of a document (Appendix A, DocumentIdentifier).
const IDENTIFIER: usize = 20;
/// Most properties of a record, and their longest value (Appendix A, ReceiptProperties).
const PROPERTIES: (usize, usize) = (16, 64);
/// Most keys of `metadata` that are the caller's: 20 less our two (contract sign-fr 1.5).
const METADATA: usize = 18;

/// What only SIGN FR knows of a sale: `extra.sign-fr`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SaleExtra {
    /// Receipt properties by the service's own keys (contract sign-fr 5.6); needs a cashier.
    #[serde(default)]
    properties: BTreeMap<String, String>,
    /// Properties of the sale's beginning by the service's own keys, such as `salesperson_code` (contract sign-fr 5.6);
    /// needs a cashier, and is given with `sale.begin` where the sale is begun by itself.
    #[serde(default)]
    transaction: BTreeMap<String, String>,
    /// The code of the activity that the receipt belongs to, at most 32 characters.
    #[serde(default)]
    activity_code: Option<String>,
    /// The day of the supply, where it is not that of the receipt: `YYYY-MM-DD`.
    #[serde(default)]
    operation_date: Option<String>,
}

/// The operation of an INTENTION::TRANSACTION.
pub(super) fn intention(sale: &Sale, country: &Country) -> Result<Value> {
    let mut operation = json!({"type": "TRANSACTION"});
    if let Some(details) = begin_details(sale, country)? {
        set(&mut operation, "details", details);
    }
    Ok(operation)
}

/// Who began, and whether it is training.
pub(super) fn begin_details(sale: &Sale, country: &Country) -> Result<Option<Value>> {
    let own = own_extra(sale, country)?;
    let Some(mut details) = details(sale, country)? else {
        if own.transaction.is_empty() {
            return Ok(None);
        }
        let message = "properties of a sale's beginning need a cashier in France; give cashier.id";
        return Err(Error::invalid("/cashier", message));
    };
    if let Some(cashier) = &sale.cashier {
        let (most, longest) = PROPERTIES;
        let mut given = operator(cashier);
        let named = given.as_object().map_or(0, Map::len);
        // What the caller says of the operator wins over what is made of the cashier.
        let own = properties(&own.transaction, (most - named, longest)).map_err(|error| {
            let place = error.pointer().unwrap_or_default().replace("/properties", "/transaction");
            error.at(place)
        })?;
        for (key, value) in own.as_object().into_iter().flatten() {
            set(&mut given, key, value.clone());
        }
        set(&mut details, "properties", given);
    }
    Ok(Some(details))
}

/// The cashier under the FIDELE labels ENC-TIK-OPS-NID and ENC-TIK-OPS-NAME (contract sign-fr 5.6).
///
/// The service's own name of a person wants a gender and two names, which a till does not know.
fn operator(cashier: &Cashier) -> Value {
    let (_, longest) = PROPERTIES;
    let mut properties = json!({"input_operator_code": cut(&cashier.id, longest)});
    if let Some(name) = cashier.name.as_deref().filter(|name| !name.is_empty()) {
        set(&mut properties, "input_operator_designation", cut(name, longest));
    }
    properties
}

/// `creators` and `training`; the service wants a creator wherever there are details.
fn details(sale: &Sale, country: &Country) -> Result<Option<Value>> {
    country.allows_beginning(sale)?;
    if !country.has_details {
        return Ok(None);
    }
    let Some(cashier) = &sale.cashier else {
        return if sale.training {
            let message = "a training sale needs a cashier in France; give cashier.id";
            Err(Error::invalid("/cashier", message))
        } else {
            Ok(None)
        };
    };
    let mut details = json!({"creators": [{"type": "PERSON", "label": cashier.id}]});
    if sale.training {
        set(&mut details, "training", true);
    }
    Ok(Some(details))
}

/// The operation of the TRANSACTION that a sale is, issued at `issued_at` (25 characters).
///
/// # Errors
/// `invalid` with the JSON pointer of what SIGN FR cannot take.
pub(super) fn transaction(
    sale: &Sale,
    amounts: &Amounts,
    register: &RegisterFacts,
    country: &Country,
    issued_at: &str,
) -> Result<Value> {
    supported(sale)?;
    country.allows(sale)?;
    let (entries, total) = entries::entries(&sale.items, amounts, register, country)?;
    let own = own_extra(sale, country)?;
    let mut operation = json!({
        "type": documents::operation_type(sale.document),
        "document": document(sale, &own, total, issued_at)?,
        "entries": entries,
    });
    documents::complete(&mut operation, sale, amounts, country)?;
    let mut details = details(sale, country)?;
    if !own.properties.is_empty() {
        let given = properties(&own.properties, PROPERTIES)?;
        let Some(details) = &mut details else {
            let message = "properties of a receipt need a cashier in France; give cashier.id";
            return Err(Error::invalid("/cashier", message));
        };
        set(details, "properties", given);
    }
    if let Some(details) = details {
        set(&mut operation, "details", details);
    }
    Ok(operation)
}

/// What only this service knows of a sale.
fn own_extra(sale: &Sale, country: &Country) -> Result<SaleExtra> {
    if country.has_details {
        return extra(&sale.extra);
    }
    let Nothing {} = extra_of(country.service, &sale.extra)?;
    Ok(SaleExtra::default())
}

/// Refuses what this version cannot express.
fn supported(sale: &Sale) -> Result<()> {
    if sale.items.is_empty() {
        return Err(Error::invalid("/items", "a receipt has at least one item; add it"));
    }
    Ok(())
}

fn document(sale: &Sale, extra: &SaleExtra, total: Value, issued_at: &str) -> Result<Value> {
    let number = sale.number.as_deref().ok_or_else(|| {
        Error::invalid("/number", "the service needs the merchant's own number of the receipt; give number")
    })?;
    let mut document = json!({"number": identifier("/number", number)?});
    if let Some(series) = &sale.series {
        set(&mut document, "series", identifier("/series", series)?);
    }
    if let Some(text) = sale.text.as_deref().filter(|text| !text.is_empty()) {
        set(&mut document, "text", text);
    }
    if let Some(code) = &extra.activity_code {
        if code.is_empty() || code.chars().count() > 32 {
            let message = "an activity code has 1 to 32 characters";
            return Err(Error::invalid(format!("/extra/{EXTRA}/activity_code"), message));
        }
        set(&mut document, "activity_code", code.as_str());
    }
    if let Some(date) = &extra.operation_date {
        if date.len() != 10 || date.parse::<jiff::civil::Date>().is_err() {
            let message = format!("'{date}' is not a date; give YYYY-MM-DD");
            return Err(Error::invalid(format!("/extra/{EXTRA}/operation_date"), message));
        }
        set(&mut document, "operation_date", date.as_str());
    }
    set(&mut document, "issued_at", issued_at);
    set(&mut document, "total_vat", total);
    Ok(document)
}

/// `^[0-9A-Z_/\-\.]{1,20}$` (Appendix A, DocumentIdentifier).
fn identifier<'a>(pointer: &str, text: &'a str) -> Result<&'a str> {
    let fits = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || b"_/-.".contains(&byte);
    if (1..=IDENTIFIER).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(text);
    }
    let message = format!("the service takes 1 to {IDENTIFIER} of the characters 0-9 A-Z _ / - . here");
    Err(Error::invalid(pointer, message))
}

/// The sale's own notes beside our marks.
pub(super) fn metadata(sale: &Sale, marks: Map<String, Value>) -> Result<Map<String, Value>> {
    if sale.metadata.len() > METADATA {
        let message = format!("the service keeps at most {METADATA} notes of the caller; leave some out");
        return Err(Error::invalid("/metadata", message));
    }
    let mut metadata = Map::new();
    for (key, value) in &sale.metadata {
        if key.starts_with("fiskal_")
            || key.is_empty()
            || key.chars().count() > 40
            || value.chars().count() > 500
        {
            let message = format!(
                "the note '{}' does not fit: keys have 1 to 40 characters and do not begin with fiskal_, values have up to 500",
                cut(key, 40)
            );
            return Err(Error::invalid(format!("/metadata/{}", escaped(key)), message));
        }
        metadata.insert(key.clone(), value.as_str().into());
    }
    metadata.extend(marks);
    Ok(metadata)
}
