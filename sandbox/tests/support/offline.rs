//! An offline buffer as a client would make it: the chain of its hashes is computed here a second time, from the
//! contract (sign-fr 5.1) and with a canonical form of its own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::shop::{Answer, Shop, receipt};

/// What `X-Replay-Hash` covers.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Covers {
    Wrapper,
    Inner,
}

/// One record of the buffer, as it will be sent.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) remaining: Option<u32>,
    pub(crate) hash: Option<String>,
    pub(crate) content: Value,
}

impl Step {
    pub(crate) fn operation(&mut self) -> &mut Value {
        &mut self.content["operation"]
    }

    /// Writes the hash that belongs to the content.
    pub(crate) fn seal(&mut self, covers: Covers) {
        let input = match covers {
            Covers::Wrapper => &self.content,
            Covers::Inner => &self.content["operation"]["content"],
        };
        self.hash = Some(STANDARD.encode(Sha256::digest(canonical(input))));
    }

    pub(crate) fn send(&self, shop: &Shop) -> Answer {
        let remaining = self.remaining.map(|left| left.to_string());
        let headers = [("X-Replay-Remaining", remaining.as_deref()), ("X-Replay-Hash", self.hash.as_deref())];
        let headers: Vec<(&str, &str)> =
            headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        shop.post_with("/records", &self.content, &headers)
    }
}

/// Wraps and chains records, the oldest first, a second apart and the last a minute ago.
pub(crate) fn chain(till: &str, anchor: &Answer, records: &[Value], covers: Covers) -> Vec<Step> {
    let mut seed = anchor.at("/content/journal/signature").to_owned();
    let mut steps = Vec::new();
    for (place, record) in records.iter().enumerate() {
        let left = records.len() - 1 - place;
        let operation = json!({ "type": "REPLAY", "recorded_at": ago(60 + left), "seed": seed,
                                "record": { "id": anchor.id() }, "content": record });
        let content = json!({ "type": "INTENTION", "system": { "id": till }, "operation": operation });
        let mut step = Step { remaining: u32::try_from(left).ok(), hash: None, content };
        step.seal(covers);
        seed = step.hash.clone().unwrap();
        steps.push(step);
    }
    steps
}

/// Two sales, an event, and a cancellation of the first sale; offsets count from `base`.
pub(crate) fn afternoon(till: &str, anchor: &Answer, base: usize) -> Vec<Value> {
    let intention =
        json!({ "type": "INTENTION", "system": { "id": till }, "operation": { "type": "TRANSACTION" } });
    let reference = |place: usize| json!({ "id": anchor.id(), "offset": (place + base).to_string() });
    let on = |place: usize, operation: Value| json!({ "type": "TRANSACTION", "record": reference(place), "operation": operation });
    vec![
        intention.clone(),
        on(0, receipt("R-2")),
        intention.clone(),
        on(2, receipt("R-3")),
        event(till, "Connection lost"),
        intention,
        on(5, json!({ "type": "CANCELLATION", "record": reference(1) })),
    ]
}

pub(crate) fn event(till: &str, description: &str) -> Value {
    json!({ "type": "INTENTION", "system": { "id": till },
            "operation": { "type": "EVENT", "code": "90", "description": description } })
}

/// A time so many seconds ago, in 25 characters.
pub(crate) fn ago(seconds: usize) -> String {
    let past = SignedDuration::from_secs(i64::try_from(seconds).unwrap());
    (Timestamp::now() - past).strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// RFC 8785 for what occurs here: texts in ASCII, objects and arrays.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            let members: Vec<String> =
                names.iter().map(|name| format!("\"{name}\":{}", canonical(&members[*name]))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::String(text) => {
            assert!(text.is_ascii() && !text.contains(['"', '\\']), "{text}");
            format!("\"{text}\"")
        }
        other => panic!("{other} does not occur in a record"),
    }
}
