//! Refusals, in the body that every operation uses (contract sign-at 4.1).

use serde_json::json;

use crate::http::{Reply, reason};

/// One refusal.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) status: u16,
    code: String,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(status: u16, code: &str, message: impl Into<String>) -> Problem {
        Problem { status, code: code.to_owned(), message: message.into() }
    }

    /// A refusal with the usual code for its status, or another.
    pub(super) fn of(status: u16, code: Option<&str>, message: &str) -> Problem {
        let usual = match status {
            401 => "E_AUTHENTICATION",
            404 => "E_NOT_FOUND",
            408 | 504 => "E_FON_REQUEST_TIMEOUT",
            429 => "E_TOO_MANY_REQUESTS",
            503 => "E_SERVICE_UNAVAILABLE",
            other if other < 500 => "E_BAD_REQUEST",
            _ => "E_INTERNAL_SERVER_ERROR",
        };
        Problem::new(status, code.unwrap_or(usual), message)
    }

    pub(super) fn schema(message: impl Into<String>) -> Problem {
        Problem::new(400, "E_FAILED_SCHEMA_VALIDATION", message)
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Problem {
        Problem::new(400, "E_BAD_REQUEST", message)
    }

    pub(super) fn unauthorized() -> Problem {
        Problem::new(401, "E_AUTHENTICATION", "The access token is missing, invalid or expired.")
    }

    /// What an unknown path is answered (4.1: a hint only).
    pub(super) fn no_path() -> Problem {
        Problem::new(404, "E_NOT_FOUND", "Path does not exist")
    }

    pub(super) fn internal(message: impl Into<String>) -> Problem {
        Problem::new(500, "E_INTERNAL_SERVER_ERROR", message)
    }

    pub(super) fn unavailable(message: impl Into<String>) -> Problem {
        Problem::new(503, "E_SERVICE_UNAVAILABLE", message)
    }

    pub(super) fn reply(&self) -> Reply {
        let body = json!({
            "status_code": self.status, "error": reason(self.status), "code": self.code, "message": self.message,
        });
        Reply::json(self.status, &body)
    }
}
