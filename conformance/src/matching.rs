//! Does a value say what was expected? Says where it does not, by JSON pointer.
//!
//! An object must have at least the expected members, a list exactly the expected elements. Where the
//! exact value cannot be known there is a matcher, an object with one of these members:
//!
//! | matcher | fits |
//! |---|---|
//! | `{"$any": true}` | anything but `null` and nothing |
//! | `{"$absent": true}` | `null`, or nothing |
//! | `{"$length": 64}` | a text or list of that length |
//! | `{"$contains": "text"}` | a text with this part |
//! | `{"$has": […]}` | a list that has, for each of these, an element that fits it |
//! | `{"$json": …}` | a text that is JSON, which fits what stands here |
//! | `{"$from": "NAME", "at": "/pointer"}` | what an earlier step's result has there |
//! | `{"$file": "NAME"}` | the path of a file below `files/` |
//! | `{"$join": […]}` | these texts, each of which may be one of the two above, as one |

use crate::case::folder;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// The results of earlier steps by their names.
pub type Results = BTreeMap<String, Value>;

/// One place where a value is not as expected.
#[derive(Debug)]
pub struct Difference {
    /// JSON pointer into the result.
    pub pointer: String,
    /// What should be there.
    pub expected: Value,
    /// What is there; nothing if it is absent.
    pub got: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let got = self.got.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
        let place = if self.pointer.is_empty() { "(whole)" } else { &self.pointer };
        write!(out, "{place}\n      expected {}\n      got      {got}", self.expected)
    }
}

/// Compares `got` with `expected`; `results` are what `$from` refers to.
pub fn compare(expected: &Value, got: &Value, results: &Results) -> Vec<Difference> {
    let mut differences = Vec::new();
    walk(&resolved(expected, results), Some(got), String::new(), &mut differences);
    differences
}

/// `value` with every `$from`, `$file` and `$join` replaced by what it refers to.
pub fn resolved(value: &Value, results: &Results) -> Value {
    if let Some(name) = value.get("$file").and_then(Value::as_str) {
        return folder().join("files").join(name).display().to_string().into();
    }
    if let Some(parts) = value.get("$join").and_then(Value::as_array) {
        let texts = parts.iter().map(|part| resolved(part, results));
        return texts.map(|text| text.as_str().unwrap_or_default().to_owned()).collect::<String>().into();
    }
    match value {
        Value::Object(members) => match members.get("$from").and_then(Value::as_str) {
            Some(name) => {
                let at = members.get("at").and_then(Value::as_str).unwrap_or_default();
                let found = results.get(name).and_then(|result| result.pointer(at));
                found.cloned().unwrap_or_else(|| format!("no step has the result {name}#{at}").into())
            }
            None => members
                .iter()
                .map(|(key, value)| (key.clone(), resolved(value, results)))
                .collect::<Map<_, _>>()
                .into(),
        },
        Value::Array(items) => items.iter().map(|item| resolved(item, results)).collect(),
        other => other.clone(),
    }
}

/// Where two values are not the same, matchers and missing members included.
pub fn differences(expected: &Value, got: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk_both(Some(expected), Some(got), String::new(), &mut found);
    found
}

fn walk_both(expected: Option<&Value>, got: Option<&Value>, pointer: String, out: &mut Vec<Difference>) {
    match (expected, got) {
        (expected, got) if expected == got => {}
        (Some(Value::Object(expected)), Some(Value::Object(got))) => {
            let added = got.keys().filter(|key| !expected.contains_key(*key));
            for key in expected.keys().chain(added) {
                let pointer = format!("{pointer}/{}", escaped(key));
                walk_both(expected.get(key), got.get(key), pointer, out);
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(got))) => {
            for index in 0..expected.len().max(got.len()) {
                walk_both(expected.get(index), got.get(index), format!("{pointer}/{index}"), out);
            }
        }
        (expected, got) => {
            let expected = expected.cloned().unwrap_or_else(|| Value::from("nothing"));
            out.push(difference(pointer, &expected, got));
        }
    }
}

fn walk(expected: &Value, got: Option<&Value>, pointer: String, out: &mut Vec<Difference>) {
    match (expected, got) {
        (Value::Object(members), got) if is_matcher(members) => {
            if let Some(Value::Array(wanted)) = members.get("$has") {
                let found = got.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                for wanted in wanted.iter().filter(|wanted| !has(found, wanted)) {
                    out.push(difference(pointer.clone(), wanted, got));
                }
            } else if let Some(inner) = members.get("$json") {
                let text = got.and_then(Value::as_str);
                match text.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
                    Some(parsed) => walk(inner, Some(&parsed), pointer, out),
                    None => out.push(difference(pointer, expected, got)),
                }
            } else if !fits(members, got) {
                out.push(difference(pointer, expected, got));
            }
        }
        (Value::Object(members), Some(Value::Object(found))) => {
            for (key, value) in members {
                walk(value, found.get(key), format!("{pointer}/{}", escaped(key)), out);
            }
        }
        (Value::Array(items), Some(Value::Array(found))) => {
            if items.len() != found.len() {
                let count = |list: &[Value]| Value::from(format!("{} elements", list.len()));
                let got = Value::from(format!("{} elements: {}", found.len(), Value::from(found.clone())));
                out.push(difference(pointer.clone(), &count(items), Some(&got)));
            }
            for (index, (item, found)) in items.iter().zip(found).enumerate() {
                walk(item, Some(found), format!("{pointer}/{index}"), out);
            }
        }
        (expected, got) if Some(expected) == got => {}
        (expected, got) => out.push(difference(pointer, expected, got)),
    }
}

fn has(list: &[Value], wanted: &Value) -> bool {
    list.iter().any(|element| {
        let mut differences = Vec::new();
        walk(wanted, Some(element), String::new(), &mut differences);
        differences.is_empty()
    })
}

fn is_matcher(members: &Map<String, Value>) -> bool {
    members.keys().next().is_some_and(|key| key.starts_with('$'))
}

fn fits(members: &Map<String, Value>, got: Option<&Value>) -> bool {
    let absent = got.is_none_or(Value::is_null);
    let length = match got {
        Some(Value::String(text)) => Some(text.chars().count()),
        Some(Value::Array(items)) => Some(items.len()),
        _ => None,
    };
    members.iter().all(|(key, wanted)| match key.as_str() {
        "$any" => !absent,
        "$absent" => absent,
        "$length" => length.map(Value::from).as_ref() == Some(wanted),
        "$contains" => {
            let text = got.and_then(Value::as_str).unwrap_or_default();
            wanted.as_str().is_some_and(|part| text.contains(part))
        }
        _ => false,
    })
}

fn difference(pointer: String, expected: &Value, got: Option<&Value>) -> Difference {
    Difference { pointer, expected: expected.clone(), got: got.cloned() }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Takes the member at a JSON pointer away.
pub fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    if let Some(members) = value.pointer_mut(parent).and_then(Value::as_object_mut) {
        members.remove(&key.replace("~1", "/").replace("~0", "~"));
    }
}

/// Lays `patch` over `base` (JSON merge patch, RFC 7396).
pub fn merge(base: &mut Value, patch: &Value) {
    let (Value::Object(members), true) = (patch, base.is_object()) else {
        if !patch.is_null() {
            *base = patch.clone();
        }
        return;
    };
    for (key, value) in members {
        let Some(base) = base.as_object_mut() else { return };
        if value.is_null() {
            base.remove(key);
        } else {
            merge(base.entry(key.as_str()).or_insert_with(|| Value::Object(Map::new())), value);
        }
    }
}
