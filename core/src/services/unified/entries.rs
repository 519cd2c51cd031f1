//! Items as entries, with the amounts of contract sign-fr 2.10.
//!
//! A line with a negative quantity is an entry RETURN with positive numbers, and counts negatively in
//! the document's totals (docs/decisions/0005-negative-quantities-in-france.md).

use super::checks::escaped;
use super::country::Country;
use super::facts::RegisterFacts;
use super::vat::{self, Code};
use crate::amounts::{Amounts, ItemAmounts};
use crate::error::{Error, Result};
use crate::money::{self, PLACES};
use crate::sale::{Article, Item, ItemKind, ItemType};
use crate::services::extra::{Nothing, extra_of};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The service's name in `extra`.
pub(super) const EXTRA: &str = "sign-fr";
/// The longest unit of measure (Appendix A, UnitMeasure).
const MEASURE: usize = 32;
/// Most properties of an entry, and their longest value (Appendix A, EntryProperties).
const PROPERTIES: (usize, usize) = (32, 64);

/// What only SIGN FR knows of an item: `extra.sign-fr`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemExtra {
    /// Entry properties by the service's own keys (contract sign-fr 5.6).
    #[serde(default)]
    properties: BTreeMap<String, String>,
}

/// The entries, and `document.total_vat`.
pub(super) fn entries(
    items: &[Item],
    amounts: &Amounts,
    register: &RegisterFacts,
    country: &Country,
) -> Result<(Vec<Value>, Value)> {
    let (mut exclusive, mut inclusive) = (Decimal::ZERO, Decimal::ZERO);
    let mut entries = Vec::with_capacity(items.len());
    for (index, (item, amounts)) in items.iter().zip(&amounts.items).enumerate() {
        let place = format!("/items/{index}");
        let entry =
            entry(item, amounts, (register, country), index + 1).map_err(|error| error.under(&place))?;
        exclusive = money::add(exclusive, entry.exclusive)?;
        inclusive = money::add(inclusive, entry.inclusive)?;
        entries.push(entry.json);
    }
    let total = json!({
        "amount": amount(money::sub(inclusive, exclusive)?),
        "exclusive": amount(exclusive),
        "inclusive": amount(inclusive),
    });
    Ok((entries, total))
}

/// An entry, with what it adds to the totals.
struct Entry {
    json: Value,
    exclusive: Decimal,
    inclusive: Decimal,
}

fn entry(
    item: &Item,
    amounts: &ItemAmounts,
    (register, country): (&RegisterFacts, &Country),
    number: usize,
) -> Result<Entry> {
    if item.item_type != ItemType::Item {
        let message =
            "items of this type are not supported in this version; sell it as an item, or leave it out";
        return Err(Error::invalid("/type", message));
    }
    let returned = item.quantity.0.is_sign_negative() && !item.quantity.0.is_zero();
    let code = vat::code(&item.vat, register, country)?;
    let (before, discount, gross) = (amounts.before.0, amounts.discount.0, amounts.gross.0);
    let (base, exclusive) = match &code {
        Code::Rate { rate, .. } => (net(before, *rate)?, net(gross, *rate)?),
        Code::Exempt { .. } => (before, gross),
    };
    let sign = if returned { -Decimal::ONE } else { Decimal::ONE };
    let plain = |value: Decimal| amount(value * sign);

    let mut value = json!({"base": plain(base)});
    if !discount.is_zero() {
        set(&mut value, "discount", plain(discount));
    }
    let vat = match code {
        Code::Rate { code, percentage, .. } => json!({
            "type": "VAT_RATE",
            "code": code,
            "percentage": percentage,
            "amount": plain(money::sub(gross, exclusive)?),
            "exclusive": plain(exclusive),
            "inclusive": plain(gross),
        }),
        Code::Exempt { code } => json!({"type": "VAT_EXEMPTION", "code": code}),
    };
    let mut data =
        json!({"type": "ITEM", "text": item.text, "unit": unit(item, sign)?, "value": value, "vat": vat});
    if let Some(product) = item.article.as_ref().and_then(|article| product(article, &item.text)) {
        set(&mut data, "product", product);
    }
    let kind = if returned { "RETURN" } else { "SALE" };
    Ok(Entry {
        json: json!({"type": kind, "data": data, "details": details(item, number, country)?}),
        exclusive,
        inclusive: gross,
    })
}

fn net(gross: Decimal, rate: Decimal) -> Result<Decimal> {
    money::vat_included(gross, rate, PLACES).map(|(net, _)| net)
}

fn unit(item: &Item, sign: Decimal) -> Result<Value> {
    let mut unit = json!({
        "quantity": (item.quantity.0 * sign).normalize().to_string(),
        "price": amount(item.unit_price.0),
    });
    if let Some(measure) = &item.unit {
        if measure.is_empty() || measure.chars().count() > MEASURE {
            let message = format!("a unit has 1 to {MEASURE} characters at the service; shorten it");
            return Err(Error::invalid("/unit", message));
        }
        set(&mut unit, "measure", measure.as_str());
    }
    Ok(unit)
}

fn details(item: &Item, number: usize, country: &Country) -> Result<Value> {
    let concept = match item.kind {
        ItemKind::Good => "GOOD",
        ItemKind::Service => "SERVICE",
    };
    let mut details = json!({"concept": concept, "number": number.to_string()});
    if let Some(group) =
        item.article.as_ref().and_then(|article| article.group.as_deref()).filter(|text| !text.is_empty())
    {
        set(&mut details, "label", group);
    }
    if !country.has_details {
        let Nothing {} = extra_of(country.service, &item.extra)?;
        return Ok(details);
    }
    let extra: ItemExtra = extra(&item.extra)?;
    if !extra.properties.is_empty() {
        set(&mut details, "properties", properties(&extra.properties, PROPERTIES)?);
    }
    Ok(details)
}

/// The article's GTIN, else the merchant's own number, as a product.
fn product(article: &Article, name: &str) -> Option<Value> {
    let (kind, number) = match (&article.gtin, &article.number) {
        (Some(gtin), _) if [8, 12, 13, 14].contains(&gtin.len()) => (format!("GTIN-{}", gtin.len()), gtin),
        (_, Some(number)) if !number.is_empty() => ("OTHER".to_owned(), number),
        _ => return None,
    };
    Some(json!({"type": kind, "number": number, "details": {"name": name}}))
}

/// The block of `extra` that is for SIGN FR.
pub(super) fn extra<T: DeserializeOwned + Default>(extra: &Map<String, Value>) -> Result<T> {
    extra_of(EXTRA, extra)
}

/// Properties within the service's bounds: how many, and how long each value.
pub(super) fn properties(
    properties: &BTreeMap<String, String>,
    (most, longest): (usize, usize),
) -> Result<Value> {
    let place = format!("/extra/{EXTRA}/properties");
    if properties.len() > most {
        return Err(Error::invalid(place, format!("there may be at most {most} properties")));
    }
    match properties.iter().find(|(_, value)| value.chars().count() > longest) {
        Some((key, _)) => Err(Error::invalid(
            format!("{place}/{}", escaped(key)),
            format!("a property has at most {longest} characters; shorten it"),
        )),
        None => Ok(json!(properties)),
    }
}

/// An amount as the service wants it: two to eight places.
pub(super) fn amount(value: Decimal) -> String {
    let mut value = money::round(value, PLACES).normalize();
    if value.scale() < money::CENT_PLACES {
        value.rescale(money::CENT_PLACES);
    }
    value.to_string()
}

pub(super) fn set(object: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value.into());
    }
}
