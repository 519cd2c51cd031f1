//! The words between the engine and the services.
//!
//! A service never sends anything: it is a function from what is known (an [`Operation`], the
//! [`Facts`] of its line, the past [`Exchange`]s) to what comes next (a [`Step`]). The engine
//! writes a [`Request`] down, sends it, writes the [`Answer`] down, and asks again.

mod filled;
mod line;
mod past;
mod standing;
mod token;
mod witness;

pub(crate) use filled::filled;
pub use line::{Line, LineKind};
pub use past::{Exchange, Known, Past};
pub use standing::{Duty, Halt, Outage, Standing};
pub use token::Token;
pub use witness::{Anchor, Witness, Witnesses};

use crate::error::{Error, Kind, Result};
use crate::receipt::Receipt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// One fiscal API, as a pure function: no clock, no I/O, no randomness.
pub trait Service: Send + Sync {
    /// The request that signs `credential` in; `None` where the key itself is the bearer.
    ///
    /// The body names the secrets `NAME/key` and `NAME/secret` of the credential.
    fn sign_in(&self, credential: &str) -> Option<Request>;

    /// The request that gets the next token for the refresh token of the last one, which its body names
    /// `NAME/refresh`; `None` where a credential only ever signs in.
    fn refresh(&self, credential: &str) -> Option<Request> {
        let _ = credential;
        None
    }

    /// The token in the answer to [`Service::sign_in`] or [`Service::refresh`].
    fn token(&self, answer: &Answer) -> Result<Token>;

    /// Whether this answer comes from the service at all; a captive portal's 200 does not.
    fn is_ours(&self, answer: &Answer) -> bool;

    /// Whether this answer says that the token does not serve; then the credential signs in anew, and the request is
    /// sent once more. A 401 about something else, such as a password that goes on to an authority, is an answer.
    fn rejects_token(&self, answer: &Answer) -> bool {
        answer.status == 401
    }

    /// What comes next for `operation`.
    ///
    /// # Errors
    /// An error ends the operation: nothing (more) is booked for it.
    fn step(&self, operation: &Operation, facts: &Facts, past: &Past, now: &Context) -> Result<Step>;

    /// What may be handed over while the service gives no answer.
    fn offline(&self, operation: &Operation, facts: &Facts, past: &Past, now: &Context) -> Offline;

    /// Whether what is deferred has a place, in a chain or a count, that the service is told of when it is
    /// set aside: then its step is asked, with [`Operation::set_aside`]. Else it just ends.
    fn gives_deferred_a_place(&self) -> bool {
        false
    }

    /// Whether its step, asked with [`Operation::set_aside`], finds out what became of what was sent for the operation,
    /// and sends nothing more for it. Else what may be booked is never set aside.
    fn can_look_up(&self, operation: &Operation) -> bool {
        let _ = operation;
        false
    }

    /// The outage that a register is in, by what is known about it; `None` where there is none.
    fn outage(&self, facts: &Facts) -> Option<Outage> {
        let _ = facts;
        None
    }

    /// What has to be done by a time, by what is known about a register. `zone` is its time zone.
    fn duties(&self, facts: &Facts, zone: &str, now: Timestamp) -> Vec<Duty> {
        let _ = (facts, zone, now);
        Vec::new()
    }

    /// How a register stands, by what is known about it; `None` where the service does not know it yet.
    fn standing(&self, facts: &Facts) -> Option<Standing> {
        (!facts.register.is_null()).then(Standing::default)
    }
}

/// One thing a caller asks for: begin or complete a sale, provision a register, close a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// The id in the journal, and in the `metadata` of what the service creates for it.
    pub id: Uuid,
    /// A name of the operations registry, such as `sale.complete`, or one of the engine's follow-ups.
    pub name: String,
    /// The line in whose order it runs.
    pub line: Line,
    /// The lines above it: account, merchant, location, as far as it has them.
    pub above: Vec<Line>,
    /// When the caller asked (the cashier's action).
    pub at: Timestamp,
    /// The IANA name of the location's time zone.
    pub zone: String,
    /// All that the caller and the configuration say about it.
    pub params: Value,
    /// For an operation on a begun sale: what the service remembered of its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_sale: Option<Value>,
    /// For an operation on an earlier receipt: that receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Value>,
    /// Set while a deferred operation is replayed: what [`Offline::Deferred`] left behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred: Option<Value>,
    /// The refused receipt instead of which it is done once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// For an operation on a sale: whether the service has refused an end of that sale before.
    #[serde(default, skip)]
    pub refused_before: bool,
    /// Why somebody took it out of the queue: it is not to be booked any more. A deferred operation gives
    /// up its place as its service wants it; what may be booked is looked up.
    #[serde(default, skip)]
    pub set_aside: Option<String>,
}

impl Operation {
    /// The caller's id of the sale that this operation is about.
    pub fn sale_id(&self) -> Option<&str> {
        sale_id(&self.params)
    }

    /// An id that is the same whenever it is asked for: a name-based UUID (version 3, RFC 9562)
    /// of this operation and `label`. Idempotency keys and ids of created resources are such ids.
    pub fn derived_id(&self, label: &str) -> Uuid {
        Uuid::new_v3(&self.id, label.as_bytes())
    }
}

/// The sale that an operation's parameters are about: a whole one, or its id.
pub(crate) fn sale_id(params: &Value) -> Option<&str> {
    params.pointer("/sale/id").or_else(|| params.get("sale")).and_then(Value::as_str)
}

/// The end of what somebody took out of the queue.
pub(crate) fn set_aside(reason: &str) -> Error {
    Error::new(Kind::Refused, format!("it was set aside ({reason}); nothing is booked for it"))
}

/// What a service remembers about a line and the lines above it; `null` where it knows nothing yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Facts of the account's line.
    pub account: Value,
    /// Facts of the merchant's line.
    pub merchant: Value,
    /// Facts of the location's line.
    pub location: Value,
    /// Facts of the register's line.
    pub register: Value,
}

/// What a step may know of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// The time by the service's own clock; until an answer has told it, by the machine's, and not
    /// before the journal's last entry.
    pub now: Timestamp,
    /// Whether an answer has told it.
    pub told: bool,
    /// The journal's id, which marks what this journal created at the service.
    pub writer: Uuid,
    /// How many deferred operations of the line wait behind this one.
    pub behind: usize,
    /// Whether the deferred operations before this one are being replayed: something of them was sent,
    /// and they are not over.
    pub replaying: bool,
    /// The last entry of the operation's line, which records carry to the service so that it can witness it.
    pub anchor: Option<Anchor>,
}

/// A request, written down before it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The exchange's name within its operation; a new attempt under a new key is a new label.
    pub label: String,
    /// The credential whose token goes along; `None` sends none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The service's base address, without a trailing slash.
    pub base: String,
    /// The HTTP method.
    pub method: Method,
    /// The path with its query, from `/`.
    pub path: String,
    /// Header fields beside `Authorization`, `Content-Type` and `Accept`.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The JSON body; `{"$secret": NAME}` stands for a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Whether the request changes anything at the service.
    pub effect: Effect,
    /// What to do when its answer is lost.
    pub lost: Lost,
    /// Values of the answer that go into the secret store before the answer is written.
    #[serde(default)]
    pub keep_secret: Vec<KeptSecret>,
}

/// The HTTP methods that the services use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates.
    Post,
    /// Creates or replaces under the client's own id.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

/// Whether a request changes anything at the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It does not: it may be sent again at will, and is not journalled.
    Read,
    /// It does: it is durable in the journal before the first byte leaves.
    Write,
}

/// The service's own rule for a lost answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// Send the same key and the same bytes again, within this time of the first sending (`None`: for ever).
    Resend {
        /// How long the service recognises the repetition.
        within: Option<Duration>,
    },
    /// Look first: the step sees the exchange as [`Known::Unknown`] and decides.
    Ask,
}

/// A value of an answer that is a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptSecret {
    /// JSON pointer into the answer's body.
    pub pointer: String,
    /// Its name in the secret store.
    pub name: String,
}

/// What came back over the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body: JSON, or a string where it was not JSON, or `null` where it was empty.
    pub body: Value,
}

impl Answer {
    /// The first header field of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the same request may be answered otherwise a little later. 501 is an answer: what is not there for this
    /// country or version (contract sign-fr 4.2; RFC 9110, 15.6.2) will not be there in a moment.
    pub fn is_temporary(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500 | 502..=599)
    }

    /// The string at a JSON pointer of the body.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }
}

/// What comes next for an operation.
#[derive(Clone, Debug)]
pub enum Step {
    /// Write this request down and send it. A write's label must be new.
    Send(Request),
    /// The answer under this label settles nothing (in flight, gateway error): send the same bytes
    /// again after a pause, by the request's own [`Lost`] rule.
    Again {
        /// The exchange to repeat.
        label: String,
        /// How long to wait at least.
        pause: Duration,
    },
    /// Nothing to send yet. When the caller's patience ends first, the operation ends with
    /// `meanwhile`, or, without one, [`Service::offline`] decides.
    Wait {
        /// How long to wait at least.
        pause: Duration,
        /// What can be handed over until then.
        meanwhile: Option<Outcome>,
    },
    /// The operation is finished.
    Done(Outcome),
}

/// How an operation ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The operation's result, as its definition in the registry says.
    pub result: Value,
    /// Receipts that were made or changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// The new facts of the operation's own line; `None` leaves them as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned: Option<Value>,
    /// For `sale.begin`: what the operations that end the sale must know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_sale: Option<Value>,
    /// What is still to be done for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<FollowUp>,
    /// Booked, but not as it should be: the caller gets this error, which carries the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
}

/// An operation that the engine starts by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// The name that the service's step will see.
    pub name: String,
    /// Its parameters.
    pub params: Value,
    /// Not before this time.
    pub not_before: Timestamp,
}

/// What may be handed over while the service gives no answer.
#[derive(Clone, Debug)]
pub enum Offline {
    /// This cannot be done without the service.
    Refuse(Error),
    /// Something may be booked although every request has an answer (a proxy sent one twice, and
    /// only the second was answered). There is nothing to hand over; the operation goes on, before
    /// all later ones of its line. An unanswered write is taken for this by itself.
    Unknown,
    /// Hand this over now; the operation itself goes on, before all later ones of its line.
    Later(Outcome),
    /// Finished by the country's offline rule; replayed in order, with `deferred`, later.
    Deferred {
        /// What the caller gets, provisional receipts among it.
        outcome: Outcome,
        /// What the replay must know.
        deferred: Value,
    },
}

#[cfg(test)]
mod tests;
