//! The test programs of the workspace, and the examples in the documentation.
//!
//! The programs are built once for the whole workspace and then started from here. `cargo test -p`
//! crate by crate would resolve features anew for each and build half the dependencies again.

use super::count;
use crate::tally::Tally;
use crate::trouble::Result;
use crate::workspace::Package;
use crate::{out, process};
use serde::Deserialize;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// A test program, as cargo announces it while building.
#[derive(Deserialize)]
pub(super) struct Program {
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

/// Builds all test programs, and what they need beside them: the command, the libraries for C, Python
/// and Node, and the module by which Node's tests see a panic.
pub(super) fn build(programs: &mut Vec<Program>) -> Result<Tally> {
    let mut command = process::cargo(&[
        "build",
        "--locked",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
        "--message-format=json-render-diagnostics",
    ]);
    // Lines that are no test program (libraries, build scripts, the end) are not asked for.
    let built = process::follow(&mut command, |line| programs.extend(test_program(line)))?;
    Ok(Tally::default().ended(built))
}

fn test_program(line: &str) -> Option<Program> {
    let program: Program = serde_json::from_str(line).ok()?;
    (program.profile.test && program.executable.is_some()).then_some(program)
}

pub(super) fn programs_of<'a>(member: &Package, programs: &'a [Program]) -> Vec<&'a Program> {
    programs.iter().filter(|program| program.package_id == member.id).collect()
}

/// Runs a crate's test programs.
pub(super) fn run(
    member: &Package,
    programs: &[&Program],
    environment: &[(&str, OsString)],
    failures: &mut Vec<String>,
) -> Result<Tally> {
    let mut tally = Tally::default();
    for program in programs {
        let Some(executable) = &program.executable else { continue };
        out::head(&format!("{}: {}", member.nickname(), program.target.name));
        let mut command = Command::new(executable);
        command.current_dir(member.folder()).env("CARGO_MANIFEST_DIR", member.folder());
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        tally += count(&mut command, failures)?;
    }
    Ok(tally)
}

/// Runs the examples in the documentation of the Rust crates.
pub(super) fn run_examples(failures: &mut Vec<String>) -> Result<Tally> {
    count(&mut process::cargo(&["test", "--locked", "--workspace", "--doc", "--no-fail-fast"]), failures)
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
