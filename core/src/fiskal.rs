//! The one object that a till opens.

use crate::config::{Config, SyncMode, Till};
use crate::engine::ports::{Ids, SecretStore, Store};
use crate::engine::{self, Engine, Limits, Reply, Submission};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Line, LineKind, Outcome};
use crate::interrupt::Interrupt;
use crate::journal::{Journal, Options};
use crate::local_time;
use crate::operations;
use crate::services;
use crate::system::{Secrets, SystemClock, SystemIds, salt};
use crate::transport::HttpTransport;
use jiff::{Timestamp, Zoned};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use uuid::Uuid;

/// The engine on a real machine.
pub(crate) type RealEngine = Engine<Journal, HttpTransport, SystemClock, SystemIds, Secrets>;

/// How often the core's own thread looks for something to settle.
const SYNC_EVERY: Duration = Duration::from_secs(2);

/// An open journal with its accounts, for all threads of a till's process.
///
/// ```
/// # fn main() -> fiskal::error::Result<()> {
/// let folder = tempfile::tempdir().expect("a temporary folder");
/// let config = fiskal::config::Config::from_toml(
///     r#"
///     [account.paris]
///     service = "sign-fr"
///     environment = "test"
///     key = "env:FISKAL_FR_KEY"
///     secret = "env:FISKAL_FR_SECRET"
///     [merchant.martin]
///     account = "paris"
///     name = "Boulangerie Martin SARL"
///     [location.rivoli]
///     merchant = "martin"
///     [register.till-1]
///     location = "rivoli"
///     "#,
///     folder.path().join("fiskal.toml"),
/// )?;
/// let till = fiskal::Fiskal::open(config)?;
/// let status = till.call("status", &serde_json::json!({}))?;
/// assert_eq!(status["registers"][0]["register"], "till-1");
/// assert_eq!(status["registers"][0]["ready"], false);
/// # Ok(()) }
/// ```
pub struct Fiskal {
    shared: Arc<Shared>,
    background: Option<Background>,
}

/// What the calling threads and the core's own thread share.
struct Shared {
    config: Config,
    engine: RealEngine,
}

impl Fiskal {
    /// Opens the configuration's journal, or makes it. With `sync = "auto"` a thread of the core
    /// settles what waits, from now until this value is dropped.
    ///
    /// # Errors
    /// `config` for what the configuration asks and cannot be had, `journal` for a journal that
    /// cannot be used.
    pub fn open(config: Config) -> Result<Self> {
        Fiskal::open_with(config, Limits::default())
    }

    /// As [`Fiskal::open`], with other limits for attempts and pauses.
    ///
    /// # Errors
    /// As [`Fiskal::open`].
    pub fn open_with(config: Config, limits: Limits) -> Result<Self> {
        let accounts = accounts(&config)?;
        let transport = HttpTransport::new(&config.network).map_err(|error| config.locate(error))?;
        let options = Options { id: Uuid::new_v4(), salt: Arc::new(salt), now: Timestamp::now() };
        let journal = Journal::open(&config.journal, Arc::new(engine::Book), options)?;
        let secrets = Secrets::new(config.clone());
        let engine =
            Engine::new(journal, transport, SystemClock::new(), SystemIds, secrets, accounts, limits);
        let sync = config.sync;
        let shared = Arc::new(Shared { config, engine });
        let background = (sync == SyncMode::Auto).then(|| Background::start(shared.clone())).transpose()?;
        Ok(Fiskal { shared, background })
    }

    /// Opens the configuration in a file.
    ///
    /// # Errors
    /// As [`Config::from_file`] and [`Fiskal::open`].
    pub fn open_file(path: impl AsRef<Path>) -> Result<Self> {
        Fiskal::open(Config::from_file(path)?)
    }

    /// Does one named operation: the door behind all others. `describe` lists the names.
    ///
    /// # Errors
    /// `invalid` for an unknown name or parameters that do not fit; else as the operation says.
    pub fn call(&self, operation: &str, params: &Value) -> Result<Value> {
        self.call_until(operation, params, &Interrupt::never())
    }

    /// As [`Fiskal::call`], until `interrupt` is raised: then the call returns as if the account's
    /// patience had run out. What was sent and is not answered yet is settled by `sync`.
    ///
    /// # Errors
    /// As [`Fiskal::call`].
    pub fn call_until(&self, operation: &str, params: &Value, interrupt: &Interrupt) -> Result<Value> {
        operations::find(operation)?.run(&self.calling(interrupt), params)
    }

    /// A call that ends as [`Fiskal::call_until`] says.
    pub(crate) fn calling<'a>(&'a self, interrupt: &'a Interrupt) -> Call<'a> {
        Call { fiskal: self, interrupt }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The journal, for reading.
    pub fn journal(&self) -> &Journal {
        self.engine().store()
    }

    pub(crate) fn engine(&self) -> &RealEngine {
        &self.shared.engine
    }

    /// A new id, unique in the world.
    pub(crate) fn new_id(&self) -> String {
        SystemIds.id().to_string()
    }

    /// Whether a merchant was given a credential of its own that the secret store no longer has.
    pub(crate) fn credential_lost(&self, merchant: &Line) -> Result<bool> {
        let known = self.journal().facts(merchant)?;
        match known.get("credential").and_then(Value::as_str) {
            Some(credential) => Ok(self.engine().secrets().get(&format!("{credential}/secret"))?.is_none()),
            None => Ok(false),
        }
    }

    /// Lets the core's own thread know when something is left to settle.
    fn submitted(&self, reply: Result<Reply>) -> Result<Reply> {
        let settled = match &reply {
            Ok(reply) => reply.settled && reply.outcome.later.is_empty(),
            Err(error) => error.kind() != Kind::UnknownOutcome,
        };
        if let Some(background) = self.background.as_ref().filter(|_| !settled) {
            background.wake();
        }
        reply
    }

    /// A register's line, the lines above it, and what the configuration says of them.
    pub(crate) fn place(&self, register: &str) -> Result<Place<'_>> {
        let till = self.config().till(register)?;
        let line = |kind: LineKind, name: &str| Line {
            account: till.merchant.account.clone(),
            environment: till.account.environment.name().to_owned(),
            kind,
            name: name.to_owned(),
        };
        let above = vec![
            line(LineKind::Account, &till.merchant.account),
            line(LineKind::Merchant, &till.location.merchant),
            line(LineKind::Location, &till.register.location),
        ];
        Ok(Place { line: line(LineKind::Register, register), above, till })
    }
}

impl Drop for Fiskal {
    fn drop(&mut self) {
        if let Some(background) = self.background.take() {
            background.stop();
        }
        if let Err(error) = self.journal().close() {
            tracing::error!(%error, "the journal was not closed cleanly; its next opening checks it");
        }
    }
}

/// One call of an operation.
pub(crate) struct Call<'a> {
    fiskal: &'a Fiskal,
    interrupt: &'a Interrupt,
}

impl Call<'_> {
    /// Submits what the call asks for.
    pub(crate) fn submit(&self, submission: Submission) -> Result<Reply> {
        self.fiskal.submitted(self.engine().submit(submission, self.interrupt))
    }

    /// Submits what the journal says has to be, as [`Engine::submit_by`] asks for it.
    pub(crate) fn submit_by(&self, line: &Line, asked: &dyn Fn() -> Result<Submission>) -> Result<Reply> {
        self.fiskal.submitted(self.engine().submit_by(line, asked, self.interrupt))
    }

    /// Asks for what only looks.
    pub(crate) fn look(&self, submission: Submission) -> Result<Outcome> {
        self.fiskal.engine().look(submission, self.interrupt)
    }

    /// What lets the caller stop waiting.
    pub(crate) fn interrupt(&self) -> &Interrupt {
        self.interrupt
    }
}

impl Deref for Call<'_> {
    type Target = Fiskal;

    fn deref(&self) -> &Fiskal {
        self.fiskal
    }
}

/// Where a register stands.
pub(crate) struct Place<'a> {
    pub(crate) line: Line,
    pub(crate) above: Vec<Line>,
    pub(crate) till: Till<'a>,
}

impl Place<'_> {
    /// A time as the location's clock shows it.
    ///
    /// # Errors
    /// `config` where the location's zone is none.
    pub(crate) fn zoned(&self, at: Timestamp) -> Result<Zoned> {
        local_time::zoned(at, &self.till.location.zone)
    }

    /// A time as RFC 3339 with the location's offset.
    pub(crate) fn local(&self, at: Timestamp) -> Result<String> {
        local_time::local(at, &self.till.location.zone)
    }

    /// As [`Place::local`], to the millisecond.
    pub(crate) fn local_ms(&self, at: Timestamp) -> Result<String> {
        Ok(self.zoned(at)?.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string())
    }

    /// What is submitted for an operation of the register: done once under its key, now, within the
    /// account's patience.
    pub(crate) fn submission(&self, name: &str, key: String, params: Value) -> Submission {
        Submission {
            name: name.to_owned(),
            line: self.line.clone(),
            above: self.above.clone(),
            zone: self.till.location.zone.clone(),
            params,
            at: None,
            original: None,
            replaces: None,
            key,
            fingerprint: String::new(),
            once: true,
            patience: None,
        }
    }
}

fn accounts(config: &Config) -> Result<BTreeMap<String, engine::Account>> {
    let build = |name: &String, account: &crate::config::Account| {
        let service = services::build(&account.service, &account.described(name))
            .map_err(|error| config.locate(error.under(&format!("/account/{name}"))))?;
        Ok((name.clone(), engine::Account { service, patience: account.patience }))
    };
    config.accounts.iter().map(|(name, account)| build(name, account)).collect()
}

/// The core's own thread, which settles what waits.
struct Background {
    signal: Arc<Signal>,
    interrupt: Interrupt,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct Signal {
    state: Mutex<Wanted>,
    changed: Condvar,
}

#[derive(Default)]
struct Wanted {
    stop: bool,
    wake: bool,
}

impl Background {
    fn start(shared: Arc<Shared>) -> Result<Self> {
        let signal = Arc::new(Signal::default());
        let seen = signal.clone();
        let interrupt = Interrupt::new();
        let ended = interrupt.clone();
        let thread = std::thread::Builder::new()
            .name("fiskal-sync".into())
            .spawn(move || {
                while seen.wait(SYNC_EVERY) {
                    if let Err(error) = shared.engine.sync_in_background(&ended) {
                        tracing::warn!(%error, "what waits could not be settled; trying again");
                    }
                }
            })
            .map_err(|cause| {
                Error::internal(format!("the synchronising thread cannot be started: {cause}"))
            })?;
        Ok(Background { signal, interrupt, thread })
    }

    fn wake(&self) {
        self.signal.change(|wanted| wanted.wake = true);
    }

    fn stop(self) {
        self.signal.change(|wanted| wanted.stop = true);
        self.interrupt.raise();
        if self.thread.join().is_err() {
            tracing::error!("the synchronising thread had panicked");
        }
    }
}

impl Signal {
    fn change(&self, change: impl FnOnce(&mut Wanted)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// Waits for the next round; `false` when there is none.
    fn wait(&self, at_most: Duration) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(state, at_most, |wanted| !wanted.stop && !wanted.wake);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.wake = false;
        !state.stop
    }
}
