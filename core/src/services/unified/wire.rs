//! Requests as the unified API wants them, and what its answers mean (contract sign-fr 1 and 4).

use crate::error::{Error, Kind};
use crate::exchange::{Answer, Effect, Exchange, KeptSecret, Known, Lost, Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The service forgets an idempotency key after 24 hours (contract sign-fr 6); the last one is not used.
pub(super) const RESEND_WITHIN: Duration = Duration::from_secs(23 * 60 * 60);
/// The header of the idempotency key.
pub(super) const IDEMPOTENCY_KEY: &str = "X-Idempotency-Key";
/// The header of the organization that something is done for.
pub(super) const SCOPE: &str = "X-Scope-Identifier";
/// The longest token of a page (Appendix A, PaginationToken).
const PAGE_TOKEN: usize = 1024;
/// The largest page of a list (contract sign-fr 1.7).
pub(super) const PAGE: u32 = 100;

/// A request that changes something, before it has a key.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) credential: String,
    pub(super) method: Method,
    pub(super) path: String,
    /// The organization that it is done for, or that a new subject or organization is attached to.
    pub(super) scope: Option<String>,
    pub(super) body: Value,
    pub(super) keep_secret: Vec<KeptSecret>,
    /// Header fields of this request alone.
    headers: Vec<(String, String)>,
}

impl Write {
    pub(super) fn post(credential: &str, path: &str, content: Value, metadata: Map<String, Value>) -> Self {
        Write {
            credential: credential.into(),
            method: Method::Post,
            path: path.into(),
            scope: None,
            body: json!({"content": content, "metadata": metadata}),
            keep_secret: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub(super) fn patch(credential: &str, path: String, content: Value) -> Self {
        Write {
            credential: credential.into(),
            method: Method::Patch,
            path,
            scope: None,
            body: json!({"content": content}),
            keep_secret: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub(super) fn scoped(mut self, organization: &str) -> Self {
        self.scope = Some(organization.into());
        self
    }

    pub(super) fn keeping(mut self, secrets: &[KeptSecret]) -> Self {
        self.keep_secret = secrets.to_vec();
        self
    }

    pub(super) fn with(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }

    pub(super) fn into_request(self, base: &str, contract: &str, label: String, key: &str) -> Request {
        let mut headers = vec![
            ("X-Api-Version".to_owned(), contract.to_owned()),
            (IDEMPOTENCY_KEY.to_owned(), key.to_owned()),
        ];
        headers.extend(self.headers);
        headers.extend(self.scope.map(|scope| (SCOPE.to_owned(), scope)));
        Request {
            label,
            credential: Some(self.credential),
            base: base.into(),
            method: self.method,
            path: self.path,
            headers,
            body: Some(self.body),
            effect: Effect::Write,
            lost: Lost::Resend { within: Some(RESEND_WITHIN) },
            keep_secret: self.keep_secret,
        }
    }
}

/// What the answer to a write, or its absence, means.
#[derive(Debug)]
pub(super) enum Fate<'a> {
    /// Done.
    Booked(&'a Answer),
    /// Nothing settled; the same key and bytes again.
    Repeat,
    /// Nothing booked; a new key after a pause.
    NewKey(&'a Answer),
    /// It may or may not be booked, and the key is spent: look before using a new one.
    Look,
    /// The service said no.
    Refused(Error),
    /// The credentials do not serve.
    Unauthorized(Error),
}

/// How often one request is sent before its answer is taken for what it says.
pub(super) const PATIENCE: u32 = 8;
/// How long the first attempt may still be at work. Restarts and repeated calls make many attempts in
/// no time, and what is in flight meanwhile is booked in the end.
const IN_FLIGHT: SignedDuration = SignedDuration::from_secs(20);

/// What is known of a write that was first sent `age` ago.
///
/// One without an idempotency key ([`Lost::Ask`]) is never sent again as it is: a look at the resource tells.
pub(super) fn fate(exchange: &Exchange, age: SignedDuration) -> Fate<'_> {
    let answer = match &exchange.known {
        Known::Answered(answer) => answer,
        Known::Unknown => return Fate::Look,
        Known::NotSent => return Fate::Repeat,
    };
    let tired = exchange.attempts >= PATIENCE && age >= IN_FLIGHT;
    match answer.status {
        200..=299 if answer.text("/content/id").is_some() => Fate::Booked(answer),
        // A success that shows no resource says nothing.
        200..=299 if tired || exchange.request.lost == Lost::Ask => Fate::Look,
        200..=299 => Fate::Repeat,
        401 | 403 => Fate::Unauthorized(refusal(answer)),
        // What says whether it was replayed is the operation's own no, and not that it is in flight (contract
        // sign-fr 1.4). A change that is refused wrongly books nothing twice; of a creation nobody is that sure.
        409 if exchange.request.method == Method::Patch && replayed_flag(answer).is_some() => {
            Fate::Refused(refusal(answer))
        }
        425 | 429 if exchange.request.lost == Lost::Ask => Fate::NewKey(answer),
        409 | 500 | 502..=599 if exchange.request.lost == Lost::Ask => Fate::Look,
        // In flight, or too many: the key is good (contract sign-fr 6).
        409 | 425 | 429 if !tired => Fate::Repeat,
        // A gateway's 503 says nothing about an earlier attempt whose answer was lost.
        503 if exchange.attempts > 1 => Fate::Look,
        503 => Fate::NewKey(answer),
        // "Not implemented" is an answer; the other server errors say nothing about the request.
        501 => Fate::Refused(refusal(answer)),
        500..=599 if tired || replayed(answer) => Fate::Look,
        500..=599 => Fate::Repeat,
        _ => Fate::Refused(refusal(answer)),
    }
}

/// Whether the answer comes from the service's memory: then the key will never give another one.
fn replayed(answer: &Answer) -> bool {
    replayed_flag(answer).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// What the answer says of that; one to a key in flight says nothing.
fn replayed_flag(answer: &Answer) -> Option<&str> {
    answer.header("x-idempotency-replayed")
}

/// The pause before the attempt after this many.
pub(super) fn pause(attempts: u32) -> Duration {
    Duration::from_millis(250 << attempts.saturating_sub(1).min(5))
}

/// The pause before the key after this many: in an outage of hours there are some hundred keys, not thousands.
pub(super) fn pause_between_keys(keys: u32) -> Duration {
    Duration::from_millis(250 << keys.saturating_sub(1).min(8))
}

/// The error that a refusing answer is (contract sign-fr 4.1).
pub(super) fn refusal(answer: &Answer) -> Error {
    let code = answer.text("/content/code");
    let words = answer.text("/content/message").or_else(|| answer.text("/content/error"));
    let kind = match answer.status {
        401 | 403 => Kind::Unauthorized,
        500 | 502..=599 => Kind::Unreachable,
        _ => Kind::Refused,
    };
    let said = words.map_or("it gave no reason", |words| words.trim_end_matches('.'));
    let message = match kind {
        Kind::Unauthorized => {
            format!(
                "the service does not accept these credentials: {said}; check key, secret and environment"
            )
        }
        Kind::Unreachable => format!(
            "the service cannot work at present ({}): {said}; nothing was booked, try again",
            answer.status
        ),
        _ => format!("the service refused the request ({}): {said}; nothing was booked", answer.status),
    };
    Error::new(kind, message).with(|details| {
        details.http_status = Some(answer.status);
        details.service_code = code.map(str::to_owned);
        details.service_message = words.map(str::to_owned);
        details.trace_id = answer.header("x-trace-identifier").map(str::to_owned);
    })
}

/// `text` as a query value (RFC 3986): tokens of pages are base64.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// Whether a text can be the token of a page (Appendix A, PaginationToken): padded base64.
pub(super) fn is_page_token(text: &str) -> bool {
    (1..=PAGE_TOKEN).contains(&text.len()) && STANDARD.decode(text).is_ok()
}

/// The string at a pointer of a resource.
pub(super) fn text<'a>(resource: &'a Value, pointer: &str) -> Option<&'a str> {
    resource.pointer(pointer).and_then(Value::as_str)
}
