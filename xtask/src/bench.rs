//! `cargo xtask bench`: the figures of docs/benchmarks.md, from one run in release.

use crate::trouble::Result;
use crate::{process, tools};

/// Builds and runs the measurements of `benches/`. Whether they ran.
pub(crate) fn run() -> Result<bool> {
    tools::check()?;
    process::show(&mut process::cargo(&["run", "--locked", "--release", "--package", "fiskal-benches"]))
}
