//! How somebody who waits is told to stop waiting.

use crate::sync::{Condvar, Mutex, lock, wait_while};
use std::sync::Arc;
use std::time::Duration;

/// Lets one call stop waiting, from any thread: it then returns as if its patience had run out.
///
/// Copies are the same interrupt. Once raised it stays raised, so each call has one of its own.
///
/// ```
/// use fiskal::Interrupt;
/// let interrupt = Interrupt::new();
/// let elsewhere = interrupt.clone();
/// std::thread::spawn(move || elsewhere.raise()).join().expect("the thread ends");
/// assert!(interrupt.is_raised());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    flag: Option<Arc<Flag>>,
    waited: Duration,
}

#[derive(Debug, Default)]
struct Flag {
    raised: Mutex<bool>,
    changed: Condvar,
}

impl Interrupt {
    /// An interrupt that can be raised.
    pub fn new() -> Self {
        Interrupt { flag: Some(Arc::default()), waited: Duration::ZERO }
    }

    /// One that never is.
    pub const fn never() -> Self {
        Interrupt { flag: None, waited: Duration::ZERO }
    }

    /// Whether nobody can raise it.
    pub fn is_never(&self) -> bool {
        self.flag.is_none()
    }

    /// The same interrupt for a call that its caller had to wait for before it began, as for a thread: the
    /// caller's patience is shorter by that.
    #[must_use]
    pub fn after(&self, waited: Duration) -> Self {
        Interrupt { waited, ..self.clone() }
    }

    /// How long the caller had waited when the call began.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// Ends every wait for it, now and later.
    pub fn raise(&self) {
        if let Some(flag) = &self.flag {
            *lock(&flag.raised) = true;
            flag.changed.notify_all();
        }
    }

    /// Whether it was raised.
    pub fn is_raised(&self) -> bool {
        self.flag.as_ref().is_some_and(|flag| *lock(&flag.raised))
    }

    /// Waits, or stops waiting when it is raised.
    pub fn wait(&self, pause: Duration) {
        match &self.flag {
            Some(flag) => drop(wait_while(&flag.changed, lock(&flag.raised), pause, |raised| !*raised)),
            None => std::thread::sleep(pause),
        }
    }
}
