//! One version for all packages: that of the workspace.

use super::Findings;
use crate::trouble::{Result, Trouble};
use crate::workspace::Workspace;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The crate whose version is the project's.
const CORE: &str = "fiskal";
const NODE: &str = "bindings-node/package.json";
const NODE_LOCK: &str = "bindings-node/package-lock.json";
const PYTHON: &str = "bindings-python/pyproject.toml";
const HEADER: &str = "include/fiskal.h";

/// Compares the members, the packages of Python and Node, and the C header.
pub(super) fn check(workspace: &Workspace) -> Result<Findings> {
    let members = || workspace.members();
    let Some(core) = members().find(|member| member.name == CORE) else {
        return Ok(vec![format!("{CORE} is not a member: nothing says which version this is.")]);
    };
    let version = core.version.as_str();
    let other = members().filter(|member| member.version != version);
    let mut findings: Findings =
        other.map(|member| differs(&member.name, &member.version, version)).collect();
    findings.extend(node(&read(&workspace.root, NODE)?, NODE, &["/version"], version)?);
    let places = ["/version", "/packages//version"];
    findings.extend(node(&read(&workspace.root, NODE_LOCK)?, NODE_LOCK, &places, version)?);
    findings.extend(python(&read(&workspace.root, PYTHON)?)?);
    findings.extend(header(&read(&workspace.root, HEADER)?, version));
    Ok(findings)
}

/// The versions at these places of a JSON file.
fn node(text: &str, path: &str, places: &[&str], version: &str) -> Result<Findings> {
    let file: Value = serde_json::from_str(text).map_err(|error| content(path, &error.to_string()))?;
    let found =
        places.iter().map(|place| file.pointer(place).and_then(Value::as_str).unwrap_or("no version"));
    Ok(found.filter(|found| *found != version).map(|found| differs(path, found, version)).collect())
}

/// Python's package has no version of its own: maturin takes the crate's.
fn python(text: &str) -> Result<Findings> {
    let file: toml::Table = toml::from_str(text).map_err(|error| content(PYTHON, error.message()))?;
    let project = file.get("project");
    let dynamic = project.and_then(|project| project.get("dynamic")).and_then(toml::Value::as_array);
    let is_dynamic = dynamic.is_some_and(|keys| keys.iter().any(|key| key.as_str() == Some("version")));
    let has_own = project.is_some_and(|project| project.get("version").is_some());
    let finding = format!("{PYTHON}: the version must be dynamic, so that it is that of the crate.");
    Ok(if is_dynamic && !has_own { Findings::new() } else { vec![finding] })
}

/// The header says it in one text and in three numbers.
fn header(text: &str, version: &str) -> Findings {
    let number = |name: &str| define(text, name).unwrap_or("none");
    let numbers =
        ["FISKAL_VERSION_MAJOR", "FISKAL_VERSION_MINOR", "FISKAL_VERSION_PATCH"].map(number).join(".");
    let whole = define(text, "FISKAL_VERSION").unwrap_or("none").trim_matches('"');
    let release = version.split(['-', '+']).next().unwrap_or_default();
    let mut findings = Findings::new();
    if whole != version {
        findings.push(differs(&format!("{HEADER}, FISKAL_VERSION"), whole, version));
    }
    if numbers != release {
        findings.push(differs(&format!("{HEADER}, FISKAL_VERSION_MAJOR to PATCH"), &numbers, release));
    }
    findings
}

/// What a name is defined as.
fn define<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix("#define ")?.strip_prefix(name)?.strip_prefix(' '))
}

fn differs(place: &str, found: &str, version: &str) -> String {
    format!("{place}: {found}, and the workspace has {version}.")
}

fn read(root: &Path, path: &str) -> Result<String> {
    let path = root.join(path);
    fs::read_to_string(&path).map_err(|source| Trouble::File { path, source })
}

fn content(path: &str, message: &str) -> Trouble {
    Trouble::Content { path: path.into(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_another_version_is_found() {
        let text = |major: u32, minor: u32, patch: u32, whole: &str| {
            format!(
                "#define FISKAL_VERSION_MAJOR {major}\n#define FISKAL_VERSION_MINOR {minor}\n\
                 #define FISKAL_VERSION_PATCH {patch}\n#define FISKAL_VERSION \"{whole}\"\n"
            )
        };
        let cases = [
            (text(1, 2, 3, "1.2.3"), "1.2.3", 0),
            (text(1, 2, 3, "1.2.3-rc.1"), "1.2.3-rc.1", 0),
            (text(1, 2, 2, "1.2.3"), "1.2.3", 1),
            (text(1, 2, 3, "1.2.2"), "1.2.3", 1),
            (text(1, 2, 3, "1.2.3"), "1.3.0", 2),
            (String::new(), "1.2.3", 2),
        ];
        for (text, version, expected) in cases {
            assert_eq!(header(&text, version).len(), expected, "{version}: {text}");
        }
    }

    #[test]
    fn a_package_of_another_version_is_found() {
        let lock = r#"{"version": "0.1.0", "packages": {"": {"version": "0.1.0"}}}"#;
        let places = ["/version", "/packages//version"];
        assert!(node(lock, NODE_LOCK, &places, "0.1.0").unwrap().is_empty());
        assert_eq!(node(lock, NODE_LOCK, &places, "0.2.0").unwrap().len(), 2);
        assert_eq!(node("{}", NODE, &["/version"], "0.1.0").unwrap().len(), 1);
        assert!(node("{", NODE, &["/version"], "0.1.0").is_err());
    }

    #[test]
    fn pythons_version_is_that_of_the_crate() {
        let cases = [
            ("[project]\ndynamic = [\"version\"]", 0),
            ("[project]\nversion = \"0.1.0\"", 1),
            ("[project]\ndynamic = [\"version\"]\nversion = \"0.1.0\"", 1),
            ("[project]\ndynamic = [\"readme\"]", 1),
            ("", 1),
        ];
        for (text, expected) in cases {
            assert_eq!(python(text).unwrap().len(), expected, "{text}");
        }
    }
}
