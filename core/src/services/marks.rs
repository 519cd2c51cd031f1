//! What a record tells of the journal that booked it, in two keys of its metadata (contracts sign-fr 1.5 and sign-at
//! 2.5): `fiskal_operation`, and `fiskal_journal` with `JOURNAL:SEQ:HASH`, or the journal's id alone where its line
//! has no entry yet.

use crate::exchange::{Anchor, Context, Operation};
use serde_json::{Map, Value};

/// The key that names what booked a record.
pub(super) const OPERATION: &str = "fiskal_operation";
/// The key that names the journal that booked it, and its last entry by then.
const JOURNAL: &str = "fiskal_journal";

/// What marks a record as booked by this operation of this journal.
pub(super) fn of_record(operation: &Operation, now: &Context) -> Map<String, Value> {
    let journal = match &now.anchor {
        Some(Anchor { seq, hash }) => format!("{}:{seq}:{hash}", now.writer),
        None => now.writer.to_string(),
    };
    let operation = operation.id.to_string();
    Map::from_iter([(OPERATION.to_owned(), operation.into()), (JOURNAL.to_owned(), journal.into())])
}

/// The mark of what booked a record.
pub(super) fn operation(record: &Value) -> Option<&str> {
    mark(record, OPERATION)
}

/// The journal that booked a record.
pub(super) fn journal(record: &Value) -> Option<&str> {
    mark(record, JOURNAL)?.split(':').next().filter(|journal| !journal.is_empty())
}

/// The entry that a record carries.
pub(super) fn anchor(record: &Value) -> Option<Anchor> {
    let mut parts = mark(record, JOURNAL)?.split(':').skip(1);
    Some(Anchor { seq: parts.next()?.parse().ok()?, hash: parts.next()?.to_owned() })
}

fn mark<'a>(record: &'a Value, key: &str) -> Option<&'a str> {
    record.get("metadata")?.get(key)?.as_str()
}
