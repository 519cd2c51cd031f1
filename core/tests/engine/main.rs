//! The engine against four services of a few lines each, through loss, doubled and late answers,
//! kill, power cut, deadline, offline and replay, and a caller that asks twice.

#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic)]

mod deferred;
mod download;
mod erased;
mod passing;
mod patience;
mod ports;
mod remote;
mod resolve;
mod rules;
mod schedule;
mod services;
mod store;

use ports::Bug;
use services::Rule;

/// Schedules in the normal tests; `FISKAL_SCHEDULES` runs any number (`cargo xtask deep`).
const SCHEDULES: u64 = 500;

fn schedules() -> u64 {
    std::env::var("FISKAL_SCHEDULES").ok().and_then(|text| text.parse().ok()).unwrap_or(SCHEDULES)
}

#[test]
fn every_schedule_keeps_the_promises() {
    for seed in 1..=schedules() {
        let rule = Rule::ALL[(seed % 4) as usize];
        if let Err(broken) = schedule::run(rule, seed, None) {
            panic!("schedule {seed} ({rule:?}): {broken}");
        }
    }
}

/// A driver that finds nothing proves nothing: each planted bug is found within a hundred schedules.
#[test]
fn planted_bugs_are_found() {
    let cases = [
        (Bug::RequestNotDurable, Rule::PutForEver),
        (Bug::NewKeyOnRetry, Rule::PutForEver),
        (Bug::NewKeyOnRetry, Rule::Window),
        (Bug::AnswerDropped, Rule::Window),
        (Bug::AnswerDropped, Rule::VerdictLater),
    ];
    for (bug, rule) in cases {
        let found = (1..=100).find(|seed| schedule::run(rule, *seed, Some(bug)).is_err());
        assert!(found.is_some(), "{bug:?} under {rule:?} was not found");
    }
}
