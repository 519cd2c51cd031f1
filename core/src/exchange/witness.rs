//! What a service's records say about the journal.

use serde::{Deserialize, Serialize};

/// An entry of the journal, and with it all entries before it in its line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Its number.
    pub seq: u64,
    /// Its hash, 64 lower-case hexadecimal digits.
    pub hash: String,
}

/// A record as its service shows it, held against the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// The service's id of the record.
    pub record: String,
    /// What kind of record it is, in the service's words.
    pub kind: String,
    /// Whether only the service itself makes such records.
    pub own: bool,
    /// The mark of what booked it, as the request carried it.
    pub mark: Option<String>,
    /// The id of the journal that booked it.
    pub journal: Option<String>,
    /// The entry that it carries.
    pub anchor: Option<Anchor>,
}

/// Some of a register's records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witnesses {
    /// The records, in the service's order.
    pub records: Vec<Witness>,
    /// What asks for the next ones; `None` at the end.
    pub next: Option<String>,
}
