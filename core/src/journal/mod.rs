//! The journal: an append-only, hash-chained file of everything that was asked, sent and answered.
//!
//! An [`Entry`] belongs to a line and names the hash of the entry before it in that line. Its
//! payload and salt lie in a table of their own, so that they can be erased while the chain still
//! verifies. Every entry of the line `journal` names the heads of the lines that changed since
//! the one before (`{"heads": {LINE: {"seq": …, "hash": …}}}`) and so ties them together; they are
//! written on opening, closing, erasing and by [`Journal::tie`].
//!
//! The journal knows nothing of sales: lines and kinds are names to it, payloads are JSON, and the
//! tables derived from them belong to a [`Projection`] given from outside.
//!
//! A chain proves that nothing before its head was changed; that the head itself is the last one
//! is known only as far as a later tie, or a copy kept elsewhere, names it.

mod backup;
mod chain;
mod entry;
mod erase;
mod export;
mod exported;
mod fault;
mod file;
mod format;
mod listing;
mod lock;
mod place;
mod projection;
mod secrets;
mod shared;
mod tally;
mod verify;
mod writer;

pub use entry::{Digest, Draft, Entry, JOURNAL_LINE, MAX_DEPTH, MAX_PAYLOAD};
pub use export::{ExportFile, ExportFormat, ExportPoint, Manifest, Range};
pub use exported::{Exported, verify_export};
pub use format::FORMAT;
pub use listing::Filter;
pub use lock::LineLock;
pub use projection::Projection;
pub use secrets::FileSecrets;
pub use verify::{Misfit, Verification};

use crate::error::{Error, Kind, Result};
use entry::Sealed;
use fault::name_file;
use jiff::Timestamp;
use lock::Locks;
use rusqlite::Connection;
use serde_json::{Map, Value};
use shared::{Readers, SharedConnection};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;
use writer::{Append, Writer};

/// What a journal needs from outside: it has no clock and no randomness of its own.
#[derive(Clone)]
pub struct Options {
    /// The id of the journal, should it be created.
    pub id: Uuid,
    /// Gives 16 unpredictable bytes for each entry, so that an erased payload cannot be guessed.
    pub salt: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
    /// The time of opening.
    pub now: Timestamp,
}

/// When an append returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Committed: it survives the process, and the machine from the next durable append on.
    Lazy,
    /// Synced to the disk: it survives the machine.
    Durable,
}

/// An open journal, for all threads of a process. Several processes may have the same one open.
pub struct Journal {
    name: String,
    id: Uuid,
    salt: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
    projection: Arc<dyn Projection>,
    connection: SharedConnection,
    readers: Readers,
    writer: Writer,
    locks: Locks,
    last_at: Mutex<Timestamp>,
}

impl Journal {
    /// Opens the journal at `path`, or creates it (0600 on Unix). The cost does not depend on the
    /// number of entries, unless the projection's version changed.
    ///
    /// # Errors
    /// `config`: no such folder, a folder instead of a file, a network drive. `journal`: not a
    /// journal, damaged, not writable, disk full, or written by a newer version.
    pub fn open(path: &Path, projection: Arc<dyn Projection>, options: Options) -> Result<Journal> {
        let name = path.display().to_string();
        name_file(&name, Journal::open_file(path, &name, projection, options))
    }

    fn open_file(
        path: &Path,
        name: &str,
        projection: Arc<dyn Projection>,
        options: Options,
    ) -> Result<Journal> {
        let path = file::resolve_place(path)?;
        let locks = Locks::beside(&path)?;
        file::create_if_missing(&path, &Locks::of_creation(&path), options.id)?;
        let connection = file::open_writer(&path)?;
        let readers = Readers::of_file(path);
        Journal::start(name, connection, |_| readers, locks, projection, options)
    }

    /// Makes a journal that lives and dies with this value; its locks hold in this process only.
    ///
    /// # Errors
    /// As the projection's, or `journal` when memory ran out.
    pub fn in_memory(projection: Arc<dyn Projection>, options: Options) -> Result<Journal> {
        let connection = file::open_in_memory(options.id)?;
        Journal::start("in memory", connection, Readers::of_memory, Locks::in_process(), projection, options)
    }

    fn start(
        name: &str,
        mut connection: Connection,
        readers: impl FnOnce(&SharedConnection) -> Readers,
        locks: Locks,
        projection: Arc<dyn Projection>,
        options: Options,
    ) -> Result<Journal> {
        let meta = format::migrate(&mut connection)?;
        projection::bring_up_to_date(&mut connection, &*projection)?;
        let last_at = chain::Tail::read(&connection)?.at;
        let connection = SharedConnection::new(connection);
        let journal = Journal {
            name: name.to_owned(),
            id: meta.id,
            salt: options.salt,
            writer: Writer::start(connection.clone(), meta.id, projection.clone())?,
            readers: readers(&connection),
            connection,
            projection,
            locks,
            last_at: Mutex::new(last_at),
        };
        journal.append_tie("journal.opened", options.now, Durability::Lazy)?;
        Ok(journal)
    }

    /// The journal's id, made at its creation.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Writes all drafts, or none, in their order, and returns their numbers.
    ///
    /// `at` is raised to [`Journal::last_at`], and beyond where another process is ahead. Appends
    /// of several threads share a commit.
    ///
    /// # Errors
    /// `invalid`: a name or payload out of bounds. `journal`: not written, says why. `busy`:
    /// another process kept the journal for 2 seconds. Else what the projection said.
    pub fn append(&self, drafts: Vec<Draft>, at: Timestamp, durability: Durability) -> Result<Vec<u64>> {
        let sealed = drafts
            .into_iter()
            .map(|draft| Sealed::of_caller(draft, (self.salt)()))
            .collect::<Result<Vec<Sealed>>>()?;
        if sealed.is_empty() {
            return Ok(Vec::new());
        }
        let appended = self.named(self.writer.append(Append { sealed, at, durability }))?;
        self.raise(appended.at);
        Ok(appended.seqs)
    }

    /// Asks the journal and the projection's tables, all in the state of one moment, which holds
    /// everything appended before the call. The query must not use the journal itself.
    ///
    /// # Errors
    /// What the query says, or `journal` when the file cannot be read.
    pub fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.named(self.readers.read(query))
    }

    /// The journal's time: of the last entry that this handle knows of.
    pub fn last_at(&self) -> Timestamp {
        *self.last_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock of a line, or returns `None` while another thread or process holds it. The
    /// kernel frees it when the process dies.
    ///
    /// # Errors
    /// `invalid`: the name is empty, too long or contains NUL. `journal`: no lock file can be made.
    pub fn try_lock(&self, line: &str) -> Result<Option<LineLock>> {
        self.locks.try_lock(line)
    }

    /// Ties the lines together: writes down, durably, the heads of all lines that changed since
    /// the last time.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn tie(&self, at: Timestamp) -> Result<()> {
        self.append_tie("journal.tied", at, Durability::Durable)
    }

    /// Derives the projection's tables anew from the entries, in one transaction.
    ///
    /// # Errors
    /// `journal`: a payload is damaged. Else what the projection says. The tables stay as they were.
    pub fn rebuild(&self) -> Result<()> {
        self.named(self.connection.with(|db| projection::rebuild(db, &*self.projection)))
    }

    /// Ties the lines together and ends the writing thread. Later calls are `closed`.
    ///
    /// A journal that is dropped without, or whose process dies, is sound too: the next opening
    /// ties its lines.
    ///
    /// # Errors
    /// As [`Journal::append`]; the journal is closed all the same.
    pub fn close(&self) -> Result<()> {
        if !self.connection.is_open() {
            return Ok(());
        }
        let tied = self.append_tie("journal.closed", self.last_at(), Durability::Durable);
        self.writer.stop();
        self.readers.close();
        self.connection.close();
        tied
    }

    fn append_tie(&self, kind: &str, at: Timestamp, durability: Durability) -> Result<()> {
        self.append_own(kind, at, durability, |_| Ok(Map::new()))
    }

    /// Appends an entry to the journal's own line, which also ties the other lines together.
    /// `work` runs in the same transaction and says what else the entry holds.
    fn append_own(
        &self,
        kind: &str,
        at: Timestamp,
        durability: Durability,
        work: impl FnOnce(&Connection) -> Result<Map<String, Value>>,
    ) -> Result<()> {
        let salt = (self.salt)();
        let write = |db: &mut Connection| {
            writer::set_durability(db, durability)?;
            let transaction = format::begin(db, &*self.projection)?;
            let mut payload = work(&transaction)?;
            payload.insert("heads".into(), chain::changed_heads(&transaction)?);
            let draft = Draft { line: JOURNAL_LINE.into(), kind: kind.into(), payload: payload.into() };
            let sealed = Sealed::new(draft, salt)?;
            let mut tail = chain::Tail::read(&transaction)?;
            projection::guard(|| {
                chain::write(&transaction, self.id, &*self.projection, &mut tail, &sealed, at)
            })?;
            transaction.commit()?;
            Ok(tail.at)
        };
        self.raise(self.named(self.connection.with(write))?);
        Ok(())
    }

    fn raise(&self, at: Timestamp) {
        let mut last = self.last_at.lock().unwrap_or_else(PoisonError::into_inner);
        *last = at.max(*last);
    }

    fn named<T>(&self, result: Result<T>) -> Result<T> {
        name_file(&self.name, result)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.writer.stop();
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Journal").field("name", &self.name).field("id", &self.id).finish_non_exhaustive()
    }
}

fn closed() -> Error {
    Error::new(Kind::Closed, "the journal is closed; open it again")
}
