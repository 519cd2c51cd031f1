//! `crash --country C --runs N --seed S`: kills a selling till again and again, and compares three books.
//!
//! The same binary is the till: `crash till sell FOLDER`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use clap::{Parser, Subcommand};
use fiskal_conformance::Result;
use fiskal_conformance::country::Country;
use fiskal_conformance::crash::harness::{self, Setup};
use fiskal_conformance::crash::till;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Kills a selling till again and again, and compares what it believes with its journal and with
/// what the sandbox has booked.
#[derive(Parser)]
struct Arguments {
    /// Where the till sells.
    #[arg(long, value_enum, default_value = "fr")]
    country: Country,
    /// The contract that its service speaks; the newest if absent.
    #[arg(long)]
    contract: Option<String>,
    /// How many sales a run has.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    sales: u16,
    /// How many runs; each kills its till up to four times.
    #[arg(long, default_value_t = 50)]
    runs: u64,
    /// The seed of the first run; the next ones follow.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Is the till.
    #[command(subcommand, hide = true)]
    Till(Till),
}

#[derive(Subcommand)]
enum Till {
    /// Sells what its plan says.
    Sell { folder: PathBuf },
    /// Settles what waits and writes down what the journal says.
    Finish { folder: PathBuf },
    /// Does one operation.
    Call { folder: PathBuf, operation: String, params: String },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.role {
        Some(Role::Till(Till::Sell { folder })) => till::sell(&folder).map(|()| true),
        Some(Role::Till(Till::Finish { folder })) => till::finish(&folder).map(|()| true),
        Some(Role::Till(Till::Call { folder, operation, params })) => {
            till::call(&folder, &operation, &params).map(|()| true)
        }
        None => {
            let Arguments { country, contract, sales, runs, seed, .. } = arguments;
            crash(&Setup { country, contract, sales: sales.into() }, runs, seed)
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs them all; tells whether the books agreed every time.
fn crash(setup: &Setup, runs: u64, seed: u64) -> Result<bool> {
    let program = std::env::current_exe()?;
    let started = Instant::now();
    let (mut kills, mut sales, mut errors, mut spare, mut differing) = (0, 0, 0, 0, 0);
    for run in 0..runs {
        let seed = seed.wrapping_add(run);
        let outcome = harness::run(&program, setup, seed).map_err(|error| format!("seed {seed}: {error}"))?;
        kills += outcome.kills;
        sales += outcome.sales;
        errors += outcome.errors;
        spare += outcome.spare;
        if !outcome.differences.is_empty() {
            differing += 1;
            println!("seed {seed}: the books differ\n  {}", outcome.differences.join("\n  "));
        }
        if (run + 1) % 10 == 0 {
            println!("{} runs, {kills} kills, {differing} with differences", run + 1);
        }
    }
    println!(
        "{runs} runs, {kills} kills, {sales} sales, {errors} answers without use, {spare} spare intentions, {differing} runs with differences, {} s",
        started.elapsed().as_secs()
    );
    Ok(differing == 0)
}
