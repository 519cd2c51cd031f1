//! What threads of the core leave for a thread of Python to fetch.
//!
//! The core's threads never wait for the interpreter: they could hold what the interpreter's owner waits
//! for, and an interpreter that ends would never answer them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A bounded queue.
pub(crate) struct Inbox<T> {
    most: usize,
    state: Mutex<State<T>>,
    arrived: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    lost: u64,
}

impl<T> Inbox<T> {
    /// A queue that takes so many.
    pub(crate) const fn new(most: usize) -> Self {
        let state = State { waiting: VecDeque::new(), lost: 0 };
        Inbox { most, state: Mutex::new(state), arrived: Condvar::new() }
    }

    /// Leaves one; where the queue is full, it is only counted.
    pub(crate) fn put(&self, one: T) {
        let mut state = self.lock();
        if state.waiting.len() < self.most {
            state.waiting.push_back(one);
        } else {
            state.lost += 1;
        }
        self.arrived.notify_one();
    }

    /// Waits until there is something, at most so long; whether there is.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let empty = |state: &mut State<T>| state.waiting.is_empty();
        let waited = self.arrived.wait_timeout_while(self.lock(), time, empty);
        !waited.unwrap_or_else(PoisonError::into_inner).0.waiting.is_empty()
    }

    /// Takes all there is; and how many were lost since the last time.
    pub(crate) fn take(&self) -> (Vec<T>, u64) {
        let mut state = self.lock();
        (state.waiting.drain(..).collect(), std::mem::take(&mut state.lost))
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
