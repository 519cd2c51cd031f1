//! A raw, authenticated and journalled request to SIGN AT, for what has no name here.

use super::facts;
use super::run::{Flow, Run, Stop};
use super::wire::{self, Api};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Effect, Known, Lost, Method, Outcome, Request};
use crate::services::path;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const LABEL: &str = "request";
/// What these carry is secret, and the journal holds no secrets (contract sign-at 2.1 and 2.2).
const SECRET: [&str; 2] = ["auth", "fon"];

/// What the caller gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    method: String,
    path: String,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    headers: Map<String, Value>,
}

/// Sends it as the merchant and gives what came back: `{status, body, trace_id}`, whatever the status.
pub(super) fn request(run: &Run<'_>) -> Flow<Outcome> {
    let Some(exchange) = run.past.find(LABEL) else {
        return Err(Stop::to_send(prepared(run)?));
    };
    match &exchange.known {
        Known::Answered(answer) => {
            let result =
                json!({"status": answer.status, "body": answer.body, "trace_id": wire::trace(answer)});
            Ok(Outcome { result, ..Outcome::default() })
        }
        Known::NotSent => Err(Stop::to_repeat(LABEL, wire::pause(exchange.attempts))),
        Known::Unknown => {
            let message = "the answer was lost, and the change may have happened; look what became of it before sending another";
            Ok(Outcome { error: Some(Error::new(Kind::UnknownOutcome, message)), ..Outcome::default() })
        }
    }
}

fn prepared(run: &Run<'_>) -> Result<Request> {
    let raw = Raw::deserialize(&run.operation.params)
        .map_err(|error| Error::invalid("", format!("a raw request has method, path and body: {error}")))?;
    let method = match raw.method.to_ascii_uppercase().as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        _ => return Err(Error::invalid("/method", "SIGN AT has the methods GET, POST, PUT and PATCH")),
    };
    if !path::is_plain(&raw.path) {
        let message = "a path begins with one /, has neither blanks, # nor the parts . and .., and spells its letters out; write what follows /api/v1, as in /configuration";
        return Err(Error::invalid("/path", message));
    }
    let first = raw.path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
    if method != Method::Get && SECRET.contains(&first) {
        let message = "this request would hold a secret, and the journal holds none; `provision` signs in and tells FinanzOnline's credentials";
        return Err(Error::invalid("/path", message));
    }
    if let Some(name) = raw.headers.keys().next() {
        let message = "SIGN AT takes no header fields beside those that every request has; leave it out";
        return Err(Error::invalid(format!("/headers/{}", crate::read::escape(name)), message));
    }
    let credential = facts::merchant(run.facts)?.credential;
    let (effect, lost) = match method {
        Method::Get => (Effect::Read, Lost::Resend { within: None }),
        // Under an id of the caller's the same bytes may be sent for ever (contract sign-at 4.3).
        Method::Put => (Effect::Write, Lost::Resend { within: None }),
        _ => (Effect::Write, Lost::Ask),
    };
    Ok(Request {
        credential: Some(credential),
        body: raw.body,
        effect,
        lost,
        ..run.service.bases.request(Api::Signing, LABEL, method, &raw.path)
    })
}
