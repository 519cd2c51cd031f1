//! Events that the law wants recorded.

use super::afterwards::check_as_sale;
use super::{Definition, Run, given, read, returned};
use crate::error::Result;
use crate::fiskal::Call;
use crate::sale::Cashier;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(super) const RECORD: Definition = Definition {
    name: "event.record",
    summary: "Records an event of the register that the law wants recorded, such as a lost connection.",
    params: given::<Event>,
    result: returned::<Recorded>,
    run: Run::Client(record),
};

/// Parameters of `event.record`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Event {
    /// The caller's id, at most 64 visible characters, unique per register: a repeated call with it records nothing
    /// anew. Made if absent.
    #[serde(default)]
    id: Option<String>,
    /// The register's name in the configuration.
    register: String,
    /// The event's code; in France one of the codes of the technical event log (JET), at most 32 characters.
    code: String,
    /// What happened, at most 128 characters.
    description: String,
    /// When it happened (RFC 3339); now if absent.
    #[serde(default, deserialize_with = "crate::read::time")]
    #[schemars(with = "Option<String>")]
    occurred_at: Option<Timestamp>,
    /// Who was there.
    #[serde(default)]
    cashier: Option<Cashier>,
    /// Whether it happened in training.
    #[serde(default)]
    training: bool,
    /// Per service, what only that service knows: `{"sign-fr": {…}}` with `properties` (an object of texts).
    #[serde(default)]
    extra: Map<String, Value>,
}

/// Result of `event.record`.
#[derive(Serialize, JsonSchema)]
#[allow(dead_code, reason = "describes what the services give")]
struct Recorded {
    /// The service's id of the record; absent while the event waits to be sent (see `sync`).
    record: Option<String>,
    /// The service's signature.
    signature: Option<String>,
    /// When the service signed it (RFC 3339 with the location's offset).
    signed_at: Option<String>,
}

fn record(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let event: Event = read(params)?;
    check_as_sale(json!({ "id": event.id, "cashier": event.cashier }))?;
    let place = fiskal.place(&event.register)?;
    let id = event.id.clone().unwrap_or_else(|| fiskal.new_id());
    let params = super::written(&event)?;
    let mut submission = place.submission("event.record", format!("event.record:{id}"), params.clone());
    submission.fingerprint = params.to_string();
    Ok(fiskal.submit(submission)?.outcome.result)
}
