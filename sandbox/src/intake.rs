//! A request against its contract: path, query and body, before anybody asks what they mean.

use std::num::{IntErrorKind, ParseIntError};

use serde_json::{Map, Value};

use crate::http::Call;
use crate::routes::{Body, InPath, Parameter, Route};
use crate::schema::Contract;

/// A request whose form is right.
#[derive(Debug, Default)]
pub(crate) struct Request {
    /// The body as it was sent; an empty object where it may be left out.
    pub(crate) body: Value,
    in_path: InPath,
    query: Vec<(&'static str, String)>,
}

/// Why a request has not the form of the contract.
#[derive(Debug)]
pub(crate) struct Misfit(pub(crate) String);

impl Request {
    /// A parameter of the path.
    pub(crate) fn in_path(&self, name: &str) -> &str {
        self.in_path.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// A query parameter's value.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a query parameter.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter that is a whole number.
    pub(crate) fn whole(&self, name: &str) -> Option<i64> {
        whole(self.query(name)?)
    }

    /// A text in the body.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }
}

/// Reads a request. `strips` drops what the contract does not know instead of refusing it.
pub(crate) fn read<O: Copy>(
    contract: &Contract,
    route: &Route<O>,
    in_path: InPath,
    call: &Call,
    strips: bool,
) -> Result<Request, Misfit> {
    for (name, text) in &in_path {
        fits(contract, parameter_schema(name), &Value::from(text.as_str()), &format!("params.{name}"))?;
    }
    let query = query(contract, route.query, call, strips)?;
    let body = match route.body {
        Some(body) => self::body(contract, body, call, strips)?,
        None => Value::Null,
    };
    Ok(Request { body, in_path, query })
}

/// The definition of a path parameter.
pub(crate) fn parameter_schema(name: &str) -> &'static str {
    if name == "receipt_id_or_number" { "ReceiptReference" } else { "Uuid" }
}

fn fits(contract: &Contract, schema: &str, value: &Value, root: &str) -> Result<(), Misfit> {
    let complaints = contract.complaints(schema, value, root);
    if complaints.is_empty() { Ok(()) } else { Err(Misfit(complaints.join(", "))) }
}

fn query(
    contract: &Contract,
    parameters: &'static [Parameter],
    call: &Call,
    strips: bool,
) -> Result<Vec<(&'static str, String)>, Misfit> {
    let mut known: Vec<(&'static str, String)> = Vec::new();
    for (key, value) in form_urlencoded::parse(call.uri.query().unwrap_or_default().as_bytes()) {
        let Some(parameter) = parameters.iter().find(|parameter| names(parameter, &key)) else {
            if strips {
                continue;
            }
            return Err(Misfit("querystring should NOT have additional properties".to_owned()));
        };
        let place = format!("querystring.{}", parameter.name);
        if !parameter.many && known.iter().any(|(name, _)| *name == parameter.name) {
            return Err(Misfit(format!("{place} should be given once")));
        }
        fits(contract, parameter.schema, &typed(contract, parameter, &value), &place)?;
        known.push((parameter.name, value.into_owned()));
    }
    Ok(known)
}

/// Whether a key of the query names a parameter. A list is written `name=a&name=b`, `name[]=a` or `name[1]=a`
/// (contract sign-at 1.3: clients do all three).
fn names(parameter: &Parameter, key: &str) -> bool {
    let (name, index) = key.split_once('[').unwrap_or((key, "]"));
    let index = index.strip_suffix(']');
    name == parameter.name
        && (key == parameter.name || parameter.many)
        && index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A text of the query as the value that the contract describes: a number where it wants one.
fn typed(contract: &Contract, parameter: &Parameter, text: &str) -> Value {
    let wants_number = contract
        .definitions()
        .get(parameter.schema)
        .and_then(|schema| schema.get("type"))
        .is_some_and(|kind| kind == "integer");
    let number = Some(text).filter(|_| wants_number).and_then(whole);
    number.map_or_else(|| Value::from(text), Value::from)
}

/// A whole number of the query. One that is too large is the largest there is: it is a number all the same, and lies
/// behind everything.
fn whole(text: &str) -> Option<i64> {
    text.parse().map_or_else(
        |error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => Some(i64::MAX),
            IntErrorKind::NegOverflow => Some(i64::MIN),
            _ => None,
        },
        Some,
    )
}

fn body(contract: &Contract, body: Body, call: &Call, strips: bool) -> Result<Value, Misfit> {
    if call.body.is_empty() && matches!(body, Body::Optional(_)) {
        return Ok(Value::Object(Map::new()));
    }
    if !call.is_json() {
        return Err(Misfit("header Content-Type should be application/json".to_owned()));
    }
    let sent: Value = serde_json::from_slice(&call.body)
        .map_err(|error| Misfit(format!("body should be JSON: {error}")))?;
    let known = if strips { contract.without_unknown(body.schema(), &sent) } else { sent };
    fits(contract, body.schema(), &known, "body")?;
    Ok(known)
}
