//! What has to be done by a time: the yearly receipt (contract sign-at 5.6) and its validation (2.9), the report of an
//! outage (5.5), and the copy of the data collection protocol (DEP), which RKSV § 7 (3) wants every quarter on a medium
//! outside the till.

use super::checks::ZONE;
use super::facts;
use crate::exchange::{Duty, Facts};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// A quarter of a year, and how long before its end the till's user is told.
const QUARTER: (i64, i64) = (3, 14);
/// By when the yearly receipt must have been validated: before 16 February.
const YEARLY: (i8, i8) = (2, 16);

/// The duties of a register.
pub(super) fn duties(facts: &Facts, now: Timestamp) -> Vec<Duty> {
    [yearly(facts, now), validation(facts), outage(facts), dep(facts)].into_iter().flatten().collect()
}

/// The yearly receipt of a register that has signed nothing in the new year yet: SIGN AT makes it before the next
/// receipt, and not by itself. One whose life is over needs none.
fn yearly(facts: &Facts, now: Timestamp) -> Option<Duty> {
    let register = facts::register(facts).ok().filter(|register| !register.is_retired())?;
    let last = register.last?.signed_at;
    let vienna = TimeZone::get(ZONE).ok()?;
    let (signed, today) = (last.to_zoned(vienna.clone()).date(), now.to_zoned(vienna.clone()).date());
    let at = |month: i8, day: i8| {
        let day = Date::new(signed.year().checked_add(1)?, month, day).ok()?;
        day.to_zoned(vienna.clone()).ok().map(|zoned| zoned.timestamp())
    };
    (today.year() > signed.year()).then_some(())?;
    let year = signed.year();
    let todo = format!(
        "the yearly receipt of {year} is missing; sell, or make a zero receipt (`receipt.zero`), before 16 February, and SIGN AT makes it and has FinanzOnline validate it"
    );
    Some(Duty { name: "yearly_receipt", due: at(YEARLY.0, YEARLY.1)?, told_from: at(1, 1)?, todo })
}

/// The yearly receipt that FinanzOnline has not confirmed. The service has it validated in the background, and is given
/// a day for that; where the answer was no, it is told at once.
fn validation(facts: &Facts) -> Option<Duty> {
    let waits = facts::register(facts).ok()?.unconfirmed?;
    let signed = waits.signed_at.to_zoned(TimeZone::get(ZONE).ok()?);
    let due = Date::new(signed.year(), YEARLY.0, YEARLY.1).ok()?.to_zoned(signed.time_zone().clone()).ok()?;
    let told_from = if waits.denied {
        waits.signed_at
    } else {
        signed.checked_add(Span::new().days(1)).ok()?.timestamp()
    };
    let todo = format!(
        "FinanzOnline has not confirmed the yearly receipt {}; `record.validate` asks it, and must say success before 16 February",
        waits.number
    );
    Some(Duty { name: "yearly_validation", due: due.timestamp(), told_from, todo })
}

/// An outage of more than 48 hours is reported to FinanzOnline.
fn outage(facts: &Facts) -> Option<Duty> {
    let offline = facts::register(facts).ok()?.offline?;
    let todo = "the register has been without SIGN AT; where that lasts 48 hours, report the outage of the register in FinanzOnline".to_owned();
    Some(Duty { name: "register_outage", due: offline.reported_by(), told_from: offline.since, todo })
}

/// The quarterly copy of the data collection protocol.
fn dep(facts: &Facts) -> Option<Duty> {
    let register = facts::register(facts).ok()?;
    let (months, days) = QUARTER;
    let saved = register.dep_saved_at.to_zoned(TimeZone::get(ZONE).ok()?);
    let due = saved.checked_add(Span::new().months(months)).ok()?;
    let told_from = due.checked_sub(Span::new().days(days)).ok()?.timestamp();
    let todo = "save a copy of the data collection protocol outside the till: `export.create` without a range, then `export.fetch`".to_owned();
    Some(Duty { name: "dep_copy", due: due.timestamp(), told_from, todo })
}
