//! The Node package: its native module from the build that is there, its tests, its types, and one sale
//! on every version of Node that this machine has.

use super::{check, count, missing};
use crate::tally::Tally;
use crate::trouble::Result;
use crate::workspace::Workspace;
use crate::{out, process};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The versions that one native module serves.
const VERSIONS: [&str; 4] = ["18", "20", "22", "24"];

/// Where the package is.
pub(super) struct Node {
    folder: PathBuf,
    /// What was built: the native module as a library, and the command.
    built: PathBuf,
    /// Where `.ci/run` puts other versions of Node, one a folder.
    others: PathBuf,
}

impl Node {
    pub(super) fn of(workspace: &Workspace) -> Self {
        Node {
            folder: workspace.root.join("bindings-node"),
            built: workspace.target.join("debug"),
            others: workspace.target.join("nodes"),
        }
    }

    /// What tests of other languages need to find the package.
    pub(super) fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![("FISKAL_NODE_PACKAGE", self.folder.clone().into())]
    }

    /// Installs the tools of the lock file, and puts the native module beside the package's files.
    pub(super) fn install(&self) -> Result<Tally> {
        let mut tools = self.run("npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        let mut module = self.run("node", &["scripts/native.mjs", "--library"]);
        module.arg(self.built.join("libfiskal_node.so"));
        Ok(Tally::default().ended(process::show(&mut tools)? && process::show(&mut module)?))
    }

    /// The package's tests, its types, and one sale on each version of Node.
    pub(super) fn test(&self) -> Result<Tally> {
        out::head("node: tests");
        let mut tally = count(&mut self.run("node", &["--test", "--test-reporter=tap", "test/"]))?;
        tally += check("node: types", &mut self.run("npm", &["run", "--silent", "types"]))?;
        for version in VERSIONS {
            tally += self.smoke(version)?;
        }
        Ok(tally)
    }

    /// Sells once on a version of Node.
    fn smoke(&self, version: &str) -> Result<Tally> {
        let title = format!("node: the package on Node {version}");
        let Some(node) = self.interpreter(version) else {
            out::head(&title);
            return Ok(missing(&format!("Node {version}")));
        };
        let mut smoke = Command::new(node);
        smoke.arg("test/smoke.cjs").current_dir(&self.folder).env("FISKAL_CLI", self.built.join("fiskal"));
        check(&title, &mut smoke)
    }

    fn interpreter(&self, version: &str) -> Option<PathBuf> {
        let packages = folders(&self.others).into_iter().flat_map(|folder| folders(&folder));
        let kept = packages.map(|package| package.join("bin/node")).filter(|node| node.exists());
        kept.chain([PathBuf::from("node")]).find(|node| major(node).as_deref() == Some(version))
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = process::foreign(program);
        command.args(arguments).current_dir(&self.folder).env("FISKAL_CLI", self.built.join("fiskal"));
        command
    }
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
