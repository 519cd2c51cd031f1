//! What is decided here because the contract leaves it open; and changing it.

use axum::http::Method;
use maud::html;
use serde_json::{Value, json};

use super::parts::Field;
use super::{Visit, page, parts};
use crate::control;
use crate::http::Reply;
use crate::settings::Settings;

pub(super) fn show(visit: &Visit<'_>) -> Reply {
    let (now, usual) = (flat(&json!(*visit.house.shared.settings())), flat(&json!(Settings::default())));
    let content = html! {
        h1 { "Settings" }
        p.lead { "What the contract leaves open, as it is decided here. The documentation of the crate fiskal-sandbox says what each one means: SignFrSettings, SignItSettings, SignAtSettings, ManagementSettings." }
        section aria-labelledby="change" {
            h2 id="change" { "Change one" }
            (parts::posted("/hub/settings", &html! {
                div.field {
                    label for="setting" { "Setting" }
                    select id="setting" name="setting" {
                        @for (name, _) in &now { option value=(name) selected[visit.form.text("setting") == name] { (name) } }
                    }
                }
                (Field::text("value", "Value", "true, false, a number or a word.").required().show(&visit.form))
                button type="submit" { "Change" }
            }))
        }
        section aria-labelledby="all" {
            h2 id="all" { "All" }
            dl.settings {
                @for (name, value) in &now {
                    @let before = usual.iter().find(|(other, _)| other == name).map(|(_, value)| value);
                    div {
                        dt { (name) }
                        dd {
                            (shown(value))
                            @if let Some(before) = before.filter(|before| *before != value) { span.tag { "usually " (shown(before)) } }
                        }
                    }
                }
            }
        }
    };
    page::page(visit, "Settings", &content)
}

/// The settings with their places: `seed`, `sign-fr.cache_errors`.
fn flat(settings: &Value) -> Vec<(String, Value)> {
    let mut rows = Vec::new();
    for (name, value) in settings.as_object().into_iter().flatten() {
        match value.as_object() {
            Some(members) => {
                rows.extend(
                    members.iter().map(|(member, value)| (format!("{name}.{member}"), value.clone())),
                );
            }
            None => rows.push((name.clone(), value.clone())),
        }
    }
    rows
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Changes one setting through the same door as a program. A setting that is a text stays one, though it looks like a
/// number.
pub(super) fn change(visit: &Visit<'_>) -> Reply {
    let form = &visit.form;
    let known = flat(&json!(*visit.house.shared.settings()));
    let (name, text) = (form.text("setting"), form.text("value"));
    let again = |message: &str| show(&visit.again("/hub/settings", "value", message));
    let Some((_, old)) = known.iter().find(|(other, _)| other == name) else {
        return again("There is no such setting. Choose one of the list.");
    };
    let value = if old.is_string() {
        Value::from(text)
    } else {
        serde_json::from_str(text).unwrap_or_else(|_| text.into())
    };
    let body = match name.split_once('.') {
        Some((service, member)) => json!({ service: { member: value } }),
        None => json!({ name: value }),
    };
    let reply = control::answer(visit.house, &Method::PUT, "settings", body.to_string().as_bytes());
    match control::trouble(&reply) {
        None => page::see("/hub/settings"),
        Some(message) => again(&message),
    }
}
