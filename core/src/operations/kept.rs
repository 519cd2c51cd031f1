//! What a service keeps beside its records: the caller's notes on them, and the settings of an organization.

use super::{Definition, Run, given, look, read, returned, told, written};
use crate::error::{Error, Result};
use crate::fiskal::Call;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const METADATA_GET: Definition = Definition {
    name: "metadata.get",
    summary: "Reads the notes that a service keeps with a register, its signature unit or a record.",
    params: given::<MetadataOf>,
    result: returned::<Metadata>,
    run: Run::Client(metadata_get),
};

pub(super) const METADATA_UPDATE: Definition = Definition {
    name: "metadata.update",
    summary: "Adds or changes notes that a service keeps with a register, its signature unit or a record; the others stay.",
    params: given::<MetadataUpdate>,
    result: returned::<Metadata>,
    run: Run::Client(metadata_update),
};

pub(super) const CONFIGURATION_GET: Definition = Definition {
    name: "configuration.get",
    summary: "Reads the settings of the organization at the service that a register belongs to.",
    params: given::<Of>,
    result: returned::<Configuration>,
    run: Run::Client(configuration_get),
};

pub(super) const CONFIGURATION_UPDATE: Definition = Definition {
    name: "configuration.update",
    summary: "Changes settings of the organization at the service that a register belongs to; what is left out stays.",
    params: given::<ConfigurationUpdate>,
    result: returned::<Configuration>,
    run: Run::Client(configuration_update),
};

/// Parameters of `metadata.get`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MetadataOf {
    /// The register's name in the configuration.
    #[serde(skip_serializing)]
    register: String,
    /// Whose notes are meant.
    #[serde(default)]
    of: Owner,
    /// For `record`: its id or number, as in `record.get`.
    #[serde(default)]
    record: Option<String>,
}

/// Parameters of `metadata.update`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MetadataUpdate {
    /// The register's name in the configuration.
    #[serde(skip_serializing)]
    register: String,
    /// Whose notes are meant.
    #[serde(default)]
    of: Owner,
    /// For `record`: its id or number, as in `record.get`.
    #[serde(default)]
    record: Option<String>,
    /// The notes to add or change: keys of 1 to 40 characters, not beginning with `fiskal_`, and values of at most
    /// 500. With those that are there, this library's own among them, there may be 20.
    metadata: BTreeMap<String, String>,
}

/// Whose notes are meant.
#[derive(Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "MetadataOwner")]
enum Owner {
    /// The register's.
    #[default]
    Register,
    /// Those of the signature unit that the register's merchant signs with.
    Unit,
    /// A record's.
    Record,
}

/// Result of `metadata.get` and `metadata.update`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ServiceMetadata")]
struct Metadata {
    /// All notes that are there now; `fiskal_…` are this library's own.
    metadata: BTreeMap<String, String>,
}

/// Parameters of `configuration.get`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConfigurationOf")]
struct Of {
    /// The register's name in the configuration.
    register: String,
}

/// Parameters of `configuration.update`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConfigurationUpdate {
    /// The register's name in the configuration.
    #[serde(skip_serializing)]
    register: String,
    /// Whether the service has the authority look at yearly receipts by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yearly_receipt_validation_enabled: Option<bool>,
    /// Whether the service has the authority look at monthly receipts by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    monthly_receipt_validation_enabled: Option<bool>,
}

/// Settings of an organization at its service.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ServiceConfiguration")]
struct Configuration {
    /// Whether the service has the authority look at yearly receipts by itself.
    yearly_receipt_validation_enabled: bool,
    /// Whether the service has the authority look at monthly receipts by itself.
    monthly_receipt_validation_enabled: bool,
    /// The service's count of the changes, where it tells one.
    revision: Option<u64>,
}

fn metadata_get(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: MetadataOf = read(params)?;
    check(asked.of, asked.record.as_deref())?;
    let params = written(&asked)?;
    written(&told::<Metadata>(&look(fiskal, &asked.register, METADATA_GET.name, params)?)?)
}

fn metadata_update(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: MetadataUpdate = read(params)?;
    check(asked.of, asked.record.as_deref())?;
    if asked.metadata.is_empty() {
        return Err(Error::invalid("/metadata", "there is nothing to change; give at least one note"));
    }
    let params = written(&asked)?;
    written(&told::<Metadata>(&change(fiskal, &asked.register, METADATA_UPDATE.name, params)?)?)
}

fn configuration_get(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Of { register } = read(params)?;
    written(&told::<Configuration>(&look(fiskal, &register, CONFIGURATION_GET.name, json!({}))?)?)
}

fn configuration_update(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: ConfigurationUpdate = read(params)?;
    let params = written(&asked)?;
    if params.as_object().is_some_and(serde_json::Map::is_empty) {
        return Err(Error::invalid("", "there is nothing to change; give at least one setting"));
    }
    written(&told::<Configuration>(&change(fiskal, &asked.register, CONFIGURATION_UPDATE.name, params)?)?)
}

/// A record is named where a record's notes are meant, and only there.
fn check(of: Owner, record: Option<&str>) -> Result<()> {
    match (of == Owner::Record, record.is_some()) {
        (true, false) => Err(Error::invalid("/record", "say which record; give its id or its number")),
        (false, true) => Err(Error::invalid("/record", "leave it out, or set `of` to record")),
        _ => Ok(()),
    }
}

/// What changes something: written down first.
fn change(fiskal: &Call<'_>, register: &str, name: &str, params: Value) -> Result<Value> {
    let key = format!("{name}:{}", fiskal.new_id());
    Ok(fiskal.submit(fiskal.place(register)?.submission(name, key, params))?.outcome.result)
}
