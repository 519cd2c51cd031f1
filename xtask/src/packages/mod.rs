//! The packages of other languages: made from the workspace's build, installed below `target/`.

pub(crate) mod node;
pub(crate) mod python;

use crate::process;
use crate::trouble::Result;
use std::process::Command;

/// What the packages are made from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// The build that the tests use.
    Tests,
    /// The build that is measured.
    Benches,
}

impl Build {
    /// Cargo's profile.
    pub(crate) fn profile(self) -> &'static str {
        match self {
            Build::Tests => "dev",
            Build::Benches => "release",
        }
    }

    /// The folder below `target/` that cargo puts it in.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Build::Tests => "debug",
            Build::Benches => "release",
        }
    }
}

/// Runs commands of which each needs the one before; whether all worked.
fn each_in_turn(commands: impl IntoIterator<Item = Command>) -> Result<bool> {
    for mut command in commands {
        if !process::show(&mut command)? {
            return Ok(false);
        }
    }
    Ok(true)
}
