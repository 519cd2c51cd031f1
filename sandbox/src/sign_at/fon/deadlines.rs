//! What FinanzOnline has to be told by a time, and what the service tells it by itself (contract sign-at 5.3, 5.5, 5.6).

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::entries::{self, RegisterEntry};
use crate::changes::Changes;
use crate::settings::{Fon, SignAtSettings};
use crate::sign_at::signing::{self, ZONE};
use crate::sign_at::state::{Owner, Register, RegisterState, State, Unit, UnitState};

/// How long an outage may last before it has to be reported, and how long a known one may go unreported.
const OUTAGE: SignedDuration = SignedDuration::from_hours(48);

/// What has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Duty {
    /// A signature creation unit is out of order; the service reports it.
    UnitOutage,
    /// A register is out of order.
    RegisterOutage,
    /// A year has ended, and its receipt is not made.
    YearlyReceipt,
    /// A yearly receipt is made, and not validated.
    YearlyValidation,
}

/// One duty that is not fulfilled.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Deadline {
    pub(crate) duty: Duty,
    /// The serial number of a unit's certificate, or of a register.
    pub(crate) serial_number: String,
    /// The year, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) year: Option<i16>,
    pub(crate) due: Timestamp,
    pub(crate) is_overdue: bool,
}

/// Tells FinanzOnline of units what the service knows of them: an outage once it lasts too long, its end, a unit that
/// is broken. While FinanzOnline is silent it waits.
pub(in crate::sign_at) fn report_outages(
    state: &mut State,
    changes: &mut Changes,
    settings: &SignAtSettings,
    now: Timestamp,
) {
    if settings.fon != Fon::Answers || settings.fon_rejects_credentials {
        return;
    }
    let is_news = |unit: &&Unit| {
        let told = state.unit_entries.get(&unit.key).map(|entry| entry.state);
        told.is_some_and(|told| told != unit.state) && due(unit).is_none_or(|due| due <= now)
    };
    let news: Vec<Unit> = state.units.rows().iter().filter(is_news).cloned().collect();
    for unit in news {
        if let Some(entry) = entries::unit_entry(state, &unit, now) {
            changes.save(state, entry);
        }
    }
}

/// When a unit's outage has to be reported.
fn due(unit: &Unit) -> Option<Timestamp> {
    let since = unit.outage_at.filter(|_| unit.state == UnitState::Outage)?;
    since.saturating_add(OUTAGE).ok()
}

/// What a taxpayer owes at present.
pub(super) fn deadlines(state: &State, owner: &Owner, now: Timestamp) -> Vec<Deadline> {
    let units = state.unit_entries.rows().iter().filter(|entry| entry.owner == *owner);
    let outages = units.filter_map(|entry| {
        let unit = state.units.get(&entry.key).filter(|unit| unit.state != entry.state)?;
        Some(deadline(Duty::UnitOutage, &entry.serial, None, due(unit)?, now))
    });
    let registers = state.register_entries.rows().iter().filter(|entry| entry.owner == *owner);
    let of_registers = registers.flat_map(|entry| match state.registers.get(&entry.key) {
        Some(register) => of_register(state, entry, register, now),
        None => Vec::new(),
    });
    outages.chain(of_registers).collect()
}

fn deadline(duty: Duty, serial: &str, year: Option<i16>, due: Timestamp, now: Timestamp) -> Deadline {
    Deadline { duty, serial_number: serial.to_owned(), year, due, is_overdue: due < now }
}

fn of_register(state: &State, entry: &RegisterEntry, register: &Register, now: Timestamp) -> Vec<Deadline> {
    let is_running = matches!(register.state, RegisterState::Initialized | RegisterState::Outage);
    let outage = register.untold_outage.and_then(|since| since.saturating_add(OUTAGE).ok());
    let outage = outage.map(|due| deadline(Duty::RegisterOutage, &entry.serial, None, due, now));
    let this_year = signing::local(now).map(|local| local.year()).unwrap_or_default();
    let open = register.open_month.map(|(year, _)| year).filter(|year| is_running && *year < this_year);
    let closed = state
        .receipts_of(register)
        .filter(|receipt| !receipt.validations.iter().any(|validation| validation.success))
        .filter_map(|receipt| receipt.closes_year);
    let yearly =
        closed.map(|year| (Duty::YearlyValidation, year)).chain(open.map(|year| (Duty::YearlyReceipt, year)));
    let yearly = yearly
        .filter_map(|(duty, year)| Some(deadline(duty, &entry.serial, Some(year), end_of_term(year)?, now)));
    outage.into_iter().chain(yearly).collect()
}

/// The last second of 15 February after a year, in Austria.
fn end_of_term(year: i16) -> Option<Timestamp> {
    let day = date(year.checked_add(1)?, 2, 15).at(23, 59, 59, 0);
    let zone = TimeZone::get(ZONE).ok()?;
    day.to_zoned(zone).ok().map(|time| time.timestamp())
}
