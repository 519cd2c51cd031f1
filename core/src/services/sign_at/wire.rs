//! Requests as SIGN AT and the Management API want them, and what their answers mean (contract sign-at 1 and 4).

use crate::error::{Error, Kind};
use crate::exchange::{Answer, Effect, Exchange, KeptSecret, Known, Lost, Method, Request};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// The largest page of a list (contract sign-at 1.3 and 2.11).
pub(super) const PAGE: usize = 100;
/// Under which SIGN AT's paths lie (contract sign-at 1.1).
pub(super) const SIGNING: &str = "/api/v1";
/// Under which the Management API's paths lie (contract sign-at 1.5).
const MANAGEMENT: &str = "/api/v0";

/// FinanzOnline refused what was reported to it (contract sign-at 4.1).
const FON_REFUSED: &str = "E_FON_REQUEST_FAILED";

/// Which of the two interfaces is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    /// SIGN AT.
    Signing,
    /// The Management API.
    Management,
}

/// Where the two interfaces are.
#[derive(Clone, Debug)]
pub(super) struct Bases {
    pub(super) signing: String,
    pub(super) management: String,
}

impl Bases {
    /// A request without a body, on which a caller builds.
    pub(super) fn request(&self, api: Api, label: &str, method: Method, path: &str) -> Request {
        let (base, prefix) = match api {
            Api::Signing => (&self.signing, SIGNING),
            Api::Management => (&self.management, MANAGEMENT),
        };
        Request {
            label: label.into(),
            credential: None,
            base: base.clone(),
            method,
            path: format!("{prefix}{path}"),
            headers: Vec::new(),
            body: None,
            effect: Effect::Read,
            lost: Lost::Resend { within: None },
            keep_secret: Vec::new(),
        }
    }
}

/// A request that changes something.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) api: Api,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) keep_secret: Vec<KeptSecret>,
}

impl Write {
    /// Under an id of ours: the same bytes may be sent for ever (contract sign-at 4.3).
    pub(super) fn put(path: String, body: Value) -> Self {
        Write { api: Api::Signing, method: Method::Put, path, body, keep_secret: Vec::new() }
    }

    /// A change of state: after a timeout it may have happened, and one looks first (contract sign-at 4.3).
    pub(super) fn patch(path: String, body: Value) -> Self {
        Write { method: Method::Patch, ..Write::put(path, body) }
    }

    /// A resource of the Management API, which makes the ids itself.
    pub(super) fn post(path: String, body: Value) -> Self {
        Write { api: Api::Management, method: Method::Post, ..Write::put(path, body) }
    }

    pub(super) fn into_request(self, bases: &Bases, label: &str, credential: &str) -> Request {
        let lost = match self.method {
            Method::Put => Lost::Resend { within: None },
            _ => Lost::Ask,
        };
        Request {
            credential: Some(credential.into()),
            body: Some(self.body),
            effect: Effect::Write,
            lost,
            keep_secret: self.keep_secret,
            ..bases.request(self.api, label, self.method, &self.path)
        }
    }
}

/// What the answer to a write, or its absence, means.
#[derive(Debug)]
pub(super) enum Fate<'a> {
    /// Done.
    Done(&'a Answer),
    /// It surely never left.
    NotSent,
    /// It may or may not be done.
    Unsettled,
    /// The credentials do not serve.
    Unauthorized(Error),
    /// The service said no.
    Refused(Error),
}

/// What is known of a write.
pub(super) fn fate(exchange: &Exchange) -> Fate<'_> {
    match &exchange.known {
        Known::NotSent => Fate::NotSent,
        Known::Unknown => Fate::Unsettled,
        Known::Answered(answer) => match answer.status {
            200..=299 if answer.body.is_object() => Fate::Done(answer),
            200..=299 => Fate::Unsettled,
            // A no of FinanzOnline's is none of the service's troubles, whatever its status, which is not known.
            _ if answer.text("/code") == Some(FON_REFUSED) => Fate::Refused(refusal(answer)),
            _ if answer.is_temporary() => Fate::Unsettled,
            401 | 403 => Fate::Unauthorized(refusal(answer)),
            _ => Fate::Refused(refusal(answer)),
        },
    }
}

/// The pause before the attempt after this many.
pub(super) fn pause(attempts: u32) -> Duration {
    Duration::from_millis(250 << attempts.saturating_sub(1).min(5))
}

/// The id of an exchange for the support desk: SIGN AT's header, or that of the Management API.
pub(super) fn trace(answer: &Answer) -> Option<&str> {
    answer.header("request-id").or_else(|| answer.header("x-request-id"))
}

/// The service's own code of a refusal; the Management API may give none.
pub(super) fn code_of(error: &Error) -> Option<&str> {
    error.details().service_code.as_deref()
}

/// Whether the state is one that does not lead to the state that was asked for. It may be that state itself (contract
/// sign-at 3.1 and 3.2: what is answered then is not known).
pub(super) fn is_illegal_transition(error: &Error) -> bool {
    matches!(
        code_of(error),
        Some("E_ILLEGAL_SCU_STATE_TRANSITION" | "E_ILLEGAL_CASH_REGISTER_STATE_TRANSITION")
    )
}

/// Whether FinanzOnline says no to the taxpayer's credentials, or has none (contract sign-at 4.1).
pub(super) fn is_of_finanzonline(answer: &Answer) -> bool {
    matches!(answer.text("/code"), Some("E_FON_AUTH_FAILED" | "E_MISSING_FON_CREDENTIALS"))
}

/// The error that a refusing answer is (contract sign-at 4.1 and 4.4).
pub(super) fn refusal(answer: &Answer) -> Error {
    let code = answer.text("/code");
    let said = answer.text("/message").or_else(|| answer.text("/error"));
    let words = said.map_or("it gave no reason", |said| said.trim_end_matches('.'));
    let status = answer.status;
    let (kind, message) = match (code, status) {
        _ if is_of_finanzonline(answer) => (
            Kind::Unauthorized,
            format!(
                "FinanzOnline does not accept the taxpayer's credentials: {words}; give those of the dedicated Cash Register Webservice User, which the taxpayer makes in FinanzOnline, not those of the general login"
            ),
        ),
        (Some(FON_REFUSED), _) => (
            Kind::Refused,
            format!(
                "FinanzOnline refused what SIGN AT reported: {words}; nothing was changed, ask the service's support"
            ),
        ),
        (Some("E_NO_INITIALIZED_SCU" | "E_INITIAL_RECEIPT_MISSING"), _) => (
            Kind::NotReady,
            format!("the register may not sign receipts now: {words}; run provision, then try again"),
        ),
        // Not about what was sent: another key, or another address.
        (Some("E_CASH_REGISTER_NOT_FOUND" | "E_NOT_FOUND"), _) => (
            Kind::NotReady,
            format!(
                "SIGN AT does not know the register: {words}; check key, environment and url of the account, run provision, then try again"
            ),
        ),
        (_, 401 | 403) => (
            Kind::Unauthorized,
            format!("SIGN AT does not accept these credentials: {words}; check key, secret and environment"),
        ),
        (_, status) if answer.is_temporary() => (
            Kind::Unreachable,
            format!("SIGN AT cannot work at present ({status}): {words}; nothing was booked, try again"),
        ),
        _ => (Kind::Refused, format!("SIGN AT refused the request ({status}): {words}; nothing was booked")),
    };
    Error::new(kind, message).with(|details| {
        details.http_status = Some(status);
        details.service_code = code.map(str::to_owned);
        details.service_message = said.map(str::to_owned);
        details.trace_id = trace(answer).map(str::to_owned);
    })
}

/// The string at a pointer of a resource.
pub(super) fn text<'a>(resource: &'a Value, pointer: &str) -> Option<&'a str> {
    resource.pointer(pointer).and_then(Value::as_str)
}

/// An id of ours as SIGN AT's paths want it: version 4, lower case (contract sign-at 1.1). One that is
/// version 4 already stays what it is.
pub(super) fn version_4(id: Uuid) -> String {
    uuid::Builder::from_random_bytes(id.into_bytes()).into_uuid().to_string()
}

/// The id that whoever asks gives to the thing of this name.
pub(super) fn named_id(name: &str) -> String {
    version_4(Uuid::new_v3(&Uuid::NAMESPACE_OID, name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_lower_case_version_4_and_stay_so() {
        let id = named_id("a unit");
        assert_eq!(id, named_id("a unit"));
        assert_ne!(id, named_id("another unit"));
        let parsed: Uuid = id.parse().unwrap();
        assert_eq!((parsed.get_version_num(), parsed.get_variant()), (4, uuid::Variant::RFC4122));
        assert_eq!(version_4(parsed), id);
        assert_eq!(id, id.to_lowercase());
    }

    #[test]
    fn refusals_are_of_the_kind_that_says_what_to_do() {
        let refused = |status: u16, body: Value| {
            refusal(&Answer { status, headers: vec![("request-id".into(), "r-1".into())], body })
        };
        for (status, code, kind) in [
            (400, "E_FAILED_SCHEMA_VALIDATION", Kind::Refused),
            (400, "E_INITIAL_RECEIPT_MISSING", Kind::NotReady),
            (400, "E_FON_REQUEST_FAILED", Kind::Refused),
            (401, "E_AUTHENTICATION", Kind::Unauthorized),
            (401, "E_FON_AUTH_FAILED", Kind::Unauthorized),
            (401, "E_MISSING_FON_CREDENTIALS", Kind::Unauthorized),
            (404, "E_NO_INITIALIZED_SCU", Kind::NotReady),
            (404, "E_CASH_REGISTER_NOT_FOUND", Kind::NotReady),
            (404, "E_NOT_FOUND", Kind::NotReady),
            (404, "E_RECEIPT_NOT_FOUND", Kind::Refused),
            (408, "E_FON_REQUEST_TIMEOUT", Kind::Unreachable),
            (429, "E_TOO_MANY_REQUESTS", Kind::Unreachable),
            (503, "E_SERVICE_UNAVAILABLE", Kind::Unreachable),
        ] {
            let error = refused(status, json!({"status_code": status, "code": code, "message": "no"}));
            assert_eq!(error.kind(), kind, "{status} {code}");
            assert_eq!(code_of(&error), Some(code));
            assert_eq!(error.details().trace_id.as_deref(), Some("r-1"));
        }
        // The Management API gives no code (contract sign-at 4.4); a gateway gives no JSON.
        assert_eq!(code_of(&refused(404, json!({"status_code": 404, "message": "Not Found"}))), None);
        assert_eq!(refused(502, json!("<html>")).kind(), Kind::Unreachable);
        let fon = refused(401, json!({"code": "E_FON_AUTH_FAILED", "message": "no"}));
        assert!(fon.message().contains("Cash Register Webservice User"), "{fon}");
    }
}
