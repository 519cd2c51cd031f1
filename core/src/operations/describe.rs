//! The registry describes itself: what the stubs, the types, the constants and the reference of the
//! faces are made from.

use super::{ALL, Definition, Nothing, Run, given, read, returned, written};
use crate::boundary::ABI_VERSION;
use crate::error::{Details, Kind, Result};
use crate::services;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const DESCRIBE: Definition = Definition {
    name: "describe",
    summary: "Lists the operations with the JSON Schemas of their parameters and results, and the kinds of errors.",
    params: given::<Nothing>,
    result: returned::<Description>,
    run: Run::Alone(|params, _| describe(params)),
};

/// Result of `describe`.
#[derive(Serialize, JsonSchema)]
struct Description {
    /// The library's version.
    version: String,
    /// The version of its C interface.
    abi: i32,
    /// The operations, in the order of the reference.
    operations: Vec<Described>,
    /// The kinds of errors, in the order of their numbers.
    errors: Vec<DescribedKind>,
    /// The JSON Schema of an error.
    #[schemars(with = "Map<String, Value>")]
    error: Schema,
}

/// One operation.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OperationDescription")]
struct Described {
    /// Its name.
    name: String,
    /// What it is for, in a sentence.
    summary: String,
    /// The services that have it; with the others it is `invalid`.
    services: Vec<String>,
    /// The JSON Schema of its parameters.
    #[schemars(with = "Map<String, Value>")]
    params: Schema,
    /// The JSON Schema of its result.
    #[schemars(with = "Map<String, Value>")]
    result: Schema,
}

/// One kind of error.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ErrorDescription")]
struct DescribedKind {
    /// Its name, as errors carry it.
    kind: Kind,
    /// Its number in C.
    status: i32,
    /// Whether the same call may succeed later without a change by the caller.
    retryable: bool,
    /// What it means.
    meaning: String,
    /// What a program does about it.
    what_to_do: String,
}

fn describe(params: &Value) -> Result<Value> {
    read::<Nothing>(params)?;
    let operations = ALL.iter().map(|operation| Described {
        name: operation.name.to_owned(),
        summary: operation.summary.to_owned(),
        services: services::that_have(operation.name).into_iter().map(str::to_owned).collect(),
        params: (operation.params)(),
        result: (operation.result)(),
    });
    let errors = Kind::ALL.into_iter().map(|kind| DescribedKind {
        kind,
        status: kind.status(),
        retryable: kind.retryable(),
        meaning: meaning(kind),
        what_to_do: kind.what_to_do().to_owned(),
    });
    written(&Description {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        abi: ABI_VERSION,
        operations: operations.collect(),
        errors: errors.collect(),
        error: returned::<Details>(),
    })
}

/// What the type itself says of a kind.
fn meaning(kind: Kind) -> String {
    let schema = schema_for!(Kind).to_value();
    let variants = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let own = |variant: &&Value| variant.get("const").and_then(Value::as_str) == Some(kind.name());
    let found = variants.filter(own).find_map(|variant| variant.get("description")?.as_str());
    found.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Context, Facts, Line, LineKind, Operation, Past};
    use crate::services::{Account, Checks, NAMES};
    use jiff::Timestamp;
    use serde_json::json;
    use uuid::Uuid;

    /// Whether a service answers an operation that it has none of this name.
    fn is_lacking(service: &str, operation: &str) -> bool {
        let account = Account {
            name: "a".into(),
            service: service.into(),
            environment: "sandbox".into(),
            url: None,
            contract: None,
            checks: Checks::Enforce,
        };
        let line = Line {
            account: "a".into(),
            environment: "sandbox".into(),
            kind: LineKind::Register,
            name: "r".into(),
        };
        let operation = Operation {
            id: Uuid::nil(),
            name: if operation == "provision" { "provision.register".into() } else { operation.into() },
            line,
            above: Vec::new(),
            at: Timestamp::UNIX_EPOCH,
            zone: "Europe/Vienna".into(),
            params: json!({}),
            open_sale: None,
            original: None,
            deferred: None,
            replaces: None,
            refused_before: false,
            set_aside: None,
        };
        let now = Context {
            now: Timestamp::UNIX_EPOCH,
            told: true,
            writer: Uuid::nil(),
            behind: 0,
            replaying: false,
            anchor: None,
        };
        let service = services::build(service, &account).unwrap();
        let step = service.step(&operation, &Facts::default(), &Past::default(), &now);
        step.is_err_and(|error| error.kind() == Kind::Invalid && error.message().contains("has no operation"))
    }

    #[test]
    fn a_service_lacks_the_operations_that_are_not_said_to_be_its_own() {
        for operation in ALL {
            let having = services::that_have(operation.name);
            let answering: Vec<&str> =
                NAMES.into_iter().filter(|service| !is_lacking(service, operation.name)).collect();
            // What no service is asked for is there with each of them.
            let expected = if answering.is_empty() { NAMES.to_vec() } else { answering };
            assert_eq!(having, expected, "{}", operation.name);
        }
    }

    #[test]
    fn every_kind_and_operation_is_described() {
        let described = describe(&json!({})).unwrap();
        let errors = described["errors"].as_array().unwrap();
        assert_eq!(errors.len(), Kind::ALL.len());
        for error in errors {
            assert!(error["meaning"].as_str().unwrap().ends_with('.'), "{error}");
            assert!(error["what_to_do"].as_str().unwrap().ends_with('.'), "{error}");
        }
        let operations = described["operations"].as_array().unwrap();
        assert_eq!(operations.len(), ALL.len());
        for operation in operations {
            assert_eq!(operation["params"]["type"], "object", "{}", operation["name"]);
        }
    }
}
