//! `cargo xtask test`: every test of every language, suite by suite.
//!
//! Everything is built once, in one target folder and one profile; the packages for Python and Node are
//! made from that build and installed below `target/`.

mod node;
mod python;
mod rust;

use crate::clock::spoken;
use crate::failures::Failures;
use crate::packages::Build;
use crate::packages::node::Node;
use crate::packages::python::Python;
use crate::tally::Tally;
use crate::trouble::Result;
use crate::workspace::Workspace;
use crate::{out, process, tools};
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs all suites, also after one has failed. Whether all passed.
pub(crate) fn run() -> Result<bool> {
    tools::check_all()?;
    let workspace = Workspace::load()?;
    let mut report = Report::default();
    let mut programs = Vec::new();
    report.suite("build", |_| rust::build(&mut programs))?;
    if report.sum().failed == 0 {
        let python = Python::of(&workspace, Build::Tests);
        let node = Node::of(&workspace, Build::Tests);
        report.suite("packages", |_| Ok(Tally::default().ended(python.install()? && node.install()?)))?;
        let environment = [python.environment(), node.environment()].concat();
        for member in workspace.members() {
            let programs = rust::programs_of(member, &programs);
            if !programs.is_empty() {
                report.suite(&member.nickname(), |failures| {
                    rust::run(member, &programs, &environment, failures)
                })?;
            }
        }
        report.suite("python", |failures| python::test(&python, failures))?;
        report.suite("node", |failures| node::test(&node, failures))?;
        report.suite("docs", rust::run_examples)?;
    }
    Ok(report.close())
}

/// Whether what a prepared machine has must be there: `.ci/run` prepares one.
fn everything_is_required() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

/// What is missing on this machine: a skip, or a failure where everything is required.
fn missing(what: &str) -> Tally {
    let required = everything_is_required();
    let verdict = if required { "is required and missing" } else { "is not on this machine; skipped" };
    out::line(&format!("{what} {verdict}"));
    if required { Tally { failed: 1, ..Tally::default() } } else { Tally { skipped: 1, ..Tally::default() } }
}

/// Runs a test runner in view and sums what it reports. What it says of failures is kept for the end.
fn count(command: &mut Command, failures: &mut Vec<String>) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut said = Failures::default();
    let well = process::tee(command, |line| {
        tally += Tally::read(line).unwrap_or_default();
        said.read(line);
    })?;
    failures.extend(said.into_lines());
    Ok(tally.ended(well))
}

/// Runs a check that is one test: a type checker, a smoke test.
fn check(title: &str, command: &mut Command) -> Result<Tally> {
    out::head(title);
    Ok(Tally::of(process::show(command)?))
}

/// What is told at the end.
#[derive(Default)]
struct Report {
    rows: Vec<Row>,
    failures: Vec<String>,
}

struct Row {
    suite: String,
    tally: Tally,
    time: Duration,
}

impl Report {
    fn suite(&mut self, suite: &str, run: impl FnOnce(&mut Vec<String>) -> Result<Tally>) -> Result<()> {
        out::head(suite);
        let begun = Instant::now();
        let tally = run(&mut self.failures)?;
        self.rows.push(Row { suite: suite.to_owned(), tally, time: begun.elapsed() });
        Ok(())
    }

    fn sum(&self) -> Tally {
        let mut sum = Tally::default();
        for row in &self.rows {
            sum += row.tally;
        }
        sum
    }

    /// Prints the failures once more, the table and, last, the closing line over all suites.
    fn close(&self) -> bool {
        if !self.failures.is_empty() {
            out::head("failures");
            self.failures.iter().for_each(|line| out::line(line));
        }
        out::head("suites");
        for row in &self.rows {
            out::line(&format!("{:<16} {:>12}   {}", row.suite, spoken(row.time), row.tally));
        }
        let time = self.rows.iter().map(|row| row.time).sum();
        out::line(&format!("{:<16} {:>12}\n", "all", spoken(time)));
        out::line(&self.sum().to_string());
        self.sum().failed == 0
    }
}
