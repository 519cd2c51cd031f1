//! Austria's local time, as receipts bear it: without an offset.

use crate::error::{Error, Result};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};

const ZONE: &str = "Europe/Vienna";

/// Follows the time of receipts over the changes of the clocks.
#[derive(Debug)]
pub(super) struct Vienna {
    zone: TimeZone,
    last: Option<(Timestamp, DateTime)>,
}

/// Why a date does not fit.
pub(super) enum Unfit {
    /// No clock shows it: they were put forward over it, or the calendar ends.
    Skipped,
    /// It lies before this one.
    Before(DateTime),
}

impl Vienna {
    pub(super) fn new() -> Result<Self> {
        let zone = jiff::tz::db()
            .get(ZONE)
            .map_err(|cause| Error::internal(format!("the zone {ZONE} is not there: {cause}")))?;
        Ok(Vienna { zone, last: None })
    }

    /// Takes the date of the next receipt. In the hour that comes twice in autumn, the earlier time is meant
    /// as long as that is possible.
    ///
    /// The next date is compared with this one even where this one does not fit, so that one wrong clock is
    /// one finding.
    pub(super) fn next(&mut self, date: DateTime) -> std::result::Result<Timestamp, Unfit> {
        let offset = self.zone.to_ambiguous_timestamp(date).offset();
        let (earlier, later) = match offset {
            AmbiguousOffset::Unambiguous { offset } => (offset, offset),
            AmbiguousOffset::Fold { before, after } => (before, after),
            AmbiguousOffset::Gap { .. } => return Err(Unfit::Skipped),
        };
        let last = self.last;
        let is_next = |at: &Timestamp| last.is_none_or(|(last, _)| last <= *at);
        let times = [earlier, later].map(|offset| offset.to_timestamp(date));
        let [Ok(earlier), Ok(later)] = times else { return Err(Unfit::Skipped) };
        let fitting = [earlier, later].into_iter().find(is_next);
        self.last = Some((fitting.unwrap_or(later), date));
        match (fitting, last) {
            (Some(at), _) => Ok(at),
            (None, Some((_, before))) => Err(Unfit::Before(before)),
            (None, None) => Ok(earlier),
        }
    }

    /// The local time of an instant.
    pub(super) fn local(&self, at: Timestamp) -> DateTime {
        Zoned::new(at, self.zone.clone()).datetime()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_over_the_changes_of_the_clocks() {
        let cases: [(&str, &[&str], &str); 6] = [
            ("the end of the calendar", &["9999-12-31T23:59:59", "-009999-01-01T00:00:00"], "00"),
            ("the hour twice", &["2026-10-25T02:59:59", "2026-10-25T02:00:00", "2026-10-25T02:30:00"], "+++"),
            (
                "never three times",
                &["2026-10-25T02:50:00", "2026-10-25T02:40:00", "2026-10-25T02:30:00"],
                "++-",
            ),
            (
                "an hour that is not",
                &["2026-03-29T01:59:59", "2026-03-29T02:30:00", "2026-03-29T03:00:00"],
                "+0+",
            ),
            ("another Sunday", &["2026-10-18T02:59:59", "2026-10-18T02:00:00", "2026-10-18T02:00:00"], "+-+"),
            (
                "the same second",
                &["2026-01-01T00:00:00", "2026-01-01T00:00:00", "2025-12-31T23:59:59"],
                "++-",
            ),
        ];
        for (name, dates, expected) in cases {
            let mut vienna = Vienna::new().unwrap();
            let signs: String = dates
                .iter()
                .map(|date| match vienna.next(date.parse().unwrap()) {
                    Ok(_) => '+',
                    Err(Unfit::Skipped) => '0',
                    Err(Unfit::Before(_)) => '-',
                })
                .collect();
            assert_eq!(signs, expected, "{name}");
        }
    }
}
