//! Taxpayers, locations and systems, as clients made them.

use maud::{Markup, html};

use super::{Visit, organizations, page, parts};
use crate::http::Reply;
use crate::sign_fr::{Cursor, Kind, ResourceRow, ResourceView, Under};

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
    let slice = visit.service().resources(kind, Under::Anything, &visit.cursor());
    let content = html! {
        div.title { h1 { (title(kind)) } (page::follow(visit)) }
        (rows(kind, &slice.rows))
        (parts::pager(&visit.path, "", &slice))
    };
    page::page(visit, title(kind), &content)
}

/// A list of resources, or what to do while there are none.
pub(super) fn rows(kind: Kind, rows: &[ResourceRow]) -> Markup {
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
    let slice = visit.service().resources(below, Under::Resource(id), &Cursor::Newest);
    html! { section { h2 { (title(below)) } (rows(below, &slice.rows)) } }
}
