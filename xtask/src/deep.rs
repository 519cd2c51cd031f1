//! `cargo xtask deep` and `cargo xtask crash`: the runs that are too long for every day.

use crate::clock::spoken;
use crate::trouble::Result;
use crate::{out, process, tools};
use clap::Args;
use std::process::Command;
use std::time::Instant;

/// Countries in which a till is killed.
const COUNTRIES: [&str; 3] = ["fr", "it", "at"];
/// Sales of a run that kills a till.
const SALES: u16 = 8;

/// How much a deep run does.
#[derive(Args)]
pub(crate) struct Size {
    /// Seeded schedules of failures for the engine.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    schedules: u64,
    /// Runs of a selling till in each country, each with two or three kills.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..))]
    crashes: u64,
    /// The first seed of the kills; the same seed kills at the same points.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Sales over a link that is cut at random, in each country.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(4..))]
    offline: u64,
    /// Receipts of an Austrian register whose log is exported and checked.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(10..))]
    log: u64,
}

/// How long the kill test goes on, and where it kills.
#[derive(Args)]
pub(crate) struct Crash {
    /// Where the till sells: `fr`, `it` or `at`.
    #[arg(long, default_value = "fr")]
    country: String,
    /// The contract that its service speaks; the newest if absent.
    #[arg(long)]
    contract: Option<String>,
    /// How many sales a run has.
    #[arg(long, default_value_t = SALES)]
    sales: u16,
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
    let crashes: Vec<(&str, Run)> =
        COUNTRIES.iter().map(|country| crashed(country, &size)).collect::<Result<_>>()?;
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
    let told: Vec<String> =
        crashes.iter().map(|(country, run)| format!("{country} {}", run.spoken())).collect();
    out::line(&format!(
        "| {} | {} | {} schedules: {} | {} runs of the kill test in each country, seed {}: {} | {} sales in each country, seed {}: {} | {} receipts: {} |",
        jiff::Zoned::now().date(),
        commit(),
        size.schedules,
        schedules.spoken(),
        size.crashes,
        size.seed,
        told.join("; "),
        size.offline,
        size.seed,
        offline.spoken(),
        size.log,
        log.spoken(),
    ));
    Ok(schedules.held && crashes.iter().all(|(_, run)| run.held) && offline.held && log.held)
}

/// The kill test of one country.
fn crashed(country: &'static str, size: &Size) -> Result<(&'static str, Run)> {
    out::head(&format!("crash: {} runs in {country}", size.crashes));
    let crash = Crash {
        country: country.to_owned(),
        contract: None,
        sales: SALES,
        runs: size.crashes,
        seed: size.seed,
    };
    Ok((country, timed(&mut killer(&crash))?))
}

/// Runs the kill test alone.
pub(crate) fn crash(crash: Crash) -> Result<bool> {
    process::show(&mut killer(&crash))
}

fn killer(crash: &Crash) -> Command {
    let mut command =
        process::cargo(&["run", "--locked", "--package", "fiskal-conformance", "--bin", "crash", "--"]);
    command.args(["--country", &crash.country, "--sales", &crash.sales.to_string()]);
    command.args(["--runs", &crash.runs.to_string(), "--seed", &crash.seed.to_string()]);
    if let Some(contract) = &crash.contract {
        command.args(["--contract", contract]);
    }
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
