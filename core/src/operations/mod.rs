//! The registry of named operations: one definition each, from which every face is made.

mod afterwards;
mod closing;
mod correct;
mod credentials;
mod dep;
mod describe;
mod document;
mod event;
mod explain;
mod export;
mod journal;
mod kept;
mod open_sale;
mod provision;
mod queue;
mod receipt;
mod record;
mod references;
mod register;
mod resources;
mod sale;
mod service;

pub use dep::verify_dep;
pub use export::fetch_export;

use crate::error::{Error, Result};
use crate::fiskal::Call;
use crate::interrupt::Interrupt;
use crate::read::strict;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// One named operation.
#[derive(Clone, Copy)]
pub struct Definition {
    /// Its name, such as `sale.complete`.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub summary: &'static str,
    /// The JSON Schema of its parameters.
    pub params: fn() -> Schema,
    /// The JSON Schema of its result.
    pub result: fn() -> Schema,
    run: Run,
}

/// What an operation needs to run.
#[derive(Clone, Copy)]
enum Run {
    /// An open journal.
    Client(fn(&Call<'_>, &Value) -> Result<Value>),
    /// Nothing but its parameters, and what lets the caller stop waiting.
    Alone(fn(&Value, &Interrupt) -> Result<Value>),
}

impl Definition {
    /// Runs the operation for a client.
    pub(crate) fn run(&self, call: &Call<'_>, params: &Value) -> Result<Value> {
        match self.run {
            Run::Client(run) => run(call, params),
            Run::Alone(run) => run(params, call.interrupt()),
        }
    }

    /// Runs the operation where no journal is open, until `interrupt` is raised; `None` for one that needs a journal.
    pub fn run_alone(&self, params: &Value, interrupt: &Interrupt) -> Option<Result<Value>> {
        match self.run {
            Run::Client(_) => None,
            Run::Alone(run) => Some(run(params, interrupt)),
        }
    }
}

/// All operations, in the order of the reference.
pub const ALL: &[Definition] = &[
    provision::PROVISION,
    service::STATUS,
    service::SYNC,
    queue::LIST,
    queue::RESOLVE,
    sale::BEGIN,
    sale::UPDATE,
    sale::COMPLETE,
    sale::ABORT,
    open_sale::LIST,
    open_sale::RESUME,
    receipt::GET,
    receipt::LIST,
    receipt::PRINT,
    afterwards::CANCEL,
    correct::CORRECT,
    afterwards::ZERO,
    afterwards::DUPLICATE,
    afterwards::PAY,
    afterwards::INVOICE,
    document::DOCUMENT,
    closing::CREATE,
    closing::REPORT,
    event::RECORD,
    record::GET,
    record::LIST,
    record::VALIDATE,
    kept::METADATA_GET,
    kept::METADATA_UPDATE,
    kept::CONFIGURATION_GET,
    kept::CONFIGURATION_UPDATE,
    export::CREATE,
    export::GET,
    export::LIST,
    export::FETCH,
    register::LIST,
    register::SUSPEND,
    register::RESTORE,
    register::RETIRE,
    register::REPLACE,
    credentials::UPDATE,
    credentials::ROTATE,
    credentials::REVOKE,
    resources::ORGANIZATION_CREATE,
    resources::ORGANIZATION_UPDATE,
    resources::ORGANIZATION_GET,
    resources::ORGANIZATION_LIST,
    resources::SUBJECT_CREATE,
    resources::SUBJECT_UPDATE,
    resources::SUBJECT_GET,
    resources::SUBJECT_LIST,
    resources::MERCHANT_CREATE,
    resources::MERCHANT_UPDATE,
    resources::MERCHANT_GET,
    resources::MERCHANT_LIST,
    resources::MERCHANT_COMMISSION,
    resources::MERCHANT_SUSPEND,
    resources::MERCHANT_RESTORE,
    resources::MERCHANT_DECOMMISSION,
    resources::LOCATION_CREATE,
    resources::LOCATION_UPDATE,
    resources::LOCATION_GET,
    resources::LOCATION_LIST,
    resources::LOCATION_COMMISSION,
    resources::LOCATION_SUSPEND,
    resources::LOCATION_RESTORE,
    resources::LOCATION_DECOMMISSION,
    resources::SYSTEM_CREATE,
    resources::SYSTEM_UPDATE,
    resources::SYSTEM_GET,
    resources::SYSTEM_LIST,
    resources::SYSTEM_COMMISSION,
    resources::SYSTEM_SUSPEND,
    resources::SYSTEM_RESTORE,
    resources::SYSTEM_DECOMMISSION,
    resources::UNIT_GET,
    resources::UNIT_LIST,
    resources::UNIT_DECOMMISSION,
    explain::EXPLAIN,
    dep::VERIFY,
    journal::VERIFY,
    journal::EXPORT,
    journal::BACKUP,
    journal::REDACT,
    service::REQUEST,
    describe::DESCRIBE,
];

/// An operation by name.
///
/// # Errors
/// `invalid`, with the nearest name that exists.
pub fn find(name: &str) -> Result<&'static Definition> {
    ALL.iter().find(|operation| operation.name == name).ok_or_else(|| {
        // No more of it is compared than is shown: a comparison takes time with the length.
        let named: String = name.chars().take(64).filter(|character| !character.is_control()).collect();
        let nearest = ALL.iter().min_by_key(|operation| strsim::damerau_levenshtein(operation.name, &named));
        let hint = nearest.map_or("describe", |operation| operation.name);
        let message =
            format!("there is no operation '{named}'; did you mean '{hint}'? `describe` lists them all");
        Error::invalid("", message)
    })
}

/// No parameters.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Parameters, read strictly; none at all stand for an empty object.
fn read<T: DeserializeOwned>(params: &Value) -> Result<T> {
    match params {
        Value::Null => strict(&json!({})),
        Value::Object(_) => strict(params),
        _ => Err(Error::invalid("", "the parameters of an operation are a JSON object")),
    }
}

/// The schema of parameters: what may be left out is not required.
fn given<T: JsonSchema>() -> Schema {
    SchemaSettings::default().for_deserialize().into_generator().into_root_schema_for::<T>()
}

/// The schema of a result: what is always there is required.
fn returned<T: JsonSchema>() -> Schema {
    SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// What a register's service says to an operation that only looks.
fn look(fiskal: &Call<'_>, register: &str, name: &str, params: Value) -> Result<Value> {
    Ok(fiskal.look(fiskal.place(register)?.submission(name, String::new(), params))?.result)
}

/// What a service says, as the result that is promised.
fn told<T: DeserializeOwned>(result: &Value) -> Result<T> {
    T::deserialize(result)
        .map_err(|cause| Error::internal(format!("what the service tells cannot be read: {cause}")))
}

fn written(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|cause| Error::internal(format!("a result has no JSON form: {cause}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for definition in ALL {
            assert_eq!(find(definition.name).unwrap().name, definition.name);
            assert!(definition.summary.ends_with('.'), "{}", definition.name);
        }
        let mut names: Vec<_> = ALL.iter().map(|definition| definition.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn a_wrong_name_is_told_the_nearest() {
        let Err(error) = find("sale.finish\u{7}") else { panic!("found") };
        assert!(error.message().contains("'sale.finish'"), "{error}");
        assert!(error.message().contains("did you mean 'sale."), "{error}");
    }

    #[test]
    fn a_huge_name_is_refused_without_much_ado() {
        let huge = "x".repeat(16 << 20);
        let Err(error) = find(&huge) else { panic!("found") };
        assert!(error.message().len() < 400, "{}", error.message());
        let error = read::<Nothing>(&json!({ huge.as_str(): 1 })).unwrap_err();
        assert!(error.message().len() < 400, "{}", error.message());
    }
}
