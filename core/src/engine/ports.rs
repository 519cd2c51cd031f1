//! What the engine needs from outside: time, randomness, secrets, and a store that never forgets.
//!
//! Tests wrap these and fail, kill or delay at call *n*; the product has no failpoints.

use crate::engine::events::Event;
use crate::error::Result;
use crate::exchange::{Anchor, Exchange, Line, Operation, Outcome};
use crate::interrupt::Interrupt;
use crate::receipt::Receipt;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// Time, from outside.
pub trait Clock: Send + Sync {
    /// The wall clock, which may be wrong and may jump.
    fn now(&self) -> Timestamp;
    /// A clock that only runs forward, for deadlines; its zero means nothing.
    fn monotonic(&self) -> Duration;
    /// Waits, until `interrupt` is raised.
    fn sleep(&self, pause: Duration, interrupt: &Interrupt);
}

/// Randomness, from outside.
pub trait Ids: Send + Sync {
    /// A new id, unique in the world.
    fn id(&self) -> Uuid;
    /// Sixty-four random bits, for the jitter of pauses.
    fn jitter(&self) -> u64;
}

/// Where keys and secrets lie. They never enter the journal.
pub trait SecretStore: Send + Sync {
    /// The secret of this name.
    ///
    /// # Errors
    /// `config` when it is referred to but cannot be read, `journal` when the store is broken.
    fn get(&self, name: &str) -> Result<Option<SecretString>>;
    /// Keeps a secret; durable when it returns.
    ///
    /// # Errors
    /// `journal` when it cannot be written.
    fn put(&self, name: &str, secret: &SecretString) -> Result<()>;
    /// Whether it matters later that a secret has changed since a service was told it.
    fn is_watched(&self, _name: &str) -> bool {
        true
    }
}

/// When an append must have reached the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Before it returns: nothing is sent, and nothing irreplaceable is used, before.
    Durable,
    /// With the next durable append; until then it survives the process, not a power cut.
    Lazy,
}

/// The journal, as the engine sees it: events go in, their projections come out.
pub trait Store: Send + Sync {
    /// Holds a line until it is dropped, or until the process dies.
    type Lock: Send;

    /// The journal's id.
    fn id(&self) -> Uuid;
    /// The time of the last entry.
    fn last_at(&self) -> Timestamp;
    /// Takes the line, unless somebody else holds it.
    fn try_lock(&self, line: &Line) -> Result<Option<Self::Lock>>;
    /// Writes events and changes their projections, all or nothing.
    fn append(&self, events: &[Event], at: Timestamp, durability: Durability) -> Result<()>;
    /// The last entry of a line.
    fn anchor(&self, line: &Line) -> Result<Option<Anchor>>;
    /// What is known about a line; `null` at first.
    fn facts(&self, line: &Line) -> Result<Value>;
    /// An operation by id.
    fn operation(&self, id: Uuid) -> Result<Option<Entry>>;
    /// The latest operation of a line under the caller's key.
    fn find(&self, line: &Line, key: &str) -> Result<Option<Entry>>;
    /// The unfinished operations of a line, in order.
    fn queue(&self, line: &Line) -> Result<Vec<Entry>>;
    /// The first of them.
    fn first(&self, line: &Line) -> Result<Option<Entry>>;
    /// Those of them that are about a sale.
    fn unfinished_of(&self, line: &Line, sale: &str) -> Result<Vec<Entry>>;
    /// The operations of a line that were handed over and then refused, and about which nobody has decided.
    fn refused(&self, line: &Line) -> Result<Vec<Entry>>;
    /// The follow-ups of a line that are still to be done, in order.
    fn follow_ups(&self, line: &Line) -> Result<Vec<Entry>>;
    /// The lines that have something unfinished.
    fn unfinished_lines(&self) -> Result<Vec<Line>>;
    /// The exchanges of an operation, in order.
    fn exchanges(&self, operation: Uuid) -> Result<Vec<Exchange>>;
    /// A begun sale.
    fn sale(&self, line: &Line, sale: &str) -> Result<Option<OpenSale>>;
    /// The begun and not yet ended sales of a line.
    fn open_sales(&self, line: &Line) -> Result<Vec<OpenSale>>;
    /// A receipt by what the caller knows of it.
    fn receipt(&self, by: &ReceiptKey) -> Result<Option<Receipt>>;
    /// Receipts, oldest change first.
    fn receipts(&self, filter: &ReceiptFilter) -> Result<Vec<(u64, Receipt)>>;
}

/// An operation and how far it has come.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The operation.
    pub operation: Operation,
    /// The caller's key, under which a repetition is recognised.
    pub key: Option<String>,
    /// What the caller asked for, to tell a repetition from a conflict.
    pub fingerprint: String,
    /// How far it has come.
    pub progress: Progress,
    /// What was in its way last, where it is not over.
    pub stuck: Option<String>,
    /// Why it was taken out of the queue, where somebody did.
    pub set_aside: Option<String>,
}

/// How far an operation has come.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Begun and not ended: to be settled before anything later on its line.
    Open,
    /// Handed over before its end, with this outcome: to be settled before anything later.
    HandedOver(Outcome),
    /// Finished by the country's offline rule, to be replayed with this in order.
    Deferred(Outcome, Value),
    /// A follow-up that the engine does by itself.
    FollowUp(Timestamp),
    /// Stopped with nothing unanswered; goes on only if the caller asks again.
    Parked,
    /// Ended well.
    Finished(Outcome),
    /// Ended with an error; its key is free again.
    Failed,
}

/// A sale that was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenSale {
    /// The caller's id.
    pub id: String,
    /// The sale as it was begun, or last updated.
    pub cart: Value,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// What the service remembers of its beginning.
    pub service: Value,
    /// Whether it has ended.
    pub ended: bool,
    /// Whether the service has refused an end of it.
    pub refused: bool,
}

/// How a caller names a receipt.
#[derive(Clone, Debug)]
pub enum ReceiptKey {
    /// By the receipt's id.
    Id(String),
    /// By register and sale id.
    Sale(Line, String),
    /// By register, series and number.
    Number(Line, Option<String>, String),
}

/// Which receipts to list.
#[derive(Clone, Debug, Default)]
pub struct ReceiptFilter {
    /// Only of this register.
    pub line: Option<Line>,
    /// Only those that are pending or provisional.
    pub waiting: bool,
    /// Only changed by an entry after this one.
    pub after: u64,
    /// At most so many.
    pub limit: usize,
}
