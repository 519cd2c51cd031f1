//! A projection, options and shortcuts for the tests of the journal.
// Each test binary uses a part of it; clippy.toml's leave for tests does not reach helpers.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]

use fiskal::error::{Error, Kind, Result};
use fiskal::journal::{Draft, Durability, Entry, Journal, Options, Projection};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Keeps, per line, how many entries there were and the concatenated texts of their payloads.
/// Payloads with `fail` or `panic` do just that; `pages` limits the file as a full disk would.
#[derive(Default)]
pub struct Tally {
    pub version: u32,
}

impl Projection for Tally {
    fn version(&self) -> u32 {
        self.version
    }

    fn create(&self, db: &Connection) -> Result<()> {
        Ok(db.execute_batch("CREATE TABLE tally (line TEXT PRIMARY KEY, count INTEGER, text TEXT)")?)
    }

    fn clear(&self, db: &Connection) -> Result<()> {
        Ok(db.execute_batch("DROP TABLE tally")?)
    }

    fn apply(&self, db: &Connection, entry: &Entry) -> Result<()> {
        let payload = entry.payload.clone().unwrap_or_default();
        db.execute(
            "INSERT INTO tally VALUES (?1, 1, ?2)
             ON CONFLICT DO UPDATE SET count = count + 1, text = text || excluded.text",
            [&entry.line, &payload["text"].as_str().unwrap_or_default().to_owned()],
        )?;
        if let Some(why) = payload["fail"].as_str() {
            return Err(Error::new(Kind::Conflict, why));
        }
        if payload["panic"] == json!(true) {
            panic!("planted");
        }
        if let Some(pragma) = payload["pragma"].as_str() {
            db.query_row(&format!("PRAGMA {pragma}"), [], |_| Ok(())).optional()?;
        }
        Ok(())
    }
}

/// Options with a counted salt and a fixed id.
pub fn options() -> Options {
    let counter = AtomicU64::new(1);
    Options {
        id: Uuid::from_u128(7),
        salt: Arc::new(move || u128::from(counter.fetch_add(1, Ordering::Relaxed)).to_be_bytes()),
        now: at(0),
    }
}

/// This many seconds into 2026.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + seconds).unwrap()
}

pub fn open(path: &Path) -> Result<Journal> {
    Journal::open(path, Arc::new(Tally::default()), options())
}

pub fn in_memory() -> Journal {
    Journal::in_memory(Arc::new(Tally::default()), options()).unwrap()
}

pub fn draft(line: &str, payload: Value) -> Draft {
    Draft { line: line.into(), kind: "test".into(), payload }
}

/// Appends one entry with this text, lazily, and returns its number.
pub fn add(journal: &Journal, line: &str, text: &str) -> u64 {
    let drafts = vec![draft(line, json!({ "text": text }))];
    journal.append(drafts, at(1), Durability::Lazy).unwrap()[0]
}

/// The projection's rows.
pub fn tally(journal: &Journal) -> Vec<(String, i64, String)> {
    journal
        .read(|db| {
            let mut statement = db.prepare("SELECT line, count, text FROM tally ORDER BY line")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        })
        .unwrap()
}

/// Asserts that the journal is sound and returns the number of its entries.
pub fn sound(journal: &Journal) -> u64 {
    let verification = journal.verify().unwrap();
    assert_eq!(verification.misfit, None);
    verification.entries
}
