//! A native module for the tests, which does nothing but panic: where a bug in the core would, and in the
//! same way.

#[path = "../src/promise.rs"]
mod promise;

use fiskal::boundary::{envelope, guard, run_aside};
use fiskal::error::Result;
use napi::Result as NodeResult;
use napi::bindgen_prelude::{Env, Object};
use napi_derive::napi;
use promise::promise;

#[napi_derive::module_init]
fn init() {
    fiskal::boundary::take_over_panics();
}

/// Promises the envelope of work that panics on one of the core's threads.
#[napi]
pub fn panic_aside(env: &Env) -> NodeResult<Object<'_>> {
    let begin = |done: Box<dyn FnOnce(String) + Send>| run_aside(work, move |result| done(envelope(result)));
    promise(env, begin, |error| envelope(Err(error)))
}

/// The envelope of work that panics on Node's own thread.
#[napi]
pub fn panic_here() -> String {
    envelope(guard(work))
}

#[allow(clippy::panic, reason = "what this is for")]
fn work() -> Result<String> {
    panic!("on purpose")
}
