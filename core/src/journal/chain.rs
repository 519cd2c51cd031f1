//! Writing entries into their chains, and reading them back.

use super::entry::{Digest, Entry, JOURNAL_LINE, Sealed, nanoseconds, timestamp};
use super::fault;
use super::projection::Projection;
use crate::error::{Error, Kind, Result};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use uuid::Uuid;

/// The end of the journal: what the next entry follows.
#[derive(Clone, Copy)]
pub(super) struct Tail {
    pub(super) seq: u64,
    pub(super) at: Timestamp,
}

impl Tail {
    pub(super) fn read(db: &Connection) -> Result<Self> {
        let last: Option<(i64, i64)> = db
            .prepare_cached("SELECT seq, at FROM entries ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match last {
            None => Ok(Tail { seq: 0, at: Timestamp::MIN }),
            Some((seq, at)) => Ok(Tail { seq: from_sql(seq)?, at: timestamp(at)? }),
        }
    }
}

/// Writes one entry with its payload and its line's new head, and lets the projection follow.
///
/// `tail` moves along; the caller puts it back when it rolls back.
pub(super) fn write(
    db: &Connection,
    journal: Uuid,
    projection: &dyn Projection,
    tail: &mut Tail,
    sealed: &Sealed,
    at: Timestamp,
) -> Result<u64> {
    let seq = tail.seq + 1;
    let at = at.max(tail.at);
    let prev = head(db, &sealed.line)?.unwrap_or_else(|| Digest::genesis(journal));
    let mut entry = Entry {
        seq,
        line: sealed.line.clone(),
        prev,
        kind: sealed.kind.clone(),
        at,
        digest: sealed.digest,
        hash: prev,
        payload: Some(sealed.payload.clone()),
    };
    entry.hash = entry.computed_hash()?;
    insert(db, &entry, sealed, to_sql(seq)?, nanoseconds(at)?).map_err(fault::of_insert)?;
    projection.apply(db, &entry)?;
    *tail = Tail { seq, at };
    Ok(seq)
}

fn insert(db: &Connection, entry: &Entry, sealed: &Sealed, seq: i64, at: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO entries (seq, line, prev, kind, at, digest, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![seq, entry.line, entry.prev.0, entry.kind, at, entry.digest.0, entry.hash.0])?;
    db.prepare_cached("INSERT INTO payloads (seq, salt, payload) VALUES (?1, ?2, ?3)")?.execute(params![
        seq,
        sealed.salt,
        sealed.bytes
    ])?;
    db.prepare_cached("INSERT OR REPLACE INTO lines (line, seq, hash) VALUES (?1, ?2, ?3)")?
        .execute(params![entry.line, seq, entry.hash.0])?;
    Ok(())
}

fn head(db: &Connection, line: &str) -> Result<Option<Digest>> {
    let hash = db
        .prepare_cached("SELECT hash FROM lines WHERE line = ?1")?
        .query_row([line], |row| row.get(0).map(Digest))
        .optional()?;
    Ok(hash)
}

/// The heads of all lines that changed since the last entry of the journal's own line.
pub(super) fn changed_heads(db: &Connection) -> Result<Value> {
    let mut statement = db.prepare_cached(
        "SELECT line, seq, hash FROM lines
         WHERE line <> ?1 AND seq > coalesce((SELECT seq FROM lines WHERE line = ?1), 0) ORDER BY line",
    )?;
    let mut rows = statement.query([JOURNAL_LINE])?;
    let mut heads = serde_json::Map::new();
    while let Some(row) = rows.next()? {
        let (line, seq, hash): (String, i64, [u8; 32]) = (row.get(0)?, row.get(1)?, row.get(2)?);
        heads.insert(line, json!({ "seq": seq, "hash": Digest(hash) }));
    }
    Ok(heads.into())
}

/// The columns that [`read_entry`] wants, in its order, from entries and (left joined) payloads.
pub(super) const COLUMNS: &str = "e.seq, e.line, e.prev, e.kind, e.at, e.digest, e.hash, p.payload, p.salt";

/// Reads an entry; the payload stays out.
pub(super) fn read_envelope(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry {
        seq: from_sql(row.get(0)?)?,
        line: row.get(1)?,
        prev: Digest(row.get(2)?),
        kind: row.get(3)?,
        at: timestamp(row.get(4)?)?,
        digest: Digest(row.get(5)?),
        hash: Digest(row.get(6)?),
        payload: None,
    })
}

/// Reads an entry with its payload.
pub(super) fn read_entry(row: &Row<'_>) -> Result<Entry> {
    let mut entry = read_envelope(row)?;
    let bytes: Option<Vec<u8>> = row.get(7)?;
    entry.payload = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose().map_err(|cause| {
        let seq = entry.seq;
        Error::new(
            Kind::Journal,
            format!("the payload of entry {seq} is damaged ({cause}); run `fiskal journal verify`"),
        )
    })?;
    Ok(entry)
}

/// A sequence number as SQLite keeps it.
pub(super) fn to_sql(seq: u64) -> Result<i64> {
    i64::try_from(seq).map_err(|_| Error::new(Kind::Invalid, format!("{seq} is not the number of an entry")))
}

fn from_sql(seq: i64) -> Result<u64> {
    u64::try_from(seq)
        .map_err(|_| Error::new(Kind::Journal, format!("an entry has the impossible number {seq}")))
}
