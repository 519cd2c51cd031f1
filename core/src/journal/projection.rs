//! Tables derived from the entries, kept in the entries' own transactions.

use super::chain::{COLUMNS, read_entry};
use super::entry::Entry;
use super::format::{self, Meta};
use crate::error::{Error, Kind, Result};
use rusqlite::{Connection, TransactionBehavior};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Tables that follow from the entries, and nothing else.
///
/// It sees every entry in order, those of the line `journal` among them: after `journal.erased`
/// (payload `{"seqs": […], "reason": …, "heads": …}`) it forgets what it took from the payloads of those
/// entries, so that a rebuild, which sees them without payload, gives the same tables.
///
/// Its tables must not be called `meta`, `entries`, `payloads` or `lines`, and it must not begin
/// or end transactions.
pub trait Projection: Send + Sync {
    /// The version of its tables. Where the stored one is another, they are rebuilt on opening.
    fn version(&self) -> u32;

    /// Makes its tables: in a new journal, and after [`Projection::clear`].
    ///
    /// # Errors
    /// The journal is not opened.
    fn create(&self, db: &Connection) -> Result<()>;

    /// Drops or empties its tables, also those that an earlier version made.
    ///
    /// # Errors
    /// The rebuild is given up, the tables stay as they were.
    fn clear(&self, db: &Connection) -> Result<()>;

    /// Follows one entry, inside that entry's own transaction.
    ///
    /// # Errors
    /// The entry, and all drafts appended with it, are not written.
    fn apply(&self, db: &Connection, entry: &Entry) -> Result<()>;
}

/// Makes or rebuilds the tables where the stored version is not the projection's.
pub(super) fn bring_up_to_date(db: &mut Connection, projection: &dyn Projection) -> Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match Meta::read(&transaction)?.projection {
        Some(stored) if stored == projection.version() => return Ok(()),
        Some(_) => refill(&transaction, projection)?,
        None => {
            guard(|| projection.create(&transaction))?;
            apply_all(&transaction, projection)?;
        }
    }
    format::set_projection(&transaction, projection.version())?;
    Ok(transaction.commit()?)
}

/// Rebuilds the tables from the entries in one transaction.
pub(super) fn rebuild(db: &mut Connection, projection: &dyn Projection) -> Result<()> {
    let transaction = format::begin(db, projection)?;
    refill(&transaction, projection)?;
    Ok(transaction.commit()?)
}

fn refill(db: &Connection, projection: &dyn Projection) -> Result<()> {
    guard(|| {
        projection.clear(db)?;
        projection.create(db)
    })?;
    apply_all(db, projection)
}

fn apply_all(db: &Connection, projection: &dyn Projection) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM entries e LEFT JOIN payloads p ON p.seq = e.seq ORDER BY e.seq");
    let mut statement = db.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let entry = read_entry(row)?;
        guard(|| projection.apply(db, &entry)).map_err(|error| {
            let seq = entry.seq;
            error.with(|details| details.message = format!("at entry {seq}: {}", details.message))
        })?;
    }
    Ok(())
}

/// Turns a panic into an error, so that one caller's bug does not take the others along.
pub(super) fn guard<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Error::new(Kind::Internal, format!("a panic while writing the journal: {}", text_of(&*panic))))
    })
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
