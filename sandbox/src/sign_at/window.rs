//! What a person at the hub sees of the service: everything, without a token, as the owner of the machine. Clients
//! never come this way.

use std::sync::MutexGuard;

use serde_json::{Value, json};

use super::fon::{deadlines, known};
use super::signing::local;
use super::state::{Receipt, Register, State, Unit};
use super::{Judged, KnownTaxpayer, NAME, SignAt, receipts, registers, view};
use crate::crypto::rksv;
use crate::service::lock;
use crate::slice::{Cursor, Slice, slice};

/// A signature creation unit or a register as a row of a list.
#[derive(Debug, Clone)]
pub(crate) struct DeviceRow {
    /// Its owner and its id, as a path.
    pub(crate) key: String,
    pub(crate) title: String,
    /// The serial number of its certificate, or on receipts.
    pub(crate) serial: Option<String>,
    pub(crate) state: String,
    /// The id of its organization.
    pub(crate) organization: String,
    pub(crate) made_at: String,
}

/// A receipt as a row of a list.
#[derive(Debug, Clone)]
pub(crate) struct ReceiptRow {
    pub(crate) key: String,
    pub(crate) kind: String,
    pub(crate) number: u64,
    pub(crate) total: String,
    pub(crate) signed: bool,
    pub(crate) at: String,
    pub(crate) register_serial: String,
}

/// A unit or a register with all that the interface answers.
#[derive(Debug)]
pub(crate) struct DeviceView {
    pub(crate) row: DeviceRow,
    pub(crate) content: Value,
}

/// A receipt with its neighbours in the register's chain.
#[derive(Debug)]
pub(crate) struct ReceiptView {
    pub(crate) row: ReceiptRow,
    pub(crate) content: Value,
    pub(crate) register: DeviceRow,
    /// The receipt as it stands in the data collection protocol.
    pub(crate) jws: String,
    /// What ties it to the receipt before, and whether it does.
    pub(crate) chain: String,
    pub(crate) holds: bool,
    /// When it was signed, on Austria's clocks.
    pub(crate) local: String,
    /// What FinanzOnline said about it.
    pub(crate) judged: Judged,
    pub(crate) previous: Option<ReceiptRow>,
    pub(crate) next: Option<ReceiptRow>,
}

impl SignAt {
    /// Signature creation units, newest first; of one organization, if its id is given.
    pub(crate) fn units(&self, organization: Option<&str>, cursor: &Cursor) -> Slice<DeviceRow> {
        let keep = |row: &Unit| organization.is_none_or(|id| row.owner.organization == id);
        slice(&lock(&self.state).units, cursor, keep, unit_row)
    }

    pub(crate) fn unit(&self, key: &str) -> Option<DeviceView> {
        let state = lock(&self.state);
        let unit = state.units.get(key)?;
        Some(DeviceView { row: unit_row(unit), content: view::unit(unit) })
    }

    /// Registers, newest first; of one organization, if its id is given.
    pub(crate) fn registers(&self, organization: Option<&str>, cursor: &Cursor) -> Slice<DeviceRow> {
        let keep = |row: &Register| organization.is_none_or(|id| row.owner.organization == id);
        slice(&lock(&self.state).registers, cursor, keep, register_row)
    }

    pub(crate) fn register(&self, key: &str) -> Option<DeviceView> {
        let state = lock(&self.state);
        let register = state.registers.get(key)?;
        Some(DeviceView { row: register_row(register), content: view::register(register) })
    }

    /// Receipts, newest first; of one register, if its key is given.
    pub(crate) fn receipts(&self, register: Option<&str>, cursor: &Cursor) -> Slice<ReceiptRow> {
        let state = lock(&self.state);
        let keep = |row: &Receipt| register.is_none_or(|key| row.owner.key(&row.register) == key);
        slice(&state.receipts, cursor, keep, receipt_row)
    }

    pub(crate) fn receipt(&self, key: &str) -> Option<ReceiptView> {
        let state = lock(&self.state);
        let receipt = state.receipts.get(key)?;
        let register = state.registers.get(&receipt.owner.key(&receipt.register))?;
        let neighbour = |number: Option<u64>| state.numbered(register, number?);
        let previous = neighbour(receipt.number.checked_sub(1));
        let qr = rksv::qr(&receipt.jws)?;
        let chain = qr.split('_').nth(12).unwrap_or_default().to_owned();
        let before = previous.map_or(register.serial.as_str(), |row| row.jws.as_str());
        Some(ReceiptView {
            row: receipt_row(receipt),
            content: view::receipt(receipt),
            register: register_row(register),
            jws: receipt.jws.clone(),
            holds: rksv::chain_value(before) == chain,
            chain,
            local: local(receipt.signed_at).map(|time| time.to_string()).unwrap_or_default(),
            judged: known::judged(receipt),
            previous: previous.map(receipt_row),
            next: neighbour(receipt.number.checked_add(1)).map(receipt_row),
        })
    }

    /// A register's whole data collection protocol.
    pub(crate) fn dep(&self, register: &str) -> Option<Value> {
        let state = lock(&self.state);
        let rows: Vec<&Receipt> = state.receipts_of(state.registers.get(register)?).collect();
        Some(receipts::dep(&state, Some(&self.authority), &rows))
    }

    /// The key container that a verifier wants beside it.
    pub(crate) fn keys(&self, register: &str) -> Option<Value> {
        let state = lock(&self.state);
        Some(verification(&state, state.registers.get(register)?))
    }

    /// The same of a register by its key, or by its id alone where only one owner has it: clients make the ids.
    pub(super) fn key_container(&self, name: &str) -> Result<Option<Value>, String> {
        let state = lock(&self.state);
        let meant = |row: &&Register| row.key == name || row.id == name;
        let found: Vec<&Register> = state.registers.rows().iter().filter(meant).collect();
        match found[..] {
            [] => Ok(None),
            [register] => Ok(Some(verification(&state, register))),
            _ => {
                let keys: Vec<&str> = found.iter().map(|register| register.key.as_str()).collect();
                let message = "several organizations have a register of this id; name one with its organization and environment";
                Err(format!("{message}: {}", keys.join(", ")))
            }
        }
    }

    /// What FinanzOnline knows of all taxpayers.
    pub(super) fn finanzonline(&self) -> Value {
        let (state, now) = (self.caught_up(), self.shared.clock.now());
        let taxpayers = state.taxpayers.rows().iter().map(|row| known::taxpayer(&state, row, now));
        json!({ "taxpayers": taxpayers.collect::<Vec<_>>() })
    }

    pub(crate) fn taxpayers(&self, cursor: &Cursor) -> Slice<KnownTaxpayer> {
        let (state, now) = (self.caught_up(), self.shared.clock.now());
        slice(&state.taxpayers, cursor, |_| true, |row| known::taxpayer(&state, row, now))
    }

    pub(crate) fn taxpayer(&self, key: &str) -> Option<KnownTaxpayer> {
        let state = self.caught_up();
        Some(known::taxpayer(&state, state.taxpayers.get(key)?, self.shared.clock.now()))
    }

    /// The state, once the service has told FinanzOnline what it tells without anybody's call.
    fn caught_up(&self) -> MutexGuard<'_, State> {
        let mut state = lock(&self.state);
        let mut changes = self.shared.changes(NAME);
        let settings = self.shared.settings();
        deadlines::report_outages(&mut state, &mut changes, &settings.sign_at, self.shared.clock.now());
        // Not awaited: what is told by itself is told again if it is lost.
        let _ = self.shared.commit(changes);
        state
    }

    /// The address of the service below the sandbox's.
    pub(crate) fn prefix(&self) -> String {
        format!("/{NAME}")
    }
}

/// What a verifier asks for beside a register's protocol.
fn verification(state: &State, register: &Register) -> Value {
    registers::verification(register, state.units.rows().iter().filter(|unit| unit.owner == register.owner))
}

fn unit_row(unit: &Unit) -> DeviceRow {
    DeviceRow {
        key: unit.key.clone(),
        title: unit.legal_entity_name.clone().unwrap_or_else(|| unit.id.clone()),
        serial: unit.serial.clone(),
        state: unit.state.to_string(),
        organization: unit.owner.organization.clone(),
        made_at: unit.pending_at.to_string(),
    }
}

fn register_row(register: &Register) -> DeviceRow {
    DeviceRow {
        key: register.key.clone(),
        title: register.description.clone().unwrap_or_else(|| register.serial.clone()),
        serial: Some(register.serial.clone()),
        state: register.state.to_string(),
        organization: register.owner.organization.clone(),
        made_at: register.created_at.to_string(),
    }
}

fn receipt_row(receipt: &Receipt) -> ReceiptRow {
    ReceiptRow {
        key: receipt.key.clone(),
        kind: receipt.kind.clone(),
        number: receipt.number,
        total: view::decimal(receipt.amounts.into_iter().map(i128::from).sum()),
        signed: receipt.signed,
        at: receipt.signed_at.to_string(),
        register_serial: receipt.register_serial.clone(),
    }
}
