//! What was sent for an operation, and what is known of it.

use super::{Answer, Effect, Request};
use jiff::Timestamp;

/// One request with its answer, or with no answer yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The request, as it was written down.
    pub request: Request,
    /// What is known of its fate.
    pub known: Known,
    /// When it was first sent.
    pub first_sent_at: Timestamp,
    /// How often it was sent.
    pub attempts: u32,
}

/// What is known of the fate of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// The service answered.
    Answered(Answer),
    /// It was sent, and no answer came (or one that settles nothing).
    Unknown,
    /// It surely never reached the service.
    NotSent,
}

/// The exchanges of one operation, found by label.
#[derive(Clone, Debug, Default)]
pub struct Past(pub Vec<Exchange>);

impl Past {
    /// The exchange with this label.
    pub fn find(&self, label: &str) -> Option<&Exchange> {
        self.0.iter().find(|exchange| exchange.request.label == label)
    }

    /// The answer to the request with this label.
    pub fn answer(&self, label: &str) -> Option<&Answer> {
        match self.find(label).map(|exchange| &exchange.known) {
            Some(Known::Answered(answer)) => Some(answer),
            _ => None,
        }
    }

    /// Whether a write was sent, whatever became of it.
    pub fn was_sent(&self) -> bool {
        self.0
            .iter()
            .any(|exchange| exchange.request.effect == Effect::Write && exchange.known != Known::NotSent)
    }

    /// Whether the service has done something of what it was asked for.
    pub fn has_done_write(&self) -> bool {
        self.0.iter().any(|exchange| {
            let is_done =
                matches!(&exchange.known, Known::Answered(answer) if (200..300).contains(&answer.status));
            exchange.request.effect == Effect::Write && is_done
        })
    }

    /// Whether a write was sent whose fate is not known.
    pub fn has_unknown_write(&self) -> bool {
        self.0
            .iter()
            .any(|exchange| exchange.request.effect == Effect::Write && exchange.known == Known::Unknown)
    }
}
