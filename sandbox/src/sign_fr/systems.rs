//! Systems: tills with a key and a journal of their own (contract sign-fr 2.6).

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::desk::{Desk, stamp};
use super::errors::Problem;
use super::locations::reference;
use super::resources;
use super::state::{Kind, Resource};
use crate::crypto::SystemKey;
use crate::http::Reply;

const FISCAL_DEVICE: &str = "FISCAL_DEVICE";
const PAYMENT_DEVICE: &str = "PAYMENT_DEVICE";
const E_INVOICE_SERVICE: &str = "E_INVOICE_SERVICE";

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    let id = reference(desk.content("location"));
    let location = desk.refer(Kind::Location, &id)?;
    let kind = desk.content("type").and_then(Value::as_str).unwrap_or_default();
    if !location.country.systems(desk.settings).iter().any(|(taken, _)| *taken == kind) {
        return Err(Problem::not_implemented(format!("systems of type {kind} are not served here")));
    }
    if kind == PAYMENT_DEVICE {
        check_terminal(desk, desk.request.body.get("content").unwrap_or(&Value::Null))?;
    }
    resources::check_takes(location, Kind::System, desk.settings)?;
    let organization = location.organization.clone();
    let mut system = resources::new(desk, Kind::System, location.country);
    system.organization = organization;
    system.content.insert("location".to_owned(), json!({ "id": id }));
    let serial = Uuid::new_v4().simple().to_string();
    let key = SystemKey::generate(&system.id, &serial, desk.now)
        .map_err(|error| Problem::internal(error.to_string()))?;
    system.keys = Some((key.private_key_pem().to_owned(), key.certificate_pem().to_owned()));
    resources::save_and_show(desk, system)
}

pub(super) fn change(
    desk: &mut Desk<'_>,
    system: &mut Resource,
    mut changes: Map<String, Value>,
) -> Result<(), Problem> {
    let foreign: &[&str] = match system.kind_name() {
        FISCAL_DEVICE => &["acquirer", "label", "connected_to"],
        E_INVOICE_SERVICE => &["acquirer", "label", "connected_to", "producer"],
        _ => &[],
    };
    if let Some(name) = foreign.iter().find(|name| changes.contains_key(**name)) {
        return Err(Problem::unprocessable(format!("a {} has no {name}", system.kind_name())));
    }
    check_connections(desk, changes.get("connected_to"))?;
    if changes.contains_key("location") {
        let id = reference(changes.get("location"));
        let location = desk.refer(Kind::Location, &id)?;
        if system.refers_to("location") != id {
            resources::check_move(system, location, desk.settings)?;
        }
        changes.insert("location".to_owned(), json!({ "id": id }));
    }
    resources::merge(system, changes);
    Ok(())
}

/// A physical terminal says what is written on it, and what it is connected to exists (contract sign-fr 2.6).
fn check_terminal(desk: &Desk<'_>, content: &Value) -> Result<(), Problem> {
    if content.get("kind").is_none_or(|kind| kind == "PHYSICAL") && content.get("label").is_none() {
        return Err(Problem::unprocessable("a PHYSICAL payment device needs a label"));
    }
    check_connections(desk, content.get("connected_to"))
}

fn check_connections(desk: &Desk<'_>, connected: Option<&Value>) -> Result<(), Problem> {
    let ids = connected.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for id in ids {
        desk.refer(Kind::System, id)?;
    }
    Ok(())
}

/// Whether records are made on it: not on an EXTERNAL fiscal device, which is a printer that issues by itself (contract
/// sign-fr 2.6).
pub(super) fn issues(system: &Resource) -> bool {
    system.kind_name() == FISCAL_DEVICE && system.content.get("kind").is_none_or(|kind| kind != "EXTERNAL")
}

/// The key that signs for a system.
pub(super) fn signer(system: &Resource) -> Result<SystemKey, Problem> {
    let (key, certificate) = system
        .keys
        .as_ref()
        .ok_or_else(|| Problem::internal(format!("system '{}' has no key", system.id)))?;
    SystemKey::from_pem(key, certificate).map_err(|error| Problem::internal(error.to_string()))
}

/// What the server knows about a system: how it signs, which records and VAT codes it takes.
pub(super) fn facts(desk: &Desk<'_>, system: &Resource) -> Result<Value, Problem> {
    let key = signer(system)?;
    let (records, vat_rates, vat_exemptions) = if issues(system) {
        system.country.offers(desk.settings, &desk.italy)
    } else {
        (json!([]), json!([]), json!([]))
    };
    Ok(json!({
        "journal": { "cryptography": {
            "certificate": {
                "serial_number": key.serial_number(),
                "expires_at": stamp(key.expires_at(), desk.settings),
                "x509_pem": key.certificate_pem(),
            },
            "signature": { "type": "ECDSA", "hash": "SHA-256" },
        }},
        "compliance": { "software": { "name": system.country.product(), "version": "v1" } },
        "records": records,
        "vat_rates": vat_rates,
        "vat_exemptions": vat_exemptions,
    }))
}

/// Whose system it is.
pub(super) fn taxpayer<'d>(desk: &'d Desk<'_>, system: &Resource) -> Option<&'d Resource> {
    let location = desk.state.resources(Kind::Location).get(system.refers_to("location"))?;
    // The head office's id is the taxpayer's own (contract sign-fr 1.9).
    let taxpayer = location.refers_to("taxpayer");
    desk.state.resources(Kind::Taxpayer).get(if taxpayer.is_empty() { &location.id } else { taxpayer })
}
