//! A call under way, and how Python waits for its end.

use crate::inbox::Inbox;
use fiskal::Interrupt;
use fiskal::boundary::{Inherit, PerProcess, envelope};
use fiskal::error::{Error, Kind, Result};
use pyo3::prelude::*;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How often who waits looks at signals. Python handles them on the main thread, when that is asked.
const LOOK_AT_SIGNALS: Duration = Duration::from_millis(50);

static ENDED: PerProcess<Ended> = PerProcess::new();

/// The numbers of the calls that ended and that somebody wants to hear of. As many calls as the core
/// takes are under way at most, so that none is lost.
struct Ended(Inbox<u64>);

impl Inherit for Ended {
    fn inherit(_: Option<&Self>) -> Self {
        Ended(Inbox::new(usize::MAX))
    }
}

/// Waits until calls that were started with a number have ended, at most so many milliseconds, and gives
/// their numbers.
#[pyfunction]
pub(crate) fn ended(py: Python<'_>, wait_ms: u64) -> Vec<u64> {
    py.detach(|| {
        let ended = ENDED.get();
        ended.0.wait(Duration::from_millis(wait_ms));
        ended.0.take().0
    })
}

/// The place where a thread of the core leaves what came of its work.
pub(crate) struct Outcome<T> {
    process: u32,
    left: Mutex<Option<Result<T>>>,
    arrived: Condvar,
}

/// The one that leaves it; whoever waits is told, too, when it goes without having done so.
pub(crate) struct Leaver<T> {
    place: Arc<Outcome<T>>,
    number: Option<u64>,
}

impl<T> Leaver<T> {
    /// Leaves what came of it.
    pub(crate) fn leave(self, outcome: Result<T>) {
        self.place.put(outcome);
    }
}

impl<T> Drop for Leaver<T> {
    fn drop(&mut self) {
        self.place.put(Err(Error::internal("a call ended without a result")));
        if let Some(number) = self.number {
            ENDED.get().0.put(number);
        }
    }
}

impl<T> Outcome<T> {
    /// An empty place, and what fills it; `number` is told by `ended` then.
    pub(crate) fn new(number: Option<u64>) -> (Arc<Self>, Leaver<T>) {
        let place = Outcome { process: std::process::id(), left: Mutex::new(None), arrived: Condvar::new() };
        let place = Arc::new(place);
        (place.clone(), Leaver { place, number })
    }

    fn is_ours(&self) -> bool {
        std::process::id() == self.process
    }

    /// The first one counts.
    fn put(&self, outcome: Result<T>) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(outcome);
        self.arrived.notify_all();
    }
}

impl<T: Send> Outcome<T> {
    /// What came of it, if it comes within this time.
    fn within(&self, time: Duration) -> Option<Result<T>> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.arrived.wait_timeout_while(left, time, |left| left.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    }

    /// Waits for it without the interpreter. A signal whose handler raises interrupts the call and is
    /// raised when the call has ended, or at once when it comes a second time.
    pub(crate) fn wait(&self, py: Python<'_>, interrupt: &Interrupt) -> PyResult<Result<T>> {
        let mut raised = None;
        loop {
            // A handler may have forked: the thread that would leave it is not there in the child.
            if !self.is_ours() {
                let message = "the call belongs to the process that this one was forked from";
                return Ok(Err(Error::new(Kind::Closed, message)));
            }
            let outcome = py.detach(|| self.within(LOOK_AT_SIGNALS));
            match (outcome, raised.take()) {
                (Some(_), Some(signal)) => return Err(signal),
                (Some(outcome), None) => return Ok(outcome),
                (None, before) => raised = before,
            }
            if let Err(signal) = py.check_signals() {
                if raised.is_some() {
                    return Err(signal);
                }
                interrupt.raise();
                raised = Some(signal);
            }
        }
    }
}

/// A call that was started.
#[pyclass(frozen, module = "fiskal._native")]
pub(crate) struct Call {
    outcome: Arc<Outcome<String>>,
    interrupt: Interrupt,
}

impl Call {
    /// Starts a call of an operation; `number` is told by `ended` when it has ended.
    pub(crate) fn start(
        client: &fiskal::boundary::Client,
        operation: String,
        params: String,
        number: Option<u64>,
    ) -> Result<Call> {
        let (outcome, leaver) = Outcome::new(number);
        let interrupt = client.start(operation, params, move |result| leaver.leave(result))?;
        Ok(Call { outcome, interrupt })
    }
}

#[pymethods]
impl Call {
    /// Waits for the call's end and gives its envelope. It can be had once.
    pub(crate) fn wait(&self, py: Python<'_>) -> PyResult<String> {
        Ok(envelope(self.outcome.wait(py, &self.interrupt)?))
    }

    /// Lets the call return as if its patience had run out.
    fn interrupt(&self) {
        if self.outcome.is_ours() {
            self.interrupt.raise();
        }
    }
}
