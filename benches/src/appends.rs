//! Durable appends to the journal against inserts of the same bytes into bare SQLite.

use crate::figures::{grouped, median, rate, ratio};
use crate::{Outcome, shop};
use fiskal::journal::{Draft, Durability, Entry, Journal, Options, Projection};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

const THREADS: [u64; 2] = [1, 8];
/// Journal and bare SQLite take turns; the median of their turns counts.
const TURNS: usize = 7;
/// In one turn, shared by the threads.
const APPENDS: u64 = 800;

/// The table of appends.
pub(crate) fn measure() -> Outcome<String> {
    let payload = payload();
    let bytes = serde_json_canonicalizer::to_vec(&payload)?;
    let mut table = format!(
        "durable appends of {} bytes, each waited for: one entry a call in the journal (hashed, chained, in two \
         tables), one row a transaction in bare SQLite (WAL, synchronous = FULL, one connection behind a mutex)\n\n\
         | threads | appends | bare SQLite, 1/s | journal, 1/s | ratio |\n|---:|---:|---:|---:|---:|",
        bytes.len()
    );
    for threads in THREADS {
        let (mut by_bare, mut by_journal) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            by_bare.push(bare(threads, &bytes)?);
            by_journal.push(journal(threads, &payload)?);
        }
        let (bare, journal) = (rate(APPENDS, median(&mut by_bare)), rate(APPENDS, median(&mut by_journal)));
        let ratio = ratio(journal, bare);
        write!(
            table,
            "\n| {threads} | {TURNS} × {APPENDS} | {} | {} | {ratio} |",
            grouped(bare),
            grouped(journal)
        )?;
    }
    Ok(table)
}

/// As long as the request of a sale of three items.
fn payload() -> Value {
    let entry = json!({
        "type": "SALE", "details": { "number": "1", "concept": "GOOD" },
        "data": {
            "type": "ITEM", "text": "Tarte aux pommes", "unit": { "quantity": "1", "price": "18.00" },
            "value": { "base": "17.06161137" },
            "vat": { "type": "VAT_RATE", "code": "REDUCED_2", "percentage": "5.5", "amount": "0.93838863",
                     "exclusive": "17.06161137", "inclusive": "18.00" },
        },
    });
    json!({ "label": "receipt", "method": "POST", "path": "/records", "entries": [entry, entry, entry] })
}

/// Tables of nobody: what is measured is the journal.
struct NoTables;

impl Projection for NoTables {
    fn version(&self) -> u32 {
        1
    }

    fn create(&self, _: &Connection) -> fiskal::error::Result<()> {
        Ok(())
    }

    fn clear(&self, _: &Connection) -> fiskal::error::Result<()> {
        Ok(())
    }

    fn apply(&self, _: &Connection, _: &Entry) -> fiskal::error::Result<()> {
        Ok(())
    }
}

fn journal(threads: u64, payload: &Value) -> Outcome<Duration> {
    let folder = shop::folder()?;
    let salt = || Uuid::new_v4().into_bytes();
    let options = Options { id: Uuid::new_v4(), salt: Arc::new(salt), now: Timestamp::now() };
    let journal = Journal::open(&folder.path().join("journal.db"), Arc::new(NoTables), options)?;
    in_threads(threads, |thread| {
        let line = format!("register/till-{thread}");
        let draft = Draft { line, kind: "exchange.request".to_owned(), payload: payload.clone() };
        journal.append(vec![draft], Timestamp::now(), Durability::Durable)?;
        Ok(())
    })
}

fn bare(threads: u64, bytes: &[u8]) -> Outcome<Duration> {
    let folder = shop::folder()?;
    let db = Connection::open(folder.path().join("bare.db"))?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE entries (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    )?;
    let db = Mutex::new(db);
    in_threads(threads, |_| {
        let db = db.lock().unwrap_or_else(PoisonError::into_inner);
        db.prepare_cached("INSERT INTO entries (bytes) VALUES (?1)")?.execute([bytes])?;
        Ok(())
    })
}

/// Shares `APPENDS` calls among threads; how long all took.
fn in_threads(threads: u64, append: impl Fn(u64) -> Outcome<()> + Sync) -> Outcome<Duration> {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let append = &append;
        let work = move |thread| (0..APPENDS / threads).try_for_each(|_| append(thread));
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread panicked")?)
    })?;
    Ok(begun.elapsed())
}
