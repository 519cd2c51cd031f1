//! What the engine has learned of the world in this process: each account's clock skew and link.

use crate::exchange::Line;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// `Date` has whole seconds; a difference below this is not a wrong clock.
const SKEW_MATTERS: SignedDuration = SignedDuration::from_secs(2);
/// How long a link that failed is taken for down before an operation that could do without tries it again.
const PROBE_AFTER: Duration = Duration::from_secs(10);

/// What was learned per account, and which lines callers wait for.
#[derive(Debug, Default)]
pub(super) struct World {
    seen: Mutex<BTreeMap<String, Seen>>,
    wanted: Mutex<BTreeMap<Line, usize>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    skew: Option<SignedDuration>,
    /// What time it was at the last answer, by the service's clock and by the monotonic one.
    heard: Option<(Timestamp, Duration)>,
    down_until: Option<Duration>,
}

impl World {
    pub(super) fn answered(
        &self,
        account: &str,
        wall: Timestamp,
        monotonic: Duration,
        date: Option<Timestamp>,
    ) {
        let mut seen = self.seen();
        let seen = seen.entry(account.to_owned()).or_default();
        seen.down_until = None;
        if let Some(date) = date {
            let skew = date.duration_since(wall);
            let skew = if skew.abs() < SKEW_MATTERS { SignedDuration::ZERO } else { skew };
            seen.skew = Some(skew);
            seen.heard = wall.checked_add(skew).ok().map(|time| (time, monotonic));
        }
    }

    pub(super) fn failed(&self, account: &str, monotonic: Duration) {
        self.seen().entry(account.to_owned()).or_default().down_until = Some(monotonic + PROBE_AFTER);
    }

    /// Whether the link failed lately, so that it is not worth a customer's time to try it.
    pub(super) fn is_down(&self, account: &str, monotonic: Duration) -> bool {
        self.seen().get(account).and_then(|seen| seen.down_until).is_some_and(|until| monotonic < until)
    }

    pub(super) fn skew(&self, account: &str) -> Option<SignedDuration> {
        self.seen().get(account).and_then(|seen| seen.skew)
    }

    /// The service's time. A wall clock that is set back after the last answer does not turn it back;
    /// while the machine slept, only the wall clock went on.
    pub(super) fn corrected(&self, account: &str, wall: Timestamp, monotonic: Duration) -> Timestamp {
        let seen = self.seen().get(account).copied().unwrap_or_default();
        let by_wall = wall.checked_add(seen.skew.unwrap_or_default()).unwrap_or(wall);
        let by_answer = seen.heard.and_then(|(time, then)| {
            let since = SignedDuration::try_from(monotonic.saturating_sub(then)).ok()?;
            time.checked_add(since).ok()
        });
        by_answer.map_or(by_wall, |time| time.max(by_wall))
    }

    /// Counts a caller who waits for a line.
    pub(super) fn want(&self, line: &Line) {
        *held(&self.wanted).entry(line.clone()).or_default() += 1;
    }

    /// The caller has the line, or has given up.
    pub(super) fn want_no_more(&self, line: &Line) {
        let mut wanted = held(&self.wanted);
        if let Some(count) = wanted.get_mut(line) {
            *count = count.saturating_sub(1);
        }
        wanted.retain(|_, count| *count > 0);
    }

    pub(super) fn is_wanted(&self, line: &Line) -> bool {
        held(&self.wanted).contains_key(line)
    }

    fn seen(&self) -> MutexGuard<'_, BTreeMap<String, Seen>> {
        held(&self.seen)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
