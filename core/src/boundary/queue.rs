//! Jobs that wait for threads, and threads that wait for jobs.

use crate::sync::{Condvar, Mutex, lock, wait_while};
use std::collections::VecDeque;
use std::time::Duration;

/// The queue. It counts its threads; starting and running them is somebody else's.
pub(crate) struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
    bounds: Bounds,
}

/// What the queue keeps to.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// Threads at the same time.
    pub(crate) threads: usize,
    /// Jobs that wait for a thread.
    pub(crate) waiting: usize,
    /// A thread with nothing to do ends after this time.
    pub(crate) idle: Duration,
}

/// Why a job was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Too many wait.
    Full,
    /// There is no thread, and none can be started.
    NoThread(std::io::Error),
}

struct State<J> {
    jobs: VecDeque<J>,
    threads: usize,
    idle: usize,
}

impl<J> Queue<J> {
    /// An empty queue without threads.
    pub(crate) fn new(bounds: Bounds) -> Self {
        let state = State { jobs: VecDeque::new(), threads: 0, idle: 0 };
        Queue { state: Mutex::new(state), changed: Condvar::new(), bounds }
    }

    /// Adds a job, and starts a thread when none is idle. A thread takes jobs by [`Queue::next`] until
    /// there is none.
    pub(crate) fn add(&self, job: J, start: impl FnOnce() -> std::io::Result<()>) -> Result<(), Refused> {
        let mut state = lock(&self.state);
        if state.jobs.len() >= self.bounds.waiting {
            return Err(Refused::Full);
        }
        if state.idle <= state.jobs.len() && state.threads < self.bounds.threads {
            match start() {
                Ok(()) => state.threads += 1,
                Err(cause) if state.threads == 0 => return Err(Refused::NoThread(cause)),
                // Those that there are do the work.
                Err(_) => {}
            }
        }
        state.jobs.push_back(job);
        self.changed.notify_one();
        Ok(())
    }

    /// The next job; none when this thread is to end, which is then no longer counted.
    pub(crate) fn next(&self) -> Option<J> {
        let mut state = lock(&self.state);
        state.idle += 1;
        state = wait_while(&self.changed, state, self.bounds.idle, |state| state.jobs.is_empty());
        state.idle -= 1;
        let job = state.jobs.pop_front();
        if job.is_none() {
            state.threads -= 1;
        }
        job
    }
}
