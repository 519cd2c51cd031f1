//! `POST /records`: intentions and transactions (contract sign-fr 2.7).

use serde_json::Value;

use super::amounts::{self, Findings};
use super::book::{ACCEPTED, COMPLETED, Draft, FINISHED, PROCESSING, REJECTED, book, dead};
use super::{correction, export, italy, replay, transmission, view};
use crate::http::Reply;
use crate::settings::Check;
use crate::sign_fr::country::Country;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::errors::Problem;
use crate::sign_fr::guide;
use crate::sign_fr::lifecycle::{COMMISSIONED, OPERATIVE};
use crate::sign_fr::state::{Kind, Record, Resource};
use crate::sign_fr::systems;

/// Longest message in a record's log (contract sign-fr, `RecordLogMessage`).
const LONGEST_LOG: usize = 256;

/// The type of the record that a transaction needs.
pub(super) const INTENTION: &str = "INTENTION::TRANSACTION";

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
    let shown = view::record(desk, &record, |flag| ["operation", view::TRANSMISSION].contains(&flag))?;
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
    check_ready(desk, &system, &origin)?;
    let refers_to = match kind.as_str() {
        "DUPLICATE" => Some(referenced(desk, &system, &operation, &[])?.id.clone()),
        _ => None,
    };
    if kind == "EXPORT" {
        return export::create(desk, &system, operation, origin.replayed_by);
    }
    let logs = check_content(desk, &system, &operation, None)?;
    let mut draft = Draft::new(format!("INTENTION::{kind}"), operation);
    if kind == "TRANSACTION" {
        // Only this one waits for something: the transaction that uses it (3.2).
        (draft.state, draft.mode) = (ACCEPTED, PROCESSING);
    }
    if !logs.is_empty() {
        (draft.state, draft.mode, draft.logs) = (REJECTED, FINISHED, logs);
    }
    draft.refers_to = refers_to;
    draft.replayed_by = origin.replayed_by;
    draft.metadata = desk.metadata();
    Ok(book(desk, &system, draft))
}

fn transaction(desk: &mut Desk<'_>, content: &Value, mut origin: Origin) -> Result<Record, Problem> {
    let id = origin.intention.take().unwrap_or_else(|| text(content, "/record/id").to_owned());
    let (system, mut intention) = open_intention(desk, &id)?;
    let operation = content.get("operation").cloned().unwrap_or_default();
    let kind = text(&operation, "type").to_owned();
    check_type(desk, &system, &format!("TRANSACTION::{kind}"))?;
    check_ready(desk, &system, &origin)?;
    let original = original(desk, &system, &kind, &operation)?;
    let logs = check_content(desk, &system, &operation, original)?;
    let refers_to = original.map(|record| record.id.clone());
    let mut draft = Draft::new(format!("TRANSACTION::{kind}"), operation);
    if !logs.is_empty() {
        (draft.state, draft.mode, draft.logs) = (REJECTED, FINISHED, logs);
    }
    draft.record = Some(intention.id.clone());
    draft.refers_to = refers_to;
    draft.replayed_by = origin.replayed_by;
    draft.metadata = desk.metadata();
    transmission::begin(desk, &system, &mut draft);
    let record = book(desk, &system, draft);
    if !dead(&record.state) || desk.settings.rejected_uses_intention {
        intention.used_in = Some(record.id.clone());
        COMPLETED.clone_into(&mut intention.state);
        FINISHED.clone_into(&mut intention.mode);
        desk.save(intention);
    }
    Ok(record)
}

/// The intention that a transaction names: known, the caller's, of the right kind, not rejected, not used.
fn open_intention(desk: &Desk<'_>, id: &str) -> Result<(Resource, Record), Problem> {
    let found = desk.state.records.get(id).filter(|row| desk.sees(&row.organization));
    let intention = found.ok_or_else(|| unknown(desk, id))?;
    if intention.kind != INTENTION {
        let message =
            format!("record operation invalid: record '{id}' is {} and not {INTENTION}", intention.kind);
        return Err(Problem::new(desk.settings.wrong_reference_status, message));
    }
    if dead(&intention.state) {
        let message = format!("record operation invalid: intention '{id}' was rejected");
        return Err(Problem::new(desk.settings.wrong_reference_status, message));
    }
    if let Some(user) = intention.used_in.as_ref().filter(|_| !desk.settings.intention_reuse) {
        let message = format!("record operation invalid: intention '{id}' was used in record '{user}'");
        return Err(Problem::new(desk.settings.record_state_status, message));
    }
    let system = desk.state.systems.get(&intention.system);
    let system = system.ok_or_else(|| Problem::internal("a record belongs to a system"))?;
    Ok((system.clone(), intention.clone()))
}

fn unknown(desk: &Desk<'_>, id: &str) -> Problem {
    Problem::new(desk.settings.unknown_reference_status, format!("record '{id}' not found"))
}

/// The document that a transaction is about, if it is about one.
fn original<'d>(
    desk: &'d Desk<'_>,
    system: &Resource,
    kind: &str,
    operation: &Value,
) -> Result<Option<&'d Record>, Problem> {
    let kinds: &[&str] = match kind {
        "CORRECTION" => &["TRANSACTION::RECEIPT", "TRANSACTION::INVOICE"],
        "CANCELLATION" | "ENRICHMENT" | "PROOF_OF_PAYMENT" => &["TRANSACTION::"],
        _ => return Ok(None),
    };
    let record = referenced(desk, system, operation, kinds)?;
    if kind == "CANCELLATION"
        && !desk.settings.cancel_twice
        && let Some(by) = desk.state.cancellation_of(&record.id)
    {
        let message =
            format!("record operation invalid: record '{}' was cancelled by record '{by}'", record.id);
        return Err(Problem::new(desk.settings.record_state_status, message));
    }
    Ok(Some(record))
}

/// The document that an operation refers to: known, on the same system, and of one of the kinds.
fn referenced<'d>(
    desk: &'d Desk<'_>,
    system: &Resource,
    operation: &Value,
    kinds: &[&str],
) -> Result<&'d Record, Problem> {
    let id = match operation.pointer("/record/offset").and_then(Value::as_str) {
        Some(offset) => &replay::at_offset(desk, system, offset)?,
        None => text(operation, "/record/id"),
    };
    let found = desk.state.records.get(id).filter(|row| desk.sees(&row.organization));
    let record = found.ok_or_else(|| unknown(desk, id))?;
    let refuse = |why: String| {
        let message = format!("record operation invalid: record '{id}' {why}");
        Err(Problem::new(desk.settings.wrong_reference_status, message))
    };
    if record.system != system.id {
        return refuse(format!("belongs to system '{}'", record.system));
    }
    if !kinds.is_empty() && !kinds.iter().any(|kind| record.kind.starts_with(kind)) {
        return refuse(format!("is {} and cannot be referred to here", record.kind));
    }
    if dead(&record.state) {
        return refuse("was rejected".to_owned());
    }
    Ok(record)
}

fn check_type(desk: &Desk<'_>, system: &Resource, kind: &str) -> Result<(), Problem> {
    if systems::issues(system) && system.country.records(desk.settings).contains(&kind) {
        return Ok(());
    }
    Err(unlisted(desk, system, kind))
}

/// The refusal of a record that a system does not keep.
pub(super) fn unlisted(desk: &Desk<'_>, system: &Resource, kind: &str) -> Problem {
    let message = format!("{kind} is not among the records of system '{}'", system.id);
    Problem::new(desk.settings.unlisted_record_status, message)
}

fn check_ready(desk: &Desk<'_>, system: &Resource, origin: &Origin) -> Result<(), Problem> {
    let refuse = |why: String| {
        let message = format!("record operation invalid: system '{}' {why}", system.id);
        Err(Problem::new(desk.settings.record_state_status, message))
    };
    if system.state != COMMISSIONED || system.mode != OPERATIVE {
        return refuse(format!("is {}/{} and not {COMMISSIONED}/{OPERATIVE}", system.state, system.mode));
    }
    if desk.settings.replay_blocks_online && origin.replayed_by.is_none() && system.buffer.is_some() {
        return refuse("is being sent an offline buffer that is not finished".to_owned());
    }
    Ok(())
}

/// VAT codes, sums, and how a correction fits its original. What they find either refuses the request or is logged
/// on a rejected record.
fn check_content(
    desk: &Desk<'_>,
    system: &Resource,
    operation: &Value,
    original: Option<&Record>,
) -> Result<Vec<String>, Problem> {
    let kind = text(operation, "type");
    let read = guide::reading(operation, desk.settings);
    let Findings { vat, amounts } = amounts::check(system.country, kind, &read, desk.settings);
    let corrected = original.filter(|_| kind == "CORRECTION");
    let mut corrections = corrected.map_or_else(Vec::new, |original| {
        if !correction::takes_back(system.country, operation, desk.settings) {
            return correction::check_whole(operation);
        }
        let original: Value = serde_json::from_str(&original.operation).unwrap_or_default();
        correction::check(&guide::reading(&original, desk.settings), operation)
    });
    let mut own = italy::Findings::default();
    if system.country == Country::Italy {
        own = italy::check(operation);
        if let Some(original) = corrected.filter(|_| desk.italy.correction_repeats) {
            corrections.extend(italy::misfits(desk, original, operation));
        }
    }
    let mut logs = Vec::new();
    for (check, findings) in [
        (desk.italy.content_check, own.content),
        (desk.italy.lottery_check, own.lottery),
        (desk.settings.correction_check, corrections),
        (desk.settings.vat_check, vat),
        (desk.settings.amount_check, amounts),
    ] {
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
