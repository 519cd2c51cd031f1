//! The beginning of a sale, and its end without a receipt (contract sign-fr 2.7).

use super::Unified;
use super::booked::Booked;
use super::checks::Finding;
use super::facts::{self, RegisterFacts};
use super::map;
use super::records::{self, Record, Sent};
use super::run::{Flow, Run};
use super::wire::text;
use crate::error::{Error, Kind, Result};
use crate::exchange::Outcome;
use crate::sale::Sale;
use serde_json::{Map, Value, json};

/// Books the INTENTION::TRANSACTION.
pub(super) fn begin(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?;
    let credential = facts::merchant(run.facts)?.credential;
    let sale = Sale::read(run.param("sale"))?;
    let intention = intention(run, &register, &credential, &sale)?;
    let booked = Booked::check(run, "intention", &credential, &register, intention, None)?;
    let open_sale = open_sale(run, &sale, &booked.record)?;
    Ok(Outcome {
        result: json!({"sale": sale_id(run)}),
        learned: Some(booked.learned(&register)?),
        open_sale: Some(open_sale),
        error: booked.error(run.service, "the sale is begun, and no receipt is booked for it yet"),
        ..Outcome::default()
    })
}

/// What the operations that end the sale must know of its intention.
pub(super) fn open_sale(run: &Run<'_>, sale: &Sale, intention: &Record) -> Result<Value> {
    Ok(json!({
        "intention": intention.id()?,
        "signature": intention.signature(),
        "started_at": run.local(sale.started_at.unwrap_or(run.operation.at))?,
        "details": map::begin_details(sale, run.service.country)?,
    }))
}

/// The sale's intention: booked by this operation, with what was asked for.
pub(super) fn intention(
    run: &Run<'_>,
    register: &RegisterFacts,
    credential: &str,
    sale: &Sale,
) -> Flow<(Sent, Record)> {
    let sent = Sent {
        record_type: "INTENTION::TRANSACTION".into(),
        system: register.system.clone(),
        intention: None,
        operation: map::intention(sale, run.service.country)?,
    };
    records::book(run, "intention", credential, sent, run.record_marks())
}

/// Books a TRANSACTION::ABORT where the system has them; else the intention stays as it is, and the
/// journal knows why.
pub(super) fn abort(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?;
    let credential = facts::merchant(run.facts)?.credential;
    let begun = run.operation.open_sale.as_ref().and_then(|begun| text(begun, "/intention"));
    // A system that rests takes no records.
    let aborts = register.has_aborts() && register.halt.is_none();
    let (Some(begun), true) = (begun, aborts) else {
        return Ok(Outcome { result: json!({"sale": sale_id(run), "record": null}), ..Outcome::default() });
    };
    let sent = Sent {
        record_type: "TRANSACTION::ABORT".into(),
        system: register.system.clone(),
        intention: Some(begun.to_owned()),
        operation: abort_operation(run),
    };
    let abort = records::book(run, "abort", &credential, sent, abort_metadata(run))?;
    let booked = Booked::check(run, "abort", &credential, &register, abort, None)?;
    Ok(Outcome {
        result: json!({"sale": sale_id(run), "record": booked.record.id()?}),
        learned: Some(booked.learned(&register)?),
        error: booked.error(run.service, "the sale is aborted"),
        ..Outcome::default()
    })
}

/// The operation of a TRANSACTION::ABORT, by whoever began the sale.
pub(super) fn abort_operation(run: &Run<'_>) -> Value {
    let mut operation = json!({"type": "ABORT"});
    let begun = run.operation.open_sale.as_ref().and_then(|begun| begun.get("details"));
    if let Some(details) = begun.filter(|details| !details.is_null()) {
        super::entries::set(&mut operation, "details", details.clone());
    }
    operation
}

/// Its marks and the reason, for which the service has no field (contract sign-fr 2.7).
pub(super) fn abort_metadata(run: &Run<'_>) -> Map<String, Value> {
    let mut metadata = run.record_marks();
    if let Some(reason) = run.param("reason").as_str().filter(|reason| !reason.is_empty()) {
        metadata.insert("reason".into(), super::provision::cut(reason, 500).into());
    }
    metadata
}

/// The caller's id of the sale, else the operation's own.
pub(super) fn sale_id(run: &Run<'_>) -> Value {
    run.operation.sale_id().map_or_else(|| run.operation.id.to_string().into(), Value::from)
}

/// What is wrong with an answer, in one sentence.
pub(super) fn sentence(findings: &[Finding]) -> Option<String> {
    let first = findings.first()?;
    let more = match findings.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    Some(format!(
        "the service booked something else than was sent: {}: {}{more}",
        first.pointer, first.message
    ))
}

/// The error `mismatch` of these findings, where the account enforces its checks.
pub(super) fn enforced(service: &Unified, findings: &[Finding], advice: &str) -> Option<Error> {
    let (crate::services::Checks::Enforce, Some(first), Some(sentence)) =
        (service.checks, findings.first(), sentence(findings))
    else {
        return None;
    };
    Some(Error::new(Kind::Mismatch, format!("{sentence}; {advice}")).at(first.pointer.clone()))
}
