//! Signature creation units (contract sign-at 2.3 and 3.1).

use super::{credential, found, listed, named, view};
use crate::error::{Error, Kind};
use crate::exchange::Outcome;
use crate::services::sign_at::facts;
use crate::services::sign_at::register;
use crate::services::sign_at::run::Flow;
use crate::services::sign_at::run::Run;
use crate::services::sign_at::unit::{PATH, is_active, state};
use crate::services::sign_at::wire::{Api, Write, text};
use serde_json::{Value, json};

/// How many registers a refusal names.
const NAMED: usize = 5;

pub(super) fn get(run: &Run<'_>) -> Flow<Value> {
    Ok(view::unit(&unit(run)?)?)
}

pub(super) fn list(run: &Run<'_>) -> Flow<Value> {
    listed(run, Api::Signing, PATH, "unit", view::unit)
}

/// Ends a unit's life. Registers that live stand in the way of an active one, unless they are to go on with the next.
pub(super) fn decommission(run: &Run<'_>) -> Flow<Outcome> {
    let over = ended(run)?;
    let learned = facts::account(run.facts).ok().zip(text(&over, "/_id"));
    let learned = learned.map(|(account, id)| json!(account.with_ended_unit(id)));
    Ok(Outcome { result: view::unit(&over)?, learned, ..Outcome::default() })
}

/// The unit once its life is over.
fn ended(run: &Run<'_>) -> Flow<Value> {
    let unit = unit(run)?;
    let label = "decommission";
    if state(&unit) == OVER {
        return Ok(unit);
    }
    // Once it was asked for, the registers have been looked at.
    if run.past.find(label).is_none()
        && is_active(&&unit)
        && run.param("registers_go_on") != &Value::Bool(true)
    {
        check_registers(run)?;
    }
    let path = format!("{PATH}/{}", named(run, "unit")?);
    let credential = credential(run)?;
    let make = |_| Write::patch(path.clone(), json!({ "state": OVER }));
    run.write(label, &credential, &make, &|label| {
        let answer = run.read(Api::Signing, label, &credential, &path)?;
        Ok(answer.map(|answer| answer.body.clone()).filter(|unit| state(unit) == OVER))
    })
}

const OVER: &str = "DECOMMISSIONED";

fn unit(run: &Run<'_>) -> Flow<Value> {
    found(run, Api::Signing, &format!("{PATH}/{}", named(run, "unit")?), "unit")
}

/// There is no link between registers and units: all that live sign with the active one (contract sign-at 3.2).
fn check_registers(run: &Run<'_>) -> Flow<()> {
    let all = run.list(Api::Signing, "registers", &credential(run)?, register::PATH)?;
    let live: Vec<&&Value> = all.iter().filter(|register| !register::is_over(register)).collect();
    if live.is_empty() {
        return Ok(());
    }
    let serials = live.iter().filter_map(|register| text(register, "/serial_number")).take(NAMED);
    let message = format!(
        "{} cash registers live and sign with this unit ({}); after its end they cannot sign until `provision` has made the next one; retire them first, or give registers_go_on",
        live.len(),
        serials.collect::<Vec<_>>().join(", ")
    );
    Err(Error::new(Kind::Conflict, message).at("/unit").into())
}
