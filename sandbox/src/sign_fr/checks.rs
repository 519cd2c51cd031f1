//! Headers, query and body against the contract, before anybody asks who is calling (contract sign-fr 1.3).

use axum::extract::Query;
use serde_json::Value;

use super::errors::Problem;
use super::guide;
use super::router::{Action, Collection, Route};
use super::version::Version;
use crate::http::Call;
use crate::schema::Contract;
use crate::settings::SignFrSettings;

/// `limit` when the client names none (contract sign-fr 1.7).
const DEFAULT_LIMIT: usize = 10;

/// A request whose form is right.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) version: Version,
    /// The body with the schema's defaults filled in, as the reference has it.
    pub(super) body: Value,
    /// The body as it was sent, which is what a client hashes, as the reference has it.
    pub(super) sent: Value,
    pub(super) idempotency_key: String,
    pub(super) scope: Option<String>,
    pub(super) replay_remaining: Option<u32>,
    pub(super) replay_hash: Option<String>,
    /// The id in the path.
    pub(super) id: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) limit: usize,
}

impl Checked {
    /// A query parameter's value.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Checks everything that can be checked without knowing anything.
pub(super) fn check(route: &Route, call: &Call, settings: &SignFrSettings) -> Result<Checked, Problem> {
    let contract = route.version.contract();
    let (given, spoken) = (required(call, "x-api-version", "X-Api-Version")?, route.version.date());
    if given != spoken {
        return Err(Problem::bad_request(format!("X-Api-Version '{given}' is unsupported, use '{spoken}'")));
    }
    let mut checked = Checked { version: route.version, ..Checked::default() };
    if route.takes_key() {
        let key = required(call, "x-idempotency-key", "X-Idempotency-Key")?;
        matches(contract, "IdempotencyKey", "Header parameter X-Idempotency-Key", key)?;
        checked.idempotency_key = key.to_owned();
    }
    if route.is_scoped_change() && settings.guide_scope_required {
        required(call, "x-scope-identifier", "X-Scope-Identifier")?;
    }
    if route.takes_scope()
        && let Some(scope) = call.header("x-scope-identifier")
    {
        matches(contract, "ScopeIdentifier", "Header parameter X-Scope-Identifier", scope)?;
        checked.scope = Some(scope.to_owned());
    }
    if route.collection == Collection::Records && route.action == Action::Create {
        checked.replay_remaining = replay_remaining(contract, call)?;
        checked.replay_hash = replay_hash(contract, call)?;
    }
    if let Action::Update(id) | Action::Retrieve(id) = &route.action {
        matches(contract, &route.collection.id_schema(), "Path parameter", id)?;
        checked.id = id.clone();
    }
    (checked.query, checked.limit) = query(contract, route, call, settings)?;
    if let Some(schema) = route.body_schema() {
        checked.sent = body(contract, &schema, call)?;
        checked.body = contract.with_defaults(&schema, &checked.sent);
        if route.version == Version::Guide {
            let scope = checked.scope.as_deref();
            checked.sent = guide::wrapped(route, checked.sent, scope, settings)?;
            checked.body = guide::wrapped(route, checked.body, scope, settings)?;
        }
    }
    Ok(checked)
}

fn required<'a>(call: &'a Call, name: &str, spelling: &str) -> Result<&'a str, Problem> {
    call.header(name).filter(|value| !value.is_empty()).ok_or_else(|| {
        Problem::bad_request(format!("Header parameter {spelling} is required, but not found"))
    })
}

fn matches(contract: &Contract, schema: &str, what: &str, text: &str) -> Result<(), Problem> {
    contract
        .check(schema, &Value::from(text))
        .map_err(|violation| Problem::bad_request(format!("{what} '{text}' {}", violation.message)))
}

fn replay_remaining(contract: &Contract, call: &Call) -> Result<Option<u32>, Problem> {
    let Some(remaining) = call.header("x-replay-remaining") else { return Ok(None) };
    matches(contract, "ReplayRemaining", "Header parameter X-Replay-Remaining", remaining)?;
    Ok(remaining.parse().ok())
}

fn replay_hash(contract: &Contract, call: &Call) -> Result<Option<String>, Problem> {
    let Some(hash) = call.header("x-replay-hash") else { return Ok(None) };
    matches(contract, "ReplayHash", "Header parameter X-Replay-Hash", hash)?;
    Ok(Some(hash.to_owned()))
}

fn query(
    contract: &Contract,
    route: &Route,
    call: &Call,
    settings: &SignFrSettings,
) -> Result<(Vec<(String, String)>, usize), Problem> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&call.uri)
        .map_err(|error| Problem::bad_request(format!("the query cannot be read: {error}")))?;
    let mut limit = DEFAULT_LIMIT;
    let mut known: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs {
        let Some((_, schema)) = route.query().iter().find(|(key, _)| *key == name) else {
            if settings.refuse_unknown_query {
                return Err(Problem::bad_request(format!("Query parameter '{name}' is unknown")));
            }
            continue;
        };
        if known.iter().any(|(key, _)| *key == name) {
            return Err(Problem::bad_request(format!("Query parameter '{name}' is given twice")));
        }
        let what = format!("Query parameter {name}");
        match (name.as_str(), schema) {
            ("limit", _) => limit = whole(contract, &value)?,
            ("type", _) => record_types(contract, &value)?,
            (_, Some(schema)) => matches(contract, schema, &what, &value)?,
            (_, None) if value.is_empty() => {}
            (_, None) => return Err(Problem::bad_request(format!("{what} is a flag and takes no value"))),
        }
        known.push((name, value));
    }
    Ok((known, limit))
}

fn whole(contract: &Contract, text: &str) -> Result<usize, Problem> {
    let refused = || {
        Problem::bad_request(format!("Query parameter limit '{text}': an integer from 1 to 100 is wanted"))
    };
    // A number of Rust's may have a sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number: usize = text.parse().ok().filter(|_| digits).ok_or_else(refused)?;
    contract.check("PaginationLimit", &Value::from(number)).map_err(|_| refused())?;
    Ok(number)
}

fn record_types(contract: &Contract, list: &str) -> Result<(), Problem> {
    let types: Value = list.split(',').collect();
    contract.check("RecordTypeFilter", &types).map_err(|violation| {
        Problem::bad_request(format!(
            "Query parameter type '{list}' at {} {}",
            violation.pointer, violation.message
        ))
    })
}

fn body(contract: &Contract, schema: &str, call: &Call) -> Result<Value, Problem> {
    if !call.is_json() {
        return Err(Problem::bad_request("Header Content-Type must be application/json"));
    }
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|error| Problem::bad_request(format!("the body is not JSON: {error}")))?;
    contract.check(schema, &body).map_err(|violation| {
        let place = if violation.pointer.is_empty() { "/" } else { &violation.pointer };
        Problem::bad_request(format!("Request body at {place} {}", violation.message))
    })?;
    Ok(body)
}
