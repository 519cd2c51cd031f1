//! One lock per line: an OS file lock beside the journal, freed by the kernel when its process dies.

use super::entry::check_name;
use super::fault::of_file;
use crate::error::Result;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the locks of a journal are.
pub(super) enum Locks {
    /// Files in this folder.
    Folder(PathBuf),
    /// Names held in this process, for a journal in memory.
    Process(Arc<Mutex<HashSet<String>>>),
}

/// The right to work on a line, until dropped.
#[derive(Debug)]
pub struct LineLock(Held);

#[derive(Debug)]
enum Held {
    File(File),
    Name(Arc<Mutex<HashSet<String>>>, String),
}

impl Locks {
    /// The locks of the journal at `path`, in the folder `NAME-locks` beside it.
    pub(super) fn beside(path: &Path) -> Result<Self> {
        let folder = beside(path, "-locks");
        fs::create_dir_all(&folder).map_err(|cause| of_file(&folder, "created", &cause))?;
        Ok(Locks::Folder(folder))
    }

    /// The lock file that processes take while they create the journal.
    pub(super) fn of_creation(path: &Path) -> PathBuf {
        beside(path, "-locks").join("creation")
    }

    pub(super) fn in_process() -> Self {
        Locks::Process(Arc::default())
    }

    /// Takes the lock if nobody holds it, in this process or another.
    pub(super) fn try_lock(&self, line: &str) -> Result<Option<LineLock>> {
        check_name("/line", line)?;
        match self {
            Locks::Folder(folder) => {
                let path = folder.join(file_name(line));
                let file = open(&path)?;
                match file.try_lock() {
                    Ok(()) => Ok(Some(LineLock(Held::File(file)))),
                    Err(TryLockError::WouldBlock) => Ok(None),
                    Err(TryLockError::Error(cause)) => Err(of_file(&path, "locked", &cause)),
                }
            }
            Locks::Process(names) => {
                let mut held = names.lock().unwrap_or_else(PoisonError::into_inner);
                let is_free = held.insert(line.to_owned());
                Ok(is_free.then(|| LineLock(Held::Name(names.clone(), line.to_owned()))))
            }
        }
    }
}

impl Drop for LineLock {
    fn drop(&mut self) {
        match &self.0 {
            // Said aloud, because a child forked meanwhile would keep the file open, and so locked.
            Held::File(file) => {
                let _ = file.unlock();
            }
            Held::Name(names, line) => {
                names.lock().unwrap_or_else(PoisonError::into_inner).remove(line);
            }
        }
    }
}

/// Waits for the exclusive lock file `path`; it is held until the file is dropped.
pub(super) fn wait_for(path: &Path) -> Result<File> {
    let file = open(path)?;
    file.lock().map_err(|cause| of_file(path, "locked", &cause))?;
    Ok(file)
}

/// The journal's path with something appended to its file name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(|cause| of_file(path, "opened", &cause))
}

/// A line's name may hold any character; its hash fits every file system.
fn file_name(line: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(line.as_bytes()).into();
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
