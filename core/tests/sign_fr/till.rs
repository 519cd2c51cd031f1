//! A register that sells offline and replays: it keeps facts and what is deferred, as the engine does.

use crate::driver::{Drive, facts, operation, sale};
use crate::fisc::Fisc;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fiskal::error::Error;
use fiskal::exchange::{Facts, Offline, Operation, Outcome, Request};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use uuid::Uuid;

/// The last record that the register booked online, and its signature.
pub(crate) const ANCHOR: (&str, &str) = ("r-0", "sig-0");

/// The register.
pub(crate) struct Till {
    pub facts: Facts,
    pub now: Timestamp,
    pub replaying: bool,
    /// What waits to be replayed.
    pub queue: VecDeque<Operation>,
    /// What was sent while it was replayed.
    pub sent: Vec<Request>,
}

impl Till {
    pub(crate) fn new() -> Self {
        let mut facts = facts();
        let more = ["INTENTION::EVENT", "TRANSACTION::CORRECTION"];
        facts.register["records"].as_array_mut().unwrap().extend(more.map(Value::from));
        facts.register["last_record"] = ANCHOR.0.into();
        facts.register["last_signature"] = ANCHOR.1.into();
        let now = crate::driver::NOON.parse().unwrap();
        Till { facts, now, replaying: false, queue: VecDeque::new(), sent: Vec::new() }
    }

    /// One whose system has no record for events: the chain holds sales alone.
    pub(crate) fn without_events() -> Self {
        let mut till = Till::new();
        till.facts.register["records"].as_array_mut().unwrap().retain(|record| record != "INTENTION::EVENT");
        till
    }

    pub(crate) fn pass(&mut self, time: SignedDuration) {
        self.now = self.now.checked_add(time).unwrap();
    }

    pub(crate) fn drive(&self, name: &str, params: Value) -> Drive {
        let id = Uuid::new_v3(&Uuid::NAMESPACE_OID, format!("{name}{params}").as_bytes());
        let asked = Operation { id, at: self.now, ..operation(name, "register", params) };
        Drive { replaying: self.replaying, ..Drive::new(asked, self.facts.clone()) }
    }

    pub(crate) fn completing(&self, number: u32) -> Drive {
        self.drive("sale.complete", json!({"sale": numbered(number)}))
    }

    /// Sells offline, and gives the outcome with what was recorded.
    pub(crate) fn sell(&mut self, number: u32) -> (Outcome, Value) {
        let drive = self.completing(number);
        self.take(drive)
    }

    /// Takes what is deferred: the facts change, and the operation waits.
    pub(crate) fn take(&mut self, drive: Drive) -> (Outcome, Value) {
        let Offline::Deferred { outcome, deferred } = drive.offline() else {
            panic!("{:?}", drive.offline())
        };
        self.facts.register = outcome.learned.clone().unwrap();
        self.queue.push_back(Operation { deferred: Some(deferred.clone()), ..drive.operation });
        (outcome, deferred["records"].clone())
    }

    /// The next one that waits, on its way.
    pub(crate) fn replaying_next(&mut self) -> Drive {
        let next = self.queue.pop_front().unwrap();
        let mut drive = Drive::new(next, self.facts.clone());
        drive.now = self.now;
        drive
    }

    /// Replays the next one that waits.
    pub(crate) fn replay(&mut self, fisc: &mut Fisc) -> Result<Outcome, Error> {
        let mut drive = self.replaying_next();
        let outcome = drive.run(fisc);
        self.sent.append(&mut drive.sent);
        if let Ok(Outcome { learned: Some(learned), .. }) = &outcome {
            self.facts.register = learned.clone();
        }
        outcome
    }
}

/// A sale under its own id and number.
pub(crate) fn numbered(number: u32) -> Value {
    let mut sale = sale();
    sale["id"] = format!("pos-{number}").into();
    sale["number"] = format!("R-{number}").into();
    sale
}

/// The wrapper of a record, as contract sign-fr 5.2 shows it.
pub(crate) fn wrapper(recorded_at: &str, seed: &str, anchor: &str, content: &Value) -> Value {
    json!({"type": "INTENTION", "system": {"id": "sys-1"}, "operation": {
        "type": "REPLAY", "recorded_at": recorded_at, "seed": seed, "record": {"id": anchor}, "content": content,
    }})
}

/// SHA-256 over a canonical form of its own, in base64.
pub(crate) fn hash(content: &Value) -> String {
    let mut text = String::new();
    canonical(content, &mut text);
    STANDARD.encode(Sha256::digest(text))
}

/// RFC 8785 for what a record holds: objects with plain names, lists, texts and truth values.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            out.push('{');
            for (index, name) in names.into_iter().enumerate() {
                out.push_str(if index == 0 { "\"" } else { ",\"" });
                out.push_str(name);
                out.push_str("\":");
                canonical(&members[name], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                canonical(item, out);
            }
            out.push(']');
        }
        Value::String(text) => {
            assert!(!text.contains(['"', '\\']) && !text.contains(char::is_control), "{text}");
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
        Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        other => panic!("{other} does not occur in a record"),
    }
}
