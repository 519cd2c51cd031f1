//! A record as the service keeps it.

use super::{Definition, Run, given, read, returned, written};
use crate::error::{Error, Kind, Result};
use crate::fiskal::Call;
use crate::verify::DetachedJws;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const GET: Definition = Definition {
    name: "record.get",
    summary: "Reads a record from its service with all that it shows: the operation, the signed artifact, and its signature, which is checked.",
    params: given::<Get>,
    result: returned::<Record>,
    run: Run::Client(get),
};

/// Parameters of `record.get`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RecordGet")]
struct Get {
    /// The register's name in the configuration.
    register: String,
    /// The service's id of the record, such as `ids.record` of a receipt.
    record: String,
}

/// Result of `record.get`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ServiceRecord")]
struct Record {
    /// The service's id.
    record: String,
    /// The service's word for what it is, such as `TRANSACTION::RECEIPT`.
    #[serde(rename = "type")]
    record_type: String,
    /// The service's word for how it stands, such as `COMPLETED`.
    state: Option<String>,
    /// The signature in the service's journal.
    signature: Option<String>,
    /// When it was signed (RFC 3339 with the location's offset).
    signed_at: Option<String>,
    /// What was booked, in the service's words; `null` where it does not repeat it.
    operation: Value,
    /// The signed artifact, which an auditor wants to see; absent where the service gives none.
    artifact: Option<String>,
    /// The detached JWS over it.
    integrity: Option<String>,
    /// What was checked: `artifact`, by that JWS and the register's certificate.
    #[serde(default)]
    verified: Vec<String>,
    /// The service's own answer, untouched.
    answer: Value,
}

fn get(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Get = read(params)?;
    let which = json!({ "record": asked.record });
    let submission = fiskal.place(&asked.register)?.submission(GET.name, String::new(), which);
    let result = fiskal.look(submission)?.result;
    let mut record = Record::deserialize(&result)
        .map_err(|cause| Error::internal(format!("a record of the service cannot be read: {cause}")))?;
    let certificate = result.get("certificate").and_then(Value::as_str);
    if let (Some(artifact), Some(integrity), Some(certificate)) =
        (&record.artifact, &record.integrity, certificate)
    {
        check(artifact, integrity, certificate)?;
        record.verified.push("artifact".into());
    }
    written(&record)
}

fn check(artifact: &str, integrity: &str, certificate: &str) -> Result<()> {
    let mut signature = DetachedJws::new(integrity, certificate)?;
    signature.update(artifact.as_bytes());
    signature.verify().map_err(|error| {
        let message = format!("the record's artifact: {}; ask the service's support", error.message());
        Error::new(Kind::Mismatch, message)
    })
}
