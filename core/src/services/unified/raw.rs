//! A raw, authenticated and journalled request, for what has no name here.

use super::checks::escaped;
use super::contract::collection;
use super::facts;
use super::run::{Flow, Run, Stop};
use super::wire::{self, IDEMPOTENCY_KEY};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Effect, Known, Lost, Method, Outcome, Request, Step};
use crate::services::path;
use crate::text::quoted;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The operation's name. What it sends and gets is in the caller's words, under whichever contract.
pub(super) const NAME: &str = "request";
/// What these make is shown once, in the answer (contract sign-fr 2.1 and 2.2).
const MAKES_SECRETS: [&str; 3] = ["auth", "tokens", "subjects"];

/// What the caller gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParams {
    method: String,
    path: String,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// Header fields that say who asks and where the message ends.
const RESERVED: [&str; 7] =
    ["authorization", "connection", "content-length", "host", "te", "transfer-encoding", "upgrade"];

/// Sends it as the merchant, or as the account where there is no merchant, and gives what came back:
/// `{status, body, trace_id}`, whatever the status.
pub(super) fn request(run: &Run<'_>) -> Flow<Outcome> {
    let label = "request";
    let Some(exchange) = run.past.find(label) else {
        return Err(Stop::Step(Box::new(Step::Send(prepared(run, label)?))));
    };
    match &exchange.known {
        Known::Answered(answer) => {
            let trace = answer.header("x-trace-identifier");
            let result = json!({"status": answer.status, "body": answer.body, "trace_id": trace});
            Ok(Outcome { result, ..Outcome::default() })
        }
        Known::NotSent => Err(Stop::Step(Box::new(Step::Again {
            label: label.into(),
            pause: wire::pause(exchange.attempts),
        }))),
        Known::Unknown => {
            let message = "the answer was lost, and the service no longer knows the request's key; look what became of it before sending another";
            // Nothing is ever sent again for it: its key has expired, or it never had one.
            Ok(Outcome { error: Some(Error::new(Kind::UnknownOutcome, message)), ..Outcome::default() })
        }
    }
}

fn prepared(run: &Run<'_>, label: &str) -> Result<Request> {
    let params = RawParams::deserialize(&run.operation.params).map_err(|error| {
        Error::invalid("", format!("a raw request has method, path, body and headers: {error}"))
    })?;
    let method = match params.method.to_ascii_uppercase().as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PATCH" => Method::Patch,
        other => {
            let message = format!("the service has no method {}; give GET, POST or PATCH", quoted(other));
            return Err(Error::invalid("/method", message));
        }
    };
    if !path::is_plain(&params.path) {
        return Err(Error::invalid(
            "/path",
            "a path begins with one /, has neither blanks, # nor the parts . and .., and spells its letters out; write it as in /records?limit=10",
        ));
    }
    if method == Method::Post
        && MAKES_SECRETS.contains(&collection(params.path.strip_prefix("/api/v1").unwrap_or(&params.path)))
    {
        let message = "the answer would hold a secret, and the journal holds none; `provision` makes the keys that are needed";
        return Err(Error::invalid("/path", message));
    }
    let mut headers = vec![("X-Api-Version".to_owned(), run.service.contract.version().to_owned())];
    let read = method == Method::Get;
    if run.service.contract.has_key(method)
        && !params.headers.keys().any(|name| name.eq_ignore_ascii_case(IDEMPOTENCY_KEY))
    {
        headers.push((IDEMPOTENCY_KEY.to_owned(), run.operation.derived_id(label).to_string()));
    }
    for (name, value) in params.headers {
        if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) || !is_header(&name, &value) {
            let message =
                "this header field cannot be given: it is set for every request, or is no header field";
            return Err(Error::invalid(format!("/headers/{}", escaped(&name)), message));
        }
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        headers.push((name, value));
    }
    let credential = match facts::merchant(run.facts) {
        Ok(merchant) => merchant.credential,
        Err(_) => run.account_credential()?,
    };
    let has_key = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
    let lost = match (read, has_key) {
        (true, _) => Lost::Resend { within: None },
        (false, true) => Lost::Resend { within: Some(wire::RESEND_WITHIN) },
        (false, false) => Lost::Ask,
    };
    Ok(Request {
        label: label.to_owned(),
        credential: Some(credential),
        base: run.service.base.clone(),
        method,
        path: params.path,
        headers,
        body: params.body,
        effect: if read { Effect::Read } else { Effect::Write },
        lost,
        keep_secret: Vec::new(),
    })
}

/// A token and a line of visible text (RFC 9110, 5.1 and 5.5).
fn is_header(name: &str, value: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty()
        && name.bytes().all(token)
        && value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}
