//! A copy of the journal as it is at one moment, made while it is in use.

use super::export::{left_over, partial, refuse_existing};
use super::file::{folder_of, private_file, sync_folder};
use super::{Journal, Verification};
use crate::error::{Error, Kind, Result};
use std::fs::{self, File};
use std::io;
use std::path::Path;

impl Journal {
    /// Copies the journal into a new file, checks the copy, and gives what the check found. Others go on
    /// writing meanwhile; the copy has what was written before it began. Secrets lie elsewhere and are not
    /// in it.
    ///
    /// # Errors
    /// `conflict`: there is something at `path` already. `journal`: the copy cannot be written, or the
    /// journal not be read.
    pub fn backup(&self, path: &Path) -> Result<Verification> {
        refuse_existing(path)?;
        let partial = partial(path)?;
        if partial.symlink_metadata().is_ok() {
            return Err(left_over(&partial));
        }
        // SQLite writes into an empty file, which only its owner can read from the beginning.
        let file = private_file(&partial)?;
        let done = self.readers.aside(|db| {
            let name = partial
                .to_str()
                .ok_or_else(|| Error::invalid("/path", "the name of a backup is UTF-8 text; give another"))?;
            db.execute("VACUUM INTO ?1", [name])?;
            Ok(())
        });
        let done = done.and_then(|()| {
            file.sync_all().map_err(|cause| not_written(path, &cause))?;
            let found = Journal::verify_file(&partial)?;
            move_to(&partial, path)?;
            Ok(found)
        });
        if done.is_err() {
            let _ = fs::remove_file(&partial);
        }
        self.named(done)
    }
}

fn move_to(partial: &Path, path: &Path) -> Result<()> {
    // What the check left beside it.
    for suffix in ["-wal", "-shm"] {
        let mut name = partial.as_os_str().to_owned();
        name.push(suffix);
        let _ = fs::remove_file(name);
    }
    fs::rename(partial, path).map_err(|cause| not_written(path, &cause))?;
    File::open(path).and_then(|file| file.sync_all()).map_err(|cause| not_written(path, &cause))?;
    sync_folder(&folder_of(path))
}

fn not_written(path: &Path, cause: &io::Error) -> Error {
    Error::new(
        Kind::Journal,
        format!("{} cannot be written ({cause}); the backup was given up", path.display()),
    )
}
