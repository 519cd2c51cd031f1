//! Organizations (contract sign-at 2.11).

use super::{asked, changed, credential, found, kept, listed, made_by_us, named, organization, view};
use crate::error::{Error, Kind, Result};
use crate::resource::{CreateOrganization, OrganizationType, UpdateOrganization};
use crate::services::extra::extra_of;
use crate::services::sign_at::provision::{PATH, billing_address};
use crate::services::sign_at::run::{Flow, Run};
use crate::services::sign_at::wire::{Api, Write};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The shortest name that the Management API takes, and the longest that this library sends.
const NAME: std::ops::RangeInclusive<usize> = 3..=128;
/// The block of what only SIGN AT knows.
const BLOCK: &str = "sign-at";

/// What only SIGN AT knows of an organization, in its own words, as a caller gives it. The service checks it.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    economy_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_person_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_line2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_address_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_options: Option<BillingOptions>,
}

/// Who pays.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BillingOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_to_organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withhold_billing: Option<bool>,
}

pub(super) fn get(run: &Run<'_>) -> Flow<Value> {
    Ok(view::organization(&now(run)?)?)
}

pub(super) fn list(run: &Run<'_>) -> Flow<Value> {
    if !run.param("organization").is_null() {
        let message = "the Management API lists what the key sees, and below no other organization; leave it out, or give the credential of another key";
        return Err(Error::invalid("/organization", message).into());
    }
    listed(run, Api::Management, PATH, "organization", view::organization)
}

pub(super) fn create(run: &Run<'_>) -> Flow<Value> {
    let asked: CreateOrganization = asked(run)?;
    if asked.organization_type == OrganizationType::Group {
        let message = "an organization of SIGN AT is one taxpayer's; give unit";
        return Err(Error::invalid("/type", message).into());
    }
    let Some(address) = &asked.address else {
        let message = "the Management API wants the billing address; give address";
        return Err(Error::invalid("/address", message).into());
    };
    check_name(&asked.name)?;
    let mut content = settings(&asked.extra)?;
    content.extend(billing_address(&json!(address)).map_err(as_input)?);
    content.insert("name".into(), asked.name.into());
    content.insert("metadata".into(), kept(run)?.into());
    let credential = credential(run)?;
    let manager = organization(run, &credential)?;
    content.insert("managed_by_organization_id".into(), manager.into());
    let make = |_| Write::post(PATH.into(), json!(content));
    let body = run
        .write("create", &credential, &make, &|label| Ok(made_by_us(run, label, &credential, PATH)?.pop()))?;
    Ok(view::organization(&body)?)
}

/// Changes what is said about it. Said twice it is the same, so one of unknown fate is said again.
pub(super) fn update(run: &Run<'_>) -> Flow<Value> {
    let asked: UpdateOrganization = asked(run)?;
    let mut changes = settings(&asked.extra)?;
    if let Some(name) = asked.name {
        check_name(&name)?;
        changes.insert("name".into(), name.into());
    }
    if let Some(address) = &asked.address {
        changes.extend(billing_address(&json!(address)).map_err(as_input)?);
    }
    let now = now(run)?;
    changes.extend(changed(run, &now)?.map(|metadata| ("metadata".to_owned(), metadata.into())));
    if changes.is_empty() {
        return Ok(view::organization(&now)?);
    }
    let (credential, path) = (credential(run)?, address(run)?);
    let make = |_| Write { api: Api::Management, ..Write::patch(path.clone(), json!(changes)) };
    Ok(view::organization(&run.write("update", &credential, &make, &|_| Ok(None))?)?)
}

fn now(run: &Run<'_>) -> Flow<Value> {
    found(run, Api::Management, &address(run)?, "organization")
}

fn address(run: &Run<'_>) -> Result<String> {
    Ok(format!("{PATH}/{}", named(run, "organization")?))
}

fn check_name(name: &str) -> Result<()> {
    if NAME.contains(&name.chars().count()) {
        return Ok(());
    }
    let message = format!("the name of an organization has {} to {} characters", NAME.start(), NAME.end());
    Err(Error::invalid("/name", message))
}

/// What only SIGN AT knows of an organization, in its own words; the blocks of other services are not looked at.
fn settings(extra: &Map<String, Value>) -> Result<Map<String, Value>> {
    let settings: Settings = extra_of(BLOCK, extra)?;
    Ok(json!(settings).as_object().cloned().unwrap_or_default())
}

/// What the configuration would be told about its address, told to a caller about an argument.
fn as_input(error: Error) -> Error {
    match error.kind() {
        Kind::Config => Error::invalid(error.pointer().unwrap_or_default(), error.message()),
        _ => error,
    }
}
