//! Rows in memory, each also a document in the store.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Rows in the order they came, found by id.
#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { rows: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Row> Table<T> {
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.places.get(id).and_then(|place| self.rows.get(*place))
    }

    pub(crate) fn rows(&self) -> &[T] {
        &self.rows
    }

    fn put(&mut self, row: T) {
        match self.places.get(row.id()).and_then(|place| self.rows.get_mut(*place)) {
            Some(old) => *old = row,
            None => {
                self.places.insert(row.id().to_owned(), self.rows.len());
                self.rows.push(row);
            }
        }
    }
}

/// Something kept in a [`Table`] and in the store.
pub(crate) trait Row: Serialize + DeserializeOwned + Clone {
    /// All tables of its service.
    type State;

    fn id(&self) -> &str;
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
