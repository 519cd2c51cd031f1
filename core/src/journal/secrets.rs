//! Secrets that a service handed out, in a file of their own beside the journal.

use super::entry::check_name;
use super::fault::of_file;
use super::file::{folder_of, private_file, resolve, sync_folder};
use super::lock::{beside, wait_for};
use crate::error::{Error, Kind, Result};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// The longest secret, in bytes.
const MAX_SECRET: usize = 64 * 1024;

/// One JSON file `{NAME: value}`, 0600 on Unix, shared by all processes of the journal.
///
/// Nothing is kept in memory: every call reads the file. A change is written to a new file,
/// synced, and moved into place, under a lock, so that the file is always whole.
pub struct FileSecrets {
    path: PathBuf,
}

type Secrets = BTreeMap<String, SecretString>;

impl FileSecrets {
    /// The secrets of the journal at this path: the file `NAME-secrets.json` beside it, made when
    /// the first secret comes.
    pub fn beside(journal: &Path) -> Self {
        FileSecrets { path: beside(&resolve(journal), "-secrets.json") }
    }

    /// The secret of this name.
    ///
    /// # Errors
    /// `journal`: the file cannot be read, or is not such a JSON object.
    pub fn get(&self, name: &str) -> Result<Option<SecretString>> {
        Ok(self.load()?.remove(name))
    }

    /// Keeps a secret, durably, in place of an earlier one of this name.
    ///
    /// # Errors
    /// `invalid`: the name is empty, longer than 1,024 bytes or contains NUL; the secret is longer
    /// than 64 KiB. `journal`: the file cannot be read or written; it stays as it was.
    pub fn put(&self, name: &str, secret: &SecretString) -> Result<()> {
        check_name("/name", name)?;
        if secret.expose_secret().len() > MAX_SECRET {
            return Err(Error::invalid(
                "/secret",
                format!("the secret {name} is longer than {MAX_SECRET} bytes"),
            ));
        }
        self.change(|secrets| {
            secrets.insert(name.to_owned(), secret.clone());
            true
        })?;
        Ok(())
    }

    /// Forgets a secret; says whether there was one.
    ///
    /// # Errors
    /// `journal`: the file cannot be read or written; it stays as it was.
    pub fn remove(&self, name: &str) -> Result<bool> {
        self.change(|secrets| secrets.remove(name).is_some())
    }

    /// The names of all secrets, sorted.
    ///
    /// # Errors
    /// `journal`: the file cannot be read, or is not such a JSON object.
    pub fn names(&self) -> Result<Vec<String>> {
        Ok(self.load()?.into_keys().collect())
    }

    /// Reads, changes and writes while no other process does; writes nothing where nothing changed.
    fn change(&self, change: impl FnOnce(&mut Secrets) -> bool) -> Result<bool> {
        let _held = wait_for(&beside(&self.path, "-lock"))?;
        let mut secrets = self.load()?;
        let changed = change(&mut secrets);
        if changed {
            self.store(&secrets)?;
        }
        Ok(changed)
    }

    fn load(&self) -> Result<Secrets> {
        let file = match fs::File::open(&self.path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Secrets::new()),
            Err(cause) => return Err(of_file(&self.path, "read", &cause)),
        };
        let mut bytes = Zeroizing::new(Vec::new());
        file.take(MAX_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(|cause| of_file(&self.path, "read", &cause))?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(self.broken("is larger than 16 MiB"));
        }
        // The parser's own words could quote a secret; its place does not.
        let values: BTreeMap<String, String> = serde_json::from_slice(&bytes).map_err(|cause| {
            let place = format!("line {}, column {}", cause.line(), cause.column());
            self.broken(&format!("is not a JSON object of strings ({place})"))
        })?;
        Ok(values.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect())
    }

    fn broken(&self, what: &str) -> Error {
        let path = self.path.display();
        Error::new(
            Kind::Journal,
            format!("the secrets file {path} {what}; it was left as it is, repair it or restore a backup"),
        )
    }

    fn store(&self, secrets: &Secrets) -> Result<()> {
        let exposed: BTreeMap<&str, &str> =
            secrets.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        let bytes = serde_json::to_vec_pretty(&exposed)
            .map(Zeroizing::new)
            .map_err(|cause| Error::internal(format!("secrets cannot be written as JSON: {cause}")))?;
        let new = beside(&self.path, "-new");
        // What a process that died here left behind; the lock says that none is at it now.
        let _ = fs::remove_file(&new);
        let mut file = private_file(&new)?;
        file.write_all(&bytes)
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&new, &self.path))
            .map_err(|cause| of_file(&self.path, "written", &cause))?;
        sync_folder(&folder_of(&self.path))
    }
}

impl fmt::Debug for FileSecrets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("FileSecrets").field("path", &self.path).finish_non_exhaustive()
    }
}
