//! Locations and registers (contract sign-fr 2.5 and 2.6).

use super::facts::{self, LocationFacts, RegisterFacts, Software};
use super::provision::{Report, address, commissioned, cut, find_or_make, id_of, params, planned};
use super::registers;
use super::resources::states;
use super::run::{Flow, Run};
use super::settings::LocationSettings;
use super::wire::{Write, text};
use crate::error::{Error, Kind};
use crate::exchange::Outcome;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the configuration says of a location.
#[derive(Deserialize)]
struct LocationParams {
    name: String,
    #[serde(default)]
    address: Value,
    #[serde(default)]
    settings: LocationSettings,
}

/// Makes or adopts a BRANCH, or adopts the HEAD_OFFICE where the location has no address of its own, and
/// commissions it.
pub(super) fn location(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::location(run.facts).ok();
    if let Some(plan) =
        planned(run, known.is_some(), &["make or adopt the location", "commission the location"])
    {
        return Ok(plan);
    }
    let mut report = Report::default();
    let params: LocationParams = params(run)?;
    let siret = params.settings.siret.clone();
    if let Some(known) = known.as_ref().filter(|known| known.siret == siret) {
        report.note(&known.location_type, &known.location, false);
        return Ok(report.into_outcome(json!(known)));
    }
    let merchant = facts::merchant(run.facts)?;
    let credential = merchant.credential.as_str();
    let (found, made) = if let Some(known) = &known {
        (read_again(run, credential, &known.location)?, false)
    } else if params.address.is_null() {
        (head_office(run, credential, &merchant.taxpayer)?, false)
    } else {
        let mut content = json!({
            "type": "BRANCH",
            "taxpayer": {"id": merchant.taxpayer},
            "name": cut(&params.name, 32),
            "address": address(&params.address)?,
        });
        if let (Some(siret), Some(fields)) = (&siret, content.as_object_mut()) {
            fields.insert("label".into(), siret.as_str().into());
        }
        let list = format!("/locations?taxpayer_id={}", merchant.taxpayer);
        find_or_make(run, "location", credential, &list, None, "/locations", &|| content.clone())?
    };
    let found = labelled(run, credential, found, siret.as_deref())?;
    let found = commissioned(run, "location", credential, None, "/locations", found)?;
    let location = id_of(&found)?;
    let location_type = text(&found, "/content/type").unwrap_or("BRANCH").to_owned();
    report.note(&location_type, &location, made);
    Ok(report.into_outcome(json!(LocationFacts { location, location_type, siret })))
}

fn read_again(run: &Run<'_>, credential: &str, location: &str) -> Flow<Value> {
    let gone = || Error::new(Kind::NotReady, format!("the service no longer knows the location {location}"));
    let path = format!("/locations/{location}");
    Ok(run.read("location.read", credential, &path, None)?.ok_or_else(gone)?.body.clone())
}

/// The location with its SIRET, which a head office cannot have from the beginning.
fn labelled(run: &Run<'_>, credential: &str, location: Value, siret: Option<&str>) -> Flow<Value> {
    let Some(siret) = siret.filter(|siret| text(&location, "/content/label") != Some(siret)) else {
        return Ok(location);
    };
    let path = format!("/locations/{}", id_of(&location)?);
    let make = |_| Write::patch(credential, path.clone(), json!({"label": siret}));
    run.write("location.label", &make, &|label| {
        let answer = run.read(&format!("{label}.look"), credential, &path, None)?;
        Ok(answer
            .map(|answer| answer.body.clone())
            .filter(|body| text(body, "/content/label") == Some(siret)))
    })
}

/// The HEAD_OFFICE, which exists with the taxpayer and shares its id (contract sign-fr 1.9); where
/// that id is none of a location's, it is looked for in the list.
fn head_office(run: &Run<'_>, credential: &str, taxpayer: &str) -> Flow<Value> {
    if let Some(answer) = run.read("head-office", credential, &format!("/locations/{taxpayer}"), None)? {
        return Ok(answer.body.clone());
    }
    let mut found = None;
    run.list(
        "head-office.find",
        credential,
        &format!("/locations?taxpayer_id={taxpayer}"),
        None,
        |location| {
            let here = text(location, "/content/type") == Some("HEAD_OFFICE");
            if here {
                found = Some(location.clone());
            }
            here
        },
    )?;
    found.ok_or_else(|| {
        let message =
            "the taxpayer has no HEAD_OFFICE at the service; give the location an address of its own";
        Error::new(Kind::Refused, message).into()
    })
}

/// What the configuration says of a register.
#[derive(Deserialize)]
pub(super) struct RegisterParams {
    name: String,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    serial: Option<String>,
    pub(super) software: Software,
}

/// Makes or adopts the register's FISCAL_DEVICE, commissions it, and learns what it allows.
///
/// A register that is known already is read again, so that new VAT rates and record types are
/// learned; where the till's program has changed, the service is told.
pub(super) fn register(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::register(run.facts).ok();
    if let Some(plan) =
        planned(run, known.is_some(), &["make the register's system", "commission the system"])
    {
        return Ok(plan);
    }
    if let Some(known) = known.as_ref().filter(|known| known.is_retired()) {
        return Ok(Report::default().into_outcome(json!(known)));
    }
    let params: RegisterParams = params(run)?;
    let merchant = facts::merchant(run.facts)?;
    let credential = merchant.credential.as_str();
    let (found, made) = match &known {
        Some(known) => (again(run, credential, known, &params.software)?, false),
        None => make(run, credential, &params)?,
    };
    let mut report = Report::default();
    if let Some(known) = known.as_ref().filter(|_| states::DECOMMISSION.is_taken(&found)) {
        return Ok(report.into_outcome(json!(registers::seen_halted(run, known, true))));
    }
    let mut learned = ready(run, credential, found, params.software)?;
    if let Some(known) = known {
        learned.replaced = known.replaced;
        learned.last_record = known.last_record;
        learned.offline = known.offline;
        learned.last_signature = known.last_signature;
        learned.halt = learned.halt.map(|halt| known.halt.unwrap_or(halt));
    }
    report.note("FISCAL_DEVICE", &learned.system, made);
    Ok(report.into_outcome(json!(learned)))
}

/// The system commissioned, and what it allows.
pub(super) fn ready(
    run: &Run<'_>,
    credential: &str,
    system: Value,
    software: Software,
) -> Flow<RegisterFacts> {
    let found = commissioned(run, "system", credential, None, "/systems", system)?;
    let strange = || Error::internal("the service showed a system without an id");
    let learned = RegisterFacts::from_system(&found, software).ok_or_else(strange)?;
    if states::SUSPEND.is_taken(&found) {
        return Ok(registers::seen_halted(run, &learned, false));
    }
    Ok(learned)
}

pub(super) fn make(run: &Run<'_>, credential: &str, params: &RegisterParams) -> Flow<(Value, bool)> {
    let location = facts::location(run.facts)?.location;
    let model = params.model.as_deref().unwrap_or(&params.name);
    let mut details = json!({"name": cut(&params.name, 256), "model": cut(model, 128)});
    if let (Some(serial), Some(fields)) = (&params.serial, details.as_object_mut()) {
        fields.insert("serial".into(), cut(serial, 256).into());
    }
    let content = json!({
        "type": "FISCAL_DEVICE",
        "location": {"id": location},
        "producer": {"type": "MPN", "number": cut(model, 128), "details": details},
        "software": software(&params.software),
    });
    let list = format!("/systems?location_id={location}");
    find_or_make(run, "system", credential, &list, None, "/systems", &|| content.clone())
}

fn again(run: &Run<'_>, credential: &str, known: &RegisterFacts, program: &Software) -> Flow<Value> {
    let found = system(run, credential, known)?;
    // What is decommissioned cannot be changed.
    if known.software.as_ref() == Some(program) || states::DECOMMISSION.is_taken(&found) {
        return Ok(found);
    }
    let path = format!("/systems/{}", known.system);
    let make = |_| Write::patch(credential, path.clone(), json!({"software": software(program)}));
    run.write("system.software", &make, &|label| {
        let answer = run.read(&format!("{label}.look"), credential, &path, None)?;
        let there = |body: &Value| body.pointer("/content/software") == Some(&software(program));
        Ok(answer.map(|answer| answer.body.clone()).filter(there))
    })
}

/// The register's system as it is now.
pub(super) fn system(run: &Run<'_>, credential: &str, known: &RegisterFacts) -> Flow<Value> {
    let path = format!("/systems/{}", known.system);
    let gone = || {
        let message = format!("the service no longer knows the system {}", known.system);
        Error::new(Kind::NotReady, message)
    };
    Ok(run.read("system.read", credential, &path, None)?.ok_or_else(gone)?.body.clone())
}

fn software(software: &Software) -> Value {
    json!({"name": cut(&software.name, 128), "version": cut(&software.version, 128)})
}
