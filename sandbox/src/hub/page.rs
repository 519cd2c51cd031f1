//! What every page has around its content.

use axum::body::Bytes;
use maud::{DOCTYPE, Markup, html};

use super::Visit;
use crate::http::Reply;
use crate::service::lock;

const STYLE: &str = include_str!("style.css");
/// Nothing but this page's own style and forms: a name that smuggled markup in could still load and send nothing.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A small receipt.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%230b6b5c' d='M3 1h10v14l-2-1.5L9.5 15 8 13.5 6.5 15 5 13.5 3 15z'/%3E%3Cpath stroke='white' d='M5 5h6M5 8h6'/%3E%3C/svg%3E";
/// What a query says of the place in a list, and of following it.
const MOVES: [&str; 3] = ["before", "after", "follow"];
/// Seconds between two looks at a page that is followed.
const REFRESH: &str = "5";

const SHOP: [(&str, &str); 7] = [
    ("/", "Overview"),
    ("/hub/organizations", "Organizations"),
    ("/hub/taxpayers", "Taxpayers"),
    ("/hub/locations", "Locations"),
    ("/hub/systems", "Systems"),
    ("/hub/records", "Records"),
    ("/hub/austria", "Austria"),
];
const LINE: [(&str, &str); 4] = [
    ("/hub/faults", "Faults"),
    ("/hub/clock", "Clock"),
    ("/hub/requests", "Requests"),
    ("/hub/settings", "Settings"),
];

/// A page that was found.
pub(super) fn page(visit: &Visit<'_>, title: &str, content: &Markup) -> Reply {
    let status = if visit.form.is_wrong() { 422 } else { 200 };
    dressed(visit, status, title, content)
}

/// A page that says why something was not done.
pub(super) fn refused(visit: &Visit<'_>, status: u16, message: &str) -> Reply {
    let content = html! {
        h1 { "This was not done" }
        p role="alert" { (message) }
        p { a href="/" { "To the overview" } }
    };
    dressed(visit, status, "Not done", &content)
}

/// The page for an address that names nothing.
pub(super) fn nothing_here(visit: &Visit<'_>) -> Reply {
    let content = html! {
        h1 { "There is nothing here" }
        p { "No page has the address " code { (visit.path) } "." }
        p { a href="/" { "To the overview" } }
    };
    dressed(visit, 404, "Nothing here", &content)
}

/// Sends the browser on after a form, so that going back or reloading repeats nothing.
pub(super) fn see(place: &str) -> Reply {
    let reply = Reply { status: 303, ..Reply::bytes("text/plain; charset=utf-8", Bytes::new()) };
    reply.with("location", place).with("cache-control", "no-store")
}

pub(super) fn style() -> Reply {
    Reply::bytes("text/css; charset=utf-8", Bytes::from_static(STYLE.as_bytes()))
        .with("x-content-type-options", "nosniff")
}

/// The switch that lets a page look again by itself.
pub(super) fn follow(visit: &Visit<'_>) -> Markup {
    html! {
        @if is_followed(visit) {
            a.follow href=(address(visit, None)) { span.pulse aria-hidden="true" {} "Following · stop" }
        } @else {
            a.follow href=(address(visit, Some("on"))) { "Follow" }
        }
    }
}

/// The page from its beginning, with what a list is narrowed to.
fn address(visit: &Visit<'_>, follow: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(visit.query.iter().filter(|(key, _)| !MOVES.contains(&key.as_str())));
    query.extend_pairs(follow.map(|follow| ("follow", follow)));
    let query = query.finish();
    if query.is_empty() { visit.path.clone() } else { format!("{}?{query}", visit.path) }
}

fn is_followed(visit: &Visit<'_>) -> bool {
    visit.query("follow") == Some("on")
}

fn dressed(visit: &Visit<'_>, status: u16, title: &str, content: &Markup) -> Reply {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if is_followed(visit) { meta http-equiv="refresh" content=(REFRESH); }
                title { (title) " · Sandbox" }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href="/hub/style.css";
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header {
                    a.brand href="/" { "Fiscal sandbox" }
                    nav aria-label="Pages" {
                        (links(visit, &SHOP))
                        (links(visit, &LINE))
                    }
                }
                (notices(visit))
                main id="content" tabindex="-1" { (content) }
                footer { p { "Runs on this machine and reaches nobody. Nothing here is fiscal." } }
            }
        }
    };
    let reply = Reply { status, ..Reply::bytes("text/html; charset=utf-8", page.into_string().into()) };
    reply
        .with("cache-control", "no-store")
        .with("content-security-policy", POLICY)
        .with("referrer-policy", "same-origin")
        .with("x-content-type-options", "nosniff")
}

fn links(visit: &Visit<'_>, pages: &[(&str, &str)]) -> Markup {
    let here =
        |path: &str| path == visit.path || (path != "/" && visit.path.starts_with(&format!("{path}/")));
    html! {
        ul {
            @for (path, name) in pages {
                li { a href=(path) aria-current=[here(path).then_some("page")] { (name) } }
            }
        }
    }
}

/// What is not as usual, on every page: whoever wonders about an answer sees why.
fn notices(visit: &Visit<'_>) -> Markup {
    let faults = lock(&visit.house.shared.faults).list().len();
    let offset = visit.house.shared.clock.offset_ms() / 1000;
    html! {
        @if faults > 0 || offset != 0 {
            div.notices {
                @if faults > 0 {
                    p { a href="/hub/faults" { (faults) @if faults == 1 { " fault is" } @else { " faults are" } " planted" } }
                }
                @if offset != 0 {
                    p { a href="/hub/clock" { "The clock is " (super::clock::distance(offset)) } }
                }
            }
        }
    }
}
