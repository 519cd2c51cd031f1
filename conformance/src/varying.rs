//! What differs from run to run, as `volatile.json` declares it.

use crate::Result;
use crate::case::folder;
use crate::matching::remove;
use regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// The declaration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Varying {
    /// Members that are taken out of a result before `whole` compares it.
    removed: Vec<Removed>,
    /// Texts that are replaced before doors are compared.
    pub replaced: Vec<Replaced>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Removed {
    at: String,
    #[serde(rename = "why")]
    _why: String,
}

/// Texts that fit a pattern, and what stands for them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// The regular expression, for canonical JSON text. Where it has a group named `is`, only that is
    /// replaced.
    #[serde(deserialize_with = "pattern")]
    pub pattern: Regex,
    /// What is put there, different for each pattern. `#` is the number of the text in the order of first occurrence, so that what
    /// was the same stays the same, and what was different stays different.
    pub by: String,
    /// Why the text differs.
    pub why: String,
}

impl Varying {
    /// Reads `volatile.json`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn declared() -> Result<Varying> {
        Ok(serde_json::from_str(&fs::read_to_string(folder().join("volatile.json"))?)?)
    }

    /// A result without the members that differ.
    pub fn without(&self, mut result: Value) -> Value {
        for removed in &self.removed {
            remove(&mut result, &removed.at);
        }
        result
    }

    /// Starts replacing in one story.
    pub fn replacer(&self) -> Replacer<'_> {
        Replacer { varying: self, seen: BTreeMap::new() }
    }
}

/// Replaces in values that belong together, and remembers what it has seen.
pub struct Replacer<'a> {
    varying: &'a Varying,
    /// The texts by what stands for them, with their numbers.
    seen: BTreeMap<&'a str, BTreeMap<String, usize>>,
}

impl Replacer<'_> {
    /// The value with all that differs replaced in its canonical JSON text.
    ///
    /// # Errors
    /// When it has no canonical text, or none after a replacement.
    pub fn replace(&mut self, value: &Value) -> Result<Value> {
        let mut text = serde_json_canonicalizer::to_string(value)?;
        for rule in &self.varying.replaced {
            let seen = self.seen.entry(&rule.by).or_default();
            let with = |found: &Captures<'_>| rule.replaced(found, seen);
            text = rule.pattern.replace_all(&text, with).into_owned();
        }
        Ok(serde_json::from_str(&text)?)
    }
}

impl Replaced {
    fn replaced(&self, found: &Captures<'_>, seen: &mut BTreeMap<String, usize>) -> String {
        let all = &found[0];
        let start = found.get(0).map_or(0, |all| all.start());
        let (from, to) =
            found.name("is").map_or((0, all.len()), |part| (part.start() - start, part.end() - start));
        let next = seen.len() + 1;
        let number = *seen.entry(all[from..to].to_owned()).or_insert(next);
        format!("{}{}{}", &all[..from], self.by.replace('#', &number.to_string()), &all[to..])
    }
}

fn pattern<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Regex, D::Error> {
    let text = String::deserialize(deserializer)?;
    Regex::new(&text).map_err(serde::de::Error::custom)
}
