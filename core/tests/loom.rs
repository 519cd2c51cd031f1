//! The locks inside one process, in every order that its threads can run in (<https://docs.rs/loom>):
//! the queue of calls, the interrupt of a call, and the place of an open journal.
//!
//! The sources are those of the library, with loom's locks in the place of the standard ones.

#![allow(clippy::unwrap_used)]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "the modules are those of a library, which has more use for them"
)]

#[path = "../src/interrupt.rs"]
mod interrupt;
#[path = "../src/boundary/queue.rs"]
mod queue;
#[path = "../src/boundary/slot.rs"]
mod slot;
#[path = "loom/sync.rs"]
mod sync;

use interrupt::Interrupt;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use queue::{Bounds, Queue, Refused};
use slot::Slot;
use std::sync::Arc as Plain;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(3600);

fn bounds(threads: usize) -> Bounds {
    Bounds { threads, waiting: 10, idle: LONG }
}

/// Threads that take jobs: each job is the number of a counter that it counts up.
struct Workers {
    queue: Queue<usize>,
    done: [AtomicUsize; 2],
    at_work: AtomicUsize,
    most: usize,
}

impl Workers {
    fn new(most: usize) -> Plain<Workers> {
        let done = [(); 2].map(|()| AtomicUsize::new(0));
        Plain::new(Workers { queue: Queue::new(bounds(most)), done, at_work: AtomicUsize::new(0), most })
    }

    fn add(self: &Plain<Self>, job: usize) {
        let start = || {
            let workers = self.clone();
            thread::spawn(move || workers.work());
            Ok(())
        };
        self.queue.add(job, start).unwrap();
    }

    fn work(&self) {
        while let Some(job) = self.queue.next() {
            assert!(
                self.at_work.fetch_add(1, Ordering::SeqCst) < self.most,
                "more threads than there may be"
            );
            self.done[job].fetch_add(1, Ordering::SeqCst);
            self.at_work.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Lets idle threads end, and checks that every job was done once.
fn finish(workers: &Plain<Workers>) {
    sync::time_passes(|| Plain::strong_count(workers) == 1);
    for done in &workers.done {
        assert_eq!(done.load(Ordering::SeqCst), 1, "every job is done once");
    }
}

#[test]
fn every_call_is_done_once() {
    for threads in [1, 2] {
        sync::model(move || {
            let workers = Workers::new(threads);
            workers.add(0);
            workers.add(1);
            finish(&workers);
        });
    }
}

#[test]
fn a_call_that_comes_to_an_idle_thread_does_not_wait_for_the_time() {
    sync::model(|| {
        let workers = Workers::new(1);
        for job in 0..2 {
            workers.add(job);
            // Without end, if nobody takes the job: loom then complains of too many branches.
            while workers.done[job].load(Ordering::SeqCst) == 0 {
                thread::yield_now();
            }
        }
        finish(&workers);
    });
}

#[test]
fn a_call_is_done_while_idle_threads_end() {
    sync::model(|| {
        let workers = Workers::new(1);
        workers.add(0);
        let other = workers.clone();
        thread::spawn(move || other.add(1));
        finish(&workers);
    });
}

#[test]
fn a_queue_without_threads_takes_nothing() {
    sync::model(|| {
        let queue = Queue::new(bounds(1));
        let refused = queue.add(0, || Err(std::io::ErrorKind::OutOfMemory.into()));
        assert!(matches!(refused, Err(Refused::NoThread(_))));
    });
}

#[test]
fn an_interrupt_ends_a_wait_whenever_it_is_raised() {
    sync::model(|| {
        let interrupt = Interrupt::new();
        let elsewhere = interrupt.clone();
        let raising = thread::spawn(move || elsewhere.raise());
        interrupt.wait(LONG);
        assert!(interrupt.is_raised());
        raising.join().unwrap();
    });
}

/// A journal that notices when it is open twice; closing it takes a while.
struct Journal {
    place: Plain<Map>,
    slot: Plain<Slot<Journal>>,
}

/// The map of places, with room for one journal.
struct Map {
    slot: loom::sync::Mutex<Plain<Slot<Journal>>>,
    open: AtomicUsize,
}

impl Map {
    fn open(self: &Plain<Self>, fails: bool) -> Option<sync::Arc<Journal>> {
        loop {
            let slot = self.slot.lock().unwrap().clone();
            let opened = slot.open(|| {
                assert_eq!(self.open.fetch_add(1, Ordering::SeqCst), 0, "a journal is open twice");
                thread::yield_now();
                if fails {
                    self.open.fetch_sub(1, Ordering::SeqCst);
                    self.remove(&slot);
                    return Err(());
                }
                Ok(sync::Arc::new(Journal { place: self.clone(), slot: slot.clone() }))
            });
            if let Some(result) = opened {
                return result.ok();
            }
        }
    }

    fn remove(&self, slot: &Plain<Slot<Journal>>) {
        let mut known = self.slot.lock().unwrap();
        if Plain::ptr_eq(&known, slot) {
            *known = Plain::default();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        thread::yield_now();
        self.place.open.fetch_sub(1, Ordering::SeqCst);
        self.place.remove(&self.slot);
        self.slot.give_up();
    }
}

fn journals(ways: &'static [bool]) {
    sync::model(move || {
        let map = Plain::new(Map { slot: loom::sync::Mutex::default(), open: AtomicUsize::new(0) });
        let threads: Vec<_> = ways
            .iter()
            .map(|fails| {
                let map = map.clone();
                thread::spawn(move || {
                    let journal = map.open(*fails);
                    assert!(*fails || journal.is_some());
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(map.open.load(Ordering::SeqCst), 0, "everything is closed");
    });
}

#[test]
fn a_journal_is_open_once_however_its_clients_come_and_go() {
    journals(&[false, false]);
}

#[test]
fn a_journal_that_cannot_be_opened_leaves_its_place_to_the_next() {
    journals(&[true, false]);
}
