//! What happens to signature creation units without anybody's call: they get certificates, fail and come back
//! (contract sign-at 3.1, 5.3). It is caught up with whenever an organization makes a request.

use super::desk::Desk;
use super::errors::Problem;
use super::fon::{deadlines, late};
use super::state::{Register, RegisterState, Unit, UnitState};
use super::{signing, units};
use crate::settings::Devices;

pub(super) fn catch_up(desk: &mut Desk<'_>) -> Result<(), Problem> {
    units::certify_when_due(desk)?;
    late::catch_up(desk);
    match desk.settings.devices {
        Devices::Work => recover(desk)?,
        Devices::Fail | Devices::Break => fail(desk),
    }
    deadlines::report_outages(desk.state, &mut desk.changes, desk.settings, desk.now);
    Ok(())
}

/// Lets the active unit fail, if units fail at present.
pub(super) fn fail(desk: &mut Desk<'_>) {
    let Some(unit) = desk.active_unit() else { return };
    match desk.settings.devices {
        Devices::Fail if unit.state == UnitState::Initialized => {
            desk.save(Unit { state: UnitState::Outage, outage_at: Some(desk.now), ..unit });
        }
        Devices::Break => {
            desk.save(Unit {
                state: UnitState::Defective,
                defect_at: Some(desk.now),
                outage_at: None,
                ..unit
            });
        }
        Devices::Work | Devices::Fail => {}
    }
}

/// Brings the unit back, and makes the clearance receipt of every register that went on without signatures.
fn recover(desk: &mut Desk<'_>) -> Result<(), Problem> {
    let Some(unit) = desk.active_unit().filter(|unit| unit.state == UnitState::Outage) else {
        return Ok(());
    };
    let unit = Unit { state: UnitState::Initialized, outage_at: None, ..unit };
    desk.save(unit.clone());
    let waiting = |row: &&Register| row.unsigned && row.state == RegisterState::Initialized;
    for mut register in desk.registers().filter(waiting).cloned().collect::<Vec<_>>() {
        signing::clear(desk, &mut register, &unit)?;
    }
    Ok(())
}
