//! What is said, in the words of the step-by-step guide (contract sign-fr 1.6).
//!
//! Where the guide has a word of its own, that word is used; a member for which it has none keeps the
//! reference's name. Operations other than RECEIPT are not in the guide and stay as they are.

use super::super::entries::set;
use super::super::run::Run;
use super::super::secrets;
use super::super::settings::{DUMMY_PORTAL, MerchantSettings, SECRETS};
use super::super::wire::{IDEMPOTENCY_KEY, SCOPE, text};
use super::{collection, receipt, take};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Lost, Method, Request};
use serde_json::{Map, Value, json};

/// What every path begins with.
pub(super) const PREFIX: &str = "/api/v1";

/// Puts a request into the guide's words.
///
/// A PATCH has no idempotency key: when its answer is lost, the resource is looked at before it is sent
/// once more.
pub(super) fn spoken(mut request: Request, day: &str) -> Request {
    let kind = collection(&request.path).to_owned();
    if kind == "tokens" || request.method == Method::Patch {
        request.headers.retain(|(name, _)| name != IDEMPOTENCY_KEY);
    }
    if request.method == Method::Patch {
        request.lost = Lost::Ask;
    }
    let scope = request.headers.iter().find(|(name, _)| name == SCOPE).map(|(_, scope)| scope.clone());
    request.path = match kind.as_str() {
        "tokens" => format!("{PREFIX}/auth/token"),
        _ => format!("{PREFIX}{}", request.path),
    };
    request.body = request.body.map(|body| bare(&kind, body, scope, day));
    for kept in &mut request.keep_secret {
        kept.pointer = kept.pointer.replace("/credentials/", "/credentials/api_");
    }
    request
}

/// The body without its envelope; what the caller notes stands beside the content.
fn bare(kind: &str, mut body: Value, scope: Option<String>, day: &str) -> Value {
    let mut content = take(&mut body, "content").unwrap_or_else(|| json!({}));
    match kind {
        "tokens" => {
            let [key, secret] = ["key", "secret"].map(|name| take(&mut content, name));
            content = json!({"api_key": key, "api_secret": secret});
        }
        "organizations" => {
            if let Some(parent) = scope {
                set(&mut content, "parent_id", parent);
            }
        }
        "taxpayers" => taxpayer(&mut content),
        "locations" => address(&mut content),
        "systems" => system(&mut content, day),
        "records" => record(&mut content),
        _ => {}
    }
    if let Some(metadata) = take(&mut body, "metadata") {
        set(&mut content, "metadata", metadata);
    }
    content
}

fn taxpayer(content: &mut Value) {
    if let Some(name) = text(content, "/name/legal").map(str::to_owned) {
        set(content, "name", name);
    }
    if let Some(fiscalization) = content.get_mut("fiscalization") {
        take(fiscalization, "type");
    }
    address(content);
}

/// A house without a number has `-` for one in the reference.
fn address(content: &mut Value) {
    let Some(mut address) = content.get("address").cloned() else { return };
    let part = |place: &str| text(&address, place).unwrap_or_default().to_owned();
    let street = match part("/line/number").as_str() {
        "" | "-" => part("/line/street"),
        number => format!("{number} {}", part("/line/street")),
    };
    let [code, city, country] = ["code", "city", "country"].map(|name| take(&mut address, name));
    let written = json!({"street": street, "postal_code": code, "city": city, "country_code": country});
    set(content, "address", written);
}

/// The reference knows the manufacturer by the model alone; the guide's brand repeats it.
fn system(content: &mut Value, day: &str) {
    if let Some(mut location) = take(content, "location") {
        set(content, "location_id", take(&mut location, "id").unwrap_or_default());
    }
    let mut product = Map::new();
    if let Some(mut producer) = take(content, "producer") {
        let number = take(&mut producer, "number").unwrap_or_default();
        let mut details = take(&mut producer, "details").unwrap_or_else(|| json!({}));
        let brand = take(&mut details, "model").unwrap_or_else(|| number.clone());
        product.insert("mpn".into(), number);
        product.insert("brand".into(), brand);
        product.insert("usage_start_date".into(), day.into());
        product.insert("details".into(), details);
    }
    if let Some(software) = take(content, "software") {
        product.insert("software".into(), software);
    }
    if !product.is_empty() {
        set(content, "product", product);
    }
}

fn record(content: &mut Value) {
    if let Some(mut system) = take(content, "system") {
        set(content, "system_id", take(&mut system, "id").unwrap_or_default());
    }
    if let Some(mut intention) = take(content, "record") {
        set(content, "intention_id", take(&mut intention, "id").unwrap_or_default());
    }
    if let Some(operation) = content.get_mut("operation") {
        receipt::spoken(operation);
    }
}

/// The taxpayer's access to the tax portal.
pub(super) fn portal_access(run: &Run<'_>, settings: &MerchantSettings) -> Result<Value> {
    let live = run.service.environment == "live";
    let missing = |key: &str| {
        let message = format!(
            "the contract 2026-05-04 wants the merchant's access to the tax portal in live; add {key} to the merchant's sign-fr block"
        );
        Error::new(Kind::Config, message).at(format!("/settings/{key}"))
    };
    let username = match &settings.portal_username {
        None if live => return Err(missing("portal_username")),
        given => given.as_deref().unwrap_or(DUMMY_PORTAL),
    };
    if live && settings.portal_password.is_none() {
        return Err(missing("portal_password"));
    }
    let [password] = SECRETS.each_ref().map(|secret| secrets::of_merchant(run, secret));
    Ok(json!({"type": "PORTAL_ACCESS", "username": username, "password": password}))
}
