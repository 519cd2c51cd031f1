//! The project's own commands: `cargo xtask test`, `codegen`, `header`, `lint`, `dist`, `deep`, `crash` and `bench`.

mod bench;
mod clock;
mod codegen;
mod deep;
mod dist;
mod failures;
mod lint;
mod out;
mod packages;
mod process;
mod suites;
mod tally;
mod tools;
mod trouble;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs every test of the workspace, suite by suite, and says how long each took.
    Test,
    /// Writes what the operations registry says for each language: types, methods, constants, reference.
    Codegen {
        /// Write nothing; say which files differ.
        #[arg(long)]
        check: bool,
    },
    /// Writes include/fiskal.h from the sources of ffi-c.
    Header {
        /// Write nothing; say whether it differs.
        #[arg(long)]
        check: bool,
    },
    /// Makes the tree that a C programmer installs: libraries, headers, pkg-config and CMake files.
    Dist(dist::Options),
    /// Checks formatting, lints, documentation, licences, dependencies and the rules of the house.
    Lint,
    /// Runs the engine's failure schedules and the kill test at full size; prints a row for docs/deep-runs.md.
    Deep(deep::Size),
    /// Kills a selling till again and again and compares its books with the service's.
    Crash(deep::Crash),
    /// Measures sales, journal and sandbox in a release build; prints the tables of docs/benchmarks.md.
    Bench,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test => suites::run(),
        Task::Codegen { check } => codegen::run(check),
        Task::Header { check } => codegen::header(check),
        Task::Dist(options) => dist::run(&options),
        Task::Lint => lint::run(),
        Task::Deep(size) => deep::run(size),
        Task::Crash(crash) => deep::crash(crash),
        Task::Bench => bench::run(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            out::problem(&trouble.to_string());
            ExitCode::from(2)
        }
    }
}
