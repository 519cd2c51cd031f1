//! A record as the service keeps it, with all that it shows on request (contract sign-fr 1.7 and 2.8).

use super::facts;
use super::run::{Flow, Run};
use super::wire::text;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Answer, Outcome};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The flags of a retrieval.
const FLAGS: &str =
    "operation=&file-artifact=&file-integrity=&compliance-artifact=&data-artifact=&data-integrity=";

/// Reads a record of the register with every flag.
pub(super) fn get(run: &Run<'_>) -> Flow<Outcome> {
    let id = run.param("record").as_str().unwrap_or_default();
    let unknown =
        || Error::new(Kind::NotFound, "the service has no such record of this register").at("/record");
    if id.len() != 36 || !id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        return Err(unknown().into());
    }
    let register = facts::register(run.facts)?;
    let credential = facts::merchant(run.facts)?.credential;
    let answer = run.read("record", &credential, &format!("/records/{id}?{FLAGS}"), None)?;
    let answer = answer.filter(|answer| answer.text("/content/system/id") == Some(register.system.as_str()));
    let result = told(run, answer.ok_or_else(unknown)?, text(&register.certificate, "/x509_pem"))?;
    Ok(Outcome { result, ..Outcome::default() })
}

fn told(run: &Run<'_>, answer: &Answer, certificate: Option<&str>) -> Result<Value> {
    let operation =
        answer.text("/content/operation").and_then(|operation| serde_json::from_str(operation).ok());
    let signed_at = answer.text("/content/journal/signed_at").and_then(|at| at.parse().ok());
    Ok(json!({
        "record": answer.text("/content/id"),
        "type": answer.text("/content/type"),
        "state": answer.text("/content/state"),
        "signature": answer.text("/content/journal/signature"),
        "signed_at": signed_at.map(|at| run.local(at)).transpose()?,
        "operation": operation.unwrap_or(Value::Null),
        "artifact": decoded(answer, "/content/file/artifact/data"),
        "integrity": decoded(answer, "/content/file/integrity/data"),
        "certificate": certificate,
        "answer": answer.body,
    }))
}

/// Text that the service gives in base64.
fn decoded(answer: &Answer, pointer: &str) -> Option<String> {
    STANDARD.decode(answer.text(pointer)?).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}
