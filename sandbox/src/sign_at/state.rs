//! Everything the service remembers. Ids are made by clients, so that a row is known by its owner and its id.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::NAME;
use super::fon::entries::{RegisterEntry, UnitEntry};
use super::fon::late::Late;
use crate::management::Caller;
use crate::settings::Environment;
use crate::store::{Document, Kept};
use crate::table;
pub(super) use crate::table::{Row, Table};

/// Client data beside a resource.
pub(super) type Metadata = Map<String, Value>;

/// Whose a row is: an organization's, in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) organization: String,
    pub(super) environment: Environment,
}

impl Owner {
    pub(super) fn of(caller: &Caller) -> Owner {
        Owner { organization: caller.organization.clone(), environment: caller.environment }
    }

    /// The key of a row of this owner.
    pub(super) fn key(&self, id: &str) -> String {
        format!("{}/{}/{id}", self.organization, self.environment.name())
    }
}

/// What FinanzOnline and this service know of a taxpayer (contract sign-at 2.2, 2.6).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Taxpayer {
    pub(super) key: String,
    pub(super) owner: Owner,
    /// Participant and user; the PIN is not kept.
    pub(super) credentials: Option<(String, String)>,
    pub(super) authenticated_at: Option<Timestamp>,
    /// Whether FinanzOnline refused the last attempt without saying why.
    pub(super) refused: bool,
    pub(super) revision: u32,
    pub(super) validates_yearly: bool,
    pub(super) validates_monthly: bool,
    /// What FinanzOnline did not answer and what happens by itself later.
    #[serde(default)]
    pub(super) late: Vec<Late>,
}

/// State of a signature creation unit (contract sign-at 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum UnitState {
    Pending,
    Created,
    Initialized,
    Decommissioned,
    Outage,
    Defective,
}

impl fmt::Display for UnitState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_uppercase())
    }
}

impl UnitState {
    /// Whether it is the unit that an organization signs with.
    pub(super) fn is_active(self) -> bool {
        matches!(self, UnitState::Initialized | UnitState::Outage)
    }
}

/// A signature creation unit (contract sign-at 2.3).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Unit {
    pub(super) key: String,
    pub(super) owner: Owner,
    pub(super) id: String,
    pub(super) state: UnitState,
    pub(super) legal_entity_id: Value,
    pub(super) legal_entity_name: Option<String>,
    pub(super) metadata: Metadata,
    /// Private key and certificate as PEM, once it is no more PENDING.
    pub(super) keys: Option<(String, String)>,
    /// The certificate's serial number in hexadecimal, without leading zeros.
    pub(super) serial: Option<String>,
    pub(super) pending_at: Timestamp,
    pub(super) created_at: Option<Timestamp>,
    pub(super) initialized_at: Option<Timestamp>,
    pub(super) decommissioned_at: Option<Timestamp>,
    pub(super) outage_at: Option<Timestamp>,
    pub(super) defect_at: Option<Timestamp>,
}

/// State of a register (contract sign-at 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum RegisterState {
    Created,
    Registered,
    Initialized,
    Decommissioned,
    Outage,
    Defective,
}

impl fmt::Display for RegisterState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_uppercase())
    }
}

/// A cash register (contract sign-at 2.4), with its end of the chain.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Register {
    pub(super) key: String,
    pub(super) owner: Owner,
    pub(super) id: String,
    pub(super) state: RegisterState,
    /// Its id on receipts (Kassen-ID).
    pub(super) serial: String,
    pub(super) description: Option<String>,
    pub(super) metadata: Metadata,
    /// The key of its turnover counter, as base64.
    pub(super) counter_key: String,
    pub(super) counter_bytes: usize,
    /// The turnover counter in cents.
    pub(super) turnover: i128,
    pub(super) next_number: u64,
    /// The chain value of the next receipt.
    pub(super) chain: String,
    pub(super) last_at: Option<Timestamp>,
    /// Year and month that are not closed yet, in Austrian time.
    pub(super) open_month: Option<(i16, i8)>,
    /// Whether receipts were left unsigned for which no clearance receipt was made.
    pub(super) unsigned: bool,
    pub(super) created_at: Timestamp,
    pub(super) registered_at: Option<Timestamp>,
    pub(super) initialized_at: Option<Timestamp>,
    pub(super) initialization_receipt: Option<String>,
    pub(super) decommissioned_at: Option<Timestamp>,
    pub(super) decommission_receipt: Option<String>,
    pub(super) outage_at: Option<Timestamp>,
    pub(super) defect_at: Option<Timestamp>,
    /// Since when an outage is known that FinanzOnline was not told of.
    #[serde(default)]
    pub(super) untold_outage: Option<Timestamp>,
}

/// What FinanzOnline said about a receipt.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Validation {
    pub(super) success: bool,
    pub(super) at: Timestamp,
    /// What is wrong. The interface does not tell it.
    #[serde(default)]
    pub(super) reason: Option<String>,
}

/// A receipt (contract sign-at 2.8).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Receipt {
    pub(super) key: String,
    pub(super) owner: Owner,
    pub(super) id: String,
    /// The id, and the serial number, of its register.
    pub(super) register: String,
    pub(super) register_serial: String,
    /// The id of the signature creation unit.
    pub(super) unit: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) number: u64,
    pub(super) signed_at: Timestamp,
    pub(super) signed: bool,
    pub(super) jws: String,
    /// Cents: standard, reduced 1, reduced 2, zero, special.
    pub(super) amounts: [i64; 5],
    /// What the client sent of the three schemas; empty for a receipt that the service made.
    pub(super) schema: Map<String, Value>,
    /// The digest of the whole body, as canonical JSON: tells a repetition from another receipt.
    pub(super) sent: Option<String>,
    pub(super) metadata: Metadata,
    pub(super) validations: Vec<Validation>,
    /// The year that a YEARLY_CLOSE closes.
    #[serde(default)]
    pub(super) closes_year: Option<i16>,
}

impl Receipt {
    /// Whether it is one of the receipts over nothing that no client asks for.
    pub(super) fn is_made_by_the_service(&self) -> bool {
        self.sent.is_none()
    }
}

/// All tables, and what is derived from them.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) taxpayers: Table<Taxpayer>,
    pub(super) units: Table<Unit>,
    pub(super) registers: Table<Register>,
    pub(super) receipts: Table<Receipt>,
    /// What FinanzOnline has in its own books.
    pub(super) unit_entries: Table<UnitEntry>,
    pub(super) register_entries: Table<RegisterEntry>,
    /// Private key and certificate of the certification authority, as PEM.
    pub(super) authority: Option<(String, String)>,
    /// The keys of a register's receipts in the order of their numbers.
    receipts_of: HashMap<String, Vec<String>>,
}

/// The kind of the document that holds the authority.
pub(super) const AUTHORITY: &str = "authority";

impl Kept for State {
    const SERVICE: &'static str = NAME;

    fn take(&mut self, document: &Document) -> serde_json::Result<()> {
        let body = document.body.as_str();
        match document.kind.as_str() {
            "taxpayer" => table::put(self, serde_json::from_str::<Taxpayer>(body)?),
            "unit" => table::put(self, serde_json::from_str::<Unit>(body)?),
            "register" => table::put(self, serde_json::from_str::<Register>(body)?),
            "receipt" => table::put(self, serde_json::from_str::<Receipt>(body)?),
            "unit_entry" => table::put(self, serde_json::from_str::<UnitEntry>(body)?),
            "register_entry" => table::put(self, serde_json::from_str::<RegisterEntry>(body)?),
            AUTHORITY => self.authority = Some(serde_json::from_str(body)?),
            _ => {}
        }
        Ok(())
    }
}

impl State {
    /// A register's receipts in the order of their numbers.
    pub(super) fn receipts_of(&self, register: &Register) -> impl DoubleEndedIterator<Item = &Receipt> {
        let keys = self.receipts_of.get(&register.key).map(Vec::as_slice).unwrap_or_default();
        keys.iter().filter_map(|key| self.receipts.get(key))
    }

    /// A register's receipt by its number.
    pub(super) fn numbered(&self, register: &Register, number: u64) -> Option<&Receipt> {
        let keys = self.receipts_of.get(&register.key)?;
        let first = self.receipts.get(keys.first()?)?.number;
        let place = usize::try_from(number.checked_sub(first)?).ok()?;
        self.receipts.get(keys.get(place)?)
    }
}

macro_rules! row {
    ($row:ty, $kind:literal, $table:ident) => {
        impl Row for $row {
            type State = State;

            fn place(&self) -> &str {
                &self.key
            }
            fn organization(&self) -> &str {
                &self.owner.organization
            }
            fn kind(&self) -> &'static str {
                $kind
            }
            fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
                &mut state.$table
            }
        }
    };
}

row!(Taxpayer, "taxpayer", taxpayers);
row!(Unit, "unit", units);
row!(Register, "register", registers);
row!(UnitEntry, "unit_entry", unit_entries);
row!(RegisterEntry, "register_entry", register_entries);

impl Row for Receipt {
    type State = State;

    fn place(&self) -> &str {
        &self.key
    }
    fn organization(&self) -> &str {
        &self.owner.organization
    }
    fn kind(&self) -> &'static str {
        "receipt"
    }
    fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
        &mut state.receipts
    }
    fn index(&self, state: &mut State) {
        if state.receipts.get(&self.key).is_none() {
            let register = self.owner.key(&self.register);
            state.receipts_of.entry(register).or_default().push(self.key.clone());
        }
    }
}
