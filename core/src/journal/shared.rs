//! Connections that several threads use, one after the other.

use super::file::Opened;
use super::{closed, file};
use crate::error::Result;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A connection until it is closed, and only as long as its file has its name. A panic while it was held leaves it
/// usable: SQLite's transaction ends with its guard.
#[derive(Clone)]
pub(super) struct SharedConnection(Arc<Mutex<Option<(Connection, Opened)>>>);

impl SharedConnection {
    pub(super) fn new(connection: Connection) -> Self {
        let opened = Opened::by(&connection);
        SharedConnection(Arc::new(Mutex::new(Some((connection, opened)))))
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut held = self.lock();
        let (connection, opened) = held.as_mut().ok_or_else(closed)?;
        opened.check()?;
        work(connection)
    }

    pub(super) fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    pub(super) fn close(&self) {
        self.lock().take();
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Connection, Opened)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connections for queries.
pub(super) enum Readers {
    /// As many as threads read at once; `None` once closed.
    Pool { path: PathBuf, idle: Mutex<Option<Vec<Connection>>> },
    /// A journal in memory has one connection for everything.
    Shared(SharedConnection),
}

impl Readers {
    pub(super) fn of_file(path: PathBuf) -> Self {
        Readers::Pool { path, idle: Mutex::new(Some(Vec::new())) }
    }

    pub(super) fn of_memory(connection: &SharedConnection) -> Self {
        Readers::Shared(connection.clone())
    }

    /// Runs `work` on a connection that nobody waits for; a journal in memory has only the one.
    pub(super) fn aside<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match self {
            Readers::Pool { path, idle } => {
                lock(idle).as_ref().ok_or_else(closed)?;
                work(&file::open_writer(path)?)
            }
            Readers::Shared(connection) => connection.with(|connection| work(connection)),
        }
    }

    /// Runs the query in a transaction of its own, so that it sees one moment, and cannot write.
    pub(super) fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match self {
            Readers::Pool { path, idle } => {
                let found = lock(idle).as_mut().ok_or_else(closed)?.pop();
                let connection = found.map_or_else(|| file::open_reader(path), Ok)?;
                let result = in_transaction(&connection, query);
                if let Some(idle) = lock(idle).as_mut() {
                    idle.push(connection);
                }
                result
            }
            Readers::Shared(connection) => connection.with(|connection| {
                connection.pragma_update(None, "query_only", true)?;
                let result = in_transaction(connection, query);
                connection.pragma_update(None, "query_only", false)?;
                result
            }),
        }
    }

    pub(super) fn close(&self) {
        if let Readers::Pool { idle, .. } = self {
            lock(idle).take();
        }
    }
}

fn in_transaction<T>(connection: &Connection, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    let transaction = connection.unchecked_transaction()?;
    query(&transaction)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
