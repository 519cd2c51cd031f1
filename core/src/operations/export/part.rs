//! A file on its way to its place: written beside it, and moved there when it is whole and its check holds.

use crate::error::{Error, Kind, Result};
use crate::exchange::Answer;
use crate::transport::Sink;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

/// Where a file shall go.
///
/// # Errors
/// `invalid` at `/to` for what is no path of a new file in a folder that exists.
pub(super) fn check(to: &str, folder: &Path) -> Result<PathBuf> {
    let wrong = |why: &str| Error::invalid("/to", format!("{why}; give the path of a new file"));
    let path = folder.join(to);
    if to.is_empty() || to.contains('\0') || to.ends_with(['/', '\\']) || path.file_name().is_none() {
        return Err(wrong("this is no path of a file"));
    }
    if path.symlink_metadata().is_ok() {
        return Err(wrong("there is something at this path already"));
    }
    match path.parent() {
        Some(parent) if parent.is_dir() => Ok(path),
        _ => Err(wrong("the folder of this path does not exist")),
    }
}

/// The file while it comes. What is dropped unfinished leaves nothing behind.
pub(super) struct Part<'a> {
    target: PathBuf,
    beside: PathBuf,
    file: File,
    limit: u64,
    digest: Sha256,
    bytes: u64,
    progress: &'a mut dyn FnMut(u64),
}

/// A file at its place.
#[derive(Debug)]
pub(super) struct Placed<T> {
    pub(super) bytes: u64,
    /// SHA-256 in hexadecimal.
    pub(super) sha256: String,
    /// What its check said.
    pub(super) checked: T,
}

impl<'a> Part<'a> {
    /// Begins a file beside its place, under a name that `unique` makes its own. `progress` is told how many bytes
    /// have come.
    pub(super) fn open(
        target: &Path,
        unique: &str,
        limit: u64,
        progress: &'a mut dyn FnMut(u64),
    ) -> Result<Self> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{unique}.part"));
        let beside = target.with_file_name(name);
        let file = new_file(&beside).map_err(|cause| failed(&beside, &cause))?;
        let (digest, target) = (Sha256::new(), target.to_owned());
        Ok(Part { target, beside, file, limit, digest, bytes: 0, progress })
    }

    /// Has what came checked as it lies there, and moves the file to its place.
    pub(super) fn finish<T>(mut self, check: impl FnOnce(&mut File) -> Result<T>) -> Result<Placed<T>> {
        self.file.rewind().map_err(|cause| failed(&self.beside, &cause))?;
        let checked = check(&mut self.file).map_err(|error| match error.kind() {
            Kind::Mismatch => {
                let message = format!("{}; nothing was written, fetch it again", error.message());
                Error::new(error.kind(), message)
            }
            _ => error,
        })?;
        self.file.sync_all().map_err(|cause| failed(&self.beside, &cause))?;
        place(&self.beside, &self.target).map_err(|cause| failed(&self.target, &cause))?;
        let digest = std::mem::take(&mut self.digest).finalize();
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Placed { bytes: self.bytes, sha256, checked })
    }
}

impl Sink for Part<'_> {
    fn begin(&mut self, answer: &Answer) -> Result<()> {
        let length = answer.header("content-length").and_then(|length| length.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.limit) {
            return Err(self.too_large());
        }
        (self.digest, self.bytes) = (Sha256::new(), 0);
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(|cause| failed(&self.beside, &cause))
    }

    fn piece(&mut self, piece: &[u8]) -> Result<()> {
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        if self.bytes > self.limit {
            return Err(self.too_large());
        }
        self.digest.update(piece);
        self.file.write_all(piece).map_err(|cause| failed(&self.beside, &cause))?;
        (self.progress)(self.bytes);
        Ok(())
    }
}

impl Part<'_> {
    fn too_large(&self) -> Error {
        let message = format!("the file is larger than {} bytes; nothing was written", self.limit);
        Error::invalid("/max_bytes", message)
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        match fs::remove_file(&self.beside) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(path = %self.beside.display(), %cause, "a part of a file was left behind");
            }
            _ => {}
        }
    }
}

/// Moves a file to its place at once. A link fails where something has come to lie there meanwhile; a renaming
/// would replace it, and is for file systems that have no links.
fn place(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => fs::rename(from, to),
        linked => linked,
    }
}

/// An empty file that only its owner reads and writes.
fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(path: &Path, cause: &io::Error) -> Error {
    let message = format!("'{}' cannot be written: {cause}", path.display());
    Error::new(Kind::Invalid, message).at("/to")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::io::Read;

    /// Its SHA-256, as Python's hashlib has it.
    const SHA256: &str = "59425e4412e296fc74736673ce067027f384203f59c0d2c3e6be7b13347b3ffc";

    fn content() -> Vec<u8> {
        (0..1000_u32).map(|index| (index * 7 % 251) as u8).collect()
    }

    fn answer(length: Option<usize>) -> Answer {
        let headers = length.map(|length| ("content-length".to_owned(), length.to_string()));
        Answer { status: 200, headers: headers.into_iter().collect(), body: Value::Null }
    }

    /// Takes the pieces in, each list of them a beginning of its own. What comes must be the content.
    fn taken(folder: &Path, limit: u64, attempts: &[&[&[u8]]]) -> Result<Placed<()>> {
        let mut told = Vec::new();
        let mut progress = |bytes| told.push(bytes);
        let mut part = Part::open(&folder.join("x.zip"), "1", limit, &mut progress)?;
        for pieces in attempts {
            part.begin(&answer(None))?;
            pieces.iter().try_for_each(|piece| part.piece(piece))?;
        }
        let placed = part.finish(is_the_content)?;
        assert_eq!(told.last(), Some(&placed.bytes));
        Ok(placed)
    }

    fn is_the_content(file: &mut File) -> Result<()> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if bytes == content() { Ok(()) } else { Err(Error::new(Kind::Mismatch, "it is something else")) }
    }

    fn files(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_comes_to_its_place_whole_after_a_cut() {
        let folder = tempfile::tempdir().unwrap();
        let content = content();
        let cut: &[&[u8]] = &[&content[..700], b"x"];
        let whole: &[&[u8]] = &[&content[..1], &content[1..999], &content[999..]];
        let placed = taken(folder.path(), 1000, &[cut, whole]).unwrap();
        assert_eq!(placed.bytes, 1000);
        assert_eq!(placed.sha256, SHA256);
        assert_eq!(fs::read(folder.path().join("x.zip")).unwrap(), content);
        assert_eq!(files(folder.path()), ["x.zip"]);
    }

    #[test]
    fn what_does_not_hold_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let content = content();
        for (pieces, kind) in [
            (&[&content[..999]] as &[&[u8]], Kind::Mismatch),
            (&[&content, b"x"], Kind::Invalid),
            (&[b"other"], Kind::Mismatch),
            (&[], Kind::Mismatch),
        ] {
            assert_eq!(taken(folder.path(), 1000, &[pieces]).unwrap_err().kind(), kind);
            assert!(files(folder.path()).is_empty());
        }
        let mut progress = |_| {};
        let mut part = Part::open(&folder.path().join("x.zip"), "1", 1000, &mut progress).unwrap();
        assert_eq!(part.begin(&answer(Some(1001))).unwrap_err().pointer(), Some("/max_bytes"));
    }

    #[test]
    fn what_lies_there_already_stays() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x.zip");
        let mut progress = |_| {};
        let mut part = Part::open(&target, "1", 1000, &mut progress).unwrap();
        part.piece(&content()).unwrap();
        fs::write(&target, "mine").unwrap();
        assert_eq!(part.finish(is_the_content).unwrap_err().pointer(), Some("/to"));
        assert_eq!(fs::read(&target).unwrap(), b"mine");
        assert_eq!(files(folder.path()), ["x.zip"]);
        for to in ["x.zip", "", ".", "..", "/", "none/x.zip", "new/", "a\0b", "."] {
            assert_eq!(check(to, folder.path()).unwrap_err().pointer(), Some("/to"), "{to}");
        }
        assert_eq!(check("y.zip", folder.path()).unwrap(), folder.path().join("y.zip"));
    }

    /// Linux has a file that is always full.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_is_full_is_told_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut progress = |_| {};
        let mut part = Part::open(&folder.path().join("x.zip"), "1", 1000, &mut progress).unwrap();
        part.file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = part.piece(b"x").unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some("/to")), "{error}");
        assert!(error.message().contains("No space left"), "{error}");
        drop(part);
        assert!(files(folder.path()).is_empty());
    }
}
