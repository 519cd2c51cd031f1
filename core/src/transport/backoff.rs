//! How long to wait before the next attempt.

use crate::transport::date;
use jiff::Timestamp;
use std::time::Duration;

const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Doubling pauses with a random share, so that tills which failed together do not return together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first attempt, before its random share is taken off.
    pub base: Duration,
    /// The longest pause.
    pub max: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { base: Duration::from_millis(500), max: Duration::from_secs(5) }
    }
}

impl Backoff {
    /// The pause after attempt number `attempt` (from 1): the base doubled with every attempt up
    /// to `max`, of which the upper half is random. `random` is any number, drawn by the caller.
    ///
    /// ```
    /// use fiskal::transport::Backoff;
    /// use std::time::Duration;
    /// let pause = Backoff::default().pause(3, 0x9E37_79B9_7F4A_7C15);
    /// assert!(pause >= Duration::from_secs(1) && pause <= Duration::from_secs(2));
    /// ```
    pub fn pause(&self, attempt: u32, random: u64) -> Duration {
        let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let full = self.base.saturating_mul(doubled).min(self.max);
        let half = full / 2;
        let spread = u64::try_from((full - half).as_nanos()).unwrap_or(u64::MAX);
        half + Duration::from_nanos(random % spread.saturating_add(1))
    }

    /// Like [`Backoff::pause`], but no shorter than the service's `Retry-After` (RFC 9110 10.2.3:
    /// seconds or a date), of which at most 60 s are honoured.
    pub fn pause_for(
        &self,
        attempt: u32,
        random: u64,
        retry_after: Option<&str>,
        now: Timestamp,
    ) -> Duration {
        let asked = retry_after.and_then(|text| wait_asked_for(text, now)).unwrap_or_default();
        self.pause(attempt, random).max(asked)
    }
}

fn wait_asked_for(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let asked = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than the bound.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        Duration::try_from(date::parse(text)?.duration_since(now)).unwrap_or_default()
    };
    Some(asked.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_pause_doubles_up_to_its_bound() {
        let backoff = Backoff { base: 500 * MS, max: 5000 * MS };
        for (attempt, full) in [
            (0, 500),
            (1, 500),
            (2, 1000),
            (3, 2000),
            (4, 4000),
            (5, 5000),
            (32, 5000),
            (33, 5000),
            (u32::MAX, 5000),
        ] {
            let longest = full * MS;
            assert_eq!(backoff.pause(attempt, 0), longest / 2, "attempt {attempt}");
            let whole_spread = u64::try_from((longest / 2).as_nanos()).unwrap();
            assert_eq!(backoff.pause(attempt, whole_spread), longest, "attempt {attempt}");
            for random in [1, 12_345, u64::MAX / 3, u64::MAX] {
                let pause = backoff.pause(attempt, random);
                assert!(pause >= longest / 2 && pause <= longest, "attempt {attempt}: {pause:?}");
            }
        }
    }

    #[test]
    fn odd_settings_are_harmless() {
        let none = Backoff { base: Duration::ZERO, max: Duration::ZERO };
        assert_eq!(none.pause(7, u64::MAX), Duration::ZERO);
        let endless = Backoff { base: Duration::MAX, max: Duration::MAX };
        assert!(endless.pause(u32::MAX, u64::MAX) >= Duration::MAX / 2);
        let capped = Backoff { base: 10 * MS, max: 4 * MS };
        assert!(capped.pause(1, 99) <= 4 * MS);
    }

    #[test]
    fn retry_after_is_honoured_up_to_a_minute() {
        let now: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        let backoff = Backoff { base: 2 * MS, max: 2 * MS };
        for (given, expected) in [
            (None, 1 * MS),
            (Some("0"), 1 * MS),
            (Some("2"), 2000 * MS),
            (Some(" 2 "), 2000 * MS),
            (Some("60"), 60_000 * MS),
            (Some("61"), 60_000 * MS),
            (Some("99999999999999999999999"), 60_000 * MS),
            (Some("-5"), 1 * MS),
            (Some("1.5"), 1 * MS),
            (Some(""), 1 * MS),
            (Some("soon"), 1 * MS),
            (Some("Sun, 06 Nov 1994 08:49:47 GMT"), 10_000 * MS),
            (Some("Sun, 06 Nov 1994 09:49:37 GMT"), 60_000 * MS),
            (Some("Sun, 06 Nov 1994 08:49:07 GMT"), 1 * MS),
        ] {
            assert_eq!(backoff.pause_for(1, 0, given, now), expected, "{given:?}");
        }
    }
}
