//! How often an organization may come, for every service alike.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

/// The time over which requests are counted. It begins with the first of them.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);

/// The requests of each organization at each service.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    windows: HashMap<(&'static str, String), Window>,
}

#[derive(Debug)]
struct Window {
    began: Timestamp,
    taken: u32,
}

impl Limits {
    /// Takes a request, or says how long to wait until one is taken again: at least a second.
    pub(crate) fn take(
        &mut self,
        service: &'static str,
        organization: String,
        allowed: u32,
        now: Timestamp,
    ) -> Result<(), SignedDuration> {
        let window = self.windows.entry((service, organization)).or_insert(Window { began: now, taken: 0 });
        let age = now.duration_since(window.began);
        // The clock may have been set back.
        if age.is_negative() || age >= WINDOW {
            *window = Window { began: now, taken: 0 };
        }
        if window.taken >= allowed {
            let left = WINDOW.saturating_sub(now.duration_since(window.began));
            return Err(left.max(SignedDuration::from_secs(1)));
        }
        window.taken = window.taken.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_a_minute_after_its_first_request() {
        let mut limits = Limits::default();
        let begin: Timestamp = "2026-11-26T10:00:00Z".parse().unwrap();
        let mut at = |seconds: i64, organization: &str| {
            let now = begin.saturating_add(SignedDuration::from_secs(seconds)).unwrap();
            limits.take("sign-at", organization.to_owned(), 2, now).map_err(|left| left.as_secs())
        };
        assert_eq!([at(0, "a"), at(30, "a"), at(45, "a")], [Ok(()), Ok(()), Err(15)]);
        assert_eq!(at(45, "b"), Ok(()), "another organization has requests of its own");
        assert_eq!([at(60, "a"), at(119, "a"), at(119, "a")], [Ok(()), Ok(()), Err(1)]);
        assert_eq!(at(-5, "a"), Ok(()), "the clock was set back");
    }
}
