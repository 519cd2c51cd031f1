//! The `fiskal` command: converts, calls, and shows; whatever it decides, libfiskal decided.

mod args;
mod commands;
mod output;
mod plain;

use args::Args;
use clap::Parser;
use output::Output;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let args = Args::parse();
    log_to_stderr();
    let mut output = Output::new(args.json);
    let exit = commands::run(&args, &mut output).unwrap_or_else(|error| output.error(&error));
    output.finish(exit).into()
}

/// Warnings and errors, or what `FISKAL_LOG` asks for (`debug`, `fiskal::transport=trace`).
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("FISKAL_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}
