//! Reading input strictly: what is not understood is an error that names its place.

use crate::error::{Error, Result};
use crate::members::{ByName, NO_WORD};
use crate::text::{is_steering, quoted};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use std::str::FromStr;

/// How much of serde's own words goes into a message; the rest could be a hostile input's.
const REASON_CHARACTERS: usize = 300;
/// How much of a word is compared with those that there are; a comparison takes time with the length.
const COMPARED_CHARACTERS: usize = 64;

/// Reads a value of a type.
///
/// # Errors
/// `invalid`, with the JSON pointer of the first field that is missing, unknown or of the wrong type.
pub(crate) fn strict<T: DeserializeOwned>(value: &Value) -> Result<T> {
    serde_path_to_error::deserialize(ByName(value)).map_err(|error| explain(&error))
}

/// A field that is a day, for serde.
pub(crate) fn date<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Date>, D::Error> {
    parsed(from, "a day", "2026-03-01")
}

/// A field that is a time, for serde.
pub(crate) fn time<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Timestamp>, D::Error> {
    parsed(from, "a time with its offset", "2026-03-01T12:00:00+01:00")
}

/// The text of a field as what it says; jiff's own reasons tell the digit, and not what to write.
fn parsed<'de, D: Deserializer<'de>, T: FromStr>(
    from: D,
    what: &str,
    example: &str,
) -> std::result::Result<Option<T>, D::Error> {
    let read = |text: String| {
        let wrong = |_| D::Error::custom(format!("{} is not {what}; write it like {example}", quoted(&text)));
        text.parse().map_err(wrong)
    };
    Option::<String>::deserialize(from)?.map(read).transpose()
}

/// The error of a value that does not have the shape of a type.
fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let reason = error.inner().to_string();
    let pointer = pointer(error.path());
    if let Some(missing) = quoted_after(&reason, "missing field `") {
        let message = format!("the field '{missing}' is missing; it must be given");
        return Error::invalid(format!("{pointer}/{missing}"), message);
    }
    if let Some(unknown) = last_key(error.path()).filter(|_| reason.starts_with("unknown field `")) {
        return Error::invalid(pointer, unknown_field(&unknown, &reason));
    }
    if let Some(message) = unknown_word(&reason).or_else(|| wrong_type(&reason)) {
        return Error::invalid(pointer, message);
    }
    Error::invalid(pointer, format!("the value cannot be used: {}", plain(&reason)))
}

/// What to say about a value that is none of the words that may stand there; serde's reason lists them in backticks,
/// after the value itself, which may be any text.
fn unknown_word(reason: &str) -> Option<String> {
    if let Some(words) = reason.strip_prefix(NO_WORD) {
        return Some(format!("a text is expected; give {}", one_of(words)));
    }
    let (given, words) = reason.strip_prefix("unknown variant `")?.rsplit_once("`, expected ")?;
    let hint = nearest(given, words).map_or(String::new(), |word| format!("; did you mean '{word}'?"));
    let given: String = plain(given).chars().take(COMPARED_CHARACTERS).collect();
    Some(format!("'{given}' cannot stand here; give {}{hint}", one_of(words)))
}

/// What to say about a value of the wrong type, in the words of JSON; serde's are those of Rust.
fn wrong_type(reason: &str) -> Option<String> {
    let told = reason.strip_prefix("invalid type: ").or_else(|| reason.strip_prefix("invalid value: "))?;
    let (given, expected) = told.rsplit_once(", expected ")?;
    let given = match given {
        "sequence" => "a list".to_owned(),
        "map" => "an object".to_owned(),
        scalar => {
            let value =
                scalar.trim_start_matches(|letter: char| letter.is_ascii_lowercase() || letter == ' ');
            let value = if value.is_empty() { scalar } else { value.trim_matches('`') };
            plain(value).chars().take(COMPARED_CHARACTERS).collect()
        }
    };
    let expected = match expected {
        "a sequence" => "a list",
        "a map" | "a JSON object" => "an object",
        name if name.starts_with("struct ") => "an object",
        "a string" => "a text",
        "a boolean" => "true or false",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number, 0 or more",
        "i32" | "i64" => "a whole number",
        other => other,
    };
    Some(format!("{given} cannot stand here; give {expected}"))
}

/// The words in a sentence.
fn one_of(words: &str) -> String {
    let words: Vec<&str> = in_backticks(words).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("one of {} and {last}", others.join(", ")),
        None => "another one".to_owned(),
    }
}

fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The one of the names in backticks that is like `given`.
fn nearest<'a>(given: &str, names: &'a str) -> Option<&'a str> {
    let compared: String = given.chars().take(COMPARED_CHARACTERS).collect();
    in_backticks(names)
        .map(|name| (strsim::damerau_levenshtein(&compared, name), name))
        .min()
        .filter(|(distance, name)| *distance <= name.chars().count().max(3) / 2)
        .map(|(_, name)| name)
}

/// What to say about an unknown field; serde's reason lists the known ones in backticks.
fn unknown_field(unknown: &str, reason: &str) -> String {
    let known = reason.strip_prefix(&format!("unknown field `{unknown}`, ")).unwrap_or_default();
    let nearest = nearest(unknown, known);
    let unknown = plain(unknown);
    match nearest {
        Some(name) => format!("there is no field '{unknown}'; did you mean '{name}'?"),
        None => format!("there is no field '{unknown}'; remove it"),
    }
}

/// The word that stands between `before` at the start of `reason` and the next backtick.
fn quoted_after<'a>(reason: &'a str, before: &str) -> Option<&'a str> {
    reason.strip_prefix(before)?.split('`').next()
}

fn last_key(path: &Path) -> Option<String> {
    match path.iter().next_back()? {
        Segment::Map { key } => Some(key.clone()),
        _ => None,
    }
}

/// The place as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// A key as one token of a JSON pointer (RFC 6901, section 3).
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Short, and without characters that control or steer what is shown.
fn plain(text: &str) -> String {
    let shows = |character: &char| !character.is_control() && !is_steering(*character);
    text.chars().filter(shows).take(REASON_CHARACTERS).collect()
}
