//! `fiskal status`

use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::Result;
use serde_json::json;

/// Shows how each register stands.
pub(super) fn run(fiskal: &Fiskal, output: &mut Output) -> Result<Exit> {
    output.result(&fiskal.call("status", &json!({}))?);
    Ok(Exit::Done)
}
