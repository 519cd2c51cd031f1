//! Bare bodies, put into the reference's envelope and names.

use serde_json::{Value, json};

use super::{put, receipt, take};
use crate::settings::SignFrSettings;
use crate::sign_fr::errors::Problem;
use crate::sign_fr::router::{Action, Collection, Route};

/// What a key is called that was given no name: the reference requires one.
const KEY_NAME: &str = "api-key";
/// What stands for a house number that is part of the street.
const IN_STREET: &str = "-";

/// The body as the reference has it. Its form has been checked.
pub(in crate::sign_fr) fn wrapped(
    route: &Route,
    mut body: Value,
    scope: Option<&str>,
    settings: &SignFrSettings,
) -> Result<Value, Problem> {
    let metadata = take(&mut body, "metadata");
    let content = content(route, body, scope, settings)?;
    let mut wrapped = json!({ "content": content });
    if let Some(metadata) = metadata {
        put(&mut wrapped, "metadata", metadata);
    }
    Ok(wrapped)
}

fn content(
    route: &Route,
    mut body: Value,
    scope: Option<&str>,
    settings: &SignFrSettings,
) -> Result<Value, Problem> {
    match route.collection {
        Collection::Tokens => {
            return Ok(json!({ "type": "API_KEY", "key": body["api_key"], "secret": body["api_secret"] }));
        }
        Collection::Organizations => {
            let parent = take(&mut body, "parent_id");
            let parent = parent.as_ref().and_then(Value::as_str);
            if let Some(parent) = parent.filter(|parent| scope.is_some_and(|scope| scope != *parent)) {
                return Err(Problem::bad_request(format!(
                    "Request body at /parent_id '{parent}' is not the organization of X-Scope-Identifier"
                )));
            }
        }
        Collection::Subjects if route.action == Action::Create && body.get("name").is_none() => {
            put(&mut body, "name", KEY_NAME.into());
        }
        Collection::Taxpayers => taxpayer(&mut body),
        Collection::Locations => address(&mut body),
        Collection::Systems => system(&mut body),
        Collection::Records => {
            for (guide, reference) in [("system_id", "system"), ("intention_id", "record")] {
                if let Some(id) = take(&mut body, guide) {
                    put(&mut body, reference, json!({ "id": id }));
                }
            }
            let operation = body.get("operation").unwrap_or(&Value::Null);
            receipt::check(operation, settings)?;
            if settings.guide_reason_required {
                says_why(operation)?;
            }
        }
        _ => {}
    }
    Ok(body)
}

/// France wants the reason of what takes a document back or sets it right (contract sign-fr 7), also where it is
/// replayed.
fn says_why(operation: &Value) -> Result<(), Problem> {
    let replayed = operation.pointer("/content/operation").map(|inner| ("/content/operation", inner));
    let (place, operation) = replayed.unwrap_or(("", operation));
    let explains = matches!(operation["type"].as_str(), Some("CORRECTION" | "CANCELLATION"));
    if explains && operation.get("reason").is_none() {
        let message =
            format!("Request body at /operation{place} has no reason, which is mandatory in France");
        return Err(Problem::unprocessable(message));
    }
    Ok(())
}

/// A person's name is not divided in the guide; the reference wants it in its parts.
fn taxpayer(body: &mut Value) {
    if let Some(name) = take(body, "name") {
        let parts = if body["type"] == "INDIVIDUAL" {
            let person = json!({ "gender": "DIVERSE", "forename": IN_STREET, "surname": name });
            json!({ "legal": name, "person": person })
        } else {
            json!({ "legal": name, "trade": name })
        };
        put(body, "name", parts);
    }
    if let Some(fiscalization) = body.get_mut("fiscalization") {
        put(fiscalization, "type", "FR".into());
    }
    address(body);
}

fn address(body: &mut Value) {
    let Some(address) = take(body, "address") else { return };
    let line = json!({ "type": "STREET_NUMBER", "street": address["street"], "number": IN_STREET });
    let written = json!({
        "line": line, "code": address["postal_code"], "city": address["city"], "country": address["country_code"],
    });
    put(body, "address", written);
}

/// The day from which a device is used is the reference's day of entry.
fn system(body: &mut Value) {
    if let Some(id) = take(body, "location_id") {
        put(body, "location", json!({ "id": id }));
    }
    let Some(mut product) = take(body, "product") else { return };
    if let Some(software) = take(&mut product, "software") {
        put(body, "software", software);
    }
    let mut details = take(&mut product, "details").unwrap_or_else(|| json!({}));
    let mpn = take(&mut product, "mpn");
    let brand = take(&mut product, "brand");
    if details.get("name").is_none()
        && let Some(name) = brand.as_ref().or(mpn.as_ref())
    {
        put(&mut details, "name", name.clone());
    }
    for (name, value) in [("brand", brand), ("date_of_entry", take(&mut product, "usage_start_date"))] {
        if let Some(value) = value {
            put(&mut details, name, value);
        }
    }
    let mut producer = json!({ "type": "MPN", "details": details });
    if let Some(mpn) = mpn {
        put(&mut producer, "number", mpn);
    }
    if producer.get("number").is_some() || details_given(&producer) {
        put(body, "producer", producer);
    }
}

fn details_given(producer: &Value) -> bool {
    producer["details"].as_object().is_some_and(|details| !details.is_empty())
}
