//! What was asked for on the wire, and what was refused.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Visit, page, parts};
use crate::http::Reply;
use crate::service::lock;

/// Requests and refusals shown; `/_sandbox` has them all.
const SHOWN: usize = 50;

pub(super) fn show(visit: &Visit<'_>) -> Reply {
    let requests = lock(&visit.house.shared.requests).newest(SHOWN);
    let refused: Vec<Value> =
        lock(&visit.house.shared.audit).refused().rev().take(SHOWN).map(|refusal| json!(refusal)).collect();
    let content = html! {
        div.title { h1 { "Requests" } (page::follow(visit)) }
        p.lead { "The latest " (SHOWN) " that reached a service, newest first. Secrets, passwords and tokens are never shown." }
        @if requests.is_empty() {
            (parts::empty("No request yet", &html! { "Point a client at " code { "http://" (visit.host) (visit.service().prefix()) } "." }))
        } @else { ol.rows { @for request in &requests { (row(request)) } } }
        section aria-labelledby="refused" {
            h2 id="refused" { "Refused" }
            @if refused.is_empty() { (parts::empty("Nothing was refused", &html! { "A refusal stands here with its reason." })) }
            @else { ol.rows { @for refusal in &refused { (refusal_row(refusal)) } } }
        }
        p { a href="/_sandbox/requests" { "All of it as JSON" } ", and " a href="/_sandbox/audit" { "what was booked" } }
    };
    page::page(visit, "Requests", &content)
}

fn row(request: &Value) -> Markup {
    html! {
        li.request {
            details {
                summary { span.tag { (text(request, "method")) } " " code { (text(request, "path")) } }
                pre { (format!("{:#}", json!({ "headers": request["headers"], "body": request["body"] }))) }
            }
        }
    }
}

fn refusal_row(refusal: &Value) -> Markup {
    html! {
        li {
            span.main { span.tag { (refusal["status"]) } " " (text(refusal, "method")) " " code { (text(refusal, "path")) } }
            span.where { (parts::name(text(refusal, "message"))) }
            (parts::time(text(refusal, "at")))
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
