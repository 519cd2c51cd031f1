//! Every case in `cases/`, through every door, and the same must come of it everywhere.
//!
//! A door whose language or library is not there is skipped, and counted; with `CI` set it fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test program"
)]

mod languages;

use fiskal_conformance::case;
use fiskal_conformance::door::{InProcess, Program};
use fiskal_conformance::record::{Record, play};
use fiskal_conformance::varying::Varying;
use languages::Found;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;

/// What came of the cases in this process, against which the other doors are held.
static RUST: LazyLock<Record> =
    LazyLock::new(|| play(&chosen(), || Ok(InProcess::default())).expect("the declaration can be read"));

fn main() -> ExitCode {
    let trials = vec![
        Trial::test("through_rust", || held("rust", &RUST)),
        Trial::test("every_replaced_text_is_there", every_replaced_text_is_there),
        through("a_program", languages::program()),
        through("c", languages::c()),
        through("cpp", languages::cpp()),
        through("python", languages::python()),
        through("node", languages::node()),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The cases at a language's door program, or why there is none.
fn through(name: &'static str, found: Found) -> Trial {
    let required = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let skipped = found.as_ref().err().filter(|_| !required);
    if let Some(missing) = skipped {
        eprintln!("through_{name} is skipped: {missing}");
    }
    let ignored = skipped.is_some();
    let trial = Trial::test(format!("through_{name}"), move || {
        let program = found?;
        held(name, &play(&chosen(), || Program::start(&mut program.command()))?)
    });
    trial.with_ignored_flag(ignored)
}

/// Whether every case came as it says, and as through Rust.
fn held(name: &str, record: &Record) -> Result<(), Failed> {
    record.write(&records().join(format!("{name}.json")))?;
    let failures = [record.failures.clone(), record.differences(&RUST)].concat();
    if !failures.is_empty() {
        return Err(format!("{} failures:\n\n{}\n", failures.len(), failures.join("\n\n")).into());
    }
    let ran: BTreeSet<String> = record.told.keys().cloned().collect();
    let all: BTreeSet<String> = chosen().iter().map(|file| case::title(file)).collect();
    assert_eq!(ran, all, "not every case was run");
    Ok(())
}

/// A pattern that nothing fits is none that is needed.
fn every_replaced_text_is_there() -> Result<(), Failed> {
    if chosen().len() < case::files()?.len() {
        return Ok(());
    }
    let told: String = RUST.told.values().map(|told| serde_json::to_string(told).unwrap()).collect();
    for rule in Varying::declared()?.replaced {
        let stands = rule.by.split('#').next().unwrap_or_default();
        assert!(told.contains(stands), "nothing is replaced by {}", rule.by);
    }
    Ok(())
}

/// The cases whose path contains `FISKAL_CASE`, or all.
fn chosen() -> Vec<PathBuf> {
    let wanted = std::env::var("FISKAL_CASE").unwrap_or_default();
    let files = case::files().expect("the cases can be listed");
    files.into_iter().filter(|file| case::title(file).contains(&wanted)).collect()
}

/// Where the records are written, and the doors in C and C++ are built.
fn records() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
