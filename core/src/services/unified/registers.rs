//! The life of a register: it rests, works again, ends, and another system takes its place
//! (contract sign-fr 3.1).
//!
//! What waits for the service is settled before, for these stand in the queue of the register's line.

use super::facts::{self, RegisterFacts};
use super::premises::{self, RegisterParams};
use super::provision::params;
use super::resources::states::{self, DECOMMISSION, RESTORE, SUSPEND, Step};
use super::run::{Flow, Run, local};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Halt, Outcome, Standing};
use crate::services::{copies, halt};
use serde_json::{Map, Value, json};

/// What books something on a register.
const SELLS: [&str; 9] = [
    "sale.begin",
    "sale.complete",
    "receipt.cancel",
    "receipt.correct",
    "receipt.duplicate",
    "receipt.pay",
    "receipt.invoice",
    "event.record",
    "export.create",
];
/// Where the reasons lie at the service, which has no field for them: in the system's metadata (contract
/// sign-fr 1.5).
const SUSPENDED: &str = "fiskal_suspended";
const RETIRED: &str = "fiskal_retired";

pub(super) fn standing(register: RegisterFacts) -> Standing {
    Standing { ids: [("system".to_owned(), register.system)].into(), halt: register.halt, todo: None }
}

/// Whether the operation may book anything on its register. What was begun before goes on to its end.
///
/// # Errors
/// `not_ready`, with since when and what to do.
pub(super) fn check_sells(run: &Run<'_>) -> Result<()> {
    let name = run.operation.name.as_str();
    let is_counted_here = name == copies::NAME && !run.service.country.counts_copies;
    if !SELLS.contains(&name) || is_counted_here || !run.past.0.is_empty() {
        return Ok(());
    }
    // One that is not provisioned says so itself.
    match facts::register(run.facts).ok().and_then(|register| register.halt) {
        Some(halt) => Err(halted(&halt, &run.operation.zone)?),
        None => Ok(()),
    }
}

/// The error of a register that may not sell.
fn halted(halt: &Halt, zone: &str) -> Result<Error> {
    Ok(halt::refusal(halt, &local(halt.since, zone)?))
}

/// The facts of a register that was found to be halted: by whom and why is not told.
pub(super) fn seen_halted(run: &Run<'_>, register: &RegisterFacts, retired: bool) -> RegisterFacts {
    let halt = Halt { retired, since: run.operation.at, reason: None };
    RegisterFacts { halt: Some(halt), ..register.clone() }
}

pub(super) fn suspend(run: &Run<'_>) -> Flow<Outcome> {
    let register = alive(run)?;
    stepped(run, &register, SUSPEND, SUSPENDED)?;
    let halt = Halt { retired: false, since: run.operation.at, reason: reason(run) };
    let halt = register.halt.clone().unwrap_or(halt);
    done(run, RegisterFacts { halt: Some(halt), ..register }, None)
}

pub(super) fn restore(run: &Run<'_>) -> Flow<Outcome> {
    let register = alive(run)?;
    stepped(run, &register, RESTORE, SUSPENDED)?;
    done(run, RegisterFacts { halt: None, ..register }, None)
}

/// Ends the system's life; a register that has ended stays as it is.
pub(super) fn retire(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?;
    if register.is_retired() {
        return done(run, register, None);
    }
    stepped(run, &register, DECOMMISSION, RETIRED)?;
    let halt = Halt { retired: true, since: run.operation.at, reason: reason(run) };
    done(run, RegisterFacts { halt: Some(halt), offline: None, ..register }, None)
}

/// Makes the next system for a register whose own is retired.
pub(super) fn replace(run: &Run<'_>) -> Flow<Outcome> {
    let params: RegisterParams = params(run)?;
    let before = facts::register(run.facts)?;
    if !before.is_retired() {
        let message = "the register is not retired; only the system of a retired one is replaced";
        return Err(Error::new(Kind::Conflict, message).into());
    }
    let credential = facts::merchant(run.facts)?.credential;
    let (made, _) = premises::make(run, &credential, &params)?;
    let mut after = premises::ready(run, &credential, made, params.software)?;
    after.replaced = before.replaced.iter().chain([&before.system]).cloned().collect();
    done(run, after, Some(&before.system))
}

/// The register, which is not retired.
fn alive(run: &Run<'_>) -> Flow<RegisterFacts> {
    let register = facts::register(run.facts)?;
    match register.halt.as_ref().filter(|halt| halt.retired) {
        Some(halt) => Err(halted(halt, &run.operation.zone)?.into()),
        None => Ok(register),
    }
}

/// The register's system after the step; the reason is kept with it under `key`, and taken away where there
/// is none.
fn stepped(run: &Run<'_>, register: &RegisterFacts, step: Step, key: &str) -> Flow<Value> {
    let credential = facts::merchant(run.facts)?.credential;
    let system = premises::system(run, &credential, register)?;
    let mut metadata = Map::new();
    metadata.insert(key.into(), reason(run).unwrap_or_default().into());
    let at = states::At { credential: &credential, scope: None, path: "/systems" };
    states::take(run, "system.step", at, system, step, &metadata)
}

fn reason(run: &Run<'_>) -> Option<String> {
    run.param("reason").as_str().map(str::to_owned)
}

fn done(run: &Run<'_>, register: RegisterFacts, replaced: Option<&str>) -> Flow<Outcome> {
    let halt = register.halt.as_ref();
    let since = halt.map(|halt| run.local(halt.since)).transpose()?;
    let ids = [("system".to_owned(), register.system.clone())].into();
    Ok(halt::changed(halt, since, &ids, replaced, &json!(register)))
}
