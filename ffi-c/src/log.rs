//! The log, handed to a function of C.

use crate::guard;
use crate::text::for_c;
use fiskal::boundary::log::{self, Logger};
use std::ffi::{c_char, c_void};

/// Hears one line of the log.
///
/// user: what fiskal_set_logger was given.
/// level: FISKAL_LOG_ERROR to FISKAL_LOG_TRACE.
/// target: the part of the library that says it.
/// message: the line, without an end of line. Both texts are gone when the function returns.
///
/// It is called from any thread, also from several at once. It may call the library. It may not throw an
/// exception or longjmp out.
pub type fiskal_log_fn = Option<
    unsafe extern "C" fn(user: *mut c_void, level: i32, target: *const c_char, message: *const c_char),
>;

/// What the caller's function is called with.
struct User(*mut c_void);

// SAFETY: the library only hands the pointer back; the header says that this happens from any thread.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl User {
    fn pointer(&self) -> *mut c_void {
        self.0
    }
}

/// Sets the function that hears the log of the whole process, in place of the one before; NULL for none.
///
/// user: handed to the function with each line.
/// max_level: the most talkative level that is wanted, FISKAL_LOG_ERROR to FISKAL_LOG_TRACE.
///
/// When it returns, the function before is no longer running (unless it is the one that calls), and what
/// its user pointer points to may be freed. A forked child begins without a logger.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fiskal_set_logger(log: fiskal_log_fn, user: *mut c_void, max_level: i32) {
    let user = User(user);
    let logger = log.map(|log| -> Logger {
        Box::new(move |level, target, message| {
            let (target, message) = (for_c(target), for_c(message));
            // SAFETY: the header asks for a function that may be called with this pointer from any thread
            // until the logger is set anew, and the texts end with NUL.
            unsafe { log(user.pointer(), level, target.as_ptr(), message.as_ptr()) }
        })
    });
    guard::value((), || {
        log::set_logger(logger, max_level);
        Ok(())
    });
}
