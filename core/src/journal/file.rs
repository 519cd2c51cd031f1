//! Opening the file: its place, its creation, its connections.

use super::fault::of_file;
use super::lock::{beside, wait_for};
use super::{format, place};
use crate::error::{Error, Kind, Result};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// How long to wait for another process's commit: less than a customer's patience of 3 seconds.
const BUSY: Duration = Duration::from_secs(2);

/// The log is cut back to this size (bytes) when it has been written into the file.
const LOG_LIMIT: i64 = 16 * 1024 * 1024;

/// Statements kept prepared per connection: the journal's and the projection's.
const STATEMENTS: usize = 64;

/// Refuses a place where no journal can be, and returns the journal's one true path: two names
/// of a file must lead to the same locks, and a change of the working directory to the same file.
pub(super) fn resolve_place(path: &Path) -> Result<PathBuf> {
    let wrong = |what: String| Err(Error::new(Kind::Config, format!("journal {}: {what}", path.display())));
    if path.is_dir() || path.file_name().is_none() {
        return wrong("this is a folder; name a file in it".into());
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return wrong(format!("the folder {} does not exist; create it", folder.display()));
    }
    let resolved = resolve(path);
    // A new journal in its place would hide the one on a disk that is not there today.
    if resolved.is_symlink() {
        return wrong(
            "this link leads nowhere; bring back what it leads to, or remove it to begin anew".into(),
        );
    }
    place::check(&folder_of(&resolved))?;
    Ok(resolved)
}

/// The absolute path without links, as far as it exists.
pub(super) fn resolve(path: &Path) -> PathBuf {
    let in_folder = || Some(folder_of(path).canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

/// Creates the journal if there is none: beside its place, moved there when complete, so that a
/// journal never exists half made.
pub(super) fn create_if_missing(path: &Path, lock: &Path, id: Uuid) -> Result<()> {
    if is_there(path)? {
        return refuse_empty(path);
    }
    let _held = wait_for(lock)?;
    if is_there(path)? {
        return Ok(());
    }
    let new = beside(path, "-new");
    // What a process that died here left behind.
    for leftover in [new.clone(), beside(&new, "-journal"), beside(&new, "-wal"), beside(&new, "-shm")] {
        let _ = fs::remove_file(leftover);
    }
    private_file(&new)?;
    lay_out(&new, id)?;
    fs::rename(&new, path).map_err(|cause| of_file(path, "created", &cause))?;
    sync_folder(&folder_of(path))
}

/// A journal that cannot be looked at is not taken for a missing one.
fn is_there(path: &Path) -> Result<bool> {
    path.try_exists().map_err(|cause| of_file(path, "read", &cause))
}

/// A journal is never empty, as it is moved to its place complete.
fn refuse_empty(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.len() == 0 => Err(Error::new(
            Kind::Journal,
            "the file is empty: it was cut off, or is no journal; restore a backup, or remove it to begin anew",
        )),
        Ok(_) => Ok(()),
        Err(cause) => Err(of_file(path, "read", &cause)),
    }
}

fn lay_out(path: &Path, id: Uuid) -> Result<()> {
    let mut db = connect(path)?;
    format::create(&mut db, id)?;
    use_log(&db)?;
    db.close().map_err(|(_, cause)| Error::from(cause))
}

/// Creates a file that only its owner may read.
pub(super) fn private_file(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|cause| of_file(path, "created", &cause))
}

/// Makes a rename durable.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    // Windows has no handle on a folder to sync.
    if cfg!(unix) {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|cause| of_file(folder, "synced", &cause))?;
    }
    Ok(())
}

/// The folder of a file, `.` for a bare name.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Opens a connection for writing to an existing journal.
pub(super) fn open_writer(path: &Path) -> Result<Connection> {
    let db = connect(path)?;
    use_log(&db)?;
    Ok(db)
}

/// Opens a connection that refuses to write.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let db = connect(path)?;
    db.pragma_update(None, "query_only", true)?;
    Ok(db)
}

/// The file behind an open connection, to notice when its path no longer leads to it.
pub(super) struct Opened {
    path: PathBuf,
    identity: Option<Identity>,
}

/// Device and number of a file.
type Identity = (u64, u64);

impl Opened {
    pub(super) fn by(db: &Connection) -> Self {
        let path = PathBuf::from(db.path().unwrap_or_default());
        let identity = fs::metadata(&path).ok().and_then(|found| identity(&found));
        Opened { path, identity }
    }

    /// Refuses to go on with a file that has lost its name: what is written there is gone with the process, and
    /// whoever opens the journal by its name does not see it.
    pub(super) fn check(&self) -> Result<()> {
        let Some(opened) = self.identity else { return Ok(()) };
        let is_lost = match fs::metadata(&self.path) {
            Ok(found) => identity(&found) != Some(opened),
            Err(cause) => cause.kind() == ErrorKind::NotFound,
        };
        if !is_lost {
            return Ok(());
        }
        Err(Error::new(
            Kind::Journal,
            "the file was moved, removed or replaced while it was open, and what is written now would be lost; \
             put it back, or open it again",
        ))
    }
}

#[cfg(unix)]
fn identity(found: &fs::Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

/// Windows keeps an open file where it is.
#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> Option<Identity> {
    None
}

/// Opens a journal in memory.
pub(super) fn open_in_memory(id: Uuid) -> Result<Connection> {
    let mut db = Connection::open_in_memory()?;
    prepare(&db)?;
    format::create(&mut db, id)?;
    Ok(db)
}

fn connect(path: &Path) -> Result<Connection> {
    // Without SQLITE_OPEN_CREATE, and without SQLITE_OPEN_URI: the path is a path.
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare(&db)?;
    Ok(db)
}

fn prepare(db: &Connection) -> Result<()> {
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // What is erased is overwritten; macOS syncs the disk itself only when asked so.
    for (pragma, value) in
        [("secure_delete", 1), ("fullfsync", 1), ("checkpoint_fullfsync", 1), ("cell_size_check", 1)]
    {
        db.pragma_update_and_check(None, pragma, value, |_| Ok(())).or_else(no_row)?;
    }
    Ok(())
}

/// Some pragmas answer with their new value, others with nothing.
fn no_row(error: rusqlite::Error) -> rusqlite::Result<()> {
    if error == rusqlite::Error::QueryReturnedNoRows { Ok(()) } else { Err(error) }
}

/// Write-ahead logging: readers and the writer do not wait for each other.
fn use_log(db: &Connection) -> Result<()> {
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::new(
            Kind::Config,
            format!("the journal's place allows no write-ahead log (mode {mode}); put it on a local disk"),
        ));
    }
    db.pragma_update_and_check(None, "journal_size_limit", LOG_LIMIT, |_| Ok(()))?;
    Ok(())
}
