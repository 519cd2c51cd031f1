//! Secrets by reference: an environment variable, a file, or a literal.

use crate::error::{Details, Error, Kind, Result};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// No key or token of the services comes near this size.
const MOST_BYTES: u64 = 64 * 1024;

/// Where a secret is to be found: `env:NAME`, `file:PATH`, or the secret itself.
///
/// It is looked up when it is used, so that a rotated file or variable counts at once. Neither its
/// `Debug` form nor an error shows the secret.
#[derive(Clone)]
pub struct SecretRef {
    place: Place,
    origin: Origin,
}

#[derive(Clone)]
enum Place {
    Env(String),
    File(PathBuf),
    Literal(SecretString),
}

/// Where the reference stands in the configuration.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    pub(super) pointer: String,
    pub(super) file: Option<String>,
    pub(super) line: Option<u64>,
}

impl SecretRef {
    /// Reads a reference; a relative path is taken from `folder`.
    pub(super) fn parse(
        text: &str,
        folder: &Path,
        origin: Origin,
    ) -> std::result::Result<Self, &'static str> {
        let place = match (text.strip_prefix("env:"), text.strip_prefix("file:")) {
            (Some(""), _) => return Err("env: needs the name of a variable, such as env:FISKAL_KEY"),
            (Some(name), _) if name.contains(['=', '\0']) => {
                return Err("env: needs the name of a variable, which has no '='");
            }
            (Some(name), _) => Place::Env(name.into()),
            (_, Some("")) => return Err("file: needs a path, such as file:secrets/key"),
            (_, Some(path)) => Place::File(folder.join(path)),
            _ => Place::Literal(SecretString::from(text)),
        };
        Ok(SecretRef { place, origin })
    }

    /// Whether a text is a reference, and not the secret itself.
    pub fn is_reference(text: &str) -> bool {
        ["env:", "file:"].iter().any(|kind| text.starts_with(kind))
    }

    /// A secret that is none: the dummy of a test environment.
    pub(super) fn literal(text: &str) -> Self {
        SecretRef { place: Place::Literal(SecretString::from(text)), origin: Origin::default() }
    }

    /// Whether the secret itself stands in the configuration.
    pub fn is_literal(&self) -> bool {
        matches!(self.place, Place::Literal(_))
    }

    /// Whether it stands nowhere in the configuration, and is the dummy of a test environment.
    pub fn is_dummy(&self) -> bool {
        self.origin.pointer.is_empty()
    }

    /// The secret. The line break at the end of a file is not part of it.
    ///
    /// # Errors
    /// `config`, naming the key and the reference, when the variable is not set or the file cannot be
    /// read, or when there is nothing in it.
    pub fn resolve(&self) -> Result<SecretString> {
        let secret = match &self.place {
            Place::Literal(secret) => secret.clone(),
            Place::Env(name) => match std::env::var(name) {
                Ok(value) => SecretString::from(value),
                Err(std::env::VarError::NotPresent) => return Err(self.wrong("the variable is not set")),
                Err(std::env::VarError::NotUnicode(_)) => {
                    return Err(self.wrong("the variable is not UTF-8 text"));
                }
            },
            Place::File(path) => self.read(path)?,
        };
        if secret.expose_secret().is_empty() {
            return Err(self.wrong("it is empty"));
        }
        Ok(secret)
    }

    fn read(&self, path: &Path) -> Result<SecretString> {
        // Room for all of it at once: a growing buffer would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES as usize + 1));
        let read =
            std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        read.map_err(|cause| self.wrong(&format!("the file cannot be read ({cause})")))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(self.wrong("the file is larger than 64 KiB, which no secret is"));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| self.wrong("the file is not UTF-8 text"))?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        Ok(SecretString::from(text.strip_suffix('\r').unwrap_or(text)))
    }

    fn wrong(&self, why: &str) -> Error {
        let key = self.origin.pointer.trim_start_matches('/').replace('/', ".");
        Error::new(Kind::Config, format!("{key} is {self}, but {why}")).with(|details: &mut Details| {
            details.pointer = Some(self.origin.pointer.clone());
            details.file.clone_from(&self.origin.file);
            details.line = self.origin.line;
        })
    }
}

/// The reference; never a literal's value.
impl fmt::Display for SecretRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Env(name) => write!(out, "env:{name}"),
            Place::File(path) => write!(out, "file:{}", path.display()),
            Place::Literal(_) => out.write_str("a literal"),
        }
    }
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SecretRef({self})")
    }
}
