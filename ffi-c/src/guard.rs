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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FISKAL_INTERNAL, fiskal_error_free, fiskal_error_message, fiskal_error_status};
    use std::ffi::CStr;
    use std::ptr::null_mut;

    #[test]
    fn a_panic_becomes_a_status_and_an_error_with_its_place() {
        let mut error = null_mut();
        // SAFETY: the variable lives until the end of the test.
        let out = unsafe { Out::new("error", &raw mut error, null_mut()) };
        assert_eq!(status(&out, || panic!("on purpose {}", 4711)), FISKAL_INTERNAL);
        assert_eq!(fiskal_error_status(error), FISKAL_INTERNAL);
        // SAFETY: the text ends with NUL and lives as long as the error.
        let message = unsafe { CStr::from_ptr(fiskal_error_message(error)) }.to_str().unwrap();
        assert!(message.contains("on purpose 4711"), "{message}");
        assert!(message.contains("guard.rs:"), "{message}");
        fiskal_error_free(error);
        assert_eq!(value(7, || panic!("on purpose")), 7);
    }
}
