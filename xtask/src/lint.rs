//! `cargo xtask lint`: what must hold besides the tests.

mod dependencies;
mod house;
mod licences;
mod sources;
mod versions;

use crate::clock::spoken;
use crate::trouble::Result;
use crate::workspace::Workspace;
use crate::{codegen, out, process};
use std::process::Command;
use std::time::Instant;

/// What a check of our own finds: one plain sentence a finding, none when the check holds.
type Findings = Vec<String>;

/// Runs every check, also after one has failed. Whether all hold.
pub(crate) fn run() -> Result<bool> {
    let workspace = Workspace::load()?;
    let sources = sources::read(&workspace.root)?;
    let mut report = vec![
        own("imports go one way", house::imports(&workspace, &sources)),
        own("services are pure", house::pure_services(&sources)),
        own("files are short", house::short_files(&sources)),
        own("nothing is left for later", house::nothing_left(&sources)),
        own("dependencies are used and explained", dependencies::check(&workspace, &sources)?),
        own("licences are allowed", licences::check(&workspace)?),
        own("all packages have one version", versions::check(&workspace)?),
        own("generated files are current", codegen::findings(&workspace.root)?),
    ];
    report.push(cargo("fmt", &mut process::cargo(&["fmt", "--all", "--check"]))?);
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    report.push(cargo("clippy", &mut process::cargo(&clippy))?);
    let doc = ["doc", "--workspace", "--no-deps", "--locked"];
    report.push(cargo("rustdoc", process::cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"))?);
    Ok(close(&report))
}

/// A line of the closing table.
struct Row {
    check: &'static str,
    holds: bool,
    time: String,
}

fn own(check: &'static str, findings: Findings) -> Row {
    out::head(check);
    findings.iter().for_each(|finding| out::line(finding));
    Row { check, holds: findings.is_empty(), time: String::new() }
}

fn cargo(check: &'static str, command: &mut Command) -> Result<Row> {
    out::head(check);
    let begun = Instant::now();
    let holds = process::show(command)?;
    Ok(Row { check, holds, time: spoken(begun.elapsed()) })
}

fn close(report: &[Row]) -> bool {
    out::head("checks");
    for row in report {
        let verdict = if row.holds { "holds" } else { "FAILS" };
        out::line(format!("{:<38} {verdict}   {}", row.check, row.time).trim_end());
    }
    let failing = report.iter().filter(|row| !row.holds).count();
    let all = report.len();
    out::line(&match failing {
        0 => format!("\nlint: all {all} checks hold"),
        _ => format!("\nlint: {failing} of {all} checks fail"),
    });
    failing == 0
}
