//! `fiskal sell`

use super::{exit_of, input, open, receipt};
use crate::output::{Exit, Output};
use fiskal::error::Result;
use std::path::Path;

/// Fiscalizes the sale in a file.
pub(super) fn run(config: &Path, file: &Path, output: &mut Output) -> Result<Exit> {
    let sale = input::from_file(file)?;
    let receipt = open(config)?.call("sale.complete", &sale)?;
    receipt::show(&receipt, output);
    Ok(exit_of(&receipt))
}
