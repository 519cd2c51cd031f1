//! Locations, of which SIGN AT knows nothing, and cash registers: CREATED, REGISTERED, INITIALIZED (contract sign-at
//! 2.4 and 3.2).

use super::facts::{self, Last, LocationFacts, RegisterFacts};
use super::life;
use super::provision::{Report, id_of, planned};
use super::receipt;
use super::run::{Flow, Run};
use super::wire::{self, Api, Write, text};
use crate::error::{Error, Kind};
use crate::exchange::Outcome;
use crate::receipt::Receipt;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const PATH: &str = "/cash-register";

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
///
/// One that is out of service stays so: `register.restore` and `register.replace` say what is wanted.
pub(super) fn register(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::register(run.facts).ok();
    let steps =
        ["make the cash register", "register it in FinanzOnline", "initialize it, with its start receipt"];
    if let Some(plan) = planned(run, known.is_some(), &steps) {
        return Ok(plan);
    }
    let mut report = Report::default();
    if let Some(known) = known.as_ref().filter(|known| known.is_retired()) {
        return Ok(report.into_outcome(json!(known)));
    }
    let credential = facts::merchant(run.facts)?.credential;
    let (found, made) = match &known {
        Some(known) => (again(run, &credential, &known.register)?, false),
        None => make(run, &credential)?,
    };
    report.note("CASH_REGISTER", &id_of(&found)?, made);
    let Some(known) = known else {
        let (learned, start) = readied(run, &credential, found)?;
        let receipts = start.into_iter().collect();
        return Ok(Outcome { receipts, ..report.into_outcome(json!(learned)) });
    };
    let there = ready(run, &credential, found)?;
    let halt = life::halt_of(run, &there);
    // Why it rests is known here alone.
    let halt =
        halt.map(|seen| known.halt.clone().filter(|known| known.retired == seen.retired).unwrap_or(seen));
    // Somebody else may have ended it; the closing receipt is the merchant's to keep all the same.
    let (learned, receipts) = life::ended(run, RegisterFacts { halt, ..known }, &there)?;
    Ok(Outcome { receipts, ..report.into_outcome(json!(learned)) })
}

/// What is known of a cash register that this journal has not had before, and its start receipt.
pub(super) fn readied(
    run: &Run<'_>,
    credential: &str,
    found: Value,
) -> Flow<(RegisterFacts, Option<Receipt>)> {
    let found = ready(run, credential, found)?;
    let register = id_of(&found)?;
    let serial = text(&found, "/serial_number")
        .ok_or_else(|| Error::internal("SIGN AT showed a cash register without its serial number"))?
        .to_owned();
    let latest = latest(run, credential, &path(&register))?;
    let start = start(run, credential, &found, latest)?;
    let learned = RegisterFacts {
        last: latest.and_then(Last::of),
        dep_saved_at: run.now.now,
        unconfirmed: None,
        offline: None,
        halt: life::halt_of(run, &found),
        register,
        replaced: Vec::new(),
        serial,
    };
    Ok((learned, start.map(|start| receipt::made_by_service(run, start)).transpose()?))
}

/// The start receipt: the last one of a new register, else the one that the register names.
fn start<'a>(
    run: &Run<'a>,
    credential: &str,
    register: &Value,
    latest: Option<&'a Value>,
) -> Flow<Option<&'a Value>> {
    let is_start = |receipt: &&Value| text(receipt, "/receipt_type") == Some("INITIALIZATION");
    let named = text(register, "/initialization_receipt_id");
    match (latest.filter(is_start), named) {
        (Some(start), _) => Ok(Some(start)),
        (None, None) => Ok(None),
        (None, Some(id)) => {
            let address = format!("{}/receipt/{id}", path(&id_of(register)?));
            let found = run.read(Api::Signing, "start", credential, &address)?;
            Ok(found.map(|answer| &answer.body).filter(is_start))
        }
    }
}

/// Where a cash register is.
pub(super) fn path(register: &str) -> String {
    format!("{PATH}/{register}")
}

/// The register's last receipt.
fn latest<'a>(run: &Run<'a>, credential: &str, path: &str) -> Flow<Option<&'a Value>> {
    let address = format!("{path}/receipt?limit=1&order=DESC&order_by=receipt_number");
    let answer = run.read(Api::Signing, "latest", credential, &address)?;
    Ok(answer.and_then(|answer| answer.body.pointer("/data/0")))
}

/// The cash register as it is now.
pub(super) fn again(run: &Run<'_>, credential: &str, register: &str) -> Flow<Value> {
    let found = run.read(Api::Signing, "register.read", credential, &path(register))?;
    Ok(found.ok_or_else(|| gone(register))?.body.clone())
}

pub(super) fn gone(register: &str) -> Error {
    let message = format!(
        "SIGN AT does not show the cash register {register} to this key; check key, environment and url of the account"
    );
    Error::new(Kind::NotReady, message)
}

/// The register of this line in the list, or a new one under an id of this operation.
pub(super) fn make(run: &Run<'_>, credential: &str) -> Flow<(Value, bool)> {
    let params: RegisterParams = run.params()?;
    let line = run.operation.line.to_string();
    if run.past.find("register").is_none() {
        let all = run.list(Api::Signing, "registers", credential, PATH)?;
        let ours = |one: &&&Value| text(one, "/metadata/fiskal_line") == Some(&line) && !is_over(one);
        if let Some(found) = all.iter().find(ours) {
            return Ok(((*found).clone(), false));
        }
    }
    let path = path(&wire::version_4(run.operation.derived_id("register")));
    let body = json!({"description": params.name, "metadata": run.line_marks()});
    let look = |label: &str| -> Flow<Option<Value>> {
        Ok(run.read(Api::Signing, label, credential, &path)?.map(|answer| answer.body.clone()))
    };
    let made = run.write("register", credential, &|_| Write::put(path.clone(), body.clone()), &look)?;
    Ok((made, true))
}

/// The register INITIALIZED, step by step from whatever state it is in; one that is out of service as it is.
fn ready(run: &Run<'_>, credential: &str, register: Value) -> Flow<Value> {
    let path = path(&id_of(&register)?);
    let registered = match state(&register) {
        "CREATED" => change(run, credential, &path, "register.register", "REGISTERED")?,
        _ => register,
    };
    match state(&registered) {
        "REGISTERED" => change(run, credential, &path, "register.initialize", "INITIALIZED"),
        _ => Ok(registered),
    }
}

/// The register once it has reached a state. After a timeout one looks before asking again (contract sign-at 4.3).
pub(super) fn change(run: &Run<'_>, credential: &str, path: &str, label: &str, wanted: &str) -> Flow<Value> {
    let reached = |register: &Value| match state(register) {
        // A register that is further already has been REGISTERED too.
        "INITIALIZED" => matches!(wanted, "REGISTERED" | "INITIALIZED"),
        is => is == wanted,
    };
    let look = |label: &str| -> Flow<Option<Value>> {
        let found = run.read(Api::Signing, label, credential, path)?;
        Ok(found.map(|answer| answer.body.clone()).filter(|register| reached(register)))
    };
    let make = |_| Write::patch(path.to_owned(), json!({"state": wanted}));
    run.write(label, credential, &make, &look)
}

/// Whether a register's life is over.
pub(super) fn is_over(register: &Value) -> bool {
    matches!(state(register), "DECOMMISSIONED" | "DEFECTIVE")
}

pub(super) fn state(register: &Value) -> &str {
    text(register, "/state").unwrap_or_default()
}
