//! `cargo xtask bench`: the figures of docs/benchmarks.md, from one run in release.

use crate::packages::Build;
use crate::packages::node::Node;
use crate::packages::python::Python;
use crate::trouble::{Result, Trouble};
use crate::workspace::Workspace;
use crate::{process, tools};
use std::fs;
use std::path::{Path, PathBuf};

/// Builds the faces and the measurements of `benches/`, and runs them. Whether they ran.
pub(crate) fn run() -> Result<bool> {
    tools::check_all()?;
    let workspace = Workspace::load()?;
    if !process::show(&mut process::cargo(&["build", "--locked", "--release", "--workspace"]))? {
        return Ok(false);
    }
    let python = Python::of(&workspace, Build::Benches);
    let node = Node::of(&workspace, Build::Benches);
    if !(python.install()? && node.install()?) {
        return Ok(false);
    }
    let libraries = libraries(&workspace.target)?;
    let mut benches = process::cargo(&["run", "--locked", "--release", "--package", "fiskal-benches"]);
    benches.envs([python.environment(), node.environment()].concat());
    process::show(benches.env("FISKAL_LIBRARIES", libraries))
}

/// A folder with the library under the names that the linker and the loader look for.
fn libraries(target: &Path) -> Result<PathBuf> {
    let folder = target.join("libraries");
    let built = target.join(Build::Benches.folder()).join("libfiskal.so");
    let trouble = |source| Trouble::Write { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(trouble)?;
    for name in ["libfiskal.so", "libfiskal.so.0"] {
        fs::copy(&built, folder.join(name)).map_err(trouble)?;
    }
    Ok(folder)
}
