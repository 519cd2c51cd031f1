//! The rules that a sale must keep before anybody is asked to book it.

use super::{Card, Customer, Discount, Document, Foreign, Item, Method, Original, Payment, Sale, Vat};
use crate::amounts::Amounts;
use crate::error::{Error, Result};
use crate::money::{Exact, add, cents, sub};
use crate::read::escape;
use crate::text::is_visible;
use rust_decimal::Decimal;

/// Items that a sale may have (contract sign-fr 2.7: entries 1..1000).
const ITEMS: usize = 1_000;
/// Discounts, or payments, that one list may have.
const LIST: usize = 100;
/// Notes that a sale may carry: a service takes 20, of which libfiskal needs some itself.
const NOTES: usize = 18;
/// Characters of a note's key (contract sign-fr 1.5, "metadata").
const NOTE_KEY: usize = 40;
/// Characters of an id or number.
const ID: usize = 64;
/// Characters of a person's name or a part of an address.
const NAME: usize = 128;
/// Characters of a text.
const TEXT: usize = 250;
/// Rounding to five cents moves a sum by two, rounding to ten cents by five.
const MOST_ROUNDING: Decimal = Decimal::from_parts(5, 0, 0, false, 2);
/// Digits of a card number that may be kept (PCI DSS 4.0, 3.4.1).
const CARD_DIGITS: usize = 12;

impl Sale {
    /// Checks what must hold of a sale at any time, from its beginning: bounds, shapes, amounts
    /// that can be worked out. It may still lack items and payments.
    ///
    /// # Errors
    /// `invalid`, with the JSON pointer of the first field that breaks a rule.
    pub fn check(&self) -> Result<()> {
        id("/register", &self.register)?;
        optional("/id", &self.id, id)?;
        optional("/number", &self.number, id)?;
        optional("/series", &self.series, id)?;
        optional("/text", &self.text, text)?;
        optional("/table", &self.table, short)?;
        if let Some(cashier) = &self.cashier {
            id("/cashier/id", &cashier.id)?;
            optional("/cashier/name", &cashier.name, name)?;
        }
        each("/items", &self.items, ITEMS, check_item)?;
        each("/discounts", &self.discounts, LIST, check_discount)?;
        each("/payments", &self.payments, LIST, check_payment)?;
        if let Some(rounding) = self.rounding {
            whole_cents("/rounding", rounding)?;
            if rounding.0.abs() > MOST_ROUNDING {
                let message = format!("cash rounding moves a sum by 0.05 at most, not by {rounding}");
                return Err(Error::invalid("/rounding", message));
            }
        }
        self.customer.as_ref().map_or(Ok(()), check_customer)?;
        self.original.as_ref().map_or(Ok(()), check_original)?;
        self.check_metadata()?;
        self.amounts().map(drop)
    }

    /// Checks what must hold besides [`Sale::check`] before a sale is completed: it has items, and
    /// its payments add up to them.
    ///
    /// A `draft` or `proforma` needs no payments, nor does a sale of nothing to pay; given, they
    /// must add up all the same.
    ///
    /// # Errors
    /// `invalid`, with the JSON pointer of the first field that breaks a rule.
    pub fn check_complete(&self) -> Result<()> {
        self.check()?;
        if self.items.is_empty() {
            return Err(Error::invalid("/items", "the sale has no items; add one, or abort the sale"));
        }
        self.check_paid(&self.amounts()?)
    }

    fn check_paid(&self, amounts: &Amounts) -> Result<()> {
        let due = add(amounts.totals.gross.0, amounts.rounding.0)?;
        let unpaid = matches!(self.document, Document::Draft | Document::Proforma) || due.is_zero();
        if self.payments.is_empty() && unpaid {
            return Ok(());
        }
        let open = sub(due, amounts.paid.0)?;
        if open.is_zero() {
            return Ok(());
        }
        let difference = if open.is_sign_positive() {
            format!("{open} is missing")
        } else {
            format!("{} is too much", -open)
        };
        let message = format!(
            "the payments come to {}, the items less discounts plus rounding to {}: {difference}",
            amounts.paid,
            cents(due)
        );
        Err(Error::invalid("/payments", message))
    }

    fn check_metadata(&self) -> Result<()> {
        if self.metadata.len() > NOTES {
            let message = format!("{} notes are too many; at most {NOTES} are kept", self.metadata.len());
            return Err(Error::invalid("/metadata", message));
        }
        self.metadata.iter().try_for_each(|(key, note)| {
            let place = format!("/metadata/{}", escape(key));
            free(&place, key, 1, NOTE_KEY)?;
            free(&place, note, 0, TEXT)
        })
    }
}

/// What must hold of an item alone.
pub(crate) fn check_item(item: &Item) -> Result<()> {
    text("/text", &item.text)?;
    bounded("/quantity", item.quantity)?;
    not_negative("/unit_price", item.unit_price)?;
    optional("/unit", &item.unit, short)?;
    if let Some(total) = item.total {
        whole_cents("/total", total)?;
    }
    check_vat(&item.vat)?;
    each("/discounts", &item.discounts, LIST, check_discount)?;
    if let Some(article) = &item.article {
        optional("/article/number", &article.number, short)?;
        optional("/article/group", &article.group, short)?;
        optional("/article/gtin", &article.gtin, |place, gtin| {
            let digits = gtin.bytes().all(|byte| byte.is_ascii_digit());
            require(
                digits && matches!(gtin.len(), 8 | 12 | 13 | 14),
                place,
                "a GTIN has 8, 12, 13 or 14 digits",
            )
        })?;
    }
    Ok(())
}

fn check_vat(vat: &Vat) -> Result<()> {
    let place = if matches!(vat, Vat::Percent(_)) { "/vat" } else { "/vat/rate" };
    if let Some(rate) = vat.rate() {
        percentage(place, rate)?;
    }
    vat.code().map_or(Ok(()), |code| id("/vat/code", code))?;
    require(
        *vat != Vat::ReverseCharge { reverse_charge: false },
        "/vat/reverse_charge",
        "`reverse_charge` can only be true; give the item's rate or exemption instead",
    )
}

fn check_discount(discount: &Discount) -> Result<()> {
    optional("/text", &discount.text, text)?;
    match (discount.amount, discount.percent) {
        (Some(amount), None) => {
            not_negative("/amount", amount)?;
            whole_cents("/amount", amount)
        }
        (None, Some(percent)) => percentage("/percent", percent),
        _ => Err(Error::invalid("", "a discount has either an amount or a percent; give exactly one")),
    }
}

/// What must hold of a payment alone.
pub(crate) fn check_payment(payment: &Payment) -> Result<()> {
    whole_cents("/amount", payment.amount)?;
    if let Some(tendered) = payment.tendered {
        whole_cents("/tendered", tendered)?;
        let message = format!("{tendered} was given for {}; it cannot be less", payment.amount);
        require(tendered >= payment.amount, "/tendered", &message)?;
    }
    optional("/name", &payment.name, text)?;
    optional("/reference", &payment.reference, text)?;
    let method = payment.method;
    let belongs = |place, given: bool, to: &[Method]| {
        let message = format!("this block does not belong to the method '{}'; remove it", name_of(method));
        require(!given || to.contains(&method), place, &message)
    };
    belongs("/card", payment.card.is_some(), &[Method::Card, Method::MealVoucher, Method::Wallet])?;
    belongs("/voucher", payment.voucher.is_some(), &[Method::Voucher, Method::MealVoucher])?;
    belongs("/gift_card", payment.gift_card.is_some(), &[Method::GiftCard])?;
    payment.card.as_ref().map_or(Ok(()), check_card)?;
    if let Some(voucher) = &payment.voucher {
        optional("/voucher/number", &voucher.number, id)?;
    }
    payment.gift_card.as_ref().map_or(Ok(()), |card| id("/gift_card/id", &card.id))?;
    payment.foreign.as_ref().map_or(Ok(()), check_foreign)
}

fn check_card(card: &Card) -> Result<()> {
    let Some(number) = &card.number else { return Ok(()) };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let stars = number.bytes().filter(|byte| *byte == b'*').count();
    let message = "a card number has 4 to 19 digits and '*'";
    require(digits + stars == number.len() && (4..=19).contains(&number.len()), "/card/number", message)?;
    require(
        digits <= CARD_DIGITS,
        "/card/number",
        "the card number is not masked; put '*' for its middle digits",
    )
}

fn check_foreign(foreign: &Foreign) -> Result<()> {
    let letters = foreign.currency.bytes().all(|byte| byte.is_ascii_uppercase());
    let message = "a currency is three capital letters, such as \"CHF\"";
    require(letters && foreign.currency.len() == 3, "/foreign/currency", message)?;
    bounded("/foreign/amount", foreign.amount)?;
    bounded("/foreign/rate", foreign.rate)?;
    require(foreign.rate > Exact::ZERO, "/foreign/rate", "an exchange rate is more than zero")
}

fn check_customer(customer: &Customer) -> Result<()> {
    optional("/customer/name", &customer.name, text)?;
    optional("/customer/code", &customer.code, id)?;
    if let Some(person) = &customer.person {
        name("/customer/person/forename", &person.forename)?;
        name("/customer/person/surname", &person.surname)?;
        optional("/customer/person/prefix", &person.prefix, name)?;
    }
    if let Some(identification) = &customer.id {
        id("/customer/id/number", &identification.number)?;
        optional("/customer/id/country", &identification.country, country)?;
    }
    if let Some(address) = &customer.address {
        name("/customer/address/street", &address.street)?;
        optional("/customer/address/number", &address.number, name)?;
        name("/customer/address/code", &address.code)?;
        name("/customer/address/city", &address.city)?;
        country("/customer/address/country", &address.country)?;
    }
    optional("/customer/lottery_code", &customer.lottery_code, |place, code| {
        let symbols = code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let message = "a lottery code has 8 or 16 capital letters and digits";
        require(symbols && matches!(code.len(), 8 | 16), place, message)
    })
}

fn check_original(original: &Original) -> Result<()> {
    let ways = [&original.receipt, &original.number, &original.external];
    require(
        ways.iter().filter(|way| way.is_some()).count() == 1,
        "/original",
        "the original is named by exactly one of `receipt`, `number` and `external`",
    )?;
    let beside = original.register.is_some() || original.series.is_some() || original.issued_at.is_some();
    require(
        original.number.is_some() || !beside,
        "/original",
        "`register`, `series` and `issued_at` go with the original's `number`; give it, or remove them",
    )?;
    optional("/original/receipt", &original.receipt, id)?;
    optional("/original/number", &original.number, id)?;
    optional("/original/series", &original.series, id)?;
    optional("/original/register", &original.register, id)?;
    optional("/original/external", &original.external, text)?;
    optional("/original/reason", &original.reason, text)?;
    optional("/original/issued_at", &original.issued_at, |place, issued| {
        let known = issued.parse::<jiff::Timestamp>().is_ok() || issued.parse::<jiff::civil::Date>().is_ok();
        require(known, place, "give a date such as \"2026-03-01\" or an RFC 3339 time")
    })
}

/// Checks a list's length and each of its elements, naming the element in the error.
fn each<T>(place: &str, list: &[T], most: usize, check: impl Fn(&T) -> Result<()>) -> Result<()> {
    if list.len() > most {
        return Err(Error::invalid(place, format!("{} are too many; at most {most} are taken", list.len())));
    }
    list.iter().enumerate().try_for_each(|(index, element)| {
        check(element).map_err(|error| error.under(&format!("{place}/{index}")))
    })
}

fn optional(place: &str, value: &Option<String>, check: impl Fn(&str, &str) -> Result<()>) -> Result<()> {
    value.as_deref().map_or(Ok(()), |value| check(place, value))
}

fn require(holds: bool, place: &str, message: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::invalid(place, message)) }
}

fn text(place: &str, value: &str) -> Result<()> {
    free(place, value, 1, TEXT)
}

fn name(place: &str, value: &str) -> Result<()> {
    free(place, value, 1, NAME)
}

fn short(place: &str, value: &str) -> Result<()> {
    free(place, value, 1, ID)
}

fn id(place: &str, value: &str) -> Result<()> {
    length(place, value, 1, ID)?;
    require(value.chars().all(is_visible), place, "only visible characters are allowed here, and no spaces")
}

fn country(place: &str, value: &str) -> Result<()> {
    let letters = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase());
    require(letters, place, "a country is two capital letters (ISO 3166), such as \"FR\"")
}

fn length(place: &str, value: &str, least: usize, most: usize) -> Result<()> {
    // A character has at most four bytes: a huge text is refused without being counted.
    let count = if value.len() > 4 * most { most + 1 } else { value.chars().count() };
    require(count <= most, place, &format!("the text is too long; at most {most} characters are kept"))?;
    require(count >= least, place, "the text is empty; give it, or leave the field out")
}

/// A text of any characters that C can hand back: it ends a text at the first zero byte.
fn free(place: &str, value: &str, least: usize, most: usize) -> Result<()> {
    length(place, value, least, most)?;
    require(!value.contains('\0'), place, "the text has a zero byte in it; remove it")
}

fn bounded(place: &str, number: Exact) -> Result<()> {
    Exact::new(number.0).map(drop).map_err(|error| error.at(place))
}

fn not_negative(place: &str, number: Exact) -> Result<()> {
    bounded(place, number)?;
    require(number >= Exact::ZERO, place, &format!("{number} is negative; only quantities may be"))
}

fn whole_cents(place: &str, number: Exact) -> Result<()> {
    bounded(place, number)?;
    require(number.is_cents(), place, &format!("{number} is not a whole number of cents"))
}

fn percentage(place: &str, number: Exact) -> Result<()> {
    bounded(place, number)?;
    let within = number >= Exact::ZERO && number.0 <= Decimal::ONE_HUNDRED;
    require(within, place, &format!("{number} is not a percentage from 0 to 100"))
}

fn name_of(method: Method) -> String {
    serde_json::to_value(method).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
