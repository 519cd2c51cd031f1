//! Rows in memory, each also a document in the store.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Rows in the order they came, found by their place.
#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: Vec<T>,
    indexes: HashMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { rows: Vec::new(), indexes: HashMap::new() }
    }
}

impl<T: Row> Table<T> {
    pub(crate) fn get(&self, place: &str) -> Option<&T> {
        self.indexes.get(place).and_then(|index| self.rows.get(*index))
    }

    pub(crate) fn rows(&self) -> &[T] {
        &self.rows
    }

    fn put(&mut self, row: T) {
        match self.indexes.get(row.place()).and_then(|index| self.rows.get_mut(*index)) {
            Some(old) => *old = row,
            None => {
                self.indexes.insert(row.place().to_owned(), self.rows.len());
                self.rows.push(row);
            }
        }
    }
}

/// Something kept in a [`Table`] and in the store.
pub(crate) trait Row: Serialize + DeserializeOwned + Clone {
    /// All tables of its service.
    type State;

    /// What it is found by: no other row of its kind has it.
    fn place(&self) -> &str;
    /// The organization it belongs to.
    fn organization(&self) -> &str;
    /// The kind of its documents in the store.
    fn kind(&self) -> &'static str;
    fn table<'s>(&self, state: &'s mut Self::State) -> &'s mut Table<Self>;
    /// Keeps what is derived from the rows up to date.
    fn index(&self, _state: &mut Self::State) {}
}

/// Inserts or replaces a row.
pub(crate) fn put<T: Row>(state: &mut T::State, row: T) {
    row.index(state);
    row.table(state).put(row.clone());
}
