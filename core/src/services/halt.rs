//! A register that may not sell: how its service says so, whatever service that is.

use crate::error::{Error, Kind};
use crate::exchange::{Halt, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The error of a register that has been halted `since` then, by the location's clock.
pub(super) fn refusal(halt: &Halt, since: &str) -> Error {
    let why = halt.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let message = if halt.retired {
        format!("the register was retired on {since}{why}; `register.replace` puts a new one in its place")
    } else {
        format!("the register has been suspended since {since}{why}; `register.restore` lets it sell again")
    };
    Error::new(Kind::NotReady, message)
}

/// What a change of a register's life ends with: `ids` are the service's of it, `register` its new facts.
pub(super) fn changed(
    halt: Option<&Halt>,
    since: Option<String>,
    ids: &BTreeMap<String, String>,
    replaced: Option<&str>,
    register: &Value,
) -> Outcome {
    let result = json!({
        "state": halt.map_or("ready", |halt| if halt.retired { "retired" } else { "suspended" }),
        "since": since,
        "reason": halt.and_then(|halt| halt.reason.clone()),
        "ids": ids,
        "replaced": replaced,
    });
    Outcome { result, learned: Some(register.clone()), ..Outcome::default() }
}
