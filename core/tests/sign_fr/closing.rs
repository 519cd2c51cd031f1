//! The service's own closings, found in its list of records.

use crate::driver::{Drive, facts, operation};
use crate::fisc::Fisc;
use serde_json::{Value, json};

/// A closing of the service; what its `operation` holds is not published, so here it holds nothing.
fn closing(id: &str, kind: &str, signed_at: &str) -> Value {
    json!({"content": {
        "id": id, "type": kind, "system": {"id": "sys-1"},
        "journal": {"signature": format!("signature of {id}"), "signed_at": signed_at},
    }})
}

/// The record that is found for the first of March in Paris.
fn found(records: Vec<Value>, page: usize) -> Value {
    let mut fisc = Fisc::new();
    fisc.page = page;
    fisc.made.insert("/records".into(), records);
    let day = json!({"period": "day", "start": "2026-02-28T23:00:00Z", "end": "2026-03-01T23:00:00Z"});
    let mut drive = Drive::new(operation("closing.create", "register", day), facts());
    drive.run(&mut fisc).unwrap().result["closing"]["record"].clone()
}

#[test]
fn a_day_has_the_first_closing_after_it_in_whichever_order_they_are_listed() {
    let records = [
        closing("c-28", "CLOSING::DAILY", "2026-03-01T00:00:00+01:00"),
        closing("c-1", "CLOSING::DAILY", "2026-03-02T00:00:00+01:00"),
        closing("c-2", "CLOSING::DAILY", "2026-03-03T00:00:00+01:00"),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        for page in [1, 100] {
            let records = order.iter().map(|at| records[*at].clone()).collect();
            assert_eq!(found(records, page), "c-1", "{order:?}, {page} a page");
        }
    }
}

#[test]
fn what_is_no_closing_of_the_day_is_not_taken_for_one() {
    let others = [
        closing("c-28", "CLOSING::DAILY", "2026-03-01T00:00:00+01:00"),
        closing("m-3", "CLOSING::MONTHLY", "2026-04-01T00:00:00+02:00"),
        closing("c-x", "CLOSING::DAILY", "soon"),
        json!({"content": {"type": "CLOSING::DAILY", "journal": {"signed_at": "2026-03-02T00:00:00+01:00"}}}),
    ];
    assert_eq!(found(others.to_vec(), 100), Value::Null);
    assert_eq!(found(Vec::new(), 100), Value::Null);
}
