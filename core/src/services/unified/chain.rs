//! Whether our records follow one another in the system's journal (contract sign-fr 2.8).
//!
//! `journal.record` names the record before. Where it is not our last one, the records between are
//! fetched: the service writes closings and exports of its own, and this journal may have booked
//! something whose answer it never used. Any other writer is a mismatch.

use super::checks::{CHAIN, Finding};
use super::records::{Record, operation_path};
use super::run::{Flow, Run, Stop};
use crate::services::marks;

/// The longest gap that is fetched.
const LONGEST_GAP: u32 = 200;

/// What a look at the chain says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chain {
    /// It leads from our last record to the new ones.
    Whole,
    /// There is nothing to compare with: the first record that this journal sees of a system in use.
    Untold,
    /// It does not.
    Broken(Finding),
}

/// Follows the chain from `newest` back to `last`, our last record before this operation.
///
/// `in_hand` are records of this operation, which need not be fetched. An intention of it may be older
/// than `last`: the operation stopped after it, and others went first.
pub(super) fn check(
    run: &Run<'_>,
    credential: &str,
    system: &str,
    last: Option<&str>,
    newest: &Record,
    in_hand: Option<&Record>,
) -> Flow<Chain> {
    let mut before = newest.previous().map(str::to_owned);
    let known = in_hand.map(|record| record.id().map(|id| (id, record))).transpose()?;
    for _ in 0..=LONGEST_GAP {
        let Some(id) = before else {
            return Ok(match last {
                None => Chain::Whole,
                Some(last) => broken(format!("our last record {last} is not in the chain before it")),
            });
        };
        if last == Some(id.as_str()) {
            return Ok(Chain::Whole);
        }
        before = match known {
            Some((own, record)) if own == id => record.previous().map(str::to_owned),
            _ if last.is_none() => return Ok(Chain::Untold),
            _ => match fetched(run, credential, system, &id)? {
                Ok(previous) => previous,
                Err(message) => return Ok(broken(message)),
            },
        };
    }
    let last = last.unwrap_or_default();
    Ok(broken(format!("more than {LONGEST_GAP} records lie between our last one, {last}, and this one")))
}

/// What stands before the record `id`, or why that record may not be there.
fn fetched(run: &Run<'_>, credential: &str, system: &str, id: &str) -> Flow<Result<Option<String>, String>> {
    let answer = match run.read(&format!("gap {id}"), credential, &operation_path(id), None) {
        Ok(Some(answer)) => answer,
        Ok(None) => return Ok(Err(format!("the record {id} before it cannot be found"))),
        Err(Stop::Failed(error) | Stop::Refused(error)) => {
            return Ok(Err(format!("the record {id} before it cannot be read: {}", error.message())));
        }
        Err(step) => return Err(step),
    };
    if answer.text("/content/system/id") != Some(system) {
        return Ok(Err(format!("the record {id} before it belongs to another system")));
    }
    let writer = marks::journal(&answer.body);
    let kind = answer.text("/content/type").unwrap_or_default();
    if !is_the_services_own(kind) && writer != Some(&run.now.writer.to_string()) {
        return Ok(Err(format!("the record {id} ({kind}) before it was not written by this till")));
    }
    Ok(Ok(answer.text("/content/journal/record/id").map(str::to_owned)))
}

/// Records that only the service writes (contract sign-fr 2.7).
pub(super) fn is_the_services_own(kind: &str) -> bool {
    kind.starts_with("CLOSING::") || kind == "EXPORT::RECORDS"
}

fn broken(what: String) -> Chain {
    let message = format!("{what}; another journal or program may use this register");
    Chain::Broken(Finding { check: CHAIN, pointer: "/content/journal/record/id".into(), message })
}
