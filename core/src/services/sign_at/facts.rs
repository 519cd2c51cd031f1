//! What this service remembers about a line, read back from the journal.

use crate::error::{Error, Kind, Result};
use crate::exchange::{Facts, Halt, Outage};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An outage of a register that lasts longer must be reported to FinanzOnline (contract sign-at 5.5).
pub(super) const REPORTED_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// The account: whose key the configuration has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AccountFacts {
    /// The key's organization, where the sign-in tells it.
    pub(super) organization: Option<String>,
    /// Whether that organization is a taxpayer's own; else it manages those of the taxpayers.
    pub(super) own: bool,
    /// The signature creation units that were ended from here, each once, in the order of their ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ended_units: Vec<String>,
}

impl AccountFacts {
    /// The same account, of which this unit was ended too.
    pub(super) fn with_ended_unit(mut self, unit: &str) -> Self {
        if !self.ended_units.iter().any(|ended| ended == unit) {
            self.ended_units.push(unit.to_owned());
        }
        self
    }
}

/// A merchant: its organization, the credential for it, its signature creation unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MerchantFacts {
    pub(super) organization: Option<String>,
    /// The name under which the secret store has the organization's `/key` and `/secret`.
    pub(super) credential: String,
    /// The name of that key, where it was made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key_name: Option<String>,
    /// SIGN AT's id of that key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    /// The taxpayer in the service's words.
    pub(super) legal_entity: Map<String, Value>,
    /// Who signs in to FinanzOnline.
    pub(super) fon_participant_id: String,
    pub(super) fon_user_id: String,
    /// The signature creation unit.
    pub(super) unit: String,
}

/// A location, of which SIGN AT knows nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LocationFacts {
    pub(super) name: String,
}

/// A register, and the end of its chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RegisterFacts {
    /// SIGN AT's id of it.
    pub(super) register: String,
    /// SIGN AT's ids of those that it took the place of, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) replaced: Vec<String>,
    /// The Kassen-ID (contract sign-at 2.4).
    pub(super) serial: String,
    /// The last receipt that this journal knows of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<Last>,
    /// When the data collection protocol was last fetched whole; at first, when the register was provisioned.
    pub(super) dep_saved_at: Timestamp,
    /// The last yearly receipt, until FinanzOnline is known to have confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unconfirmed: Option<Unconfirmed>,
    /// The time without the service, while there are receipts that it does not have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) offline: Option<OfflineFacts>,
    /// Why it may not sell; absent while it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) halt: Option<Halt>,
}

impl RegisterFacts {
    /// Whether its life is over.
    pub(super) fn is_retired(&self) -> bool {
        self.halt.as_ref().is_some_and(|halt| halt.retired)
    }
}

/// A receipt, as far as its successor refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Last {
    /// Its number.
    pub(super) number: String,
    /// Its machine code with the signature.
    pub(super) code: String,
    /// When it was signed.
    pub(super) signed_at: Timestamp,
}

/// A receipt that FinanzOnline has to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unconfirmed {
    /// Its id.
    pub(super) record: String,
    /// Its number.
    pub(super) number: String,
    /// When it was signed.
    pub(super) signed_at: Timestamp,
    /// Whether FinanzOnline has looked at it and not confirmed it.
    pub(super) denied: bool,
}

/// A time without the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OfflineFacts {
    /// When the first receipt that waits was made.
    pub(super) since: Timestamp,
    /// How many wait.
    pub(super) receipts: u32,
}

impl OfflineFacts {
    pub(super) fn outage(self) -> Outage {
        Outage { since: self.since, until: self.reported_by(), records: self.receipts }
    }

    /// By when the outage must be reported.
    pub(super) fn reported_by(self) -> Timestamp {
        self.since.checked_add(REPORTED_AFTER).unwrap_or(Timestamp::MAX)
    }
}

pub(super) fn account(facts: &Facts) -> Result<AccountFacts> {
    known(&facts.account, "the account")
}

pub(super) fn merchant(facts: &Facts) -> Result<MerchantFacts> {
    known(&facts.merchant, "the merchant")
}

pub(super) fn register(facts: &Facts) -> Result<RegisterFacts> {
    known(&facts.register, "the register")
}

/// Whether the unit that the merchant signed with was ended from here, and no other has taken its place.
pub(super) fn has_ended_unit(facts: &Facts) -> bool {
    let ended = account(facts).map(|account| account.ended_units).unwrap_or_default();
    merchant(facts).is_ok_and(|merchant| ended.contains(&merchant.unit))
}

fn known<T: DeserializeOwned>(facts: &Value, what: &str) -> Result<T> {
    T::deserialize(facts).map_err(|_| {
        let message = format!("{what} is not provisioned at SIGN AT; run provision, then try again");
        Error::new(Kind::NotReady, message)
    })
}
