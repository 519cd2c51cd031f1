//! API keys. The secret is shown by the page after the form, once, and is not kept.

use maud::{Markup, html};

use super::once::Once;
use super::parts::Field;
use super::{Visit, organizations, page, parts};
use crate::http::Reply;
use crate::sign_fr::{Key, NotMade, Organization};
use crate::slice::Cursor;

/// The field of a key's name.
const NAME: &str = "key_name";

fn path(organization: &str) -> String {
    format!("/hub/organizations/{organization}/keys")
}

fn rows(keys: &[Key]) -> Markup {
    html! {
        ul.rows {
            @for key in keys {
                li { a.main href={ "/hub/keys/" (key.id) } { (key.name) } (parts::code(&key.key)) }
            }
        }
    }
}

/// All keys of an organization, page by page.
pub(super) fn list(visit: &Visit<'_>, organization: &str) -> Reply {
    if visit.service().organization(organization).is_none() {
        return page::nothing_here(visit);
    }
    let slice = visit.service().keys(organization, &visit.cursor());
    let content = html! {
        p.crumbs {
            a href="/hub/organizations" { "Organizations" } " / " (organizations::link(visit, organization))
        }
        div.title { h1 { "API keys" } (page::follow(visit)) }
        (rows(&slice.rows))
        (parts::pager(&visit.path, "", &slice))
    };
    page::page(visit, "API keys", &content)
}

/// An organization's newest keys, the way to the others, and the form for another.
pub(super) fn section(visit: &Visit<'_>, organization: &Organization, is_next: bool) -> Markup {
    let keys = visit.service().keys(&organization.id, &Cursor::Newest);
    let path = path(&organization.id);
    let hint = "3 to 30 characters: small letters, digits and hyphens, for example till-1.";
    let is_first = is_next && keys.rows.is_empty();
    html! {
        section aria-labelledby="keys" {
            h2 id="keys" { "API keys" }
            @if !keys.rows.is_empty() { (rows(&keys.rows)) }
            @if keys.older.is_some() { p { a href=(path) { "All " (keys.total) } } }
            (parts::posted(&path, &html! {
                (Field::text(NAME, "Name of the key", hint).required().first(is_first).show(&visit.form))
                button type="submit" { "Create API key" }
            }))
        }
    }
}

pub(super) async fn show(visit: &Visit<'_>, id: &str) -> Reply {
    let Some(key) = visit.service().key(id) else { return page::nothing_here(visit) };
    let mut once = visit.hub.once.lock().await;
    let secret = if visit.is_seen { once.show(id) } else { None };
    let organization = visit.service().organization(&key.organization);
    let content = html! {
        p.crumbs {
            a href="/hub/organizations" { "Organizations" }
            @if let Some(row) = &organization {
                " / " a href={ "/hub/organizations/" (row.id) } { (parts::name(&row.name)) }
            }
        }
        div.title { h1 { (key.name) } span.tag { "API key" } }
        (shown(&key.key, secret.as_deref()))
    };
    page::page(visit, &key.name, &content)
}

/// A key with its secret, or with what became of it.
pub(super) fn shown(key: &str, secret: Option<&str>) -> Markup {
    html! {
        @match secret {
            Some(secret) => (new_key(key, secret)),
            None => {
                (parts::facts(&[("Key", parts::code(key))]))
                p { "The secret was shown when the key was made, and is not kept. Whoever has lost it makes another key." }
            }
        }
    }
}

fn new_key(key: &str, secret: &str) -> Markup {
    html! {
        div.secret role="status" {
            h2 { "Store these now" }
            p { "The secret is shown this once. Reloading the page does not bring it back." }
            (parts::facts(&[("Key", parts::code(key)), ("Secret", parts::code(secret))]))
        }
    }
}

pub(super) async fn create(visit: &Visit<'_>, organization: &str, once: &mut Once) -> Reply {
    if visit.service().organization(organization).is_none() {
        return page::nothing_here(visit);
    }
    match visit.service().make_key(visit.form.text(NAME), organization).await {
        Ok((id, secret)) => {
            once.keep(&id, secret);
            page::see(&format!("/hub/keys/{id}"))
        }
        Err(NotMade::Store(reason)) => page::refused(visit, 503, &reason),
        Err(NotMade::Name(_)) => {
            let message = "This name cannot be taken: 3 to 30 small letters, digits and hyphens are wanted.";
            let path = format!("/hub/organizations/{organization}");
            organizations::show(&visit.again(&path, NAME, message), organization)
        }
    }
}
