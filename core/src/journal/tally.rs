//! Files of an export, hashed while they are written.

use super::entry::Digest;
use super::file::private_file;
use crate::error::{Error, Kind, Result};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A new file that hashes what is written into it.
pub(super) struct Tally {
    out: BufWriter<File>,
    hash: Sha256,
}

impl Tally {
    pub(super) fn create(path: &Path) -> Result<Self> {
        Ok(Tally { out: BufWriter::new(private_file(path)?), hash: Sha256::new() })
    }

    pub(super) fn finish(mut self) -> io::Result<Digest> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        Ok(Digest(self.hash.finalize().into()))
    }
}

impl Write for Tally {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a whole file, and gives its hash.
pub(super) fn write_file(path: &Path, text: &str) -> Result<Digest> {
    let mut tally = Tally::create(path)?;
    let written = tally.write_all(text.as_bytes()).and_then(|()| tally.finish());
    written.map_err(|cause| not_written(path, &cause))
}

pub(super) fn not_written(path: &Path, cause: &io::Error) -> Error {
    let message = format!("{} cannot be written ({cause}); the export was given up", path.display());
    Error::new(Kind::Journal, message)
}
