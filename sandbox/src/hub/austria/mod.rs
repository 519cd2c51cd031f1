//! Austria: organizations, signature creation units, registers, receipts and the data collection protocol.

mod companies;
mod devices;
mod finanzonline;
mod receipts;

use maud::{Markup, html};

use super::once::Once;
use super::{Visit, page, parts};
use crate::http::Reply;
use crate::slice::Cursor;

/// Receipts shown on the first page.
const LATEST: usize = 6;

/// Where the pages are.
const HOME: &str = "/hub/austria";

pub(super) async fn read(visit: &Visit<'_>, segments: &[&str]) -> Reply {
    match segments {
        [] => show(visit),
        ["organizations"] => companies::list(visit),
        ["organizations", id] => companies::show(visit, id),
        ["organizations", id, "keys"] => companies::keys(visit, id),
        ["keys", id] => companies::show_key(visit, id).await,
        ["units"] => devices::units(visit),
        ["units", key @ ..] => devices::unit(visit, &key.join("/")),
        ["registers"] => devices::registers(visit),
        ["registers", key @ .., "dep.json"] => document(visit, visit.hub.sign_at.dep(&key.join("/"))),
        ["registers", key @ .., "keys.json"] => document(visit, visit.hub.sign_at.keys(&key.join("/"))),
        ["registers", key @ ..] => devices::register(visit, &key.join("/")),
        ["finanzonline"] => finanzonline::list(visit),
        ["finanzonline", key @ ..] => finanzonline::show(visit, &key.join("/")),
        ["receipts"] => receipts::list(visit),
        ["receipts", key @ ..] => receipts::show(visit, &key.join("/")),
        _ => page::nothing_here(visit),
    }
}

pub(super) async fn write(visit: &Visit<'_>, segments: &[&str], once: &mut Once) -> Reply {
    match segments {
        ["organizations", id, "organizations"] => companies::create(visit, id).await,
        ["organizations", id, "keys"] => companies::create_key(visit, id, once).await,
        _ => page::nothing_here(visit),
    }
}

fn show(visit: &Visit<'_>) -> Reply {
    let (units, registers) =
        (visit.hub.sign_at.units(None, &Cursor::Newest), visit.hub.sign_at.registers(None, &Cursor::Newest));
    let latest = visit.hub.sign_at.receipts(None, &Cursor::Newest);
    let companies = visit.hub.accounts.companies(&Cursor::Newest);
    let taxpayers = visit.hub.sign_at.taxpayers(&Cursor::Newest);
    let content = html! {
        div.title { h1 { "Austria" } (page::follow(visit)) }
        p.lead { "SIGN AT and the Management API: receipts under the cash register ordinance, signed for real." }
        ul.counts {
            li { a href="/hub/austria/organizations" { strong { (companies.total) } " Organizations" } }
            li { a href="/hub/austria/units" { strong { (units.total) } " Signature creation units" } }
            li { a href="/hub/austria/registers" { strong { (registers.total) } " Registers" } }
            li { a href="/hub/austria/receipts" { strong { (latest.total) } " Receipts" } }
            li { a href="/hub/austria/finanzonline" { strong { (taxpayers.total) } " At FinanzOnline" } }
        }
        section aria-labelledby="latest" {
            h2 id="latest" { "Latest receipts" }
            @if latest.rows.is_empty() { (receipts::none()) } @else {
                (receipts::rows(latest.rows.get(..LATEST).unwrap_or(&latest.rows)))
                p { a href="/hub/austria/receipts" { "All receipts" } }
            }
        }
        (connection(visit))
    };
    page::page(visit, "Austria", &content)
}

fn connection(visit: &Visit<'_>) -> Markup {
    let prefix = visit.hub.sign_at.prefix();
    html! {
        section aria-labelledby="connect" {
            h2 id="connect" { "Connect" }
            (parts::facts(&[
                ("SIGN AT", parts::code(&format!("http://{}{prefix}/api/v1", visit.host))),
                ("Management API", parts::code(&format!("http://{}/management/api/v0", visit.host))),
                ("Contract", html! {
                    "SIGN AT 1.2.6 · " a href={ (prefix) "/api/v1/_docs" } { "reference" }
                    " · " a href={ (prefix) "/openapi.json" } { "OpenAPI" }
                }),
                ("Postman", html! {
                    a href={ (prefix) "/postman/collection.json" } { "collection" } " and "
                    a href={ (prefix) "/postman/environment.json" } { "environment" } ", with the keys filled in"
                }),
            ]))
        }
    }
}

/// A document to be stored.
fn document(visit: &Visit<'_>, document: Option<serde_json::Value>) -> Reply {
    match document {
        Some(document) => Reply::json(200, &document)
            .with("content-disposition", "attachment")
            .with("cache-control", "no-store"),
        None => page::nothing_here(visit),
    }
}
