//! A configuration as text was: its values, and the line of every key.

use super::secret::Origin;
use super::section::Shape;
use crate::error::{Error, Kind, Result};
use crate::json::Strict;
use crate::read::escape;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// A configuration of hundreds of tills has some ten kilobytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// A configuration whose meaning has not been checked yet.
///
/// May hold secrets: its `Debug` form shows where it comes from only.
#[derive(Clone)]
pub struct Source {
    pub(super) root: Map<String, Value>,
    file: Option<String>,
    folder: PathBuf,
    lines: BTreeMap<String, u64>,
    overridden: BTreeSet<String>,
}

impl Source {
    /// Reads a file: JSON if its name ends in `.json`, otherwise TOML.
    ///
    /// # Errors
    /// `config` when the file cannot be read or is neither; with the line.
    pub fn from_file(path: &Path) -> Result<Self> {
        let file = path.display().to_string();
        let wrong = |line: Option<u64>, message: String| misread(Some(&file), line, message);
        let bytes = read(path).map_err(|message| wrong(None, message))?;
        let text = std::str::from_utf8(&bytes).map_err(|cause| {
            let line = line_at(&bytes, cause.valid_up_to());
            wrong(Some(line), "the configuration is not UTF-8 text; save it as UTF-8".into())
        })?;
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            Self::json(text, Some(path))
        } else {
            Self::from_toml(text, path)
        }
    }

    /// Reads TOML. `origin` names the text in errors; relative paths are taken from its folder.
    ///
    /// # Errors
    /// `config`, with the line, when the text is not TOML.
    pub fn from_toml(text: &str, origin: &Path) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let file = origin.display().to_string();
        let line = |at: usize| line_at(text.as_bytes(), at);
        let wrong = |at: Option<usize>, message: &str| {
            misread(Some(&file), at.map(line), format!("the configuration is not TOML: {message}"))
        };
        if text.len() as u64 > MOST_BYTES {
            return Err(misread(Some(&file), None, too_large()));
        }
        let table = DeTable::parse(text)
            .map_err(|cause| wrong(cause.span().map(|span| span.start), &one_line(cause.message())))?;
        let mut lines = Lines { text, seen: 0, line: 1, spans: Vec::new() };
        let root = lines
            .table(table.get_ref(), "")
            .map_err(|(at, message)| misread(Some(&file), Some(line(at)), message.into()))?;
        Ok(Source {
            root,
            folder: folder_of(origin),
            file: Some(file),
            lines: lines.numbered(),
            overridden: BTreeSet::new(),
        })
    }

    /// Reads JSON; relative paths are taken from the working directory.
    ///
    /// # Errors
    /// `config`, with the line, when the text is not JSON.
    pub fn from_json(text: &str) -> Result<Self> {
        Self::json(text, None)
    }

    fn json(text: &str, origin: Option<&Path>) -> Result<Self> {
        let file = origin.map(|path| path.display().to_string());
        if text.len() as u64 > MOST_BYTES {
            return Err(misread(file.as_deref(), None, too_large()));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let Strict::<false>(value) = serde_json::from_str(text).map_err(|cause| {
            let message = cause.to_string();
            let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            misread(
                file.as_deref(),
                Some(cause.line().max(1) as u64),
                format!("the configuration is not usable JSON: {message}"),
            )
        })?;
        let Value::Object(root) = value else {
            let message = format!("the configuration is {}; it must be a JSON object", Shape(&value));
            return Err(misread(file.as_deref(), None, message));
        };
        let folder = folder_of(origin.unwrap_or(Path::new("")));
        let empty =
            Source { root: Map::new(), file, folder, lines: BTreeMap::new(), overridden: BTreeSet::new() };
        // Merging into nothing takes the nulls out: a key that is null is a key that is not there.
        Ok(Source { root: merged(empty.root, root, "", &mut |_| {}), ..empty })
    }

    /// This source with keys that win over it: a JSON merge patch (RFC 7396), so that `null` takes a
    /// key away.
    ///
    /// # Errors
    /// `config` when `overrides` is neither an object nor `null`.
    pub fn with_overrides(mut self, overrides: &Value) -> Result<Self> {
        match overrides {
            Value::Null => Ok(self),
            Value::Object(patch) => {
                let overridden = &mut self.overridden;
                self.root = merged(self.root, patch.clone(), "", &mut |pointer| {
                    overridden.insert(pointer);
                });
                Ok(self)
            }
            other => {
                let message =
                    format!("the overrides are {}; give a JSON object with the keys that win", Shape(other));
                Err(Error::new(Kind::Config, message))
            }
        }
    }

    /// Adds file and line to an error that names a key by its pointer.
    pub fn locate(&self, error: Error) -> Error {
        let Some(origin) = error.pointer().map(|pointer| self.origin(pointer)) else { return error };
        error.with(|details| {
            details.file = origin.file;
            details.line = origin.line;
        })
    }

    /// Where a key stands: its own line, or that of the nearest section around it.
    pub(super) fn origin(&self, pointer: &str) -> Origin {
        let mut origin = Origin { pointer: pointer.into(), file: None, line: None };
        let mut place = pointer;
        loop {
            if self.overridden.contains(place) {
                return origin;
            }
            if let Some(line) = self.lines.get(place) {
                origin.line = Some(*line);
                break;
            }
            match place.rfind('/') {
                Some(end) => place = place.get(..end).unwrap_or_default(),
                None => break,
            }
        }
        origin.file.clone_from(&self.file);
        origin
    }

    pub(super) fn says_the_same(&self, other: &Source) -> bool {
        self.root == other.root && self.folder == other.folder
    }

    /// `path` as seen from the configuration's folder.
    pub(super) fn path(&self, path: &str) -> std::io::Result<PathBuf> {
        std::path::absolute(self.folder.join(path))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Source").field("file", &self.file).finish_non_exhaustive()
    }
}

/// TOML's values as JSON's, while the place of every key is noted.
struct Lines<'t> {
    text: &'t str,
    seen: usize,
    line: u64,
    spans: Vec<(usize, String)>,
}

type Misplaced = (usize, &'static str);

impl Lines<'_> {
    fn table(
        &mut self,
        table: &DeTable<'_>,
        pointer: &str,
    ) -> std::result::Result<Map<String, Value>, Misplaced> {
        let mut map = Map::new();
        for (key, value) in table {
            let pointer = format!("{pointer}/{}", escape(key.get_ref()));
            let value = self.value(value.get_ref(), value.span().start, &pointer)?;
            self.spans.push((key.span().start, pointer));
            map.insert(key.get_ref().to_string(), value);
        }
        Ok(map)
    }

    fn value(
        &mut self,
        value: &DeValue<'_>,
        at: usize,
        pointer: &str,
    ) -> std::result::Result<Value, Misplaced> {
        Ok(match value {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => number.into(),
                Err(_) => return Err((at, "the number is too large; write it as text, in quotes")),
            },
            DeValue::Float(_) => return Err((at, "a number with a point; write it as text, in quotes")),
            DeValue::Datetime(_) => return Err((at, "a date; write it as text, in quotes")),
            DeValue::Table(table) => Value::Object(self.table(table, pointer)?),
            DeValue::Array(items) => {
                let mut list = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let pointer = format!("{pointer}/{index}");
                    list.push(self.value(item.get_ref(), item.span().start, &pointer)?);
                    self.spans.push((item.span().start, pointer));
                }
                Value::Array(list)
            }
        })
    }

    /// The line of every key, counted in one pass over the text.
    fn numbered(mut self) -> BTreeMap<String, u64> {
        self.spans.sort_unstable();
        let bytes = self.text.as_bytes();
        let mut lines = BTreeMap::new();
        for (at, pointer) in self.spans {
            self.line += bytes.get(self.seen..at).map_or(0, breaks);
            self.seen = at;
            lines.insert(pointer, self.line);
        }
        lines
    }
}

/// `target` changed by `patch` (RFC 7396); `tell` hears the pointer of every value that is replaced.
fn merged(
    mut target: Map<String, Value>,
    patch: Map<String, Value>,
    pointer: &str,
    tell: &mut dyn FnMut(String),
) -> Map<String, Value> {
    for (key, value) in patch {
        let pointer = format!("{pointer}/{}", escape(&key));
        match value {
            Value::Null => {
                target.shift_remove(&key);
            }
            Value::Object(patch) => {
                let inner = match target.shift_remove(&key) {
                    Some(Value::Object(inner)) => inner,
                    _ => {
                        tell(pointer.clone());
                        Map::new()
                    }
                };
                target.insert(key, Value::Object(merged(inner, patch, &pointer, tell)));
            }
            value => {
                tell(pointer);
                target.insert(key, value);
            }
        }
    }
    target
}

fn read(path: &Path) -> std::result::Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            let file = path.display();
            Err(format!("there is no configuration file '{file}'; `fiskal init` writes one to start from"))
        }
        Err(cause) => Err(format!("the configuration '{}' cannot be read: {cause}", path.display())),
        Ok(_) if bytes.len() as u64 > MOST_BYTES => Err(too_large()),
        Ok(_) => Ok(bytes),
    }
}

fn too_large() -> String {
    "the configuration is larger than 1 MiB; is it the right file?".into()
}

/// The folder of `origin`, so that a later change of the working directory changes nothing.
fn folder_of(origin: &Path) -> PathBuf {
    let folder = origin.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf())
}

fn line_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(..at).map_or(0, breaks) + 1
}

fn breaks(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn misread(file: Option<&str>, line: Option<u64>, message: String) -> Error {
    Error::new(Kind::Config, message).with(|details| {
        details.file = file.map(str::to_owned);
        details.line = line;
    })
}
