//! Taxpayers, locations and systems, as clients made them.

use maud::{Markup, html};

use super::{Visit, organizations, page, parts};
use crate::http::Reply;
use crate::sign_fr::{Kind, ResourceRow, ResourceView};
use crate::slice::Cursor;

/// The last part of a kind's address.
pub(super) fn path(kind: Kind) -> &'static str {
    match kind {
        Kind::Taxpayer => "taxpayers",
        Kind::Location => "locations",
        Kind::System => "systems",
    }
}

pub(super) fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Taxpayer => "Taxpayers",
        Kind::Location => "Locations",
        Kind::System => "Systems",
    }
}

/// Members of a resource that its page shows above the details.
const SHOWN_ABOVE: [&str; 6] = ["id", "type", "state", "mode", "created_at", "location"];

pub(super) fn list(visit: &Visit<'_>, kind: Option<Kind>) -> Reply {
    let Some(kind) = kind else { return page::nothing_here(visit) };
    let under = visit.query("under").and_then(|id| owner(visit, id));
    let slice = visit.service().resources(kind, under.as_ref().map(|(id, _)| id.as_str()), &visit.cursor());
    let filter = under.as_ref().map(|(id, _)| format!("under={id}&")).unwrap_or_default();
    let content = html! {
        div.title { h1 { (title(kind)) } (page::follow(visit)) }
        @if let Some((_, link)) = &under {
            p.lead { "Of " (link) ", newest first. " a href={ "/hub/" (path(kind)) } { "Show all" } }
        }
        (rows(kind, &slice.rows))
        (parts::pager(&visit.path, &filter, &slice))
    };
    page::page(visit, title(kind), &content)
}

/// The organization, taxpayer or location that an id names, with a link to it.
fn owner(visit: &Visit<'_>, id: &str) -> Option<(String, Markup)> {
    if let Some(organization) = visit.service().organization(id) {
        return Some((organization.id, organizations::link(visit, id)));
    }
    [Kind::Taxpayer, Kind::Location].into_iter().find_map(|kind| {
        let row = visit.service().resource(kind, id)?.row;
        let link = html! { a href={ "/hub/" (path(kind)) "/" (row.id) } { (parts::name(&row.label)) } };
        Some((row.id, link))
    })
}

/// The newest resources below an organization, a taxpayer or a location, and the way to the others.
pub(super) fn section(visit: &Visit<'_>, kind: Kind, under: &str) -> Markup {
    let slice = visit.service().resources(kind, Some(under), &Cursor::Newest);
    html! {
        section {
            h2 { (title(kind)) }
            (rows(kind, &slice.rows))
            @if slice.older.is_some() {
                p { a href={ "/hub/" (path(kind)) "?under=" (under) } { "All " (slice.total) } }
            }
        }
    }
}

/// A list of resources, or what to do while there are none.
fn rows(kind: Kind, rows: &[ResourceRow]) -> Markup {
    if rows.is_empty() {
        return parts::empty(
            &format!("No {} yet", path(kind)),
            &html! { "Clients make them through the interface, with the key of a unit: " code { "POST /sign-fr/" (path(kind)) } "." },
        );
    }
    html! {
        ul.rows {
            @for row in rows {
                li {
                    a.main href={ "/hub/" (path(kind)) "/" (row.id) } { (parts::name(&row.label)) }
                    span.tag { (parts::words(&row.kind)) }
                    (parts::badge(&row.state))
                    @if row.mode == "SUSPENDED" { (parts::badge(&row.mode)) }
                    (parts::time(&row.created_at))
                }
            }
        }
    }
}

pub(super) fn show(visit: &Visit<'_>, kind: Option<Kind>, id: &str) -> Reply {
    let Some((kind, view)) = kind.and_then(|kind| Some((kind, visit.service().resource(kind, id)?))) else {
        return page::nothing_here(visit);
    };
    let row = &view.row;
    let content = html! {
        (crumbs(kind, &view))
        div.title { h1 { (parts::name(&row.label)) } (parts::badge(&row.state)) }
        (parts::facts(&[
            ("Id", parts::code(&row.id)),
            ("Type", html! { (parts::words(&row.kind)) }),
            ("Mode", html! { (parts::words(&row.mode)) }),
            ("Made", parts::time(&row.created_at)),
            ("Organization", organizations::link(visit, &view.organization)),
        ]))
        @if kind == Kind::System { p { a href={ "/hub/records?system=" (row.id) } { "Records of this system" } } }
        (below(visit, kind, &row.id))
        section { h2 { "Details" } (parts::members(&view.content, &SHOWN_ABOVE)) }
        (parts::source("As the interface answers it", &view.content))
    };
    page::page(visit, &row.label, &content)
}

fn crumbs(kind: Kind, view: &ResourceView) -> Markup {
    html! {
        p.crumbs {
            a href={ "/hub/" (path(kind)) } { (title(kind)) }
            @if let Some((above, row)) = &view.above {
                " / " a href={ "/hub/" (path(*above)) "/" (row.id) } { (parts::name(&row.label)) }
            }
        }
    }
}

fn below(visit: &Visit<'_>, kind: Kind, id: &str) -> Markup {
    let below = match kind {
        Kind::Taxpayer => Kind::Location,
        Kind::Location => Kind::System,
        Kind::System => return html! {},
    };
    section(visit, below, id)
}
