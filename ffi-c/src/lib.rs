//! The C interface: every function of `include/fiskal.h`, which is made from what is written here.
//!
//! This crate converts, calls `fiskal::boundary`, and converts back. The only thing it has of its own
//! is the registry of handles: what C holds is never a pointer to anything, so that a stale, foreign or
//! twice freed one is an error and no crash.

#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, missing_docs)]
#![allow(non_camel_case_types, reason = "the names are those of the C interface")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the header's preamble says for all functions what pointers must be"
)]

// The groups, and their order, are those of the header.
mod kinds;

mod constants;

mod version;

mod log;

mod client;

mod sale;

mod receipt;

mod error;

mod strings;

mod code_page;

mod arguments;
mod guard;
mod registry;
mod table;
mod text;

pub use client::*;
pub use code_page::*;
pub use constants::*;
pub use error::*;
pub use log::*;
pub use receipt::*;
pub use sale::*;
pub use strings::*;
pub use version::*;
