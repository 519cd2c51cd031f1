//! What a task needs on the machine, checked before it starts.
//!
//! The README lists more (g++, Python, Node) than is checked here: the suites that exist need cargo,
//! rustc and a C compiler, and a machine without the rest runs them.

use crate::process;
use crate::trouble::{Result, Trouble};
use std::ffi::OsString;
use std::process::Command;

/// The oldest Rust that builds the workspace.
const OLDEST_RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Checks that the tests can be built here.
///
/// # Errors
/// `Missing` names, in one sentence, what is not there and how it is installed.
pub(crate) fn check() -> Result<()> {
    check_rust("cargo", process::cargo(&["--version"]))?;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    check_rust("rustc", version_of(rustc))?;
    check_c_compiler()
}

fn check_rust(name: &str, mut command: Command) -> Result<()> {
    let remedy = "https://rustup.rs installs it";
    let Ok(answer) = process::ask(&mut command) else {
        return Err(missing(format!(
            "{name} {OLDEST_RUST} or later is needed and none was found; {remedy}."
        )));
    };
    let oldest = Version::find(OLDEST_RUST);
    match Version::find(&answer) {
        Some(found) if Some(found) >= oldest => Ok(()),
        _ => Err(missing(format!(
            "{name} {OLDEST_RUST} or later is needed and \"{}\" was found; {remedy}.",
            answer.trim()
        ))),
    }
}

fn check_c_compiler() -> Result<()> {
    let compiler = std::env::var_os("CC").filter(|name| !name.is_empty()).unwrap_or_else(|| "cc".into());
    if process::ask(&mut version_of(compiler.clone())).is_ok() {
        return Ok(());
    }
    Err(missing(format!(
        "a C compiler is needed for the bundled SQLite and `{}` does not run: apt-get install -y gcc libc6-dev",
        compiler.to_string_lossy()
    )))
}

fn version_of(program: OsString) -> Command {
    let mut command = Command::new(program);
    command.arg("--version");
    command
}

fn missing(sentence: String) -> Trouble {
    Trouble::Missing(sentence)
}

/// A version's first two numbers; the third never decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The first version in a text such as `rustc 1.95.0-nightly (59807616e 2026-04-14)`.
    fn find(text: &str) -> Option<Version> {
        text.split_whitespace().find_map(|word| {
            let mut numbers = word.split(['.', '-', '+']);
            let major = numbers.next()?.parse().ok()?;
            let minor = numbers.next()?.parse().ok()?;
            Some(Version { major, minor })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        let cases = [
            ("rustc 1.95.0 (59807616e 2026-04-14)", Some((1, 95))),
            ("cargo 1.97.0-nightly (abc 2026-05-01)", Some((1, 97))),
            ("1.89", Some((1, 89))),
            ("rustc 2.0", Some((2, 0))),
            ("cargo", None),
            ("rustc 1", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(major, minor)| Version { major, minor });
            assert_eq!(Version::find(text), expected, "{text}");
        }
    }

    #[test]
    fn versions_compare_as_numbers() {
        let version = |text| Version::find(text);
        assert!(version("1.100.0") > version("1.89.0"));
        assert!(version("1.88.9") < version("1.89.0"));
        assert!(version("2.0.0") > version("1.89.0"));
    }
}
