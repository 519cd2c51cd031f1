//! The doors: the ways into libfiskal that one and the same case goes through.
//!
//! [`InProcess`] is Rust's own; [`Program`] is a program in any language that is told what to do line by
//! line, and calls what a till in its language would call.

mod in_process;
mod program;

pub use in_process::InProcess;
pub use program::Program;

use crate::Result;
use crate::case::Step;
use serde_json::Value;
use std::path::Path;

/// What something came to: its result, or its error as every face shows it.
pub type Reply = std::result::Result<Value, Value>;

/// How parameters are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handing {
    /// As a till of the language does: values of the language to a method, where it has them.
    Typed,
    /// As JSON text, below the methods: for what a typed method cannot be given.
    Raw,
}

impl Handing {
    /// How a step wants it.
    pub fn of(step: &Step) -> Self {
        if step.raw { Handing::Raw } else { Handing::Typed }
    }
}

/// One way in. At most one journal is open at a time.
pub trait Door {
    /// Opens the configuration in a file; the result is null.
    ///
    /// # Errors
    /// When the door itself fails; that the configuration cannot be opened is a reply.
    fn open(&mut self, config: &Path) -> Result<Reply>;

    /// Calls an operation of what is open.
    ///
    /// # Errors
    /// When the door itself fails; an error of the operation is a reply.
    fn call(&mut self, operation: &str, params: &Value, handing: Handing) -> Result<Reply>;

    /// Closes what is open; nothing when nothing is.
    ///
    /// # Errors
    /// When the door itself fails.
    fn close(&mut self) -> Result<()>;

    /// Goes away for good.
    ///
    /// # Errors
    /// When the door does not end well.
    fn finish(self) -> Result<()>
    where
        Self: Sized;
}
