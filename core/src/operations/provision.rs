//! From an account's key to a register that may sell.

use super::{Definition, Run, given, read, returned, sale, told, written};
use crate::config::{Config, Merchant};
use crate::engine::Submission;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Line, LineKind};
use crate::fiskal::{Call, Place};
use crate::services;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// Nobody's customer waits for it; a line takes a handful of requests.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) const PROVISION: Definition = Definition {
    name: "provision",
    summary: "Makes registers ready to sell at their service, from the account down; twice is once.",
    params: given::<Provision>,
    result: returned::<Provisioned>,
    run: Run::Client(provision),
};

/// Parameters of `provision`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Provision {
    /// Only this register and what stands above it; all registers if absent.
    #[serde(default)]
    register: Option<String>,
    /// Only tells what would be done.
    #[serde(default)]
    plan: bool,
}

/// Result of `provision`.
#[derive(Serialize, JsonSchema)]
struct Provisioned {
    /// The lines, each above the ones that depend on it.
    lines: Vec<Ready>,
}

/// What was done for one line.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProvisionedLine")]
struct Ready {
    /// `account`, `merchant`, `location` or `register`.
    kind: String,
    /// The name in the configuration.
    name: String,
    /// What was done, or, for a plan, would be.
    result: Made,
}

/// What a service has for a line.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Provisioning")]
struct Made {
    /// For a plan: what would be done, step by step; empty when nothing is left to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<Vec<String>>,
    /// What was made at the service.
    created: Vec<Resource>,
    /// What was found there, made for this line before.
    adopted: Vec<Resource>,
    /// What is there for this line and not used from here: left by a provisioning whose answer or journal was lost, or
    /// the API key of another till of the merchant. What no till uses can be removed.
    orphans: Vec<Orphan>,
}

/// Something at a service.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Resource {
    /// The service's word for it, such as `TAXPAYER`.
    #[serde(rename = "type")]
    resource_type: String,
    /// The service's id of it.
    id: String,
}

/// Something at a service that this journal does not use.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Orphan {
    /// The service's word for it, such as `SUBJECT`.
    #[serde(rename = "type")]
    resource_type: String,
    /// Its name there, or its id where several have the name.
    name: String,
}

fn provision(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let wanted: Provision = read(params)?;
    let registers: Vec<&str> = match &wanted.register {
        Some(register) => vec![register.as_str()],
        None => fiskal.config().registers.keys().map(String::as_str).collect(),
    };
    let mut done = BTreeSet::new();
    let mut lines = Vec::new();
    for register in registers {
        let place = fiskal.place(register)?;
        let above = place.above.clone();
        for (depth, line) in above.iter().chain([&place.line]).enumerate() {
            if done.insert(line.clone()) {
                lines.push(provision_line(
                    fiskal,
                    &place,
                    line,
                    above.get(..depth).unwrap_or(&above),
                    wanted.plan,
                )?);
            }
        }
    }
    written(&Provisioned { lines })
}

fn provision_line(
    fiskal: &Call<'_>,
    place: &Place<'_>,
    line: &Line,
    above: &[Line],
    plan: bool,
) -> Result<Ready> {
    let mut params = params_of(fiskal.config(), place, line)?;
    if let Some(params) = params.as_object_mut() {
        params.insert("plan".into(), plan.into());
        params.insert("environment".into(), line.environment.as_str().into());
        if line.kind == LineKind::Merchant {
            params.insert("credential_lost".into(), fiskal.credential_lost(line)?.into());
            let told = secrets_told(fiskal, line, &place.till.account.service)?;
            params.insert("secrets_told".into(), told.into());
        }
    }
    let name = format!("provision.{}", line.kind.name());
    let submission = Submission {
        key: if plan { format!("{name}:plan") } else { name.clone() },
        name,
        line: line.clone(),
        above: above.to_vec(),
        zone: place.till.location.zone.clone(),
        fingerprint: params.to_string(),
        params,
        at: None,
        original: None,
        replaces: None,
        once: false,
        patience: Some(PATIENCE),
    };
    let reply =
        fiskal.submit(submission).map_err(|error| in_configuration(fiskal.config(), place, line, error))?;
    let result: Made = told(&reply.outcome.result)?;
    Ok(Ready { kind: line.kind.name().into(), name: line.name.clone(), result })
}

/// Whether the service was told the merchant's secrets as the configuration has them now.
fn secrets_told(fiskal: &Call<'_>, merchant: &Line, service: &str) -> Result<bool> {
    for secret in services::merchant_secrets(service) {
        if !fiskal.engine().is_told(&format!("{merchant}/{}", secret.key))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A service points into what it was told of a line; the caller wants the place in the configuration.
fn in_configuration(config: &Config, place: &Place<'_>, line: &Line, error: Error) -> Error {
    let Some(told) = error.pointer().filter(|_| error.kind() == Kind::Config) else { return error };
    let till = &place.till;
    let (kind, name) = (line.kind.name(), &line.name);
    let pointer = match told.split('/').nth(1) {
        Some("contract" | "environment" | "key") => format!("/account/{}{told}", till.merchant.account),
        Some("settings") => {
            let setting = told.strip_prefix("/settings").unwrap_or_default();
            format!("/{kind}/{name}/{}{setting}", till.account.service)
        }
        Some("name" | "trade_name" | "tax_id" | "address" | "model" | "software") => {
            format!("/{kind}/{name}{told}")
        }
        _ => return error,
    };
    config.locate(error.at(pointer))
}

/// What the configuration says of a line, in the service's terms.
pub(super) fn params_of(config: &Config, place: &Place<'_>, line: &Line) -> Result<Value> {
    let till = &place.till;
    let service = till.account.service.as_str();
    let located = |kind: &str, name: &str| {
        let prefix = format!("/{kind}/{name}/{service}");
        move |error: Error| config.locate(error.under(&prefix))
    };
    Ok(match line.kind {
        LineKind::Account => json!({}),
        LineKind::Merchant => params_of_merchant(config, till.merchant, line, service)?,
        LineKind::Location => {
            let block = till.location.services.get(service);
            let settings =
                services::location_settings(service, &block).map_err(located("location", &line.name))?;
            let own = (till.location.address != till.merchant.address).then_some(&till.location.address);
            json!({ "name": till.location.name, "address": own, "settings": settings })
        }
        LineKind::Register => {
            json!({
                "name": line.name,
                "model": till.register.model,
                "software": till.register.software,
                "issuer": sale::issuer(place),
            })
        }
    })
}

/// What the configuration says of a merchant, in the service's terms.
pub(super) fn params_of_merchant(
    config: &Config,
    merchant: &Merchant,
    line: &Line,
    service: &str,
) -> Result<Value> {
    let block = merchant.services.get(service);
    let settings = services::merchant_settings(service, &line.environment, &block)
        .map_err(|error| config.locate(error.under(&format!("/merchant/{}/{service}", line.name))))?;
    Ok(json!({
        "name": merchant.name,
        "trade_name": merchant.trade_name,
        "tax_id": merchant.tax_id,
        "address": merchant.address,
        "settings": settings,
    }))
}
