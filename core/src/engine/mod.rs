//! Drives services' steps: writes, sends, writes, asks again; recovers, repeats, defers and replays.
//!
//! The engine knows no country. It is generic over [`Store`], [`Transport`], [`Clock`], [`Ids`] and
//! [`SecretStore`], so that tests can make each of them fail at every call.

mod book;
pub mod events;
pub mod ports;
mod projection;

mod download;
mod drive;
mod ends;
mod resolve;
mod rows;
mod send;
mod submit;
mod sync;
mod told;
mod world;

pub use events::Resolution;
pub use projection::Book;
pub(crate) use projection::parsed;
pub use resolve::{Decided, Decision};
pub use submit::{Reply, Submission};
pub(crate) use sync::no_such_sale;
pub use sync::{Changed, Synced};

use crate::error::{Error, Kind, Result};
use crate::exchange::{Duty, Facts, Line, LineKind, Operation, Outage, Service, Standing};
use crate::interrupt::Interrupt;
use crate::transport::{Backoff, TokenCache, Transport};
use ports::{Clock, Ids, ReceiptKey, SecretStore, Store};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use world::World;

/// A service with its credentials and environment, as the engine uses it.
pub struct Account {
    /// The pure service.
    pub service: Box<dyn Service>,
    /// The longest a caller may be kept waiting.
    pub patience: Duration,
}

/// How long the engine waits and how often it tries.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest time for one attempt.
    pub attempt: Duration,
    /// The longest time that background work spends on one operation.
    pub background: Duration,
    /// The pauses between attempts.
    pub backoff: Backoff,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            attempt: Duration::from_secs(10),
            background: Duration::from_secs(30),
            backoff: Backoff::default(),
        }
    }
}

/// How long somebody waits: until a moment of the monotonic clock, or an interrupt.
#[derive(Clone, Debug)]
struct Patience {
    until: Duration,
    interrupt: Interrupt,
}

/// The engine: one per journal and process, shared by all threads.
pub struct Engine<S, T, C, I, K> {
    store: S,
    transport: T,
    clock: C,
    ids: I,
    secrets: K,
    accounts: BTreeMap<String, Account>,
    limits: Limits,
    tokens: TokenCache,
    world: World,
}

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Engine<S, T, C, I, K> {
    /// An engine over these ports. Accounts are found by the first part of a line's name.
    pub fn new(
        store: S,
        transport: T,
        clock: C,
        ids: I,
        secrets: K,
        accounts: BTreeMap<String, Account>,
        limits: Limits,
    ) -> Self {
        Engine {
            store,
            transport,
            clock,
            ids,
            secrets,
            accounts,
            limits,
            tokens: TokenCache::default(),
            world: World::default(),
        }
    }

    /// The store, for reading.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The secrets.
    pub fn secrets(&self) -> &K {
        &self.secrets
    }

    /// The time as the service of this account sees it. Until an answer has told it, the wall clock
    /// has to do, and the journal's last entry keeps it from running backwards.
    pub fn now(&self, account: &str) -> jiff::Timestamp {
        let service = self.world.corrected(account, self.clock.now(), self.clock.monotonic());
        if self.world.skew(account).is_some() { service } else { service.max(self.store.last_at()) }
    }

    /// How far this machine's clock is behind the service's, once an answer has told.
    pub fn skew(&self, account: &str) -> Option<jiff::SignedDuration> {
        self.world.skew(account)
    }

    /// The outage that a register is in, as its service sees it.
    ///
    /// # Errors
    /// `journal` when the journal cannot be read, `config` for a line of no account.
    pub fn outage(&self, register: &Line) -> Result<Option<Outage>> {
        let facts = Facts { register: self.store.facts(register)?, ..Facts::default() };
        Ok(self.account(register)?.service.outage(&facts))
    }

    /// What has to be done by a time at a register with these lines above it.
    ///
    /// # Errors
    /// `journal` when the journal cannot be read, `config` for a line of no account.
    pub fn duties(&self, register: &Line, above: &[Line], zone: &str) -> Result<Vec<Duty>> {
        let facts = self.facts_of(above.iter().chain([register]))?;
        Ok(self.account(register)?.service.duties(&facts, zone, self.now(&register.account)))
    }

    /// How a register with these lines above it stands at its service; `None` where that does not know it yet.
    ///
    /// # Errors
    /// As [`Engine::outage`].
    pub fn standing(&self, register: &Line, above: &[Line]) -> Result<Option<Standing>> {
        let facts = self.facts_of(above.iter().chain([register]))?;
        Ok(self.account(register)?.service.standing(&facts))
    }

    /// Patience for `time` from when the caller began to wait, or until `interrupt` is raised.
    fn patience(&self, time: Duration, interrupt: &Interrupt) -> Patience {
        let left = time.saturating_sub(interrupt.waited());
        Patience { until: self.clock.monotonic() + left, interrupt: interrupt.clone() }
    }

    /// How much patience is left.
    fn left_of(&self, patience: &Patience) -> Duration {
        if patience.interrupt.is_raised() {
            return Duration::ZERO;
        }
        patience.until.saturating_sub(self.clock.monotonic())
    }

    fn account(&self, line: &Line) -> Result<&Account> {
        self.accounts.get(&line.account).ok_or_else(|| {
            Error::new(
                Kind::Config,
                format!(
                    "the journal has work for the account '{}', which the configuration no longer has",
                    line.account
                ),
            )
        })
    }

    fn facts(&self, operation: &Operation) -> Result<Facts> {
        self.facts_of(operation.above.iter().chain([&operation.line]))
    }

    fn facts_of<'l>(&self, lines: impl Iterator<Item = &'l Line>) -> Result<Facts> {
        let mut facts = Facts::default();
        for line in lines {
            let known = self.store.facts(line)?;
            match line.kind {
                LineKind::Account => facts.account = known,
                LineKind::Merchant => facts.merchant = known,
                LineKind::Location => facts.location = known,
                LineKind::Register => facts.register = known,
            }
        }
        Ok(facts)
    }

    /// A receipt that was not final when an operation on it was asked for may be by now.
    fn refresh_original(&self, operation: &mut Operation) -> Result<()> {
        let Some(original) = &mut operation.original else { return Ok(()) };
        let text = |name: &str| original.get(name).and_then(Value::as_str);
        let Some(id) = text("id").filter(|_| text("state") == Some("provisional")) else { return Ok(()) };
        if let Some(receipt) = self.store.receipt(&ReceiptKey::Id(id.to_owned()))? {
            *original = serde_json::to_value(receipt)
                .map_err(|cause| Error::internal(format!("a receipt has no JSON form: {cause}")))?;
        }
        Ok(())
    }

    /// Takes a line's lock, waiting for it as long as there is patience.
    fn lock(&self, line: &Line, patience: &Patience) -> Result<S::Lock> {
        if let Some(lock) = self.store.try_lock(line)? {
            return Ok(lock);
        }
        self.world.want(line);
        let taken = self.wait_for_lock(line, patience);
        self.world.want_no_more(line);
        taken
    }

    fn wait_for_lock(&self, line: &Line, patience: &Patience) -> Result<S::Lock> {
        while !self.left_of(patience).is_zero() {
            self.clock.sleep(Duration::from_millis(5), &patience.interrupt);
            if let Some(lock) = self.store.try_lock(line)? {
                return Ok(lock);
            }
        }
        let message = format!("{} '{}' is being worked on elsewhere; try again", line.kind.name(), line.name);
        Err(Error::new(Kind::Busy, message))
    }
}
