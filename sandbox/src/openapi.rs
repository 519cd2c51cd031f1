//! Descriptions of interfaces as OpenAPI 3.1, out of the tables that requests are routed and checked by.

use std::fmt::Debug;

use serde_json::{Map, Value, json};

use crate::http::reason;
use crate::intake::parameter_schema;
use crate::routes::{Body, Parameter, Route};
use crate::schema::Contract;

/// What a description says beside its operations.
pub(crate) struct About {
    pub(crate) title: &'static str,
    pub(crate) version: &'static str,
    /// What every answer bears.
    pub(crate) header: &'static str,
    /// Statuses of refusals.
    pub(crate) refusals: &'static [u16],
}

/// The description of a service at `base`, its address without a trailing slash.
pub(crate) fn document<O: Copy + Debug>(
    about: &About,
    base: &str,
    contract: &Contract,
    routes: &'static [Route<O>],
) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        if let Some(item) = paths.entry(route.path).or_insert_with(|| json!({})).as_object_mut() {
            item.insert(route.method.to_lowercase(), operation(about, route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("Fiscal sandbox: {}", about.title), "version": about.version,
            "summary": format!("{} as a sandbox on this machine serves it. Nothing here is fiscal.", about.title),
        },
        "servers": [{ "url": base }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "schemas": schemas(contract),
        },
    })
}

/// A contract's definitions, referring to each other at their place in a description.
pub(crate) fn schemas(contract: &Contract) -> Value {
    let mut schemas = contract.definitions().clone();
    move_references(&mut schemas);
    schemas
}

fn move_references(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => {
                        *target = target.replacen("#/$defs/", "#/components/schemas/", 1);
                    }
                    other => move_references(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(move_references),
        _ => {}
    }
}

/// A reference to a definition.
pub(crate) fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn operation<O: Copy + Debug>(about: &About, route: &Route<O>) -> Value {
    let in_path = route.parameters().map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": schema(parameter_schema(name)) })
    });
    let parameters: Vec<Value> = in_path.chain(route.query.iter().map(query)).collect();
    let mut operation = json!({
        "operationId": camel(&format!("{:?}", route.operation)),
        "parameters": parameters,
        "responses": responses(about, route),
    });
    if let Some(body) = route.body {
        let required = matches!(body, Body::Required(_));
        operation["requestBody"] = json!({ "required": required, "content": content(body.schema()) });
    }
    if route.open {
        operation["security"] = json!([]);
    }
    operation
}

/// `CreateCashRegister` as `createCashRegister`.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn query(parameter: &Parameter) -> Value {
    let one = schema(parameter.schema);
    let (schema, explode) =
        if parameter.many { (json!({ "type": "array", "items": one }), true) } else { (one, false) };
    json!({ "name": parameter.name, "in": "query", "style": "form", "explode": explode, "schema": schema })
}

fn content(name: &str) -> Value {
    json!({ "application/json": { "schema": schema(name) } })
}

fn responses<O: Copy>(about: &About, route: &Route<O>) -> Value {
    let headers = json!({ about.header: { "required": true, "schema": { "type": "string" } } });
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({ "description": "Done", "headers": headers, "content": content(route.answer) }),
    );
    for status in about.refusals {
        responses.insert(
            status.to_string(),
            json!({ "description": reason(*status), "headers": headers, "content": content("Error") }),
        );
    }
    Value::Object(responses)
}
