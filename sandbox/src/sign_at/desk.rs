//! Where an operation is carried out: the state under its lock, the caller, the time, and what has to be kept.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::errors::Problem;
use super::state::{Metadata, Owner, Receipt, Register, State, Taxpayer, Unit};
use crate::changes::Changes;
use crate::crypto::Authority;
use crate::intake::Request;
use crate::settings::{Fon, SignAtSettings};
use crate::table::Row;

/// Keys in one resource's metadata (contract sign-at 2.5).
const METADATA_KEYS: usize = 20;

/// One operation at work.
pub(super) struct Desk<'a> {
    pub(super) state: &'a mut State,
    pub(super) owner: Owner,
    pub(super) request: &'a Request,
    pub(super) settings: &'a SignAtSettings,
    /// How FinanzOnline behaves towards what is done now.
    pub(super) fon: Fon,
    pub(super) authority: &'a Authority,
    /// The time in whole seconds.
    pub(super) now: Timestamp,
    pub(super) changes: Changes,
}

impl Desk<'_> {
    /// Inserts or replaces a row, in memory and in what goes to the store.
    pub(super) fn save<T: Row<State = State>>(&mut self, row: T) {
        self.changes.save(self.state, row);
    }

    /// An id in the path, in its usual spelling: clients may leave the hyphens out.
    pub(super) fn id(&self, name: &str) -> String {
        hyphenated(self.request.in_path(name))
    }

    /// What is known of the caller's taxpayer; nothing yet is a taxpayer too.
    pub(super) fn taxpayer(&self) -> Taxpayer {
        let key = self.owner.key("taxpayer");
        self.state.taxpayers.get(&key).cloned().unwrap_or(Taxpayer {
            key,
            owner: self.owner.clone(),
            credentials: None,
            authenticated_at: None,
            refused: false,
            revision: 0,
            validates_yearly: true,
            validates_monthly: true,
            late: Vec::new(),
        })
    }

    /// The signature creation unit named in the path.
    pub(super) fn unit(&self) -> Result<Unit, Problem> {
        let id = self.id("signature_creation_unit_id");
        self.state.units.get(&self.owner.key(&id)).cloned().ok_or_else(|| {
            Problem::new(404, "E_SCU_NOT_FOUND", format!("Signature creation unit {id} not found"))
        })
    }

    /// The caller's units.
    pub(super) fn units(&self) -> impl Iterator<Item = &Unit> {
        self.state.units.rows().iter().filter(|row| row.owner == self.owner)
    }

    /// The unit that the caller signs with.
    pub(super) fn active_unit(&self) -> Option<Unit> {
        self.units().find(|unit| unit.state.is_active()).cloned()
    }

    /// The register named in the path.
    pub(super) fn register(&self) -> Result<Register, Problem> {
        let id = self.id("cash_register_id");
        self.state.registers.get(&self.owner.key(&id)).cloned().ok_or_else(|| {
            Problem::new(404, "E_CASH_REGISTER_NOT_FOUND", format!("Cash register {id} not found"))
        })
    }

    /// The caller's registers.
    pub(super) fn registers(&self) -> impl Iterator<Item = &Register> {
        self.state.registers.rows().iter().filter(|row| row.owner == self.owner)
    }

    /// The receipt named in the path, by its id or its number.
    pub(super) fn receipt(&self) -> Result<Receipt, Problem> {
        let register = self.register()?;
        let by_id = self.request.in_path("receipt_id");
        let name = if by_id.is_empty() { self.request.in_path("receipt_id_or_number") } else { by_id };
        let found = if is_uuid(name) {
            self.state.receipts.get(&receipt_key(&register, &hyphenated(name)))
        } else {
            let number = name.parse().ok().filter(|number: &u64| number.to_string() == name);
            number.and_then(|number| self.state.numbered(&register, number))
        };
        found
            .cloned()
            .ok_or_else(|| Problem::new(404, "E_RECEIPT_NOT_FOUND", format!("Receipt {name} not found")))
    }

    /// The metadata of a request that creates something.
    pub(super) fn metadata(&self) -> Metadata {
        self.request.body.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// The metadata after `PATCH …/metadata`.
    pub(super) fn changed_metadata(&self, old: Metadata) -> Result<Metadata, Problem> {
        let named = self.request.body.as_object().cloned().unwrap_or_default();
        let mut changed = if self.settings.metadata_replaced { Map::new() } else { old };
        changed.extend(named);
        if changed.len() > METADATA_KEYS {
            return Err(Problem::schema(format!(
                "metadata should NOT have more than {METADATA_KEYS} properties"
            )));
        }
        Ok(changed)
    }
}

/// The key of a receipt: ids need only be unique within a register (4.3).
pub(super) fn receipt_key(register: &Register, id: &str) -> String {
    format!("{}/{id}", register.key)
}

/// Whether a name is an id rather than a number; an id without hyphens may consist of digits only.
fn is_uuid(name: &str) -> bool {
    name.contains('-') || name.len() == 32
}

fn hyphenated(id: &str) -> String {
    uuid::Uuid::parse_str(id).map_or_else(|_| id.to_owned(), |id| id.to_string())
}
