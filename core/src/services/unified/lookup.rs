//! What became of a record whose answer is lost and whose idempotency key is spent.

use super::records::{Sent, operation_path};
use super::run::{Flow, Run};
use super::wire::{encoded, text};
use serde_json::Value;

/// The record that `sent` made, if it made one.
///
/// For a TRANSACTION its intention tells (`used_in`); else the system's records are searched for our
/// operation's id. An intention of ours counts also when it was used: by the transaction of this
/// operation, whose own answer was lost. A transaction that is overlooked cannot be booked twice: its
/// intention serves once; and a sale's intention that is overlooked stays unused. Of all else nothing is said before
/// the whole list was seen.
///
/// `mark` is the `fiskal_operation` of the record.
pub(super) fn find(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    sent: &Sent,
    mark: &str,
) -> Flow<Option<Value>> {
    if let Some(intention) = &sent.intention {
        let path = format!("/records/{}", encoded(intention));
        let answer = run.read(&format!("{label}.intention"), credential, &path, None)?;
        if let Some(used_in) = answer.and_then(|answer| answer.text("/content/used_in/id")) {
            let found = fetch(run, &format!("{label}.used"), credential, used_in)?;
            return Ok(found.filter(|record| is_ours(mark, sent, record)));
        }
    }
    let path = format!("/records?system_id={}&type={}", encoded(&sent.system), encoded(&sent.record_type));
    let mut id = None;
    let label_of_list = format!("{label}.list");
    let visit = |record| {
        let ours = is_ours(mark, sent, record);
        if ours {
            id = text(record, "/content/id");
        }
        ours
    };
    if sent.intention.is_some() || sent.record_type == "INTENTION::TRANSACTION" {
        run.browse(&label_of_list, credential, &path, None, visit)?;
    } else {
        run.list(&label_of_list, credential, &path, None, visit)?;
    }
    match id {
        Some(id) => fetch(run, &format!("{label}.found"), credential, id),
        None => Ok(None),
    }
}

fn is_ours(mark: &str, sent: &Sent, record: &Value) -> bool {
    text(record, "/metadata/fiskal_operation") == Some(mark)
        && text(record, "/content/type") == Some(&sent.record_type)
}

fn fetch(run: &Run<'_>, label: &str, credential: &str, id: &str) -> Flow<Option<Value>> {
    Ok(run.read(label, credential, &operation_path(id), None)?.map(|answer| answer.body.clone()))
}
