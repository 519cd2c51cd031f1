//! `CLOSING::DAILY`, `::MONTHLY` and `::YEARLY`: records that the service makes by itself (contract sign-fr 2.7, 5.5).
//!
//! When and with what content a real service closes is not published. Here a period is closed at its end by the
//! sandbox's clock, if something was recorded in it; as nobody looks before the next request, the closing is made then
//! and signed as of the period's end. Its `operation` has the turnover under the names of `document.total_vat`.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::book::{Draft, book_at};
use super::turnover;
use crate::settings::SignFrSettings;
use crate::sign_fr::country::Country;
use crate::sign_fr::desk::{Desk, stamp};
use crate::sign_fr::state::Resource;
use crate::sign_fr::systems;

/// The periods, the shortest first: where several end together, they are closed in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sign_fr) enum Period {
    Day,
    Month,
    Year,
}

impl Period {
    const ALL: [Period; 3] = [Period::Day, Period::Month, Period::Year];

    pub(in crate::sign_fr) fn record_type(self) -> &'static str {
        match self {
            Period::Day => "CLOSING::DAILY",
            Period::Month => "CLOSING::MONTHLY",
            Period::Year => "CLOSING::YEARLY",
        }
    }

    fn operation_type(self) -> &'static str {
        match self {
            Period::Day => "DAILY",
            Period::Month => "MONTHLY",
            Period::Year => "YEARLY",
        }
    }
}

/// A period of one system that is over and not closed.
struct Due {
    start: Timestamp,
    end: Timestamp,
    period: Period,
}

/// Closes every period that is over by the sandbox's clock.
pub(in crate::sign_fr) fn catch_up(desk: &mut Desk<'_>) {
    let rule = format!("{} {}", desk.settings.closing_zone, desk.settings.closing_hour);
    if !desk.settings.closings || desk.state.closings.is_quiet(desk.now, &rule) {
        return;
    }
    for id in desk.state.closings.systems() {
        let Some(system) = desk.state.systems.get(&id).cloned() else { continue };
        if system.country != Country::France {
            continue;
        }
        while let Some(due) = next(desk, &system) {
            close(desk, &system, &due);
        }
    }
    if let Some((_, end)) = around(desk.settings, desk.now, |day| Some((day, day.tomorrow().ok()?))) {
        desk.state.closings.be_quiet(desk.now, end, rule);
    }
}

/// The period of the system that ended first and is not closed.
fn next(desk: &Desk<'_>, system: &Resource) -> Option<Due> {
    let dues = Period::ALL.into_iter().filter_map(|period| {
        let first = desk.state.closings.first(&system.id, period)?;
        let (start, end) = bounds(desk, system, period, first)?;
        (end <= desk.now).then_some(Due { start, end, period })
    });
    // The first of equals, and the shorter periods come first.
    dues.min_by_key(|due| due.end)
}

/// Beginning and end of the period that `time` lies in.
fn bounds(
    desk: &Desk<'_>,
    system: &Resource,
    period: Period,
    time: Timestamp,
) -> Option<(Timestamp, Timestamp)> {
    around(desk.settings, time, |day| match period {
        Period::Day => Some((day, day.tomorrow().ok()?)),
        Period::Month => Some((day.first_of_month(), day.last_of_month().tomorrow().ok()?)),
        Period::Year => year(day, &fiscal_year(desk, system)),
    })
}

/// The days from the first to before the second, of those that `days` gives for the day of `time`.
fn around(
    settings: &SignFrSettings,
    time: Timestamp,
    days: impl Fn(Date) -> Option<(Date, Date)>,
) -> Option<(Timestamp, Timestamp)> {
    let zone = TimeZone::get(&settings.closing_zone).unwrap_or(TimeZone::UTC);
    let begin = Time::new(i8::try_from(settings.closing_hour).ok()?, 0, 0, 0).ok()?;
    let local = time.to_zoned(zone.clone()).datetime();
    let day = if local.time() < begin { local.date().yesterday().ok()? } else { local.date() };
    let (first, after) = days(day)?;
    let moment = |date: Date| Some(date.to_datetime(begin).to_zoned(zone.clone()).ok()?.timestamp());
    Some((moment(first)?, moment(after)?))
}

/// The fiscal year around `day`: from its first day to the first of the next.
fn year(day: Date, begins: &str) -> Option<(Date, Date)> {
    let (month, first) = begins.split_once('-')?;
    let (month, first): (i8, i8) = (month.parse().ok()?, first.parse().ok()?);
    // 29 February stands for the last day of February in the other years.
    let begin = |year: i16| {
        let month = Date::new(year, month, 1).ok()?;
        Date::new(year, month.month(), first.min(month.days_in_month())).ok()
    };
    let this = begin(day.year())?;
    if this <= day { Some((this, begin(day.year() + 1)?)) } else { Some((begin(day.year() - 1)?, this)) }
}

/// `fiscal_year_date` of the system's taxpayer (contract sign-fr 2.4).
fn fiscal_year(desk: &Desk<'_>, system: &Resource) -> String {
    let taxpayer = systems::taxpayer(desk, system);
    let date = taxpayer.and_then(|taxpayer| taxpayer.content.get("fiscalization")?.get("fiscal_year_date"));
    date.and_then(Value::as_str).unwrap_or("01-01").to_owned()
}

fn close(desk: &mut Desk<'_>, system: &Resource, due: &Due) {
    let mut operation = json!({
        "type": due.period.operation_type(),
        "period": { "start": stamp(due.start, desk.settings), "end": stamp(due.end, desk.settings) },
    });
    if desk.settings.closing_totals
        && let Some(members) = operation.as_object_mut()
    {
        let (since, ever) = turnover::of(desk, system, due.start, due.end);
        members.insert("count".to_owned(), since.count.to_string().into());
        members.insert("total_vat".to_owned(), since.total_vat());
        members.insert("perpetual".to_owned(), ever.total_vat());
    }
    book_at(desk, system, Draft::new(due.period.record_type().to_owned(), operation), due.end);
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_fiscal_year_begins_on_its_day() {
        for (day, begins, first, after) in [
            (date(2026, 3, 1), "01-01", date(2026, 1, 1), date(2027, 1, 1)),
            (date(2026, 3, 1), "07-14", date(2025, 7, 14), date(2026, 7, 14)),
            (date(2026, 7, 14), "07-14", date(2026, 7, 14), date(2027, 7, 14)),
            (date(2027, 2, 28), "02-29", date(2027, 2, 28), date(2028, 2, 29)),
            (date(2028, 2, 28), "02-29", date(2027, 2, 28), date(2028, 2, 29)),
        ] {
            assert_eq!(year(day, begins), Some((first, after)), "{day} {begins}");
        }
    }
}
