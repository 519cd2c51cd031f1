//! Cash registers (contract sign-at 2.4, 3.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::desk::Desk;
use super::errors::Problem;
use super::fon::{self, Asked, Report, entries};
use super::signing::{self, Draft};
use super::state::{Register, RegisterState, Unit, UnitState};
use super::view;
use crate::crypto::rksv;
use crate::random;

/// Characters of a register's serial number (2.4: short, and without the separator of the machine code).
const SERIAL_LENGTH: usize = 6;

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    if let Ok(register) = desk.register() {
        return if register.state == RegisterState::Created {
            Ok(view::register(&register))
        } else {
            let message = format!("Cash register {} already exists", register.id);
            Err(Problem::new(400, "E_CASH_REGISTER_ALREADY_EXISTS", message))
        };
    }
    let id = desk.id("cash_register_id");
    let serial = new_serial(desk);
    let register = Register {
        key: desk.owner.key(&id),
        owner: desk.owner.clone(),
        id,
        state: RegisterState::Created,
        description: desk.request.text("description").map(str::to_owned),
        metadata: desk.metadata(),
        counter_key: new_counter_key(),
        counter_bytes: usize::from(desk.settings.counter_bytes),
        turnover: 0,
        next_number: u64::from(desk.settings.first_receipt_number),
        chain: rksv::chain_value(&serial),
        serial,
        last_at: None,
        open_month: None,
        unsigned: false,
        created_at: desk.now,
        registered_at: None,
        initialized_at: None,
        initialization_receipt: None,
        decommissioned_at: None,
        decommission_receipt: None,
        outage_at: None,
        defect_at: None,
        untold_outage: None,
    };
    let answer = view::register(&register);
    desk.save(register);
    Ok(answer)
}

/// A serial number that no register has, whoever owns it.
fn new_serial(desk: &Desk<'_>) -> String {
    loop {
        let random = random::secret();
        let letters = random.chars().filter(char::is_ascii_alphanumeric);
        let serial: String = letters.take(SERIAL_LENGTH).collect();
        let taken = desk.state.registers.rows().iter().any(|row| row.serial == serial);
        if serial.len() == SERIAL_LENGTH && !taken {
            return serial;
        }
    }
}

fn new_counter_key() -> String {
    STANDARD.encode(Sha256::digest(random::secret()))
}

pub(super) fn retrieve(desk: &Desk<'_>) -> Result<Value, Problem> {
    Ok(view::register(&desk.register()?))
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let register = desk.register()?;
    let wanted = match desk.request.text("state") {
        Some("REGISTERED") => RegisterState::Registered,
        Some("INITIALIZED") => RegisterState::Initialized,
        Some("DECOMMISSIONED") => RegisterState::Decommissioned,
        Some("DEFECTIVE") => RegisterState::Defective,
        _ => RegisterState::Outage,
    };
    change(desk, register, wanted)
}

/// Brings a register into another state, if that state may follow.
pub(super) fn change(
    desk: &mut Desk<'_>,
    register: Register,
    wanted: RegisterState,
) -> Result<Value, Problem> {
    use RegisterState::{Created, Decommissioned, Defective, Initialized, Outage, Registered};
    if register.state == wanted && desk.settings.accept_repeated_state {
        return Ok(view::register(&register));
    }
    let now = Some(desk.now);
    match (register.state, wanted) {
        (Created, Registered) => {
            if desk.settings.registration_needs_unit {
                working_unit(desk)?;
            }
            reported(desk, Register { state: Registered, registered_at: now, ..register })
        }
        (Registered, Initialized) => initialize(desk, register),
        (Initialized, Outage) => fail(desk, register),
        (Outage, Initialized) => {
            signing_unit(desk)?;
            reported(desk, Register { state: Initialized, outage_at: None, ..register })
        }
        (Initialized | Outage, Defective) => {
            reported(desk, Register { state: Defective, defect_at: now, outage_at: None, ..register })
        }
        (Initialized | Outage, Decommissioned) => decommission(desk, register),
        (Created | Registered, Decommissioned) if desk.settings.unused_register_ends => {
            let register = Register { state: Decommissioned, decommissioned_at: now, ..register };
            let answer = view::register(&register);
            desk.save(register);
            Ok(answer)
        }
        (from, to) => Err(Problem::new(
            400,
            "E_ILLEGAL_CASH_REGISTER_STATE_TRANSITION",
            format!("Illegal state transition from {from} to {to}"),
        )),
    }
}

/// A change that is told to FinanzOnline, and needs no receipt.
fn reported(desk: &mut Desk<'_>, register: Register) -> Result<Value, Problem> {
    let report = fon::report(desk, asked(&register, register.state))?;
    told(desk, register, report)
}

fn told(desk: &mut Desk<'_>, register: Register, report: Report) -> Result<Value, Problem> {
    entries::tell_register(desk, &register);
    let answer = view::register(&register);
    desk.save(register);
    report.answer(answer)
}

/// An outage has to be reported within 48 hours of the time at which it was noticed: the first attempt tells that.
fn fail(desk: &mut Desk<'_>, register: Register) -> Result<Value, Problem> {
    match fon::report(desk, asked(&register, RegisterState::Outage)) {
        Ok(report) => {
            let (state, outage_at) = (RegisterState::Outage, Some(desk.now));
            told(desk, Register { state, outage_at, untold_outage: None, ..register }, report)
        }
        Err(problem) => {
            let untold_outage = register.untold_outage.or(Some(desk.now));
            desk.save(Register { untold_outage, ..register });
            Err(problem)
        }
    }
}

/// The change of a register to a state.
fn asked(register: &Register, state: RegisterState) -> Asked {
    Asked::Register { key: register.key.clone(), state }
}

/// The start receipt must be signed (5.7), so that a unit in OUTAGE will not do.
fn initialize(desk: &mut Desk<'_>, register: Register) -> Result<Value, Problem> {
    let unit = working_unit(desk)?;
    let report = fon::report(desk, asked(&register, RegisterState::Initialized))?;
    let mut register =
        Register { state: RegisterState::Initialized, initialized_at: Some(desk.now), ..register };
    let receipt = signing::book(desk, &mut register, &unit, Draft::zero("INITIALIZATION"))?;
    register.initialization_receipt = Some(receipt.id);
    told(desk, register, report)
}

fn decommission(desk: &mut Desk<'_>, mut register: Register) -> Result<Value, Problem> {
    let unit = signing_unit(desk)?;
    let report = fon::report(desk, asked(&register, RegisterState::Decommissioned))?;
    signing::prepare(desk, &mut register, &unit)?;
    let receipt = signing::book(desk, &mut register, &unit, Draft::zero("DECOMMISSION"))?;
    let register = Register {
        state: RegisterState::Decommissioned,
        decommissioned_at: Some(desk.now),
        decommission_receipt: Some(receipt.id),
        outage_at: None,
        ..register
    };
    told(desk, register, report)
}

/// The unit that signs, or tells that it cannot.
pub(super) fn signing_unit(desk: &Desk<'_>) -> Result<Unit, Problem> {
    desk.active_unit().ok_or_else(|| {
        Problem::new(404, "E_NO_INITIALIZED_SCU", "There is no initialized signature creation unit")
    })
}

fn working_unit(desk: &Desk<'_>) -> Result<Unit, Problem> {
    let unit = signing_unit(desk)?;
    if unit.state == UnitState::Initialized {
        return Ok(unit);
    }
    Err(Problem::new(404, "E_NO_INITIALIZED_SCU", "The signature creation unit is in OUTAGE"))
}

/// What an RKSV verifier asks for beside the DEP: the register's key and the certificates that signed (6.6).
pub(super) fn verification<'u>(register: &Register, units: impl Iterator<Item = &'u Unit>) -> Value {
    let mut certificates = Map::new();
    for unit in units {
        let (Some(serial), Some(certificate)) = (&unit.serial, signing::certificate(unit)) else { continue };
        // As receipts spell it, and in the lower case that some verifiers look for.
        for id in [serial.to_uppercase(), serial.clone()] {
            let entry = serde_json::json!({
                "id": id, "signatureDeviceType": "CERTIFICATE", "signatureCertificateOrPublicKey": certificate,
            });
            certificates.insert(id, entry);
        }
    }
    serde_json::json!({ "base64AESKey": register.counter_key, "certificateOrPublicKeyMap": certificates })
}
