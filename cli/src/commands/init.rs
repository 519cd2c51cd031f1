//! `fiskal init`

use crate::output::{Exit, Output};
use fiskal::error::{Error, Kind, Result};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

const START: &str = include_str!("init.toml");

/// Writes a commented configuration; one that exists stays as it is.
pub(super) fn run(path: &Path, output: &mut Output) -> Result<Exit> {
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(START.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|cause| {
        let message = match cause.kind() {
            ErrorKind::AlreadyExists => {
                "the file exists and is left as it is; name another with --config".to_owned()
            }
            _ => format!("the configuration cannot be written: {cause}"),
        };
        Error::new(Kind::Config, message).with(|details| details.file = Some(path.display().to_string()))
    })?;
    if output.is_json() {
        output.value(&serde_json::json!({"config": path}));
    } else {
        output.line(format_args!(
            "{} is written; put in who you are, then run `fiskal provision --plan`",
            path.display()
        ));
    }
    Ok(Exit::Done)
}
