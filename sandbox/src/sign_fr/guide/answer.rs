//! The reference's answers, put into the guide's words.

use serde_json::{Map, Value, json};

use super::{put, take};
use crate::http::Reply;
use crate::sign_fr::router::{Action, Collection, Route};
use crate::sign_fr::version::Version;

/// The answer as the guide prints it: 201 for what was created, names of its own, and in `metadata` what the
/// reference says in headers. A list stays the reference's. `route` is absent for a path that names nothing.
pub(in crate::sign_fr) fn dress(mut reply: Reply, route: Option<&Route>, trace: &str) -> Reply {
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else { return reply };
    let is_good = (200..300).contains(&reply.status);
    if let Some(route) = route.filter(|_| is_good) {
        if route.action == Action::Create && route.collection != Collection::Tokens {
            reply.status = 201;
        }
        match body.get_mut("results").and_then(Value::as_array_mut) {
            Some(results) => results.iter_mut().for_each(|resource| self::resource(route, resource)),
            None => resource(route, &mut body),
        }
    }
    if body.get("content").is_some() {
        let mut metadata = match take(&mut body, "metadata") {
            Some(Value::Object(metadata)) => metadata,
            _ => Map::new(),
        };
        metadata.insert("trace_identifier".to_owned(), trace.into());
        metadata.insert("api_version".to_owned(), Version::Guide.date().into());
        put(&mut body, "metadata", Value::Object(metadata));
    }
    reply.body = body.to_string().into();
    reply
}

fn resource(route: &Route, resource: &mut Value) {
    if route.collection == Collection::Tokens
        && let Some(bearer) = resource.pointer("/content/authentication/bearer").cloned()
    {
        // Where the guide's own program looks for it.
        put(resource, "access_token", bearer);
    }
    let Some(content) = resource.get_mut("content") else { return };
    match route.collection {
        Collection::Subjects => subject(content),
        Collection::Taxpayers => {
            name(content);
            if let Some(fiscalization) = content.get_mut("fiscalization") {
                take(fiscalization, "type");
            }
            address(content);
        }
        Collection::Locations => {
            name(content);
            address(content);
        }
        Collection::Systems => system(content),
        Collection::Records => record(content),
        Collection::Tokens | Collection::Organizations | Collection::Files => {}
    }
}

fn subject(content: &mut Value) {
    let Some(credentials) = content.get_mut("credentials") else { return };
    for name in ["key", "secret"] {
        if let Some(value) = take(credentials, name) {
            put(credentials, &format!("api_{name}"), value);
        }
    }
}

/// A branch has one name in both contracts.
fn name(content: &mut Value) {
    if let Some(legal) = content.pointer("/name/legal").cloned() {
        put(content, "name", legal);
    }
}

fn address(content: &mut Value) {
    let Some(address) = take(content, "address") else { return };
    let text = |place: &str| address.pointer(place).and_then(Value::as_str).unwrap_or_default();
    let street = format!("{} {}", text("/line/number"), text("/line/street"));
    let street = street.trim_start_matches("- ").trim();
    let written = json!({
        "street": street, "postal_code": address["code"], "city": address["city"], "country_code": address["country"],
    });
    put(content, "address", written);
}

fn system(content: &mut Value) {
    if let Some(mut location) = take(content, "location") {
        put(content, "location_id", take(&mut location, "id").unwrap_or_default());
    }
    let mut producer = take(content, "producer").unwrap_or_default();
    let mut details = take(&mut producer, "details").unwrap_or_else(|| json!({}));
    let mut product = json!({});
    for (name, value) in [
        ("mpn", take(&mut producer, "number")),
        ("brand", take(&mut details, "brand").or_else(|| take(&mut details, "model"))),
        ("usage_start_date", take(&mut details, "date_of_entry")),
        ("software", take(content, "software")),
        ("details", Some(details)),
    ] {
        if let Some(value) = value {
            put(&mut product, name, value);
        }
    }
    put(content, "product", product);
}

/// What a TRANSACTION refers to is its intention.
fn record(content: &mut Value) {
    if let Some(mut system) = take(content, "system") {
        put(content, "system_id", take(&mut system, "id").unwrap_or_default());
    }
    let is_transaction = content["type"].as_str().is_some_and(|kind| kind.starts_with("TRANSACTION::"));
    if is_transaction && let Some(mut intention) = take(content, "record") {
        put(content, "intention_id", take(&mut intention, "id").unwrap_or_default());
    }
}
