//! The core's own threads, on which calls run that must not keep their caller's thread.

use super::guard;
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

/// Does `work` on one of the core's own threads, and hands what it gives to `done` there. A panic in
/// `work` is the error `internal`; what `work` holds is let go before `done` hears.
///
/// ```
/// let (told, heard) = std::sync::mpsc::channel();
/// fiskal::boundary::run_aside(|| Ok(2 + 2), move |sum| told.send(sum).expect("somebody listens"))?;
/// assert_eq!(heard.recv().expect("somebody tells")?, 4);
/// # Ok::<(), fiskal::error::Error>(())
/// ```
///
/// # Errors
/// `busy` when too many wait for a thread; then `done` is not called.
pub fn run_aside<T>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
    done: impl FnOnce(Result<T>) + Send + 'static,
) -> Result<()> {
    POOL.get().shared.add(Box::new(move || {
        let result = guard(work);
        // A panic in a face's own code ends here, not the thread.
        let _ = guard(|| {
            done(result);
            Ok(())
        });
    }))
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_panic_is_told_and_the_thread_goes_on() {
        let (told, heard) = channel();
        for _ in 0..=THREADS {
            let told = told.clone();
            run_aside(|| -> Result<()> { panic!("on purpose") }, move |result| told.send(result).unwrap())
                .unwrap();
        }
        for _ in 0..=THREADS {
            let error = heard.recv().unwrap().unwrap_err();
            assert_eq!(error.kind(), Kind::Internal);
            assert!(error.message().contains("on purpose"), "{error}");
        }
    }

    #[test]
    fn a_panic_of_who_hears_does_not_end_the_thread() {
        let (told, heard) = channel();
        for number in 0..=THREADS {
            let told = told.clone();
            let done = move |result: Result<usize>| {
                told.send(result).unwrap();
                panic!("on purpose");
            };
            run_aside(move || Ok(number), done).unwrap();
        }
        let sum: usize = (0..=THREADS).map(|_| heard.recv().unwrap().unwrap()).sum();
        assert_eq!(sum, (0..=THREADS).sum::<usize>());
    }
}
