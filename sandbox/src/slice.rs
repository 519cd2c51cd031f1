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
    let Slice { rows, total, newer, older } = cut(rows, cursor, |row| row.place());
    Slice { rows: rows.into_iter().map(show).collect(), total, newer, older }
}

/// The page of a list that is in order already. `place` is what a row is found by.
pub(crate) fn cut<T>(rows: Vec<T>, cursor: &Cursor, place: impl Fn(&T) -> &str) -> Slice<T> {
    let total = rows.len();
    let found = |id: &str| rows.iter().position(|row| place(row) == id);
    let start = match cursor {
        Cursor::Newest => 0,
        Cursor::Before(id) => found(id).map_or(0, |index| index + 1),
        Cursor::After(id) => found(id).map_or(0, |index| index.saturating_sub(PAGE)),
    };
    let rows: Vec<T> = rows.into_iter().skip(start).take(PAGE).collect();
    let id = |row: Option<&T>| row.map(|row| place(row).to_owned());
    let (newer, older) = (id(rows.first()), id(rows.last()));
    Slice {
        newer: newer.filter(|_| start > 0),
        older: older.filter(|_| start + rows.len() < total),
        rows,
        total,
    }
}
