//! What the server knows about a fiscal service, and what a service may use of the sandbox.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde_json::Value;

use crate::audit::{Audit, Refusal};
use crate::clock::Clock;
use crate::faults::Faults;
use crate::http::{Call, Reply};
use crate::limits::Limits;
use crate::requests::Requests;
use crate::settings::Settings;
use crate::store::Archive;

/// An answer that is still being worked on.
pub(crate) type Working<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

/// One fiscal service under its own path prefix.
pub(crate) trait Service: Send + Sync {
    /// The service's name, which is its path prefix without the slash and its key in the ready file.
    fn name(&self) -> &'static str;
    /// Another path that stands for the same thing: planted faults that name it strike this one too. Both are below the
    /// service's prefix.
    fn alias(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }
    /// The organization that a request is made for; none without a good token.
    fn organization(&self, call: &Call) -> Option<String>;
    /// Answers one request.
    fn serve(&self, call: Call) -> Working<'_>;
    /// A refusal in the service's own words; `code` where another than the usual one for the status is wanted. `path`
    /// is below the service's prefix.
    fn refuse(&self, path: &str, status: u16, code: Option<&str>, message: &str) -> Reply;
    /// A document about the service: a description of its interface, a collection of requests. `path` is below the
    /// service's prefix, `base` the service's address as the client wrote it.
    fn document(&self, path: &str, base: &str) -> Option<Value>;
    /// Whether the description of the interface is at this path as a page for people.
    fn has_reference_at(&self, path: &str) -> bool {
        let _ = path;
        false
    }
    /// What `GET /_sandbox/NAME/path` shows of the service beside its interface, or why it cannot tell which is meant.
    fn inspect(&self, _path: &str) -> Result<Option<Value>, String> {
        Ok(None)
    }
    /// Forgets every token that was issued so far.
    fn expire_tokens(&self);
    /// What a client needs to know to use the service: its entry in the ready file.
    fn account(&self, url: &str) -> Value;
}

/// What all services share.
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) audit: Mutex<Audit>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) requests: Mutex<Requests>,
    pub(crate) limits: Mutex<Limits>,
    pub(crate) archive: Archive,
    settings: RwLock<Arc<Settings>>,
}

impl Shared {
    pub(crate) fn new(clock: Clock, audit: Audit, archive: Archive, settings: Settings) -> Shared {
        Shared {
            clock,
            audit: Mutex::new(audit),
            faults: Mutex::new(Faults::seeded(settings.seed)),
            requests: Mutex::default(),
            limits: Mutex::default(),
            archive,
            settings: RwLock::new(Arc::new(settings)),
        }
    }

    /// Notes a request that a service did not carry out.
    pub(crate) fn refused(&self, service: &'static str, call: &Call, status: u16, message: &str) {
        let refusal = Refusal {
            service,
            method: call.method.to_string(),
            path: call.uri.path().to_owned(),
            status,
            message: message.to_owned(),
            at: self.clock.now(),
        };
        lock(&self.audit).refuse(refusal, self.settings().refused_kept);
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other settings in the place of these, or leaves them. Two changes at once come one after the other.
    pub(crate) fn change_settings(
        &self,
        change: impl FnOnce(&Settings) -> Result<Settings, String>,
    ) -> Result<Arc<Settings>, String> {
        let mut settings = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        *settings = Arc::new(change(&settings)?);
        Ok(Arc::clone(&settings))
    }
}

/// Locks even after a panic elsewhere: every change under these locks is made in one piece.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
