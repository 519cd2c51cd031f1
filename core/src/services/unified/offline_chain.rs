//! The chain of records that were made offline (contract sign-fr 5.1).
//!
//! What the contract leaves open (5.3) is decided in docs/decisions/0010-france-offline.md. Records are
//! counted in buffers. A buffer takes records until the first of them is sent, for then it says how many
//! follow; what is made after that goes into the next one.

use super::facts::RegisterFacts;
use super::wire::text;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Outage, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Offsets and remaining records have four digits (Appendix A, RecordOffset and ReplayRemaining).
pub(super) const MOST_RECORDS: u32 = 9_999;
/// From the first unsent record (contract sign-fr 5.1, point 2).
pub(super) const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The headers of a replayed record (contract sign-fr 1.3).
pub(super) const HASH: &str = "X-Replay-Hash";
pub(super) const REMAINING: &str = "X-Replay-Remaining";

/// The places at which a record refers to another one by its offset.
const REFERENCES: [&str; 2] = ["/record", "/operation/record"];

/// A register's time without the service, as its facts remember it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct OfflineFacts {
    /// When the first record was made without the service.
    pub(super) started: Timestamp,
    /// The buffer that is being replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sending: Option<Buffer>,
    /// The buffer that takes new records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) filling: Option<Buffer>,
}

impl OfflineFacts {
    /// How things stand for the till.
    pub(super) fn outage(&self) -> Option<Outage> {
        let since = self.sending.as_ref().or(self.filling.as_ref())?.first_at;
        let buffers = self.sending.iter().chain(&self.filling);
        Some(Outage {
            since,
            until: since.checked_add(LONGEST).unwrap_or(since),
            records: buffers.map(|buffer| buffer.count.saturating_sub(buffer.over)).sum(),
        })
    }

    /// The buffer of this number.
    pub(super) fn buffer(&self, number: u32) -> Option<&Buffer> {
        self.sending.iter().chain(&self.filling).find(|buffer| buffer.number == number)
    }

    /// The outage after `buffer` has come further; `None` when that was the end of it.
    pub(super) fn after(mut self, buffer: Buffer) -> Option<OfflineFacts> {
        if self.filling.as_ref().is_some_and(|filling| filling.number == buffer.number) {
            self.filling = None;
        }
        self.sending = (buffer.over < buffer.count).then_some(buffer);
        (self.sending.is_some() || self.filling.is_some()).then_some(self)
    }
}

/// Records in their order, chained to the last one that was acknowledged before them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Buffer {
    /// Which buffer of the outage it is, from 1.
    pub(super) number: u32,
    /// The last acknowledged record.
    pub(super) anchor: String,
    /// What seeds the next record that is made: the anchor's signature, then the hash before.
    pub(super) head: String,
    /// How many records were made.
    pub(super) count: u32,
    pub(super) first_at: Timestamp,
    pub(super) last_at: Timestamp,
    /// How many records are over, whatever became of them.
    #[serde(default)]
    pub(super) over: u32,
    /// What seeds the next record that is sent. It is the seed with which that record was made, unless
    /// one before it was refused.
    pub(super) sent_head: String,
    /// Offsets of records that were refused and have none in their place.
    #[serde(default)]
    pub(super) dropped: Vec<u32>,
}

impl Buffer {
    pub(super) fn new(number: u32, anchor: &str, signature: &str, at: Timestamp) -> Self {
        Buffer {
            number,
            anchor: anchor.to_owned(),
            head: signature.to_owned(),
            count: 0,
            first_at: at,
            last_at: at,
            over: 0,
            sent_head: signature.to_owned(),
            dropped: Vec::new(),
        }
    }

    /// Adds a record; `recorded_at` is `at` as requests carry it.
    pub(super) fn add(
        &mut self,
        system: &str,
        at: Timestamp,
        recorded_at: String,
        content: Value,
        metadata: Map<String, Value>,
    ) -> Result<Made> {
        let seed = self.head.clone();
        let hash = hash(&wrapper(system, &self.anchor, &recorded_at, &seed, &content))?;
        let made = Made { offset: self.count, recorded_at, seed, hash: hash.clone(), content, metadata };
        self.head = hash;
        self.count += 1;
        self.last_at = at;
        Ok(made)
    }

    /// How a record refers to another one of this buffer that has no id yet.
    pub(super) fn reference(&self, offset: u32) -> Value {
        json!({"id": self.anchor, "offset": offset.to_string()})
    }

    /// A record as it is sent now, made at `recorded_at` as the service sees it.
    pub(super) fn wrapped(&self, system: &str, made: &Made, recorded_at: &str) -> Result<Wrapped> {
        let inner = self.moved(made.content.clone());
        let content = wrapper(system, &self.anchor, recorded_at, &self.sent_head, &inner);
        let remaining = self.count.saturating_sub(made.offset + 1);
        Ok(Wrapped { hash: hash(&content)?, content, inner, remaining })
    }

    /// The service has the record with this hash.
    pub(super) fn accepted(&mut self, hash: String) {
        self.sent_head = hash;
        self.over += 1;
    }

    /// The service has neither the record nor one in its place.
    pub(super) fn lost(&mut self, offset: u32) {
        self.dropped.push(offset);
        self.over += 1;
    }

    /// Whether the service has something of it.
    pub(super) fn is_begun(&self) -> bool {
        usize::try_from(self.over).is_ok_and(|over| over > self.dropped.len())
    }

    /// Whether a record refers to one that the service has nothing of.
    pub(super) fn lacks_reference(&self, made: &Made) -> bool {
        let offsets = REFERENCES.iter().filter_map(|place| text(&made.content, &format!("{place}/offset")));
        offsets.filter_map(|offset| offset.parse().ok()).any(|offset: u32| self.dropped.contains(&offset))
    }

    /// Offsets count what the service has.
    fn moved(&self, mut content: Value) -> Value {
        for place in REFERENCES {
            let place = format!("{place}/offset");
            let Some(value) = content.pointer_mut(&place) else { continue };
            let Some(offset) = value.as_str().and_then(|text| text.parse::<u32>().ok()) else { continue };
            let before = self.dropped.iter().filter(|dropped| **dropped < offset).count();
            let before = u32::try_from(before).unwrap_or(offset);
            *value = offset.saturating_sub(before).to_string().into();
        }
        content
    }
}

/// A record that was made offline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Made {
    /// Its place in the buffer, from 0.
    pub(super) offset: u32,
    pub(super) recorded_at: String,
    pub(super) seed: String,
    pub(super) hash: String,
    /// The record's own content.
    pub(super) content: Value,
    pub(super) metadata: Map<String, Value>,
}

impl Made {
    /// Such as `TRANSACTION::RECEIPT`.
    pub(super) fn record_type(&self) -> String {
        let part = |place| text(&self.content, place).unwrap_or_default();
        format!("{}::{}", part("/type"), part("/operation/type"))
    }
}

/// A record in the REPLAY intention that brings it.
pub(super) struct Wrapped {
    pub(super) content: Value,
    pub(super) inner: Value,
    pub(super) hash: String,
    /// How many records follow it.
    pub(super) remaining: u32,
}

impl Wrapped {
    /// What was sent already: under another key it is the same.
    pub(super) fn sent(request: &Request) -> Option<Self> {
        let content = request.body.as_ref()?.get("content")?.clone();
        let header = |name| request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        Some(Wrapped {
            inner: content.pointer("/operation/content")?.clone(),
            hash: header(HASH)?.clone(),
            remaining: header(REMAINING)?.parse().ok()?,
            content,
        })
    }
}

fn wrapper(system: &str, anchor: &str, recorded_at: &str, seed: &str, content: &Value) -> Value {
    json!({
        "type": "INTENTION",
        "system": {"id": system},
        "operation": {
            "type": "REPLAY",
            "recorded_at": recorded_at,
            "seed": seed,
            "record": {"id": anchor},
            "content": content,
        },
    })
}

/// SHA-256 of the canonical form (RFC 8785), in padded base64.
fn hash(content: &Value) -> Result<String> {
    let bytes = serde_json_canonicalizer::to_vec(content)
        .map_err(|cause| Error::internal(format!("a record has no canonical form: {cause}")))?;
    Ok(STANDARD.encode(Sha256::digest(bytes)))
}

/// The outage with a buffer that takes `records` more records at `now`.
///
/// `acknowledged` is the last record that the service acknowledged, with its signature. `replaying` says
/// that records before this one are being sent: then their buffer takes no more.
///
/// # Errors
/// `not_ready` past the limits, and `unreachable` where there is nothing to chain to.
pub(super) fn open(
    register: &RegisterFacts,
    acknowledged: Option<(&str, &str)>,
    replaying: bool,
    now: Timestamp,
    records: u32,
) -> Result<(OfflineFacts, Buffer)> {
    let mut offline = match &register.offline {
        Some(offline) => offline.clone(),
        None => OfflineFacts { started: now, sending: None, filling: None },
    };
    if let Some(outage) = offline.outage() {
        check_limits(&outage, now, records)?;
    }
    if replaying && offline.sending.is_none() {
        offline.sending = offline.filling.take();
    }
    if let Some(filling) = offline.filling.clone() {
        return Ok((offline, filling));
    }
    let (anchor, signature) = acknowledged.ok_or_else(|| {
        let message = "the service gives no answer, and without a first record of this register nothing can be issued offline; nothing was booked, try again";
        Error::new(Kind::Unreachable, message)
    })?;
    let before = offline.sending.as_ref();
    let at = before.map_or(now, |before| before.last_at.max(now));
    let number = before.map_or(1, |before| before.number + 1);
    Ok((offline, Buffer::new(number, anchor, signature, at)))
}

fn check_limits(outage: &Outage, now: Timestamp, records: u32) -> Result<()> {
    let what = if now > outage.until {
        "24 hours"
    } else if outage.records + records > MOST_RECORDS {
        "9,999 records"
    } else {
        return Ok(());
    };
    let message = format!(
        "offline since {}, and the service allows {what}: the register may not sell; reconnect and run `sync`, \
         or else `register.replace` puts a new system in its place",
        outage.since.strftime("%Y-%m-%dT%H:%M:%SZ")
    );
    Err(Error::new(Kind::NotReady, message))
}
