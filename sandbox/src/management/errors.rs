//! Refusals of the Management API, in which the code may be missing (contract sign-at 4.4).

use serde_json::{Map, Value};

use crate::http::{Reply, reason};

/// One refusal.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) status: u16,
    code: Option<String>,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(status: u16, code: Option<&str>, message: impl Into<String>) -> Problem {
        Problem { status, code: code.map(str::to_owned), message: message.into() }
    }

    /// What the contract knows no example of (8.13); in the shape of the others.
    pub(super) fn bad_request(message: impl Into<String>) -> Problem {
        Problem::new(400, Some("E_FAILED_SCHEMA_VALIDATION"), message)
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Problem {
        Problem::new(401, None, message)
    }

    pub(super) fn no_organization() -> Problem {
        Problem::new(404, Some("E_ORGANIZATION_NOT_FOUND"), "Organization not found.")
    }

    /// For what nothing tells of; an unknown parent was answered so.
    pub(super) fn not_found() -> Problem {
        Problem::new(404, None, "Not Found")
    }

    pub(super) fn unavailable(message: impl Into<String>) -> Problem {
        Problem::new(503, None, message)
    }

    pub(super) fn reply(&self) -> Reply {
        let mut body = Map::new();
        body.insert("status_code".to_owned(), self.status.into());
        body.insert("error".to_owned(), reason(self.status).into());
        if let Some(code) = &self.code {
            body.insert("code".to_owned(), code.as_str().into());
        }
        body.insert("message".to_owned(), self.message.as_str().into());
        Reply::json(self.status, &Value::Object(body))
    }
}
