//! A till is killed while it sells; three books agree afterwards.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fiskal_conformance::crash::harness::{Loss, Outcome, a_day_later, run};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

const RUNS: u64 = 50;
/// Tills at the same time; most of their time is waiting.
const AT_ONCE: u64 = 3;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_crash"))
}

#[track_caller]
fn agreed(seed: u64, outcome: &Outcome) {
    assert!(outcome.differences.is_empty(), "seed {seed}:\n  {}", outcome.differences.join("\n  "));
}

#[test]
fn fifty_runs_leave_no_difference() {
    let next = AtomicU64::new(1);
    let kills = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > RUNS {
                        break;
                    }
                    let outcome = run(program(), seed).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
                    agreed(seed, &outcome);
                    kills.fetch_add(outcome.kills as u64, Ordering::Relaxed);
                }
            });
        }
    });
    let kills = kills.into_inner();
    println!("{RUNS} runs, {kills} kills");
    assert!(kills >= RUNS, "only {kills} kills: the tills are done before their time");
}

/// The answer is dropped, the till killed, and a day and an hour go by.
#[test]
fn a_lost_answer_is_settled_a_day_later() {
    for loss in [Loss::Intention, Loss::Transaction] {
        for seed in 1..=3 {
            let outcome = a_day_later(program(), seed, loss)
                .unwrap_or_else(|error| panic!("{loss:?}, seed {seed}: {error}"));
            assert_eq!(outcome.kills, 1, "{loss:?}, seed {seed}");
            agreed(seed, &outcome);
        }
    }
}
