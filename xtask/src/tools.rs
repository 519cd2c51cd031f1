//! What a task needs on the machine, checked before it starts.

use crate::process;
use crate::trouble::{Result, Trouble};
use std::ffi::OsString;
use std::process::Command;

/// The oldest Rust that builds the workspace.
const OLDEST_RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// The oldest Python for which the tools of the tests are made, and the oldest Node that is supported.
const OLDEST_PYTHON: &str = "3.10";
const OLDEST_NODE: &str = "18.0";

/// Checks that the workspace can be built here.
///
/// # Errors
/// `Missing` names, in one sentence, what is not there and how it is installed.
pub(crate) fn check() -> Result<()> {
    check_rust("cargo", process::cargo(&["--version"]))?;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    check_rust("rustc", version_of(rustc))?;
    check_compiler("CC", "cc", "a C compiler is needed for the bundled SQLite", "gcc libc6-dev")
}

/// Checks that every language's tests can be run here.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_all() -> Result<()> {
    check()?;
    check_compiler("CXX", "c++", "a C++ compiler is needed for the tests of the C++ interface", "g++")?;
    check_version("python3", OLDEST_PYTHON, "python3-venv")?;
    let mut venv = Command::new("python3");
    if process::ask(venv.args(["-c", "import venv, ensurepip"])).is_err() {
        return Err(missing(
            "Python's venv module is needed and is not there: apt-get install -y python3-venv".into(),
        ));
    }
    check_version("node", OLDEST_NODE, "nodejs")?;
    check_version("npm", "0.0", "npm")
}

fn check_version(program: &str, oldest: &str, package: &str) -> Result<()> {
    let remedy = format!("apt-get install -y {package}");
    let Ok(answer) = process::ask(&mut version_of(program.into())) else {
        return Err(missing(format!("{program} {oldest} or later is needed and none was found: {remedy}")));
    };
    if Version::find(&answer) >= Version::find(oldest) {
        return Ok(());
    }
    Err(missing(format!("{program} {oldest} or later is needed and {} was found", answer.trim())))
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

fn check_compiler(variable: &str, usual: &str, why: &str, packages: &str) -> Result<()> {
    let compiler = std::env::var_os(variable).filter(|name| !name.is_empty()).unwrap_or_else(|| usual.into());
    if process::ask(&mut version_of(compiler.clone())).is_ok() {
        return Ok(());
    }
    let compiler = compiler.to_string_lossy();
    Err(missing(format!("{why} and `{compiler}` does not run: apt-get install -y {packages}")))
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
            let mut numbers = word.trim_start_matches('v').split(['.', '-', '+']);
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
            ("v20.20.2", Some((20, 20))),
            ("Python 3.11.7", Some((3, 11))),
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
