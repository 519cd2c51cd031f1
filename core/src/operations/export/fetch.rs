//! The file of an export on its way to the disk.

use super::part::{self, Part, Placed};
use super::proof::{Checked, Log, Proof};
use crate::Fiskal;
use crate::error::{Error, Result};
use crate::exchange::Request;
use crate::fiskal::Call;
use crate::interrupt::Interrupt;
use crate::operations::{Definition, Run, given, look, read, returned, told, written};
use crate::verify::dep::Named;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// The largest file if the caller names no limit: as large as a ZIP can be without extensions.
const LARGEST: u64 = 4 << 30;
/// What tells a service that all it has of a register lies on the disk now.
const SAVED: &str = "export.saved";

pub(in crate::operations) const FETCH: Definition = Definition {
    name: "export.fetch",
    summary: "Writes the file of an export to disk, once it is whole and what can be checked of it holds.",
    params: given::<Fetch>,
    result: returned::<Fetched>,
    run: Run::Client(|call, params| fetch(call, params, &mut |_| {})),
};

/// Parameters of `export.fetch`: `export` or `file`, and where to put it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExportFetch")]
struct Fetch {
    /// The register's name in the configuration.
    register: String,
    /// The export, by the id that `export.create` gave.
    #[serde(default)]
    export: Option<String>,
    /// The file, by its id.
    #[serde(default)]
    file: Option<String>,
    /// The path to write to, in a folder that exists; a relative one begins at the journal's folder. There may be
    /// no file yet.
    to: String,
    /// The largest file to take, in bytes, up to 4 GiB.
    #[serde(default = "largest")]
    max_bytes: u64,
}

/// Result of `export.fetch`.
#[derive(Serialize, JsonSchema)]
struct Fetched {
    /// The file's id.
    file: String,
    /// Where it lies.
    path: String,
    /// Its size.
    bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    sha256: String,
    /// Of `dep7`, how many receipts are in it.
    receipts: Option<u64>,
    /// Of `dep7`, the first receipt.
    first: Option<Named>,
    /// Of `dep7`, the last receipt.
    last: Option<Named>,
    /// What was checked of it. Of `records`, `signature`: the service's, over the file. Of `dep7`, `form`: it is a
    /// whole export of this register; `content`: the last receipt that this journal knows is in it as it was signed,
    /// where the range has it; `chain`: each receipt carries the hash of the one before it.
    verified: Vec<String>,
    /// What has to be looked at: in the content, or because the journal could not be told. The file is what the service
    /// gave all the same.
    todo: Option<String>,
}

/// What the service tells of a file to fetch.
#[derive(Deserialize)]
struct Source {
    file: String,
    request: Request,
    jws: Option<String>,
    certificate: Option<String>,
    log: Option<Log>,
}

fn largest() -> u64 {
    LARGEST
}

/// `export.fetch` with its progress: `progress` is told now and then how many bytes have come. It ends soon after
/// `interrupt` is raised.
///
/// # Errors
/// As the operation says: `invalid` for parameters that do not fit and a disk that is full, `not_found` where the
/// service has no such file, `unreachable` where it did not come whole, `mismatch` where it is not what it should be.
/// Then there is no file.
pub fn fetch_export(
    fiskal: &Fiskal,
    params: &Value,
    interrupt: &Interrupt,
    progress: &mut dyn FnMut(u64),
) -> Result<Value> {
    fetch(&fiskal.calling(interrupt), params, progress)
}

fn fetch(fiskal: &Call<'_>, params: &Value, progress: &mut dyn FnMut(u64)) -> Result<Value> {
    let asked: Fetch = read(params)?;
    if asked.export.is_some() == asked.file.is_some() {
        return Err(Error::invalid("", "give either export or file"));
    }
    if !(1..=LARGEST).contains(&asked.max_bytes) {
        return Err(Error::invalid("/max_bytes", format!("the limit is a number from 1 to {LARGEST}")));
    }
    let folder = fiskal.config().journal.parent().unwrap_or(Path::new("."));
    let target = part::check(&asked.to, folder)?;
    let which = json!({ "export": asked.export, "file": asked.file });
    let result = look(fiskal, &asked.register, FETCH.name, which.clone())?;
    let source: Source = told(&result)?;
    let proof = match &source.log {
        Some(log) => Proof::Log(log),
        None => Proof::signature(source.jws.as_deref(), source.certificate.as_deref())?,
    };
    let mut part = Part::open(&target, &fiskal.new_id(), asked.max_bytes, progress)?;
    let about = fiskal.place(&asked.register)?.submission(FETCH.name, String::new(), which);
    fiskal.engine().download(&about, &source.request, &mut part, fiskal.interrupt())?;
    let placed = part.finish(|file| proof.check(file, fiskal.interrupt()))?;
    let noted = match &source.log {
        Some(log) if log.whole => note(fiskal, &asked.register, &source.file, &placed),
        _ => Ok(()),
    };
    let Placed { bytes, sha256, checked } = placed;
    let contents = checked.contents.unwrap_or_default();
    let todo = [checked.todo, noted.err().map(|error| not_noted(&error))];
    written(&Fetched {
        file: source.file,
        path: target.display().to_string(),
        bytes,
        sha256,
        receipts: source.log.is_some().then_some(contents.receipts),
        first: contents.first,
        last: contents.last,
        verified: checked.verified.into_iter().map(str::to_owned).collect(),
        todo: todo.into_iter().flatten().reduce(|one, other| format!("{one}; {other}")),
    })
}

/// Has it written down that a whole log was saved, and which.
fn note(fiskal: &Call<'_>, register: &str, file: &str, placed: &Placed<Checked>) -> Result<()> {
    let receipts = placed.checked.contents.as_ref().map(|contents| contents.receipts);
    let saved = json!({ "file": file, "bytes": placed.bytes, "sha256": placed.sha256, "receipts": receipts });
    let key = format!("{SAVED}:{}", fiskal.new_id());
    let submission = fiskal.place(register)?.submission(SAVED, key, saved);
    fiskal.submit(submission).map(drop)
}

fn not_noted(cause: &Error) -> String {
    format!("the journal does not know of this file, so that `status` goes on asking for a copy: {cause}")
}
