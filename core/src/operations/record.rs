//! Records as the service keeps them: read, listed, validated.

use super::{Definition, Run, given, look, read, returned, told, written};
use crate::error::{Error, Kind, Result};
use crate::fiskal::Call;
use crate::resource::Page;
use crate::verify::DetachedJws;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most records on a page (contracts sign-fr 1.7 and sign-at 1.3).
const PAGE: u32 = 100;

pub(super) const GET: Definition = Definition {
    name: "record.get",
    summary: "Reads a record from its service with all that it shows: what was booked, the signed artifact, and its signature, which is checked.",
    params: given::<Get>,
    result: returned::<Record>,
    run: Run::Client(get),
};

pub(super) const LIST: Definition = Definition {
    name: "record.list",
    summary: "Lists the records that a service keeps of a register or of all registers of its merchant, page by page or all of them.",
    params: given::<List>,
    result: returned::<Page<Record>>,
    run: Run::Client(list),
};

pub(super) const VALIDATE: Definition = Definition {
    name: "record.validate",
    summary: "Has the authority look at a record: in Austria FinanzOnline at a start, yearly or closing receipt. What it confirmed already is not asked again.",
    params: given::<Get>,
    result: returned::<Validated>,
    run: Run::Client(validate),
};

/// Parameters that name a record: those of `record.get` and `record.validate`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NamedRecord")]
struct Get {
    /// The register's name in the configuration.
    register: String,
    /// The service's id of the record, such as `ids.record` of a receipt, in Austria `ids.receipt`. In Austria also
    /// its number, `fiscal.number`.
    record: String,
}

/// Parameters of `record.list`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RecordList")]
struct List {
    /// The register's name in the configuration.
    #[serde(skip_serializing)]
    register: String,
    /// Whether the records of all registers of its merchant come.
    #[serde(default)]
    all_registers: bool,
    /// Only these types, in the service's words, such as `TRANSACTION::RECEIPT` or `YEARLY_CLOSE`; all if empty. In
    /// France and Italy at most one.
    #[serde(default)]
    types: Vec<String>,
    /// In which order. France and Italy have their own.
    #[serde(default)]
    order: Option<Order>,
    /// How many a page has, 1 to 100; 100 if absent.
    #[serde(default = "page")]
    limit: u32,
    /// The `token` of the page before; the first page if absent.
    #[serde(default)]
    token: Option<String>,
    /// Whether the pages that follow come too, at most 200 of them; then a `token` in the result says that there are
    /// still more.
    #[serde(default)]
    all: bool,
}

/// In which order records are listed.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "RecordOrder")]
enum Order {
    /// The lowest number first.
    Ascending,
    /// The highest number first.
    Descending,
}

/// A record as its service keeps it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ServiceRecord")]
struct Record {
    /// The service's id.
    record: String,
    /// The service's word for what it is, such as `TRANSACTION::RECEIPT` or `NORMAL`.
    #[serde(rename = "type")]
    record_type: String,
    /// The service's word for how it stands, such as `COMPLETED`; `null` where it has none.
    state: Option<String>,
    /// The number that the service gave it; absent where it numbers none.
    number: Option<String>,
    /// The serial number of its register; absent where the record does not tell it.
    register_serial: Option<String>,
    /// The signature in the service's journal.
    signature: Option<String>,
    /// When it was signed (RFC 3339 with the location's offset).
    signed_at: Option<String>,
    /// What was booked, in the service's words; `null` where it does not repeat it.
    operation: Value,
    /// The signed artifact, which an auditor wants to see; absent where the service gives none.
    artifact: Option<String>,
    /// The detached JWS over it.
    integrity: Option<String>,
    /// What was checked: `artifact`, by that JWS and the register's certificate.
    #[serde(default)]
    verified: Vec<String>,
    /// What the authority said of it, the oldest word first.
    #[serde(default)]
    validations: Vec<Validation>,
    /// The service's own answer, untouched.
    answer: Value,
}

/// What an authority said of a record.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Validation {
    /// Its word.
    result: ValidationResult,
    /// When it said so (RFC 3339 with the location's offset).
    validated_at: Option<String>,
}

/// Result of `record.validate`.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Validated {
    /// The service's id of the record.
    record: String,
    /// The number that the service gave it.
    number: Option<String>,
    /// What the authority says.
    result: ValidationResult,
    /// When it said so (RFC 3339 with the location's offset); absent while it has not.
    validated_at: Option<String>,
    /// What to do, in a sentence; absent where it is confirmed.
    todo: Option<String>,
}

/// What an authority says of a record.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ValidationResult {
    /// It confirms the record.
    Success,
    /// It does not.
    Error,
    /// It has not answered in time, and may do so later.
    Unknown,
}

fn page() -> u32 {
    PAGE
}

fn get(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Get = read(params)?;
    let which = json!({ "record": asked.record });
    let result = look(fiskal, &asked.register, GET.name, which)?;
    let mut record: Record = told(&result)?;
    let certificate = result.get("certificate").and_then(Value::as_str);
    if let (Some(artifact), Some(integrity), Some(certificate)) =
        (&record.artifact, &record.integrity, certificate)
    {
        check(artifact, integrity, certificate)?;
        record.verified.push("artifact".into());
    }
    written(&record)
}

fn list(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: List = read(params)?;
    if !(1..=PAGE).contains(&asked.limit) {
        return Err(Error::invalid("/limit", format!("a page has 1 to {PAGE} records")));
    }
    let page: Page<Record> = told(&look(fiskal, &asked.register, LIST.name, written(&asked)?)?)?;
    written(&page)
}

fn validate(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Get = read(params)?;
    let which = json!({ "record": asked.record });
    let key = format!("{}:{}", VALIDATE.name, fiskal.new_id());
    let reply = fiskal.submit(fiskal.place(&asked.register)?.submission(VALIDATE.name, key, which))?;
    written(&told::<Validated>(&reply.outcome.result)?)
}

fn check(artifact: &str, integrity: &str, certificate: &str) -> Result<()> {
    let mut signature = DetachedJws::new(integrity, certificate)?;
    signature.update(artifact.as_bytes());
    signature.verify().map_err(|error| {
        let message = format!("the record's artifact: {}; ask the service's support", error.message());
        Error::new(Kind::Mismatch, message)
    })
}
