//! Which VAT code an item has: the system says which there are (contract sign-fr 2.6).
//!
//! A percentage is looked up among the system's `vat_rates`; a code given by the caller wins, and must
//! have that percentage. For an item without VAT, the code given by the caller wins; else the
//! country's table says which code a reason stands for ([`Country::exemption`]). The meaning of CAUSE_1 and
//! CAUSE_2 differs between sources (contract sign-fr 2.6), so in Italy the system's own descriptions
//! decide, and a till that knows better gives the code. A code that the system does not list is never sent.

use super::country::{Country, Exempt};
use super::facts::{RegisterFacts, VatExemption};
use crate::error::{Error, Result};
use crate::sale::Vat;
use rust_decimal::Decimal;

/// The VAT of an item, in the system's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// A rate: code, percentage as the system writes it, and as a number.
    Rate { code: String, percentage: String, rate: Decimal },
    /// No VAT.
    Exempt { code: String },
}

/// The code of `vat` at this register.
///
/// # Errors
/// `invalid` at `/vat`, naming the codes that the register knows.
pub(super) fn code(vat: &Vat, register: &RegisterFacts, country: &Country) -> Result<Code> {
    match vat.rate() {
        Some(rate) => rated(rate.0, vat.code(), register),
        None => exempt(vat, register, country),
    }
}

fn rated(rate: Decimal, wanted: Option<&str>, register: &RegisterFacts) -> Result<Code> {
    let known = |historic: bool| {
        register.vat_rates.iter().filter(move |known| known.historic == historic).find(|known| {
            known.percentage.parse::<Decimal>().is_ok_and(|percentage| percentage == rate)
                && wanted.is_none_or(|wanted| wanted == known.code)
        })
    };
    // A rate of former years serves only where no present one has the percentage.
    let found = known(false).or_else(|| known(true)).ok_or_else(|| {
        let rates: Vec<String> =
            register.vat_rates.iter().map(|known| format!("{} ({})", known.percentage, known.code)).collect();
        let asked = wanted.map(|code| format!(" with the code {code}")).unwrap_or_default();
        let untaxed = if rate.is_zero() {
            "; where no VAT is charged, give exempt with the reason instead"
        } else {
            ""
        };
        let message = format!(
            "the register has no VAT rate of {rate} per cent{asked}; it knows {}{untaxed}",
            listed(&rates)
        );
        Error::invalid("/vat", message)
    })?;
    Ok(Code::Rate { code: found.code.clone(), percentage: found.percentage.clone(), rate })
}

fn exempt(vat: &Vat, register: &RegisterFacts, country: &Country) -> Result<Code> {
    let reason = vat.exempt().unwrap_or_default();
    let known = &register.vat_exemptions;
    let (wanted, found) = match (vat.code(), country.exemption(reason)) {
        (Some(code), _) | (None, Exempt::Code(code)) => (code, known.iter().find(|known| known.code == code)),
        (None, Exempt::Described(words)) => (reason, described(known, words)),
        (None, Exempt::None(instead)) => {
            let message = format!("the service has no exemption for {reason}: {instead}");
            return Err(Error::invalid("/vat", message));
        }
    };
    let found = found.ok_or_else(|| {
        let codes: Vec<String> = known.iter().map(told).collect();
        let message = format!(
            "the register has no VAT exemption {wanted}; give the code of one that it knows: {}",
            listed(&codes)
        );
        Error::invalid("/vat", message)
    })?;
    Ok(Code::Exempt { code: found.code.clone() })
}

/// The one exemption that is described so; none where several are.
fn described<'a>(known: &'a [VatExemption], words: &[&str]) -> Option<&'a VatExemption> {
    let fits = |known: &&VatExemption| {
        let description = known.description.to_lowercase();
        words.iter().any(|word| description.contains(word))
    };
    let mut fitting = known.iter().filter(fits);
    fitting.next().filter(|_| fitting.next().is_none())
}

/// A code with its meaning, where that is known.
fn told(known: &VatExemption) -> String {
    if known.description.is_empty() {
        known.code.clone()
    } else {
        format!("{} ({})", known.code, known.description)
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
