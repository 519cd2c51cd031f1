//! Signature creation units (contract sign-at 2.3, 3.1).

use jiff::SignedDuration;
use serde_json::Value;
use uuid::Uuid;

use super::desk::Desk;
use super::errors::Problem;
use super::fon::{self, Asked, entries};
use super::state::{Register, RegisterState, Unit, UnitState};
use super::{devices, legal_entity, view};
use crate::settings::UnitLimit;

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let id = desk.id("signature_creation_unit_id");
    let legal_entity_id = desk.request.body.get("legal_entity_id").cloned().unwrap_or_default();
    let legal_entity_name = desk.request.text("legal_entity_name").map(str::to_owned);
    if let Ok(unit) = desk.unit() {
        let same = unit.legal_entity_id == legal_entity_id && unit.legal_entity_name == legal_entity_name;
        return if same && matches!(unit.state, UnitState::Pending | UnitState::Created) {
            Ok(view::unit(&unit))
        } else {
            Err(Problem::new(
                400,
                "E_SCU_ALREADY_EXISTS",
                format!("Signature creation unit {id} already exists"),
            ))
        };
    }
    if desk.settings.unit_limit != UnitLimit::Initialize {
        check_limit(desk)?;
    }
    if desk.settings.legal_entity_check {
        legal_entity::check(&legal_entity_id)?;
    }
    let unit = Unit {
        key: desk.owner.key(&id),
        owner: desk.owner.clone(),
        id,
        state: UnitState::Pending,
        legal_entity_id,
        legal_entity_name,
        metadata: desk.metadata(),
        keys: None,
        serial: None,
        pending_at: desk.now,
        created_at: None,
        initialized_at: None,
        decommissioned_at: None,
        outage_at: None,
        defect_at: None,
    };
    let unit = if desk.settings.unit_pending_s == 0 { certified(desk, unit)? } else { unit };
    let answer = view::unit(&unit);
    desk.save(unit);
    Ok(answer)
}

pub(super) fn retrieve(desk: &Desk<'_>) -> Result<Value, Problem> {
    Ok(view::unit(&desk.unit()?))
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let unit = desk.unit()?;
    let wanted = match desk.request.text("state") {
        Some("INITIALIZED") => UnitState::Initialized,
        _ => UnitState::Decommissioned,
    };
    change(desk, unit, wanted)
}

/// Brings a unit into another state, if that state may follow.
pub(super) fn change(desk: &mut Desk<'_>, unit: Unit, wanted: UnitState) -> Result<Value, Problem> {
    if unit.state == wanted && desk.settings.accept_repeated_state {
        return Ok(view::unit(&unit));
    }
    match (unit.state, wanted) {
        (UnitState::Created, UnitState::Initialized) => initialize(desk, unit),
        // FinanzOnline has never heard of it.
        (UnitState::Created, UnitState::Decommissioned) => {
            let unit = decommissioned(desk, unit);
            let answer = view::unit(&unit);
            desk.save(unit);
            Ok(answer)
        }
        (UnitState::Initialized | UnitState::Outage, UnitState::Decommissioned) if may_end(desk, &unit) => {
            reported(desk, decommissioned(desk, unit))
        }
        (from, to) => Err(Problem::new(
            400,
            "E_ILLEGAL_SCU_STATE_TRANSITION",
            format!("Illegal state transition from {from} to {to}"),
        )),
    }
}

/// Whether a unit that signs may go.
fn may_end(desk: &Desk<'_>, unit: &Unit) -> bool {
    let is_needed =
        |register: &Register| matches!(register.state, RegisterState::Initialized | RegisterState::Outage);
    (unit.state != UnitState::Outage || desk.settings.unit_outage_ends)
        && (desk.settings.unit_ends_in_use || !desk.registers().any(is_needed))
}

fn initialize(desk: &mut Desk<'_>, unit: Unit) -> Result<Value, Problem> {
    if desk.settings.unit_limit != UnitLimit::Create {
        check_limit(desk)?;
    }
    let unit = Unit { state: UnitState::Initialized, initialized_at: Some(desk.now), ..unit };
    let answer = reported(desk, unit);
    devices::fail(desk);
    answer
}

/// A change that is told to FinanzOnline.
fn reported(desk: &mut Desk<'_>, unit: Unit) -> Result<Value, Problem> {
    let report = fon::report(desk, Asked::Unit { key: unit.key.clone(), state: unit.state })?;
    entries::tell_unit(desk, &unit);
    let answer = view::unit(&unit);
    desk.save(unit);
    report.answer(answer)
}

fn decommissioned(desk: &Desk<'_>, unit: Unit) -> Unit {
    Unit { state: UnitState::Decommissioned, decommissioned_at: Some(desk.now), outage_at: None, ..unit }
}

fn check_limit(desk: &Desk<'_>) -> Result<(), Problem> {
    match desk.active_unit() {
        Some(_) => Err(Problem::new(
            400,
            "E_SCU_LIMIT_REACHED",
            "Limit of 1 active (INITIALIZED, OUTAGE) signature creation units reached.",
        )),
        None => Ok(()),
    }
}

/// Gives a PENDING unit its key and certificate, once its time has come.
pub(super) fn certify_when_due(desk: &mut Desk<'_>) -> Result<(), Problem> {
    let wait = SignedDuration::from_secs(i64::from(desk.settings.unit_pending_s));
    let due =
        |unit: &&Unit| unit.state == UnitState::Pending && desk.now.duration_since(unit.pending_at) >= wait;
    for unit in desk.units().filter(due).cloned().collect::<Vec<_>>() {
        let unit = certified(desk, unit)?;
        desk.save(unit);
    }
    Ok(())
}

fn certified(desk: &Desk<'_>, unit: Unit) -> Result<Unit, Problem> {
    let subject = format!("Signature creation unit {}", unit.id);
    let key = desk
        .authority
        .issue(&subject, &new_serial(), desk.now)
        .map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Unit {
        state: UnitState::Created,
        serial: Some(key.serial_number().trim_start_matches('0').to_owned()),
        keys: Some((key.private_key_pem().to_owned(), key.certificate_pem().to_owned())),
        created_at: Some(desk.now),
        ..unit
    })
}

/// Eight hexadecimal digits, the first of them from 1 to 7: no leading zero, and positive in DER.
fn new_serial() -> String {
    let random = Uuid::new_v4().as_u128();
    let low = u32::try_from(random & 0x0fff_ffff).unwrap_or_default();
    let first = u32::try_from((random >> 96) % 7).unwrap_or_default().saturating_add(1);
    format!("{first:x}{low:07x}")
}
