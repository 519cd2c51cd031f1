//! `cargo xtask codegen`: one definition, many faces. The operations registry describes itself
//! (`fiskal call describe`), and what each language and the reference say of it is written from that.

mod c;
mod families;
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
    path: String,
    text: String,
}

/// Folders in which every file is made.
const FOLDERS: [&str; 4] = [
    "bindings-python/python/fiskal/types",
    "bindings-python/python/fiskal/_operations",
    "bindings-python/python/fiskal/_async_operations",
    "bindings-node/families",
];

/// Writes all files, or, to check, says which of them differ. Whether all are as they should be.
pub(crate) fn run(check: bool) -> Result<bool> {
    let root = Workspace::load()?.root;
    if check {
        return Ok(told(&findings(&root)?));
    }
    let registry = registry()?;
    let files = from_registry(&registry);
    write_all(&root, &files)?;
    left_over(&root, &files).iter().try_for_each(|path| remove(&root.join(path)))?;
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
    let sentence = |path: &String| format!("{path} is no longer made: run `cargo xtask codegen`.");
    let left_over = left_over(root, &files).iter().map(sentence).collect::<Vec<_>>();
    Ok(differing(root, &files).into_iter().chain(left_over).collect())
}

/// Says what was found; whether that was nothing.
fn told(findings: &[String]) -> bool {
    findings.iter().for_each(|finding| out::line(finding));
    findings.is_empty()
}

fn from_registry(registry: &Registry) -> Vec<Generated> {
    let mut files = vec![
        generated("ffi-c/src/kinds.rs", c::kinds(registry)),
        generated("bindings-python/python/fiskal/_decimals.py", python::decimals(registry)),
        generated("bindings-python/python/fiskal/_receipt_fields.py", python::receipt_fields(registry)),
        generated("bindings-python/python/fiskal/_kinds.py", python::kinds(registry)),
        generated("bindings-node/operations.d.ts", typescript::operations(registry)),
        generated("bindings-node/operations.js", typescript::table(registry)),
        generated("docs/operations.md", markdown::operations(registry)),
        generated("docs/errors.md", markdown::errors(registry)),
    ];
    files.extend(typescript::types(registry));
    files.extend(python::types(registry));
    files.extend(python::operations(registry));
    files
}

fn generated(path: impl Into<String>, text: String) -> Generated {
    Generated { path: path.into(), text }
}

/// Made of the sources of `ffi-c`, of which the registry makes one.
fn header_file(root: &Path, registry: &Registry) -> Result<Generated> {
    Ok(generated("include/fiskal.h", c::header(root, registry)?))
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
        |file: &&Generated| fs::read_to_string(root.join(&file.path)).ok().as_ref() != Some(&file.text);
    let sentence =
        |file: &Generated| format!("{} is not as it would be made: run `cargo xtask codegen`.", file.path);
    files.iter().filter(differs).map(sentence).collect()
}

fn write_all(root: &Path, files: &[Generated]) -> Result<()> {
    files.iter().try_for_each(|file| write(&root.join(&file.path), &file.text))
}

/// Writes a file that differs; one that does not keeps its time, so that nothing is built anew for it.
fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    let unwritable = |source| Trouble::Write { path: path.to_owned(), source };
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(unwritable)?;
    fs::write(path, text).map_err(unwritable)
}

/// What lies in the folders of made files and is not made, as after a family has got another name.
fn left_over(root: &Path, files: &[Generated]) -> Vec<String> {
    let inside = |folder: &&str| {
        let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        let entries = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        entries.map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy())).collect::<Vec<_>>()
    };
    let found = FOLDERS.iter().flat_map(inside);
    found.filter(|path| files.iter().all(|file| file.path != *path)).collect()
}

fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|source| Trouble::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_and_a_missing_file_are_noticed() {
        let folder = std::env::temp_dir().join(format!("fiskal-codegen-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let files = [
            generated("same.py", "one\n".into()),
            generated("changed.py", "one\n".into()),
            generated("missing.py", "one\n".into()),
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

    #[test]
    fn a_file_that_is_no_longer_made_is_noticed() {
        let root = std::env::temp_dir().join(format!("fiskal-codegen-left-{}", std::process::id()));
        let made = generated(format!("{}/made.py", FOLDERS[0]), "one\n".into());
        let former = generated(format!("{}/former.py", FOLDERS[0]), "one\n".into());
        let by_hand = generated("bindings-python/python/fiskal/_sale.py", "one\n".into());
        write_all(&root, &[made, former, by_hand]).unwrap();
        let made = [generated(format!("{}/made.py", FOLDERS[0]), "one\n".into())];
        let found = left_over(&root, &made);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, [format!("{}/former.py", FOLDERS[0])]);
    }
}
