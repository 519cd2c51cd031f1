//! The place of something that is open once: who opens it again shares it.

use crate::sync::{Arc, Condvar, Mutex, Weak, lock, wait};

/// The place. It is given up for good when what was in it is closed, and another takes its stead.
pub(crate) struct Slot<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

enum State<T> {
    NotYet,
    Open(Weak<T>),
    GivenUp,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot { state: Mutex::new(State::NotYet), changed: Condvar::new() }
    }
}

impl<T> Slot<T> {
    /// Shares what is in here, or opens it; `None` when this place was given up.
    ///
    /// Waits while another thread opens it, or closes it. `open` must not give the place up.
    ///
    /// # Errors
    /// Those of `open`; the place is then given up.
    pub(crate) fn open<E>(&self, open: impl FnOnce() -> Result<Arc<T>, E>) -> Option<Result<Arc<T>, E>> {
        let mut state = lock(&self.state);
        loop {
            state = match &*state {
                State::NotYet => break,
                State::GivenUp => return None,
                State::Open(thing) => match thing.upgrade() {
                    Some(thing) => return Some(Ok(thing)),
                    // Whoever had it last is closing it, and gives the place up then.
                    None => wait(&self.changed, state),
                },
            };
        }
        let result = open();
        *state = match &result {
            Ok(thing) => State::Open(Arc::downgrade(thing)),
            Err(_) => State::GivenUp,
        };
        Some(result)
    }

    /// Gives the place up, after what was in it is closed.
    pub(crate) fn give_up(&self) {
        *lock(&self.state) = State::GivenUp;
        self.changed.notify_all();
    }
}
