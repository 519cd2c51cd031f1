//! What was said and answered under the guide, in the words of the reference.

use super::super::entries::set;
use super::guide::PREFIX;
use super::{collection, receipt, take};
use crate::exchange::{Answer, Exchange, Known, Outcome, Past, Request};
use serde_json::{Value, json};

/// What the guide's answers say in `metadata` and the reference's in their headers.
const IN_HEADERS: [(&str, &str); 2] =
    [("trace_identifier", "x-trace-identifier"), ("api_version", "x-api-version")];

/// Whether a request is in the guide's words.
pub(super) fn is_guides(request: &Request) -> bool {
    request.path.starts_with(PREFIX)
}

/// One exchange in the reference's words.
pub(super) fn exchange(exchange: &Exchange) -> Exchange {
    let Some(path) = exchange.request.path.strip_prefix(PREFIX) else { return exchange.clone() };
    let kind = collection(path);
    let known = match &exchange.known {
        Known::Answered(said) => Known::Answered(answer(kind, said)),
        other => other.clone(),
    };
    Exchange { request: request(kind, &exchange.request), known, ..exchange.clone() }
}

fn request(kind: &str, request: &Request) -> Request {
    let body = request.body.clone().map(|mut content| {
        let metadata = take(&mut content, "metadata");
        if kind == "records" {
            record(&mut content);
        }
        let mut body = json!({"content": content});
        if let Some(metadata) = metadata {
            set(&mut body, "metadata", metadata);
        }
        body
    });
    Request { body, ..request.clone() }
}

fn answer(kind: &str, said: &Answer) -> Answer {
    let mut answer = said.clone();
    if let Some(results) = answer.body.get_mut("results").and_then(Value::as_array_mut) {
        results.iter_mut().for_each(|resource| self::resource(kind, resource));
    } else {
        resource(kind, &mut answer.body);
    }
    for (name, header) in IN_HEADERS {
        let told = answer.body.get_mut("metadata").and_then(|metadata| take(metadata, name));
        if let (None, Some(Value::String(told))) = (answer.header(header), told) {
            answer.headers.push((header.to_owned(), told));
        }
    }
    answer
}

fn resource(kind: &str, resource: &mut Value) {
    let Some(content) = resource.get_mut("content") else { return };
    match kind {
        "subjects" => subject(content),
        "taxpayers" => taxpayer(content),
        "systems" => system(content),
        "records" => record(content),
        _ => {}
    }
}

fn subject(content: &mut Value) {
    let Some(credentials) = content.get_mut("credentials") else { return };
    for name in ["key", "secret"] {
        if let Some(value) = take(credentials, &format!("api_{name}")) {
            set(credentials, name, value);
        }
    }
}

/// The guide's name is the legal one.
fn taxpayer(content: &mut Value) {
    if let Some(Value::String(name)) = take(content, "name") {
        set(content, "name", json!({"legal": name}));
    }
}

fn system(content: &mut Value) {
    if let Some(id) = take(content, "location_id") {
        set(content, "location", json!({"id": id}));
    }
    if let Some(software) = content.get_mut("product").and_then(|product| take(product, "software")) {
        set(content, "software", software);
    }
}

fn record(content: &mut Value) {
    for (guide, reference) in [("system_id", "system"), ("intention_id", "record")] {
        if let Some(id) = take(content, guide) {
            set(content, reference, json!({"id": id}));
        }
    }
    match content.get_mut("operation") {
        // An answer repeats the operation as a text (contract sign-fr 2.8).
        Some(Value::String(repeated)) => {
            if let Ok(mut operation) = serde_json::from_str(repeated) {
                receipt::heard(&mut operation);
                *repeated = operation.to_string();
            }
        }
        Some(operation) => receipt::heard(operation),
        None => {}
    }
}

/// Gives receipts and the result the service's own words for an answer, which are kept untouched.
pub(super) fn told(mut outcome: Outcome, past: &Past, heard: &Past) -> Outcome {
    let pairs = past.0.iter().zip(&heard.0);
    // Two answers may differ in their trace alone, which is not heard; an outcome has the last one.
    let own_words = |answer: &Value| {
        pairs.clone().rev().find_map(|(said, heard)| match (&said.known, &heard.known) {
            (Known::Answered(said), Known::Answered(heard)) if heard.body == *answer => {
                Some(said.body.clone())
            }
            _ => None,
        })
    };
    for receipt in &mut outcome.receipts {
        if let Some(words) = own_words(&receipt.answer) {
            receipt.answer = words;
        }
    }
    if let Some(place) = outcome.result.get_mut("answer")
        && let Some(words) = own_words(place)
    {
        *place = words;
    }
    outcome.error = outcome.error.map(|error| {
        error.with(|details| {
            let place = details.receipt.as_mut().and_then(|receipt| receipt.get_mut("answer"));
            if let Some((place, words)) = place.and_then(|place| own_words(place).map(|words| (place, words)))
            {
                *place = words;
            }
        })
    });
    outcome
}
