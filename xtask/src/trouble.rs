//! What keeps a task from being carried out at all, as against a check that fails.

use std::io;
use std::path::PathBuf;

/// Why a task could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// Something that the task needs is not on this machine.
    #[error("{0}")]
    Missing(String),
    /// A program could not be started, or could not be followed to its end.
    #[error("cannot run `{command}`: {source}")]
    Run { command: String, source: io::Error },
    /// A program that only answers a question said no.
    #[error("`{command}` failed: {message}")]
    Failed { command: String, message: String },
    /// A program's answer is not what it is documented to be.
    #[error("cannot read the answer of `{command}`: {message}")]
    Answer { command: String, message: String },
    /// A file of the project cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// A file of the project cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// A file of the project does not say what it should.
    #[error("{}: {message}", path.display())]
    Content { path: PathBuf, message: String },
}

/// The result of a task's parts.
pub(crate) type Result<T> = std::result::Result<T, Trouble>;
