//! What differs between the countries behind this interface (contract sign-fr 2.4, 2.6, 2.7).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::settings::SignFrSettings;

/// A country that the sandbox fiscalizes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Country {
    #[serde(rename = "FR")]
    France,
    #[serde(rename = "IT")]
    Italy,
}

const FRENCH_RECORDS: &[&str] = &[
    "INTENTION::TRANSACTION",
    "INTENTION::EVENT",
    "INTENTION::EXPORT",
    "INTENTION::DUPLICATE",
    "TRANSACTION::RECEIPT",
    "TRANSACTION::DRAFT_RECEIPT",
    "TRANSACTION::INVOICE",
    "TRANSACTION::PRO_FORMA_INVOICE",
    "TRANSACTION::ENRICHMENT",
    "TRANSACTION::CORRECTION",
    "TRANSACTION::CANCELLATION",
    "TRANSACTION::PROOF_OF_PAYMENT",
    "EXPORT::RECORDS",
];
const CLOSINGS: &[&str] = &["CLOSING::DAILY", "CLOSING::MONTHLY", "CLOSING::YEARLY"];
const ABORT: &str = "TRANSACTION::ABORT";
const ITALIAN_RECORDS: &[&str] = &[
    "INTENTION::TRANSACTION",
    "TRANSACTION::RECEIPT",
    "TRANSACTION::CORRECTION",
    "TRANSACTION::CANCELLATION",
];

/// Rates of metropolitan France; which code stands for which rate is inferred (2.6).
const FRENCH_RATES: &[(&str, &str)] =
    &[("STANDARD", "20"), ("REDUCED_1", "10"), ("REDUCED_2", "5.5"), ("REDUCED_3", "2.1")];
const ITALIAN_RATES: &[(&str, &str)] =
    &[("STANDARD", "22"), ("REDUCED_1", "10"), ("REDUCED_2", "5"), ("REDUCED_3", "4")];

const EXEMPTIONS: &[(&str, &str)] = &[
    ("NOT_SUBJECT", "Not subject to VAT"),
    ("NOT_TAXABLE", "Not taxable"),
    ("CAUSE_1", "Exempt"),
    ("CAUSE_2", "Excluded from the taxable base"),
    ("CAUSE_3", "Margin scheme"),
    ("CAUSE_4", "Other"),
];

impl Country {
    pub(super) fn of(code: &str) -> Option<Country> {
        match code {
            "FR" => Some(Country::France),
            "IT" => Some(Country::Italy),
            _ => None,
        }
    }

    pub(super) fn english_name(self) -> &'static str {
        match self {
            Country::France => "France",
            Country::Italy => "Italy",
        }
    }

    pub(super) fn product(self) -> &'static str {
        match self {
            Country::France => "fiskaly SIGN FR",
            Country::Italy => "fiskaly SIGN IT",
        }
    }

    /// The record types that a system of this country keeps.
    pub(super) fn records(self, settings: &SignFrSettings) -> Vec<&'static str> {
        match self {
            Country::France => {
                let closings = if settings.closings { CLOSINGS } else { &[] };
                let abort = settings.abort_allowed.then_some(ABORT);
                FRENCH_RECORDS.iter().chain(closings).copied().chain(abort).collect()
            }
            Country::Italy => ITALIAN_RECORDS.to_vec(),
        }
    }

    /// VAT codes with their percentages.
    pub(super) fn vat_rates(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Country::France => FRENCH_RATES,
            Country::Italy => ITALIAN_RATES,
        }
    }

    pub(super) fn exempts(self, code: &str) -> bool {
        EXEMPTIONS.iter().any(|(known, _)| *known == code)
    }

    /// `records`, `vat_rates` and `vat_exemptions` of a system resource.
    pub(super) fn offers(self, settings: &SignFrSettings) -> (Value, Value, Value) {
        let described = |kind: &&str| json!({ "type": kind, "description": kind.replace("::", " ").replace('_', " ").to_lowercase() });
        let rate = |(code, percentage): &(&str, &str)| json!({ "code": code, "percentage": percentage, "description": format!("VAT {percentage} %") });
        let exemption = |(code, text): &(&str, &str)| json!({ "code": code, "description": text });
        (
            self.records(settings).iter().map(described).collect(),
            self.vat_rates().iter().map(rate).collect(),
            EXEMPTIONS.iter().map(exemption).collect(),
        )
    }
}
