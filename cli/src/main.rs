//! The `fiskal` command: converts, calls, and shows; whatever it decides, libfiskal decided.

mod args;
mod commands;
mod output;
mod plain;

use args::Args;
use clap::Parser;
use fiskal::error::{Error, Kind};
use output::{Exit, Output};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(wrong) => return misused(&wrong),
    };
    log_to_stderr();
    let mut output = Output::new(args.json);
    let exit = commands::run(&args, &mut output).unwrap_or_else(|error| output.error(&error));
    output.finish(exit).into()
}

/// Help and version as clap writes them; wrong usage too, unless JSON was asked for.
fn misused(wrong: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    if !wrong.use_stderr() || !json {
        wrong.exit();
    }
    let message = wrong.render().to_string();
    let sentence = message.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let mut output = Output::new(json);
    output.error(&Error::new(Kind::Invalid, format!("{sentence}; see --help")));
    output.finish(Exit::Usage).into()
}

/// Warnings and errors, or what `FISKAL_LOG` asks for (`debug`, `fiskal::transport=trace`).
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("FISKAL_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}
