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

/// What a service keeps, as documents of its own.
pub(crate) trait Kept: Default {
    /// The service's name.
    const SERVICE: &'static str;

    /// Takes a document back; one of a kind that is not known is left.
    fn take(&mut self, document: &Document) -> serde_json::Result<()>;

    /// Reads back what the store kept of this service.
    fn load(documents: &[Document]) -> Result<Self, String> {
        let mut kept = Self::default();
        for document in documents.iter().filter(|document| document.service == Self::SERVICE) {
            kept.take(document)
                .map_err(|error| format!("a {} document is damaged: {error}", document.kind))?;
        }
        Ok(kept)
    }
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

impl Write {
    /// A document that is put in, or replaces the one with its id.
    pub(crate) fn of<T: serde::Serialize>(
        service: &'static str,
        kind: &'static str,
        id: String,
        value: &T,
    ) -> Write {
        Write { service, kind, id, body: serde_json::to_string(value).ok() }
    }
}

struct Batch {
    writes: Vec<Write>,
    done: oneshot::Sender<Result<(), String>>,
}

/// The promise that handed-over changes are durable.
pub(crate) struct Commit(Option<oneshot::Receiver<Result<(), String>>>);

impl Commit {
    /// Waits until the changes are durable, or says why they are not, in the words that a client is told.
    pub(crate) async fn wait(self) -> Result<(), String> {
        let kept = match self.0 {
            None => Ok(()),
            Some(done) => done.await.unwrap_or_else(|_| Err("it is closed".to_owned())),
        };
        kept.map_err(|reason| format!("the sandbox's store failed: {reason}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(commit: Commit) -> Result<(), String> {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(commit.wait())
    }

    fn put(id: &str, body: Option<&str>) -> Write {
        Write { service: "s", kind: "k", id: id.to_owned(), body: body.map(str::to_owned) }
    }

    fn bodies(path: &Path) -> Vec<String> {
        let (archive, documents) = Archive::open(path).unwrap();
        archive.close();
        documents.into_iter().map(|document| document.body).collect()
    }

    #[test]
    fn documents_come_back_in_the_order_they_were_first_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let (archive, _) = Archive::open(&path).unwrap();
        wait(archive.commit(vec![put("b", Some("1")), put("a", Some("2")), put("c", Some("3"))])).unwrap();
        wait(archive.commit(vec![put("b", Some("4")), put("a", None)])).unwrap();
        archive.close();
        assert_eq!(bodies(&path), ["4", "3"]);
    }

    #[test]
    fn a_change_that_cannot_be_written_is_not_promised() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let (archive, _) = Archive::open(&path).unwrap();
        archive.close();
        assert!(wait(archive.commit(vec![put("a", Some("1"))])).is_err());
        assert!(wait(archive.commit(Vec::new())).is_ok());
        assert!(bodies(&path).is_empty());
    }

    /// So many changes that their transaction is still under way when an answer that does not wait would be out.
    #[test]
    fn a_commit_waits_until_the_change_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let (archive, _) = Archive::open(&path).unwrap();
        let changes = (0..20_000).map(|id| put(&id.to_string(), Some("x"))).collect();
        wait(archive.commit(changes)).unwrap();
        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        std::fs::copy(folder.path().join("store.db-wal"), folder.path().join("copy.db-wal")).unwrap();
        assert_eq!(bodies(&copy).len(), 20_000);
    }
}
