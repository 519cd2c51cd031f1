//! Reading entries page by page.

use super::Journal;
use super::chain::{COLUMNS, Tail, read_entry, to_sql};
use super::entry::{Digest, Entry};
use crate::error::Result;
use rusqlite::{OptionalExtension, Row, params};

/// The most entries on a page.
const PAGE: u32 = 1000;

/// Which entries to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Only of this line.
    pub line: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only with a higher number: the last one of the page before, 0 for the first page.
    pub after: u64,
    /// The most entries to return, 1 to 1,000.
    pub limit: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Filter { line: None, kind: None, after: 0, limit: 100 }
    }
}

impl Journal {
    /// The number of the last entry, from which a listing of the newest ones counts back.
    ///
    /// # Errors
    /// `journal`: the file cannot be read.
    pub fn last_seq(&self) -> Result<u64> {
        self.read(|db| Ok(Tail::read(db)?.seq))
    }

    /// The number and hash of a line's last entry.
    ///
    /// # Errors
    /// `journal`: the file cannot be read.
    pub fn head(&self, line: &str) -> Result<Option<(u64, Digest)>> {
        self.read(|db| {
            let sql = "SELECT seq, hash FROM lines WHERE line = ?1";
            let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, Digest(row.get(1)?)));
            let found = db.prepare_cached(sql)?.query_row([line], row).optional()?;
            Ok(found.map(|(seq, hash)| (seq.unsigned_abs(), hash)))
        })
    }

    /// A page of entries, in order. An empty one is the end.
    ///
    /// # Errors
    /// `journal`: the file cannot be read, or a payload is damaged.
    pub fn entries(&self, filter: &Filter) -> Result<Vec<Entry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entries e LEFT JOIN payloads p ON p.seq = e.seq
             WHERE e.seq > ?1 AND (?2 IS NULL OR e.line = ?2) AND (?3 IS NULL OR e.kind = ?3)
             ORDER BY e.seq LIMIT ?4"
        );
        self.read(|db| {
            let mut statement = db.prepare_cached(&sql)?;
            let mut rows = statement.query(params![
                to_sql(filter.after)?,
                filter.line,
                filter.kind,
                filter.limit.clamp(1, PAGE)
            ])?;
            let mut page = Vec::new();
            while let Some(row) = rows.next()? {
                page.push(read_entry(row)?);
            }
            Ok(page)
        })
    }
}
