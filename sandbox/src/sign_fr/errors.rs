//! Refusals, in the body that every operation uses (contract sign-fr 4.1, 4.2).

use serde_json::json;

use crate::http::Reply;

/// One refusal.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: u16,
    /// The code, if it is not the usual one for the status.
    code: Option<String>,
    message: String,
    /// Whether the idempotency layer had seen the request, so that its header belongs on the answer.
    replayed: Option<bool>,
}

impl Problem {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Problem {
        Problem { status, code: None, message: message.into(), replayed: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Problem {
        Problem::new(400, message)
    }

    pub(super) fn unauthorized() -> Problem {
        Problem::new(401, "Not authorized to perform this operation.")
    }

    pub(super) fn not_found(what: &str, id: &str) -> Problem {
        Problem::new(404, format!("{what} '{id}' not found"))
    }

    pub(super) fn not_allowed(message: impl Into<String>) -> Problem {
        Problem::new(405, message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Problem {
        Problem::new(409, message)
    }

    pub(super) fn unprocessable(message: impl Into<String>) -> Problem {
        Problem::new(422, message)
    }

    pub(super) fn internal(message: impl Into<String>) -> Problem {
        Problem::new(500, message)
    }

    pub(super) fn not_implemented(message: impl Into<String>) -> Problem {
        Problem::new(501, message)
    }

    pub(super) fn unavailable(message: impl Into<String>) -> Problem {
        Problem::new(503, message)
    }

    #[must_use]
    pub(super) fn coded(mut self, code: Option<&str>) -> Problem {
        self.code = code.map(str::to_owned);
        self
    }

    #[must_use]
    pub(super) fn fresh(mut self) -> Problem {
        self.replayed = Some(false);
        self
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn reply(&self) -> Reply {
        let (code, error) = words(self.status);
        let body = json!({ "content": {
            "status": self.status, "code": self.code.as_deref().unwrap_or(code), "error": error, "message": self.message,
        }});
        let reply = Reply::json(self.status, &body);
        match self.replayed {
            Some(replayed) => reply.with("x-idempotency-replayed", replayed.to_string()),
            None => reply,
        }
    }
}

/// The code and the short text of a status. 404, 409, 422 and the 5xx codes are derived from the names of the
/// published response components; only 400, 401 and 405 were seen (contract sign-fr 4.2).
fn words(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("E_BAD_REQUEST", "Bad request"),
        401 => ("E_UNAUTHORIZED_ACCESS", "Unauthorized Access"),
        404 => ("E_RESOURCE_NOT_FOUND", "Resource not found"),
        405 => ("E_METHOD_NOT_ALLOWED", "Method not allowed"),
        409 => ("E_RESOURCE_CONFLICT", "Resource conflict"),
        422 => ("E_UNPROCESSABLE_CONTENT", "Unprocessable content"),
        429 => ("E_TOO_MANY_REQUESTS", "Too many requests"),
        501 => ("E_NOT_IMPLEMENTED", "Not implemented"),
        503 => ("E_SERVICE_UNAVAILABLE", "Service unavailable"),
        other if other < 500 => ("E_BAD_REQUEST", "Request refused"),
        _ => ("E_INTERNAL_SERVER_ERROR", "Internal server error"),
    }
}
