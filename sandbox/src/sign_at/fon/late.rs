//! What a silent FinanzOnline left undone and what happens by itself later (contract sign-at 4.1).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::settings::Fon;
use crate::sign_at::desk::Desk;
use crate::sign_at::state::{RegisterState, Taxpayer, UnitState};
use crate::sign_at::{registers, units};

/// Something that was asked of FinanzOnline without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::sign_at) enum Asked {
    /// A signature creation unit's state, by its key.
    Unit { key: String, state: UnitState },
    /// A register's state, by its key.
    Register { key: String, state: RegisterState },
    /// What a receipt is worth, by its key.
    Receipt { key: String },
}

/// The same, with the time from which on it is done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sign_at) struct Late {
    pub(in crate::sign_at) asked: Asked,
    pub(in crate::sign_at) due: Timestamp,
}

/// Keeps in mind what FinanzOnline did not answer, if it is to happen later.
pub(super) fn note(desk: &mut Desk<'_>, asked: Asked) {
    let wait = SignedDuration::from_secs(i64::from(desk.settings.fon_late_s));
    let mut taxpayer = desk.taxpayer();
    let known = taxpayer.late.iter().any(|late| late.asked == asked);
    let Ok(due) = desk.now.saturating_add(wait) else { return };
    if !wait.is_zero() && !known {
        taxpayer.late.push(Late { asked, due });
        desk.save(taxpayer);
    }
}

/// Does what has become due, whatever FinanzOnline answers at present: it had been asked before it fell silent. What
/// is no more possible by now is left.
pub(in crate::sign_at) fn catch_up(desk: &mut Desk<'_>) {
    let taxpayer = desk.taxpayer();
    let now = desk.now;
    let (due, late): (Vec<Late>, Vec<Late>) = taxpayer.late.iter().cloned().partition(|late| late.due <= now);
    if due.is_empty() {
        return;
    }
    desk.save(Taxpayer { late, ..taxpayer });
    let silent = std::mem::replace(&mut desk.fon, Fon::Answers);
    due.into_iter().for_each(|late| carry_out(desk, late.asked));
    desk.fon = silent;
}

fn carry_out(desk: &mut Desk<'_>, asked: Asked) {
    match asked {
        Asked::Unit { key, state } => {
            if let Some(unit) = desk.state.units.get(&key).cloned() {
                let _ = units::change(desk, unit, state);
            }
        }
        Asked::Register { key, state } => {
            if let Some(register) = desk.state.registers.get(&key).cloned() {
                let _ = registers::change(desk, register, state);
            }
        }
        Asked::Receipt { key } => {
            if let Some(receipt) = desk.state.receipts.get(&key).cloned() {
                let _ = super::ask(desk, receipt);
            }
        }
    }
}
