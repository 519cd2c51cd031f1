//! What FinanzOnline has in its own books: what was handed over to it, and the state that it was told last.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::sign_at::desk::Desk;
use crate::sign_at::state::{Owner, Register, RegisterState, State, Unit, UnitState};

/// A signature creation unit that was registered with FinanzOnline.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sign_at) struct UnitEntry {
    /// The unit's own key.
    pub(in crate::sign_at) key: String,
    pub(in crate::sign_at) owner: Owner,
    /// The certificate's serial number, in hexadecimal.
    pub(in crate::sign_at) serial: String,
    /// The certificate, as PEM.
    pub(super) certificate: String,
    pub(in crate::sign_at) state: UnitState,
    pub(in crate::sign_at) entered_at: Timestamp,
    pub(in crate::sign_at) told_at: Timestamp,
}

/// A register that was registered with FinanzOnline.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sign_at) struct RegisterEntry {
    /// The register's own key.
    pub(in crate::sign_at) key: String,
    pub(in crate::sign_at) owner: Owner,
    /// Its id on receipts (Kassen-ID).
    pub(in crate::sign_at) serial: String,
    /// The key of its turnover counter, as base64.
    pub(super) counter_key: String,
    pub(in crate::sign_at) state: RegisterState,
    pub(in crate::sign_at) entered_at: Timestamp,
    pub(in crate::sign_at) told_at: Timestamp,
}

impl RegisterEntry {
    /// What is typed in beside the key, so that a wrong key is noticed (6.6).
    pub(in crate::sign_at) fn checksum(&self) -> String {
        let hash = Sha256::digest(&self.counter_key);
        STANDARD_NO_PAD.encode(hash.get(..3).unwrap_or_default())
    }
}

/// Enters a unit, or its new state. One without a certificate cannot be entered.
pub(in crate::sign_at) fn tell_unit(desk: &mut Desk<'_>, unit: &Unit) {
    if let Some(entry) = unit_entry(desk.state, unit, desk.now) {
        desk.save(entry);
    }
}

pub(super) fn unit_entry(state: &State, unit: &Unit, now: Timestamp) -> Option<UnitEntry> {
    let (serial, (_, certificate)) = (unit.serial.clone()?, unit.keys.clone()?);
    let entered_at = state.unit_entries.get(&unit.key).map_or(now, |entry| entry.entered_at);
    Some(UnitEntry {
        key: unit.key.clone(),
        owner: unit.owner.clone(),
        serial,
        certificate,
        state: unit.state,
        entered_at,
        told_at: now,
    })
}

/// Enters a register, or its new state.
pub(in crate::sign_at) fn tell_register(desk: &mut Desk<'_>, register: &Register) {
    let known = desk.state.register_entries.get(&register.key);
    let entry = RegisterEntry {
        key: register.key.clone(),
        owner: register.owner.clone(),
        serial: register.serial.clone(),
        counter_key: register.counter_key.clone(),
        state: register.state,
        entered_at: known.map_or(desk.now, |entry| entry.entered_at),
        told_at: desk.now,
    };
    desk.save(entry);
}
