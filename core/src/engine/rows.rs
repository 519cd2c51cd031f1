//! Rows of the projection's tables, as the engine wants them.

use crate::engine::ports::{Entry, OpenSale, Progress};
use crate::engine::projection::{damaged, parsed};
use crate::error::Result;
use crate::exchange::{Exchange, Known};
use jiff::Timestamp;
use rusqlite::Row;

/// A row of `operations`, before its JSON is parsed.
pub(super) struct RawEntry {
    operation: String,
    key: Option<String>,
    fingerprint: String,
    state: String,
    outcome: Option<String>,
    deferred: Option<String>,
    not_before: Option<String>,
    stuck: Option<String>,
    set_aside: Option<String>,
}

impl RawEntry {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(RawEntry {
            operation: row.get(0)?,
            key: row.get(1)?,
            fingerprint: row.get(2)?,
            state: row.get(3)?,
            outcome: row.get(4)?,
            deferred: row.get(5)?,
            not_before: row.get(6)?,
            stuck: row.get(7)?,
            set_aside: row.get(8)?,
        })
    }

    pub(super) fn parse(self) -> Result<Entry> {
        let outcome = || parsed(self.outcome.as_deref().unwrap_or("{\"result\":null}"));
        let progress = match self.state.as_str() {
            "handed_over" => Progress::HandedOver(outcome()?),
            "deferred" => Progress::Deferred(outcome()?, parsed(self.deferred.as_deref().unwrap_or("null"))?),
            "follow_up" => Progress::FollowUp(time(self.not_before.as_deref().unwrap_or_default())?),
            "parked" => Progress::Parked,
            "finished" => Progress::Finished(outcome()?),
            "failed" => Progress::Failed,
            _ => Progress::Open,
        };
        Ok(Entry {
            operation: parsed(&self.operation)?,
            key: self.key,
            fingerprint: self.fingerprint,
            progress,
            stuck: self.stuck,
            set_aside: self.set_aside,
        })
    }
}

/// A row of `exchanges`, before its JSON is parsed.
pub(super) struct RawExchange {
    request: String,
    known: String,
    answer: Option<String>,
    first_sent_at: String,
    attempts: u32,
}

impl RawExchange {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(RawExchange {
            request: row.get(0)?,
            known: row.get(1)?,
            answer: row.get(2)?,
            first_sent_at: row.get(3)?,
            attempts: row.get(4)?,
        })
    }

    pub(super) fn parse(self) -> Result<Exchange> {
        let known = match (self.known.as_str(), self.answer) {
            ("answered", Some(answer)) => Known::Answered(parsed(&answer)?),
            ("not_sent", _) => Known::NotSent,
            _ => Known::Unknown,
        };
        Ok(Exchange {
            request: parsed(&self.request)?,
            known,
            first_sent_at: time(&self.first_sent_at)?,
            attempts: self.attempts,
        })
    }
}

/// A row of `sales`, before its JSON is parsed.
pub(super) struct RawSale {
    id: String,
    cart: String,
    begun_at: String,
    service: String,
    ended: bool,
    refused: bool,
}

impl RawSale {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(RawSale {
            id: row.get(0)?,
            cart: row.get(1)?,
            begun_at: row.get(2)?,
            service: row.get(3)?,
            ended: row.get(4)?,
            refused: row.get(5)?,
        })
    }

    pub(super) fn parse(self) -> Result<OpenSale> {
        Ok(OpenSale {
            id: self.id,
            cart: parsed(&self.cart)?,
            begun_at: time(&self.begun_at)?,
            service: parsed(&self.service)?,
            ended: self.ended,
            refused: self.refused,
        })
    }
}

fn time(text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| damaged(&format!("'{text}' is not a time")))
}
