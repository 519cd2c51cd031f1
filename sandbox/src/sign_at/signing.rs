//! Numbering, counting, chaining and signing: one receipt after the other, each in one piece (contract sign-at 5, 6).

use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::desk::{Desk, receipt_key};
use super::errors::Problem;
use super::fon;
use super::state::{Metadata, Receipt, Register, Unit, UnitState};
use crate::audit::Booking;
use crate::crypto::rksv::{self, MachineCode};
use crate::crypto::{CryptoError, SystemKey};
use crate::settings::{BackwardClock, IdleMonths, YearEnd};

/// Whose certificates the units have, as the machine code names it: PrimeSign's, as was seen (2.8).
const PROVIDER: &str = "AT3";
/// Where the time on receipts comes from (6.1).
pub(super) const ZONE: &str = "Europe/Vienna";

const DECEMBER: i8 = 12;
const CLEARANCE: &str = "SIGNATURE_CREATION_UNIT_FAULT_CLEARANCE";

/// A receipt that is not numbered yet.
pub(super) struct Draft {
    pub(super) id: String,
    pub(super) kind: String,
    /// Cents: standard, reduced 1, reduced 2, zero, special.
    pub(super) amounts: [i64; 5],
    pub(super) schema: Map<String, Value>,
    pub(super) sent: Option<String>,
    pub(super) metadata: Metadata,
    /// The year that a YEARLY_CLOSE closes.
    pub(super) closes_year: Option<i16>,
}

impl Draft {
    /// A receipt over nothing, which the service makes itself.
    pub(super) fn zero(kind: &str) -> Draft {
        Draft {
            id: Uuid::new_v4().to_string(),
            kind: kind.to_owned(),
            amounts: [0; 5],
            schema: Map::new(),
            sent: None,
            metadata: Metadata::new(),
            closes_year: None,
        }
    }

    /// The counter's word where the receipt has one in the place of its value (6.2).
    fn word(&self) -> Option<&'static str> {
        match self.kind.as_str() {
            "CANCELLATION" => Some(rksv::CANCELLATION),
            "TRAINING" => Some(rksv::TRAINING),
            _ => None,
        }
    }

    /// What it adds to the turnover counter: nothing for a training.
    fn turnover(&self) -> i128 {
        if self.kind == "TRAINING" { 0 } else { self.amounts.into_iter().map(i128::from).sum() }
    }
}

/// Makes what has to stand before the next receipt: the clearance after an outage (6.8), then what closes the month or
/// the year (5.6).
pub(super) fn prepare(desk: &mut Desk<'_>, register: &mut Register, unit: &Unit) -> Result<(), Problem> {
    clear(desk, register, unit)?;
    let (Some(open), Some(month)) = (register.open_month, month(signing_time(desk, register))) else {
        return Ok(());
    };
    if month <= open {
        return Ok(());
    }
    let turn_of_year = month.0 != open.0;
    // The yearly receipt must be signed (5.7): in an outage it waits, and the month with it.
    if turn_of_year && unit.state != UnitState::Initialized {
        return Ok(());
    }
    for (year, ended) in ended_months(desk.settings.idle_months, open, month) {
        if ended != DECEMBER || desk.settings.year_end == YearEnd::Both {
            book(desk, register, unit, Draft::zero("MONTHLY_CLOSE"))?;
        }
        if ended == DECEMBER {
            let yearly = Draft { closes_year: Some(year), ..Draft::zero("YEARLY_CLOSE") };
            book(desk, register, unit, yearly)?;
        }
    }
    register.open_month = Some(month);
    desk.save(register.clone());
    Ok(())
}

/// The months to close, from the one that is open to the one before `now`. Those that are closed together are closed as
/// the year that ended among them, or as the first of them.
fn ended_months(idle: IdleMonths, open: (i16, i8), now: (i16, i8)) -> Vec<(i16, i8)> {
    let next = |(year, month): &(i16, i8)| {
        Some(if *month == DECEMBER { (year.checked_add(1)?, 1) } else { (*year, month.checked_add(1)?) })
    };
    match idle {
        IdleMonths::Each => iter::successors(Some(open), next).take_while(|month| *month < now).collect(),
        IdleMonths::Together if now.0 != open.0 => vec![(open.0, DECEMBER)],
        IdleMonths::Together => vec![open],
    }
}

/// Makes the clearance receipt of a register that went on without signatures, if the unit signs again.
pub(super) fn clear(desk: &mut Desk<'_>, register: &mut Register, unit: &Unit) -> Result<(), Problem> {
    if register.unsigned && unit.state == UnitState::Initialized {
        book(desk, register, unit, Draft::zero(CLEARANCE))?;
    }
    Ok(())
}

/// Numbers, counts, chains and signs a receipt, and keeps it together with the register's new end.
pub(super) fn book(
    desk: &mut Desk<'_>,
    register: &mut Register,
    unit: &Unit,
    draft: Draft,
) -> Result<Receipt, Problem> {
    let number = register.next_number.to_string();
    let signed_at = signing_time(desk, register);
    let turnover = register.turnover.saturating_add(draft.turnover());
    let counter = counter(register, &number, turnover)?;
    let payload = MachineCode {
        provider: PROVIDER,
        register: &register.serial,
        number: &number,
        time: local(signed_at).map_err(Problem::internal)?,
        amounts: draft.amounts,
        counter: &draft.word().map_or(counter, rksv::marked),
        serial: &unit.serial.as_deref().unwrap_or_default().to_uppercase(),
        chain: &register.chain,
    }
    .to_string();
    let key = key(unit).map_err(|error| Problem::internal(error.to_string()))?;
    let signer = key.as_ref().filter(|_| unit.state == UnitState::Initialized);
    let jws = rksv::receipt(&payload, signer).map_err(|error| Problem::internal(error.to_string()))?;

    register.chain = rksv::chain_value(&jws);
    register.turnover = turnover;
    register.next_number = register.next_number.saturating_add(1);
    register.last_at = Some(signed_at);
    register.open_month = register.open_month.or_else(|| month(signed_at));
    register.unsigned = signer.is_none();
    let receipt = Receipt {
        key: receipt_key(register, &draft.id),
        owner: register.owner.clone(),
        id: draft.id,
        register: register.id.clone(),
        register_serial: register.serial.clone(),
        unit: unit.id.clone(),
        kind: draft.kind,
        number: register.next_number.saturating_sub(1),
        signed_at,
        signed: signer.is_some(),
        jws,
        amounts: draft.amounts,
        schema: draft.schema,
        sent: draft.sent,
        metadata: draft.metadata,
        validations: Vec::new(),
        closes_year: draft.closes_year,
    };
    desk.changes.book(booking(&receipt));
    desk.save(receipt.clone());
    desk.save(register.clone());
    fon::ask_by_itself(desk, receipt.clone());
    Ok(receipt)
}

/// Whether a receipt's amounts still fit into the register's counter.
pub(super) fn check_turnover(register: &Register, draft: &Draft) -> Result<(), Problem> {
    counter(register, "", register.turnover.saturating_add(draft.turnover())).map(|_| ())
}

fn counter(register: &Register, number: &str, turnover: i128) -> Result<String, Problem> {
    let key = STANDARD.decode(&register.counter_key).ok().and_then(|key| key.try_into().ok());
    let key: [u8; 32] = key.ok_or_else(|| Problem::internal("the register's counter key is damaged"))?;
    rksv::turnover_counter(&key, &register.serial, number, turnover, register.counter_bytes).ok_or_else(
        || {
            Problem::bad_request(format!(
                "the turnover counter would be more than its {} bytes hold",
                register.counter_bytes
            ))
        },
    )
}

/// When the next receipt of a register is signed: now, but by default never before the receipt that it follows, on the
/// clock of the wall either.
fn signing_time(desk: &Desk<'_>, register: &Register) -> Timestamp {
    let Some(last) = register.last_at else { return desk.now };
    let back = desk.now < last || local(desk.now).ok() < local(last).ok();
    if back && desk.settings.backward_clock == BackwardClock::StandsStill { last } else { desk.now }
}

/// The time on the clocks of Austria.
pub(super) fn local(time: Timestamp) -> Result<DateTime, String> {
    let zone = TimeZone::get(ZONE).map_err(|error| error.to_string())?;
    Ok(time.to_zoned(zone).datetime())
}

fn month(time: Timestamp) -> Option<(i16, i8)> {
    local(time).ok().map(|local| (local.year(), local.month()))
}

fn key(unit: &Unit) -> Result<Option<SystemKey>, CryptoError> {
    unit.keys.as_ref().map(|(key, certificate)| SystemKey::from_pem(key, certificate)).transpose()
}

/// A unit's certificate as base64 of its DER.
pub(super) fn certificate(unit: &Unit) -> Option<String> {
    key(unit).ok().flatten().map(|key| STANDARD.encode(key.certificate_der()))
}

fn booking(receipt: &Receipt) -> Booking {
    Booking {
        service: super::NAME.to_owned(),
        register: receipt.register.clone(),
        number: Some(receipt.number.to_string()),
        series: None,
        id: receipt.id.clone(),
        kind: receipt.kind.clone(),
        metadata: (!receipt.metadata.is_empty()).then(|| Value::Object(receipt.metadata.clone())),
        at: receipt.signed_at,
    }
}
