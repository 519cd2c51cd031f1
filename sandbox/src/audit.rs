//! The third book: what was really booked, how often, in which order; and what was refused.
//!
//! A test compares it with what the till believes and with what the journal says.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The identity of a document: service, register, type, series, number.
type DocumentKey = (String, String, String, Option<String>, String);

/// One booking. Serialised as it is kept in the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Booking {
    pub(crate) service: String,
    /// The service's own id of the register.
    pub(crate) register: String,
    /// The document number, where the booked thing has one.
    pub(crate) number: Option<String>,
    pub(crate) series: Option<String>,
    /// The service's id of what was booked.
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) metadata: Option<Value>,
    pub(crate) at: Timestamp,
}

impl Booking {
    /// What tells it from all others: ids that clients make are unique within their register only.
    pub(crate) fn place(&self) -> String {
        format!("{}/{}/{}", self.service, self.register, self.id)
    }

    fn document(&self) -> Option<DocumentKey> {
        let number = self.number.clone()?;
        Some((self.service.clone(), self.register.clone(), self.kind.clone(), self.series.clone(), number))
    }
}

/// One request that a service did not carry out.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Refusal {
    pub(crate) service: &'static str,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) at: Timestamp,
}

/// Both lists. Bookings are kept for ever, refusals up to a bound.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    booked: Vec<Booking>,
    refused: VecDeque<Refusal>,
}

impl Audit {
    pub(crate) fn new(booked: Vec<Booking>) -> Audit {
        Audit { booked, refused: VecDeque::new() }
    }

    pub(crate) fn book(&mut self, booking: Booking) {
        self.booked.push(booking);
    }

    pub(crate) fn refuse(&mut self, refusal: Refusal, keep: usize) {
        while self.refused.len() >= keep.max(1) {
            self.refused.pop_front();
        }
        self.refused.push_back(refusal);
    }

    /// What was refused, in the order of its arrival.
    pub(crate) fn refused(&self) -> impl DoubleEndedIterator<Item = &Refusal> {
        self.refused.iter()
    }

    /// The answer of `GET /_sandbox/audit`. `times` counts the bookings of the same document.
    pub(crate) fn report(&self) -> Value {
        let mut times: HashMap<DocumentKey, u32> = HashMap::new();
        for key in self.booked.iter().filter_map(Booking::document) {
            let count = times.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        let booked: Vec<Value> = self
            .booked
            .iter()
            .map(|row| {
                let times = row.document().and_then(|key| times.get(&key).copied()).unwrap_or(1);
                json!({
                    "service": row.service, "register": row.register, "number": row.number, "series": row.series,
                    "id": row.id, "type": row.kind, "times": times, "at": row.at.to_string(), "metadata": row.metadata,
                })
            })
            .collect();
        json!({ "booked": booked, "refused": self.refused })
    }
}
