//! The Node package: its tests, its types, and one sale on every version of Node that this machine has.

use super::{check, count, missing};
use crate::packages::node::Node;
use crate::tally::Tally;
use crate::trouble::Result;
use crate::{out, process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The versions that one native module serves.
const VERSIONS: [&str; 4] = ["18", "20", "22", "24"];

/// The package's tests, its types, and one sale on each version of Node.
pub(super) fn test(node: &Node, failures: &mut Vec<String>) -> Result<Tally> {
    out::head("node: tests");
    let mut tests = node.run("node", &["--test", "--test-reporter=tap"]);
    let mut tally = count(tests.args(test_files(node)), failures)?;
    tally += check("node: types", &mut node.run("npm", &["run", "--silent", "types"]))?;
    for version in VERSIONS {
        tally += smoke(node, version)?;
    }
    Ok(tally)
}

/// The tests by name: not every version of Node takes a folder.
fn test_files(node: &Node) -> Vec<PathBuf> {
    let entries = fs::read_dir(node.folder.join("test")).into_iter().flatten().flatten();
    let is_test =
        |path: &PathBuf| path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(".test"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_test).collect();
    files.sort();
    files
}

/// Sells once on a version of Node.
fn smoke(package: &Node, version: &str) -> Result<Tally> {
    let title = format!("node: the package on Node {version}");
    let Some(node) = interpreter(package, version) else {
        out::head(&title);
        return Ok(missing(&format!("Node {version}")));
    };
    let mut smoke = Command::new(node);
    smoke.arg("test/smoke.cjs").current_dir(&package.folder).env("FISKAL_CLI", package.built.join("fiskal"));
    check(&title, &mut smoke)
}

fn interpreter(package: &Node, version: &str) -> Option<PathBuf> {
    let packages = folders(&package.others).into_iter().flat_map(|folder| folders(&folder));
    let kept = packages.map(|package| package.join("bin/node")).filter(|node| node.exists());
    kept.chain([PathBuf::from("node")]).find(|node| major(node).as_deref() == Some(version))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// `22` of a Node that says `v22.20.0`.
fn major(node: &Path) -> Option<String> {
    let answer = process::ask(Command::new(node).arg("--version")).ok()?;
    Some(answer.trim().strip_prefix('v')?.split('.').next()?.to_owned())
}
