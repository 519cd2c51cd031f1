//! Receipts as SIGN AT keeps them: read, listed, and validated at FinanzOnline (contract sign-at 1.3, 1.4, 2.8, 2.9).

use super::checks::signed_at;
use super::facts::{self, RegisterFacts, Unconfirmed};
use super::pages::{List, pages};
use super::register;
use super::run::{Flow, Run, Stop, local};
use super::wire::{self, Api, Fate, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Effect, Lost, Method, Outcome, Request};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// The types of receipts (contract sign-at 2.8).
const TYPES: [&str; 8] = [
    "NORMAL",
    "CANCELLATION",
    "TRAINING",
    "INITIALIZATION",
    "DECOMMISSION",
    "MONTHLY_CLOSE",
    "YEARLY_CLOSE",
    "SIGNATURE_CREATION_UNIT_FAULT_CLEARANCE",
];
/// Digits of a number: with 32 of them it would be taken for an id without hyphens.
const NUMBER_DIGITS: usize = 20;
/// The label of the call to FinanzOnline.
const VALIDATION: &str = "validation";
/// What FinanzOnline says of a receipt that it confirms.
const SUCCESS: &str = "SUCCESS";

/// Reads a receipt of the register by its id or number.
pub(super) fn get(run: &Run<'_>) -> Flow<Outcome> {
    let receipt = found(run, "record")?;
    Ok(Outcome { result: told(run, &receipt)?, ..Outcome::default() })
}

/// A page of receipts, or all pages.
pub(super) fn list(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?.register;
    let list = List {
        api: Api::Signing,
        credential: &facts::merchant(run.facts)?.credential,
        address: &list_address(run)?,
        shown: &|row| told(run, row),
        gone: &|| register::gone(&register),
    };
    Ok(Outcome { result: pages(run, &list)?, ..Outcome::default() })
}

/// The address of the list, as far as all pages share it.
fn list_address(run: &Run<'_>) -> Result<String> {
    let register = facts::register(run.facts)?;
    let mut path = match run.param("all_registers") {
        Value::Bool(true) => "/receipt".to_owned(),
        _ => format!("/cash-register/{}/receipt", register.register),
    };
    let order = if run.param("order") == "descending" { "DESC" } else { "ASC" };
    path.push_str(&format!("?order={order}"));
    for (index, wanted) in run.param("types").as_array().into_iter().flatten().enumerate() {
        let known = TYPES.into_iter().find(|known| wanted == known).ok_or_else(|| {
            let message = format!("SIGN AT has no such type of receipt; give {}", TYPES.join(", "));
            Error::invalid(format!("/types/{index}"), message)
        })?;
        path.push_str(&format!("&receipt_types={known}"));
    }
    Ok(path)
}

/// Has FinanzOnline look at a receipt, once: what it did after an answer that is missing is read from the receipt.
pub(super) fn validate(run: &Run<'_>) -> Flow<Outcome> {
    let before = found(run, "found")?;
    if let Some(said) = confirmation(&before) {
        return Ok(validated(run, &before, Some(said))?);
    }
    let Some(exchange) = run.past.find(VALIDATION) else {
        return Err(Stop::to_send(request(run, &before)?));
    };
    match wire::fate(exchange) {
        Fate::Done(answer) => Ok(validated(run, &before, Some(&answer.body))?),
        Fate::NotSent => Err(Stop::to_repeat(VALIDATION, wire::pause(exchange.attempts))),
        Fate::Unsettled => {
            let after = found(run, "after")?;
            let new = validations(&after).len() > validations(&before).len();
            Ok(validated(run, &after, last(&after).filter(|_| new))?)
        }
        Fate::Unauthorized(error) | Fate::Refused(error) => Err(Stop::Refused(error)),
    }
}

fn request(run: &Run<'_>, receipt: &Value) -> Result<Request> {
    let register = facts::register(run.facts)?.register;
    let id = text(receipt, "/_id").unwrap_or_default();
    let path = format!("/cash-register/{register}/receipt/{id}/validation");
    Ok(Request {
        credential: Some(facts::merchant(run.facts)?.credential),
        effect: Effect::Write,
        lost: Lost::Ask,
        ..run.service.bases.request(Api::Signing, VALIDATION, Method::Post, &path)
    })
}

/// What FinanzOnline says of a receipt, and what the register is to remember of it.
fn validated(run: &Run<'_>, receipt: &Value, said: Option<&Value>) -> Result<Outcome> {
    let said = said.map(|said| validation(run, said)).transpose()?;
    let result = said.as_ref().map_or("unknown", |(result, _)| result);
    let todo = match result {
        "success" => None,
        "error" => {
            Some("FinanzOnline does not confirm this receipt; try again, then ask the service's support")
        }
        _ => Some("FinanzOnline did not answer in time; `record.get` shows later what it said, or try again"),
    };
    let register = facts::register(run.facts)?;
    let learned = (result == "success").then(|| confirmed_now(register, receipt)).flatten();
    Ok(Outcome {
        result: json!({
            "record": text(receipt, "/_id"),
            "number": text(receipt, "/receipt_number"),
            "result": result,
            "validated_at": said.and_then(|(_, at)| at),
            "todo": todo,
        }),
        learned: learned.map(|register| json!(register)),
        ..Outcome::default()
    })
}

/// The register that waits no longer for this receipt.
fn confirmed_now(register: RegisterFacts, receipt: &Value) -> Option<RegisterFacts> {
    let waits = register.unconfirmed.as_ref()?;
    (text(receipt, "/_id") == Some(waits.record.as_str()))
        .then(|| RegisterFacts { unconfirmed: None, ..register.clone() })
}

/// The receipt that the operation names, as it is now.
fn found(run: &Run<'_>, label: &str) -> Flow<Value> {
    let path = address(run)?;
    let credential = facts::merchant(run.facts)?.credential;
    Ok(run.read(Api::Signing, label, &credential, &path)?.ok_or_else(no_such_record)?.body.clone())
}

/// The path of the receipt that the operation names.
///
/// # Errors
/// `not_found` for what is neither an id nor a number.
pub(super) fn address(run: &Run<'_>) -> Result<String> {
    let given = run.param("record").as_str().unwrap_or_default();
    let is_number =
        (1..=NUMBER_DIGITS).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_digit());
    let named = match Uuid::try_parse(given) {
        _ if is_number => given.to_owned(),
        // The service's ids are of version 4 (contract sign-at 1.1).
        Ok(id) if wire::version_4(id) == id.to_string() => id.to_string(),
        _ => return Err(no_such_record()),
    };
    Ok(format!("/cash-register/{}/receipt/{named}", facts::register(run.facts)?.register))
}

pub(super) fn no_such_record() -> Error {
    let message = "the service has no such receipt of this register; give its id or its number";
    Error::new(Kind::NotFound, message).at("/record")
}

fn told(run: &Run<'_>, receipt: &Value) -> Result<Value> {
    let code = text(receipt, "/qr_code_data");
    let signed_at = signed_at(receipt).map(|at| run.local(at)).transpose()?;
    let validations = validations(receipt).iter().map(|said| {
        let (result, at) = validation(run, said)?;
        Ok(json!({"result": result, "validated_at": at}))
    });
    Ok(json!({
        "record": text(receipt, "/_id").unwrap_or_default(),
        "type": text(receipt, "/receipt_type").unwrap_or_default(),
        "number": text(receipt, "/receipt_number"),
        "register_serial": text(receipt, "/cash_register_serial_number"),
        "signature": code.and_then(|code| code.rsplit_once('_')).map(|(_, signature)| signature),
        "signed_at": signed_at,
        "operation": receipt.get("schema"),
        "validations": validations.collect::<Result<Vec<_>>>()?,
        "answer": receipt,
    }))
}

/// What FinanzOnline has said of a receipt so far.
fn validations(receipt: &Value) -> &[Value] {
    receipt.get("fon_validations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The last thing that FinanzOnline said, which need not stand at the end.
fn last(receipt: &Value) -> Option<&Value> {
    validations(receipt).iter().max_by_key(|said| said.get("time_validation").and_then(Value::as_i64))
}

/// FinanzOnline's word that confirms a receipt, whatever it said before or after.
fn confirmation(receipt: &Value) -> Option<&Value> {
    validations(receipt).iter().find(|said| text(said, "/validation_result") == Some(SUCCESS))
}

/// Whether FinanzOnline has confirmed a receipt.
pub(super) fn confirmed(receipt: &Value) -> bool {
    confirmation(receipt).is_some()
}

/// Whether FinanzOnline has looked at a receipt and not confirmed it.
pub(super) fn denied(receipt: &Value) -> bool {
    !validations(receipt).is_empty() && !confirmed(receipt)
}

/// The yearly receipt that FinanzOnline has yet to confirm, after the service made these receipts.
pub(super) fn unconfirmed(before: Option<Unconfirmed>, made: &[&Value]) -> Option<Unconfirmed> {
    let yearly = made.iter().rfind(|receipt| text(receipt, "/receipt_type") == Some("YEARLY_CLOSE"));
    let Some(yearly) = yearly else { return before };
    if confirmed(yearly) {
        return None;
    }
    Some(Unconfirmed {
        record: text(yearly, "/_id")?.to_owned(),
        number: text(yearly, "/receipt_number")?.to_owned(),
        signed_at: signed_at(yearly)?,
        denied: denied(yearly),
    })
}

/// A word of FinanzOnline's, and when it said so.
fn validation(run: &Run<'_>, said: &Value) -> Result<(&'static str, Option<String>)> {
    let result = if text(said, "/validation_result") == Some(SUCCESS) { "success" } else { "error" };
    let at =
        said.get("time_validation").and_then(Value::as_i64).and_then(|at| Timestamp::from_second(at).ok());
    Ok((result, at.map(|at| local(at, &run.operation.zone)).transpose()?))
}
