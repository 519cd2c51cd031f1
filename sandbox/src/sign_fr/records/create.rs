//! `POST /records`: intentions and transactions (contract sign-fr 2.7).

use serde_json::Value;

use super::amounts::{self, Findings};
use super::book::{ACCEPTED, COMPLETED, Draft, FINISHED, PROCESSING, REJECTED, book};
use super::{export, replay, view};
use crate::http::Reply;
use crate::settings::Check;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::errors::Problem;
use crate::sign_fr::lifecycle::{COMMISSIONED, OPERATIVE};
use crate::sign_fr::state::{Kind, Record, Resource};

/// Longest message in a record's log (contract sign-fr, `RecordLogMessage`).
const LONGEST_LOG: usize = 256;

/// How a record comes: by itself, or out of an offline buffer.
#[derive(Default)]
pub(super) struct Origin {
    /// The id that stands for the wrapping REPLAY intention.
    pub(super) replayed_by: Option<String>,
    /// The intention that an offset names, already looked up.
    pub(super) intention: Option<String>,
}

pub(in crate::sign_fr) fn create(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    if desk.state.records.rows().len() >= desk.settings.max_records {
        return Err(Problem::unavailable(
            "the sandbox is full; raise the setting sign-fr.max_records or start it anew",
        ));
    }
    let content = desk.request.body.get("content").cloned().unwrap_or_default();
    let record = match (text(&content, "type"), text(&content, "/operation/type")) {
        ("INTENTION", "REPLAY") => replay::create(desk, &content)?,
        _ => by_content(desk, &content, Origin::default())?,
    };
    let shown = view::record(desk, &record, |flag| flag == "operation")?;
    Ok(Reply::json(200, &shown))
}

/// Books an INTENTION or a TRANSACTION.
pub(super) fn by_content(desk: &mut Desk<'_>, content: &Value, origin: Origin) -> Result<Record, Problem> {
    let offset =
        ["/record/offset", "/operation/record/offset"].iter().find_map(|place| content.pointer(place));
    if origin.replayed_by.is_none() && offset.is_some() {
        return Err(Problem::unprocessable("record.offset belongs to a replayed record"));
    }
    if text(content, "type") == "INTENTION" {
        intention(desk, content, origin)
    } else {
        transaction(desk, content, origin)
    }
}

/// A text in the content, by name or by JSON pointer.
pub(super) fn text<'v>(value: &'v Value, place: &str) -> &'v str {
    let found = if place.starts_with('/') { value.pointer(place) } else { value.get(place) };
    found.and_then(Value::as_str).unwrap_or_default()
}

fn intention(desk: &mut Desk<'_>, content: &Value, origin: Origin) -> Result<Record, Problem> {
    let system = desk.refer(Kind::System, text(content, "/system/id"))?.clone();
    let operation = content.get("operation").cloned().unwrap_or_default();
    let kind = text(&operation, "type").to_owned();
    check_type(desk, &system, &format!("INTENTION::{kind}"))?;
    check_ready(desk, &system)?;
    if kind == "DUPLICATE" {
        referenced(desk, &system, &operation, &[])?;
    }
    if kind == "EXPORT" {
        return export::create(desk, &system, operation, origin.replayed_by);
    }
    let mut draft = Draft::new(format!("INTENTION::{kind}"), operation);
    if kind == "TRANSACTION" {
        // Only this one waits for something: the transaction that uses it (3.2).
        (draft.state, draft.mode) = (ACCEPTED, PROCESSING);
    }
    draft.replayed_by = origin.replayed_by;
    draft.metadata = desk.metadata();
    Ok(book(desk, &system, draft))
}

fn transaction(desk: &mut Desk<'_>, content: &Value, origin: Origin) -> Result<Record, Problem> {
    let id = origin.intention.unwrap_or_else(|| text(content, "/record/id").to_owned());
    let (system, mut intention) = open_intention(desk, &id)?;
    let operation = content.get("operation").cloned().unwrap_or_default();
    let kind = text(&operation, "type").to_owned();
    check_type(desk, &system, &format!("TRANSACTION::{kind}"))?;
    check_ready(desk, &system)?;
    match kind.as_str() {
        "CORRECTION" => {
            referenced(desk, &system, &operation, &["TRANSACTION::RECEIPT", "TRANSACTION::INVOICE"])?
        }
        "CANCELLATION" | "ENRICHMENT" | "PROOF_OF_PAYMENT" => {
            referenced(desk, &system, &operation, &["TRANSACTION::"])?
        }
        _ => {}
    }
    let logs = check_content(desk, &system, &kind, &operation)?;
    let mut draft = Draft::new(format!("TRANSACTION::{kind}"), operation);
    if !logs.is_empty() {
        (draft.state, draft.mode, draft.logs) = (REJECTED, FINISHED, logs);
    }
    draft.record = Some(intention.id.clone());
    draft.replayed_by = origin.replayed_by;
    draft.metadata = desk.metadata();
    let record = book(desk, &system, draft);
    if record.state != REJECTED || desk.settings.rejected_uses_intention {
        intention.used_in = Some(record.id.clone());
        COMPLETED.clone_into(&mut intention.state);
        FINISHED.clone_into(&mut intention.mode);
        desk.save(intention);
    }
    Ok(record)
}

/// The intention that a transaction names: known, the caller's, of the right kind, not used.
fn open_intention(desk: &Desk<'_>, id: &str) -> Result<(Resource, Record), Problem> {
    let found = desk.state.records.get(id).filter(|row| desk.sees(&row.organization));
    let intention = found.ok_or_else(|| unknown(desk, id))?;
    let refuse = |why: String| {
        Problem::new(desk.settings.record_state_status, format!("record operation invalid: {why}"))
    };
    if intention.kind != "INTENTION::TRANSACTION" {
        return Err(refuse(format!("record '{id}' is {} and not INTENTION::TRANSACTION", intention.kind)));
    }
    if let Some(user) = intention.used_in.as_ref().filter(|_| !desk.settings.intention_reuse) {
        return Err(refuse(format!("intention '{id}' was used in record '{user}'")));
    }
    let system = desk.state.systems.get(&intention.system);
    let system = system.ok_or_else(|| Problem::internal("a record belongs to a system"))?;
    Ok((system.clone(), intention.clone()))
}

fn unknown(desk: &Desk<'_>, id: &str) -> Problem {
    Problem::new(desk.settings.unknown_reference_status, format!("record '{id}' not found"))
}

/// The document that an operation refers to: known, on the same system, and of one of the kinds.
fn referenced(desk: &Desk<'_>, system: &Resource, operation: &Value, kinds: &[&str]) -> Result<(), Problem> {
    let id = match operation.pointer("/record/offset").and_then(Value::as_str) {
        Some(offset) => &replay::at_offset(desk, system, offset)?,
        None => text(operation, "/record/id"),
    };
    let found = desk.state.records.get(id).filter(|row| desk.sees(&row.organization));
    let record = found.ok_or_else(|| unknown(desk, id))?;
    let refuse =
        |why: String| Err(Problem::not_allowed(format!("record operation invalid: record '{id}' {why}")));
    if record.system != system.id {
        return refuse(format!("belongs to system '{}'", record.system));
    }
    if !kinds.is_empty() && !kinds.iter().any(|kind| record.kind.starts_with(kind)) {
        return refuse(format!("is {} and cannot be referred to here", record.kind));
    }
    if record.state == REJECTED {
        return refuse("was rejected".to_owned());
    }
    Ok(())
}

fn check_type(desk: &Desk<'_>, system: &Resource, kind: &str) -> Result<(), Problem> {
    if system.country.records(desk.settings).contains(&kind) {
        return Ok(());
    }
    Err(Problem::not_implemented(format!("{kind} is not among the records of system '{}'", system.id)))
}

fn check_ready(desk: &Desk<'_>, system: &Resource) -> Result<(), Problem> {
    if system.state == COMMISSIONED && system.mode == OPERATIVE {
        return Ok(());
    }
    let message = format!(
        "record operation invalid: system '{}' is {}/{} and not {COMMISSIONED}/{OPERATIVE}",
        system.id, system.state, system.mode
    );
    Err(Problem::new(desk.settings.record_state_status, message))
}

/// VAT codes and sums. What they find either refuses the request or is logged on a rejected record.
fn check_content(
    desk: &Desk<'_>,
    system: &Resource,
    kind: &str,
    operation: &Value,
) -> Result<Vec<String>, Problem> {
    let Findings { vat, amounts } = amounts::check(system.country, kind, operation, desk.settings);
    let mut logs = Vec::new();
    for (check, findings) in [(desk.settings.vat_check, vat), (desk.settings.amount_check, amounts)] {
        match check {
            Check::Refuse if !findings.is_empty() => return Err(Problem::unprocessable(findings.join("; "))),
            Check::Reject => logs.extend(findings.iter().map(|finding| {
                format!("Validation checks failed: {finding}").chars().take(LONGEST_LOG).collect()
            })),
            Check::Refuse | Check::Off => {}
        }
    }
    Ok(logs)
}
