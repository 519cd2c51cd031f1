//! Other programs: run in view, run and read, or asked a question.

use crate::out;
use crate::trouble::{Result, Trouble};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// The cargo that runs this task, so that `cargo +toolchain xtask` stays on its toolchain.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = foreign(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// A program that may run cargo itself.
pub(crate) fn foreign(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(describes_this_program) {
            command.env_remove(name);
        }
    }
    command
}

/// What `cargo run` sets for the program it starts. Handed on, it would make build scripts believe
/// that their surroundings changed (ring's watches these), and half the graph be built anew each time.
fn describes_this_program(variable: &str) -> bool {
    let exact =
        ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_MANIFEST_LINKS", "CARGO_PRIMARY_PACKAGE"];
    exact.contains(&variable) || variable.starts_with("CARGO_PKG_")
}

/// Runs a program with its output in view; whether it succeeded.
pub(crate) fn show(command: &mut Command) -> Result<bool> {
    let status = command.status().map_err(|source| Trouble::Run { command: spelled(command), source })?;
    Ok(status.success())
}

/// Runs a program, handing over each line of its standard output as it comes; standard error stays
/// in view. Whether it succeeded.
pub(crate) fn follow(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool> {
    let name = spelled(command);
    let trouble = |source| Trouble::Run { command: name.clone(), source };
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(trouble)?;
    if let Some(stdout) = child.stdout.take() {
        read_lines(stdout, &mut each).map_err(trouble)?;
    }
    let status = child.wait().map_err(trouble)?;
    Ok(status.success())
}

/// As [`follow`], with each line printed too.
pub(crate) fn tee(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool> {
    follow(command, |line| {
        out::line(line);
        each(line);
    })
}

/// What a program prints when it is asked something.
pub(crate) fn ask(command: &mut Command) -> Result<String> {
    let output = command.output().map_err(|source| Trouble::Run { command: spelled(command), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Trouble::Failed { command: spelled(command), message })
}

/// Test output is bytes: a line that is not UTF-8 is shown as well as it can be.
fn read_lines(stream: impl Read, each: &mut impl FnMut(&str)) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        each(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']));
        bytes.clear();
    }
    Ok(())
}

fn spelled(command: &Command) -> String {
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::describes_this_program;

    #[test]
    fn only_what_describes_this_program_is_kept_from_others() {
        for (variable, expected) in [
            ("CARGO_PKG_NAME", true),
            ("CARGO_MANIFEST_DIR", true),
            ("CARGO_TARGET_DIR", false),
            ("CARGO_HOME", false),
            ("CARGO_BUILD_JOBS", false),
            ("RUSTFLAGS", false),
        ] {
            assert_eq!(describes_this_program(variable), expected, "{variable}");
        }
    }
}
