//! What FinanzOnline knows, for whoever wants to see the other side of a lost answer.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::deadlines::{Deadline, deadlines};
use super::entries::{RegisterEntry, UnitEntry};
use crate::settings::Environment;
use crate::sign_at::state::{Receipt, RegisterState, State, Taxpayer, UnitState};
use crate::sign_at::view;

/// One taxpayer.
#[derive(Debug, Serialize)]
pub(crate) struct KnownTaxpayer {
    /// What it is found by.
    #[serde(skip)]
    pub(crate) key: String,
    /// The organization's id.
    pub(crate) organization: String,
    pub(crate) env: Environment,
    /// Who signed in at FinanzOnline.
    pub(crate) participant: Option<String>,
    pub(crate) units: Vec<KnownUnit>,
    pub(crate) registers: Vec<KnownRegister>,
    /// What it has to be told by a time.
    pub(crate) deadlines: Vec<Deadline>,
}

/// A signature creation unit, in the state that was told last.
#[derive(Debug, Serialize)]
pub(crate) struct KnownUnit {
    pub(crate) certificate_serial_number: String,
    pub(crate) state: UnitState,
    pub(crate) entered_at: Timestamp,
    pub(crate) told_at: Timestamp,
}

/// A register, in the state that was told last.
#[derive(Debug, Serialize)]
pub(crate) struct KnownRegister {
    /// What it is found by.
    #[serde(skip)]
    pub(crate) key: String,
    pub(crate) serial_number: String,
    pub(crate) state: RegisterState,
    /// Of the key of its turnover counter.
    pub(crate) key_checksum: String,
    pub(crate) entered_at: Timestamp,
    pub(crate) told_at: Timestamp,
    /// Those that were asked about.
    pub(crate) receipts: Vec<Judged>,
}

/// A receipt with everything that was said about it.
#[derive(Debug, Serialize)]
pub(crate) struct Judged {
    /// What it is found by.
    #[serde(skip)]
    pub(crate) key: String,
    pub(crate) receipt_number: String,
    pub(crate) receipt_type: String,
    pub(crate) validations: Vec<Value>,
}

/// A taxpayer with all that is known of it.
pub(in crate::sign_at) fn taxpayer(state: &State, taxpayer: &Taxpayer, now: Timestamp) -> KnownTaxpayer {
    let units = state.unit_entries.rows().iter().filter(|row| row.owner == taxpayer.owner);
    let registers = state.register_entries.rows().iter().filter(|row| row.owner == taxpayer.owner);
    KnownTaxpayer {
        key: taxpayer.key.clone(),
        organization: taxpayer.owner.organization.clone(),
        env: taxpayer.owner.environment,
        participant: taxpayer.credentials.as_ref().map(|(participant, _)| participant.clone()),
        units: units.map(unit).collect(),
        registers: registers.map(|entry| register(state, entry)).collect(),
        deadlines: deadlines(state, &taxpayer.owner, now),
    }
}

fn unit(entry: &UnitEntry) -> KnownUnit {
    KnownUnit {
        certificate_serial_number: entry.serial.clone(),
        state: entry.state,
        entered_at: entry.entered_at,
        told_at: entry.told_at,
    }
}

fn register(state: &State, entry: &RegisterEntry) -> KnownRegister {
    let register = state.registers.get(&entry.key);
    let asked = register.into_iter().flat_map(|register| state.receipts_of(register));
    KnownRegister {
        key: entry.key.clone(),
        serial_number: entry.serial.clone(),
        state: entry.state,
        key_checksum: entry.checksum(),
        entered_at: entry.entered_at,
        told_at: entry.told_at,
        receipts: asked.filter(|receipt| !receipt.validations.is_empty()).map(judged).collect(),
    }
}

/// A receipt with everything that was said about it, and why.
pub(in crate::sign_at) fn judged(receipt: &Receipt) -> Judged {
    let said = receipt.validations.iter().map(|validation| {
        let mut shown = view::validation(validation);
        if let (Some(shown), Some(reason)) = (shown.as_object_mut(), &validation.reason) {
            shown.insert("reason".to_owned(), reason.as_str().into());
        }
        shown
    });
    Judged {
        key: receipt.key.clone(),
        receipt_number: receipt.number.to_string(),
        receipt_type: receipt.kind.clone(),
        validations: said.collect(),
    }
}
