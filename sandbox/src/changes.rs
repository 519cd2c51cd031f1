//! What one operation changed, on its way into the store and the audit.

use serde::Serialize;

use crate::audit::Booking;
use crate::control::{BOOKING, OWN};
use crate::service::{Shared, lock};
use crate::store::{Commit, Write};
use crate::table::{self, Row};

/// Changes that are not handed over yet.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    service: &'static str,
    /// Whether there is a store that wants to hear of them.
    keeps: bool,
    writes: Vec<Write>,
    bookings: Vec<Booking>,
}

impl Changes {
    /// Inserts or replaces a row, in memory and in what goes to the store.
    pub(crate) fn save<T: Row>(&mut self, state: &mut T::State, row: T) {
        self.write(row.kind(), row.place().to_owned(), &row);
        table::put(state, row);
    }

    /// Keeps a document that is no row.
    pub(crate) fn write<T: Serialize>(&mut self, kind: &'static str, id: String, value: &T) {
        if self.keeps {
            self.writes.push(Write::of(self.service, kind, id, value));
        }
    }

    /// Forgets a document.
    pub(crate) fn delete(&mut self, kind: &'static str, id: String) {
        self.writes.push(Write { service: self.service, kind, id, body: None });
    }

    /// Notes that something was booked.
    pub(crate) fn book(&mut self, booking: Booking) {
        self.bookings.push(booking);
    }
}

impl Shared {
    /// An empty list of changes by a service.
    pub(crate) fn changes(&self, service: &'static str) -> Changes {
        Changes { service, keeps: self.archive.keeps(), ..Changes::default() }
    }

    /// Hands changes over to the audit and the store. To be called under the lock under which they were made, so that
    /// both have them in the order in which they happened.
    pub(crate) fn commit(&self, mut changes: Changes) -> Commit {
        if changes.keeps {
            let bookings = changes.bookings.iter();
            changes.writes.extend(bookings.map(|booking| Write::of(OWN, BOOKING, booking.place(), booking)));
        }
        let mut audit = lock(&self.audit);
        changes.bookings.into_iter().for_each(|booking| audit.book(booking));
        self.archive.commit(changes.writes)
    }
}
