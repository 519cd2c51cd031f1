//! Signature creation units and registers, as clients made them.

use maud::{Markup, html};

use super::{HOME, companies, receipts};
use crate::http::Reply;
use crate::hub::{Visit, page, parts};
use crate::sign_at::{DeviceRow, DeviceView};
use crate::slice::{Cursor, Slice};

pub(super) fn units(visit: &Visit<'_>) -> Reply {
    let slice = visit.hub.sign_at.units(organization(visit), &visit.cursor());
    list(
        visit,
        "units",
        "Signature creation units",
        "PUT /sign-at/api/v1/signature-creation-unit/{id}",
        &slice,
    )
}

pub(super) fn registers(visit: &Visit<'_>) -> Reply {
    let slice = visit.hub.sign_at.registers(organization(visit), &visit.cursor());
    list(visit, "registers", "Registers", "PUT /sign-at/api/v1/cash-register/{id}", &slice)
}

/// The organization whose devices alone are asked for, if there is one of this id.
fn organization<'v>(visit: &'v Visit<'_>) -> Option<&'v str> {
    visit.query("organization").filter(|id| visit.hub.accounts.company(id).is_some())
}

fn list(visit: &Visit<'_>, place: &str, title: &str, call: &str, slice: &Slice<DeviceRow>) -> Reply {
    let organization = organization(visit);
    let filter = organization.map(|id| format!("organization={id}&")).unwrap_or_default();
    let content = html! {
        p.crumbs { a href=(HOME) { "Austria" } }
        div.title { h1 { (title) } (page::follow(visit)) }
        @if let Some(id) = organization {
            p.lead { "Of " (companies::link(visit, id)) ", newest first. " a href={ (HOME) "/" (place) } { "Show all" } }
        }
        @if slice.rows.is_empty() {
            (parts::empty("None yet", &html! { "Clients make them: " code { (call) } "." }))
        } @else {
            ul.rows { @for row in &slice.rows { (device(visit, place, row)) } }
        }
        (parts::pager(&visit.path, &filter, slice))
    };
    page::page(visit, title, &content)
}

fn device(visit: &Visit<'_>, place: &str, row: &DeviceRow) -> Markup {
    html! {
        li {
            a.main href={ (HOME) "/" (place) "/" (row.key) } { (parts::name(&row.title)) }
            span.where { (companies::name(visit, &row.organization)) }
            @if let Some(serial) = &row.serial { (parts::code(serial)) }
            (parts::badge(&row.state))
            (parts::time(&row.made_at))
        }
    }
}

pub(super) fn unit(visit: &Visit<'_>, key: &str) -> Reply {
    match visit.hub.sign_at.unit(key) {
        Some(view) => show(visit, "units", "Signature creation units", &view, &html! {}),
        None => page::nothing_here(visit),
    }
}

pub(super) fn register(visit: &Visit<'_>, key: &str) -> Reply {
    let Some(view) = visit.hub.sign_at.register(key) else { return page::nothing_here(visit) };
    let latest = visit.hub.sign_at.receipts(Some(key), &Cursor::Newest);
    let below = html! {
        section aria-labelledby="protocol" {
            h2 id="protocol" { "Data collection protocol" }
            p { "All " (latest.total) " receipts as the law wants them exported, and the keys that a verifier wants beside them." }
            p {
                a href={ (HOME) "/registers/" (key) "/dep.json" } { "DEP7 export" } " · "
                a href={ (HOME) "/registers/" (key) "/keys.json" } { "Key container" }
            }
        }
        section aria-labelledby="receipts" {
            h2 id="receipts" { "Receipts" }
            @if latest.rows.is_empty() { (receipts::none()) } @else { (receipts::rows(&latest.rows)) }
            @if latest.older.is_some() {
                p { a href={ (HOME) "/receipts?register=" (key) } { "All " (latest.total) } }
            }
        }
    };
    show(visit, "registers", "Registers", &view, &below)
}

fn show(visit: &Visit<'_>, place: &str, title: &str, view: &DeviceView, below: &Markup) -> Reply {
    let content = html! {
        p.crumbs { a href=(HOME) { "Austria" } " / " a href={ (HOME) "/" (place) } { (title) } }
        div.title { h1 { (parts::name(&view.row.title)) } (parts::badge(&view.row.state)) }
        (parts::facts(&[("Organization", companies::link(visit, &view.row.organization))]))
        (below)
        section { h2 { "Details" } (parts::members(&view.content, &["_type", "_version", "state"])) }
        (parts::source("As the interface answers it", &view.content))
    };
    page::page(visit, &view.row.title, &content)
}
