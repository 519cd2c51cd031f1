//! The life of a register: out of service and back, its end, and another one in its place (contract sign-at 3.2 and
//! 5.5).
//!
//! What waits for the service is settled before, for these stand in the queue of the register's line.

use super::between;
use super::checks::{self, CHAIN, Chain};
use super::facts::{self, Last, RegisterFacts};
use super::receipt;
use super::records;
use super::register;
use super::run::{Flow, Run, Stop, local};
use super::sent;
use super::wire::{Api, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Facts, Halt, Outcome, Standing};
use crate::receipt::Receipt;
use crate::services::halt;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What signs something on a register.
const SELLS: [&str; 4] = ["sale.begin", "sale.complete", "receipt.cancel", "receipt.zero"];
/// What a register is told whose unit was ended.
const NO_UNIT: &str = "its signature creation unit was ended; run `provision`, which makes the next one";

/// How a register stands; `None` while it is not provisioned.
pub(super) fn standing(known: &Facts) -> Option<Standing> {
    let register = facts::register(known).ok()?;
    let todo = facts::has_ended_unit(known).then(|| NO_UNIT.to_owned());
    Some(Standing { ids: ids(&register), halt: register.halt, todo })
}

fn ids(register: &RegisterFacts) -> BTreeMap<String, String> {
    let named = [("register", &register.register), ("serial", &register.serial)];
    named.map(|(name, id)| (name.to_owned(), id.clone())).into()
}

/// Whether the operation may sign anything on its register. What was begun before goes on to its end.
///
/// # Errors
/// `not_ready`, with since when and what to do.
pub(super) fn check_sells(run: &Run<'_>) -> Result<()> {
    if !SELLS.contains(&run.operation.name.as_str()) || !run.past.0.is_empty() {
        return Ok(());
    }
    // One that is not provisioned says so itself.
    match facts::register(run.facts).ok().and_then(|register| register.halt) {
        Some(halt) => Err(halted(&halt, &run.operation.zone)?),
        None => Ok(()),
    }
}

fn halted(halt: &Halt, zone: &str) -> Result<Error> {
    Ok(halt::refusal(halt, &local(halt.since, zone)?))
}

/// How a cash register is halted at SIGN AT; `None` while it may sell.
pub(super) fn halt_of(run: &Run<'_>, there: &Value) -> Option<Halt> {
    let (retired, time) = match register::state(there) {
        "OUTAGE" => (false, "/time_outage"),
        "DECOMMISSIONED" => (true, "/time_decommission"),
        "DEFECTIVE" => (true, "/time_defect"),
        _ => return None,
    };
    let told = there.pointer(time).and_then(Value::as_i64);
    let since = told.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(run.operation.at);
    Some(Halt { retired, since, reason: None })
}

/// Takes the register out of service: SIGN AT reports the outage to FinanzOnline.
pub(super) fn suspend(run: &Run<'_>) -> Flow<Outcome> {
    let register = alive(run)?;
    let there = stepped(run, &register, &["OUTAGE"])?;
    let seen = halt_of(run, &there).map(|halt| Halt { reason: reason(run), ..halt });
    let halt = register.halt.clone().or(seen);
    done(run, RegisterFacts { halt, ..register }, None)
}

/// Puts the register back into service: SIGN AT reports the end of the outage.
pub(super) fn restore(run: &Run<'_>) -> Flow<Outcome> {
    let register = alive(run)?;
    stepped(run, &register, &["INITIALIZED"])?;
    done(run, RegisterFacts { halt: None, ..register }, None)
}

/// Ends the register's life; one that has ended stays as it is. A planned end has a closing receipt (Schlussbeleg).
pub(super) fn retire(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?;
    if register.is_retired() {
        return done(run, register, None);
    }
    // Whichever end somebody else has brought about is its end.
    let ends = match run.param("reason").as_str() {
        Some("planned") => ["DECOMMISSIONED", "DEFECTIVE"],
        _ => ["DEFECTIVE", "DECOMMISSIONED"],
    };
    let there = stepped(run, &register, &ends)?;
    let halt = halt_of(run, &there).map(|halt| Halt { reason: reason(run), ..halt });
    let (register, receipts) = ended(run, RegisterFacts { halt, offline: None, ..register }, &there)?;
    Ok(with_receipts(done(run, register, None)?, receipts))
}

/// Makes the next register for one that is retired, up to its start receipt.
pub(super) fn replace(run: &Run<'_>) -> Flow<Outcome> {
    let before = facts::register(run.facts)?;
    if !before.is_retired() {
        let message = "the register is not retired; only a retired one is replaced";
        return Err(Error::new(Kind::Conflict, message).into());
    }
    let credential = facts::merchant(run.facts)?.credential;
    let (found, _) = register::make(run, &credential)?;
    let (mut after, start) = register::readied(run, &credential, found)?;
    after.replaced = before.replaced.iter().chain([&before.register]).cloned().collect();
    let outcome = done(run, after, Some(&before.register))?;
    Ok(with_receipts(outcome, start.into_iter().collect()))
}

/// The register, which is not retired.
fn alive(run: &Run<'_>) -> Flow<RegisterFacts> {
    let register = facts::register(run.facts)?;
    match register.halt.as_ref().filter(|halt| halt.retired) {
        Some(halt) => Err(halted(halt, &run.operation.zone)?.into()),
        None => Ok(register),
    }
}

/// The cash register once it is in the first of these states; in any of them it stays as it is.
fn stepped(run: &Run<'_>, register: &RegisterFacts, states: &[&str]) -> Flow<Value> {
    let credential = facts::merchant(run.facts)?.credential;
    let now = register::again(run, &credential, &register.register)?;
    let reached = |there: &Value| states.contains(&register::state(there));
    let Some(wanted) = states.first().filter(|_| !reached(&now)) else { return Ok(now) };
    let path = register::path(&register.register);
    let there = register::change(run, &credential, &path, "register.change", wanted)?;
    if reached(&there) {
        return Ok(there);
    }
    let message = format!(
        "SIGN AT took the request, but the cash register is still {} and not {wanted}; try again",
        register::state(&there)
    );
    Err(Stop::Refused(Error::new(Kind::Refused, message)))
}

/// The register as it is now, and where it has ended as planned, its closing receipt with what SIGN AT made on the way
/// to it.
pub(super) fn ended(
    run: &Run<'_>,
    register: RegisterFacts,
    there: &Value,
) -> Flow<(RegisterFacts, Vec<Receipt>)> {
    if register::state(there) != "DECOMMISSIONED" {
        return Ok((register, Vec::new()));
    }
    let credential = facts::merchant(run.facts)?.credential;
    let newer = match &register.last {
        Some(last) => between::after(run, &credential, &register.register, last)?,
        None => None,
    };
    let newer = newer.filter(|newer| newer.iter().any(|row| is_closing(row)));
    let Some((last, newer)) = register.last.as_ref().zip(newer) else {
        let named = named_closing(run, &credential, &register.register, there)?;
        let receipt = named.map(|row| receipt::made_by_service(run, row)).transpose()?;
        let last = named.and_then(Last::of).or(register.last);
        return Ok((RegisterFacts { last, ..register }, receipt.into_iter().collect()));
    };
    let own: Vec<&Value> = newer.iter().copied().filter(|row| sent::is_the_services_own(row)).collect();
    let receipts = own.iter().map(|row| receipt::made_by_service(run, row));
    let mut receipts = receipts.collect::<Result<Vec<_>>>()?;
    match checks::chain(last, &newer) {
        Chain::Whole => receipts.iter_mut().for_each(|receipt| receipt.verified.push(CHAIN.to_owned())),
        Chain::Broken(finding) => receipts.iter_mut().for_each(|receipt| {
            receipt.todo = Some(format!("{}; ask the service's support", finding.message))
        }),
        Chain::Untold => {}
    }
    let unconfirmed = records::unconfirmed(register.unconfirmed, &own);
    let last = newer.last().and_then(|row| Last::of(row)).or(register.last);
    Ok((RegisterFacts { last, unconfirmed, ..register }, receipts))
}

/// The closing receipt that the cash register names, where the list does not show it.
fn named_closing<'a>(
    run: &Run<'a>,
    credential: &str,
    register: &str,
    there: &Value,
) -> Flow<Option<&'a Value>> {
    let Some(id) = text(there, "/decommission_receipt_id") else { return Ok(None) };
    let address = format!("{}/receipt/{id}", register::path(register));
    Ok(run.read(Api::Signing, "closing.named", credential, &address)?.map(|answer| &answer.body))
}

fn is_closing(receipt: &Value) -> bool {
    text(receipt, "/receipt_type") == Some("DECOMMISSION")
}

fn reason(run: &Run<'_>) -> Option<String> {
    run.param("reason").as_str().map(str::to_owned)
}

fn done(run: &Run<'_>, register: RegisterFacts, replaced: Option<&str>) -> Flow<Outcome> {
    let halt = register.halt.as_ref();
    let since = halt.map(|halt| run.local(halt.since)).transpose()?;
    Ok(halt::changed(halt, since, &ids(&register), replaced, &json!(register)))
}

/// The outcome with receipts to keep, which are handed over too.
fn with_receipts(mut outcome: Outcome, receipts: Vec<Receipt>) -> Outcome {
    outcome.result["receipts"] = json!(receipts);
    Outcome { receipts, ..outcome }
}
