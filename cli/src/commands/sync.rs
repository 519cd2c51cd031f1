//! `fiskal sync`

use super::exit_of;
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::Result;
use serde_json::json;

/// Settles what waits.
pub(super) fn run(fiskal: &Fiskal, output: &mut Output) -> Result<Exit> {
    let steps = output.steps(1);
    steps.next("settling what waits");
    let result = fiskal.call("sync", &json!({}));
    drop(steps);
    let result = result?;
    output.result(&result);
    Ok(exit_of(&result))
}
