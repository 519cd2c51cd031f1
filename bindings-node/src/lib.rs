//! The native module behind the Node package `fiskal`.
//!
//! JSON texts go in and come out, as the envelopes of [`fiskal::boundary::envelope`]; classes, errors and
//! numbers are made in JavaScript. What takes time runs on the core's own threads, which settle the
//! promises: a panic in a task of Node's own thread pool would end the process.

pub mod call;
pub mod client;
pub mod log;
mod promise;
pub mod receipt;
pub mod sale;

use napi_derive::napi;

#[napi_derive::module_init]
fn init() {
    fiskal::boundary::take_over_panics();
}

/// The version of the module, which is that of the package it belongs to.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
