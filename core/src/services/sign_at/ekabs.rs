//! A sale in the form `ekabs_v0`: an electronic receipt with seller, buyer, VAT and lines (contract sign-at 2.7).
//!
//! What the contract leaves open is decided in docs/decisions/0023-forms-of-an-austrian-receipt.md.

use super::containers::Container;
use super::countries::alpha_3;
use super::facts;
use super::form::{OfItem, check_texts};
use super::map::DISCOUNT;
use super::run::Run;
use crate::amounts::Amounts;
use crate::error::{Error, Kind, Result};
use crate::money;
use crate::print::german_method;
use crate::receipt::VatTotal;
use crate::sale::{Address, Customer, Item, Payment, Sale, Vat};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeMap;

/// The bounds of an address (contract sign-at 2.7), in characters.
const ADDRESS: [(&str, usize); 3] = [("street", 60), ("postal_code", 10), ("city", 62)];
/// Digits with which every decimal stays what it is as a number of JSON (IEEE 754 binary64: 15).
const NUMBER_DIGITS: i128 = 1_000_000_000_000_000;
/// Most places of a percentage, and the highest (contract sign-at 2.7).
const PERCENTAGE: (u32, Decimal) = (2, Decimal::ONE_HUNDRED);

/// What a sale cannot know, from its block.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    /// The receipt's id in the merchant's own books.
    #[serde(default)]
    id: Option<String>,
    /// The seller's tax number, where it is not that of the configuration.
    #[serde(default)]
    tax_number: Option<String>,
    /// Whether the seller charges no VAT.
    #[serde(default)]
    tax_exemption: Option<bool>,
    /// Why not.
    #[serde(default)]
    tax_exemption_note: Option<String>,
    /// The first day of the supply.
    #[serde(default)]
    delivery_period_start: Option<String>,
    /// The last day of the supply.
    #[serde(default)]
    delivery_period_end: Option<String>,
    /// What is said to the buyer, or of a buyer without an address.
    #[serde(default)]
    buyer_text: Option<String>,
    /// What stands at the bottom; the sale's own text if absent.
    #[serde(default)]
    footer_text: Option<String>,
}

impl Texts {
    /// # Errors
    /// `invalid` with the key of a text that is empty or longer than `most`.
    pub(super) fn check(&self, most: usize) -> Result<()> {
        let texts = [
            ("id", &self.id),
            ("tax_number", &self.tax_number),
            ("tax_exemption_note", &self.tax_exemption_note),
            ("delivery_period_start", &self.delivery_period_start),
            ("delivery_period_end", &self.delivery_period_end),
            ("buyer_text", &self.buyer_text),
            ("footer_text", &self.footer_text),
        ];
        check_texts(&texts, most)
    }
}

/// What stands around the amounts: `head` and `misc`.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    head: Map<String, Value>,
    misc: Option<Value>,
}

/// Who sells, as the configuration has it.
#[derive(Deserialize)]
struct Seller {
    name: String,
    #[serde(default)]
    tax_id: Option<String>,
    address: Address,
}

impl Frame {
    /// Around a receipt of this sale.
    ///
    /// # Errors
    /// `invalid` for a customer, `config` for a merchant whose data do not fit.
    pub(super) fn new(run: &Run<'_>, sale: &Sale, texts: Texts) -> Result<Self> {
        let mut head = beginning(run, sale)?;
        head.insert("seller".into(), seller(run, &texts)?);
        let (buyer, unplaced) = match &sale.customer {
            Some(customer) => buyer(customer)?,
            None => (None, None),
        };
        let told = [
            ("id", texts.id),
            ("delivery_period_start", texts.delivery_period_start),
            ("delivery_period_end", texts.delivery_period_end),
            ("buyer_text", texts.buyer_text.or(unplaced)),
        ];
        head.extend(told.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
        head.extend(buyer.map(|buyer| ("buyer".to_owned(), buyer)));
        let footer = texts.footer_text.or(sale.text.clone());
        Ok(Frame { head, misc: footer.map(|footer| json!({"footer_text": footer})) })
    }

    /// As it was around a receipt that is taken back; `None` where the service does not repeat who sold.
    pub(super) fn repeated(run: &Run<'_>, submitted: &Value) -> Result<Option<Self>> {
        let Some(before) = submitted.get("head").and_then(Value::as_object) else { return Ok(None) };
        if !before.contains_key("seller") {
            return Ok(None);
        }
        let mut head = before.clone();
        head.insert("number".into(), run.operation.id.to_string().into());
        head.insert("date".into(), run.local(run.operation.at)?.into());
        Ok(Some(Frame { head, misc: submitted.get("misc").cloned() }))
    }
}

/// The merchant's number and the time of the sale.
fn beginning(run: &Run<'_>, sale: &Sale) -> Result<Map<String, Value>> {
    let numbered = [&sale.series, &sale.number].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let number = match (sale.number.is_some(), &sale.id) {
        (true, _) => numbered,
        (false, Some(id)) => id.clone(),
        (false, None) => run.operation.id.to_string(),
    };
    let date = run.local(run.operation.at)?;
    Ok(Map::from_iter([("number".to_owned(), number.into()), ("date".to_owned(), date.into())]))
}

fn seller(run: &Run<'_>, texts: &Texts) -> Result<Value> {
    let known = Seller::deserialize(run.param("seller")).map_err(|_| {
        Error::internal("the operation does not say who sells, which a receipt of the form ekabs_v0 needs")
    })?;
    let legal_entity = facts::merchant(run.facts)?.legal_entity;
    let listed = |name: &str| legal_entity.get(name).and_then(Value::as_str).map(str::to_owned);
    let tax_number = texts.tax_number.clone().or(known.tax_id).or(listed("tax_id")).or(listed("vat_id"));
    let tax_number = tax_number.ok_or_else(|| {
        let message =
            "a receipt of the form ekabs_v0 names the seller's tax number; give the merchant a tax_id";
        Error::new(Kind::Config, message)
    })?;
    let address = address(&known.address)
        .map_err(|error| Error::new(Kind::Config, format!("the merchant's address: {}", error.message())))?;
    let mut seller = json!({"name": known.name, "address": address, "tax_number": tax_number});
    if let Some(exempt) = texts.tax_exemption {
        seller["tax_exemption"] = exempt.into();
    }
    if let Some(note) = &texts.tax_exemption_note {
        seller["tax_exemption_note"] = note.as_str().into();
    }
    Ok(seller)
}

/// The buyer, who needs a name and an address here; else the name alone, for `buyer_text`.
fn buyer(customer: &Customer) -> Result<(Option<Value>, Option<String>)> {
    let person = customer.person.as_ref().map(|person| format!("{} {}", person.forename, person.surname));
    let Some(name) = customer.name.clone().or(person) else { return Ok((None, None)) };
    let Some(given) = &customer.address else { return Ok((None, Some(name))) };
    let address = address(given).map_err(|error| error.under("/customer/address"))?;
    let mut buyer = json!({"name": name, "address": address});
    let numbers = [
        ("customer_number", customer.code.as_ref()),
        ("tax_number", customer.id.as_ref().map(|id| &id.number)),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            buyer[name] = number.as_str().into();
        }
    }
    Ok((Some(buyer), None))
}

fn address(address: &Address) -> Result<Value> {
    let street = match &address.number {
        Some(number) => format!("{} {number}", address.street),
        None => address.street.clone(),
    };
    let lines = [("street", &street), ("code", &address.code), ("city", &address.city)];
    for ((ours, text), (_, most)) in lines.iter().zip(ADDRESS) {
        if text.chars().count() > most {
            let message = format!("'{text}' is longer than the {most} characters that ekabs_v0 has for it");
            return Err(Error::invalid(format!("/{ours}"), message));
        }
    }
    let country = alpha_3(&address.country).ok_or_else(|| {
        let message =
            format!("the three letters of '{}' are not known here; use another form", address.country);
        Error::invalid("/country", message)
    })?;
    let named = ADDRESS
        .iter()
        .zip(lines)
        .map(|((theirs, _), (_, text))| ((*theirs).to_owned(), text.as_str().into()));
    let mut address: Map<String, Value> = named.collect();
    address.insert("country_code".into(), country.into());
    Ok(address.into())
}

/// The body of the form.
///
/// # Errors
/// `invalid` with the JSON pointer of what the form has no room for.
pub(super) fn schema(frame: &Frame, sale: &Sale, amounts: &Amounts) -> Result<Value> {
    let data = json!({
        "currency": "EUR",
        "full_amount_incl_vat": cents(amounts.totals.gross.0),
        "payment_types": payments(sale)?,
        "vat_amounts": vat_amounts(sale, &amounts.totals.vat)?,
        "lines": lines(sale, amounts)?,
    });
    let mut schema = json!({"head": frame.head, "data": data});
    if let Some(misc) = &frame.misc {
        schema["misc"] = misc.clone();
    }
    Ok(schema)
}

fn payments(sale: &Sale) -> Result<Vec<Value>> {
    let payments =
        sale.payments.iter().enumerate().map(|(index, payment)| {
            paid(payment).map_err(|error| error.under(&format!("/payments/{index}")))
        });
    payments.collect()
}

fn paid(payment: &Payment) -> Result<Value> {
    let name = payment.name.as_deref().unwrap_or_else(|| german_method(payment.method));
    let amount = number(payment.amount.0).map_err(|error| error.under("/amount"))?;
    let mut paid = json!({"name": name, "amount": amount});
    if let Some(foreign) = &payment.foreign {
        paid["foreign_amount"] = number(foreign.amount.0).map_err(|error| error.under("/foreign/amount"))?;
        paid["foreign_currency"] = foreign.currency.as_str().into();
    }
    Ok(paid)
}

/// The sums of each percentage, with the container that it goes into: no percentage names one by itself (contract
/// sign-at 2.7).
fn vat_amounts(sale: &Sale, groups: &[VatTotal]) -> Result<Vec<Value>> {
    let containers = containers(sale)?;
    let group = |group: &VatTotal| -> Result<Value> {
        let rate = group.rate.map(|rate| rate.normalize().0);
        let container = rate.and_then(|rate| containers.get(&rate).copied()).unwrap_or(Container::Zero);
        Ok(json!({
            "percentage": percentage(rate.unwrap_or_default())?,
            "incl_vat": cents(group.gross.0), "excl_vat": cents(group.net.0), "vat": cents(group.amount.0),
            "vat_rate": container.name(),
        }))
    };
    groups.iter().map(group).collect()
}

/// The container of each rate that the sale has.
fn containers(sale: &Sale) -> Result<BTreeMap<Decimal, Container>> {
    let mut containers = BTreeMap::new();
    for (index, item) in sale.items.iter().enumerate() {
        let under = |error: Error| error.under(&format!("/items/{index}"));
        let Some(rate) = item.vat.rate().map(|rate| rate.normalize().0) else { continue };
        percentage(rate).map_err(|error| under(error.at("/vat")))?;
        let container = Container::of(&item.vat).map_err(under)?;
        if *containers.entry(rate).or_insert(container) != container {
            let message = "a receipt of the form ekabs_v0 has each rate in one container; name the same one";
            return Err(under(Error::invalid("/vat/code", message)));
        }
    }
    Ok(containers)
}

/// The items, each discount of an item behind it, and what is taken off the whole sale at the end, so that the lines
/// come to the sums.
fn lines(sale: &Sale, amounts: &Amounts) -> Result<Vec<Value>> {
    let mut lines = Vec::new();
    let mut shares: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for (index, (item, cents)) in sale.items.iter().zip(&amounts.items).enumerate() {
        let under = |error: Error| error.under(&format!("/items/{index}"));
        lines.push(line(index, item, cents.before.0).map_err(under)?);
        for (discount, off) in item.discounts.iter().zip(&cents.own) {
            lines.push(taken_off(discount.text.as_deref(), [(percent(&item.vat), off.0)])?);
        }
        let own = money::sum(cents.own.iter().map(|off| off.0))?;
        let share = shares.entry(percent(&item.vat)).or_default();
        *share = money::add(*share, money::sub(cents.discount.0, own)?)?;
    }
    if !sale.discounts.is_empty() {
        let texts: Vec<&str> =
            sale.discounts.iter().filter_map(|discount| discount.text.as_deref()).collect();
        lines.push(taken_off(Some(&texts.join(", ")), shares.into_iter().filter(|(_, off)| !off.is_zero()))?);
    }
    Ok(lines)
}

fn line(index: usize, item: &Item, gross: Decimal) -> Result<Value> {
    let own = OfItem::of(item)?;
    let article = item.article.as_ref();
    let gtin = article.and_then(|article| article.gtin.clone());
    // An item is numbered by its article, else by its place.
    let numbered = article.and_then(|article| article.number.clone()).or(gtin.clone());
    let mut described = json!({
        "number": numbered.unwrap_or_else(|| (index + 1).to_string()),
        "quantity": number(item.quantity.0).map_err(|error| error.under("/quantity"))?,
        "price_per_unit": number(item.unit_price.0).map_err(|error| error.under("/unit_price"))?,
    });
    for (name, text) in [("gtin", gtin), ("quantity_measure", item.unit.clone())] {
        if let Some(text) = text {
            described[name] = text.into();
        }
    }
    let mut line = json!({
        "text": item.text,
        "vat_amounts": [{"percentage": percentage(percent(&item.vat))?, "incl_vat": cents(gross)}],
        "item": described,
    });
    let texts = [
        ("additional_text", own.additional_text),
        ("delivery_period_start", own.delivery_period_start),
        ("delivery_period_end", own.delivery_period_end),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            line[name] = text.into();
        }
    }
    Ok(line)
}

fn taken_off(text: Option<&str>, off: impl IntoIterator<Item = (Decimal, Decimal)>) -> Result<Value> {
    let text = text.filter(|text| !text.is_empty()).unwrap_or(DISCOUNT);
    let off = off.into_iter().map(|(rate, off)| {
        Ok(json!({"percentage": percentage(rate)?, "incl_vat": cents(money::sub(Decimal::ZERO, off)?)}))
    });
    Ok(json!({"text": text, "vat_amounts": off.collect::<Result<Vec<_>>>()?}))
}

fn percent(vat: &Vat) -> Decimal {
    vat.rate().map(|rate| rate.normalize().0).unwrap_or_default()
}

fn percentage(rate: Decimal) -> Result<Value> {
    let (places, most) = PERCENTAGE;
    if rate.normalize().scale() > places || rate > most {
        let message = format!("ekabs_v0 has percentages up to {most} with {places} places; {rate} is none");
        return Err(Error::invalid("", message));
    }
    number(rate)
}

fn cents(amount: Decimal) -> String {
    money::cents(amount).to_string()
}

/// A decimal as a number of JSON, digit by digit: never worked with, and exact with as many digits as are let through.
fn number(value: Decimal) -> Result<Value> {
    let value = value.normalize();
    if value.scale() == 0
        && let Some(whole) = value.to_i64()
    {
        return Ok(whole.into());
    }
    let exact = value.mantissa().abs() < NUMBER_DIGITS;
    let written: Option<Number> = value.to_string().parse().ok().filter(|_| exact);
    written.map(Value::Number).ok_or_else(|| {
        let message =
            format!("{value} has more than the 15 digits that a number of ekabs_v0 keeps; use another form");
        Error::invalid("", message)
    })
}
