//! What an entry is, and what its hashes cover.

use crate::error::{Error, Kind, Result};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The largest payload, in bytes of its canonical form.
pub const MAX_PAYLOAD: usize = 16 * 1024 * 1024;

/// How deep arrays and objects of a payload may be nested; what serde_json reads back.
pub const MAX_DEPTH: usize = 127;

/// The length of a salt in bytes; fixed, so that no byte can move between salt and payload.
pub(super) const SALT: usize = 16;

/// The largest whole number that RFC 8785 keeps exactly (2^53 - 1), positive or negative.
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The longest name of a line or kind, in bytes.
const MAX_NAME: usize = 1024;

/// The line of the journal's own entries: opened, closed, tied, erased.
pub const JOURNAL_LINE: &str = "journal";

/// A SHA-256 value; its text form is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        Digest(hash.finalize().into())
    }

    /// What a payload's digest covers: the salt, then the stored bytes.
    pub(super) fn of_payload(salt: &[u8], bytes: &[u8]) -> Self {
        Digest::of(&[salt, bytes])
    }

    /// The `prev` of the first entry of every line: it binds the line to this journal.
    pub(super) fn genesis(journal: Uuid) -> Self {
        Digest::of(&[b"fiskal journal 1\0", journal.as_bytes()])
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::new(Kind::Journal, "a hash is not 64 lower-case hexadecimal digits");
        let bytes = unhex(text).ok_or_else(wrong)?;
        bytes.try_into().map(Digest).map_err(|_| wrong())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of lower-case hexadecimal digits.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An entry that is still to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The line in whose chain it goes: not empty, without NUL, not `journal`, at most 1,024 bytes.
    pub line: String,
    /// What happened; the journal only keeps it. Same bounds as `line`.
    pub kind: String,
    /// At most [`MAX_PAYLOAD`] bytes and [`MAX_DEPTH`] levels; whole numbers within ±(2^53 − 1).
    pub payload: Value,
}

/// An entry as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Its number in the journal, from 1, without gaps.
    pub seq: u64,
    /// The line in whose chain it stands.
    pub line: String,
    /// The hash of the entry before it in its line; for the first one, a value made of the journal's id.
    pub prev: Digest,
    /// What happened.
    pub kind: String,
    /// When; never before the `at` of an earlier entry.
    pub at: Timestamp,
    /// SHA-256 of the salt and the payload's bytes.
    pub digest: Digest,
    /// SHA-256 of everything above; the `prev` of the next entry of the line.
    pub hash: Digest,
    /// What is known about it; `None` once erased.
    pub payload: Option<Value>,
}

impl Entry {
    /// The hash that the entry's fields give.
    ///
    /// It is SHA-256 over: `fiskal entry 1` and NUL; seq as 8 bytes; the line's length as 4 bytes
    /// and the line; prev (32 bytes); the kind's length as 4 bytes and the kind; at as 8 bytes,
    /// nanoseconds since 1970; digest (32 bytes). Numbers are big-endian, at is signed.
    ///
    /// # Errors
    /// `at` lies outside the years 1678 to 2262.
    pub fn computed_hash(&self) -> Result<Digest> {
        Ok(Digest::of(&[
            b"fiskal entry 1\0",
            &self.seq.to_be_bytes(),
            &length(&self.line),
            self.line.as_bytes(),
            &self.prev.0,
            &length(&self.kind),
            self.kind.as_bytes(),
            &nanoseconds(self.at)?.to_be_bytes(),
            &self.digest.0,
        ]))
    }
}

fn length(name: &str) -> [u8; 4] {
    u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes()
}

/// How an instant is stored and hashed.
pub(super) fn nanoseconds(at: Timestamp) -> Result<i64> {
    i64::try_from(at.as_nanosecond()).map_err(|_| {
        Error::new(Kind::Invalid, format!("the time {at} cannot be journalled; set the clock right"))
    })
}

/// The instant behind stored nanoseconds.
pub(super) fn timestamp(nanoseconds: i64) -> Result<Timestamp> {
    Timestamp::from_nanosecond(i128::from(nanoseconds))
        .map_err(|cause| Error::new(Kind::Journal, format!("an entry has an impossible time: {cause}")))
}

/// A draft with everything that does not depend on its place in the journal.
pub(super) struct Sealed {
    pub(super) line: String,
    pub(super) kind: String,
    /// As it will be read back, so that projections see the same now and when rebuilt.
    pub(super) payload: Value,
    pub(super) bytes: Vec<u8>,
    pub(super) salt: [u8; SALT],
    pub(super) digest: Digest,
}

impl Sealed {
    /// Seals a caller's draft, the journal's own line excluded.
    pub(super) fn of_caller(draft: Draft, salt: [u8; SALT]) -> Result<Self> {
        if draft.line == JOURNAL_LINE {
            return Err(Error::invalid("/line", "the line 'journal' is the journal's own; use another name"));
        }
        Sealed::new(draft, salt)
    }

    pub(super) fn new(draft: Draft, salt: [u8; SALT]) -> Result<Self> {
        check_name("/line", &draft.line)?;
        check_name("/kind", &draft.kind)?;
        let bytes = canonical(&draft.payload)?;
        let payload = serde_json::from_slice(&bytes)
            .map_err(|cause| Error::internal(format!("a canonical payload cannot be read back: {cause}")))?;
        let digest = Digest::of_payload(&salt, &bytes);
        Ok(Sealed { line: draft.line, kind: draft.kind, payload, bytes, salt, digest })
    }
}

/// Refuses names that could not be told apart, stored or shown.
pub(super) fn check_name(pointer: &str, name: &str) -> Result<()> {
    let wrong = if name.is_empty() {
        "is empty"
    } else if name.contains('\0') {
        "contains NUL"
    } else if name.len() > MAX_NAME {
        "is longer than 1024 bytes"
    } else {
        return Ok(());
    };
    Err(Error::invalid(
        pointer,
        format!("the name of an entry's {} {wrong}", pointer.trim_start_matches('/')),
    ))
}

/// The payload as RFC 8785 writes it.
fn canonical(payload: &Value) -> Result<Vec<u8>> {
    check_bounds(payload)?;
    let bytes = serde_json_canonicalizer::to_vec(payload).map_err(|cause| {
        Error::invalid("/payload", format!("the payload cannot be written as canonical JSON: {cause}"))
    })?;
    if bytes.len() > MAX_PAYLOAD {
        return Err(Error::invalid(
            "/payload",
            format!("the payload has {} bytes; at most {MAX_PAYLOAD} are journalled", bytes.len()),
        ));
    }
    Ok(bytes)
}

/// Refuses what could not be read back as it was: RFC 8785 writes numbers as doubles, and
/// serde_json reads only so many levels. Walks without recursion, as the depth is not known yet.
fn check_bounds(payload: &Value) -> Result<()> {
    let mut rest = vec![(payload, 0)];
    while let Some((value, depth)) = rest.pop() {
        match value {
            Value::Array(_) | Value::Object(_) if depth == MAX_DEPTH => {
                return Err(Error::invalid(
                    "/payload",
                    format!("the payload is nested deeper than {MAX_DEPTH} levels; flatten it"),
                ));
            }
            Value::Array(items) => rest.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => rest.extend(fields.values().map(|field| (field, depth + 1))),
            Value::Number(number) if !is_exact(number) => {
                return Err(Error::invalid(
                    "/payload",
                    format!("the whole number {number} is beyond 2^53; write it as a string"),
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_exact(number: &serde_json::Number) -> bool {
    match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive <= MAX_INTEGER,
        (None, Some(negative)) => negative.unsigned_abs() <= MAX_INTEGER,
        (None, None) => true,
    }
}
