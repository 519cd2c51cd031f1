//! A resource of the service in the words that callers get. Unknown members stay in `answer`.

use crate::error::Result;
use crate::resource::{Organization, Subject, Unit};
use crate::services::sign_at::provision::id_of;
use crate::services::sign_at::wire;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn organization(body: &Value) -> Result<Value> {
    let seen = Seen(body);
    Ok(json!(Organization {
        id: id_of(body)?,
        resource_type: seen.word("_type"),
        name: seen.text("name").unwrap_or_default(),
        state: "unknown".into(),
        // It may be there and empty (contract sign-at 2.11).
        organization: seen.text("managed_by_organization_id").filter(|id| !id.is_empty()),
        metadata: seen.texts("metadata"),
        answer: body.clone(),
    }))
}

pub(super) fn subject(body: &Value) -> Result<Value> {
    let seen = Seen(body);
    Ok(json!(Subject {
        id: id_of(body)?,
        resource_type: seen.word("_type"),
        name: seen.text("name").unwrap_or_default(),
        state: seen.word("status"),
        credential: None,
        orphans: Vec::new(),
        metadata: seen.texts("metadata"),
        answer: body.clone(),
    }))
}

pub(super) fn unit(body: &Value) -> Result<Value> {
    let seen = Seen(body);
    Ok(json!(Unit {
        id: id_of(body)?,
        resource_type: seen.word("_type"),
        name: seen.text("legal_entity_name").unwrap_or_default(),
        state: seen.word("state"),
        taxpayer: seen.texts("legal_entity_id"),
        certificate: seen.text("certificate_serial_number"),
        created_at: seen.time("time_creation"),
        initialized_at: seen.time("time_initialization"),
        outage_since: seen.time("time_outage"),
        ended_at: seen.time("time_decommission").or_else(|| seen.time("time_defect")),
        metadata: seen.texts("metadata"),
        answer: body.clone(),
    }))
}

/// A resource as it came.
struct Seen<'a>(&'a Value);

impl Seen<'_> {
    fn text(&self, name: &str) -> Option<String> {
        wire::text(self.0, &format!("/{name}")).map(str::to_owned)
    }

    /// One of the service's words, in small letters; `unknown` where it said none.
    fn word(&self, name: &str) -> String {
        self.text(name).map_or_else(|| "unknown".into(), |word| word.to_lowercase())
    }

    fn texts(&self, name: &str) -> BTreeMap<String, String> {
        let members = self.0.get(name).and_then(Value::as_object).into_iter().flatten();
        members.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
    }

    /// A time, which the service gives in seconds, as RFC 3339.
    fn time(&self, name: &str) -> Option<String> {
        let seconds = self.0.get(name).and_then(Value::as_i64)?;
        Timestamp::from_second(seconds).ok().map(|time| time.to_string())
    }
}
