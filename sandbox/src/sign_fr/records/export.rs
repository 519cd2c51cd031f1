//! `INTENTION` with operation `EXPORT`: a signed archive of a part of the journal (contract sign-fr 2.7, 2.9).

use serde_json::{Value, json};

use super::book::{ACCEPTED, COMPLETED, Draft, FINISHED, PROCESSING, book};
use super::create::text;
use super::view;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::errors::Problem;
use crate::sign_fr::files;
use crate::sign_fr::state::{Record, Resource};

/// Books the intention, and with it the EXPORT::RECORDS unless that takes time.
pub(super) fn create(
    desk: &mut Desk<'_>,
    system: &Resource,
    operation: Value,
    replayed_by: Option<String>,
) -> Result<Record, Problem> {
    range(&operation)?;
    let mut draft = Draft::new("INTENTION::EXPORT".to_owned(), operation);
    draft.metadata = desk.metadata();
    draft.replayed_by = replayed_by;
    (draft.state, draft.mode) = (ACCEPTED, PROCESSING);
    let intention = book(desk, system, draft);
    if desk.settings.exports_at_once { make(desk, system, intention) } else { Ok(intention) }
}

/// Makes the exports that were ordered and are not there yet.
pub(in crate::sign_fr) fn catch_up(desk: &mut Desk<'_>) -> Result<(), Problem> {
    if !desk.settings.exports_at_once {
        return Ok(());
    }
    for id in desk.state.ordered_exports() {
        let found = desk.state.records.get(&id).cloned();
        let system = found.as_ref().and_then(|found| desk.state.systems.get(&found.system)).cloned();
        if let (Some(intention), Some(system)) = (found, system) {
            make(desk, &system, intention)?;
        }
    }
    Ok(())
}

/// Books the EXPORT::RECORDS that uses the intention and holds the file.
fn make(desk: &mut Desk<'_>, system: &Resource, mut intention: Record) -> Result<Record, Problem> {
    let operation: Value = serde_json::from_str(&intention.operation).unwrap_or_default();
    let records = chosen(desk, system, &operation)?;
    let file = files::create(desk, system, &records)?;
    let content = json!({ "type": "RECORDS", "range": operation.get("range") });
    let mut draft = Draft::new("EXPORT::RECORDS".to_owned(), content);
    draft.record = Some(intention.id.clone());
    draft.file = Some(file.id.clone());
    desk.save(file);
    let export = book(desk, system, draft);
    intention.used_in = Some(export.id);
    COMPLETED.clone_into(&mut intention.state);
    FINISHED.clone_into(&mut intention.mode);
    desk.save(intention.clone());
    Ok(intention)
}

/// First and last time of signing.
fn range(operation: &Value) -> Result<(jiff::Timestamp, jiff::Timestamp), Problem> {
    let time = |place: &str| {
        let text = text(operation, place);
        text.parse::<jiff::Timestamp>()
            .map_err(|_| Problem::bad_request(format!("'{text}' is not a timestamp")))
    };
    let (start, end) = (time("/range/start")?, time("/range/end")?);
    if end < start {
        return Err(Problem::unprocessable("the range ends before it starts"));
    }
    Ok((start, end))
}

/// The records in the range of signing times, both ends included, that pass the filter, as answers show them.
fn chosen(desk: &Desk<'_>, system: &Resource, operation: &Value) -> Result<Vec<Value>, Problem> {
    let (start, end) = range(operation)?;
    let kind = operation.pointer("/filters/0/value").and_then(Value::as_str);
    let signed_within = |record: &&Record| {
        record.signed_at.parse::<jiff::Timestamp>().is_ok_and(|at| start <= at && at <= end)
    };
    let rows = desk.state.records.rows().iter();
    rows.filter(|record| record.system == system.id && kind.is_none_or(|kind| record.kind == kind))
        .filter(signed_within)
        .map(|record| view::record(desk, record, |flag| flag == "operation"))
        .collect()
}
