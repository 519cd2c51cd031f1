//! One section of the configuration, read strictly.

use super::source::Source;
use crate::error::{Error, Kind, Result};
use crate::read::escape;
pub(super) use crate::text::{quoted, shown};
use serde_json::{Map, Value};
use std::fmt;

/// No name, street or model is longer.
const LONGEST_TEXT: usize = 250;
/// No path, address or literal secret is longer.
const LONGEST_PLACE: usize = 4096;
/// A name of a section goes into journal and file names.
const LONGEST_NAME: usize = 64;

/// A table whose keys are all known.
pub(super) struct Section<'a> {
    source: &'a Source,
    pointer: String,
    map: &'a Map<String, Value>,
}

impl<'a> Section<'a> {
    /// The whole configuration.
    pub(super) fn root(source: &'a Source, known: &[&str]) -> Result<Self> {
        let section = Section { source, pointer: String::new(), map: &source.root };
        section.has_only(known)?;
        Ok(section)
    }

    /// The section under `key`, if it is there.
    pub(super) fn section(&self, key: &str, known: &[&str]) -> Result<Option<Section<'a>>> {
        let Some(section) = self.table(key)? else { return Ok(None) };
        section.has_only(known)?;
        Ok(Some(section))
    }

    /// The named sections under `key`, such as `[account.NAME]`.
    pub(super) fn named(&self, key: &str, known: &[&str]) -> Result<Vec<(&'a str, Section<'a>)>> {
        let Some(all) = self.table(key)? else { return Ok(Vec::new()) };
        let named = all.map.keys().map(|name| {
            if !is_name(name) {
                let message = format!(
                    "{} cannot be a name; use 1 to {LONGEST_NAME} of A-Z a-z 0-9 . _ -",
                    quoted(name)
                );
                return Err(all.wrong(name, message));
            }
            match all.section(name, known)? {
                Some(section) => Ok((name.as_str(), section)),
                None => Err(all.wrong(name, format!("the section {} is empty", quoted(name)))),
            }
        });
        named.collect()
    }

    /// The object under `key` as it is.
    pub(super) fn block(&self, key: &str) -> Result<Option<&'a Map<String, Value>>> {
        Ok(self.table(key)?.map(|section| section.map))
    }

    /// A text of 1 to 250 characters.
    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>> {
        self.bounded(key, LONGEST_TEXT)
    }

    /// A path, an address or a secret: a text of 1 to 4,096 characters.
    pub(super) fn place(&self, key: &str) -> Result<Option<&'a str>> {
        self.bounded(key, LONGEST_PLACE)
    }

    fn bounded(&self, key: &str, longest: usize) -> Result<Option<&'a str>> {
        let Some(value) = self.map.get(key) else { return Ok(None) };
        let Value::String(text) = value else {
            let message = format!("{} must be text in quotes, but is {}", quoted(key), Shape(value));
            return Err(self.wrong(key, message));
        };
        let wrong = if text.trim().is_empty() {
            "is empty; leave it out, or say something".to_owned()
        } else if text.chars().any(char::is_control) {
            "contains a control character".to_owned()
        } else if text.chars().count() > longest {
            format!("has more than {longest} characters")
        } else {
            return Ok(Some(text));
        };
        Err(self.wrong(key, format!("{} {wrong}", quoted(key))))
    }

    /// A text that must be there.
    pub(super) fn required(&self, key: &str) -> Result<&'a str> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        found.map(Some).ok_or_else(|| {
            let words = listed(choices.iter().map(|(word, _)| *word));
            let message = format!("{} cannot be {}; choose one of {words}", quoted(key), quoted(text));
            self.wrong(key, message)
        })
    }

    /// The error that `key` is not there.
    pub(super) fn missing(&self, key: &str) -> Error {
        self.wrong(key, format!("{} has no {}; add it", self.title(), quoted(key)))
    }

    /// An error about `key`, with its place.
    pub(super) fn wrong(&self, key: &str, message: impl Into<String>) -> Error {
        self.source.locate(Error::new(Kind::Config, message).at(self.pointer(key)))
    }

    pub(super) fn pointer(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, escape(key))
    }

    pub(super) fn source(&self) -> &'a Source {
        self.source
    }

    /// The section under `key` as it is: its keys are checked elsewhere.
    pub(super) fn table(&self, key: &str) -> Result<Option<Section<'a>>> {
        match self.map.get(key) {
            None => Ok(None),
            Some(Value::Object(map)) => {
                Ok(Some(Section { source: self.source, pointer: self.pointer(key), map }))
            }
            Some(other) => {
                let message =
                    format!("{} must be a section of its own, but is {}", quoted(key), Shape(other));
                Err(self.wrong(key, message))
            }
        }
    }

    fn has_only(&self, known: &[&str]) -> Result<()> {
        match self.map.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => {
                let message =
                    format!("{} has no key {}; {}", self.title(), quoted(key), suggestion(key, known));
                Err(self.wrong(key, message))
            }
        }
    }

    fn title(&self) -> String {
        match self.pointer.strip_prefix('/') {
            Some(path) => format!("[{}]", shown(&path.replace('/', "."))),
            None => "the configuration".into(),
        }
    }
}

/// Names the nearest of `known`, or all of them where none is near.
fn suggestion(word: &str, known: &[&str]) -> String {
    let word: String = word.chars().take(LONGEST_NAME).collect();
    let distance = |other: &str| strsim::damerau_levenshtein(&word.to_lowercase(), other);
    let nearest = known.iter().map(|other| (distance(other), other)).min();
    match nearest {
        Some((distance, other)) if distance <= 2.max(other.len() / 3) => format!("did you mean '{other}'?"),
        _ => format!("there is {}", listed(known)),
    }
}

/// A list as a sentence wants it; at most ten of them.
pub(super) fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    const MOST: usize = 10;
    let names: Vec<String> = names.into_iter().map(|name| quoted(name.as_ref())).collect();
    match names.get(..MOST) {
        None if names.is_empty() => "none".into(),
        None => names.join(", "),
        Some(first) if names.len() == MOST => first.join(", "),
        Some(first) => format!("{} and {} more", first.join(", "), names.len() - MOST),
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(allowed)
}

/// What a value is, in words; never the value itself, which may be a secret.
pub(super) struct Shape<'a>(pub(super) &'a Value);

impl fmt::Display for Shape<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.0 {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "a section",
        })
    }
}
