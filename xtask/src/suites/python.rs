//! The Python package: its tests, its types, and the wheel on every Python that this machine has.

use super::{check, count, missing};
use crate::packages::python::Python;
use crate::tally::Tally;
use crate::trouble::Result;
use crate::{out, process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The versions that one wheel serves.
const VERSIONS: [&str; 6] = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];

/// The package's tests, the stubs and types, and one sale on each version of Python.
pub(super) fn test(python: &Python, failures: &mut Vec<String>) -> Result<Tally> {
    let mut pytest = python.run("python", &["-m", "pytest"]);
    out::head("python: pytest");
    let mut tally = count(&mut pytest, failures)?;
    tally += check("python: mypy", &mut python.run("python", &["-m", "mypy"]))?;
    let stubtest = ["-m", "mypy.stubtest", "fiskal._native"];
    tally += check("python: stubtest", &mut python.run("python", &stubtest))?;
    for version in VERSIONS {
        tally += smoke(python, version)?;
    }
    Ok(tally)
}

/// Sells once with the wheel alone on a version of Python.
fn smoke(package: &Python, version: &str) -> Result<Tally> {
    let title = format!("python: the wheel on Python {version}");
    let Some(python) = interpreter(version) else {
        out::head(&title);
        return Ok(missing(&format!("Python {version}")));
    };
    let site = package.wheels.join(version);
    let mut unpack = Command::new(&python);
    unpack.args(["-m", "zipfile", "-e"]).arg(package.wheel()?).arg(&site);
    if !process::show(&mut unpack)? {
        return Ok(Tally::of(false));
    }
    let mut smoke = Command::new(&python);
    smoke.arg(package.folder.join("tests/smoke.py")).env("PYTHONPATH", &site);
    smoke.env("FISKAL_CLI", &package.command);
    check(&title, &mut smoke)
}

/// The interpreter of a version: on the path, or where pyenv keeps it.
fn interpreter(version: &str) -> Option<PathBuf> {
    let name = format!("python{version}");
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let pyenv = pyenv.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".pyenv")))?;
    let kept = fs::read_dir(pyenv.join("versions")).into_iter().flatten().flatten();
    let kept = kept.map(|entry| entry.path().join("bin").join(&name));
    kept.chain([PathBuf::from(&name)]).find(|python| answers(python))
}

fn answers(python: &Path) -> bool {
    let named_or_there = python.components().count() == 1 || python.exists();
    named_or_there && process::ask(Command::new(python).arg("--version")).is_ok()
}
