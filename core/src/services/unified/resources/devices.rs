//! What the service is told about systems (contract sign-fr 2.6).

use super::as_id;
use super::content::asked;
use crate::error::{Error, Result};
use crate::resource::{Acquirer, CreateSystem, Device, Program, SystemKind, SystemType, UpdateSystem};
use crate::services::unified::event::fits;
use crate::services::unified::run::Run;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// The longest texts of a device (Appendix A, ProductDetails and Software) and of a terminal
/// (PaymentDeviceLabel, PaymentDeviceTaxIdNumber).
const NAME: usize = 256;
const TEXT: usize = 128;
const SHORT: usize = 16;
/// Most systems that a terminal is connected to (Appendix A, PaymentDeviceSystemConnections).
const CONNECTIONS: usize = 100;

pub(super) fn new(run: &Run<'_>) -> Result<Value> {
    let asked: CreateSystem = asked(run)?;
    let country = run.service.country;
    if asked.system_type != SystemType::FiscalDevice && !country.has_other_systems {
        let message = format!("in {} a system is a register (fiscal_device), and nothing else", country.name);
        return Err(Error::invalid("/type", message));
    }
    check_kind(asked.system_type, asked.kind)?;
    let mut content = Map::new();
    let system_type = match asked.system_type {
        SystemType::FiscalDevice => "FISCAL_DEVICE",
        SystemType::PaymentDevice => "PAYMENT_DEVICE",
        SystemType::EInvoiceService => "E_INVOICE_SERVICE",
    };
    content.insert("type".into(), system_type.into());
    if let Some(kind) = asked.kind {
        content.insert("kind".into(), json!(kind).as_str().unwrap_or_default().to_uppercase().into());
    }
    content.insert("location".into(), json!({"id": as_id("/location", &asked.location)?}));
    content.insert("software".into(), software(&asked.software)?);
    match (asked.system_type, &asked.device) {
        (SystemType::EInvoiceService, None) => {}
        (SystemType::EInvoiceService, Some(_)) => {
            let message = "a service for electronic invoices is no device; leave it out";
            return Err(Error::invalid("/device", message));
        }
        (_, Some(device)) => drop(content.insert("producer".into(), producer(device)?)),
        (_, None) => {
            return Err(Error::invalid(
                "/device",
                "say which device it is; give at least its number and name",
            ));
        }
    }
    let terminal = terminal(asked.acquirer.as_ref(), asked.label.as_deref(), asked.connected_to.as_deref())?;
    match (asked.system_type, terminal.keys().next()) {
        (SystemType::PaymentDevice, _) => {
            if asked.label.is_none() && asked.kind != Some(SystemKind::Virtual) {
                let message = "a physical terminal needs what is written on it; give its label";
                return Err(Error::invalid("/label", message));
            }
        }
        (_, Some(name)) => {
            return Err(Error::invalid(format!("/{name}"), "only a terminal has this; leave it out"));
        }
        (_, None) => {}
    }
    content.extend(terminal);
    Ok(content.into())
}

pub(super) fn changed(run: &Run<'_>) -> Result<Map<String, Value>> {
    let asked: UpdateSystem = asked(run)?;
    let mut changes =
        terminal(asked.acquirer.as_ref(), asked.label.as_deref(), asked.connected_to.as_deref())?;
    if let Some(location) = &asked.location {
        changes.insert("location".into(), json!({"id": as_id("/location", location)?}));
    }
    if let Some(device) = &asked.device {
        changes.insert("producer".into(), producer(device)?);
    }
    if let Some(program) = &asked.software {
        changes.insert("software".into(), software(program)?);
    }
    Ok(changes)
}

fn check_kind(system_type: SystemType, kind: Option<SystemKind>) -> Result<()> {
    let fitting: &[SystemKind] = match system_type {
        SystemType::FiscalDevice => &[SystemKind::Internal, SystemKind::External],
        SystemType::PaymentDevice => &[SystemKind::Physical, SystemKind::Virtual],
        SystemType::EInvoiceService => &[],
    };
    if kind.is_some_and(|kind| !fitting.contains(&kind)) {
        let message =
            "a register is internal or external, a terminal physical or virtual; nothing else has a kind";
        return Err(Error::invalid("/kind", message));
    }
    Ok(())
}

fn software(program: &Program) -> Result<Value> {
    fits("/software/name", &program.name, TEXT)?;
    fits("/software/version", &program.version, TEXT)?;
    Ok(json!({"name": program.name, "version": program.version}))
}

fn producer(device: &Device) -> Result<Value> {
    fits("/device/number", &device.number, TEXT)?;
    fits("/device/name", &device.name, NAME)?;
    for (name, text, most) in [
        ("brand", &device.brand, TEXT),
        ("model", &device.model, TEXT),
        ("serial", &device.serial, NAME),
        ("label", &device.label, NAME),
        ("batch", &device.batch, TEXT),
    ] {
        text.as_ref().map_or(Ok(()), |text| fits(&format!("/device/{name}"), text, most))?;
    }
    for (name, day) in
        [("date_of_entry", &device.date_of_entry), ("date_of_production", &device.date_of_production)]
    {
        let is_day = |day: &String| day.len() == 10 && day.parse::<Date>().is_ok();
        if day.as_ref().is_some_and(|day| !is_day(day)) {
            return Err(Error::invalid(format!("/device/{name}"), "a day is written as in 2026-03-01"));
        }
    }
    let mut details = json!(device);
    if let Some(details) = details.as_object_mut() {
        details.remove("number");
    }
    Ok(json!({"type": "MPN", "number": device.number, "details": details}))
}

/// What only a terminal has.
fn terminal(
    acquirer: Option<&Acquirer>,
    label: Option<&str>,
    connected_to: Option<&[String]>,
) -> Result<Map<String, Value>> {
    let mut members = Map::new();
    if let Some(acquirer) = acquirer {
        fits("/acquirer/tax_id", &acquirer.tax_id, SHORT)?;
        fits("/acquirer/name", &acquirer.name, TEXT)?;
        let acquirer = json!({"tax_id_number": acquirer.tax_id, "legal_name": acquirer.name});
        members.insert("acquirer".into(), acquirer);
    }
    if let Some(label) = label {
        fits("/label", label, SHORT)?;
        members.insert("label".into(), label.into());
    }
    if let Some(connected) = connected_to {
        members.insert("connected_to".into(), connections(connected)?);
    }
    Ok(members)
}

fn connections(given: &[String]) -> Result<Value> {
    if given.len() > CONNECTIONS {
        let message = format!("a terminal is connected to at most {CONNECTIONS} systems");
        return Err(Error::invalid("/connected_to", message));
    }
    let mut ids: Vec<String> = Vec::new();
    for (at, id) in given.iter().enumerate() {
        let pointer = format!("/connected_to/{at}");
        let id = as_id(&pointer, id)?;
        if ids.contains(&id) {
            return Err(Error::invalid(pointer, "this system is named twice; name it once"));
        }
        ids.push(id);
    }
    Ok(json!(ids))
}
