//! Days, months and fiscal years as the calendar of a place has them.

use crate::error::{Error, Kind, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A period that has grand totals of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ClosingPeriod")]
pub enum Period {
    /// From midnight to midnight.
    #[default]
    Day,
    /// A month of the calendar.
    Month,
    /// A fiscal year.
    Year,
}

/// The time from `start` until before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first moment.
    pub start: Timestamp,
    /// The first moment after it.
    pub end: Timestamp,
}

impl Period {
    /// The period of this kind that `day` lies in, in the time zone `zone` (an IANA name). A fiscal year begins
    /// at (month, day) `year_begins`; 29 February is the last day of February in other years.
    ///
    /// ```
    /// use fiskal::reports::Period;
    /// let span = Period::Day.around("2026-03-29".parse().unwrap(), "Europe/Paris", (1, 1))?;
    /// assert_eq!(span.start.to_string(), "2026-03-28T23:00:00Z");
    /// assert_eq!(span.end.to_string(), "2026-03-29T22:00:00Z");
    /// # Ok::<(), fiskal::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// `config` for a name that is no time zone, `invalid` at `/date` for a day at the end of the calendar, and
    /// for a beginning of the year that is no day.
    pub fn around(self, day: Date, zone: &str, year_begins: (i8, i8)) -> Result<Span> {
        let days = match self {
            Period::Day => day.tomorrow().ok().map(|after| (day, after)),
            Period::Month => day.last_of_month().tomorrow().ok().map(|after| (day.first_of_month(), after)),
            Period::Year => year(day, year_begins),
        };
        let unknown = || Error::invalid("/date", format!("the calendar does not go on around {day}"));
        let (first, after) = days.ok_or_else(unknown)?;
        let begin = |date: Date| -> Result<Timestamp> {
            let zoned = date
                .in_tz(zone)
                .map_err(|cause| Error::new(Kind::Config, format!("'{zone}' is not a time zone: {cause}")))?;
            Ok(zoned.timestamp())
        };
        Ok(Span { start: begin(first)?, end: begin(after)? })
    }
}

/// From the first day of the fiscal year around `day` to the first of the next.
fn year(day: Date, (month, first): (i8, i8)) -> Option<(Date, Date)> {
    let begin = |year: i16| {
        let month = Date::new(year, month, 1).ok()?;
        Date::new(year, month.month(), first.min(month.days_in_month())).ok()
    };
    let this = begin(day.year())?;
    if this <= day {
        Some((this, begin(day.year().checked_add(1)?)?))
    } else {
        Some((begin(day.year().checked_sub(1)?)?, this))
    }
}
