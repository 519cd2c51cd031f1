//! `core/src/sync.rs` for loom, and a counted pointer that loom looks into.

pub(crate) use loom::sync::{Mutex, MutexGuard};

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use std::cell::RefCell;
use std::sync::Arc as Plain;
use std::time::Duration;

loom::lazy_static! {
    /// Whether the time of all waits is over.
    static ref OVER: AtomicBool = AtomicBool::new(false);
}

std::thread_local! {
    /// Those of the run at hand. All threads of a model are fibres of one.
    static CONDVARS: RefCell<Vec<Plain<loom::sync::Condvar>>> = const { RefCell::new(Vec::new()) };
}

/// Runs a model, with at most two switches between threads that none of them asked for: few are
/// enough to find nearly all errors (Musuvathi and Qadeer, "Iterative context bounding", 2007).
pub(crate) fn model(run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(move || {
        CONDVARS.take();
        run();
    });
}

/// Lets the time of every wait be over until something holds.
pub(crate) fn time_passes(until: impl Fn() -> bool) {
    OVER.store(true, Ordering::SeqCst);
    while !until() {
        let condvars = CONDVARS.with_borrow(Clone::clone);
        condvars.iter().for_each(|condvar| condvar.notify_all());
        thread::yield_now();
    }
}

/// A condition that also hears when time is over.
#[derive(Debug)]
pub(crate) struct Condvar(Plain<loom::sync::Condvar>);

impl Condvar {
    pub(crate) fn new() -> Self {
        let condvar = Plain::new(loom::sync::Condvar::new());
        CONDVARS.with_borrow_mut(|all| all.push(condvar.clone()));
        Condvar(condvar)
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Condvar::new()
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

pub(crate) fn wait<'a, T>(changed: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    changed.0.wait(guard).unwrap()
}

pub(crate) fn wait_while<'a, T>(
    changed: &Condvar,
    mut guard: MutexGuard<'a, T>,
    _longest: Duration,
    mut holds: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    while holds(&mut guard) && !OVER.load(Ordering::SeqCst) {
        guard = wait(changed, guard);
    }
    guard
}

/// A counted pointer as in the standard library, with a count that loom looks into.
pub(crate) struct Arc<T> {
    strong: Plain<AtomicUsize>,
    thing: Plain<T>,
}

/// A pointer that does not keep its thing.
pub(crate) struct Weak<T> {
    strong: Plain<AtomicUsize>,
    thing: std::sync::Weak<T>,
}

impl<T> Arc<T> {
    pub(crate) fn new(thing: T) -> Self {
        Arc { strong: Plain::new(AtomicUsize::new(1)), thing: Plain::new(thing) }
    }

    pub(crate) fn downgrade(this: &Self) -> Weak<T> {
        Weak { strong: this.strong.clone(), thing: Plain::downgrade(&this.thing) }
    }
}

impl<T> Drop for Arc<T> {
    fn drop(&mut self) {
        self.strong.fetch_sub(1, Ordering::SeqCst);
    }
}

impl<T> Weak<T> {
    pub(crate) fn upgrade(&self) -> Option<Arc<T>> {
        let count = |count: usize| (count > 0).then_some(count + 1);
        self.strong.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count).ok()?;
        Some(Arc { strong: self.strong.clone(), thing: self.thing.upgrade().unwrap() })
    }
}
