//! Carries one request to a service and brings back what happened to it.
//!
//! One call is one attempt: whether to send again, and with which key, is the engine's business,
//! because only it knows the service's rule for a lost answer. What the transport promises is to
//! tell apart the three fates of a request (see [`Sent`]) and never to send one twice.

mod address;
mod answer;
mod backoff;
mod date;
mod http;
mod network;
mod redact;
mod stream;
mod tls;
mod tokens;

pub use address::check_base;
pub(crate) use address::is_on_this_machine;
pub use backoff::Backoff;
pub use http::{CONNECT_TIMEOUT, HttpTransport, TOTAL_TIMEOUT};
pub use network::{Network, Proxy, Roots};
pub(crate) use redact::address as shown_address;
pub use stream::{Sink, Streamed, Streaming};
pub use tokens::TokenCache;

use crate::exchange::{Answer, Method};
use crate::interrupt::Interrupt;
use jiff::Timestamp;
use secrecy::SecretString;
use std::time::Duration;

/// The largest body, after decompression, that is taken as an answer: 8 MiB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// How much is kept of a body that is not JSON: 64 KiB, cut between characters.
pub const MAX_TEXT: usize = 64 * 1024;

/// The way to a service.
pub trait Transport: Send + Sync {
    /// Makes one attempt to send `wire`, and waits for its answer no longer than `timeout`, or until
    /// `interrupt` is raised.
    fn send(&self, wire: &Wire, timeout: Duration, interrupt: &Interrupt) -> Sent;
}

/// A request as it goes over the wire, secrets filled in.
///
/// Its `Debug` form shows no secrets.
#[derive(Clone)]
pub struct Wire {
    /// The service's base address, one that [`check_base`] accepts.
    pub base: String,
    /// The HTTP method.
    pub method: Method,
    /// The path with its query, from `/`, put behind the base's own path.
    pub path: String,
    /// Header fields. `Content-Type` and `Accept` here replace the JSON default; `Authorization`
    /// and what frames the message (`Host`, `Content-Length`, …) may not be given.
    pub headers: Vec<(String, String)>,
    /// What goes behind `Bearer`.
    pub bearer: Option<SecretString>,
    /// The body, JSON text.
    pub body: Option<SecretString>,
}

/// What became of a request.
///
/// Its `Debug` form shows neither header fields nor body of the answer, which may hold secrets.
#[derive(Clone, PartialEq)]
pub enum Sent {
    /// The service, or something that poses as it, answered.
    Answered {
        /// What came back.
        answer: Answer,
        /// The answer's `Date` header, from which the clock's skew is learned.
        date: Option<Timestamp>,
    },
    /// Sent, or perhaps sent, and no whole answer came: timeout, reset, cut off, too large, not
    /// decodable. The text says what happened.
    Lost(String),
    /// Surely nothing reached the service: no connection was made (DNS, refused, TLS, connect
    /// timeout, proxy), or the request could not be formed. The text says what happened.
    ///
    /// A timeout shorter than [`CONNECT_TIMEOUT`] that runs out while connecting is
    /// [`Sent::Lost`]: from outside it cannot be told apart from one that runs out later.
    NotSent(String),
}
