//! The Python package: its wheel in a virtual environment below `target/`, its tests, its types, and
//! the wheel on every Python that this machine has.

use super::{check, count, each_in_turn, missing};
use crate::tally::Tally;
use crate::trouble::{Result, Trouble};
use crate::workspace::Workspace;
use crate::{out, process};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The versions that one wheel serves.
const VERSIONS: [&str; 6] = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];

/// Where the package is, and where it is installed.
pub(super) struct Python {
    folder: PathBuf,
    venv: PathBuf,
    wheels: PathBuf,
    command: PathBuf,
}

impl Python {
    pub(super) fn of(workspace: &Workspace) -> Self {
        Python {
            folder: workspace.root.join("bindings-python"),
            venv: workspace.target.join("venv"),
            wheels: workspace.target.join("wheels"),
            command: workspace.target.join("debug/fiskal"),
        }
    }

    /// What tests of other languages need to find the package.
    pub(super) fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![("FISKAL_PYTHON", self.tool("python").into())]
    }

    /// Makes the virtual environment with the tools of the lock file, and installs the wheel in it.
    pub(super) fn install(&self) -> Result<Tally> {
        Ok(Tally::default().ended(self.install_tools()? && self.install_wheel()?))
    }

    /// The package's tests, the stubs and types, and one sale on each version of Python.
    pub(super) fn test(&self) -> Result<Tally> {
        let mut pytest = self.run("python", &["-m", "pytest"]);
        out::head("python: pytest");
        let mut tally = count(&mut pytest)?;
        tally += check("python: mypy", &mut self.run("python", &["-m", "mypy"]))?;
        let stubtest = ["-m", "mypy.stubtest", "fiskal._native"];
        tally += check("python: stubtest", &mut self.run("python", &stubtest))?;
        for version in VERSIONS {
            tally += self.smoke(version)?;
        }
        Ok(tally)
    }

    fn install_tools(&self) -> Result<bool> {
        let lock = self.folder.join("requirements-dev.txt");
        let wanted = read(&lock)?;
        let installed = self.venv.join("requirements-dev.txt");
        if fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
            return Ok(true);
        }
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&self.venv);
        let mut pip = Command::new(self.tool("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&lock);
        let done = each_in_turn([venv, pip])?;
        if done {
            write(&installed, &wanted)?;
        }
        Ok(done)
    }

    /// The wheel is made by the package's own build backend, from the build that is there already.
    fn install_wheel(&self) -> Result<bool> {
        if self.wheels.exists() {
            fs::remove_dir_all(&self.wheels)
                .map_err(|source| Trouble::Write { path: self.wheels.clone(), source })?;
        }
        let mut build = self.run("maturin", &["build", "--quiet", "--locked", "--profile", "dev", "--out"]);
        build.arg(&self.wheels);
        if !process::show(&mut build)? {
            return Ok(false);
        }
        let mut pip = Command::new(self.tool("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
        pip.args(["--no-index", "--force-reinstall"]).arg(self.wheel()?);
        process::show(&mut pip)
    }

    /// Sells once with the wheel alone on a version of Python.
    fn smoke(&self, version: &str) -> Result<Tally> {
        let title = format!("python: the wheel on Python {version}");
        let Some(python) = interpreter(version) else {
            out::head(&title);
            return Ok(missing(&format!("Python {version}")));
        };
        let site = self.wheels.join(version);
        let mut unpack = Command::new(&python);
        unpack.args(["-m", "zipfile", "-e"]).arg(self.wheel()?).arg(&site);
        if !process::show(&mut unpack)? {
            return Ok(Tally::of(false));
        }
        let mut smoke = Command::new(&python);
        smoke.arg(self.folder.join("tests/smoke.py")).env("PYTHONPATH", &site);
        smoke.env("FISKAL_CLI", &self.command);
        check(&title, &mut smoke)
    }

    fn wheel(&self) -> Result<PathBuf> {
        let wheels = fs::read_dir(&self.wheels)
            .map_err(|source| Trouble::File { path: self.wheels.clone(), source })?;
        let found = wheels
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|end| end == "whl"));
        found.ok_or_else(|| Trouble::Content {
            path: self.wheels.clone(),
            message: "there is no wheel".into(),
        })
    }

    /// A tool of the virtual environment, in the package's folder.
    fn run(&self, tool: &str, arguments: &[&str]) -> Command {
        let mut command = process::foreign(self.tool(tool));
        command.args(arguments).current_dir(&self.folder).env("FISKAL_CLI", &self.command);
        command
    }

    fn tool(&self, name: &str) -> PathBuf {
        self.venv.join("bin").join(name)
    }
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

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| Trouble::File { path: path.to_owned(), source })
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|source| Trouble::Write { path: path.to_owned(), source })
}
