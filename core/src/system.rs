//! The ports of a real machine: its clock, its randomness, its secrets.

use crate::config::{Account, Config, SecretRef};
use crate::engine::ports::{Clock, Ids, SecretStore};
use crate::error::Result;
use crate::exchange::{Line, LineKind};
use crate::interrupt::Interrupt;
use crate::journal::FileSecrets;
use jiff::Timestamp;
use secrecy::SecretString;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The machine's clocks.
pub(crate) struct SystemClock(Instant);

impl SystemClock {
    /// Clocks whose monotonic zero is now.
    pub(crate) fn new() -> Self {
        SystemClock(Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, pause: Duration, interrupt: &Interrupt) {
        interrupt.wait(pause);
    }
}

/// The operating system's randomness.
pub(crate) struct SystemIds;

impl Ids for SystemIds {
    fn id(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn jitter(&self) -> u64 {
        Uuid::new_v4().as_u64_pair().1
    }
}

/// Sixteen random bytes for the salt of a journal's entry.
pub(crate) fn salt() -> [u8; 16] {
    // A version 4 UUID has 122 random bits; two make up for the six fixed ones.
    let (first, second) = (Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes());
    std::array::from_fn(|at| {
        first.get(at).copied().unwrap_or(0) ^ second.get((at + 5) % 16).copied().unwrap_or(0)
    })
}

/// The accounts' keys and the merchants' secrets from the configuration, resolved when they are wanted, those that
/// a call refers to, and what the services handed out, in the file beside the journal.
pub(crate) struct Secrets {
    config: Config,
    kept: FileSecrets,
}

impl Secrets {
    pub(crate) fn new(config: Config) -> Self {
        let kept = FileSecrets::beside(&config.journal);
        Secrets { config, kept }
    }

    /// The account whose own key or secret is meant, with the part that is.
    fn of_account<'a>(&self, name: &'a str) -> Option<(&Account, &'a str)> {
        let (line, part) = name.rsplit_once('/')?;
        let line: Line = line.parse().ok()?;
        let account = self.config.accounts.get(&line.account)?;
        (line.kind == LineKind::Account).then_some((account, part))
    }
}

impl SecretStore for Secrets {
    fn get(&self, name: &str) -> Result<Option<SecretString>> {
        if SecretRef::is_reference(name) {
            return self.config.secret(name, "/secret")?.resolve().map(Some);
        }
        match self.of_account(name) {
            Some((account, "key")) => account.key.resolve().map(Some),
            Some((account, "secret")) => account.secret.as_ref().map(|secret| secret.resolve()).transpose(),
            _ => match self.config.secrets.get(name) {
                Some(secret) => secret.resolve().map(Some),
                None => self.kept.get(name),
            },
        }
    }

    fn put(&self, name: &str, secret: &SecretString) -> Result<()> {
        self.kept.put(name, secret)
    }

    /// A call that refers to a secret says itself when the service has to be told.
    fn is_watched(&self, name: &str) -> bool {
        !SecretRef::is_reference(name)
    }
}
