//! One process, one core per journal: who opens a journal again shares what is open.

use super::process::{Inherit, PerProcess};
use super::slot::Slot;
use crate::Fiskal;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use arc_swap::ArcSwap;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

static JOURNALS: PerProcess<Journals> = PerProcess::new();

/// An open journal, shared by all clients of the process that opened it.
pub(super) struct Core {
    // Closed before its place is given up: fields are dropped in this order.
    pub(super) fiskal: Fiskal,
    place: Place,
}

/// Where an open journal is known, until it is dropped.
struct Place {
    journal: PathBuf,
    slot: Arc<Slot<Core>>,
}

/// The journals that are open in this process.
struct Journals {
    open: ArcSwap<BTreeMap<PathBuf, Arc<Slot<Core>>>>,
    /// Those that were open in the process that this one was forked from.
    inherited: BTreeSet<PathBuf>,
}

impl Inherit for Journals {
    fn inherit(before: Option<&Self>) -> Self {
        let mut inherited = BTreeSet::new();
        if let Some(before) = before {
            inherited.extend(before.inherited.iter().cloned());
            inherited.extend(before.open.load().keys().cloned());
        }
        Journals { open: ArcSwap::default(), inherited }
    }
}

/// Opens the configuration's journal, or shares it.
///
/// # Errors
/// Those of [`Fiskal::open`]; `config` when it is open in this process with another configuration;
/// `closed` when it was open in the process that this one was forked from.
pub(super) fn open(config: Config) -> Result<Arc<Core>> {
    let journal = real_path(&config.journal);
    let journals = JOURNALS.get();
    if journals.inherited.contains(&journal) {
        return Err(forked(&journal));
    }
    loop {
        let slot = journals.slot(&journal);
        let opened = slot.open(|| match Fiskal::open(config.clone()) {
            Ok(fiskal) => {
                let place = Place { journal: journal.clone(), slot: slot.clone() };
                Ok(Arc::new(Core { fiskal, place }))
            }
            Err(error) => {
                journals.remove(&journal, &slot);
                Err(error)
            }
        });
        match opened {
            Some(result) => return result.and_then(|core| shared(core, &config)),
            None => continue,
        }
    }
}

fn shared(core: Arc<Core>, config: &Config) -> Result<Arc<Core>> {
    if core.fiskal.config().is_same(config) {
        return Ok(core);
    }
    let message = format!(
        "the journal {} is already open in this process with another configuration; close it first, or open \
         it with the same one",
        core.place.journal.display()
    );
    Err(Error::new(Kind::Config, message))
}

/// SQLite's file locks do not survive a fork, and what it remembers of them in memory does: the child
/// would believe that it holds what it does not (<https://sqlite.org/howtocorrupt.html>, section 2.6).
fn forked(journal: &Path) -> Error {
    let message = format!(
        "the journal {} was open when this process was forked, and cannot be opened in it; open it after the \
         fork only, or start the process anew instead of forking it",
        journal.display()
    );
    Error::new(Kind::Closed, message)
}

impl Journals {
    fn slot(&self, journal: &Path) -> Arc<Slot<Core>> {
        loop {
            if let Some(slot) = self.open.load().get(journal) {
                return slot.clone();
            }
            self.open.rcu(|open| {
                let mut open = BTreeMap::clone(open);
                open.entry(journal.to_owned()).or_default();
                open
            });
        }
    }

    fn remove(&self, journal: &Path, slot: &Arc<Slot<Core>>) {
        self.open.rcu(|open| {
            let mut open = BTreeMap::clone(open);
            if open.get(journal).is_some_and(|known| Arc::ptr_eq(known, slot)) {
                open.remove(journal);
            }
            open
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Out of the map first: who finds the place given up looks there for another.
        JOURNALS.get().remove(&self.journal, &self.slot);
        self.slot.give_up();
    }
}

/// The same file under one name, whether it exists yet or not.
fn real_path(path: &Path) -> PathBuf {
    let folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(folder).unwrap_or_else(|| path.to_owned())
}
