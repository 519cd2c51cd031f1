//! The system's chain: what may stand between our last record and the new ones.

use crate::driver::{Drive, WRITER, account, facts, operation, sale};
use crate::fisc::Fisc;
use fiskal::error::Kind;
use fiskal::services::{Checks, build};
use serde_json::{Value, json};

fn record(id: &str, kind: &str, writer: Option<&str>, before: Option<&str>) -> Value {
    let mut record = json!({
        "content": {"id": id, "type": kind, "system": {"id": "sys-1"}, "journal": {"signature": "s", "signed_at": "2026-03-01T11:00:00Z"}},
    });
    if let Some(writer) = writer {
        record["metadata"] = json!({"fiskal_journal": writer});
    }
    if let Some(before) = before {
        record["content"]["journal"]["record"] = json!({"id": before});
    }
    record
}

/// Completes a sale on a system that has these records; the last of ours is `last`.
fn complete(checks: Checks, last: Option<&str>, records: Vec<Value>) -> (Drive, fiskal::exchange::Outcome) {
    let mut fisc = Fisc::new();
    fisc.made.insert("/records".into(), records);
    let mut drive = Drive::completing(sale());
    drive.facts.register["last_record"] = json!(last);
    drive.service = build("sign-fr", &account(checks)).unwrap();
    let outcome = drive.run(&mut fisc).unwrap();
    (drive, outcome)
}

/// What it is, our last record, the system's records, a part of the mismatch, how many are fetched.
type Case = (&'static str, Option<&'static str>, Vec<Value>, Option<&'static str>, usize);

#[test]
fn a_gap_is_fetched_and_its_writers_are_weighed() {
    let ours = || record("r-1", "TRANSACTION::RECEIPT", Some(WRITER), None);
    let cases: Vec<Case> = vec![
        ("the first record of a new system", None, vec![], None, 0),
        ("the next record", Some("r-1"), vec![ours()], None, 0),
        (
            "a closing between",
            Some("r-1"),
            vec![ours(), record("r-2", "CLOSING::DAILY", None, Some("r-1"))],
            None,
            1,
        ),
        (
            "two closings and an export between",
            Some("r-1"),
            vec![
                ours(),
                record("r-2", "CLOSING::DAILY", None, Some("r-1")),
                record("r-3", "CLOSING::MONTHLY", None, Some("r-2")),
                record("r-4", "EXPORT::RECORDS", None, Some("r-3")),
            ],
            None,
            3,
        ),
        (
            "a record of ours whose answer was never used",
            Some("r-1"),
            vec![ours(), record("r-2", "INTENTION::TRANSACTION", Some(WRITER), Some("r-1"))],
            None,
            1,
        ),
        (
            "somebody else's receipt",
            Some("r-1"),
            vec![ours(), record("r-2", "TRANSACTION::RECEIPT", Some("another"), Some("r-1"))],
            Some("was not written by this till"),
            1,
        ),
        (
            "nobody's receipt",
            Some("r-1"),
            vec![ours(), record("r-2", "TRANSACTION::RECEIPT", None, Some("r-1"))],
            Some("was not written by this till"),
            1,
        ),
        (
            "our last is not in the chain",
            Some("r-0"),
            vec![ours()],
            Some("our last record r-0 is not in the chain"),
            1,
        ),
        ("the chain begins anew", Some("r-1"), vec![], Some("our last record r-1 is not in the chain"), 0),
        (
            "a record that is not there",
            Some("r-1"),
            vec![record("r-2", "CLOSING::DAILY", None, Some("r-9"))],
            Some("r-9 before it cannot be found"),
            2,
        ),
    ];
    for (what, last, records, mismatch, fetched) in cases {
        let (drive, outcome) = complete(Checks::Enforce, last, records.clone());
        let gets = drive.addresses().iter().filter(|address| address.starts_with("GET /records/")).count();
        assert_eq!(gets, fetched, "{what}");
        let verified = &outcome.receipts[0].verified;
        match mismatch {
            None => {
                assert_eq!(outcome.error, None, "{what}");
                assert_eq!(*verified, ["content", "chain"], "{what}");
            }
            Some(part) => {
                let error = outcome.error.unwrap();
                assert_eq!(
                    (error.kind(), error.pointer()),
                    (Kind::Mismatch, Some("/content/journal/record/id")),
                    "{what}"
                );
                assert!(error.message().contains(part), "{what}: {error}");
                assert!(error.details().receipt.is_some());
                assert_eq!(*verified, ["content"], "{what}");
                let (_, reported) = complete(Checks::Report, last, records);
                assert_eq!(reported.error, None);
                assert!(reported.receipts[0].todo.as_ref().unwrap().contains(part));
            }
        }
    }
}

#[test]
fn the_first_look_at_a_system_in_use_verifies_no_chain() {
    let (_, outcome) =
        complete(Checks::Enforce, None, vec![record("r-1", "TRANSACTION::RECEIPT", None, None)]);
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.receipts[0].verified, ["content"]);
}

#[test]
fn a_gap_without_end_is_a_mismatch() {
    let mut records = vec![record("r-0", "CLOSING::DAILY", None, None)];
    for number in 1..=250 {
        records.push(record(
            &format!("r-{number}"),
            "CLOSING::DAILY",
            None,
            Some(&format!("r-{}", number - 1)),
        ));
    }
    let (drive, outcome) = complete(Checks::Enforce, Some("r-0"), records);
    assert!(outcome.error.unwrap().message().contains("more than 200 records"));
    assert_eq!(drive.sent.len(), 202);
}

#[test]
fn an_intention_that_waited_while_others_went_first_is_no_break() {
    // The first sale stops after its intention; a second one is booked; the caller asks for the first again.
    let mut fisc = Fisc::new();
    let mut first = Drive::completing(sale());
    while first.past.0.is_empty() {
        first.once(&mut fisc).unwrap();
    }
    let mut other = sale();
    other["id"] = "pos-2".into();
    let mut second = Drive::completing(other);
    second.operation.id = "0b5ab2f0-5b7f-4a37-9d0b-3f0f6f3f8f11".parse().unwrap();
    second.facts.register["last_record"] = "r-0".into();
    fisc.made.get_mut("/records").unwrap()[0]["content"]["journal"]["record"] = json!({"id": "r-0"});
    let outcome = second.run(&mut fisc).unwrap();
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
    first.facts.register = outcome.learned.unwrap();
    let outcome = first.run(&mut fisc).unwrap();
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
    assert_eq!(outcome.learned.unwrap()["last_record"], "records-4");
}

#[test]
fn a_beginning_and_an_abort_look_at_the_chain_too() {
    let mut fisc = Fisc::new();
    fisc.made.insert("/records".into(), vec![record("r-1", "TRANSACTION::RECEIPT", Some("another"), None)]);
    let mut known = facts();
    known.register["last_record"] = "r-0".into();
    let begun = Drive::new(operation("sale.begin", "register", json!({"sale": sale()})), known.clone())
        .run(&mut fisc)
        .unwrap();
    assert_eq!(begun.error.unwrap().kind(), Kind::Mismatch);
    let mut abort = Drive::new(operation("sale.abort", "register", json!({"sale": "pos-1"})), known);
    abort.operation.open_sale = begun.open_sale;
    let aborted = abort.run(&mut fisc).unwrap();
    assert_eq!(aborted.error.unwrap().kind(), Kind::Mismatch);
}
