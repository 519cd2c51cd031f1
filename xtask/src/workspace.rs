//! The workspace as `cargo metadata` tells it.

use crate::process;
use crate::trouble::{Result, Trouble};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The workspace: its members, and every package of the dependency graph.
#[derive(Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
    workspace_members: Vec<String>,
    resolve: Resolve,
}

/// A package: a member of the workspace, or a crate from the registry.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression, or in old crates two names with a slash between.
    pub(crate) license: Option<String>,
    /// None for what lies in this repository.
    pub(crate) source: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    manifest_path: PathBuf,
}

/// A dependency as a manifest declares it.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) rename: Option<String>,
    /// None for a normal dependency, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// Where it lies, for a crate of this repository.
    pub(crate) path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

impl Workspace {
    /// Asks cargo, which downloads what the lock file names and is not there yet.
    pub(crate) fn load() -> Result<Workspace> {
        let answer = process::ask(&mut process::cargo(&["metadata", "--format-version", "1", "--locked"]))?;
        serde_json::from_str(&answer)
            .map_err(|error| Trouble::Answer { command: "cargo metadata".into(), message: error.to_string() })
    }

    /// The crates of this repository, in the order of the root manifest.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.workspace_members.iter().filter_map(|id| self.package(id))
    }

    /// What a package depends on, directly or not, development dependencies of members included.
    pub(crate) fn closure<'a>(&'a self, package: &'a Package) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![package.id.as_str()];
        while let Some(id) = waiting.pop() {
            let nodes = self.resolve.nodes.iter().filter(|node| node.id == id);
            for next in nodes.flat_map(|node| &node.dependencies) {
                if found.insert(next.as_str()) {
                    waiting.push(next);
                }
            }
        }
        found.into_iter().filter_map(|id| self.package(id)).map(|package| package.name.as_str()).collect()
    }

    fn package(&self, id: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.id == id)
    }
}

impl Package {
    /// The folder of its manifest.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    /// The folder's name: what people call a member (`core`, not `fiskal`).
    pub(crate) fn nickname(&self) -> String {
        self.folder()
            .file_name()
            .map_or_else(|| self.name.clone(), |name| name.to_string_lossy().into_owned())
    }
}
