//! JSON from a file, from standard input, or from the command line.

use fiskal::boundary;
use fiskal::error::{Error, Kind, Result};
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Far more than a sale of 1,000 items has.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The JSON in a file; `-` is standard input.
pub(super) fn from_file(path: &Path) -> Result<Value> {
    if path == Path::new("-") {
        return parse(&read(io::stdin().lock(), "standard input")?, "standard input");
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(|cause| unreadable(&name, &cause.to_string()))?;
    parse(&read(file, &name)?, &name)
}

/// JSON that was typed; `-` is standard input, nothing is `{}`.
pub(super) fn from_argument(text: Option<&str>) -> Result<Value> {
    match text {
        None => Ok(Value::Object(serde_json::Map::new())),
        Some("-") => from_file(Path::new("-")),
        Some(text) => parse(text.as_bytes(), "the parameters"),
    }
}

fn read(source: impl Read, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| unreadable(name, &cause.to_string()))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(unreadable(name, "it is larger than 16 MiB"));
    }
    Ok(bytes)
}

fn parse(bytes: &[u8], name: &str) -> Result<Value> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| unreadable(name, "it is not UTF-8 text; save it as UTF-8"))?;
    // Editors on Windows write it, and a parser may pass over it (RFC 8259, section 8.1).
    boundary::parse(text.strip_prefix('\u{FEFF}').unwrap_or(text)).map_err(|cause| {
        Error::new(Kind::Invalid, format!("this is not JSON: {cause}")).with(|details| {
            details.file = Some(name.to_owned());
            details.line = Some(cause.line().max(1) as u64);
        })
    })
}

fn unreadable(name: &str, cause: &str) -> Error {
    Error::new(Kind::Invalid, format!("the input cannot be read: {cause}"))
        .with(|details| details.file = Some(name.to_owned()))
}
