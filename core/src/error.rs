//! One list of error kinds, shared by every face.
//!
//! A refusal by the service, a missing answer and an impossible request are different kinds
//! everywhere, down to the C status numbers, which are fixed for ever and only added to.

use crate::json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// What went wrong, as a till can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ErrorKind")]
#[non_exhaustive]
pub enum Kind {
    /// The caller's input is wrong; `pointer` names the field.
    Invalid,
    /// The configuration is wrong; `file`, `line` and `pointer` name the place.
    Config,
    /// No such register, receipt or operation.
    NotFound,
    /// This id or number was already used for something else.
    Conflict,
    /// The handle is closed, or belongs to the process before `fork`.
    Closed,
    /// The header and the library do not fit.
    Abi,
    /// The register may not sell now: not provisioned, suspended, or over the offline limit.
    NotReady,
    /// Another process works on this register; try again.
    Busy,
    /// The journal cannot be written or read, or its chain is broken.
    Journal,
    /// No answer, and this may not be done later; nothing was booked.
    Unreachable,
    /// Sent, the answer was lost, and there is nothing to print; `sync` settles it.
    UnknownOutcome,
    /// The service said no; no fiscal record exists.
    Refused,
    /// Credentials are wrong, expired or for another environment.
    Unauthorized,
    /// Booked, but the answer does not say what was sent; carries the receipt; do not sell again.
    Mismatch,
    /// A bug in libfiskal.
    Internal,
}

impl Kind {
    /// Every kind, in the order of its status number.
    pub const ALL: [Kind; 15] = [
        Kind::Invalid,
        Kind::Config,
        Kind::NotFound,
        Kind::Conflict,
        Kind::Closed,
        Kind::Abi,
        Kind::NotReady,
        Kind::Busy,
        Kind::Journal,
        Kind::Unreachable,
        Kind::UnknownOutcome,
        Kind::Refused,
        Kind::Unauthorized,
        Kind::Mismatch,
        Kind::Internal,
    ];

    /// The number of this kind at the C border.
    pub fn status(self) -> i32 {
        match self {
            Kind::Invalid => 1,
            Kind::Config => 2,
            Kind::NotFound => 3,
            Kind::Conflict => 4,
            Kind::Closed => 5,
            Kind::Abi => 6,
            Kind::NotReady => 7,
            Kind::Busy => 100,
            Kind::Journal => 101,
            Kind::Unreachable => 200,
            Kind::UnknownOutcome => 201,
            Kind::Refused => 300,
            Kind::Unauthorized => 301,
            Kind::Mismatch => 302,
            Kind::Internal => 900,
        }
    }

    /// The name of this kind in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invalid => "invalid",
            Kind::Config => "config",
            Kind::NotFound => "not_found",
            Kind::Conflict => "conflict",
            Kind::Closed => "closed",
            Kind::Abi => "abi",
            Kind::NotReady => "not_ready",
            Kind::Busy => "busy",
            Kind::Journal => "journal",
            Kind::Unreachable => "unreachable",
            Kind::UnknownOutcome => "unknown_outcome",
            Kind::Refused => "refused",
            Kind::Unauthorized => "unauthorized",
            Kind::Mismatch => "mismatch",
            Kind::Internal => "internal",
        }
    }

    /// What a program does about it, in a sentence; the message of an error says more.
    pub fn what_to_do(self) -> &'static str {
        match self {
            Kind::Invalid => "Correct the field that `pointer` names, and call again.",
            Kind::Config => "Correct the configuration at `file` and `line`, and open it again.",
            Kind::NotFound => "Look at what there is: `receipt.list`, `sale.list`, `status`.",
            Kind::Conflict => "Sell under a new id or number; never change a sale that was booked.",
            Kind::Closed => "Open a client, in this process.",
            Kind::Abi => {
                "Build the program with this library's header, or install the library it was built for."
            }
            Kind::NotReady => {
                "Do what the message says, such as `provision`; sell on another register meanwhile."
            }
            Kind::Busy => "Call again in a moment.",
            Kind::Journal => {
                "Make room or mend permissions; if a chain is broken, stop selling and keep the file."
            }
            Kind::Unreachable => "Call again with the same sale id; nothing can be booked twice.",
            Kind::UnknownOutcome => {
                "Call `sync`, or the same again with the same id; do not sell under another one."
            }
            Kind::Refused => "Read `service_message`, correct the sale or the configuration, and call again.",
            Kind::Unauthorized => {
                "Check key, secret and environment of the account; `fiskal doctor` tries them."
            }
            Kind::Mismatch => {
                "Hand over the receipt that the error carries, and have the difference looked into."
            }
            Kind::Internal => "Report it with its message; the journal holds what was done.",
        }
    }

    /// Whether the same call may succeed later without a change by the caller.
    pub fn retryable(self) -> bool {
        matches!(self, Kind::Busy | Kind::Unreachable | Kind::UnknownOutcome)
    }
}

/// An error: what happened, where, and what to do, in one sentence, with the facts beside it.
///
/// ```
/// use fiskal::error::{Error, Kind};
/// let error = Error::invalid("/items/0/vat", "the item has no VAT rate; give a percentage such as \"5.5\"");
/// assert_eq!(error.kind(), Kind::Invalid);
/// assert_eq!(error.pointer(), Some("/items/0/vat"));
/// assert!(!error.retryable());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<Details>);

/// The fields of an [`Error`], as every face shows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "Error")]
pub struct Details {
    /// What went wrong.
    pub kind: Kind,
    /// One sentence that says what happened and what to do.
    pub message: String,
    /// Whether the same call may succeed later without a change by the caller.
    pub retryable: bool,
    /// JSON pointer (RFC 6901) to the field of the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The file that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in that file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The id of the operation in the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The caller's sale id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<String>,
    /// The HTTP status of the service's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The service's own error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// The service's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_message: Option<String>,
    /// The service's id of the exchange, for its support desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// For `mismatch`: the receipt that was booked all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Value>,
}

/// A result with the one [`Error`] of this library.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of a kind with its sentence.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error(Box::new(Details {
            kind,
            message: message.into(),
            retryable: kind.retryable(),
            pointer: None,
            file: None,
            line: None,
            operation: None,
            sale: None,
            http_status: None,
            service_code: None,
            service_message: None,
            trace_id: None,
            receipt: None,
        }))
    }

    /// The caller's input is wrong at `pointer`.
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Error::new(Kind::Invalid, message).at(pointer)
    }

    /// A bug: something that cannot be, was.
    pub fn internal(message: impl Into<String>) -> Self {
        Error::new(Kind::Internal, message)
    }

    /// Names the field by JSON pointer.
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.0.pointer = Some(pointer.into());
        self
    }

    /// Puts `prefix` before the pointer, for an error found in a part of a larger input.
    pub fn under(mut self, prefix: &str) -> Self {
        let inner = self.0.pointer.take().unwrap_or_default();
        self.0.pointer = Some(format!("{prefix}{inner}"));
        self
    }

    /// Changes the details through a closure.
    pub fn with(mut self, change: impl FnOnce(&mut Details)) -> Self {
        change(&mut self.0);
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// One sentence that says what happened and what to do.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the same call may succeed later without a change by the caller.
    pub fn retryable(&self) -> bool {
        self.0.retryable
    }

    /// JSON pointer to the field of the input.
    pub fn pointer(&self) -> Option<&str> {
        self.0.pointer.as_deref()
    }

    /// A member of [`Error::to_json`] as text: `"http_status"`, `"receipt.id"`; `None` for what is absent.
    pub fn get(&self, path: &str) -> Option<String> {
        json::text_at(self.to_json(), path)
    }

    /// All fields.
    pub fn details(&self) -> &Details {
        &self.0
    }

    /// The error as the JSON object that every face shows.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(&*self.0).unwrap_or(Value::Null)
    }

    /// The error that [`Error::to_json`] wrote.
    pub fn from_json(value: &Value) -> Self {
        match Details::deserialize(value) {
            Ok(details) => Error(Box::new(details)),
            Err(cause) => Error::internal(format!("an error in the journal cannot be read: {cause}")),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.0.kind.name(), self.0.message)?;
        match (&self.0.file, self.0.line) {
            (Some(file), Some(line)) => write!(out, " ({file}:{line})")?,
            (Some(file), None) => write!(out, " ({file})")?,
            _ => {}
        }
        if let Some(pointer) = self.0.pointer.as_deref().filter(|pointer| !pointer.is_empty()) {
            write!(out, " (at {pointer})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Details::deserialize(deserializer).map(|details| Error(Box::new(details)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_number_and_name() {
        let mut numbers: Vec<i32> = Kind::ALL.iter().map(|kind| kind.status()).collect();
        numbers.dedup();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 100, 101, 200, 201, 300, 301, 302, 900]);
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), Value::from(kind.name()));
        }
    }

    #[test]
    fn an_error_survives_the_journal() {
        let error = Error::invalid("/vat", "no such rate").under("/items/3").with(|details| {
            details.trace_id = Some("t-1".into());
            details.http_status = Some(422);
        });
        assert_eq!(error.get("http_status").as_deref(), Some("422"));
        assert_eq!(error.get("trace_id.0").or(error.get("sale")), None);
        assert_eq!(error.pointer(), Some("/items/3/vat"));
        assert_eq!(Error::from_json(&error.to_json()), error);
    }
}
