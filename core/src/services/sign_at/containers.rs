//! Which of the five amounts of a machine code an item belongs to (contract sign-at 5.2).
//!
//! | container | VAT |
//! |---|---|
//! | `STANDARD` | 20 % |
//! | `REDUCED_1` | 10 % |
//! | `REDUCED_2` | 13 % |
//! | `ZERO` | 0 %, and what bears no VAT for whatever reason |
//! | `SPECIAL` | 19 % and 4.9 % |
//!
//! A rate that is not in this table needs the container beside it, as `{"rate": "…", "code": "SPECIAL"}`. On paper
//! rates stand apart, whatever container they share.

use crate::amounts::Amounts;
use crate::error::{Error, Result};
use crate::money::{self, Exact};
use crate::sale::{Sale, Vat};
use crate::verify::rksv;
use rust_decimal::Decimal;

/// The rates of the law, with their containers.
const RATES: [(Decimal, Container); 6] = [
    (Decimal::from_parts(20, 0, 0, false, 0), Container::Standard),
    (Decimal::from_parts(10, 0, 0, false, 0), Container::Reduced1),
    (Decimal::from_parts(13, 0, 0, false, 0), Container::Reduced2),
    (Decimal::ZERO, Container::Zero),
    (Decimal::from_parts(19, 0, 0, false, 0), Container::Special),
    (Decimal::from_parts(49, 0, 0, false, 1), Container::Special),
];

/// One of the five amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Container {
    /// Betrag-Satz-Normal.
    Standard,
    /// Betrag-Satz-Ermaessigt-1.
    Reduced1,
    /// Betrag-Satz-Ermaessigt-2.
    Reduced2,
    /// Betrag-Satz-Null.
    Zero,
    /// Betrag-Satz-Besonders.
    Special,
}

impl Container {
    /// All of them, in the order of the machine code.
    pub(super) const ALL: [Container; 5] =
        [Container::Standard, Container::Reduced1, Container::Reduced2, Container::Zero, Container::Special];

    /// The name in requests.
    pub(super) fn name(self) -> &'static str {
        match self {
            Container::Standard => "STANDARD",
            Container::Reduced1 => "REDUCED_1",
            Container::Reduced2 => "REDUCED_2",
            Container::Zero => "ZERO",
            Container::Special => "SPECIAL",
        }
    }

    /// The member of `raw` in answers (contract sign-at 2.7).
    pub(super) fn raw(self) -> &'static str {
        match self {
            Container::Standard => "gross_amount_standard",
            Container::Reduced1 => "gross_amount_reduced_1",
            Container::Reduced2 => "gross_amount_reduced_2",
            Container::Zero => "gross_amount_zero",
            Container::Special => "gross_amount_special",
        }
    }

    /// The name on paper, after that of the law's machine code.
    pub(super) fn printed(self) -> &'static str {
        match self {
            Container::Standard => "Normal",
            Container::Reduced1 => "Ermäßigt-1",
            Container::Reduced2 => "Ermäßigt-2",
            Container::Zero => "Null",
            Container::Special => "Besonders",
        }
    }

    /// The container of an item.
    ///
    /// # Errors
    /// `invalid` at `/vat`, naming the rates there are.
    pub(super) fn of(vat: &Vat) -> Result<Container> {
        let Some(rate) = vat.rate() else { return Ok(Container::Zero) };
        let usual = RATES.iter().find(|(known, _)| *known == rate.0).map(|(_, container)| *container);
        let named = match vat.code() {
            None => None,
            Some(code) => {
                Some(Container::ALL.into_iter().find(|one| one.name() == code).ok_or_else(|| {
                    let message =
                        "the code of an Austrian VAT rate is STANDARD, REDUCED_1, REDUCED_2, ZERO or SPECIAL";
                    Error::invalid("/vat/code", message)
                })?)
            }
        };
        match (usual, named) {
            (Some(usual), Some(named)) if usual != named => {
                let message = format!("{rate} per cent belongs to {}; leave the code out", usual.name());
                Err(Error::invalid("/vat/code", message))
            }
            (Some(usual), _) => Ok(usual),
            (None, Some(named)) => Ok(named),
            (None, None) => {
                let message = format!(
                    "Austria has no VAT rate of {rate} per cent; it has 20, 10, 13, 0, 19 and 4.9. A rate of another year needs the container it goes into, as in {{\"rate\": \"{rate}\", \"code\": \"SPECIAL\"}}"
                );
                Err(Error::invalid("/vat", message))
            }
        }
    }
}

/// Gross cents by container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums([Option<Decimal>; 5]);

impl Sums {
    /// The sums of a sale; a container without items is absent.
    ///
    /// # Errors
    /// `invalid` with the pointer of the item whose rate Austria does not have.
    pub(super) fn of(sale: &Sale, amounts: &Amounts) -> Result<Self> {
        let mut sums = Sums::default();
        for (index, (item, cents)) in sale.items.iter().zip(&amounts.items).enumerate() {
            let container =
                Container::of(&item.vat).map_err(|error| error.under(&format!("/items/{index}")))?;
            sums.add(container, cents.gross)?;
        }
        Ok(sums)
    }

    fn add(&mut self, container: Container, amount: Exact) -> Result<()> {
        if let Some(sum) = self.0.get_mut(container as usize) {
            *sum = Some(money::add(sum.unwrap_or_default(), amount.0)?);
        }
        Ok(())
    }

    /// The containers that have items, with their amounts.
    pub(super) fn given(&self) -> impl Iterator<Item = (Container, Decimal)> {
        Container::ALL.into_iter().zip(self.0).filter_map(|(container, sum)| Some((container, sum?)))
    }

    /// The amount of a container; zero where it has no items.
    pub(super) fn amount(&self, container: Container) -> Decimal {
        self.0.get(container as usize).copied().flatten().unwrap_or_default()
    }

    /// As a machine code has them.
    pub(super) fn cents(&self) -> rksv::Amounts {
        let cents = |container| (money::cents(self.amount(container))).mantissa();
        rksv::Amounts {
            standard: cents(Container::Standard),
            reduced_1: cents(Container::Reduced1),
            reduced_2: cents(Container::Reduced2),
            zero: cents(Container::Zero),
            special: cents(Container::Special),
        }
    }
}
