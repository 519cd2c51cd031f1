//! The description of an interface as a page: what its OpenAPI document says, for reading.

use axum::http::request::Parts;
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::{Visit, page, parts};
use crate::http::Reply;
use crate::server::House;

/// What a reference to a definition begins with.
const DEFINITIONS: &str = "#/components/schemas/";

/// The page of the OpenAPI document that is served at `source`.
pub(crate) fn show(house: &House, parts: &Parts, source: &str, document: &Value) -> Reply {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let title = text("/info/title");
    let content = html! {
        div.title { h1 { (title) } span.tag { (text("/info/version")) } }
        p.lead { (text("/info/summary")) }
        (parts::facts(&[
            ("Address", parts::code(text("/servers/0/url"))),
            ("OpenAPI", html! { a href=(source) { (source) } }),
        ]))
        section aria-labelledby="operations" {
            h2 id="operations" { "Operations" }
            @for (path, item) in members(document, "/paths") {
                @for (method, one) in item.as_object().into_iter().flatten() { (operation(method, path, one)) }
            }
        }
        section aria-labelledby="definitions" {
            h2 id="definitions" { "Definitions" }
            @for (name, definition) in members(document, "/components/schemas") {
                details id={ "definition-" (name) } {
                    summary { (name) }
                    pre { (format!("{definition:#}")) }
                }
            }
        }
    };
    page::page(&Visit::of(house, parts), title, &content)
}

fn members<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    value.pointer(pointer).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn operation(method: &str, path: &str, operation: &Value) -> Markup {
    let name = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let body = operation.pointer("/requestBody/content/application~1json/schema");
    let may_be_left_out = operation.pointer("/requestBody/required") == Some(&Value::Bool(false));
    let answer = operation.pointer("/responses/200/content/application~1json/schema");
    let refusals: Vec<&str> = members(operation, "/responses")
        .map(|(status, _)| status.as_str())
        .filter(|status| *status != "200")
        .collect();
    html! {
        section.operation aria-labelledby=(name) {
            h3 id=(name) { code { (method.to_uppercase()) " " (path) } }
            dl {
                div { dt { "Operation" } dd { (name) } }
                @for parameter in parameters { (self::parameter(parameter)) }
                @if let Some(schema) = body {
                    div { dt { "Body" } dd { (link(schema)) @if may_be_left_out { ", may be left out" } } }
                }
                @if let Some(schema) = answer { div { dt { "Answer" } dd { (link(schema)) } } }
                div { dt { "Refusals" } dd { (refusals.join(", ")) } }
            }
        }
    }
}

fn parameter(parameter: &Value) -> Markup {
    let text = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default();
    let place = if text("in") == "path" { "In the path" } else { "In the query" };
    let schema = parameter.get("schema").unwrap_or(&Value::Null);
    let (many, one) = (schema.get("items").is_some(), schema.get("items").unwrap_or(schema));
    html! {
        div { dt { (place) } dd { (parts::code(text("name"))) ": " (link(one)) @if many { ", several" } } }
    }
}

/// A definition by its name, where it stands on the page.
fn link(schema: &Value) -> Markup {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix(DEFINITIONS));
    html! {
        @match name {
            Some(name) => a href={ "#definition-" (name) } { (name) },
            None => (parts::code(&schema.to_string())),
        }
    }
}
