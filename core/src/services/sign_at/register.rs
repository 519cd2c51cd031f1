//! Locations, of which SIGN AT knows nothing, and cash registers: CREATED, REGISTERED, INITIALIZED (contract sign-at
//! 2.4 and 3.2).

use super::facts::{self, Last, LocationFacts, RegisterFacts};
use super::provision::{Report, id_of, planned};
use super::receipt;
use super::run::{Flow, Run};
use super::wire::{self, Api, Write, text};
use crate::error::{Error, Kind};
use crate::exchange::Outcome;
use crate::receipt::Receipt;
use serde::Deserialize;
use serde_json::{Value, json};

const PATH: &str = "/cash-register";

/// A location needs nothing at the service.
pub(super) fn location(run: &Run<'_>) -> Flow<Outcome> {
    if let Some(plan) = planned(run, true, &[]) {
        return Ok(plan);
    }
    let name = run.param("name").as_str().unwrap_or_default().to_owned();
    Ok(Report::default().into_outcome(json!(LocationFacts { name })))
}

/// What the configuration says of a register.
#[derive(Deserialize)]
struct RegisterParams {
    name: String,
}

/// Makes or adopts the cash register and brings it to INITIALIZED, which makes its start receipt.
pub(super) fn register(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::register(run.facts).ok();
    let steps =
        ["make the cash register", "register it in FinanzOnline", "initialize it, with its start receipt"];
    if let Some(plan) = planned(run, known.is_some(), &steps) {
        return Ok(plan);
    }
    let params: RegisterParams = run.params()?;
    let credential = facts::merchant(run.facts)?.credential;
    let (found, made) = match &known {
        Some(known) => (again(run, &credential, &known.register)?, false),
        None => make(run, &credential, &params)?,
    };
    let id = id_of(&found)?;
    let path = format!("{PATH}/{id}");
    let found = ready(run, &credential, &path, found)?;
    let serial = text(&found, "/serial_number")
        .ok_or_else(|| Error::internal("SIGN AT showed a cash register without its serial number"))?
        .to_owned();
    let mut learned = RegisterFacts {
        register: id.clone(),
        serial,
        last: known.as_ref().and_then(|known| known.last.clone()),
        dep_saved_at: known.as_ref().map_or(run.now.now, |known| known.dep_saved_at),
        unconfirmed: known.as_ref().and_then(|known| known.unconfirmed.clone()),
        offline: known.and_then(|known| known.offline),
    };
    let mut report = Report::default();
    report.note("CASH_REGISTER", &id, made);
    let mut start = None;
    if learned.last.is_none() {
        let latest = latest(run, &credential, &path)?;
        learned.last = latest.and_then(Last::of);
        let first = latest.filter(|latest| text(latest, "/receipt_type") == Some("INITIALIZATION"));
        start = first.map(|first| receipt::made_by_service(run, first)).transpose()?;
    }
    let receipts: Vec<Receipt> = start.into_iter().collect();
    Ok(Outcome { receipts, ..report.into_outcome(json!(learned)) })
}

/// The register's last receipt.
fn latest<'a>(run: &Run<'a>, credential: &str, path: &str) -> Flow<Option<&'a Value>> {
    let address = format!("{path}/receipt?limit=1&order=DESC");
    let answer = run.read(Api::Signing, "latest", credential, &address)?;
    Ok(answer.and_then(|answer| answer.body.pointer("/data/0")))
}

fn again(run: &Run<'_>, credential: &str, register: &str) -> Flow<Value> {
    let gone = || {
        let message = format!("SIGN AT no longer knows the cash register {register}");
        Error::new(Kind::NotReady, message)
    };
    let path = format!("{PATH}/{register}");
    Ok(run.read(Api::Signing, "register.read", credential, &path)?.ok_or_else(gone)?.body.clone())
}

/// The register of this line in the list, or a new one under an id of this operation.
fn make(run: &Run<'_>, credential: &str, params: &RegisterParams) -> Flow<(Value, bool)> {
    let line = run.operation.line.to_string();
    if run.past.find("register").is_none() {
        let all = run.list(Api::Signing, "registers", credential, PATH)?;
        let ours = |one: &&&Value| {
            text(one, "/metadata/fiskal_line") == Some(&line)
                && !matches!(state(one), "DECOMMISSIONED" | "DEFECTIVE")
        };
        if let Some(found) = all.iter().find(ours) {
            return Ok(((*found).clone(), false));
        }
    }
    let path = format!("{PATH}/{}", wire::version_4(run.operation.derived_id("register")));
    let body = json!({"description": params.name, "metadata": run.line_marks()});
    let look = |label: &str| -> Flow<Option<Value>> {
        Ok(run.read(Api::Signing, label, credential, &path)?.map(|answer| answer.body.clone()))
    };
    let made = run.write("register", credential, &|_| Write::put(path.clone(), body.clone()), &look)?;
    Ok((made, true))
}

/// The register INITIALIZED, step by step from whatever state it is in.
fn ready(run: &Run<'_>, credential: &str, path: &str, register: Value) -> Flow<Value> {
    let registered = match state(&register) {
        "CREATED" => change(run, credential, path, "register.register", "REGISTERED")?,
        "DECOMMISSIONED" | "DEFECTIVE" => {
            let message = format!(
                "the cash register is {} for good; give the register another name, and provision that one",
                state(&register)
            );
            return Err(Error::new(Kind::NotReady, message).into());
        }
        _ => register,
    };
    match state(&registered) {
        "INITIALIZED" => Ok(registered),
        // From OUTAGE too: whoever provisions a register wants to sell with it.
        _ => change(run, credential, path, "register.initialize", "INITIALIZED"),
    }
}

fn change(run: &Run<'_>, credential: &str, path: &str, label: &str, wanted: &str) -> Flow<Value> {
    // A register that is further already has been REGISTERED too.
    let reached = |register: &Value| matches!(state(register), "INITIALIZED") || state(register) == wanted;
    let look = |label: &str| -> Flow<Option<Value>> {
        let found = run.read(Api::Signing, label, credential, path)?;
        Ok(found.map(|answer| answer.body.clone()).filter(|register| reached(register)))
    };
    let make = |_| Write::patch(path.to_owned(), json!({"state": wanted}));
    run.write(label, credential, &make, &look)
}

fn state(register: &Value) -> &str {
    text(register, "/state").unwrap_or_default()
}
