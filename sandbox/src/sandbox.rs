//! Starting and stopping a sandbox.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::audit::{Audit, Booking};
use crate::clock::Clock;
use crate::control::{BOOKING, CLOCK, OWN};
use crate::hub::Hub;
use crate::management::{Accounts, Management};
use crate::server::{self, House};
use crate::service::{Service, Shared};
use crate::settings::Settings;
use crate::sign_at::SignAt;
use crate::sign_fr::SignFr;
use crate::store::{Archive, Document};

/// How long running requests get when the sandbox stops.
const FAREWELL: Duration = Duration::from_millis(500);

/// Where the sandbox keeps what it was told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Store {
    /// In memory: gone when the sandbox stops.
    #[default]
    Memory,
    /// In a SQLite file, made if absent. A sandbox started on it again knows everything, its keys included.
    File(PathBuf),
}

/// How to start a sandbox.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where state is kept.
    pub store: Store,
    /// A file that appears, complete, once the sandbox listens; it holds [`Sandbox::ready`].
    pub ready_file: Option<PathBuf>,
    /// The settings to begin with.
    pub settings: Settings,
}

impl Default for Options {
    /// A free loopback port, in memory, no ready file, default settings.
    fn default() -> Self {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            store: Store::Memory,
            ready_file: None,
            settings: Settings::default(),
        }
    }
}

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another --listen address")]
    Listen {
        /// The wanted address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The store cannot be opened or read.
    #[error("cannot use the store {path}: {reason}; is another sandbox running on it?")]
    Store {
        /// The store's file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The ready file cannot be written.
    #[error("cannot write the ready file {path}: {source}")]
    ReadyFile {
        /// The wanted file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A setting is out of its bounds.
    #[error("a setting is wrong: {0}")]
    Settings(String),
    /// The sandbox's own keys could not be made.
    #[error("cannot make a signing key: {0}")]
    Crypto(String),
    /// The machine gave no thread or runtime.
    #[error("cannot start the sandbox's thread: {0}")]
    Thread(io::Error),
}

/// A running sandbox. It stops when told to, or when dropped.
#[derive(Debug)]
pub struct Sandbox {
    url: String,
    ready: Value,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox on a thread of its own and returns once it listens.
    ///
    /// # Errors
    ///
    /// See [`SandboxError`]; nothing is left running then.
    pub fn start(options: Options) -> Result<Sandbox, SandboxError> {
        options.settings.check().map_err(SandboxError::Settings)?;
        let (stop, stopped) = oneshot::channel();
        let (report, reported) = mpsc::channel();
        let ready_file = options.ready_file.clone();
        let thread = std::thread::Builder::new()
            .name("fiskal-sandbox".to_owned())
            .spawn(move || run(options, stopped, &report))
            .map_err(SandboxError::Thread)?;
        let ready = match reported.recv() {
            Ok(outcome) => outcome?,
            Err(_) => return Err(SandboxError::Thread(io::ErrorKind::BrokenPipe.into())),
        };
        let url = ready.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
        let sandbox = Sandbox { url, ready, stop: Some(stop), thread: Some(thread) };
        if let Some(path) = ready_file {
            write_whole(&path, &sandbox.ready).map_err(|source| SandboxError::ReadyFile { path, source })?;
        }
        Ok(sandbox)
    }

    /// The address it listens on, without a trailing slash, e.g. `http://127.0.0.1:41873`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the ready file holds: `url`, and per service an entry under `accounts` with what a client needs. For
    /// `sign-fr` that is `url`, a GROUP's `organization` with its `key` and `secret`, and the `account` above it with
    /// `account_key` and `account_secret`; for `sign-at` a managed `organization` with its `key` and `secret`; for
    /// `management` the dashboard's organization that manages it.
    ///
    /// The seeded keys stand here in the clear, now and after a restart on the same store: they are the sandbox's
    /// own, like a key taken from fiskaly's web page. Every other secret is shown once and kept as a digest.
    #[must_use]
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// Stops it: no new request is taken, running ones get half a second, the store is closed.
    pub fn stop(mut self) {
        self.halt();
    }

    /// Runs until the process is told to end (Ctrl-C, SIGTERM), then stops.
    ///
    /// # Errors
    ///
    /// If the system gives no runtime or no signal handler; the sandbox is stopped then too.
    pub fn run_until_interrupted(self) -> Result<(), SandboxError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(SandboxError::Thread)?;
        runtime.block_on(interrupted()).map_err(SandboxError::Thread)?;
        self.stop();
        Ok(())
    }

    fn halt(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended by itself; joining is all that is left then.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.halt();
    }
}

#[cfg(unix)]
async fn interrupted() -> io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// The sandbox's thread: opens, reports, serves until stopped.
fn run(options: Options, stopped: oneshot::Receiver<()>, report: &mpsc::Sender<Result<Value, SandboxError>>) {
    let opened = open(options);
    let (runtime, listener, house, ready) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let _ = report.send(Err(error));
            return;
        }
    };
    let shared = Arc::clone(&house.shared);
    let _ = report.send(Ok(ready));
    runtime.block_on(async {
        tokio::select! {
            result = server::serve(listener, house) => {
                if let Err(error) = result {
                    tracing::error!(%error, "the sandbox stopped serving");
                }
            }
            _ = stopped => {}
        }
    });
    runtime.shutdown_timeout(FAREWELL);
    shared.archive.close();
}

fn open(options: Options) -> Result<(Runtime, TcpListener, Arc<House>, Value), SandboxError> {
    let runtime =
        Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(SandboxError::Thread)?;
    let listener = runtime
        .block_on(TcpListener::bind(options.listen))
        .map_err(|source| SandboxError::Listen { address: options.listen, source })?;
    let address =
        listener.local_addr().map_err(|source| SandboxError::Listen { address: options.listen, source })?;
    let (archive, documents) = match &options.store {
        Store::Memory => (Archive::memory(), Vec::new()),
        Store::File(path) => Archive::open(path)
            .map_err(|error| SandboxError::Store { path: path.clone(), reason: error.to_string() })?,
    };
    let damaged = |reason: String| match &options.store {
        Store::Memory => SandboxError::Crypto(reason),
        Store::File(path) => SandboxError::Store { path: path.clone(), reason },
    };
    let shared = Arc::new(share(archive, &documents, options.settings).map_err(damaged)?);
    let sign_fr = Arc::new(SignFr::open(Arc::clone(&shared), &documents).map_err(damaged)?);
    let accounts = Arc::new(Accounts::open(Arc::clone(&shared), &documents).map_err(damaged)?);
    let sign_at = SignAt::open(Arc::clone(&shared), Arc::clone(&accounts), &documents).map_err(damaged)?;
    let sign_at = Arc::new(sign_at);
    let hub = Hub::new(Arc::clone(&sign_fr), Arc::clone(&sign_at), Arc::clone(&accounts));
    let services: Vec<Arc<dyn Service>> = vec![sign_fr, sign_at, Arc::new(Management::new(accounts))];
    let ready = describe(&format!("http://{address}"), &services);
    Ok((runtime, listener, Arc::new(House { shared, services, hub }), ready))
}

fn share(archive: Archive, documents: &[Document], settings: Settings) -> Result<Shared, String> {
    let mut offset_ms = 0;
    let mut booked: Vec<Booking> = Vec::new();
    for document in documents.iter().filter(|document| document.service == OWN) {
        let unreadable =
            |error: serde_json::Error| format!("a {} document is damaged: {error}", document.kind);
        match document.kind.as_str() {
            CLOCK => offset_ms = serde_json::from_str(&document.body).map_err(unreadable)?,
            BOOKING => booked.push(serde_json::from_str(&document.body).map_err(unreadable)?),
            _ => {}
        }
    }
    Ok(Shared::new(Clock::new(offset_ms), Audit::new(booked), archive, settings))
}

fn describe(url: &str, services: &[Arc<dyn Service>]) -> Value {
    let accounts: Map<String, Value> = services
        .iter()
        .map(|service| {
            let name = service.name();
            (name.to_owned(), service.account(&format!("{url}/{name}")))
        })
        .collect();
    json!({ "url": url, "accounts": accounts })
}

/// Writes beside the file and renames, so that a reader sees all of it or none.
fn write_whole(path: &Path, value: &Value) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".part");
    std::fs::write(&draft, format!("{value:#}\n"))?;
    std::fs::rename(&draft, path)
}
