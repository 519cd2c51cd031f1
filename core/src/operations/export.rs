//! Exports of what the service has of a register, and their files on disk.

mod fetch;
mod part;
mod proof;

pub(super) use fetch::FETCH;
pub use fetch::fetch_export;

use super::afterwards::check_as_sale;
use super::{Definition, Run, given, look, read, returned, told, written};
use crate::error::{Error, Result};
use crate::fiskal::Call;
use crate::sale::Cashier;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most files on a page.
const PAGE: usize = 1_000;

pub(super) const CREATE: Definition = Definition {
    name: "export.create",
    summary: "Orders an export of what the service has of a register, and tells how far it is.",
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

/// What an export is of.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ExportType")]
enum ExportType {
    /// The records of a register's journal at the service (France).
    Records,
    /// The register's data collection log (Datenerfassungsprotokoll, § 7 RKSV; Austria).
    Dep7,
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
    /// What is exported; what the register's service exports if absent.
    #[serde(default, rename = "type")]
    export_type: Option<ExportType>,
    /// The first time of signing (RFC 3339). `records` need it.
    #[serde(default, deserialize_with = "crate::read::time")]
    #[schemars(with = "Option<String>")]
    start: Option<Timestamp>,
    /// The last time of signing (RFC 3339), not before the first. `records` need it.
    #[serde(default, deserialize_with = "crate::read::time")]
    #[schemars(with = "Option<String>")]
    end: Option<Timestamp>,
    /// Of `dep7`, the service's number of the first receipt.
    #[serde(default)]
    first: Option<String>,
    /// Of `dep7`, the service's number of the last receipt. What has neither numbers nor times is the whole log.
    #[serde(default)]
    last: Option<String>,
    /// Of `records`, only those of this type, such as `TRANSACTION::RECEIPT`.
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
    #[serde(default, deserialize_with = "crate::read::time")]
    #[schemars(with = "Option<String>")]
    start: Option<Timestamp>,
    /// Only files made at this time or earlier (RFC 3339).
    #[serde(default, deserialize_with = "crate::read::time")]
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

fn hundred() -> usize {
    100
}

fn create(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Create = read(params)?;
    if asked.start.zip(asked.end).is_some_and(|(start, end)| end < start) {
        return Err(Error::invalid("/end", "the range ends before it starts"));
    }
    check_as_sale(json!({ "id": asked.id, "cashier": asked.cashier }))?;
    let place = fiskal.place(&asked.register)?;
    let id = asked.id.clone().unwrap_or_else(|| fiskal.new_id());
    let params = written(&asked)?;
    let mut submission = place.submission(CREATE.name, format!("export.create:{id}"), params.clone());
    submission.fingerprint = params.to_string();
    written(&told::<Export>(&fiskal.submit(submission)?.outcome.result)?)
}

fn get(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Get = read(params)?;
    written(&told::<Export>(&look(fiskal, &asked.register, GET.name, json!({ "export": asked.export }))?)?)
}

fn list(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: List = read(params)?;
    if !(1..=PAGE).contains(&asked.limit) {
        return Err(Error::invalid("/limit", format!("the limit is a number from 1 to {PAGE}")));
    }
    written(&told::<Files>(&look(fiskal, &asked.register, LIST.name, written(&asked)?)?)?)
}
