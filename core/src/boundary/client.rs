//! An open journal, as faces hold it.

use super::calls::Calls;
use super::journals::{self, Core};
use super::{guard, json_of, process, run_aside};
use crate::config::{Config, Source};
use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use arc_swap::ArcSwapOption;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// A client: calls operations with JSON text, from any thread, until it is closed.
///
/// Clients of one journal in one process share one core. In a forked child every call is the error
/// `closed`, and dropping the client touches nothing.
///
/// ```
/// use fiskal::boundary::Client;
/// # let folder = tempfile::tempdir().expect("a temporary folder");
/// # let journal = folder.path().join("fiskal.db");
/// let config = serde_json::json!({
///     "journal": journal,
///     "account": {"paris": {"service": "sign-fr", "environment": "test", "key": "env:KEY", "secret": "env:SECRET"}},
///     "merchant": {"martin": {"account": "paris", "name": "Boulangerie Martin SARL"}},
///     "location": {"rivoli": {"merchant": "martin"}},
///     "register": {"till-1": {"location": "rivoli"}},
/// });
/// let client = Client::open_json(&config.to_string())?;
/// let status = client.call("status", "{}")?;
/// assert!(status.contains(r#""register":"till-1""#));
/// # Ok::<(), fiskal::error::Error>(())
/// ```
pub struct Client {
    process: u32,
    core: ArcSwapOption<Core>,
    calls: Arc<Calls>,
}

impl Client {
    /// Opens the configuration in a file; `overrides` is JSON whose keys win over the file's.
    ///
    /// # Errors
    /// Those of [`Config::from_file`] and [`Fiskal::open`](crate::Fiskal::open); `config` when the
    /// journal is open in this process with another configuration; `closed` when it was open in the
    /// process that this one was forked from.
    pub fn open_file(path: &str, overrides: Option<&str>) -> Result<Client> {
        guard(|| {
            let overrides = overrides.map(|text| json_of(text, "overrides")).transpose()?;
            let source = Source::from_file(Path::new(path))?;
            Client::open(source.with_overrides(&overrides.unwrap_or(Value::Null))?.read()?)
        })
    }

    /// Opens a configuration in JSON.
    ///
    /// # Errors
    /// As [`Client::open_file`].
    pub fn open_json(config: &str) -> Result<Client> {
        guard(|| Client::open(Config::from_json(config)?))
    }

    fn open(config: Config) -> Result<Client> {
        let core = ArcSwapOption::from(Some(journals::open(config)?));
        Ok(Client { process: std::process::id(), core, calls: Arc::default() })
    }

    /// Does one named operation on the caller's thread. Parameters and result are JSON.
    ///
    /// # Errors
    /// As the operation says; `closed` after [`Client::close`] and in a forked child.
    pub fn call(&self, operation: &str, params: &str) -> Result<String> {
        let core = self.core()?;
        let (interrupt, _under_way) = Calls::enter(&self.calls);
        run(&core, operation, params, &interrupt)
    }

    /// Does one named operation on one of the core's own threads, and hands the result to `done` there.
    /// The account's patience begins when a thread takes it up. The interrupt is that of this call.
    ///
    /// # Errors
    /// `closed`, and `busy` when too many calls wait for a thread; then `done` is not called.
    pub fn start(
        &self,
        operation: String,
        params: String,
        done: impl FnOnce(Result<String>) + Send + 'static,
    ) -> Result<Interrupt> {
        let core = self.core()?;
        let (interrupt, under_way) = Calls::enter(&self.calls);
        let seen = interrupt.clone();
        let work = move || {
            let _under_way = under_way;
            if seen.is_raised() {
                return Err(not_begun(&operation));
            }
            // The last client may be closed meanwhile; then the journal is closed with this.
            run(&core, &operation, &params, &seen)
        };
        run_aside(work, done)?;
        Ok(interrupt)
    }

    /// Lets all calls that wait return as if their patience had run out.
    pub fn interrupt(&self) {
        if process::is(self.process) {
            self.calls.raise_all();
        }
    }

    /// Closes the client; calls under way come to their end. Closing again does nothing.
    pub fn close(&self) {
        let core = self.core.swap(None);
        if !process::is(self.process) {
            std::mem::forget(core);
            return;
        }
        let closed = guard(|| {
            drop(core);
            Ok(())
        });
        if let Err(error) = closed {
            tracing::error!(%error, "the journal was not closed cleanly; its next opening checks it");
        }
    }

    fn core(&self) -> Result<Arc<Core>> {
        if !process::is(self.process) {
            let message =
                "the client belongs to the process that this one was forked from; open one after the fork";
            return Err(Error::new(Kind::Closed, message));
        }
        self.core.load_full().ok_or_else(|| Error::new(Kind::Closed, "the client was closed; open it again"))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(core: &Core, operation: &str, params: &str, interrupt: &Interrupt) -> Result<String> {
    guard(|| {
        let params = json_of(params, "parameters")?;
        Ok(core.fiskal.call_until(operation, &params, interrupt)?.to_string())
    })
}

fn not_begun(operation: &str) -> Error {
    let message = format!("'{operation}' was interrupted before it began; nothing was done");
    Error::new(Kind::Busy, message)
}
