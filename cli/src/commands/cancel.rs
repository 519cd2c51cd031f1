//! `fiskal cancel`

use super::{exit_of, receipt};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::Result;
use serde_json::json;

/// Cancels a receipt that was never handed over.
pub(super) fn run(fiskal: &Fiskal, id: &str, reason: Option<&str>, output: &mut Output) -> Result<Exit> {
    let cancelled = fiskal.call("receipt.cancel", &json!({"id": id, "reason": reason}))?;
    receipt::show(&cancelled, output);
    Ok(exit_of(&cancelled))
}
