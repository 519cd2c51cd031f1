//! Which entries share a commit, and which commits are synced.
#![allow(clippy::unwrap_used, clippy::panic)]

mod journal_support;

use fiskal::error::Result;
use fiskal::journal::{Draft, Durability, Entry, Journal, Projection};
use journal_support::{at, draft, options, sound};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Keeps, per entry of a line other than `journal`, SQLite's setting `synchronous` (1 NORMAL, 2
/// FULL) and the size of the log, which grows with each commit. A payload `{"wait": ms}` holds
/// the writer up.
struct Watch(PathBuf);

impl Projection for Watch {
    fn version(&self) -> u32 {
        1
    }

    fn create(&self, db: &Connection) -> Result<()> {
        Ok(db.execute_batch("CREATE TABLE watch (line TEXT, synchronous INTEGER, log INTEGER)")?)
    }

    fn clear(&self, db: &Connection) -> Result<()> {
        Ok(db.execute_batch("DROP TABLE watch")?)
    }

    fn apply(&self, db: &Connection, entry: &Entry) -> Result<()> {
        if entry.line == "journal" {
            return Ok(());
        }
        let payload = entry.payload.clone().unwrap_or_default();
        std::thread::sleep(Duration::from_millis(payload["wait"].as_u64().unwrap_or(0)));
        let synchronous: i64 = db.pragma_query_value(None, "synchronous", |row| row.get(0))?;
        let log = std::fs::metadata(&self.0).map_or(0, |log| log.len());
        db.execute("INSERT INTO watch VALUES (?1, ?2, ?3)", (&entry.line, synchronous, log.cast_signed()))?;
        Ok(())
    }
}

fn open(folder: &Path) -> Result<Journal> {
    let watch = Watch(folder.join("fiskal.db-wal"));
    Journal::open(&folder.join("fiskal.db"), Arc::new(watch), options())
}

fn one(line: &str, payload: Value) -> Vec<Draft> {
    vec![draft(line, payload)]
}

/// One column of the table `watch`, in the order of the entries.
fn watched(journal: &Journal, column: &str) -> Result<Vec<i64>> {
    journal.read(|db| {
        let mut statement = db.prepare(&format!("SELECT {column} FROM watch ORDER BY rowid"))?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

#[test]
fn a_durable_entry_is_committed_with_a_sync_and_a_lazy_one_without() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    for durability in [Durability::Lazy, Durability::Durable, Durability::Lazy] {
        journal.append(one("a", json!(1)), at(1), durability).unwrap();
    }
    assert_eq!(watched(&journal, "synchronous").unwrap(), [1, 2, 1]);
}

#[test]
fn callers_that_wait_share_the_next_commit_and_its_sync() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    std::thread::scope(|scope| {
        let append = |line: String, payload: Value, durability| {
            let journal = &journal;
            scope.spawn(move || journal.append(one(&line, payload), at(1), durability).unwrap())
        };
        append("slow".into(), json!({"wait": 800}), Durability::Lazy);
        std::thread::sleep(Duration::from_millis(200));
        for n in 0..8 {
            let durability = if n == 3 { Durability::Durable } else { Durability::Lazy };
            append(format!("line-{n}"), json!({}), durability);
        }
    });
    let (log, synchronous) = (watched(&journal, "log").unwrap(), watched(&journal, "synchronous").unwrap());
    assert_eq!(log.len(), 9);
    assert!(log[0] < log[1], "the slow one was committed first: {log:?}");
    assert!(log[1..].iter().all(|size| *size == log[1]), "one commit for all others: {log:?}");
    assert_eq!(synchronous, [1, 2, 2, 2, 2, 2, 2, 2, 2]);
    assert_eq!(sound(&journal), 10);
}
