//! A table of entries that are known by serial numbers, which are never used again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The entries of one type in one process.
pub(crate) struct Table<T> {
    entries: RwLock<HashMap<usize, Arc<T>>>,
    next: AtomicUsize,
    /// Lower numbers were given by the process that this one was forked from.
    first: usize,
}

/// What a number stands for.
#[derive(Debug)]
pub(crate) enum Found<T> {
    /// An entry.
    Entry(Arc<T>),
    /// An entry that was taken out.
    TakenOut,
    /// An entry that was there before the fork, or had been taken out by then.
    BeforeFork,
    /// Nothing: the number was never given.
    Unknown,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table::from_number(1)
    }
}

impl<T> Table<T> {
    fn from_number(first: usize) -> Self {
        Table { entries: RwLock::default(), next: AtomicUsize::new(first), first }
    }

    /// The table of a forked child: empty, and its numbers go on from those of `self`. Waits for no lock.
    pub(crate) fn after_fork(&self) -> Self {
        Table::from_number(self.next.load(Ordering::SeqCst))
    }

    /// Puts an entry in; the number that it is known by from now on, `None` past `largest`.
    pub(crate) fn put(&self, entry: T, largest: usize) -> Option<usize> {
        let number = self
            .next
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |next| (next <= largest).then(|| next + 1))
            .ok()?;
        self.entries.write().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::new(entry));
        Some(number)
    }

    /// What a number stands for.
    pub(crate) fn find(&self, number: usize) -> Found<T> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        match entries.get(&number) {
            Some(entry) => Found::Entry(entry.clone()),
            None if number == 0 || number >= self.next.load(Ordering::SeqCst) => Found::Unknown,
            None if number < self.first => Found::BeforeFork,
            None => Found::TakenOut,
        }
    }

    /// Takes an entry out. Who found it before keeps it for as long as they need it.
    pub(crate) fn take(&self, number: usize) -> Option<Arc<T>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(&number)
    }
}
