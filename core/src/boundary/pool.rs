//! The core's own threads, on which calls run that must not keep their caller's thread.

use super::guard;
use super::process::{Inherit, PerProcess};
use super::queue::{Bounds, Queue, Refused};
use crate::error::{Error, Kind, Result};
use std::sync::Arc;
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
    POOL.get().run(Box::new(move || {
        let result = guard(work);
        // A panic in a face's own code ends here, not the thread.
        let _ = guard(|| {
            done(result);
            Ok(())
        });
    }))
}

struct Pool {
    queue: Arc<Queue<Job>>,
}

impl Inherit for Pool {
    fn inherit(_: Option<&Self>) -> Self {
        let bounds = Bounds { threads: THREADS, waiting: WAITING, idle: IDLE };
        Pool { queue: Arc::new(Queue::new(bounds)) }
    }
}

impl Pool {
    fn run(&self, job: Job) -> Result<()> {
        self.queue.add(job, || start(self.queue.clone())).map_err(|refused| match refused {
            Refused::Full => {
                let message = format!("{WAITING} calls wait already; try again when some of them are done");
                Error::new(Kind::Busy, message)
            }
            Refused::NoThread(cause) => Error::new(Kind::Busy, format!("no thread can be started: {cause}")),
        })
    }
}

fn start(queue: Arc<Queue<Job>>) -> std::io::Result<()> {
    let work = move || {
        while let Some(job) = queue.next() {
            job();
        }
    };
    std::thread::Builder::new().name("fiskal-call".into()).spawn(work).map(drop)
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
