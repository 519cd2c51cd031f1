//! Where an operation is carried out: the state under its lock, the caller, the time, and what has to be kept.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::auth::Caller;
use super::checks::Checked;
use super::errors::Problem;
use super::state::{Kind, Metadata, Resource, Row, State};
use crate::changes::Changes;
use crate::settings::{SignFrSettings, SignItSettings};

/// Keys in one resource's metadata (contract sign-fr 1.5).
const METADATA_KEYS: usize = 20;

/// One operation at work.
pub(super) struct Desk<'a> {
    pub(super) state: &'a mut State,
    pub(super) caller: &'a Caller,
    pub(super) request: &'a Checked,
    pub(super) settings: &'a SignFrSettings,
    pub(super) italy: SignItSettings,
    pub(super) now: Timestamp,
    /// The address of the service as the client wrote it, for links.
    pub(super) base: String,
    pub(super) changes: Changes,
}

impl Desk<'_> {
    /// Inserts or replaces a row, in memory and in what goes to the store.
    pub(super) fn save<T: Row<State = State>>(&mut self, row: T) {
        self.changes.save(self.state, row);
    }

    /// A new version 7 UUID on the sandbox's clock.
    pub(super) fn new_id(&self) -> String {
        let since_epoch = self.now.duration_since(Timestamp::UNIX_EPOCH);
        let seconds = u64::try_from(since_epoch.as_secs()).unwrap_or_default();
        let nanos = u32::try_from(since_epoch.subsec_nanos()).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos)).to_string()
    }

    /// The time as answers spell it.
    pub(super) fn stamp(&self) -> String {
        stamp(self.now, self.settings)
    }

    /// Whether the caller may see what belongs to an organization.
    pub(super) fn sees(&self, organization: &str) -> bool {
        self.state.is_within(organization, &self.caller.organization)
    }

    /// A taxpayer, location or system named in the path.
    pub(super) fn find(&self, kind: Kind, id: &str) -> Result<&Resource, Problem> {
        let found = self.state.resources(kind).get(id).filter(|row| self.sees(&row.organization));
        found.ok_or_else(|| Problem::not_found(kind.name(), id))
    }

    /// A taxpayer, location or system named in the body; it must be the caller's own.
    pub(super) fn refer(&self, kind: Kind, id: &str) -> Result<&Resource, Problem> {
        self.find(kind, id)
            .map_err(|problem| Problem::new(self.settings.unknown_reference_status, problem.message()))
    }

    /// The metadata of a request that creates something.
    pub(super) fn metadata(&self) -> Option<Metadata> {
        self.request.body.get("metadata").and_then(Value::as_object).cloned()
    }

    /// The metadata after an update: named keys change, an empty value deletes its key (contract sign-fr 1.5).
    pub(super) fn changed_metadata(&self, old: Option<&Metadata>) -> Result<Option<Metadata>, Problem> {
        let mut merged = old.cloned().unwrap_or_default();
        for (key, value) in self.metadata().unwrap_or_default() {
            if value == "" {
                merged.remove(&key);
            } else {
                merged.insert(key, value);
            }
        }
        if merged.len() > METADATA_KEYS {
            return Err(Problem::bad_request("metadata would have more than 20 keys"));
        }
        Ok((!merged.is_empty()).then_some(merged))
    }

    /// A member of the request's content.
    pub(super) fn content(&self, name: &str) -> Option<&Value> {
        self.request.body.get("content").and_then(|content| content.get(name))
    }
}

/// A timestamp: 25 characters with an offset, as the schema wants it, or as the service was seen to write it.
pub(super) fn stamp(time: Timestamp, settings: &SignFrSettings) -> String {
    if settings.zulu_timestamps {
        time.to_string()
    } else {
        time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
    }
}

/// The envelope of a single resource.
pub(super) fn envelope(content: Value, metadata: Option<&Metadata>) -> Value {
    let mut envelope = serde_json::Map::new();
    envelope.insert("content".to_owned(), content);
    if let Some(metadata) = metadata.filter(|metadata| !metadata.is_empty()) {
        envelope.insert("metadata".to_owned(), Value::Object(metadata.clone()));
    }
    Value::Object(envelope)
}
