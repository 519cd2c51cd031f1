//! Erasing payloads: a customer's data goes, the chain stays.

use super::chain::to_sql;
use super::entry::JOURNAL_LINE;
use super::{Durability, Journal};
use crate::error::{Error, Kind, Result};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, json};

impl Journal {
    /// Erases payload and salt of these entries, and writes down, durably, that and why.
    ///
    /// The bytes are overwritten in the file, and the log is emptied as soon as no other process
    /// reads it. What is erased already is left out; where nothing remains, nothing is written. Gives how
    /// many were erased.
    ///
    /// # Errors
    /// `not_found`: there is no such entry. `invalid`: the entry is the journal's own. Else as
    /// [`Journal::append`]. Nothing is erased then.
    pub fn erase(&self, seqs: &[u64], at: Timestamp, reason: &str) -> Result<u64> {
        let pending = self.read(|db| with_payload(db, seqs))?;
        if pending.is_empty() {
            return Ok(0);
        }
        self.append_own("journal.erased", at, Durability::Durable, |db| {
            for &seq in &pending {
                db.prepare_cached("DELETE FROM payloads WHERE seq = ?1")?.execute([to_sql(seq)?])?;
            }
            Ok(Map::from_iter([("seqs".into(), json!(pending)), ("reason".into(), json!(reason))]))
        })?;
        self.named(self.connection.with(empty_log))?;
        Ok(pending.len() as u64)
    }
}

/// Those of `seqs` that still have a payload, once each, in order.
fn with_payload(db: &Connection, seqs: &[u64]) -> Result<Vec<u64>> {
    let mut pending = Vec::new();
    for &seq in seqs {
        let found: Option<(String, bool)> = db
            .prepare_cached(
                "SELECT line, EXISTS (SELECT 1 FROM payloads p WHERE p.seq = e.seq) FROM entries e WHERE e.seq = ?1",
            )?
            .query_row([to_sql(seq)?], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match found {
            None => return Err(Error::new(Kind::NotFound, format!("there is no entry {seq} to erase"))),
            Some((line, _)) if line == JOURNAL_LINE => {
                return Err(Error::new(
                    Kind::Invalid,
                    format!("entry {seq} is the journal's own and holds nobody's data; it cannot be erased"),
                ));
            }
            Some((_, true)) => pending.push(seq),
            Some((_, false)) => {}
        }
    }
    pending.sort_unstable();
    pending.dedup();
    Ok(pending)
}

/// Moves the log into the file and cuts it off; a reader elsewhere may put that off.
fn empty_log(db: &mut Connection) -> Result<()> {
    Ok(db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}
