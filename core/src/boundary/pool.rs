//! The core's own threads, on which calls run that must not keep their caller's thread.

use super::process::{Inherit, PerProcess};
use crate::error::{Error, Kind, Result};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Calls at work at the same time. Those of one register take turns anyway.
const THREADS: usize = 8;
/// Calls that wait for a thread.
const WAITING: usize = 10_000;
/// A thread with nothing to do ends after this time.
const IDLE: Duration = Duration::from_secs(10);

static POOL: PerProcess<Pool> = PerProcess::new();

type Job = Box<dyn FnOnce() + Send>;

/// Runs `job` on one of the threads.
///
/// # Errors
/// `busy` when too many wait already.
pub(super) fn run(job: impl FnOnce() + Send + 'static) -> Result<()> {
    POOL.get().shared.add(Box::new(job))
}

struct Pool {
    shared: Arc<Shared>,
}

impl Inherit for Pool {
    fn inherit(_: Option<&Self>) -> Self {
        Pool { shared: Arc::default() }
    }
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

impl Shared {
    fn add(self: &Arc<Self>, job: Job) -> Result<()> {
        let mut state = self.lock();
        if state.jobs.len() >= WAITING {
            let message = format!("{WAITING} calls wait already; try again when some of them are done");
            return Err(Error::new(Kind::Busy, message));
        }
        if state.idle <= state.jobs.len() && state.threads < THREADS {
            match self.start() {
                Ok(()) => state.threads += 1,
                Err(cause) if state.threads == 0 => {
                    return Err(Error::new(Kind::Busy, format!("no thread can be started: {cause}")));
                }
                // Those that there are do the work.
                Err(_) => {}
            }
        }
        state.jobs.push_back(job);
        self.changed.notify_one();
        Ok(())
    }

    fn start(self: &Arc<Self>) -> std::io::Result<()> {
        let shared = self.clone();
        std::thread::Builder::new().name("fiskal-call".into()).spawn(move || shared.work()).map(drop)
    }

    fn work(&self) {
        while let Some(job) = self.next() {
            job();
        }
    }

    /// The next job; none when this thread is to end, which is then no longer counted.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        state.idle += 1;
        let waited = self.changed.wait_timeout_while(state, IDLE, |state| state.jobs.is_empty());
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.idle -= 1;
        let job = state.jobs.pop_front();
        if job.is_none() {
            state.threads -= 1;
        }
        job
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
