//! What a person at the hub sees of the service and does there: everything, without a token, as the owner of the
//! machine. Clients never come this way.

mod accounts;
mod records;
mod resources;

pub(crate) use accounts::{NotMade, Organization};
pub(crate) use records::{RecordRow, RecordView};
pub(crate) use resources::{ResourceRow, ResourceView};

use super::auth::Caller;
use super::checks::Checked;
use super::desk::Desk;
use super::state::{Row, State, Table};
use super::{NAME, SignFr};
use crate::service::lock;

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

impl SignFr {
    /// Looks at the state as somebody who sees every organization.
    fn look<T>(&self, with: impl FnOnce(&Desk<'_>) -> T) -> T {
        let settings = self.shared.settings();
        let mut state = lock(&self.state);
        let nobody = Caller { organization: String::new() };
        let nothing = Checked::default();
        let mut desk = Desk {
            state: &mut state,
            caller: &nobody,
            request: &nothing,
            settings: &settings.sign_fr,
            italy: settings.sign_it.clone(),
            now: self.shared.clock.now(),
            base: format!("/{NAME}"),
            keeps: self.shared.archive.keeps(),
            writes: Vec::new(),
            bookings: Vec::new(),
        };
        super::records::settle(&mut desk);
        with(&desk)
    }
}

fn slice<T: Row, V>(
    table: &Table<T>,
    cursor: &Cursor,
    keep: impl Fn(&T) -> bool,
    show: impl Fn(&T) -> V,
) -> Slice<V> {
    let rows: Vec<&T> = table.rows().iter().rev().filter(|row| keep(row)).collect();
    let place = |id: &str| rows.iter().position(|row| row.id() == id);
    let start = match cursor {
        Cursor::Newest => 0,
        Cursor::Before(id) => place(id).map_or(0, |place| place + 1),
        Cursor::After(id) => place(id).map_or(0, |place| place.saturating_sub(PAGE)),
    };
    let shown = rows.get(start..).unwrap_or_default();
    let shown = shown.get(..PAGE.min(shown.len())).unwrap_or_default();
    let id = |row: Option<&&T>| row.map(|row| row.id().to_owned());
    Slice {
        rows: shown.iter().map(|row| show(row)).collect(),
        total: rows.len(),
        newer: id(shown.first()).filter(|_| start > 0),
        older: id(shown.last()).filter(|_| start + shown.len() < rows.len()),
    }
}

/// How a resource is called by people; its id when it has no name.
fn named(state: &State, kind: super::Kind, id: &str) -> String {
    state.resources(kind).get(id).map_or_else(|| id.to_owned(), resources::label)
}
