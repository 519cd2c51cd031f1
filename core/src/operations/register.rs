//! The life of the registers that the configuration has.

use super::provision::params_of;
use super::{Definition, Run, afterwards, given, read, returned, sale, told, written};
use crate::engine::Submission;
use crate::engine::ports::Store;
use crate::error::{Error, Kind, Result};
use crate::exchange::Standing;
use crate::fiskal::{Call, Place};
use crate::receipt::Receipt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest reason and id, in characters.
const REASON: usize = 128;
const ID: usize = 64;
/// Nobody's customer waits for a new system; it takes a handful of requests.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) const LIST: Definition = Definition {
    name: "register.list",
    summary: "Lists the registers of the configuration, and how each stands; asks nobody.",
    params: given::<List>,
    result: returned::<Registers>,
    run: Run::Client(list),
};

pub(super) const SUSPEND: Definition = Definition {
    name: "register.suspend",
    summary: "Suspends a register, here and at its service: until it is restored it answers `not_ready` to sales.",
    params: given::<Suspend>,
    result: returned::<Changed>,
    run: Run::Client(suspend),
};

pub(super) const RESTORE: Definition = Definition {
    name: "register.restore",
    summary: "Ends a register's suspension, here and at its service.",
    params: given::<Restore>,
    result: returned::<Changed>,
    run: Run::Client(restore),
};

pub(super) const RETIRE: Definition = Definition {
    name: "register.retire",
    summary: "Ends a register's life, here and at its service, for good; what waits is sent before.",
    params: given::<Retire>,
    result: returned::<Changed>,
    run: Run::Client(retire),
};

pub(super) const REPLACE: Definition = Definition {
    name: "register.replace",
    summary: "Retires a register's system and makes a new one, which sells under the same name.",
    params: given::<Retire>,
    result: returned::<Changed>,
    run: Run::Client(replace),
};

/// Parameters of `register.list`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// Only those of this location in the configuration.
    #[serde(default)]
    location: Option<String>,
    /// Only those that stand so.
    #[serde(default)]
    state: Option<RegisterState>,
}

/// How a register stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RegisterState {
    /// Not known to its service yet; `provision` makes it.
    NotProvisioned,
    /// It may sell; `status` says what else is in the way.
    Ready,
    /// It may not sell until it is restored.
    Suspended,
    /// It may never sell again; `register.replace` puts a new system in its place.
    Retired,
}

/// Result of `register.list`.
#[derive(Serialize, JsonSchema)]
struct Registers {
    /// The registers, by name.
    registers: Vec<Listed>,
}

/// A register of the configuration.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ListedRegister")]
struct Listed {
    /// Its name in the configuration.
    register: String,
    /// The account's name.
    account: String,
    /// The merchant's name.
    merchant: String,
    /// The location's name.
    location: String,
    /// The service's name.
    service: String,
    /// `live`, `test` or `sandbox`.
    environment: String,
    /// How it stands.
    state: RegisterState,
    /// Since when it is suspended or retired (RFC 3339 with the location's offset).
    since: Option<String>,
    /// Why.
    reason: Option<String>,
    /// The service's own ids of it, by the service's words; in France `system`, in Austria `register`.
    ids: BTreeMap<String, String>,
}

/// Parameters of `register.suspend`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Suspend {
    /// The register's name in the configuration.
    register: String,
    /// The caller's id of this change, unique per register and operation: a repeated call with it changes
    /// nothing anew. Made if absent.
    #[serde(default)]
    id: Option<String>,
    /// Why, for the records; at most 128 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// Parameters of `register.restore`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Restore {
    /// The register's name in the configuration.
    register: String,
    /// The caller's id of this change, unique per register and operation: a repeated call with it changes
    /// nothing anew. Made if absent.
    #[serde(default)]
    id: Option<String>,
}

/// Parameters of `register.retire` and `register.replace`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RetireRegister")]
struct Retire {
    /// The register's name in the configuration.
    register: String,
    /// The caller's id of this change, unique per register and operation: a repeated call with it changes
    /// nothing anew. Made if absent.
    #[serde(default)]
    id: Option<String>,
    /// Why.
    reason: RetireReason,
    /// Whether sales that are open on it are aborted; else they stand in the way.
    #[serde(default)]
    abort_sales: bool,
}

/// Why a register is retired.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RetireReason {
    /// It is no longer needed.
    Planned,
    /// It no longer works.
    Defective,
    /// It is gone.
    Stolen,
}

/// How a register stands after a change.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ChangedRegister")]
struct Changed {
    /// Its name in the configuration.
    #[serde(default)]
    register: String,
    /// How it stands.
    state: RegisterState,
    /// Since when it is suspended or retired (RFC 3339 with the location's offset).
    since: Option<String>,
    /// Why.
    reason: Option<String>,
    /// The service's own ids of it, by the service's words; in France `system`, in Austria `register`.
    ids: BTreeMap<String, String>,
    /// The service's id of the system whose place was taken.
    replaced: Option<String>,
    /// The receipts that the service made for the change and that are to be kept: in Austria the closing receipt
    /// of a register that is retired, and the start receipt of the one in its place.
    #[serde(default)]
    receipts: Vec<Receipt>,
}

fn list(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let which: List = read(params)?;
    let config = fiskal.config();
    if let Some(location) = which.location.as_ref().filter(|name| !config.locations.contains_key(*name)) {
        let name = crate::text::quoted(location);
        let message = format!("there is no location {name} in the configuration");
        return Err(Error::new(Kind::NotFound, message).at("/location"));
    }
    let mut registers = Vec::new();
    for (name, register) in &config.registers {
        if which.location.as_ref().is_some_and(|location| *location != register.location) {
            continue;
        }
        let listed = listed(fiskal, name)?;
        if which.state.is_none_or(|state| state == listed.state) {
            registers.push(listed);
        }
    }
    written(&Registers { registers })
}

fn listed(fiskal: &Call<'_>, name: &str) -> Result<Listed> {
    let place = fiskal.place(name)?;
    let standing = fiskal.engine().standing(&place.line, &place.above)?;
    let (state, halt) = match &standing {
        None => (RegisterState::NotProvisioned, None),
        Some(Standing { halt: None, .. }) => (RegisterState::Ready, None),
        Some(Standing { halt: Some(halt), .. }) => {
            (if halt.retired { RegisterState::Retired } else { RegisterState::Suspended }, Some(halt))
        }
    };
    let till = &place.till;
    Ok(Listed {
        register: name.into(),
        account: till.merchant.account.clone(),
        merchant: till.location.merchant.clone(),
        location: till.register.location.clone(),
        service: till.account.service.clone(),
        environment: till.account.environment.name().into(),
        state,
        since: halt.map(|halt| place.local(halt.since)).transpose()?,
        reason: halt.and_then(|halt| halt.reason.clone()),
        ids: standing.map(|standing| standing.ids).unwrap_or_default(),
    })
}

fn suspend(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Suspend { register, id, reason } = read(params)?;
    afterwards::check_reason(reason.as_deref())?;
    if reason.as_deref().is_some_and(|reason| !(1..=REASON).contains(&reason.chars().count())) {
        return Err(Error::invalid("/reason", format!("a reason has 1 to {REASON} characters")));
    }
    let key = key(fiskal, SUSPEND.name, id)?;
    change(fiskal, &fiskal.place(&register)?, SUSPEND.name, key, json!({ "reason": reason }))
}

fn restore(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Restore { register, id } = read(params)?;
    let key = key(fiskal, RESTORE.name, id)?;
    change(fiskal, &fiskal.place(&register)?, RESTORE.name, key, json!({}))
}

fn retire(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Retire = read(params)?;
    let key = key(fiskal, RETIRE.name, asked.id.clone())?;
    let place = fiskal.place(&asked.register)?;
    // What was done already touches no sale that was begun since.
    if fiskal.engine().recorded(&place.line, &key)?.is_none() {
        end_sales(fiskal, &asked, &place)?;
    }
    change(fiskal, &place, RETIRE.name, key, json!({ "reason": asked.reason }))
}

/// Retires the system and makes the next one, each an operation of its own: in between the register is known
/// to be retired, and sells nothing that the old system no longer takes.
fn replace(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Retire = read(params)?;
    let key = key(fiskal, REPLACE.name, asked.id.clone())?;
    let place = fiskal.place(&asked.register)?;
    if fiskal.engine().recorded(&place.line, &key)?.is_none() {
        end_sales(fiskal, &asked, &place)?;
        let first = format!("{key}:{}", RETIRE.name);
        change(fiskal, &place, RETIRE.name, first, json!({ "reason": asked.reason }))?;
    }
    let params = params_of(fiskal.config(), &place, &place.line)?;
    change(fiskal, &place, REPLACE.name, key, params).or_else(|error| half_done(fiskal, &place, error))
}

/// The error of the second part, which says that the first one is done where the register still stands so.
fn half_done(fiskal: &Call<'_>, place: &Place<'_>, error: Error) -> Result<Value> {
    let halt = fiskal.engine().standing(&place.line, &place.above)?.and_then(|standing| standing.halt);
    if !halt.is_some_and(|halt| halt.retired) {
        return Err(error);
    }
    Err(error.with(|details| {
        details.message = format!(
            "the register is retired, and the one in its place is not ready; call register.replace again, it goes on from there: {}",
            details.message
        );
    }))
}

/// A system that has ended takes no records, so sales end before.
fn end_sales(fiskal: &Call<'_>, asked: &Retire, place: &Place<'_>) -> Result<()> {
    let open = fiskal.engine().store().open_sales(&place.line)?;
    if !asked.abort_sales && !open.is_empty() {
        let message = format!(
            "{} sales are open on the register; complete or abort them, or give abort_sales",
            open.len()
        );
        return Err(Error::new(Kind::Conflict, message).at("/register"));
    }
    for sale in open {
        let params =
            json!({ "register": asked.register, "sale": sale.id, "reason": "the register is retired" });
        sale::ABORT.run(fiskal, &params)?;
    }
    Ok(())
}

fn change(fiskal: &Call<'_>, place: &Place<'_>, name: &str, key: String, mut params: Value) -> Result<Value> {
    let fingerprint = params.to_string();
    // The services' receipts for it bear the merchant's name; whoever repeats the call does not say it.
    params["issuer"] = written(&sale::issuer(place))?;
    let reply = fiskal.submit(Submission {
        fingerprint,
        patience: (name == REPLACE.name).then_some(PATIENCE),
        ..place.submission(name, key, params)
    })?;
    let changed: Changed = told(&reply.outcome.result)?;
    written(&Changed { register: place.line.name.clone(), ..changed })
}

/// Under which a repeated call is recognised.
fn key(fiskal: &Call<'_>, name: &str, id: Option<String>) -> Result<String> {
    if id.as_deref().is_some_and(|id| !(1..=ID).contains(&id.chars().count())) {
        return Err(Error::invalid("/id", format!("an id has 1 to {ID} characters")));
    }
    Ok(format!("{name}:{}", id.unwrap_or_else(|| fiskal.new_id())))
}
