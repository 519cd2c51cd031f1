//! `fiskal sandbox`

use crate::output::{Exit, Output};
use fiskal::error::{Error, Kind, Result};
use fiskal_sandbox::{Options, Sandbox, SandboxError, Store};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Runs the services until the process is interrupted.
pub(super) fn run(
    listen: SocketAddr,
    store: Option<PathBuf>,
    ready_file: Option<PathBuf>,
    output: &mut Output,
) -> Result<Exit> {
    let store = store.map_or(Store::Memory, Store::File);
    let sandbox = start(Options { listen, store, ready_file, ..Options::default() })?;
    if output.is_json() {
        output.value(sandbox.ready());
    } else {
        output.line(format_args!("the sandbox listens on {}; Ctrl-C ends it", sandbox.url()));
    }
    sandbox.run_until_interrupted().map_err(trouble)?;
    Ok(Exit::Done)
}

/// Starts a sandbox on a thread of its own.
pub(super) fn start(options: Options) -> Result<Sandbox> {
    Sandbox::start(options).map_err(trouble)
}

fn trouble(error: SandboxError) -> Error {
    Error::new(Kind::Config, error.to_string())
}
