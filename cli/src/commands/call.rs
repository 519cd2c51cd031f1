//! `fiskal call`

use super::{exit_of, input, open};
use crate::output::{Exit, Output};
use fiskal::error::Result;
use fiskal::{Interrupt, operations};
use std::path::Path;

/// Calls an operation by its name; one that needs no journal needs no configuration either. The result
/// is JSON, whether that was asked for or not.
pub(super) fn run(config: &Path, operation: &str, params: Option<&str>, output: &mut Output) -> Result<Exit> {
    let params = input::from_argument(params)?;
    let result = match operations::find(operation)?.run_alone(&params, &Interrupt::never()) {
        Some(result) => result?,
        None => open(config)?.call(operation, &params)?,
    };
    output.value(&result);
    Ok(exit_of(&result))
}
