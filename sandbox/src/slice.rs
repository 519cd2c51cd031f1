//! Pages of a list as the hub shows them.

use crate::table::{Row, Table};

/// Rows on one page of a list.
const PAGE: usize = 25;

/// Where a page of a list begins. Rows are named and not counted, so that a page stays what it was while new rows come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Cursor {
    #[default]
    Newest,
    /// The rows before this one, which are older.
    Before(String),
    /// The rows after this one, which are newer.
    After(String),
}

/// One page of a list, newest first.
#[derive(Debug)]
pub(crate) struct Slice<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) total: usize,
    /// The row that the next newer page ends before.
    pub(crate) newer: Option<String>,
    /// The row that the next older page begins after.
    pub(crate) older: Option<String>,
}

/// The page of a table's rows that `keep` keeps, as `show` shows them.
pub(crate) fn slice<T: Row, V>(
    table: &Table<T>,
    cursor: &Cursor,
    keep: impl Fn(&T) -> bool,
    show: impl Fn(&T) -> V,
) -> Slice<V> {
    let rows: Vec<&T> = table.rows().iter().rev().filter(|row| keep(row)).collect();
    let place = |id: &str| rows.iter().position(|row| row.place() == id);
    let start = match cursor {
        Cursor::Newest => 0,
        Cursor::Before(id) => place(id).map_or(0, |place| place + 1),
        Cursor::After(id) => place(id).map_or(0, |place| place.saturating_sub(PAGE)),
    };
    let shown = rows.get(start..).unwrap_or_default();
    let shown = shown.get(..PAGE.min(shown.len())).unwrap_or_default();
    let id = |row: Option<&&T>| row.map(|row| row.place().to_owned());
    Slice {
        rows: shown.iter().map(|row| show(row)).collect(),
        total: rows.len(),
        newer: id(shown.first()).filter(|_| start > 0),
        older: id(shown.last()).filter(|_| start + shown.len() < rows.len()),
    }
}
