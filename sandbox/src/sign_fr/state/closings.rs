//! What is recorded and not closed yet, by system.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Record;
use crate::sign_fr::records::Period;

/// For each system the first record since the last closing of each kind.
#[derive(Debug, Default)]
pub(in crate::sign_fr) struct Closings {
    first: BTreeMap<String, [Option<Timestamp>; 3]>,
    /// From when until when nothing comes due, and by which rule.
    quiet: Option<(Timestamp, Timestamp, String)>,
}

impl Closings {
    /// Takes note of a new record.
    pub(super) fn note(&mut self, record: &Record) {
        let Ok(signed_at) = record.signed_at.parse::<Timestamp>() else { return };
        let first = self.first.entry(record.system.clone()).or_default();
        let closes =
            [Period::Day, Period::Month, Period::Year].map(|period| period.record_type() == record.kind);
        if closes.contains(&true) {
            for (first, _) in first.iter_mut().zip(closes).filter(|(_, closes)| *closes) {
                *first = None;
            }
        } else {
            first.iter_mut().for_each(|first| *first = first.or(Some(signed_at)));
        }
        if self.quiet.as_ref().is_some_and(|(from, _, _)| signed_at < *from) {
            self.quiet = None;
        }
    }

    /// The systems that have records.
    pub(in crate::sign_fr) fn systems(&self) -> Vec<String> {
        self.first.keys().cloned().collect()
    }

    /// When the first record was signed that no closing of this kind covers.
    pub(in crate::sign_fr) fn first(&self, system: &str, period: Period) -> Option<Timestamp> {
        self.first.get(system).and_then(|first| first[period as usize])
    }

    /// Whether nothing can be due at `now`.
    pub(in crate::sign_fr) fn is_quiet(&self, now: Timestamp, rule: &str) -> bool {
        self.quiet.as_ref().is_some_and(|(from, until, there)| *from <= now && now < *until && there == rule)
    }

    /// Everything that was due at `from` is closed, and nothing comes due before `until`.
    pub(in crate::sign_fr) fn be_quiet(&mut self, from: Timestamp, until: Timestamp, rule: String) {
        self.quiet = Some((from, until, rule));
    }
}
