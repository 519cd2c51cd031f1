//! The Python package: its wheel in a virtual environment below `target/`.

use super::{Build, each_in_turn};
use crate::process;
use crate::trouble::{Result, Trouble};
use crate::workspace::Workspace;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the package is, and where it is installed.
pub(crate) struct Python {
    build: Build,
    pub(crate) folder: PathBuf,
    venv: PathBuf,
    pub(crate) wheels: PathBuf,
    pub(crate) command: PathBuf,
    /// The lock file of the tools.
    lock: PathBuf,
}

impl Python {
    pub(crate) fn of(workspace: &Workspace, build: Build) -> Self {
        let venv = match build {
            Build::Tests => "venv",
            Build::Benches => "venv-benches",
        };
        let folder = workspace.root.join("bindings-python");
        Python {
            build,
            lock: folder.join("requirements-dev.txt"),
            folder,
            venv: workspace.target.join(venv),
            wheels: workspace.target.join("wheels").join(build.folder()),
            command: workspace.target.join(build.folder()).join("fiskal"),
        }
    }

    /// What other programs need to find the package.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![("FISKAL_PYTHON", self.tool("python").into())]
    }

    /// Makes the virtual environment with the tools of the lock file, and installs the wheel in it.
    pub(crate) fn install(&self) -> Result<bool> {
        Ok(self.install_tools()? && self.install_wheel()?)
    }

    fn install_tools(&self) -> Result<bool> {
        let wanted = read(&self.lock)?;
        let installed = self.venv.join("requirements.txt");
        if fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
            return Ok(true);
        }
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&self.venv);
        let mut pip = Command::new(self.tool("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&self.lock);
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
        let mut build = self
            .run("maturin", &["build", "--quiet", "--locked", "--profile", self.build.profile(), "--out"]);
        build.arg(&self.wheels);
        if !process::show(&mut build)? {
            return Ok(false);
        }
        let mut pip = Command::new(self.tool("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
        pip.args(["--no-index", "--force-reinstall"]).arg(self.wheel()?);
        process::show(&mut pip)
    }

    pub(crate) fn wheel(&self) -> Result<PathBuf> {
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
    pub(crate) fn run(&self, tool: &str, arguments: &[&str]) -> Command {
        let mut command = process::foreign(self.tool(tool));
        command.args(arguments).current_dir(&self.folder).env("FISKAL_CLI", &self.command);
        command
    }

    fn tool(&self, name: &str) -> PathBuf {
        self.venv.join("bin").join(name)
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| Trouble::File { path: path.to_owned(), source })
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|source| Trouble::Write { path: path.to_owned(), source })
}
