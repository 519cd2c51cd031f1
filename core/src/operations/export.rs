//! Exports of a register's records, which the service makes and signs, and their files on disk.

mod part;

use super::afterwards::check_as_sale;
use super::{Definition, Run, given, read, returned, written};
use crate::error::{Error, Kind, Result};
use crate::exchange::Request;
use crate::fiskal::Call;
use crate::sale::Cashier;
use crate::verify::DetachedJws;
use jiff::Timestamp;
use part::Part;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// The most files on a page.
const PAGE: usize = 1_000;
/// The largest file if the caller names no limit: as large as a ZIP can be without extensions.
const LARGEST: u64 = 4 << 30;

pub(super) const CREATE: Definition = Definition {
    name: "export.create",
    summary: "Orders an export of a register's records from its service, and tells how far it is.",
    params: given::<Create>,
    result: returned::<Export>,
    run: Run::Client(create),
};

pub(super) const GET: Definition = Definition {
    name: "export.get",
    summary: "Tells how far an export is.",
    params: given::<Get>,
    result: returned::<Export>,
    run: Run::Client(get),
};

pub(super) const LIST: Definition = Definition {
    name: "export.list",
    summary: "Lists the files that a service holds of a register.",
    params: given::<List>,
    result: returned::<Files>,
    run: Run::Client(list),
};

pub(super) const FETCH: Definition = Definition {
    name: "export.fetch",
    summary: "Writes the file of an export to disk, once it is whole and its signature holds.",
    params: given::<Fetch>,
    result: returned::<Fetched>,
    run: Run::Client(fetch),
};

/// What an export is of.
#[derive(Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ExportType")]
enum ExportType {
    /// The records of a register's journal at the service.
    #[default]
    Records,
}

/// Parameters of `export.create`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExportCreate")]
struct Create {
    /// The caller's id of this export, at most 64 visible characters, unique per register: a repeated call with it
    /// orders nothing anew. Made if absent.
    #[serde(default, skip_serializing)]
    id: Option<String>,
    /// The register's name in the configuration.
    register: String,
    /// What is exported.
    #[serde(default, rename = "type")]
    export_type: ExportType,
    /// The first time of signing (RFC 3339).
    #[schemars(with = "String")]
    start: Timestamp,
    /// The last time of signing (RFC 3339), not before the first.
    #[schemars(with = "String")]
    end: Timestamp,
    /// Only records of this type, such as `TRANSACTION::RECEIPT`.
    #[serde(default)]
    filter: Option<String>,
    /// Who orders it.
    #[serde(default)]
    cashier: Option<Cashier>,
}

/// Parameters of `export.get`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExportGet")]
struct Get {
    /// The register's name in the configuration.
    register: String,
    /// The export, by the id that `export.create` gave.
    export: String,
}

/// Result of `export.create` and `export.get`.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Export {
    /// The service's id of the export.
    export: String,
    /// How far it is.
    state: ExportState,
    /// The service's id of the record that holds it.
    record: Option<String>,
    /// The id of its file.
    file: Option<String>,
    /// What the service has to say about it.
    logs: Vec<String>,
}

/// How far an export is.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ExportState {
    /// The service works on it.
    Processing,
    /// There is a file to fetch.
    Ready,
    /// It will come to nothing; `logs` say why.
    Failed,
}

/// Parameters of `export.list`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExportList")]
struct List {
    /// The register's name in the configuration.
    register: String,
    /// Only files made at this time or later (RFC 3339).
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    start: Option<Timestamp>,
    /// Only files made at this time or earlier (RFC 3339).
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    end: Option<Timestamp>,
    /// At most so many, up to 1,000.
    #[serde(default = "hundred")]
    limit: usize,
}

/// Result of `export.list`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FilePage")]
struct Files {
    /// The files, in the service's order.
    files: Vec<File>,
    /// Whether there are more than `limit`: ask again with a later `start`.
    more: bool,
}

/// A file that the service holds.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ServiceFile")]
struct File {
    /// Its id.
    file: String,
    /// When it was made (RFC 3339 with the location's offset).
    created_at: Option<String>,
}

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
    /// What was checked of it: `signature`.
    verified: Vec<String>,
}

/// What the service tells of a file to fetch.
#[derive(Deserialize)]
struct Source {
    file: String,
    request: Request,
    jws: Option<String>,
    certificate: Option<String>,
}

fn hundred() -> usize {
    100
}

fn largest() -> u64 {
    LARGEST
}

fn create(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Create = read(params)?;
    if asked.end < asked.start {
        return Err(Error::invalid("/end", "the range ends before it starts"));
    }
    check_as_sale(json!({ "id": asked.id, "cashier": asked.cashier }))?;
    let place = fiskal.place(&asked.register)?;
    let id = asked.id.clone().unwrap_or_else(|| fiskal.new_id());
    let params = written(&asked)?;
    let mut submission = place.submission(CREATE.name, format!("export.create:{id}"), params.clone());
    submission.fingerprint = params.to_string();
    told::<Export>(&fiskal.submit(submission)?.outcome.result)
}

fn get(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Get = read(params)?;
    told::<Export>(&ask(fiskal, &asked.register, GET.name, json!({ "export": asked.export }))?)
}

fn list(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: List = read(params)?;
    if !(1..=PAGE).contains(&asked.limit) {
        return Err(Error::invalid("/limit", format!("the limit is a number from 1 to {PAGE}")));
    }
    told::<Files>(&ask(fiskal, &asked.register, LIST.name, written(&asked)?)?)
}

fn fetch(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
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
    let result = ask(fiskal, &asked.register, FETCH.name, which.clone())?;
    let source = Source::deserialize(&result).map_err(|cause| {
        Error::internal(format!("what the service tells of a file cannot be read: {cause}"))
    })?;
    let (Some(jws), Some(certificate)) = (&source.jws, &source.certificate) else {
        let message = "the file has no signature, or the register no certificate to check it with; nothing was written; provision again, or ask the service's support";
        return Err(Error::new(Kind::Mismatch, message));
    };
    let begin = || DetachedJws::new(jws, certificate);
    let mut part = Part::open(&target, &fiskal.new_id(), asked.max_bytes, &begin)?;
    let about = fiskal.place(&asked.register)?.submission(FETCH.name, String::new(), which);
    fiskal.engine().download(&about, &source.request, &mut part, fiskal.interrupt())?;
    let (bytes, sha256) = part.finish()?;
    written(&Fetched {
        file: source.file,
        path: target.display().to_string(),
        bytes,
        sha256,
        verified: vec!["signature".into()],
    })
}

/// Asks the register's service.
fn ask(fiskal: &Call<'_>, register: &str, name: &str, params: Value) -> Result<Value> {
    Ok(fiskal.look(fiskal.place(register)?.submission(name, String::new(), params))?.result)
}

/// The service's words as the result that is promised.
fn told<T: Serialize + for<'de> Deserialize<'de>>(result: &Value) -> Result<Value> {
    let told = T::deserialize(result)
        .map_err(|cause| Error::internal(format!("what the service tells cannot be read: {cause}")))?;
    written(&told)
}
