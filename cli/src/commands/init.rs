//! `fiskal init`

use crate::args::Country;
use crate::output::{Exit, Output};
use fiskal::error::{Error, Kind, Result};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes a commented configuration; one that exists stays as it is.
pub(super) fn run(country: Country, path: &Path, output: &mut Output) -> Result<Exit> {
    let start = Start::of(country);
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(start.config.as_bytes())?;
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
        output.value(&serde_json::json!({"config": path.display().to_string()}));
    } else {
        output.line(format_args!(
            "{} is written; put in who you are, set {keys}_KEY and {keys}_SECRET, then run `fiskal provision --plan`",
            path.display(),
            keys = start.keys,
        ));
    }
    Ok(Exit::Done)
}

/// What a shop in a country starts from.
struct Start {
    config: &'static str,
    /// How the names of the variables begin that the configuration takes the key and its secret from.
    keys: &'static str,
}

impl Start {
    fn of(country: Country) -> Start {
        match country {
            Country::Fr => Start { config: include_str!("init.toml"), keys: "FISKAL_FR" },
            Country::It => Start { config: include_str!("init-it.toml"), keys: "FISKAL_IT" },
            Country::At => Start { config: include_str!("init-at.toml"), keys: "FISKAL_AT" },
        }
    }
}
