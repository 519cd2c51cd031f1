//! `INTENTION` with operation `EXPORT`: a signed archive of a part of the journal (contract sign-fr 2.7, 2.9).

use serde_json::{Value, json};

use super::book::{Draft, book};
use super::create::text;
use super::view;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::errors::Problem;
use crate::sign_fr::files;
use crate::sign_fr::state::{Record, Resource};

/// Books the intention and, at once, the EXPORT::RECORDS that uses it and holds the file.
pub(super) fn create(
    desk: &mut Desk<'_>,
    system: &Resource,
    operation: Value,
    replayed_by: Option<String>,
) -> Result<Record, Problem> {
    let records = chosen(desk, system, &operation)?;
    let file = files::create(desk, system, &records)?;
    let range = operation.get("range").cloned();
    let mut draft = Draft::new("INTENTION::EXPORT".to_owned(), operation);
    draft.metadata = desk.metadata();
    draft.replayed_by = replayed_by;
    let mut intention = book(desk, system, draft);
    let mut draft = Draft::new("EXPORT::RECORDS".to_owned(), json!({ "type": "RECORDS", "range": range }));
    draft.record = Some(intention.id.clone());
    draft.file = Some(file.id.clone());
    desk.save(file);
    let export = book(desk, system, draft);
    intention.used_in = Some(export.id);
    desk.save(intention.clone());
    Ok(intention)
}

/// The records in the range of signing times, both ends included, that pass the filter, as answers show them.
fn chosen(desk: &Desk<'_>, system: &Resource, operation: &Value) -> Result<Vec<Value>, Problem> {
    let time = |place: &str| {
        let text = text(operation, place);
        text.parse::<jiff::Timestamp>()
            .map_err(|_| Problem::bad_request(format!("'{text}' is not a timestamp")))
    };
    let (start, end) = (time("/range/start")?, time("/range/end")?);
    if end < start {
        return Err(Problem::unprocessable("the range ends before it starts"));
    }
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
