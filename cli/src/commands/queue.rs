//! `fiskal queue`

use super::{input, list, open};
use crate::args::Queue as Action;
use crate::output::{Exit, Output};
use fiskal::error::Result;
use serde_json::{Value, json};
use std::path::Path;

pub(super) fn run(config: &Path, action: &Action, output: &mut Output) -> Result<Exit> {
    let (operation, how, reason, sale) = match action {
        Action::List => {
            let listed = open(config)?.call("queue.list", &json!({}))?;
            if list(&listed, "/entries").is_empty() && !output.is_json() {
                output.line("nothing waits, and nothing refused is left to decide about");
            } else {
                output.result(&listed);
            }
            return Ok(Exit::Done);
        }
        Action::Retry { operation, reason } => (operation, "retry", reason, Value::Null),
        Action::Amend { operation, file, reason } => (operation, "amend", reason, input::from_file(file)?),
        Action::SetAside { operation, reason } => (operation, "set_aside", reason, Value::Null),
    };
    let params = json!({ "operation": operation, "how": how, "reason": reason, "sale": sale });
    let result = open(config)?.call("queue.resolve", &params)?;
    output.result(&result);
    let settled = result.get("settled").and_then(Value::as_bool).unwrap_or_default();
    Ok(if settled { Exit::Done } else { Exit::Pending })
}
