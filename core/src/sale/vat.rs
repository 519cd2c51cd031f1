//! The VAT of an item.

use crate::money::{Exact, ExactVisitor};
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The VAT of an item: `"5.5"`, `{"rate": "20", "code": "…"}`, `{"exempt": "export"}` or
/// `{"reverse_charge": true}`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Vat {
    /// A percentage, 0 to 100.
    Percent(Exact),
    /// A rate with the service's own code.
    Rate {
        /// The percentage, 0 to 100.
        rate: Exact,
        /// The service's code, where one rate has several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// No VAT, with the reason.
    Exempt {
        /// Why.
        exempt: Exemption,
        /// The service's own code, where the reason alone does not say which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// The buyer owes the VAT.
    ReverseCharge {
        /// Always true.
        reverse_charge: bool,
    },
}

/// Why an item bears no VAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exemption {
    /// Outside the scope of VAT.
    NotSubject,
    /// Exempt.
    Exempt,
    /// An export.
    Export,
    /// A supply within the EU.
    IntraEu,
    /// Margin scheme.
    Margin,
    /// Taken for a third party.
    ThirdParty,
    /// A multi-purpose voucher.
    Voucher,
}

impl Exemption {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Exemption::NotSubject => "not_subject",
            Exemption::Exempt => "exempt",
            Exemption::Export => "export",
            Exemption::IntraEu => "intra_eu",
            Exemption::Margin => "margin",
            Exemption::ThirdParty => "third_party",
            Exemption::Voucher => "voucher",
        }
    }
}

impl Vat {
    /// The percentage; `None` where no VAT is charged.
    pub fn rate(&self) -> Option<Exact> {
        match self {
            Vat::Percent(rate) | Vat::Rate { rate, .. } => Some(*rate),
            Vat::Exempt { .. } | Vat::ReverseCharge { .. } => None,
        }
    }

    /// Why no VAT is charged: an [`Exemption`]'s name or `reverse_charge`; `None` where it is.
    pub fn exempt(&self) -> Option<&'static str> {
        match self {
            Vat::Percent(_) | Vat::Rate { .. } => None,
            Vat::Exempt { exempt, .. } => Some(exempt.name()),
            Vat::ReverseCharge { .. } => Some("reverse_charge"),
        }
    }

    /// The service's own code, where the caller gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Vat::Rate { code, .. } | Vat::Exempt { code, .. } => code.as_deref(),
            Vat::Percent(_) | Vat::ReverseCharge { .. } => None,
        }
    }
}

// Derived, an untagged enum can only say that nothing fitted; by hand, it says what is wrong.
impl<'de> Deserialize<'de> for Vat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(VatVisitor)
    }
}

struct VatVisitor;

/// All fields that the object form may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    rate: Option<Exact>,
    exempt: Option<Exemption>,
    reverse_charge: Option<bool>,
    code: Option<String>,
}

impl<'de> Visitor<'de> for VatVisitor {
    type Value = Vat;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a percentage such as \"5.5\", or an object with `rate`, `exempt` or `reverse_charge`")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vat, E> {
        ExactVisitor.visit_str(text).map(Vat::Percent)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Vat, E> {
        ExactVisitor.visit_i64(number).map(Vat::Percent)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Vat, E> {
        ExactVisitor.visit_u64(number).map(Vat::Percent)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Vat, E> {
        ExactVisitor.visit_f64(number).map(Vat::Percent)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vat, A::Error> {
        let fields = Fields::deserialize(MapAccessDeserializer::new(map))?;
        match fields {
            Fields { rate: Some(rate), exempt: None, reverse_charge: None, code } => {
                Ok(Vat::Rate { rate, code })
            }
            Fields { rate: None, exempt: Some(exempt), reverse_charge: None, code } => {
                Ok(Vat::Exempt { exempt, code })
            }
            Fields { rate: None, exempt: None, reverse_charge: Some(true), code: None } => {
                Ok(Vat::ReverseCharge { reverse_charge: true })
            }
            Fields { reverse_charge: Some(false), .. } => Err(A::Error::custom(
                "`reverse_charge` can only be true; give the item's `rate` or `exempt` instead",
            )),
            Fields { reverse_charge: Some(true), code: Some(_), .. } => {
                Err(A::Error::custom("`reverse_charge` takes no `code`"))
            }
            _ => Err(A::Error::custom("give exactly one of `rate`, `exempt` and `reverse_charge`")),
        }
    }
}
