//! One file a command.

mod call;
mod demo;
mod doctor;
mod init;
mod input;
mod journal;
mod provision;
mod receipt;
mod sandbox;
mod sell;
mod status;
mod sync;

use crate::args::{Args, Command};
use crate::output::{Exit, Output};
use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::error::Result;
use serde_json::Value;
use std::path::Path;

/// Does what was typed.
pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit> {
    let config = args.config.as_path();
    match &args.command {
        Command::Demo { country } => demo::run(*country, output),
        Command::Init => init::run(config, output),
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
        Command::Journal { action } => journal::run(config, *action, output),
        Command::Call { operation, params } => call::run(config, operation, params.as_deref(), output),
    }
}

fn open(config: &Path) -> Result<Fiskal> {
    Fiskal::open(Config::from_file(config)?)
}

/// How a command ends that gave this result: a receipt that is not final yet is pending.
fn exit_of(result: &Value) -> Exit {
    match text(result, "/state") {
        "pending" | "provisional" => Exit::Pending,
        "refused" => Exit::Failed,
        _ => Exit::Done,
    }
}

/// The text at a JSON pointer; empty if there is none.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The list at a JSON pointer; empty if there is none.
fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
