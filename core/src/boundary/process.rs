//! What belongs to one process: after a fork the child gets its own.

use arc_swap::ArcSwapOption;
use std::ops::Deref;
use std::sync::Arc;

/// A process-wide value that a forked child does not share.
///
/// A fork copies locks as they are, and the threads that would open them are not there in the child. So
/// nothing in here is locked before the process is known to be the one that made the value.
pub struct PerProcess<T>(ArcSwapOption<Owned<T>>);

/// How a value begins in a new process.
pub trait Inherit {
    /// The value of this process; `before` is that of the process it was forked from. May not wait for
    /// any lock in it.
    fn inherit(before: Option<&Self>) -> Self;
}

/// A value with the process that it belongs to.
pub struct Owned<T> {
    process: u32,
    value: T,
}

impl<T> Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Inherit> PerProcess<T> {
    /// A place for the value, which is made when it is first asked for.
    #[allow(clippy::new_without_default, reason = "a constant, for statics")]
    pub const fn new() -> Self {
        PerProcess(ArcSwapOption::const_empty())
    }

    /// The value of this process.
    pub fn get(&self) -> Arc<Owned<T>> {
        let process = std::process::id();
        loop {
            let known = self.0.load_full();
            if let Some(own) = known.as_ref().filter(|owned| owned.process == process) {
                return own.clone();
            }
            // What the parent made is never torn down here: its threads and locks are not ours.
            std::mem::forget(known.clone());
            let value = T::inherit(known.as_deref().map(|owned| &owned.value));
            self.0.compare_and_swap(&known, Some(Arc::new(Owned { process, value })));
        }
    }
}

/// Whether this process is the one with this id.
pub(super) fn is(process: u32) -> bool {
    std::process::id() == process
}
