//! What differs between the countries behind this interface (contract sign-fr 2.4, 2.6, 2.7).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::settings::{ExemptionCodes, SignFrSettings, SignItSettings};

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

/// Codes with their meanings, as the recorded TEST service describes them.
const ITALIAN_EXEMPTIONS: &[(&str, &str)] = &[
    ("NOT_SUBJECT", "Not subject"),
    ("NOT_TAXABLE", "Not taxable"),
    ("CAUSE_1", "Exempt (Esenti)"),
    ("CAUSE_2", "Excluded pursuant to Art. 15"),
    ("CAUSE_3", "Margin scheme"),
    ("CAUSE_4", "Other"),
];
/// As the specification 2026-06-01 describes them.
const SPECIFIED_EXEMPTIONS: &[(&str, &str)] = &[
    ("NOT_SUBJECT", "N2 Not subject"),
    ("NOT_TAXABLE", "N3 Not taxable"),
    ("CAUSE_1", "N1 Excluded pursuant to Art. 15"),
    ("CAUSE_2", "N4 Esenti"),
    ("CAUSE_3", "N5 Margin scheme"),
    ("CAUSE_4", "N6 Other"),
];

/// Types of systems with a description; the first is the one that sells.
const SYSTEMS: &[(&str, &str)] = &[
    ("FISCAL_DEVICE", "Fiscal device"),
    ("PAYMENT_DEVICE", "Payment device"),
    ("E_INVOICE_SERVICE", "Service for electronic invoices"),
];

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

    /// Whether records that were made offline are taken afterwards (1.3, 2.7).
    pub(super) fn replays(self) -> bool {
        self == Country::France
    }

    /// The types of systems that a location of this country takes (2.6).
    pub(super) fn systems(self, settings: &SignFrSettings) -> &'static [(&'static str, &'static str)] {
        match self {
            Country::France if settings.other_systems => SYSTEMS,
            Country::France | Country::Italy => SYSTEMS.get(..1).unwrap_or(SYSTEMS),
        }
    }

    /// VAT codes with their percentages.
    pub(super) fn vat_rates(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Country::France => FRENCH_RATES,
            Country::Italy => ITALIAN_RATES,
        }
    }

    fn exemptions(self, italy: &SignItSettings) -> &'static [(&'static str, &'static str)] {
        match (self, italy.exemption_codes) {
            (Country::France, _) => EXEMPTIONS,
            (Country::Italy, ExemptionCodes::Recorded) => ITALIAN_EXEMPTIONS,
            (Country::Italy, ExemptionCodes::Specified) => SPECIFIED_EXEMPTIONS,
        }
    }

    /// The codes are the same everywhere; what they mean is not.
    pub(super) fn exempts(self, code: &str) -> bool {
        EXEMPTIONS.iter().any(|(known, _)| *known == code)
    }

    /// `records`, `vat_rates` and `vat_exemptions` of a system resource.
    pub(super) fn offers(self, settings: &SignFrSettings, italy: &SignItSettings) -> (Value, Value, Value) {
        let described = |kind: &&str| json!({ "type": kind, "description": kind.replace("::", " ").replace('_', " ").to_lowercase() });
        let rate = |(code, percentage): &(&str, &str)| json!({ "code": code, "percentage": percentage, "description": format!("VAT {percentage} %") });
        let exemption = |(code, text): &(&str, &str)| json!({ "code": code, "description": text });
        (
            self.records(settings).iter().map(described).collect(),
            self.vat_rates().iter().map(rate).collect(),
            self.exemptions(italy).iter().map(exemption).collect(),
        )
    }
}
