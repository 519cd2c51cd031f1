//! Everything the service remembers.

mod closings;
mod rows;

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::closings::Closings;
use super::NAME;
use super::country::Country;
use super::idempotency::Idempotency;
use crate::store::{Document, Kept};
use crate::table;
pub(super) use crate::table::{Row, Table};

/// Client data beside a resource.
pub(super) type Metadata = Map<String, Value>;

/// An ACCOUNT, GROUP or UNIT.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) metadata: Option<Metadata>,
}

/// An API key. Its secret is kept as a digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) organization: String,
    pub(super) name: String,
    pub(super) key: String,
    pub(super) secret_digest: String,
    pub(super) metadata: Option<Metadata>,
}

/// Taxpayers, locations and systems live the same life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Taxpayer,
    Location,
    System,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Taxpayer => "taxpayer",
            Kind::Location => "location",
            Kind::System => "system",
        }
    }
}

/// A taxpayer, location or system (contract sign-fr 2.4 to 2.6).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Resource {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) organization: String,
    pub(super) country: Country,
    pub(super) state: String,
    pub(super) mode: String,
    /// What the client said about it.
    pub(super) content: Map<String, Value>,
    pub(super) metadata: Option<Metadata>,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    /// A system's private key and certificate, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) keys: Option<(String, String)>,
    /// The offline buffer that a system is being sent, until its last record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) buffer: Option<Buffer>,
    /// When a taxpayer's fiscalization was last told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) credentials_at: Option<Timestamp>,
}

/// What came so far of an offline buffer (contract sign-fr 5).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Buffer {
    /// The ids of its records, in order.
    pub(super) records: Vec<String>,
    /// The end of the chain; nothing while the chain is not verified.
    pub(super) link: Option<Link>,
}

/// One replayed record as a link of the offline chain: what the next record must continue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Link {
    /// The record that the buffer hangs on.
    pub(super) anchor: String,
    pub(super) hash: String,
    pub(super) recorded_at: Timestamp,
    pub(super) remaining: u32,
}

impl Resource {
    /// What it is, e.g. `BRANCH`.
    pub(super) fn kind_name(&self) -> &str {
        self.content.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    /// The id under `key` in the client's content, e.g. the taxpayer of a location.
    pub(super) fn refers_to(&self, key: &str) -> &str {
        self.content
            .get(key)
            .and_then(|reference| reference.get("id"))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// A record in a system's journal (contract sign-fr 2.8).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) organization: String,
    pub(super) system: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) state: String,
    pub(super) mode: String,
    /// The intention of a transaction.
    pub(super) record: Option<String>,
    /// The transaction that used an intention.
    pub(super) used_in: Option<String>,
    pub(super) replayed_by: Option<String>,
    /// The document that the operation refers to, e.g. the one that a cancellation cancels.
    #[serde(default)]
    pub(super) refers_to: Option<String>,
    /// The operation as canonical JSON text.
    pub(super) operation: String,
    pub(super) signature: String,
    pub(super) signed_at: String,
    /// The record before it in the system's journal.
    pub(super) previous: Option<String>,
    pub(super) logs: Vec<String>,
    /// The file that an export made.
    pub(super) file: Option<String>,
    /// Its place in the sequence of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sequence: Option<Sequence>,
    pub(super) metadata: Option<Metadata>,
    /// The number that the authority gave; shown once the record is COMPLETED.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) document_number: Option<String>,
    /// What will come of it at the authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) transmission: Option<Transmission>,
}

/// A record on its way to the authority, and its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Transmission {
    pub(super) until: Timestamp,
    pub(super) state: String,
    pub(super) logs: Vec<String>,
}

/// A place in one of a system's sequences (contract sign-fr 5.4).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sequence {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) number: u32,
    pub(super) signature: String,
    /// The record before it.
    pub(super) record: Option<String>,
}

/// A downloadable export.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) organization: String,
    pub(super) system: String,
    pub(super) created_at: Timestamp,
    /// The ZIP as base64, and the JWS over it with its payload detached.
    pub(super) zip: String,
    pub(super) integrity: String,
}

/// A token that was issued, under the digest of its text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Token {
    pub(super) digest: String,
    pub(super) subject: String,
    pub(super) organization: String,
    pub(super) expires_at: Timestamp,
}

/// The sandbox's own beginnings: kept in the clear, because the ready file shows them at every start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Seed {
    pub(super) group: String,
    pub(super) group_key: String,
    pub(super) group_secret: String,
    pub(super) account: String,
    pub(super) account_key: String,
    pub(super) account_secret: String,
    /// The key that signs tokens: private key and certificate, as PEM.
    pub(super) token_keys: (String, String),
}

/// All tables, and what is derived from them.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) organizations: Table<Organization>,
    pub(super) subjects: Table<Subject>,
    pub(super) taxpayers: Table<Resource>,
    pub(super) locations: Table<Resource>,
    pub(super) systems: Table<Resource>,
    pub(super) records: Table<Record>,
    pub(super) files: Table<File>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) idempotency: Idempotency,
    pub(super) seed: Option<Seed>,
    subject_by_key: HashMap<String, String>,
    last_record: HashMap<String, String>,
    /// Cancelled records with their cancellations.
    cancelled: HashMap<String, String>,
    /// How many documents of an organization have a number of the authority.
    documents: HashMap<String, u32>,
    /// The records on their way to the authority, the oldest first.
    in_transmission: BTreeSet<String>,
    pub(super) closings: Closings,
    /// The newest record of each sequence, by system and kind.
    last_in_sequence: HashMap<(String, String), String>,
    /// Export intentions that nothing uses yet, in their order.
    ordered_exports: BTreeSet<String>,
}

/// Kinds of documents in the store that are no rows.
pub(super) const SEED: &str = "seed";
pub(super) const TOKEN: &str = "token";
pub(super) const IDEMPOTENCY: &str = "idempotency";

impl Kept for State {
    const SERVICE: &'static str = NAME;

    fn take(&mut self, document: &Document) -> serde_json::Result<()> {
        let body = document.body.as_str();
        match document.kind.as_str() {
            "organization" => self.put(serde_json::from_str::<Organization>(body)?),
            "subject" => self.put(serde_json::from_str::<Subject>(body)?),
            "taxpayer" | "location" | "system" => self.put(serde_json::from_str::<Resource>(body)?),
            "record" => self.put(serde_json::from_str::<Record>(body)?),
            "file" => self.put(serde_json::from_str::<File>(body)?),
            TOKEN => {
                let token: Token = serde_json::from_str(body)?;
                self.tokens.insert(token.digest.clone(), token);
            }
            IDEMPOTENCY => self.idempotency.restore(serde_json::from_str(body)?),
            SEED => self.seed = Some(serde_json::from_str(body)?),
            _ => {}
        }
        Ok(())
    }
}

impl State {
    /// Inserts or replaces a row.
    pub(super) fn put<T: Row<State = State>>(&mut self, row: T) {
        table::put(self, row);
    }

    pub(super) fn resources(&self, kind: Kind) -> &Table<Resource> {
        match kind {
            Kind::Taxpayer => &self.taxpayers,
            Kind::Location => &self.locations,
            Kind::System => &self.systems,
        }
    }

    pub(super) fn subject_with_key(&self, key: &str) -> Option<&Subject> {
        self.subject_by_key.get(key).and_then(|id| self.subjects.get(id))
    }

    /// The newest record in a system's journal.
    pub(super) fn last_record(&self, system: &str) -> Option<&Record> {
        self.last_record.get(system).and_then(|id| self.records.get(id))
    }

    /// The record that cancelled a record.
    pub(super) fn cancellation_of(&self, record: &str) -> Option<&str> {
        self.cancelled.get(record).map(String::as_str)
    }

    /// How many documents of an organization have a number of the authority.
    pub(super) fn documents(&self, organization: &str) -> u32 {
        self.documents.get(organization).copied().unwrap_or_default()
    }

    /// The records on their way to the authority, the oldest first.
    pub(super) fn in_transmission(&self) -> Vec<String> {
        self.in_transmission.iter().cloned().collect()
    }

    /// The newest record in a system's sequence of this kind.
    pub(super) fn last_in_sequence(&self, system: &str, kind: &str) -> Option<&Record> {
        let id = self.last_in_sequence.get(&(system.to_owned(), kind.to_owned()))?;
        self.records.get(id)
    }

    /// The export intentions that have no records yet.
    pub(super) fn ordered_exports(&self) -> Vec<String> {
        self.ordered_exports.iter().cloned().collect()
    }

    /// Whether `organization` is `top` or somewhere below it.
    pub(super) fn is_within(&self, organization: &str, top: &str) -> bool {
        let mut next = Some(organization);
        // A chain of parents is as short as it is made; the bound only guards against a damaged store.
        for _ in 0..=self.organizations.rows().len() {
            match next {
                Some(id) if id == top => return true,
                Some(id) => next = self.organizations.get(id).and_then(|row| row.parent.as_deref()),
                None => return false,
            }
        }
        false
    }
}
