//! What this service remembers about a line, read back from the journal.

use super::offline_chain::OfflineFacts;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Facts, Halt};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The account: who its key belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AccountFacts {
    /// The organization of the key.
    pub(super) organization: String,
    /// `ACCOUNT` or `GROUP`.
    #[serde(rename = "type")]
    pub(super) organization_type: String,
    /// The GROUP under which merchants are made.
    pub(super) group: String,
}

/// A merchant: its UNIT, the UNIT's credential, the taxpayer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MerchantFacts {
    pub(super) unit: String,
    pub(super) subject: String,
    pub(super) subject_name: String,
    /// The name under which the secret store has the subject's `/key` and `/secret`.
    pub(super) credential: String,
    pub(super) taxpayer: String,
    pub(super) country: Option<String>,
    pub(super) vat_number: Option<String>,
    /// What of the certification goes on paper.
    pub(super) certification: Option<Value>,
    /// The activity code, which goes on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) naf_ape_code: Option<String>,
    /// The day from which the credentials of the authority count, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password_changed_on: Option<String>,
}

/// A location.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LocationFacts {
    pub(super) location: String,
    #[serde(rename = "type")]
    pub(super) location_type: String,
    /// The establishment's SIRET, which goes on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) siret: Option<String>,
}

/// A register: its system, what that allows, and the end of its chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RegisterFacts {
    pub(super) system: String,
    /// The systems in whose place it came, the oldest first: their records stay the register's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) replaced: Vec<String>,
    pub(super) records: Vec<String>,
    pub(super) vat_rates: Vec<VatRate>,
    pub(super) vat_exemptions: Vec<VatExemption>,
    #[serde(default)]
    pub(super) certificate: Value,
    #[serde(default)]
    pub(super) software: Option<Software>,
    /// The last record that this journal saw in the system's chain.
    #[serde(default)]
    pub(super) last_record: Option<String>,
    #[serde(default)]
    pub(super) last_signature: Option<String>,
    /// The time without the service, while there are records that it does not have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) offline: Option<OfflineFacts>,
    /// Why it may not sell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) halt: Option<Halt>,
}

/// A VAT rate of a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct VatRate {
    pub(super) code: String,
    pub(super) percentage: String,
    #[serde(default)]
    pub(super) historic: bool,
}

/// An exemption of a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KnownExemption")]
pub(super) struct VatExemption {
    pub(super) code: String,
    /// The service's words, which say what the code means.
    pub(super) description: String,
}

/// How journals have an exemption: earlier ones have its code alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum KnownExemption {
    Code(String),
    Described {
        code: String,
        #[serde(default)]
        description: String,
    },
}

impl From<KnownExemption> for VatExemption {
    fn from(known: KnownExemption) -> Self {
        match known {
            KnownExemption::Code(code) => VatExemption { code, description: String::new() },
            KnownExemption::Described { code, description } => VatExemption { code, description },
        }
    }
}

/// The till's program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Software {
    pub(super) name: String,
    pub(super) version: String,
}

impl RegisterFacts {
    /// The facts in a system as the service shows it (contract sign-fr 2.6).
    ///
    /// Counters and percentages are read as number or string; unknown fields are left alone.
    pub(super) fn from_system(system: &Value, software: Software) -> Option<Self> {
        let content = system.get("content")?;
        let each = |name: &str| content.get(name).and_then(Value::as_array).into_iter().flatten();
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(RegisterFacts {
            system: text(content, "id")?,
            replaced: Vec::new(),
            records: each("records").filter_map(|record| text(record, "type")).collect(),
            vat_rates: each("vat_rates")
                .filter_map(|rate| {
                    let percentage = match rate.get("percentage")? {
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    };
                    let historic = rate.get("historic").and_then(Value::as_bool).unwrap_or(false);
                    Some(VatRate { code: text(rate, "code")?, percentage, historic })
                })
                .collect(),
            vat_exemptions: each("vat_exemptions")
                .filter_map(|exemption| {
                    let description = text(exemption, "description").unwrap_or_default();
                    Some(VatExemption { code: text(exemption, "code")?, description })
                })
                .collect(),
            certificate: content.pointer("/journal/cryptography/certificate").cloned().unwrap_or(Value::Null),
            software: Some(software),
            last_record: None,
            last_signature: None,
            offline: None,
            halt: None,
        })
    }

    /// Whether it may never sell again.
    pub(super) fn is_retired(&self) -> bool {
        self.halt.as_ref().is_some_and(|halt| halt.retired)
    }

    /// Whether the system has a record for the end of a sale without a receipt.
    pub(super) fn has_aborts(&self) -> bool {
        self.records.iter().any(|record| record == "TRANSACTION::ABORT")
    }

    /// Whether the system has a record for events.
    pub(super) fn has_events(&self) -> bool {
        self.records.iter().any(|record| record == "INTENTION::EVENT")
    }

    /// The facts after a record that the chain ends with.
    pub(super) fn after(mut self, record: &str, signature: Option<&str>) -> Value {
        self.last_record = Some(record.to_owned());
        self.last_signature = signature.map(str::to_owned);
        json!(self)
    }
}

pub(super) fn account(facts: &Facts) -> Result<AccountFacts> {
    known(&facts.account, "the account")
}

pub(super) fn merchant(facts: &Facts) -> Result<MerchantFacts> {
    known(&facts.merchant, "the merchant")
}

pub(super) fn location(facts: &Facts) -> Result<LocationFacts> {
    known(&facts.location, "the location")
}

pub(super) fn register(facts: &Facts) -> Result<RegisterFacts> {
    known(&facts.register, "the register")
}

fn known<T: DeserializeOwned>(facts: &Value, what: &str) -> Result<T> {
    T::deserialize(facts).map_err(|_| {
        Error::new(
            Kind::NotReady,
            format!("{what} is not provisioned at the service; run provision, then try again"),
        )
    })
}
