//! The check of a data collection log (Austria), from files.

use super::{Definition, Run, given, read, returned, written};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::text::quoted;
use crate::verify::dep::{Material, Progress, Report, verify};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

pub(super) const VERIFY: Definition = Definition {
    name: "dep.verify",
    summary: "Checks an Austrian register's data collection log (DEP7 export): signatures, chain, turnover and form of every receipt.",
    params: given::<Verify>,
    result: returned::<Report>,
    run: Run::Alone(|params, interrupt| verify_dep(params, interrupt, &mut |_| {})),
};

/// Far more than a container of keys has.
const MOST_KEYS: u64 = 16 * 1024 * 1024;

/// Parameters of `dep.verify`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Verify {
    /// The path of the export: JSON with "Belege-Gruppe".
    #[schemars(with = "String")]
    file: PathBuf,
    /// The path of the key container: JSON with "base64AESKey" and "certificateOrPublicKeyMap".
    #[schemars(with = "String")]
    keys: PathBuf,
    /// The path of the service's list of the register's receipts, in ascending order: pages as SIGN AT gives
    /// them one after the other, or one receipt a line. With it the amounts of each VAT rate, the time's zone
    /// and the end of the export are checked too.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    receipts: Option<PathBuf>,
    /// Codes off paper that must be in the export, at most 1,000: the text of a QR code, or the OCR form.
    #[serde(default)]
    printed: Vec<String>,
    /// Whether the export is a part of the log, as one by numbers or times: it may begin and end anywhere. What came
    /// before its first receipt is taken as it stands there, and `unchecked` of the result says what that leaves out.
    #[serde(default)]
    partial: bool,
}

/// `dep.verify` with its progress: `progress` is told now and then how far the check is, in receipts and in
/// bytes of the export. It ends soon after `interrupt` is raised.
///
/// # Errors
/// `invalid`, naming the parameter, when a file cannot be read or is not what it should be; `busy` when it was
/// interrupted. What breaks a rule is no error but a finding.
pub fn verify_dep(
    params: &Value,
    interrupt: &Interrupt,
    progress: &mut dyn FnMut(Progress),
) -> Result<Value> {
    let params: Verify = read(params)?;
    let export = || open("/file", &params.file);
    let material = Material {
        export: &export,
        keys: &key_container(&params.keys)?,
        printed: &params.printed,
        receipts: params.receipts.as_deref().map(|list| open("/receipts", list)).transpose()?,
        partial: params.partial,
    };
    let report = verify(material, interrupt, progress);
    written(&report.map_err(|error| name_file(error, &params))?)
}

/// Opens a file that may be read more than once.
fn open(pointer: &str, path: &Path) -> Result<Box<dyn Read>> {
    let unreadable = |cause: String| unreadable(pointer, path, &cause);
    // Looked at first: opening a pipe would wait for whoever writes into it.
    let metadata = path.metadata().map_err(|cause| unreadable(cause.to_string()))?;
    if !metadata.is_file() {
        return Err(unreadable("it is not a regular file".to_owned()));
    }
    Ok(Box::new(File::open(path).map_err(|cause| unreadable(cause.to_string()))?))
}

fn key_container(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = open("/keys", path)?.take(MOST_KEYS + 1).read_to_end(&mut bytes);
    read.map_err(|cause| unreadable("/keys", path, &cause.to_string()))?;
    if bytes.len() as u64 > MOST_KEYS {
        return Err(unreadable("/keys", path, "it is larger than 16 MiB"));
    }
    Ok(bytes)
}

fn unreadable(pointer: &str, path: &Path, cause: &str) -> Error {
    let shown = quoted(&path.display().to_string());
    Error::invalid(pointer, format!("the file {shown} cannot be read: {cause}")).with(|details| {
        details.file = Some(path.display().to_string());
    })
}

/// Names the file of the parameter that an error points to.
fn name_file(error: Error, params: &Verify) -> Error {
    let file = match error.pointer() {
        Some("/file") => Some(&params.file),
        Some("/keys") => Some(&params.keys),
        Some("/receipts") => params.receipts.as_ref(),
        _ => None,
    };
    let file = file.map(|path| path.display().to_string());
    error.with(|details| details.file = details.file.take().or(file))
}
