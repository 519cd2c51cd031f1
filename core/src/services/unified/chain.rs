//! Whether our records follow one another in the system's journal (contract sign-fr 2.8).
//!
//! `journal.record` names the record before. Where it is not our last one, the records between are
//! fetched: the service writes closings and exports of its own, and this journal may have booked
//! something whose answer it never used. Any other writer is a mismatch.

use super::checks::{CHAIN, Finding};
use super::records::{Record, operation_path};
use super::run::{Flow, Run, Stop};
use super::wire::text;

/// The longest gap that is fetched.
const LONGEST_GAP: u32 = 200;

/// What a look at the chain says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chain {
    /// It leads from our last record to the new ones.
    Whole,
    /// There is nothing to compare with: the first record that this journal sees of a system in use.
    Untold,
    /// It does not.
    Broken(Finding),
}

/// Follows the chain from the newest of `records` back to `last`.
pub(super) fn check(
    run: &Run<'_>,
    credential: &str,
    system: &str,
    last: Option<&str>,
    records: &[&Record],
) -> Flow<Chain> {
    let mut expected = last;
    let mut result = Chain::Whole;
    for record in records {
        match link(run, credential, system, expected, record)? {
            Chain::Whole => {}
            Chain::Untold => result = Chain::Untold,
            broken => return Ok(broken),
        }
        expected = Some(record.id()?);
    }
    Ok(result)
}

fn link(
    run: &Run<'_>,
    credential: &str,
    system: &str,
    expected: Option<&str>,
    record: &Record,
) -> Flow<Chain> {
    let (expected, mut before) = match (expected, record.previous()) {
        (None, None) => return Ok(Chain::Whole),
        (None, Some(_)) => return Ok(Chain::Untold),
        (Some(expected), Some(previous)) if expected == previous => return Ok(Chain::Whole),
        (Some(expected), Some(previous)) => (expected, previous),
        (Some(expected), None) => {
            return Ok(broken(format!("the record has none before it, and our last one is {expected}")));
        }
    };
    for _ in 0..LONGEST_GAP {
        let label = format!("gap {before}");
        let answer = match run.read(&label, credential, &operation_path(before), None) {
            Ok(Some(answer)) => answer,
            Ok(None) => return Ok(broken(format!("the record {before} before it cannot be found"))),
            Err(Stop::Failed(error) | Stop::Refused(error)) => {
                return Ok(broken(format!(
                    "the record {before} before it cannot be read: {}",
                    error.message()
                )));
            }
            Err(step) => return Err(step),
        };
        if answer.text("/content/system/id") != Some(system) {
            return Ok(broken(format!("the record {before} before it belongs to another system")));
        }
        let writer = answer.text("/metadata/fiskal_journal");
        let kind = answer.text("/content/type").unwrap_or_default();
        if !is_the_services_own(kind) && writer != Some(&run.now.writer.to_string()) {
            return Ok(broken(format!(
                "the record {before} ({kind}) before it was not written by this till"
            )));
        }
        match text(&answer.body, "/content/journal/record/id") {
            Some(previous) if previous == expected => return Ok(Chain::Whole),
            Some(previous) => before = previous,
            None => return Ok(broken(format!("our last record {expected} is not in the chain"))),
        }
    }
    Ok(broken(format!("more than {LONGEST_GAP} records lie between our last one, {expected}, and this one")))
}

/// Records that only the service writes (contract sign-fr 2.7).
fn is_the_services_own(kind: &str) -> bool {
    kind.starts_with("CLOSING::") || kind == "EXPORT::RECORDS"
}

fn broken(message: String) -> Chain {
    Chain::Broken(Finding { check: CHAIN, pointer: "/content/journal/record/id".into(), message })
}
