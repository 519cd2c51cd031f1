//! The way of every call: no panic leaves it, and an error becomes a status and an object.

use crate::FISKAL_OK;
use crate::arguments::Out;
use crate::constants::fiskal_status;
use crate::error::fiskal_error;
use crate::registry;
use fiskal::boundary;
use fiskal::error::Result;
use std::sync::atomic::{AtomicBool, Ordering};

/// Does the work of a function that returns a status.
pub(crate) fn status(error: &Out<*mut fiskal_error>, work: impl FnOnce() -> Result<()>) -> fiskal_status {
    match guarded(work) {
        Ok(()) => FISKAL_OK,
        Err(problem) => {
            let status = problem.kind().status();
            if !error.is_left_out()
                && let Ok(object) = guarded(|| registry::register(fiskal_error::new(problem)))
            {
                error.set(object);
            }
            status
        }
    }
}

/// Does the work of a function that cannot say what went wrong, and returns `otherwise` then.
pub(crate) fn value<T>(otherwise: T, work: impl FnOnce() -> Result<T>) -> T {
    guarded(work).unwrap_or(otherwise)
}

pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    /// Not a `Once`: a child forked while its parent is in there would wait for ever.
    static TAKEN_OVER: AtomicBool = AtomicBool::new(false);
    if !TAKEN_OVER.swap(true, Ordering::SeqCst) {
        boundary::take_over_panics();
    }
    boundary::guard(work)
}
