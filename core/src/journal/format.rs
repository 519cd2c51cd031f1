//! The layout of the file, its version, and the way from older ones.
//!
//! Format 1 (now): `meta`, `entries`, `payloads`, `lines`.
//! Format 0 (before the first release): the same without `lines`; heads were searched for.

use super::projection::Projection;
use crate::error::{Error, Kind, Result};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

/// The version of the layout that this library writes.
pub const FORMAT: u32 = 1;

/// Marks the file as a journal in SQLite's header: `FISK`.
const APPLICATION: i64 = 0x4649_534B;

const META: &str = "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;";

const ENTRIES: &str = "
    CREATE TABLE entries (
        seq INTEGER PRIMARY KEY, line TEXT NOT NULL, prev BLOB NOT NULL, kind TEXT NOT NULL,
        at INTEGER NOT NULL, digest BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
    CREATE TABLE payloads (
        seq INTEGER PRIMARY KEY, salt BLOB NOT NULL, payload BLOB NOT NULL) STRICT;";

const LINES: &str = "
    CREATE TABLE lines (line TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;";

type Migration = fn(&Transaction<'_>) -> Result<()>;

/// Step `n` leads from format `n` to `n + 1`.
const MIGRATIONS: [Migration; FORMAT as usize] = [keep_heads];

fn keep_heads(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute_batch(LINES)?;
    transaction.execute_batch(
        "INSERT INTO lines (line, seq, hash)
         SELECT line, seq, hash FROM entries
         WHERE seq IN (SELECT max(seq) FROM entries GROUP BY line);",
    )?;
    Ok(())
}

/// Lays out an empty database.
pub(super) fn create(db: &mut Connection, id: Uuid) -> Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for table in [META, ENTRIES, LINES] {
        transaction.execute_batch(table)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    set(&transaction, "format", &FORMAT.to_string())?;
    set(&transaction, "id", &id.to_string())?;
    Ok(transaction.commit()?)
}

/// Checks that this is a journal, and reads what it says of itself.
pub(super) fn identify(db: &Connection) -> Result<Meta> {
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION {
        return Err(Error::new(
            Kind::Journal,
            "this is an SQLite database but not a journal; name another file, or restore a backup",
        ));
    }
    let meta = Meta::read(db)?;
    if meta.format > FORMAT { Err(newer(meta.format)) } else { Ok(meta) }
}

/// Brings an older layout up to date.
pub(super) fn migrate(db: &mut Connection) -> Result<Meta> {
    let meta = identify(db)?;
    if meta.format == FORMAT {
        return Ok(meta);
    }
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it while this one waited for the transaction.
    let found = identify(&transaction)?.format;
    for step in MIGRATIONS.iter().skip(found as usize) {
        step(&transaction)?;
    }
    set(&transaction, "format", &FORMAT.to_string())?;
    let meta = Meta::read(&transaction)?;
    transaction.commit()?;
    Ok(meta)
}

fn newer(found: u32) -> Error {
    Error::new(
        Kind::Journal,
        format!(
            "written by a newer version of libfiskal (format {found}, this one knows {FORMAT}); update this program"
        ),
    )
}

/// What a journal says of itself.
pub(super) struct Meta {
    pub(super) format: u32,
    pub(super) id: Uuid,
    /// The version of the projection's tables; `None` before they are made.
    pub(super) projection: Option<u32>,
}

impl Meta {
    pub(super) fn read(db: &Connection) -> Result<Self> {
        let format = number(db, "format")?.ok_or_else(|| unreadable("format"))?;
        let id = get(db, "id")?.and_then(|text| text.parse().ok()).ok_or_else(|| unreadable("id"))?;
        Ok(Meta { format, id, projection: number(db, "projection")? })
    }

    /// Refuses to write where another program changed the layout or the projection meanwhile.
    pub(super) fn check(&self, projection: &dyn Projection) -> Result<()> {
        if self.format != FORMAT {
            return Err(newer(self.format));
        }
        if self.projection != Some(projection.version()) {
            return Err(Error::new(
                Kind::Journal,
                "another version of libfiskal has rebuilt its tables meanwhile; restart this program with that version",
            ));
        }
        Ok(())
    }
}

/// Begins the transaction of a write, in which head, number and time are read.
pub(super) fn begin<'a>(db: &'a mut Connection, projection: &dyn Projection) -> Result<Transaction<'a>> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    Meta::read(&transaction)?.check(projection)?;
    Ok(transaction)
}

pub(super) fn set_projection(db: &Connection, version: u32) -> Result<()> {
    set(db, "projection", &version.to_string())
}

fn set(db: &Connection, name: &str, value: &str) -> Result<()> {
    db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", [name, value])?;
    Ok(())
}

fn get(db: &Connection, name: &str) -> Result<Option<String>> {
    let mut statement = db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

fn number(db: &Connection, name: &str) -> Result<Option<u32>> {
    get(db, name)?.map(|text| text.parse().map_err(|_| unreadable(name))).transpose()
}

fn unreadable(name: &str) -> Error {
    Error::new(
        Kind::Journal,
        format!("its {name} is missing or unreadable; the file is damaged, restore a backup"),
    )
}
