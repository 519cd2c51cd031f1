//! The project's own text files, read once for all checks.

use crate::trouble::{Result, Trouble};
use std::fs;
use std::path::Path;

/// What we write by hand. Data (schemas, cases, recorded receipts) is judged by the tests.
const EXTENSIONS: [&str; 16] =
    ["rs", "toml", "md", "sh", "py", "pyi", "js", "cjs", "mjs", "ts", "mts", "c", "h", "cpp", "hpp", "css"];
/// Written by hand, without an extension.
const NAMES: [&str; 1] = ["run"];
/// Lines within which a generated file says that it is one.
const PREAMBLE: usize = 80;
/// How it says so.
const GENERATORS: [&str; 2] = ["enerated by `cargo xtask codegen`", "made by `cargo xtask header`"];
/// Made by tools, wherever they lie.
const SKIPPED_FOLDERS: [&str; 4] = ["target", ".git", "node_modules", ".venv"];

/// A file, with its path from the root and `/` between the parts.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    pub(super) fn is_prose(&self) -> bool {
        self.path.ends_with(".md")
    }

    /// Whether a command of ours made it: it says so within its preamble.
    pub(super) fn is_generated(&self) -> bool {
        let says_so = |line: &str| GENERATORS.iter().any(|command| line.contains(command));
        self.lines().take(PREAMBLE).any(|(_, line)| says_so(line))
    }

    /// The lines with their numbers, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// Reads the tree below `root`, sorted by path.
pub(super) fn read(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    read_folder(root, root, &mut sources)?;
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

fn read_folder(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| Trouble::File { path, source }
    };
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let entry = entry.map_err(unreadable(folder))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(unreadable(&path))?;
        if kind.is_dir() && !SKIPPED_FOLDERS.iter().any(|skipped| entry.file_name() == *skipped) {
            read_folder(root, &path, sources)?;
        } else if kind.is_file() && is_ours(&path) {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            sources.push(Source { path: from_root(root, &path), text });
        }
    }
    Ok(())
}

fn is_ours(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let name = path.file_name().and_then(|name| name.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        || name.is_some_and(|name| NAMES.contains(&name))
}

fn from_root(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
