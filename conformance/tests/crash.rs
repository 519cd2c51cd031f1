//! A till is killed while it sells; three books agree afterwards.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fiskal_conformance::country::Country;
use fiskal_conformance::crash::harness::{Loss, Outcome, Setup, a_day_later, run};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs in each country, and the contract of its service if not the newest.
const RUNS: [(Country, Option<&str>, u64); 4] = [
    (Country::Fr, None, 24),
    (Country::Fr, Some("2026-05-04"), 4),
    (Country::It, None, 8),
    (Country::At, None, 12),
];
/// Tills at the same time; most of their time is waiting.
const AT_ONCE: usize = 3;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_crash"))
}

#[track_caller]
fn agreed(country: Country, seed: u64, outcome: &Outcome) {
    assert!(
        outcome.differences.is_empty(),
        "{country:?}, seed {seed}:\n  {}",
        outcome.differences.join("\n  ")
    );
}

#[test]
fn the_runs_leave_no_difference() {
    let runs = RUNS.into_iter().flat_map(|(country, contract, runs)| {
        let contract = contract.map(str::to_owned);
        (1..=runs).map(move |seed| (Setup { contract: contract.clone(), ..Setup::of(country) }, seed))
    });
    let runs: Vec<(Setup, u64)> = runs.collect();
    let next = AtomicUsize::new(0);
    let kills = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((setup, seed)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = run(program(), setup, *seed)
                        .unwrap_or_else(|error| panic!("{setup:?}, seed {seed}: {error}"));
                    agreed(setup.country, *seed, &outcome);
                    kills.fetch_add(outcome.kills, Ordering::Relaxed);
                }
            });
        }
    });
    let kills = kills.into_inner();
    println!("{} runs, {kills} kills", runs.len());
    assert!(kills >= runs.len(), "only {kills} kills: the tills are done before their time");
}

/// The answer is dropped, the till killed, and a day and an hour go by.
#[test]
fn a_lost_answer_is_settled_a_day_later() {
    let losses = [
        (Country::Fr, Loss::Intention),
        (Country::Fr, Loss::Transaction),
        (Country::It, Loss::Intention),
        (Country::It, Loss::Transaction),
        (Country::At, Loss::Transaction),
    ];
    for (country, loss) in losses {
        let outcome = a_day_later(program(), country, 1, loss)
            .unwrap_or_else(|error| panic!("{country:?}, {loss:?}: {error}"));
        assert_eq!(outcome.kills, 1, "{country:?}, {loss:?}");
        agreed(country, 1, &outcome);
    }
}
