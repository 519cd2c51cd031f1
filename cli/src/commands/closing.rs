//! `fiskal closing`

use crate::args::Period;
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::error::{Error, Result};
use serde_json::{Map, Value, json};

/// Closes a period of one register or of all, one after the other.
pub(super) fn run(
    fiskal: &Fiskal,
    register: Option<&str>,
    period: Period,
    date: Option<&str>,
    output: &mut Output,
) -> Result<Exit> {
    let registers: Vec<&str> = match register {
        Some(register) => vec![register],
        None => fiskal.config().registers.keys().map(String::as_str).collect(),
    };
    let mut exit = Exit::Done;
    for register in registers {
        let mut params = Map::new();
        params.insert("register".into(), register.into());
        params.insert("period".into(), period.name().into());
        if let Some(date) = date {
            params.insert("date".into(), date.into());
        }
        match fiskal.call("closing.create", &Value::Object(params)) {
            Ok(closing) => {
                exit = exit.and(exit_of(&closing));
                output.result(&closing);
            }
            // The other registers are closed all the same.
            Err(error) => exit = exit.and(output.error(&of_register(register, error))),
        }
    }
    Ok(exit)
}

fn of_register(register: &str, error: Error) -> Error {
    error.with(|details| details.message = format!("{register}: {}", details.message))
}

/// Failed where the two sides differ; pending where the service has not closed yet.
fn exit_of(closing: &Value) -> Exit {
    match (&closing["findings"], &closing["service"]) {
        (findings, _) if *findings != json!([]) => Exit::Failed,
        (_, Value::Null) => Exit::Pending,
        _ => Exit::Done,
    }
}
