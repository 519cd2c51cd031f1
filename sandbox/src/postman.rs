//! Postman collections and environments. Each request of a collection checks its answer and keeps what the next ones
//! need, so that the whole runs at one press.

use serde_json::{Value, json};

/// One request of a collection.
pub(crate) struct Request {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// The path below the service's address, without a slash in front, and its query.
    pub(crate) path: &'static str,
    /// Headers beside the content type.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: Option<Value>,
    /// Whether it is sent without a token.
    pub(crate) open: bool,
    /// JavaScript that looks at the answer.
    pub(crate) script: Vec<String>,
}

/// An environment for a service with its variables. Those whose name ends in `secret` are hidden.
pub(crate) fn environment(service: &str, values: &[(&str, &str)]) -> Value {
    let value = |(name, value): &(&str, &str)| {
        let kind = if name.ends_with("secret") { "secret" } else { "default" };
        json!({ "key": name, "value": value, "type": kind, "enabled": true })
    };
    json!({
        "name": format!("Fiscal sandbox: {service}"),
        "_postman_variable_scope": "environment",
        "values": values.iter().map(value).collect::<Vec<_>>(),
    })
}

/// A collection of requests in their order. They sign in with the variable `token`.
pub(crate) fn collection(service: &str, requests: &[Request]) -> Value {
    json!({
        "info": {
            "name": format!("Fiscal sandbox: {service}"),
            "description": "From a key to a receipt, in the order of the requests. Run the whole collection with the sandbox's environment.",
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{token}}", "type": "string" }] },
        "item": requests.iter().map(item).collect::<Vec<_>>(),
    })
}

fn item(request: &Request) -> Value {
    let mut headers: Vec<Value> =
        request.headers.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    let (path, query) = request.path.split_once('?').unwrap_or((request.path, ""));
    let mut url = json!({
        "raw": format!("{{{{base_url}}}}/{}", request.path), "host": ["{{base_url}}"],
        "path": path.split('/').collect::<Vec<_>>(),
    });
    if !query.is_empty() {
        let (key, value) = query.split_once('=').unwrap_or((query, ""));
        url["query"] = json!([{ "key": key, "value": value }]);
    }
    let mut shown = json!({ "method": request.method, "url": url });
    if let Some(body) = &request.body {
        headers.push(json!({ "key": "Content-Type", "value": "application/json" }));
        let raw = format!("{body:#}");
        shown["body"] = json!({ "mode": "raw", "raw": raw, "options": { "raw": { "language": "json" } } });
    }
    shown["header"] = headers.into();
    if request.open {
        shown["auth"] = json!({ "type": "noauth" });
    }
    let test = json!({ "listen": "test", "script": { "type": "text/javascript", "exec": request.script } });
    json!({ "name": request.name, "event": [test], "request": shown })
}
