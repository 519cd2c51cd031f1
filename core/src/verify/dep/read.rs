//! The export of a data collection log (DEP7), read as a stream: one receipt at a time is in memory.

use super::bounded::Bounded;
use crate::error::{Error, Kind, Result};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use std::cell::Cell;
use std::fmt;
use std::io::{BufReader, Cursor, Read};

/// The byte order mark that some editors write before JSON (RFC 8259, section 8.1, lets a reader skip it).
const MARK: &[u8] = b"\xef\xbb\xbf";
/// How much of a parser's words goes into a message, in characters.
const LONGEST_WORDS: usize = 300;
const BUFFER: usize = 64 * 1024;
/// The two spellings of a group's certificate.
const CERTIFICATE: [&str; 2] = ["Signaturzertifikat", "Signatur- bzw. Siegelzertifikat"];
const GROUPS: &str = "Belege-Gruppe";
const AUTHORITIES: &str = "Zertifizierungsstellen";
const RECEIPTS: &str = "Belege-kompakt";

/// What comes along in an export, in its order.
pub(super) enum Part<'a> {
    /// A group begins.
    Group,
    /// The certificate of the group in base64, or an empty text.
    Certificate(&'a str),
    /// A receipt as a compact JWS.
    Receipt(&'a str),
    /// The group ends.
    GroupEnd,
}

type Visit<'a> = dyn FnMut(Part<'_>) -> Result<()> + 'a;

/// Visits the parts of an export.
///
/// # Errors
/// `invalid` at `/file` when it is not JSON or no export, with the line; the first error of `visit`.
pub(super) fn read(source: impl Read, passed: &Cell<u64>, visit: &mut Visit<'_>) -> Result<()> {
    let mut visitor = Stopping { visit, stopped: None };
    let bounded = BufReader::with_capacity(BUFFER, Bounded::new(unmarked(source)?, passed));
    let mut json = serde_json::Deserializer::from_reader(bounded);
    let outcome = Export(&mut visitor).deserialize(&mut json).and_then(|()| json.end());
    match (visitor.stopped, outcome) {
        (Some(error), _) => Err(error),
        (None, outcome) => outcome.map_err(|cause| unusable("/file", "a DEP export", &cause)),
    }
}

/// The source without a byte order mark.
fn unmarked(mut source: impl Read) -> Result<impl Read> {
    let mut first = Vec::new();
    let taken = source.by_ref().take(MARK.len() as u64).read_to_end(&mut first);
    taken.map_err(|cause| Error::invalid("/file", format!("the file cannot be read: {cause}")))?;
    if first == MARK {
        first.clear();
    }
    Ok(Cursor::new(first).chain(source))
}

/// The error of JSON that is not what it should be.
pub(super) fn unusable(pointer: &str, what: &str, cause: &serde_json::Error) -> Error {
    let reason = match cause.classify() {
        Category::Io => "cannot be read",
        Category::Eof => "ends in the middle",
        Category::Syntax => "is not JSON",
        Category::Data => "is not what was expected",
    };
    // The words may repeat what stands in the file.
    let words: String =
        cause.to_string().chars().filter(|one| !one.is_control()).take(LONGEST_WORDS).collect();
    let message = format!("the file {reason}; {what} was expected: {words}");
    Error::new(Kind::Invalid, message).at(pointer).with(|details| {
        details.line = Some(cause.line() as u64).filter(|line| *line > 0);
    })
}

/// The caller's visitor, and the error by which it stopped.
struct Stopping<'a, 'b> {
    visit: &'a mut Visit<'b>,
    stopped: Option<Error>,
}

impl Stopping<'_, '_> {
    fn visit<E: serde::de::Error>(&mut self, part: Part<'_>) -> std::result::Result<(), E> {
        (self.visit)(part).map_err(|error| {
            let stopped = E::custom(error.message());
            self.stopped = Some(error);
            stopped
        })
    }
}

/// The object around everything.
struct Export<'s, 'a, 'b>(&'s mut Stopping<'a, 'b>);
/// The list of groups.
struct Groups<'s, 'a, 'b>(&'s mut Stopping<'a, 'b>);
/// A group.
struct Group<'s, 'a, 'b>(&'s mut Stopping<'a, 'b>);
/// The list of a group's receipts.
struct Receipts<'s, 'a, 'b>(&'s mut Stopping<'a, 'b>);
/// A text that is visited as this part.
struct Text<'s, 'a, 'b>(&'s mut Stopping<'a, 'b>, fn(&str) -> Part<'_>);

/// Seeds whose value is visited rather than returned.
macro_rules! seed {
    ($name:ident, $method:ident) => {
        impl<'de> DeserializeSeed<'de> for $name<'_, '_, '_> {
            type Value = ();

            fn deserialize<D: Deserializer<'de>>(self, json: D) -> std::result::Result<(), D::Error> {
                json.$method(self)
            }
        }
    };
}

seed!(Export, deserialize_map);
seed!(Groups, deserialize_seq);
seed!(Group, deserialize_map);
seed!(Receipts, deserialize_seq);
seed!(Text, deserialize_str);

impl<'de> Visitor<'de> for Export<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "an object with \"{GROUPS}\"")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<(), M::Error> {
        let mut seen = false;
        while let Some(key) = map.next_key::<String>()? {
            if key != GROUPS {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            once::<M::Error>(&mut seen, GROUPS)?;
            map.next_value_seed(Groups(&mut *self.0))?;
        }
        if seen { Ok(()) } else { Err(M::Error::custom(format!("there is no member \"{GROUPS}\""))) }
    }
}

impl<'de> Visitor<'de> for Groups<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of groups")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> std::result::Result<(), S::Error> {
        while list.next_element_seed(Group(&mut *self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> Visitor<'de> for Group<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a group with \"{RECEIPTS}\"")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<(), M::Error> {
        self.0.visit(Part::Group)?;
        let (mut certificate, mut authorities, mut receipts) = (false, false, false);
        while let Some(key) = map.next_key::<String>()? {
            if CERTIFICATE.contains(&key.as_str()) {
                once::<M::Error>(&mut certificate, CERTIFICATE[0])?;
                map.next_value_seed(Text(&mut *self.0, |text| Part::Certificate(text)))?;
            } else if key == RECEIPTS {
                once::<M::Error>(&mut receipts, RECEIPTS)?;
                map.next_value_seed(Receipts(&mut *self.0))?;
            } else {
                if key == AUTHORITIES {
                    once::<M::Error>(&mut authorities, AUTHORITIES)?;
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        if !receipts {
            return Err(M::Error::custom(format!("a group has no member \"{RECEIPTS}\"")));
        }
        self.0.visit(Part::GroupEnd)
    }
}

impl<'de> Visitor<'de> for Receipts<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of receipts, each a compact JWS")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> std::result::Result<(), S::Error> {
        while list.next_element_seed(Text(&mut *self.0, |text| Part::Receipt(text)))?.is_some() {}
        Ok(())
    }
}

impl<'de> Visitor<'de> for Text<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<(), E> {
        self.0.visit((self.1)(text))
    }
}

/// A member that stands twice means one thing to one reader and another to the next.
fn once<E: serde::de::Error>(seen: &mut bool, member: &str) -> std::result::Result<(), E> {
    if std::mem::replace(seen, true) {
        return Err(E::custom(format!("the member \"{member}\" stands twice in the same object")));
    }
    Ok(())
}
