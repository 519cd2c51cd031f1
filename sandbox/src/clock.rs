//! The sandbox's clock: the machine's, moved by an offset. Tokens, idempotency keys and timestamps follow it.

use std::ops::Range;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The seconds since 1970 that the clock shows: until the end of 2999. Beyond the four-digit years of certificates and
/// identifiers nothing can be made, and no till lives near them.
const SHOWN: Range<i64> = 0..32_503_680_000;

/// The machine's clock plus an offset in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn new(offset_ms: i64) -> Clock {
        Clock { offset_ms: AtomicI64::new(offset_ms) }
    }

    /// The sandbox's time, kept inside the years that a timestamp can hold.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now()
            .saturating_add(SignedDuration::from_millis(self.offset_ms()))
            .unwrap_or_else(|_| Timestamp::now())
    }

    pub(crate) fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    /// Moves the clock so that it shows `now`; it goes on running from there.
    pub(crate) fn set_now(&self, now: Timestamp) -> Result<(), String> {
        let offset = now.as_millisecond().saturating_sub(Timestamp::now().as_millisecond());
        self.set_offset_ms(offset)
    }

    /// Moves the clock away from the machine's, or says why it stays.
    pub(crate) fn set_offset_ms(&self, offset_ms: i64) -> Result<(), String> {
        let shown = Timestamp::now().checked_add(SignedDuration::from_millis(offset_ms));
        if !shown.is_ok_and(|shown| SHOWN.contains(&shown.as_second())) {
            return Err("the clock shows times from 1970 to the end of 2999".to_owned());
        }
        self.offset_ms.store(offset_ms, Ordering::SeqCst);
        Ok(())
    }

    /// The time as the `Date` header spells it (RFC 9110, 5.6.7).
    pub(crate) fn http_date(&self) -> String {
        self.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_keeps_running_from_the_given_time() {
        let clock = Clock::default();
        let target: Timestamp = "2026-12-31T23:59:50+01:00".parse().unwrap();
        clock.set_now(target).unwrap();
        let shown = clock.now();
        assert!(shown >= target && shown < target + SignedDuration::from_secs(5), "{shown}");
        assert_eq!(clock.http_date(), "Thu, 31 Dec 2026 22:59:50 GMT");
    }
}
