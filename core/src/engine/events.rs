//! What the engine writes into the journal: one event an entry.

use crate::error::{Error, Kind, Result};
use crate::exchange::{Answer, Line, Operation, Outcome, Request};
use crate::receipt::Receipt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// One thing that happened on a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The line in whose chain it stands.
    pub line: Line,
    /// What happened.
    pub what: What,
}

/// What is done about an operation that was refused, or that is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It is sent again as it is.
    Retry,
    /// It is done once more with corrected content.
    Amend,
    /// It is taken out, so that later ones go on.
    SetAside,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload")]
pub enum What {
    /// An operation was taken on.
    #[serde(rename = "operation.accepted")]
    Accepted {
        /// The operation.
        operation: Box<Operation>,
        /// The caller's key.
        key: Option<String>,
        /// What was asked for.
        fingerprint: String,
    },
    /// A request is about to be sent for the first time (again: the former surely never left).
    #[serde(rename = "exchange.request")]
    Requested {
        /// The operation.
        operation: Uuid,
        /// The request, with secrets by name.
        request: Box<Request>,
        /// When, by the service's clock as far as it is known; the entry's own time never runs
        /// backwards and may be ahead of it.
        sent_at: Timestamp,
    },
    /// The same bytes are about to be sent again.
    #[serde(rename = "exchange.again")]
    Again {
        /// The operation.
        operation: Uuid,
        /// The exchange.
        label: String,
    },
    /// The service answered.
    #[serde(rename = "exchange.answer")]
    Answered {
        /// The operation.
        operation: Uuid,
        /// The exchange.
        label: String,
        /// The answer, with secrets by name.
        answer: Box<Answer>,
    },
    /// No answer came, or one that settles nothing.
    #[serde(rename = "exchange.lost")]
    Lost {
        /// The operation.
        operation: Uuid,
        /// The exchange.
        label: String,
        /// Whether anything may have reached the service.
        sent: bool,
        /// What happened.
        why: String,
    },
    /// The caller got something before the operation's end.
    #[serde(rename = "operation.handed_over")]
    HandedOver {
        /// The operation.
        operation: Uuid,
        /// What the caller got.
        outcome: Box<Outcome>,
    },
    /// Finished by the country's offline rule.
    #[serde(rename = "operation.deferred")]
    Deferred {
        /// The operation.
        operation: Uuid,
        /// What the caller got.
        outcome: Box<Outcome>,
        /// What the replay must know.
        deferred: Value,
    },
    /// Stopped with nothing unanswered.
    #[serde(rename = "operation.parked")]
    Parked {
        /// The operation.
        operation: Uuid,
        /// What the caller was told.
        error: Box<Error>,
    },
    /// Ended well (or booked with an error in the outcome).
    #[serde(rename = "operation.finished")]
    Finished {
        /// The operation.
        operation: Uuid,
        /// How.
        outcome: Box<Outcome>,
    },
    /// Ended with nothing booked.
    #[serde(rename = "operation.failed")]
    Failed {
        /// The operation.
        operation: Uuid,
        /// What the caller was told.
        error: Box<Error>,
    },
    /// It cannot go on, and stands in the way of what comes later.
    #[serde(rename = "operation.stuck")]
    Stuck {
        /// The operation.
        operation: Uuid,
        /// What is in its way.
        error: Box<Error>,
    },
    /// Somebody decided about an operation that was refused, or that is in the way.
    #[serde(rename = "operation.resolved")]
    Resolved {
        /// The operation.
        operation: Uuid,
        /// What was decided.
        how: Resolution,
        /// Why.
        reason: String,
        /// The operation that was done instead of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Uuid>,
        /// Its receipts, with what is to be done about them now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        receipts: Vec<Receipt>,
    },
    /// The cart of a begun sale changed.
    #[serde(rename = "sale.updated")]
    Updated {
        /// The sale.
        sale: String,
        /// The whole cart.
        cart: Value,
    },
}

impl Event {
    /// The entry's kind and payload.
    ///
    /// # Errors
    /// `internal` when the event has no JSON form.
    pub fn to_entry(&self) -> Result<(String, Value)> {
        let mut value = serde_json::to_value(&self.what)
            .map_err(|cause| Error::internal(format!("an event has no JSON form: {cause}")))?;
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok((kind, value.get_mut("payload").map(Value::take).unwrap_or_default()))
    }

    /// The event of an entry; `None` for entries that are not the engine's.
    ///
    /// # Errors
    /// `journal` when an entry of the engine's kinds cannot be read.
    pub fn from_entry(line: &str, kind: &str, payload: Value) -> Result<Option<Self>> {
        if !["operation.", "exchange.", "sale."].iter().any(|family| kind.starts_with(family)) {
            return Ok(None);
        }
        let what = serde_json::from_value(serde_json::json!({ "kind": kind, "payload": payload })).map_err(
            |cause| Error::new(Kind::Journal, format!("an entry of kind {kind} cannot be read: {cause}")),
        )?;
        Ok(Some(Event { line: line.parse()?, what }))
    }
}
