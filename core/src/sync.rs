//! Locks and waiting, named in one place, so that `tests/loom.rs` can put others in theirs.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};

use std::sync::PoisonError;
use std::time::Duration;

/// Locks; what a panic may have left half done, whoever locks can live with.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for a notification; there may be one without a reason.
pub(crate) fn wait<'a, T>(changed: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

/// Waits while something holds, but no longer than this.
pub(crate) fn wait_while<'a, T>(
    changed: &Condvar,
    guard: MutexGuard<'a, T>,
    longest: Duration,
    holds: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    changed.wait_timeout_while(guard, longest, holds).unwrap_or_else(PoisonError::into_inner).0
}
