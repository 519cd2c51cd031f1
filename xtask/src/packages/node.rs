//! The Node package: its tools, and its native module from the build that is there.

use super::Build;
use crate::process;
use crate::trouble::Result;
use crate::workspace::Workspace;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// Where the package is.
pub(crate) struct Node {
    pub(crate) folder: PathBuf,
    /// What was built: the native module as a library, and the command.
    pub(crate) built: PathBuf,
    /// Where `.ci/run` puts other versions of Node, one a folder.
    pub(crate) others: PathBuf,
}

impl Node {
    pub(crate) fn of(workspace: &Workspace, build: Build) -> Self {
        Node {
            folder: workspace.root.join("bindings-node"),
            built: workspace.target.join(build.folder()),
            others: workspace.target.join("nodes"),
        }
    }

    /// What other programs need to find the package.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![("FISKAL_NODE_PACKAGE", self.folder.clone().into())]
    }

    /// Installs the tools of the lock file, and puts the native module beside the package's files.
    pub(crate) fn install(&self) -> Result<bool> {
        let mut tools = self.run("npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        let mut module = self.run("node", &["scripts/native.mjs", "--library"]);
        module.arg(self.built.join("libfiskal_node.so"));
        Ok(process::show(&mut tools)? && process::show(&mut module)?)
    }

    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = process::foreign(program);
        command.args(arguments).current_dir(&self.folder).env("FISKAL_CLI", self.built.join("fiskal"));
        command
    }
}
