//! `cargo xtask deep` and `cargo xtask crash`: the runs that are too long for every day.

use crate::clock::spoken;
use crate::trouble::Result;
use crate::{out, process, tools};
use clap::Args;
use std::process::Command;
use std::time::Instant;

/// How much a deep run does.
#[derive(Args)]
pub(crate) struct Size {
    /// Seeded schedules of failures for the engine.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    schedules: u64,
    /// Runs of a selling till, each with two or three kills.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..))]
    crashes: u64,
    /// The first seed of the kills; the same seed kills at the same points.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Sales over a link that is cut at random.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(4..))]
    offline: u64,
    /// Receipts of an Austrian register whose log is exported and checked.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(10..))]
    log: u64,
}

/// How long the kill test goes on, and where it kills.
#[derive(Args)]
pub(crate) struct Crash {
    /// Runs of a selling till, each with two or three kills.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    runs: u64,
    /// The first seed; the same seed kills at the same points.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs schedules, kills, sales without a link and a long log at full size and prints the row for docs/deep-runs.md.
/// Whether all held.
pub(crate) fn run(size: Size) -> Result<bool> {
    tools::check()?;
    out::head(&format!("engine: {} schedules", size.schedules));
    let schedules = timed(
        process::cargo(&["test", "--locked", "--release", "--package", "fiskal", "--test", "engine"])
            .env("FISKAL_SCHEDULES", size.schedules.to_string()),
    )?;
    out::head(&format!("crash: {} runs", size.crashes));
    let crashes = timed(&mut killer(&Crash { runs: size.crashes, seed: size.seed }))?;
    out::head(&format!("offline: {} sales", size.offline));
    let offline = timed(
        process::cargo(&["test", "--locked", "--package", "fiskal-conformance", "--test", "offline"])
            .env("FISKAL_OFFLINE_SALES", size.offline.to_string())
            .env("FISKAL_OFFLINE_SEED", size.seed.to_string()),
    )?;
    out::head(&format!("log: {} receipts", size.log));
    let log = timed(
        process::cargo(&["test", "--locked", "--package", "fiskal-conformance", "--test", "log"])
            .env("FISKAL_LOG_RECEIPTS", size.log.to_string()),
    )?;
    out::head("row for docs/deep-runs.md");
    out::line(&format!(
        "| {} | {} | {} schedules: {} | {} runs of the kill test, seed {}: {} | {} sales, seed {}: {} | {} receipts: {} |",
        jiff::Zoned::now().date(),
        commit(),
        size.schedules,
        schedules.spoken(),
        size.crashes,
        size.seed,
        crashes.spoken(),
        size.offline,
        size.seed,
        offline.spoken(),
        size.log,
        log.spoken(),
    ));
    Ok(schedules.held && crashes.held && offline.held && log.held)
}

/// Runs the kill test alone.
pub(crate) fn crash(crash: Crash) -> Result<bool> {
    process::show(&mut killer(&crash))
}

fn killer(crash: &Crash) -> Command {
    let mut command =
        process::cargo(&["run", "--locked", "--package", "fiskal-conformance", "--bin", "crash", "--"]);
    command.args(["--runs", &crash.runs.to_string(), "--seed", &crash.seed.to_string()]);
    command
}

/// How a run went: its last word, and how long it took.
struct Run {
    held: bool,
    last_word: String,
    time: String,
}

impl Run {
    fn spoken(&self) -> String {
        let verdict = if self.held { "held" } else { "FAILED" };
        format!("{verdict} in {} ({})", self.time, self.last_word.replace('|', "/"))
    }
}

fn timed(command: &mut Command) -> Result<Run> {
    let begun = Instant::now();
    let mut last_word = String::new();
    let held = process::tee(command, |line| {
        if !line.trim().is_empty() {
            line.trim().clone_into(&mut last_word);
        }
    })?;
    Ok(Run { held, last_word, time: spoken(begun.elapsed()) })
}

/// The commit that was run, marked when files differ from it.
fn commit() -> String {
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty", "--exclude", "*"]);
    process::ask(&mut git).map_or_else(|_| "unknown".into(), |commit| commit.trim().to_owned())
}
