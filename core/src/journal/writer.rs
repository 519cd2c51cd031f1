//! The one thread of a process that writes: it groups what many threads append into one commit.

use super::chain::{self, Tail};
use super::entry::Sealed;
use super::projection::{Projection, guard};
use super::shared::SharedConnection;
use super::{Durability, closed, format};
use crate::error::{Error, Kind, Result};
use jiff::Timestamp;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use uuid::Uuid;

/// The most appends in one commit, so that the first caller is not kept waiting for ever.
const GROUP: usize = 256;

/// What one caller appends, all or nothing.
pub(super) struct Append {
    pub(super) sealed: Vec<Sealed>,
    pub(super) at: Timestamp,
    pub(super) durability: Durability,
}

/// Where it went.
pub(super) struct Appended {
    pub(super) seqs: Vec<u64>,
    pub(super) at: Timestamp,
}

enum Job {
    Append(Append, SyncSender<Result<Appended>>),
    Stop,
}

/// The handle of the writing thread.
pub(super) struct Writer {
    jobs: Sender<Job>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(db: SharedConnection, id: Uuid, projection: Arc<dyn Projection>) -> Result<Self> {
        let (jobs, inbox) = channel();
        let thread = std::thread::Builder::new()
            .name("fiskal-journal".into())
            .spawn(move || run(&inbox, &db, id, &*projection))
            .map_err(|cause| Error::new(Kind::Journal, format!("no thread could be started ({cause})")))?;
        Ok(Writer { jobs, thread: Mutex::new(Some(thread)) })
    }

    /// Hands the drafts over and waits until they are committed.
    pub(super) fn append(&self, append: Append) -> Result<Appended> {
        let (reply, answer) = sync_channel(1);
        self.jobs.send(Job::Append(append, reply)).map_err(|_| closed())?;
        answer.recv().map_err(|_| closed())?
    }

    /// Ends the thread once it has written what was handed over before.
    pub(super) fn stop(&self) {
        let _ = self.jobs.send(Job::Stop);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn run(inbox: &Receiver<Job>, db: &SharedConnection, id: Uuid, projection: &dyn Projection) {
    while let Ok(first) = inbox.recv() {
        let mut stop = false;
        let (mut appends, mut replies) = (Vec::new(), Vec::new());
        for job in std::iter::once(first).chain(inbox.try_iter().take(GROUP - 1)) {
            match job {
                Job::Append(append, reply) => {
                    appends.push(append);
                    replies.push(reply);
                }
                Job::Stop => stop = true,
            }
        }
        let results = guard(|| db.with(|db| commit(db, id, projection, &appends)));
        for (reply, result) in replies.into_iter().zip(spread(results, appends.len())) {
            // A caller that is gone needs no answer.
            let _ = reply.send(result);
        }
        if stop {
            return;
        }
    }
}

/// A failure of the whole group is every caller's failure.
fn spread<T>(results: Result<Vec<Result<T>>>, callers: usize) -> Vec<Result<T>> {
    results.unwrap_or_else(|error| (0..callers).map(|_| Err(error.clone())).collect())
}

/// Writes a group in one transaction; a caller whose drafts fail does not take the others along.
fn commit(
    db: &mut Connection,
    id: Uuid,
    projection: &dyn Projection,
    group: &[Append],
) -> Result<Vec<Result<Appended>>> {
    set_durability(db, group.iter().map(|append| append.durability).max().unwrap_or(Durability::Lazy))?;
    let mut transaction = format::begin(db, projection)?;
    let mut tail = Tail::read(&transaction)?;
    let mut results = Vec::with_capacity(group.len());
    for append in group {
        let savepoint = transaction.savepoint()?;
        let mut end = tail;
        let result = guard(|| write_all(&savepoint, id, projection, &mut end, append));
        if result.is_ok() {
            savepoint.commit()?;
            tail = end;
        } else {
            drop(savepoint);
        }
        // SQLite gives up the whole transaction when, for one, the disk is full.
        if let (Err(error), true) = (&result, transaction.is_autocommit()) {
            return Err(error.clone());
        }
        results.push(result);
    }
    transaction.commit()?;
    Ok(results)
}

fn write_all(
    db: &Connection,
    id: Uuid,
    projection: &dyn Projection,
    tail: &mut Tail,
    append: &Append,
) -> Result<Appended> {
    let seqs = append
        .sealed
        .iter()
        .map(|sealed| chain::write(db, id, projection, tail, sealed, append.at))
        .collect::<Result<Vec<u64>>>()?;
    Ok(Appended { seqs, at: tail.at })
}

/// In WAL mode FULL syncs the log at every commit, which also makes all earlier commits durable;
/// NORMAL leaves that to the next such commit or checkpoint.
pub(super) fn set_durability(db: &Connection, durability: Durability) -> Result<()> {
    let synchronous = match durability {
        Durability::Lazy => "NORMAL",
        Durability::Durable => "FULL",
    };
    Ok(db.pragma_update(None, "synchronous", synchronous)?)
}
