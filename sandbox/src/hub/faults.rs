//! Faults on the line: plant them, see them, heal them.

use maud::{Markup, html};
use serde_json::{Map, Number, Value, json};

use super::form::Form;
use super::parts::Field;
use super::{Visit, page, parts};
use crate::http::Reply;
use crate::service::lock;
use crate::{control, faults::Fault};
use axum::http::Method;

/// Faults that are planted with one press: what it is called, and the fields of the form below.
const READY: [(&str, &[(&str, &str)]); 5] = [
    ("The network is gone", &[("kind", "reset")]),
    (
        "Answers to records are lost",
        &[("kind", "drop-answer"), ("method", "POST"), ("path", "/sign-fr/records")],
    ),
    ("The service is overloaded (503)", &[("kind", "status"), ("status", "503")]),
    ("Everything takes 5 seconds", &[("kind", "delay"), ("ms", "5000")]),
    ("The next request finds its token expired", &[("kind", "expire-tokens"), ("count", "1")]),
];
const KINDS: [(&str, &str); 6] = [
    ("drop-answer", "Booked, but the answer is lost"),
    ("cut-answer", "Booked, but the answer ends in its middle"),
    ("reset", "The connection closes, nothing is booked"),
    ("delay", "The answer is late"),
    ("status", "Nothing is booked, refused with status"),
    ("expire-tokens", "All tokens end"),
];
/// The members of a fault that are numbers.
const NUMBERS: [&str; 5] = ["count", "probability", "ms", "status", "retry_after"];

pub(super) fn show(visit: &Visit<'_>) -> Reply {
    let planted: Vec<Fault> = lock(&visit.house.shared.faults).list().to_vec();
    let content = html! {
        div.title { h1 { "Faults" } (page::follow(visit)) }
        p.lead { "The worst afternoon of a till's life, at the press of a button. Faults strike requests to the services, never these pages." }
        section aria-labelledby="planted" {
            h2 id="planted" { "Planted" }
            @if planted.is_empty() { (parts::empty("The line is sound", &html! { "Plant a fault below and watch the till." })) }
            @else { (list(&planted)) }
        }
        section aria-labelledby="ready" {
            h2 id="ready" { "With one press" }
            ul.buttons { @for (title, fields) in READY { li { (ready(title, fields)) } } }
        }
        section aria-labelledby="own" { h2 id="own" { "Of your own" } (own(&visit.form)) }
    };
    page::page(visit, "Faults", &content)
}

fn list(planted: &[Fault]) -> Markup {
    html! {
        ul.rows {
            @for fault in planted {
                li {
                    span.main { (title(fault)) }
                    span.where { (target(&json!(fault))) }
                    form method="post" action={ "/hub/faults/" (fault.number) "/heal" } {
                        button.quiet type="submit" { "Heal" span.hidden { " fault " (fault.number) } }
                    }
                }
            }
        }
        form method="post" action="/hub/faults/heal" { button type="submit" { "Heal all" } }
    }
}

fn title(fault: &Fault) -> String {
    let shown = json!(fault);
    let kind = shown.pointer("/fault/kind").and_then(Value::as_str).unwrap_or_default();
    let title = KINDS.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, title)| title);
    let number = |name: &str| shown.pointer(&format!("/fault/{name}")).filter(|value| !value.is_null());
    let mut title = title.to_owned();
    for (name, before, after) in
        [("ms", " by", " ms"), ("status", "", ""), ("retry_after", ", retry after", " s")]
    {
        if let Some(number) = number(name) {
            title.push_str(&format!("{before} {number}{after}"));
        }
    }
    title
}

fn target(shown: &Value) -> String {
    let text = |pointer: &str| shown.pointer(pointer).and_then(Value::as_str);
    let method = text("/match/method").unwrap_or("every request");
    let path = text("/match/path").map(|path| format!(" to {path}…")).unwrap_or_default();
    let left = shown.get("count").map(|count| format!(", {count} more times")).unwrap_or_default();
    let chance = shown.get("probability").filter(|chance| **chance != 1);
    let chance = chance.map(|chance| format!(", with probability {chance}")).unwrap_or_default();
    format!("{method}{path}{left}{chance}")
}

fn ready(title: &str, fields: &[(&str, &str)]) -> Markup {
    parts::posted(
        "/hub/faults",
        &html! {
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button.quiet type="submit" { (title) }
        },
    )
}

fn own(form: &Form) -> Markup {
    let number = |name, label, hint| Field { kind: "text", ..Field::text(name, label, hint) };
    parts::posted(
        "/hub/faults",
        &html! {
            div.grid {
                div.field {
                    label for="kind" { "What happens" }
                    @if let Some(message) = form.trouble("kind") { p.wrong role="alert" { (message) } }
                    select id="kind" name="kind" {
                        @for (name, title) in KINDS { option value=(name) selected[form.text("kind") == name] { (title) } }
                    }
                }
                div.field {
                    label for="method" { "Method" }
                    select id="method" name="method" {
                        @for name in ["", "GET", "POST", "PUT", "PATCH"] {
                            option value=(name) selected[form.text("method") == name] { @if name.is_empty() { "every" } @else { (name) } }
                        }
                    }
                }
                (Field::text("path", "Path begins with", "For example /sign-fr/records. Empty: every path.").show(form))
                (number("count", "How often", "Empty: until it is healed.").show(form))
                (number("probability", "Probability", "From 0 to 1. Empty: always.").show(form))
                (number("ms", "Milliseconds", "Only for an answer that comes late.").show(form))
                (number("status", "Status", "400 to 599. Only for a refusal.").show(form))
                (number("retry_after", "Retry-After in seconds", "Only for a refusal; may be empty.").show(form))
            }
            button type="submit" { "Plant the fault" }
        },
    )
}

/// Plants what the form describes, through the same door as a program.
pub(super) fn plant(visit: &Visit<'_>) -> Reply {
    let again = |field: &str, message: &str| show(&visit.again("/hub/faults", field, message));
    let fault = match fault(&visit.form) {
        Ok(fault) => fault,
        Err(field) => return again(field, "A number is wanted here."),
    };
    let reply = control::answer(visit.house, &Method::POST, "faults", fault.to_string().as_bytes());
    match control::trouble(&reply) {
        None => page::see("/hub/faults"),
        Some(message) => {
            let mut fields = NUMBERS.iter().chain(&["path"]);
            let field = fields.find(|name| message.starts_with(**name)).copied().unwrap_or("kind");
            again(field, &message)
        }
    }
}

/// The fault that a form describes, or the field that is no number.
fn fault(form: &Form) -> Result<Value, &'static str> {
    let mut numbers: Map<String, Value> = Map::new();
    for name in NUMBERS {
        if let Some(text) = form.given(name) {
            let number: Number = serde_json::from_str(text).map_err(|_| name)?;
            numbers.insert(name.to_owned(), number.into());
        }
    }
    let kind = form.text("kind");
    let wanted: &[&str] = match kind {
        "delay" => &["ms"],
        "status" => &["status", "retry_after"],
        _ => &[],
    };
    let mut body = json!({ "match": {}, "fault": { "kind": kind } });
    for name in ["method", "path"] {
        if let Some(text) = form.given(name) {
            body["match"][name] = text.into();
        }
    }
    for (name, number) in numbers {
        if wanted.contains(&name.as_str()) {
            body["fault"][name] = number;
        } else if name == "count" || name == "probability" {
            body[name] = number;
        }
    }
    Ok(body)
}

pub(super) fn heal_all(visit: &Visit<'_>) -> Reply {
    lock(&visit.house.shared.faults).clear();
    page::see("/hub/faults")
}

/// Heals one fault; one that has ended by itself meanwhile is healed too.
pub(super) fn heal(visit: &Visit<'_>, number: &str) -> Reply {
    match number.parse() {
        Ok(number) => {
            lock(&visit.house.shared.faults).heal(number);
            page::see("/hub/faults")
        }
        Err(_) => page::nothing_here(visit),
    }
}
