//! Records as they arrive, a record's receipt, and its place in the chain.

use maud::{Markup, html};
use serde_json::Value;

use super::{Visit, organizations, page, parts, receipt, resources};
use crate::http::Reply;
use crate::sign_fr::{Kind, RecordRow, RecordView};

pub(super) fn list(visit: &Visit<'_>) -> Reply {
    let system = visit.query("system").filter(|id| !id.is_empty());
    let slice = visit.service().records(system, &visit.cursor());
    // What the address holds is written into links only if it names a system.
    let known = system.and_then(|id| visit.service().resource(Kind::System, id));
    let filter = known.as_ref().map(|system| format!("system={}&", system.row.id)).unwrap_or_default();
    let content = html! {
        div.title { h1 { "Records" } (page::follow(visit)) }
        @match &known {
            Some(system) => p.lead {
                "Of " a href={ "/hub/systems/" (system.row.id) } { (parts::name(&system.row.label)) } ", newest first. "
                a href="/hub/records" { "Show all" }
            },
            None => p.lead { "Of all systems, newest first." },
        }
        @if slice.rows.is_empty() { (none()) } @else { (rows(&slice.rows)) }
        (parts::pager(&visit.path, &filter, &slice))
    };
    page::page(visit, "Records", &content)
}

pub(super) fn none() -> Markup {
    parts::empty(
        "No records yet",
        &html! { "They appear here as a till sells: first the intention, then the receipt." },
    )
}

pub(super) fn rows(rows: &[RecordRow]) -> Markup {
    html! {
        ol.rows {
            @for row in rows {
                li {
                    a.main href={ "/hub/records/" (row.id) } { (title(row)) }
                    @if let Some(total) = &row.total { span.amount { (total) " €" } }
                    (parts::badge(&row.state))
                    span.where { (parts::name(&row.label)) }
                    (parts::time(&row.signed_at))
                }
            }
        }
    }
}

/// `Receipt R-1`, `Intention: transaction`, `Closing: daily`.
fn title(row: &RecordRow) -> Markup {
    let (family, kind) = row.kind.split_once("::").unwrap_or(("", &row.kind));
    html! {
        @if family == "TRANSACTION" { (parts::words(kind)) @if let Some(number) = &row.number { " " (parts::name(number)) } }
        @else { (parts::words(family)) ": " (parts::words(kind).to_lowercase()) }
    }
}

pub(super) fn show(visit: &Visit<'_>, id: &str) -> Reply {
    let Some(view) = visit.service().record(id) else { return page::nothing_here(visit) };
    let content = html! {
        p.crumbs {
            a href="/hub/records" { "Records" }
            " / " a href={ "/hub/records?system=" (view.row.system) } { (parts::name(&view.row.label)) }
        }
        div.title { h1 { (title(&view.row)) } (parts::badge(&view.row.state)) }
        @let paper = receipt::paper(&view);
        div.two[paper.is_some()] {
            @if let Some(paper) = &paper { (paper) }
            div {
                (chain(&view))
                section { h2 { "Facts" } (facts(visit, &view)) }
            }
        }
        (parts::source("The operation, as it was signed", &view.operation))
        (parts::source("The record, as the interface answers it", &view.content))
        @if let Some(metadata) = &view.metadata { (parts::source("Metadata", metadata)) }
    };
    page::page(visit, "Record", &content)
}

fn facts(visit: &Visit<'_>, view: &RecordView) -> Markup {
    let mut facts = vec![
        ("Id", parts::code(&view.row.id)),
        ("Type", parts::code(&view.row.kind)),
        ("Signed", parts::time(&view.row.signed_at)),
    ];
    let text = |pointer: &str| view.content.pointer(pointer).and_then(Value::as_str);
    for (place, title) in [("/record/id", "Belongs to"), ("/used_in/id", "Used in")] {
        if let Some(id) = text(place) {
            facts.push((title, html! { a href={ "/hub/records/" (id) } { (id) } }));
        }
    }
    // The wrapping intention has no record of its own.
    for (place, title) in [("/replayed_by/id", "Replayed by"), ("/compliance/data", "Compliance")] {
        facts.extend(text(place).map(|text| (title, parts::code(text))));
    }
    for (kind, place) in [Kind::System, Kind::Location, Kind::Taxpayer].into_iter().zip(&view.places) {
        let link = html! { a href={ "/hub/" (resources::path(kind)) "/" (place.row.id) } { (parts::name(&place.row.label)) } };
        facts.push((name_of(kind), link));
    }
    facts.push(("Organization", organizations::link(visit, &view.organization)));
    if let Some(logs) = view.content.get("logs") {
        facts.push(("Why it was refused", parts::lines(logs)));
    }
    parts::facts(&facts)
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Taxpayer => "Taxpayer",
        Kind::Location => "Location",
        Kind::System => "System",
    }
}

/// The record between its neighbours in the system's journal.
fn chain(view: &RecordView) -> Markup {
    html! {
        section aria-labelledby="chain" {
            h2 id="chain" { "Place in the chain" }
            ol.chain {
                @match &view.previous {
                    Some(row) => li { span.step { "Before" } a href={ "/hub/records/" (row.id) } { (title(row)) } (parts::time(&row.signed_at)) },
                    None => li.end { span.step { "Before" } "nothing: this is the system's first record" },
                }
                li.this {
                    span.step { "This record" } (parts::code(&view.signature))
                    @if view.holds { span.holds { "The signature follows from the record and the signature before it." } }
                    @else { strong.breaks { "The signature does not follow from the record and the signature before it." } }
                }
                @match &view.next {
                    Some(row) => li { span.step { "After" } a href={ "/hub/records/" (row.id) } { (title(row)) } (parts::time(&row.signed_at)) },
                    None => li.end { span.step { "After" } "nothing yet" },
                }
            }
        }
    }
}
