//! `fiskal sync`

use super::{list, text};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::Result;
use serde_json::{Value, json};

/// Settles what waits; refused when a receipt turned out so, pending when something still waits.
pub(super) fn run(fiskal: &Fiskal, output: &mut Output) -> Result<Exit> {
    let steps = output.steps(1);
    steps.next("settling what waits");
    let result = fiskal.call("sync", &json!({}));
    drop(steps);
    let result = result?;
    output.result(&result);
    if list(&result, "/changed").iter().any(|change| text(change, "/to") == "refused") {
        return Ok(Exit::Failed);
    }
    let waiting = result.get("waiting").and_then(Value::as_u64).unwrap_or_default();
    Ok(if waiting > 0 { Exit::Pending } else { Exit::Done })
}
