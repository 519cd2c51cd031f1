//! `cargo xtask codegen`: one definition, many faces. The operations registry describes itself
//! (`fiskal call describe`), and what each language and the reference say of it is written from that.

mod c;
mod markdown;
mod naming;
mod python;
mod registry;
mod schema;
mod text;
mod typescript;

use crate::trouble::{Result, Trouble};
use crate::workspace::Workspace;
use crate::{out, process};
use registry::Registry;
use std::fs;
use std::path::Path;

/// How the registry is asked.
const DESCRIBE: &str = "fiskal call describe";

/// A file that is made, not written by hand.
struct Generated {
    /// From the root.
    path: &'static str,
    text: String,
}

/// Writes all files, or, to check, says which of them differ. Whether all are as they should be.
pub(crate) fn run(check: bool) -> Result<bool> {
    let root = Workspace::load()?.root;
    if check {
        return Ok(told(&findings(&root)?));
    }
    let registry = registry()?;
    write_all(&root, &from_registry(&registry))?;
    write_all(&root, &[header_file(&root, &registry)?])?;
    Ok(true)
}

/// The same for the C header alone.
pub(crate) fn header(check: bool) -> Result<bool> {
    let root = Workspace::load()?.root;
    let file = [header_file(&root, &registry()?)?];
    if check {
        return Ok(told(&differing(&root, &file)));
    }
    write_all(&root, &file)?;
    Ok(true)
}

/// One sentence for each file that is not as it would be made.
pub(crate) fn findings(root: &Path) -> Result<Vec<String>> {
    let registry = registry()?;
    let mut files = from_registry(&registry);
    files.push(header_file(root, &registry)?);
    Ok(differing(root, &files))
}

/// Says what was found; whether that was nothing.
fn told(findings: &[String]) -> bool {
    findings.iter().for_each(|finding| out::line(finding));
    findings.is_empty()
}

fn from_registry(registry: &Registry) -> Vec<Generated> {
    let file = |path, text| Generated { path, text };
    vec![
        file("ffi-c/src/kinds.rs", c::kinds(registry)),
        file("bindings-python/python/fiskal/types.py", python::types(registry)),
        file("bindings-python/python/fiskal/_operations.py", python::operations(registry)),
        file("bindings-python/python/fiskal/_decimals.py", python::decimals(registry)),
        file("bindings-python/python/fiskal/_receipt_fields.py", python::receipt_fields(registry)),
        file("bindings-python/python/fiskal/_kinds.py", python::kinds(registry)),
        file("bindings-node/types.d.ts", typescript::types(registry)),
        file("bindings-node/operations.d.ts", typescript::operations(registry)),
        file("bindings-node/operations.js", typescript::table(registry)),
        file("docs/operations.md", markdown::operations(registry)),
        file("docs/errors.md", markdown::errors(registry)),
    ]
}

/// Made of the sources of `ffi-c`, of which the registry makes one.
fn header_file(root: &Path, registry: &Registry) -> Result<Generated> {
    Ok(Generated { path: "include/fiskal.h", text: c::header(root, registry)? })
}

fn registry() -> Result<Registry> {
    let arguments = [
        "run",
        "--quiet",
        "--locked",
        "--package",
        "fiskal-cli",
        "--bin",
        "fiskal",
        "--",
        "call",
        "describe",
    ];
    let answer = process::ask(&mut process::cargo(&arguments))?;
    Registry::read(&answer).map_err(|message| Trouble::Answer { command: DESCRIBE.into(), message })
}

fn differing(root: &Path, files: &[Generated]) -> Vec<String> {
    let differs =
        |file: &&Generated| fs::read_to_string(root.join(file.path)).ok().as_ref() != Some(&file.text);
    let sentence =
        |file: &Generated| format!("{} is not as it would be made: run `cargo xtask codegen`.", file.path);
    files.iter().filter(differs).map(sentence).collect()
}

fn write_all(root: &Path, files: &[Generated]) -> Result<()> {
    files.iter().try_for_each(|file| write(&root.join(file.path), &file.text))
}

/// Writes a file that differs; one that does not keeps its time, so that nothing is built anew for it.
fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(|source| Trouble::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_and_a_missing_file_are_noticed() {
        let folder = std::env::temp_dir().join(format!("fiskal-codegen-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let files = [
            Generated { path: "same.py", text: "one\n".into() },
            Generated { path: "changed.py", text: "one\n".into() },
            Generated { path: "missing.py", text: "one\n".into() },
        ];
        fs::write(folder.join("same.py"), "one\n").unwrap();
        fs::write(folder.join("changed.py"), "one\r\n").unwrap();
        let before = differing(&folder, &files);
        write_all(&folder, &files).unwrap();
        let after = differing(&folder, &files);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(before.len(), 2, "{before:?}");
        assert!(before[0].starts_with("changed.py ") && before[1].starts_with("missing.py "), "{before:?}");
        assert!(before.iter().all(|finding| finding.contains("cargo xtask codegen")), "{before:?}");
        assert_eq!(after, Vec::<String>::new());
    }
}
