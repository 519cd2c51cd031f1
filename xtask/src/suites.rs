//! `cargo xtask test`: every test program of the workspace, grouped into suites by the crate it
//! belongs to, and the examples in the documentation.
//!
//! The programs are built once for the whole workspace and then started from here. `cargo test -p`
//! crate by crate would resolve features anew for each and build half the dependencies again.

use crate::clock::spoken;
use crate::tally::Tally;
use crate::trouble::Result;
use crate::workspace::{Package, Workspace};
use crate::{out, process, tools};
use serde::Deserialize;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs all suites, also after one has failed. Whether all passed.
pub(crate) fn run() -> Result<bool> {
    tools::check()?;
    let workspace = Workspace::load()?;
    out::head("build");
    let begun = Instant::now();
    let (programs, built) = build()?;
    let mut report =
        vec![Row { suite: "build".into(), tally: Tally::default().ended(built), time: begun.elapsed() }];
    if built {
        for member in workspace.members() {
            report.extend(run_member(member, &programs)?);
        }
        report.push(run_examples()?);
    }
    Ok(close(&report))
}

/// A line of the closing table.
struct Row {
    suite: String,
    tally: Tally,
    time: Duration,
}

/// A test program, as cargo announces it while building.
#[derive(Deserialize)]
struct Program {
    package_id: String,
    #[serde(default)]
    executable: Option<PathBuf>,
    profile: Profile,
    target: Target,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Builds all test programs; whether that worked.
fn build() -> Result<(Vec<Program>, bool)> {
    let mut command = process::cargo(&[
        "test",
        "--locked",
        "--workspace",
        "--no-run",
        "--message-format=json-render-diagnostics",
    ]);
    let mut programs = Vec::new();
    // Lines that are no test program (libraries, build scripts, the end) are not asked for.
    let built = process::follow(&mut command, |line| programs.extend(test_program(line)))?;
    Ok((programs, built))
}

fn test_program(line: &str) -> Option<Program> {
    let program: Program = serde_json::from_str(line).ok()?;
    (program.profile.test && program.executable.is_some()).then_some(program)
}

/// None for a crate without test programs.
fn run_member(member: &Package, programs: &[Program]) -> Result<Option<Row>> {
    let suite = member.nickname();
    let begun = Instant::now();
    let mut tally = None;
    for program in programs.iter().filter(|program| program.package_id == member.id) {
        let Some(executable) = &program.executable else { continue };
        out::head(&format!("{suite}: {}", program.target.name));
        let mut command = Command::new(executable);
        command.current_dir(member.folder()).env("CARGO_MANIFEST_DIR", member.folder());
        *tally.get_or_insert_with(Tally::default) += count(&mut command)?;
    }
    Ok(tally.map(|tally| Row { suite, tally, time: begun.elapsed() }))
}

fn run_examples() -> Result<Row> {
    out::head("docs: the examples in the documentation");
    let begun = Instant::now();
    let mut command = process::cargo(&["test", "--locked", "--workspace", "--doc", "--no-fail-fast"]);
    Ok(Row { suite: "docs".into(), tally: count(&mut command)?, time: begun.elapsed() })
}

/// Runs a test runner in view and sums what it reports.
fn count(command: &mut Command) -> Result<Tally> {
    let mut tally = Tally::default();
    let well = process::tee(command, |line| tally += Tally::read(line).unwrap_or_default())?;
    Ok(tally.ended(well))
}

/// Prints the table and, last, the closing line over all suites.
fn close(report: &[Row]) -> bool {
    out::head("suites");
    let mut sum = Tally::default();
    let mut time = Duration::ZERO;
    for row in report {
        out::line(&format!("{:<12} {:>12}   {}", row.suite, spoken(row.time), row.tally));
        sum += row.tally;
        time += row.time;
    }
    out::line(&format!("{:<12} {:>12}\n", "all", spoken(time)));
    out::line(&sum.to_string());
    sum.failed == 0
}

#[cfg(test)]
mod tests {
    use super::test_program;

    #[test]
    fn only_test_programs_are_taken_from_what_cargo_says() {
        let artifact = |test: bool, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"path+file:///x/core#fiskal@0.1.0",
                "target":{{"name":"money","kind":["test"]}},"profile":{{"test":{test}}},"executable":{executable}}}"#
            )
        };
        let cases = [
            (artifact(true, r#""/x/target/money-1""#), true),
            (artifact(true, "null"), false),
            (artifact(false, r#""/x/target/debug/fiskal""#), false),
            (r#"{"reason":"build-finished","success":true}"#.to_owned(), false),
            ("warning: something".to_owned(), false),
        ];
        for (line, expected) in cases {
            assert_eq!(test_program(&line).is_some(), expected, "{line}");
        }
    }
}
