//! How a sale is paid, in the service's words (contract sign-fr 2.7 and 5.6).
//!
//! | method | payment | default for what is missing |
//! |---|---|---|
//! | `cash` | CASH | |
//! | `card` | CARD, CREDIT, DEBIT or PREPAID | DEBIT, number `****` |
//! | `meal_voucher` | CARD TICKET | number `****` |
//! | `gift_card` | CARD GIFT | number `****` |
//! | `voucher` | VOUCHER, SINGLE or MULTIPLE | MULTIPLE, number `****` |
//! | `wallet` | ONLINE | name `Wallet` |
//! | `online` | ONLINE | name `Online` |
//! | `transfer` | OTHER | name `Transfer` |
//! | `on_account` | OUTSTANDING, GOOD or SERVICE by the items | |
//! | `other` | OTHER | |
//!
//! The service takes numbers of 4 to 19 digits and asterisks only. Another number, and a `reference`
//! after it, go into the property `reference_payment_method`. A foreign currency goes into the properties
//! `foreign_currency_indicator` (its ISO code), `foreign_currency_exchange_rate` and
//! `foreign_currency_denomination` (the amount with its code); `amount` is in euros.
//!
//! Where the country has no properties (Italy), both stay on the receipt alone.
//!
//! Cash rounding is the `discount` of the first cash payment, else of the first: what was paid plus
//! its discount is what was sold (contract sign-fr 2.10), so rounding up is a negative discount.

use super::country::Country;
use super::entries::{amount, set};
use crate::amounts::Amounts;
use crate::error::{Error, Result};
use crate::sale::{CardKind, ItemKind, Method, Payment, Sale, VoucherPurpose};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// Most payments of a receipt (Appendix A, Payments).
const MOST: usize = 10;
/// The longest property of a payment (Appendix A, PaymentProperties).
const PROPERTY: usize = 64;
/// The longest name of a means of payment (Appendix A, PaymentName).
const NAME: usize = 128;
/// A number of which nothing is known.
const MASKED: &str = "****";

/// The payments; a sale of nothing that nobody paid is paid with no cash (the list may not be empty).
pub(super) fn payments(sale: &Sale, amounts: &Amounts, country: &Country) -> Result<Vec<Value>> {
    if sale.payments.len() > MOST {
        let message = format!("the service takes at most {MOST} payments; put those of one kind together");
        return Err(Error::invalid("/payments", message));
    }
    let rounding = amounts.rounding.0;
    let rounded = sale.payments.iter().position(|payment| payment.method == Method::Cash).unwrap_or(0);
    let mut payments = Vec::with_capacity(sale.payments.len().max(1));
    for (index, paid) in sale.payments.iter().enumerate() {
        let mut payment =
            payment(paid, sale, country).map_err(|error| error.under(&format!("/payments/{index}")))?;
        if index == rounded && !rounding.is_zero() {
            discount(&mut payment, rounding);
        }
        payments.push(payment);
    }
    if payments.is_empty() {
        let mut payment = json!({"type": "CASH", "details": details(Decimal::ZERO)});
        if !rounding.is_zero() {
            discount(&mut payment, rounding);
        }
        payments.push(payment);
    }
    Ok(payments)
}

fn discount(payment: &mut Value, rounding: Decimal) {
    if let Some(details) = payment.get_mut("details") {
        set(details, "discount", amount(-rounding));
    }
}

fn details(paid: Decimal) -> Value {
    json!({"amount": amount(paid), "currency": "EUR"})
}

fn payment(payment: &Payment, sale: &Sale, country: &Country) -> Result<Value> {
    let (number, unmasked) = number(payment);
    let name = |default: &str| payment.name.clone().unwrap_or_else(|| default.to_owned());
    let mut json = match payment.method {
        Method::Cash => json!({"type": "CASH"}),
        Method::Card => json!({"type": "CARD", "number": number, "kind": card_kind(payment)}),
        Method::MealVoucher => json!({"type": "CARD", "number": number, "kind": "TICKET"}),
        Method::GiftCard => json!({"type": "CARD", "number": number, "kind": "GIFT"}),
        Method::Voucher => json!({"type": "VOUCHER", "number": number, "kind": purpose(payment)}),
        Method::Wallet => json!({"type": "ONLINE", "name": name("Wallet")}),
        Method::Online => json!({"type": "ONLINE", "name": name("Online")}),
        Method::Transfer => json!({"type": "OTHER", "name": name("Transfer")}),
        Method::OnAccount => json!({"type": "OUTSTANDING", "concept": concept(sale)}),
        Method::Other => json!({"type": "OTHER"}),
    };
    if let (Method::Other, Some(name)) = (payment.method, &payment.name) {
        set(&mut json, "name", name.as_str());
    }
    if json
        .get("name")
        .and_then(Value::as_str)
        .is_some_and(|name| name.is_empty() || name.chars().count() > NAME)
    {
        return Err(Error::invalid(
            "/name",
            format!("a name has 1 to {NAME} characters at the service; shorten it"),
        ));
    }
    let mut details = details(payment.amount.0);
    if country.has_details {
        let properties = properties(payment, unmasked)?;
        if !properties.is_empty() {
            set(&mut details, "properties", properties);
        }
    }
    set(&mut json, "details", details);
    Ok(json)
}

/// What the service has no fields for.
fn properties(payment: &Payment, unmasked: Option<&str>) -> Result<Map<String, Value>> {
    let references: Vec<&str> = unmasked.into_iter().chain(payment.reference.as_deref()).collect();
    let reference = references.join(" ");
    let mut properties = Map::new();
    if !reference.is_empty() {
        if reference.chars().count() > PROPERTY {
            let message = format!(
                "a reference, with a number that is not masked, has at most {PROPERTY} characters at the service; shorten it"
            );
            return Err(Error::invalid("/reference", message));
        }
        properties.insert("reference_payment_method".into(), reference.into());
    }
    if let Some(foreign) = &payment.foreign {
        properties.insert("foreign_currency_indicator".into(), foreign.currency.as_str().into());
        properties.insert("foreign_currency_exchange_rate".into(), foreign.rate.to_string().into());
        let denomination = format!("{} {}", foreign.amount, foreign.currency);
        properties.insert("foreign_currency_denomination".into(), denomination.into());
    }
    Ok(properties)
}

/// The number as the service takes it, and the one that it does not take.
fn number(payment: &Payment) -> (&str, Option<&str>) {
    let given = match payment.method {
        Method::GiftCard => payment.gift_card.as_ref().map(|card| card.id.as_str()),
        Method::Voucher => payment.voucher.as_ref().and_then(|voucher| voucher.number.as_deref()),
        Method::MealVoucher => payment
            .card
            .as_ref()
            .and_then(|card| card.number.as_deref())
            .or_else(|| payment.voucher.as_ref().and_then(|voucher| voucher.number.as_deref())),
        _ => payment.card.as_ref().and_then(|card| card.number.as_deref()),
    };
    match given {
        Some(number) if is_masked(number) => (number, None),
        other => (MASKED, other),
    }
}

/// `^([*0-9]{4,19})$` (Appendix A, MaskedCardNumberFormatISO7812).
fn is_masked(number: &str) -> bool {
    (4..=19).contains(&number.len()) && number.bytes().all(|byte| byte == b'*' || byte.is_ascii_digit())
}

fn card_kind(payment: &Payment) -> &'static str {
    match payment.card.as_ref().and_then(|card| card.kind) {
        Some(CardKind::Credit) => "CREDIT",
        Some(CardKind::Prepaid) => "PREPAID",
        Some(CardKind::Debit) | None => "DEBIT",
    }
}

fn purpose(payment: &Payment) -> &'static str {
    match payment.voucher.as_ref().and_then(|voucher| voucher.purpose) {
        Some(VoucherPurpose::Single) => "SINGLE",
        Some(VoucherPurpose::Multiple) | None => "MULTIPLE",
    }
}

fn concept(sale: &Sale) -> &'static str {
    let services = sale.items.iter().all(|item| item.kind == ItemKind::Service);
    if services && !sale.items.is_empty() { "SERVICE" } else { "GOOD" }
}
