//! The dashboard: the POS provider's organization, the merchants that it manages, their keys.

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::HOME;
use crate::http::Reply;
use crate::hub::once::Once;
use crate::hub::parts::Field;
use crate::hub::{self, Visit, page, parts};
use crate::management::{Company, CompanyKey, Unmade};
use crate::slice::Cursor;

/// The fields of an organization's form: name, label, hint, what stands in it.
const FIELDS: [(&str, &str, &str, &str); 4] = [
    ("name", "Name of the merchant", "At least 3 characters.", ""),
    ("address_line1", "Street and number", "", "Hauptplatz 1"),
    ("zip", "Postal code", "", "8010"),
    ("town", "Town", "", "Graz"),
];
/// The field of a key's name.
const KEY_NAME: &str = "key_name";

fn path(id: &str) -> String {
    format!("{HOME}/organizations/{id}")
}

fn row(company: &Company) -> Markup {
    html! {
        li {
            a.main href=(path(&company.id)) { (parts::name(&company.name)) }
            span.tag { @if company.manager.is_some() { "Managed" } @else { "Dashboard" } }
        }
    }
}

pub(super) fn list(visit: &Visit<'_>) -> Reply {
    let slice = visit.hub.accounts.companies(&visit.cursor());
    let content = html! {
        p.crumbs { a href=(HOME) { "Austria" } }
        div.title { h1 { "Organizations" } (page::follow(visit)) }
        p.lead { "The dashboard's own organization manages one for each merchant. Newest first." }
        ul.rows { @for company in &slice.rows { (row(company)) } }
        (parts::pager(&visit.path, "", &slice))
    };
    page::page(visit, "Organizations", &content)
}

pub(super) fn show(visit: &Visit<'_>, id: &str) -> Reply {
    let Some(company) = visit.hub.accounts.company(id) else { return page::nothing_here(visit) };
    let managed = visit.hub.accounts.managed(id, &visit.cursor());
    let content = html! {
        p.crumbs { a href=(HOME) { "Austria" } " / " a href={ (HOME) "/organizations" } { "Organizations" } }
        div.title { h1 { (parts::name(&company.name)) } }
        (parts::facts(&[
            ("Id", parts::code(&company.id)),
            ("Signature creation units", devices(id, "units", visit.hub.sign_at.units(Some(id), &Cursor::Newest).total)),
            ("Registers", devices(id, "registers", visit.hub.sign_at.registers(Some(id), &Cursor::Newest).total)),
        ]))
        @if company.manager.is_none() {
            section aria-labelledby="managed" {
                h2 id="managed" { "Merchants" }
                @if !managed.rows.is_empty() { ul.rows { @for company in &managed.rows { (row(company)) } } }
                (parts::pager(&visit.path, "", &managed))
                (merchant_form(visit, id))
            }
        }
        (key_section(visit, &company))
    };
    page::page(visit, &company.name, &content)
}

/// How many devices of a kind an organization has, and the way to them.
fn devices(id: &str, place: &str, total: usize) -> Markup {
    html! {
        @if total == 0 { "none yet" } @else { a href={ (HOME) "/" (place) "?organization=" (id) } { (total) } }
    }
}

fn merchant_form(visit: &Visit<'_>, id: &str) -> Markup {
    parts::posted(
        &format!("{}/organizations", path(id)),
        &html! {
            @for (name, label, hint, value) in FIELDS {
                (Field { value, ..Field::text(name, label, hint).required() }.show(&visit.form))
            }
            button type="submit" { "Create organization" }
        },
    )
}

fn key_rows(keys: &[CompanyKey]) -> Markup {
    html! {
        ul.rows {
            @for key in keys {
                li {
                    a.main href={ (HOME) "/keys/" (key.id) } { (key.name) }
                    (parts::code(&key.key))
                    (parts::badge(if key.enabled { "ENABLED" } else { "DISABLED" }))
                }
            }
        }
    }
}

/// All keys of an organization, page by page.
pub(super) fn keys(visit: &Visit<'_>, id: &str) -> Reply {
    if visit.hub.accounts.company(id).is_none() {
        return page::nothing_here(visit);
    }
    let slice = visit.hub.accounts.keys_of(id, &visit.cursor());
    let content = html! {
        p.crumbs { a href=(HOME) { "Austria" } " / " (link(visit, id)) }
        div.title { h1 { "API keys" } (page::follow(visit)) }
        (key_rows(&slice.rows))
        (parts::pager(&visit.path, "", &slice))
    };
    page::page(visit, "API keys", &content)
}

/// The newest keys, the way to the others, and the form for another.
fn key_section(visit: &Visit<'_>, company: &Company) -> Markup {
    let keys = visit.hub.accounts.keys_of(&company.id, &Cursor::Newest);
    let path = format!("{}/keys", path(&company.id));
    let hint = "3 to 30 characters: small letters, digits and hyphens, for example till-1.";
    html! {
        section aria-labelledby="keys" {
            h2 id="keys" { "API keys" }
            @if !keys.rows.is_empty() { (key_rows(&keys.rows)) }
            @if keys.older.is_some() { p { a href=(path) { "All " (keys.total) } } }
            (parts::posted(&path, &html! {
                (Field::text(KEY_NAME, "Name of the key", hint).required().show(&visit.form))
                button type="submit" { "Create API key" }
            }))
        }
    }
}

pub(super) async fn create(visit: &Visit<'_>, manager: &str) -> Reply {
    let is_own = visit.hub.accounts.company(manager).is_some_and(|company| company.manager.is_none());
    if !is_own {
        return page::nothing_here(visit);
    }
    let given = FIELDS.iter().map(|(name, ..)| ((*name).to_owned(), Value::from(visit.form.text(name))));
    let mut content: Map<String, Value> = given.collect();
    content.insert("country_code".to_owned(), "AUT".into());
    match visit.hub.accounts.make_company(content, manager).await {
        Ok(id) => page::see(&path(&id)),
        Err(Unmade::Store(reason)) => page::refused(visit, 503, &reason),
        Err(Unmade::Form(reason)) => {
            let field = FIELDS.iter().find(|(name, ..)| reason.starts_with(&format!("/{name} ")));
            let field = field.map_or("name", |(name, ..)| name);
            let message = format!("This cannot be taken: {}.", reason.trim_start_matches('/'));
            show(&visit.again(&path(manager), field, message), manager)
        }
    }
}

pub(super) async fn create_key(visit: &Visit<'_>, company: &str, once: &mut Once) -> Reply {
    if visit.hub.accounts.company(company).is_none() {
        return page::nothing_here(visit);
    }
    match visit.hub.accounts.make_company_key(visit.form.text(KEY_NAME), company).await {
        Ok((id, secret)) => {
            once.keep(&id, secret);
            page::see(&format!("{HOME}/keys/{id}"))
        }
        Err(Unmade::Store(reason)) => page::refused(visit, 503, &reason),
        Err(Unmade::Form(_)) => {
            let message = "This name cannot be taken: 3 to 30 small letters, digits and hyphens are wanted.";
            show(&visit.again(&path(company), KEY_NAME, message), company)
        }
    }
}

pub(super) async fn show_key(visit: &Visit<'_>, id: &str) -> Reply {
    let Some(key) = visit.hub.accounts.key(id) else { return page::nothing_here(visit) };
    let mut once = visit.hub.once.lock().await;
    let secret = if visit.is_seen { once.show(id) } else { None };
    let company = visit.hub.accounts.company(&key.organization);
    let content = html! {
        p.crumbs {
            a href=(HOME) { "Austria" }
            @if let Some(company) = &company { " / " a href=(path(&company.id)) { (parts::name(&company.name)) } }
        }
        div.title { h1 { (key.name) } span.tag { "API key" } }
        (hub::keys::shown(&key.key, secret.as_deref()))
    };
    page::page(visit, &key.name, &content)
}

/// An organization by its name.
pub(super) fn link(visit: &Visit<'_>, id: &str) -> Markup {
    html! { a href=(path(id)) { (name(visit, id)) } }
}

pub(super) fn name(visit: &Visit<'_>, id: &str) -> Markup {
    let name = visit.hub.accounts.company(id).map_or_else(|| id.to_owned(), |company| company.name);
    parts::name(&name)
}
