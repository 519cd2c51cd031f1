//! The interface as it is served here, as OpenAPI 3.1: the operations that the router knows, the headers that the
//! checks want, and the schemas of the contract.

use serde_json::{Map, Value, json};

use super::router::{self, Action, Collection, Route};
use super::version::Version;
use crate::openapi::{schema, schemas};
use crate::schema::Contract;

/// The document for a service at `base`, its address without a trailing slash.
pub(super) fn document(base: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for (method, path, route) in router::operations() {
        if let Some(item) = paths.entry(path).or_insert_with(|| json!({})).as_object_mut() {
            item.insert(method.as_str().to_lowercase(), operation(&route));
        }
    }
    let summary = "SIGN FR and SIGN IT as a sandbox on this machine serves them. Nothing here is fiscal.";
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Fiscal sandbox: SIGN FR", "version": Version::Reference.date(), "summary": summary },
        "servers": [{ "url": base }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "schemas": schemas(Contract::sign_fr()),
        },
    })
}

fn operation(route: &Route) -> Value {
    let name = route.collection.schema();
    let verb = match (&route.action, route.collection) {
        (Action::List, _) => "list",
        (Action::Create, _) => "create",
        (Action::Update(_), _) => "update",
        (Action::Retrieve(_), Collection::Files) => "stream",
        (Action::Retrieve(_), _) => "retrieve",
    };
    let plural = if route.action == Action::List { "s" } else { "" };
    let mut operation = json!({
        "operationId": format!("{verb}{name}{plural}"),
        "tags": [name],
        "parameters": parameters(route),
        "responses": responses(route),
    });
    if let Some(body) = route.body_schema() {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema(&body) } } });
    }
    if route.collection == Collection::Tokens {
        operation["security"] = json!([]);
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let header = |name: &str, required: bool, schema: Value| json!({ "name": name, "in": "header", "required": required, "schema": schema });
    let mut parameters = vec![header("X-Api-Version", true, json!({ "const": Version::Reference.date() }))];
    if route.writes() {
        parameters.push(header("X-Idempotency-Key", true, schema("IdempotencyKey")));
    }
    if route.takes_scope() {
        parameters.push(header("X-Scope-Identifier", false, schema("ScopeIdentifier")));
    }
    if route.collection == Collection::Records && route.action == Action::Create {
        parameters.push(header("X-Replay-Remaining", false, schema("ReplayRemaining")));
        parameters.push(header("X-Replay-Hash", false, schema("ReplayHash")));
    }
    if matches!(route.action, Action::Update(_) | Action::Retrieve(_)) {
        let id = schema(&route.collection.id_schema());
        parameters.push(
            json!({ "name": route.collection.id_name(), "in": "path", "required": true, "schema": id }),
        );
    }
    parameters.extend(route.query().iter().map(|(name, kind)| query(name, *kind)));
    parameters
}

fn query(name: &str, kind: Option<&str>) -> Value {
    match (name, kind) {
        ("type", _) => json!({
            "name": name, "in": "query", "style": "form", "explode": false, "schema": schema("RecordTypeFilter"),
        }),
        (_, Some(kind)) => json!({ "name": name, "in": "query", "schema": schema(kind) }),
        (_, None) => {
            json!({ "name": name, "in": "query", "allowEmptyValue": true, "schema": schema("Flag") })
        }
    }
}

fn responses(route: &Route) -> Value {
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({ "description": "Done", "headers": headers(route), "content": good(route) }),
    );
    for status in refusals(route) {
        let content = json!({ "application/json": { "schema": schema("Error") } });
        responses.insert(
            status.to_string(),
            json!({ "description": meaning(status), "headers": always(), "content": content }),
        );
    }
    Value::Object(responses)
}

/// What a good answer holds. An empty list has no results, which the contract's own schema does not allow for (1.8).
fn good(route: &Route) -> Value {
    let name = route.collection.schema();
    match (&route.action, route.collection) {
        (Action::Retrieve(_), Collection::Files) => json!({ "application/octet-stream": {} }),
        (Action::List, _) => {
            let empty = json!({
                "type": "object", "required": ["results"], "properties": { "results": { "type": "array", "maxItems": 0 } },
                "additionalProperties": false,
            });
            let full = schema(&format!("{name}Resources"));
            json!({ "application/json": { "schema": { "anyOf": [full, empty] } } })
        }
        _ => json!({ "application/json": { "schema": schema(&format!("{name}Resource")) } }),
    }
}

fn always() -> Value {
    json!({
        "X-Api-Version": { "required": true, "schema": { "const": Version::Reference.date() } },
        "X-Trace-Identifier": { "required": true, "schema": schema("TraceIdentifier") },
    })
}

fn headers(route: &Route) -> Value {
    let mut headers = always();
    if route.writes() && route.collection != Collection::Tokens {
        headers["X-Idempotency-Replayed"] =
            json!({ "required": true, "schema": schema("IdempotencyReplayed") });
    }
    if matches!(route.collection, Collection::Subjects | Collection::Organizations)
        && route.action != Action::List
    {
        headers["X-Scope-Identifier"] = json!({ "required": true, "schema": schema("ScopeIdentifier") });
    }
    headers
}

/// The statuses of refusals (contract sign-fr 1.2), and 404 for a body that names what is not there, which the sandbox
/// answers by its setting `unknown_reference_status`.
fn refusals(route: &Route) -> Vec<u16> {
    use Collection::{Files, Locations, Organizations, Records, Subjects, Systems, Taxpayers, Tokens};
    let collection = route.collection;
    let (creates, updates) = (route.action == Action::Create, matches!(route.action, Action::Update(_)));
    let retrieves = matches!(route.action, Action::Retrieve(_));
    let writes_resource = route.writes() && collection != Tokens;
    let refers = creates && matches!(collection, Locations | Systems | Records);
    let lists_files = collection == Files && route.action == Action::List;
    let steps = updates && matches!(collection, Taxpayers | Locations | Systems);
    let unserved = (writes_resource && !(updates && matches!(collection, Taxpayers | Locations)))
        || (retrieves && matches!(collection, Subjects | Organizations | Systems));
    let mut statuses = vec![400, 401, 429, 500, 503];
    for (status, applies) in [
        (404, retrieves || updates || refers || lists_files),
        (405, (creates && writes_resource) || steps),
        (409, route.writes()),
        (422, writes_resource),
        (501, unserved),
    ] {
        if applies {
            statuses.push(status);
        }
    }
    statuses.sort_unstable();
    statuses
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request has not the form of the contract",
        401 => "No token, or none that is valid here",
        404 => "What is named is not there",
        405 => "Not in this state, or not by this organization",
        409 => "A request with this idempotency key is in progress",
        422 => "The form is right, the content is not",
        429 => "Too many requests; here beyond a limit that was set, or as a planted fault",
        501 => "Not served here",
        503 => "The service is not available; here a failed store or a planted fault",
        _ => "The sandbox failed, or a fault was planted",
    }
}
