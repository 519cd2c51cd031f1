//! Idempotency keys: the same request gets the same answer for 24 hours (contract sign-fr 6).

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::errors::Problem;
use crate::http::Reply;

/// The key's place: organization and key. The scope of a key is not published; we take the organization.
pub(super) type Slot = (String, String);

/// The answer that is given again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    status: u16,
    body: String,
    headers: Vec<(String, String)>,
}

/// One used key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) slot: Slot,
    /// Digest of method, path, payload and the headers that change the meaning.
    fingerprint: String,
    created: Timestamp,
    /// Nothing while the request is being worked on.
    reply: Option<Kept>,
}

/// All keys that still count.
#[derive(Debug, Default)]
pub(super) struct Idempotency {
    entries: HashMap<Slot, Entry>,
    /// Slots in the order of their first use, to forget the old ones without looking at all.
    order: VecDeque<(Timestamp, Slot)>,
}

/// What a key means for a request.
pub(super) enum Begun {
    /// Nobody used it: work, then [`Idempotency::finish`].
    Fresh,
    /// The answer is known.
    Replay(Reply),
}

/// Headers of a kept answer that belong to it and not to the exchange.
const KEPT_HEADERS: &[&str] = &["x-scope-identifier"];

impl Idempotency {
    /// Looks a key up and takes it. Same request in flight: 409. Other request: 422.
    pub(super) fn begin(
        &mut self,
        slot: &Slot,
        fingerprint: String,
        now: Timestamp,
        life: SignedDuration,
    ) -> Result<Begun, Problem> {
        let alive = |created: Timestamp| now.duration_since(created) < life;
        if let Some(entry) = self.entries.get(slot).filter(|entry| alive(entry.created)) {
            if entry.fingerprint != fingerprint {
                return Err(
                    Problem::unprocessable("the idempotency key was used for another request").fresh()
                );
            }
            return match &entry.reply {
                Some(kept) => Ok(Begun::Replay(kept.reply())),
                None => Err(Problem::conflict("a request with this idempotency key is in progress").fresh()),
            };
        }
        let entry = Entry { slot: slot.clone(), fingerprint, created: now, reply: None };
        self.insert(entry);
        Ok(Begun::Fresh)
    }

    /// The entry as it will be once `reply` is known, for the store.
    pub(super) fn finished(&self, slot: &Slot, reply: &Reply) -> Option<Entry> {
        let entry = self.entries.get(slot)?;
        Some(Entry { reply: Some(Kept::of(reply)), ..entry.clone() })
    }

    /// Keeps the answer of a finished request.
    pub(super) fn finish(&mut self, entry: Entry) {
        self.entries.insert(entry.slot.clone(), entry);
    }

    /// Gives a key back: the request failed and may be sent again.
    pub(super) fn release(&mut self, slot: &Slot) {
        if self.entries.get(slot).is_some_and(|entry| entry.reply.is_none()) {
            self.entries.remove(slot);
        }
    }

    /// Takes an entry back from the store.
    pub(super) fn restore(&mut self, entry: Entry) {
        self.insert(entry);
    }

    /// Forgets keys that no longer count and names them. Keys are forgotten in the order of their first use.
    pub(super) fn sweep(&mut self, now: Timestamp, life: SignedDuration) -> Vec<Slot> {
        let mut gone = Vec::new();
        while let Some((created, _)) = self.order.front()
            && now.duration_since(*created) >= life
        {
            let Some((created, slot)) = self.order.pop_front() else { break };
            if self.entries.get(&slot).is_some_and(|entry| entry.created == created && entry.reply.is_some())
            {
                self.entries.remove(&slot);
                gone.push(slot);
            }
        }
        gone
    }

    fn insert(&mut self, entry: Entry) {
        self.order.push_back((entry.created, entry.slot.clone()));
        self.entries.insert(entry.slot.clone(), entry);
    }
}

impl Kept {
    fn of(reply: &Reply) -> Kept {
        let headers = reply
            .headers
            .iter()
            .filter(|(name, _)| KEPT_HEADERS.contains(name))
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        Kept { status: reply.status, body: String::from_utf8_lossy(&reply.body).into_owned(), headers }
    }

    fn reply(&self) -> Reply {
        let headers = KEPT_HEADERS.iter().filter_map(|known| {
            self.headers.iter().find(|(name, _)| name == known).map(|(_, value)| (*known, value.clone()))
        });
        Reply {
            status: self.status,
            headers: headers.collect(),
            content_type: "application/json",
            body: self.body.clone().into(),
        }
    }
}

impl Entry {
    /// The entry's id in the store.
    pub(super) fn slot_text(&self) -> String {
        slot_text(&self.slot)
    }
}

/// A slot as one text.
pub(super) fn slot_text((organization, key): &Slot) -> String {
    format!("{organization}/{key}")
}
