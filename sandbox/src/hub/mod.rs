//! The hub: what is done on a fiscal service's web page, on this machine. A person creates an account, a GROUP and an
//! API key (steps 1 to 3 of the guide of 2026-05-04), watches records arrive, and plants faults on the line.
//!
//! Pages are made here, without scripts and without anything from elsewhere. What they change goes through the same
//! doors as everything else: the service's own state, and `/_sandbox`.

mod austria;
mod clock;
mod faults;
mod form;
pub(crate) mod guard;
mod keys;
mod once;
mod organizations;
mod overview;
mod page;
mod parts;
mod receipt;
mod records;
pub(crate) mod reference;
mod requests;
mod resources;
mod settings;

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Method;
use axum::http::request::Parts;
use tokio::sync::Mutex;

use self::form::Form;
use self::once::Once;
use crate::http::Reply;
use crate::management::Accounts;
use crate::server::House;
use crate::sign_at::SignAt;
use crate::sign_fr::{Kind, SignFr};
use crate::slice::Cursor;

/// The hub's own state; everything else belongs to the service and the sandbox.
pub(crate) struct Hub {
    service: Arc<SignFr>,
    sign_at: Arc<SignAt>,
    accounts: Arc<Accounts>,
    once: Mutex<Once>,
}

impl Hub {
    pub(crate) fn new(service: Arc<SignFr>, sign_at: Arc<SignAt>, accounts: Arc<Accounts>) -> Hub {
        Hub { service, sign_at, accounts, once: Mutex::default() }
    }
}

/// Whether an address is one of the hub's.
pub(crate) fn owns(path: &str) -> bool {
    path == "/" || path == "/hub" || path.starts_with("/hub/")
}

/// One request for a page.
#[derive(Clone)]
struct Visit<'a> {
    house: &'a House,
    hub: &'a Hub,
    /// `GET`, not `HEAD`: the answer will be seen.
    is_seen: bool,
    path: String,
    host: &'a str,
    query: Vec<(String, String)>,
    form: Form,
}

impl<'a> Visit<'a> {
    fn of(house: &'a House, parts: &'a Parts) -> Visit<'a> {
        Visit {
            house,
            hub: &house.hub,
            is_seen: parts.method == Method::GET,
            path: parts.uri.path().to_owned(),
            host: parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default(),
            query: form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
            form: Form::default(),
        }
    }

    fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Where the page of a list begins.
    fn cursor(&self) -> Cursor {
        match (self.query("before"), self.query("after")) {
            (Some(id), _) => Cursor::Before(id.to_owned()),
            (None, Some(id)) => Cursor::After(id.to_owned()),
            (None, None) => Cursor::Newest,
        }
    }

    /// The same page again, with what is wrong with a field of its form.
    fn again(&self, path: &str, field: &str, message: impl Into<String>) -> Self {
        let form = self.form.clone().wrong(field, message);
        Visit { path: path.to_owned(), form, ..self.clone() }
    }

    fn service(&self) -> &SignFr {
        &self.hub.service
    }
}

/// Answers one request for a page.
pub(crate) async fn answer(house: &House, parts: &Parts, body: Result<Bytes, &'static str>) -> Reply {
    let mut visit = Visit::of(house, parts);
    if let Err(refused) = guard::check(&parts.method, &parts.headers) {
        return page::refused(&visit, refused.status, refused.message);
    }
    let path = visit.path.clone();
    let segments: Vec<&str> = path.split('/').skip(2).filter(|part| !part.is_empty()).collect();
    match parts.method {
        Method::GET | Method::HEAD => read(&visit, &segments).await,
        Method::POST => {
            let form = body.map_err(|reason| (413, reason));
            match form.and_then(|body| Form::read(&parts.headers, &body)) {
                Ok(form) => visit.form = form,
                Err((status, message)) => return page::refused(&visit, status, message),
            }
            write(&visit, &segments).await
        }
        _ => page::refused(&visit, 405, "These pages are read with GET and changed with POST.")
            .with("allow", "GET, HEAD, POST"),
    }
}

async fn read(visit: &Visit<'_>, segments: &[&str]) -> Reply {
    match segments {
        [] => overview::show(visit),
        ["style.css"] => page::style(),
        ["austria", rest @ ..] => austria::read(visit, rest).await,
        ["organizations"] => organizations::list(visit),
        ["organizations", id] => organizations::show(visit, id),
        ["organizations", id, "keys"] => keys::list(visit, id),
        ["keys", id] => keys::show(visit, id).await,
        ["records"] => records::list(visit),
        ["records", id] => records::show(visit, id),
        ["faults"] => faults::show(visit),
        ["clock"] => clock::show(visit),
        ["requests"] => requests::show(visit),
        ["settings"] => settings::show(visit),
        [collection] if kind(collection).is_some() => resources::list(visit, kind(collection)),
        [collection, id] if kind(collection).is_some() => resources::show(visit, kind(collection), id),
        _ => page::nothing_here(visit),
    }
}

/// Carries a form out once, also when it comes twice at the same time.
async fn write(visit: &Visit<'_>, segments: &[&str]) -> Reply {
    let form = visit.form.text("form");
    let mut once = visit.hub.once.lock().await;
    if let Some(place) = once.led_to(form) {
        return page::see(&place);
    }
    let reply = carry_out(visit, segments, &mut once).await;
    if let Some((_, place)) = reply.headers.iter().find(|(name, _)| *name == "location") {
        once.note(form, place);
    }
    reply
}

async fn carry_out(visit: &Visit<'_>, segments: &[&str], once: &mut Once) -> Reply {
    match segments {
        ["austria", rest @ ..] => austria::write(visit, rest, once).await,
        ["organizations"] => organizations::create(visit, None).await,
        ["organizations", id, "organizations"] => organizations::create(visit, Some(id)).await,
        ["organizations", id, "keys"] => keys::create(visit, id, once).await,
        ["faults"] => faults::plant(visit),
        ["faults", "heal"] => faults::heal_all(visit),
        ["faults", number, "heal"] => faults::heal(visit, number),
        ["clock"] => clock::set(visit),
        ["settings"] => settings::change(visit),
        _ => page::nothing_here(visit),
    }
}

fn kind(collection: &str) -> Option<Kind> {
    [Kind::Taxpayer, Kind::Location, Kind::System]
        .into_iter()
        .find(|kind| resources::path(*kind) == collection)
}
