//! No panic crosses a border.

use crate::error::{Error, Result};
use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// Where the last panic of this thread happened.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// Runs `work`; a panic in it becomes the error `internal`, with its message and place.
///
/// # Errors
/// Those of `work`, and `internal`.
pub fn guard<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a panic leaves half done is behind locks that tolerate it, or in a journal that rolls back.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let place = PLACE.take().map(|place| format!(" at {place}")).unwrap_or_default();
        let message = message(payload.as_ref());
        Err(Error::internal(format!("this is a bug in libfiskal; please report it: {message}{place}")))
    })
}

/// Notes where panics of this library happen, and keeps them from being printed.
///
/// For a library of another language only: the hook is that of the whole Rust program, which a Rust
/// program may want to set itself.
pub fn take_over_panics() {
    std::panic::set_hook(Box::new(|panic| {
        PLACE.set(panic.location().map(|place| format!("{}:{}", place.file(), place.line())));
    }));
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}
