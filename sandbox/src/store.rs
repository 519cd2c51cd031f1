//! Where the sandbox's documents outlive it: nowhere, or one SQLite file.
//!
//! State lives in memory. With a file, every change is also written there before its answer leaves: one thread
//! writes, and gathers the changes that wait into one transaction.

use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use crate::service::lock;

/// Changes gathered into one transaction at most.
const BATCH: usize = 512;

/// One kept document: JSON text under a service, a kind and an id.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) service: String,
    pub(crate) kind: String,
    pub(crate) body: String,
}

/// One change of the kept documents.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) service: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    /// The document's JSON; nothing deletes it.
    pub(crate) body: Option<String>,
}

struct Batch {
    writes: Vec<Write>,
    done: oneshot::Sender<Result<(), String>>,
}

/// The promise that handed-over changes are durable.
pub(crate) struct Commit(Option<oneshot::Receiver<Result<(), String>>>);

impl Commit {
    /// Waits until the changes are durable, or says why they are not.
    pub(crate) async fn wait(self) -> Result<(), String> {
        match self.0 {
            None => Ok(()),
            Some(done) => done.await.unwrap_or_else(|_| Err("the store is closed".to_owned())),
        }
    }
}

/// The store, seen from the services.
pub(crate) struct Archive {
    writer: Option<Writer>,
}

/// The thread that writes; both are gone once the store is closed.
struct Writer {
    sender: Mutex<Option<Sender<Batch>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Archive {
    /// Keeps nothing.
    pub(crate) fn memory() -> Archive {
        Archive { writer: None }
    }

    /// Opens or makes the file, takes it for this process alone, and reads everything in the order it was written.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<(Archive, Vec<Document>)> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(2))?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS document (seq INTEGER PRIMARY KEY, service TEXT NOT NULL, kind TEXT NOT NULL,
             id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (service, kind, id))",
        )?;
        let documents = connection
            .prepare("SELECT service, kind, body FROM document ORDER BY seq")?
            .query_map([], |row| Ok(Document { service: row.get(0)?, kind: row.get(1)?, body: row.get(2)? }))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || write_batches(connection, &receiver));
        let writer = Writer { sender: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) };
        Ok((Archive { writer: Some(writer) }, documents))
    }

    /// Whether changes are kept at all, so that nobody serialises them for nothing.
    pub(crate) fn keeps(&self) -> bool {
        self.writer.is_some()
    }

    /// Hands over changes in the caller's order.
    pub(crate) fn commit(&self, writes: Vec<Write>) -> Commit {
        let Some(writer) = self.writer.as_ref().filter(|_| !writes.is_empty()) else {
            return Commit(None);
        };
        let (done, waiting) = oneshot::channel();
        if let Some(sender) = lock(&writer.sender).as_ref() {
            // A writer that is gone drops `done`, which the caller sees as a closed store.
            let _ = sender.send(Batch { writes, done });
        }
        Commit(Some(waiting))
    }

    /// Writes what waits and gives the file back.
    pub(crate) fn close(&self) {
        if let Some(writer) = &self.writer {
            drop(lock(&writer.sender).take());
            if let Some(thread) = lock(&writer.thread).take() {
                let _ = thread.join();
            }
        }
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        self.close();
    }
}

fn write_batches(mut connection: Connection, receiver: &Receiver<Batch>) {
    while let Ok(first) = receiver.recv() {
        let mut batches = vec![first];
        batches.extend(receiver.try_iter().take(BATCH));
        let result = write(&mut connection, &batches).map_err(|error| error.to_string());
        for batch in batches {
            let _ = batch.done.send(result.clone());
        }
    }
}

fn write(connection: &mut Connection, batches: &[Batch]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut put = transaction.prepare_cached(
            "INSERT INTO document (service, kind, id, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (service, kind, id) DO UPDATE SET body = excluded.body",
        )?;
        let mut delete = transaction
            .prepare_cached("DELETE FROM document WHERE service = ?1 AND kind = ?2 AND id = ?3")?;
        for change in batches.iter().flat_map(|batch| &batch.writes) {
            match &change.body {
                Some(body) => put.execute(params![change.service, change.kind, change.id, body])?,
                None => delete.execute(params![change.service, change.kind, change.id])?,
            };
        }
    }
    transaction.commit()
}
