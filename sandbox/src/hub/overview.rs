//! The first page: the three steps to a key, what a client connects to, and the latest records.

use maud::{Markup, html};

use super::{Visit, organizations, page, parts, records, resources};
use crate::http::Reply;
use crate::sign_fr::Kind;
use crate::slice::Cursor;

/// Records shown here.
const LATEST: usize = 6;

pub(super) fn show(visit: &Visit<'_>) -> Reply {
    let latest = visit.service().records(None, &Cursor::Newest);
    let content = html! {
        div.title { h1 { "Fiscal sandbox" } (page::follow(visit)) }
        p.lead { "A fiscal service on this machine: strict, with a memory, signing for real." }
        (counts(visit, latest.total))
        section aria-labelledby="steps" {
            h2 id="steps" { "Three steps to a key" }
            ol.steps {
                li { strong { "Create an account." } (organizations::account_form(&visit.form)) }
                li { strong { "Add a group" } " on the account's page. It holds the units of your merchants." }
                li { strong { "Make an API key" } " on the group's page. Its secret is shown once." }
            }
            @if let Some(group) = visit.service().organizations().iter().find(|row| row.kind == "GROUP") {
                p { "Or go on with what is here already: " a href={ "/hub/organizations/" (group.id) } { (parts::name(&group.name)) } }
            }
        }
        section aria-labelledby="latest" {
            h2 id="latest" { "Latest records" }
            @if latest.rows.is_empty() { (records::none()) } @else {
                (records::rows(latest.rows.get(..LATEST).unwrap_or(&latest.rows)))
                p { a href="/hub/records" { "All records" } }
            }
        }
        (connection(visit))
    };
    page::page(visit, "Overview", &content)
}

fn counts(visit: &Visit<'_>, records: usize) -> Markup {
    let resources = [Kind::Taxpayer, Kind::Location, Kind::System].map(|kind| {
        let total = visit.service().resources(kind, None, &Cursor::Newest).total;
        (format!("/hub/{}", resources::path(kind)), resources::title(kind), total)
    });
    let organizations = visit.service().organizations().len();
    html! {
        ul.counts {
            li { a href="/hub/organizations" { strong { (organizations) } " Organizations" } }
            @for (path, title, total) in resources { li { a href=(path) { strong { (total) } " " (title) } } }
            li { a href="/hub/records" { strong { (records) } " Records" } }
        }
    }
}

fn connection(visit: &Visit<'_>) -> Markup {
    let prefix = visit.service().prefix();
    html! {
        section aria-labelledby="connect" {
            h2 id="connect" { "Connect" }
            (parts::facts(&[
                ("Address", parts::code(&format!("http://{}{prefix}", visit.host))),
                ("Contract", html! { "SIGN FR and SIGN IT 2026-02-03 (SIGN FR 2026-05-04 below " (prefix) "/api/v1) · " a href={ (prefix) "/openapi.json" } { "OpenAPI" } }),
                ("Postman", html! {
                    a href={ (prefix) "/postman/collection.json" } { "collection" } " and "
                    a href={ (prefix) "/postman/environment.json" } { "environment" } ", with the keys filled in"
                }),
            ]))
        }
    }
}
