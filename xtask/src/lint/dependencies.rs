//! No dependency is there that a reader cannot explain: each one is declared once, used, and has
//! its reason in `docs/dependencies.md`.

use super::Findings;
use super::sources::Source;
use crate::trouble::{Result, Trouble};
use crate::workspace::{Dependency, Package, Workspace};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const TABLE: &str = "docs/dependencies.md";

#[derive(Deserialize)]
struct Manifest {
    workspace: Shared,
}

/// What the root manifest offers to the members.
#[derive(Deserialize)]
struct Shared {
    dependencies: BTreeMap<String, toml::Value>,
}

/// Compares manifests, code and table.
pub(super) fn check(workspace: &Workspace, sources: &[Source]) -> Result<Findings> {
    let mut findings = unused(workspace, sources);
    let declared: BTreeSet<String> = workspace
        .members()
        .flat_map(|member| &member.dependencies)
        .filter(|dependency| dependency.path.is_none())
        .map(|dependency| dependency.name.clone())
        .collect();
    let offered = offered(&workspace.root.join("Cargo.toml"))?;
    for name in offered.difference(&declared) {
        findings.push(format!("Cargo.toml: no member uses {name} of the workspace's dependencies."));
    }
    let table = sources.iter().find(|source| source.path == TABLE);
    findings.extend(compare(&declared, table.map_or("", |table| &table.text)));
    Ok(findings)
}

/// Dependencies that their member's code never names.
fn unused(workspace: &Workspace, sources: &[Source]) -> Findings {
    let mut findings = Findings::new();
    for member in workspace.members() {
        let code = code(workspace, member, sources);
        for dependency in &member.dependencies {
            if !code
                .iter()
                .any(|(place, text)| place.fits(dependency) && names(text, &identifier(dependency)))
            {
                findings.push(format!("{}: the code does not use {}.", member.name, dependency.name));
            }
        }
    }
    findings
}

/// Which dependencies a file can use.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Source,
    Tests,
    BuildScript,
}

impl Place {
    /// A development dependency may serve the tests inside `src`, too.
    fn fits(self, dependency: &Dependency) -> bool {
        match dependency.kind.as_deref() {
            Some("build") => self == Place::BuildScript,
            Some(_) => self != Place::BuildScript,
            None => self == Place::Source,
        }
    }
}

fn code<'a>(workspace: &Workspace, member: &Package, sources: &'a [Source]) -> Vec<(Place, &'a str)> {
    let folder = member.folder().strip_prefix(&workspace.root).unwrap_or(member.folder());
    let prefix = format!("{}/", folder.to_string_lossy());
    let inside = sources.iter().filter(|source| source.is_rust());
    inside
        .filter_map(|source| {
            let place = match source.path.strip_prefix(&prefix)? {
                "build.rs" => Place::BuildScript,
                path if path.starts_with("src/") => Place::Source,
                _ => Place::Tests,
            };
            Some((place, source.text.as_str()))
        })
        .collect()
}

/// The name under which code uses a crate.
fn identifier(dependency: &Dependency) -> String {
    dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_")
}

/// Whether code uses the crate: `name::…`, `use name;`, `extern crate name`.
fn names(text: &str, name: &str) -> bool {
    let code = text.lines().filter_map(|line| line.split("//").next());
    code.into_iter().any(|line| {
        line.match_indices(name).any(|(at, _)| {
            let before = line.get(..at).unwrap_or_default();
            let after = line.get(at + name.len()..).unwrap_or_default();
            let starts = !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
            starts
                && (after.starts_with("::") || (after.starts_with(';') && before.trim_end().ends_with("use")))
        })
    })
}

fn offered(path: &Path) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(path).map_err(|source| Trouble::File { path: path.to_owned(), source })?;
    let manifest: Manifest = toml::from_str(&text)
        .map_err(|error| Trouble::Content { path: path.to_owned(), message: error.message().to_owned() })?;
    let foreign = |value: &toml::Value| value.get("path").is_none();
    let dependencies = manifest.workspace.dependencies.into_iter();
    Ok(dependencies.filter(|(_, value)| foreign(value)).map(|(name, _)| name).collect())
}

/// Compares what is declared with the table's rows: `` | `crate` | why | ``.
fn compare(declared: &BTreeSet<String>, table: &str) -> Findings {
    let rows: BTreeMap<&str, &str> = table.lines().filter_map(row).collect();
    let missing = declared.iter().filter(|name| rows.get(name.as_str()).is_none_or(|why| why.is_empty()));
    let mut findings: Findings = missing.map(|name| format!("{TABLE} gives no reason for {name}.")).collect();
    let stale = rows.keys().filter(|name| !declared.contains(**name));
    findings.extend(stale.map(|name| format!("{TABLE} explains {name}, which nothing depends on.")));
    findings
}

fn row(line: &str) -> Option<(&str, &str)> {
    let (name, why) = line.trim().strip_prefix("| `")?.strip_suffix('|')?.split_once("` |")?;
    Some((name, why.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_of_a_crate_is_told_from_a_mention() {
        let cases = [
            ("use toml::Value;", true),
            ("    let value = toml::from_str(text)?;", true),
            ("use toml;", true),
            ("pub use toml;", true),
            ("// toml::from_str would do", false),
            ("let my_toml::x = 1;", false),
            ("let toml = 1;", false),
            ("\"fiskal.toml\"", false),
        ];
        for (line, expected) in cases {
            assert_eq!(names(line, "toml"), expected, "{line}");
        }
    }

    #[test]
    fn the_table_and_the_manifests_say_the_same() {
        let declared = ["serde".to_owned(), "uuid".to_owned()].into();
        let table = |rows: &str| format!("| crate | why |\n|---|---|\n{rows}");
        let cases = [
            ("| `serde` | JSON |\n| `uuid` | ids |", 0),
            ("| `serde` | JSON |", 1),
            ("| `serde` | JSON |\n| `uuid` |  |", 1),
            ("| `serde` | JSON |\n| `uuid` | ids |\n| `rand` | chance |", 1),
            ("", 2),
        ];
        for (rows, expected) in cases {
            assert_eq!(compare(&declared, &table(rows)).len(), expected, "{rows}");
        }
    }
}
