//! One file a command.

mod call;
mod cancel;
mod closing;
mod demo;
mod doctor;
mod explain;
mod export;
mod init;
mod input;
mod journal;
mod provision;
mod queue;
mod receipt;
mod register;
mod sandbox;
mod sell;
mod status;
mod sync;
mod verify;

use crate::args::{Args, Command};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::error::{Error, Result};
use serde_json::Value;
use std::path::Path;

/// Does what was typed.
pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit> {
    let config = args.config.as_path();
    match &args.command {
        Command::Demo { country, dep, keys } => {
            demo::run(*country, &demo::Evidence { dep: dep.as_deref(), keys: keys.as_deref() }, output)
        }
        Command::Init { country } => init::run(*country, config, output),
        Command::Sandbox { listen, store, ready_file } => {
            sandbox::run(*listen, store.clone(), ready_file.clone(), output)
        }
        Command::Doctor => doctor::run(config, output),
        Command::Provision { plan, register } => {
            provision::run(&open(config)?, *plan, register.as_deref(), output)
        }
        Command::Sell { file } => sell::run(config, file, output),
        Command::Status => status::run(&open(config)?, output),
        Command::Sync => sync::run(&open(config)?, output),
        Command::Receipt { id, print } => receipt::run(&open(config)?, id, *print, output),
        Command::Cancel { id, reason } => cancel::run(&open(config)?, id, reason.as_deref(), output),
        Command::Register { action } => register::run(&open(config)?, action, output),
        Command::Closing { register, period, date } => {
            closing::run(&open(config)?, register.as_deref(), *period, date.as_deref(), output)
        }
        Command::Export(wanted) => export::run(&open(config)?, wanted, output),
        Command::Explain { of, register } => explain::run(&open(config)?, of, register.as_deref(), output),
        Command::Queue { action } => queue::run(config, action, output),
        Command::Journal { action } => journal::run(config, action, output),
        Command::Verify { what } => verify::run(what, output),
        Command::Call { operation, params } => call::run(config, operation, params.as_deref(), output),
    }
}

fn open(config: &Path) -> Result<Fiskal> {
    Fiskal::open(Config::from_file(config)?)
}

/// How a command ends that gave this result, a receipt or the news of a synchronisation: refused when a
/// receipt is, pending while something is not final yet.
fn exit_of(result: &Value) -> Exit {
    let waiting = result.get("waiting").and_then(Value::as_u64).unwrap_or_default();
    let refused = list(result, "/changed").iter().any(|change| text(change, "/to") == "refused");
    match text(result, "/state") {
        "refused" => Exit::Failed,
        _ if refused => Exit::Failed,
        "pending" | "provisional" => Exit::Pending,
        _ if waiting > 0 => Exit::Pending,
        _ => Exit::Done,
    }
}

/// The text at a JSON pointer; empty if there is none.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// A path as the caller typed it: from the folder that the command runs in, and not from the journal's.
fn from_here(path: &Path) -> Result<String> {
    let absolute = std::path::absolute(path)
        .map_err(|cause| Error::invalid("", format!("'{}' is no path: {cause}", path.display())))?;
    Ok(named(&absolute)?.to_owned())
}

/// A path as operations take it: they know text only, and another spelling would be another file.
fn named(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| {
        Error::invalid("", format!("the path '{}' is not UTF-8 text; give another", path.display()))
    })
}

/// The list at a JSON pointer; empty if there is none.
fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Exit, exit_of};
    use serde_json::json;

    #[test]
    fn the_exit_status_says_how_final_a_result_is() {
        let cases = [
            (json!({"state": "signed"}), Exit::Done),
            (json!({"state": "pending"}), Exit::Pending),
            (json!({"state": "provisional"}), Exit::Pending),
            (json!({"state": "refused"}), Exit::Failed),
            (json!({"settled": 2, "waiting": 0, "changed": []}), Exit::Done),
            (json!({"settled": 2, "waiting": 1, "changed": [{"to": "signed"}]}), Exit::Pending),
            (json!({"settled": 2, "waiting": 1, "changed": [{"to": "refused"}]}), Exit::Failed),
            (json!({"registers": [{"waiting": 3}]}), Exit::Done),
            (json!([]), Exit::Done),
        ];
        for (result, exit) in cases {
            assert_eq!(exit_of(&result), exit, "{result}");
        }
    }
}
