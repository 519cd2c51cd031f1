//! Which VAT code an item has: the system says which there are (contract sign-fr 2.6).
//!
//! A percentage is looked up among the system's `vat_rates`; a code given by the caller wins, and must
//! have that percentage. For an item without VAT, the code given by the caller wins; else:
//!
//! | reason | code |
//! |---|---|
//! | `not_subject`, `third_party`, `voucher` | NOT_SUBJECT |
//! | `export`, `intra_eu`, reverse charge | NOT_TAXABLE |
//! | `exempt` | CAUSE_1 |
//! | `margin` | CAUSE_3 |
//!
//! The meaning of CAUSE_1 and CAUSE_2 differs between sources (contract sign-fr 2.6), so a till that
//! knows better gives the code. A code that the system does not list is never sent.

use super::facts::RegisterFacts;
use crate::error::{Error, Result};
use crate::sale::{Exemption, Vat};
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
pub(super) fn code(vat: &Vat, register: &RegisterFacts) -> Result<Code> {
    match vat.rate() {
        Some(rate) => rated(rate.0, vat.code(), register),
        None => exempt(vat, register),
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

fn exempt(vat: &Vat, register: &RegisterFacts) -> Result<Code> {
    let usual = match vat {
        Vat::Exempt { exempt, .. } => match exempt {
            Exemption::NotSubject | Exemption::ThirdParty | Exemption::Voucher => "NOT_SUBJECT",
            Exemption::Export | Exemption::IntraEu => "NOT_TAXABLE",
            Exemption::Exempt => "CAUSE_1",
            Exemption::Margin => "CAUSE_3",
        },
        _ => "NOT_TAXABLE",
    };
    let code = vat.code().unwrap_or(usual);
    if !register.vat_exemptions.iter().any(|known| known == code) {
        let message = format!(
            "the register has no VAT exemption {code}; give the code of one that it knows: {}",
            listed(&register.vat_exemptions)
        );
        return Err(Error::invalid("/vat", message));
    }
    Ok(Code::Exempt { code: code.to_owned() })
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
