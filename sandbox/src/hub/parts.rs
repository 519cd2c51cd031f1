//! Small pieces that several pages are made of.

use maud::{Markup, html};
use serde_json::Value;

use super::form::Form;
use super::once;
use crate::slice::Slice;

/// A text field with its label, its hint and what is wrong with it.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) hint: &'a str,
    pub(super) kind: &'a str,
    /// What stands in it before anybody typed.
    pub(super) value: &'a str,
    pub(super) is_required: bool,
    /// Whether the page begins here, so that a keyboard can go on at once.
    pub(super) is_first: bool,
}

impl<'a> Field<'a> {
    pub(super) fn text(name: &'a str, label: &'a str, hint: &'a str) -> Field<'a> {
        Field { name, label, hint, kind: "text", value: "", is_required: false, is_first: false }
    }

    pub(super) fn required(self) -> Field<'a> {
        Field { is_required: true, ..self }
    }

    pub(super) fn first(self, is_first: bool) -> Field<'a> {
        Field { is_first, ..self }
    }

    pub(super) fn show(&self, form: &Form) -> Markup {
        let trouble = form.trouble(self.name);
        let value = form.given(self.name).unwrap_or(self.value);
        let (hint, wrong) = (format!("{}-hint", self.name), format!("{}-wrong", self.name));
        let described = match (self.hint.is_empty(), trouble.is_some()) {
            (true, false) => None,
            (false, false) => Some(hint.clone()),
            (true, true) => Some(wrong.clone()),
            (false, true) => Some(format!("{wrong} {hint}")),
        };
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                @if let Some(message) = trouble { p.wrong id=(wrong) role="alert" { (message) } }
                input id=(self.name) name=(self.name) type=(self.kind) value=(value) autocomplete="off"
                    required[self.is_required] autofocus[self.is_first || trouble.is_some()]
                    aria-invalid=[trouble.map(|_| "true")] aria-describedby=[described];
                @if !self.hint.is_empty() { p.hint id=(hint) { (self.hint) } }
            }
        }
    }
}

/// A form that is carried out once, however often it is sent.
pub(super) fn posted(action: &str, content: &Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name="form" value=(once::form_id());
            (content)
        }
    }
}

/// Names and values.
pub(super) fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! { dl { @for (name, value) in rows { div { dt { (name) } dd { (value) } } } } }
}

/// An id or a signature.
pub(super) fn code(text: &str) -> Markup {
    html! { code { (text) } }
}

/// Text that somebody else wrote: what direction it is written in stays its own affair.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi { (text) } }
}

/// A time as people read it, with the zone that it was written in.
pub(super) fn time(text: &str) -> Markup {
    let (date, rest) = text.split_once('T').unwrap_or((text, ""));
    let (clock, zone) = rest.split_at_checked(8).unwrap_or((rest, ""));
    let zone = if zone == "Z" || zone.ends_with("+00:00") { "UTC" } else { zone };
    html! { time datetime=(text) { (date) " " (clock) " " (zone) } }
}

/// A state in a word, coloured by what it means.
pub(super) fn badge(state: &str) -> Markup {
    let mood = match state {
        "COMMISSIONED" | "COMPLETED" | "OPERATIVE" | "ENABLED" | "INITIALIZED" | "SIGNED" | "SUCCESS" => {
            "good"
        }
        "REJECTED" | "FAILED" | "DECOMMISSIONED" | "SUSPENDED" | "OUTAGE" | "DEFECTIVE" | "UNSIGNED"
        | "DISABLED" | "OVERDUE" | "ERROR_UNSPECIFIED" => "bad",
        _ => "plain",
    };
    html! { span class={ "badge " (mood) } { (words(state)) } }
}

/// `DRAFT_RECEIPT` as `Draft receipt`.
pub(super) fn words(constant: &str) -> String {
    let lower = constant.replace('_', " ").to_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What stands where a list would.
pub(super) fn empty(title: &str, what_to_do: &Markup) -> Markup {
    html! { div.empty { p { strong { (title) } } p { (what_to_do) } } }
}

/// Newer and older pages of a list. `filter` is a query that stays, such as `system=…&`.
pub(super) fn pager<T>(path: &str, filter: &str, slice: &Slice<T>) -> Markup {
    html! {
        @if slice.newer.is_some() || slice.older.is_some() {
            nav.pager aria-label="Pages of the list" {
                @if let Some(id) = &slice.newer {
                    a href={ (path) "?" (filter.trim_end_matches('&')) } { "Newest" }
                    a rel="prev" href={ (path) "?" (filter) "after=" (id) } { "← Newer" }
                }
                @if let Some(id) = &slice.older {
                    a rel="next" href={ (path) "?" (filter) "before=" (id) } { "Older →" }
                }
            }
        }
    }
}

/// A JSON object as names and values: members as rows, what is below them as lines.
pub(super) fn members(value: &Value, leave_out: &[&str]) -> Markup {
    let members = value.as_object().into_iter().flatten();
    let shown = members.filter(|(name, _)| !leave_out.contains(&name.as_str()));
    html! { dl { @for (name, value) in shown { div { dt { (words(name)) } dd { (lines(value)) } } } } }
}

/// A value in lines: an element of a list is one line, an object has a line for each of its leaves.
pub(super) fn lines(value: &Value) -> Markup {
    match value {
        Value::Array(items) => html! { ul { @for item in items { li { (one_line(item)) } } } },
        Value::Object(_) => {
            let mut rows = Vec::new();
            leaves(value, "", &mut rows);
            html! { ul { @for (path, leaf) in rows { li { span.soft { (words(&path)) ": " } (text(leaf)) } } } }
        }
        leaf => text(leaf),
    }
}

fn one_line(value: &Value) -> Markup {
    let mut rows = Vec::new();
    leaves(value, "", &mut rows);
    html! { @for (index, (_, leaf)) in rows.iter().enumerate() { @if index > 0 { " · " } (text(leaf)) } }
}

fn leaves<'v>(value: &'v Value, path: &str, rows: &mut Vec<(String, &'v Value)>) {
    let below = |name: &str| format!("{path} {name}").trim_start().to_owned();
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| leaves(value, &below(name), rows)),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, path, rows)),
        leaf => rows.push((path.to_owned(), leaf)),
    }
}

fn text(leaf: &Value) -> Markup {
    match leaf {
        Value::String(text) if text.contains('\n') => html! { pre { (text) } },
        Value::String(text) => name(text),
        other => html! { (other) },
    }
}

/// JSON as it is written, to be opened.
pub(super) fn source(title: &str, value: &Value) -> Markup {
    html! { details { summary { (title) } pre { (format!("{value:#}")) } } }
}
