//! The journal's last entry in every receipt, and receipts read back as witnesses of it.

use crate::driver::{REGISTER, Till, answer, context, id, operation, sale};
use crate::{answered, operations};
use fiskal::error::{Error, Kind};
use fiskal::exchange::{Anchor, Answer, Context, Exchange, Known, Past, Witnesses};
use fiskal::services::Checks;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};
use std::cell::RefCell;

/// Two hashes of entries.
const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const ANOTHER: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
/// The journal of these tests.
const WRITER: &str = "00000000-0000-0000-0000-000000000000";

fn anchor(seq: u64, hash: &str) -> Option<Anchor> {
    Some(Anchor { seq, hash: hash.to_owned() })
}

/// The metadata that each of these operations sends.
fn sent(till: &mut Till, operations: Vec<(usize, &'static str, Value)>) -> Vec<Value> {
    let sent = RefCell::new(Vec::new());
    for (number, name, params) in operations {
        let outcome = till.does(number, name, params, &|request| {
            sent.borrow_mut().push(request.body.as_ref().unwrap()["metadata"].clone());
            Some(answer(number, request))
        });
        assert_eq!(outcome.unwrap().error, None, "{number}");
    }
    sent.into_inner()
}

#[test]
fn every_receipt_carries_the_last_entry_before_it() {
    let mut till = Till::new(Checks::Enforce, "sandbox");
    till.anchor = anchor(41, HASH);
    let journal = format!("{WRITER}:41:{HASH}");
    for at in 0..6 {
        let operation = operations(&till).swap_remove(at);
        let number = operation.0;
        let mut wanted = json!({"fiskal_operation": id(number).to_string(), "fiskal_journal": journal});
        if operation.1 == "receipt.cancel" {
            wanted["fiskal_cancels"] = id(2).to_string().into();
        }
        assert_eq!(sent(&mut till, vec![operation]), [wanted], "{number}");
    }
}

#[test]
fn every_form_carries_it() {
    let seller = json!({
        "name": "Café Muster GmbH",
        "address": {"street": "Hauptplatz", "number": "1", "code": "8010", "city": "Graz", "country": "AT"},
    });
    for form in ["standard_v1", "raw", "ekabs_v0"] {
        let mut till = Till::at(2);
        till.anchor = anchor(41, HASH);
        let mut params = sale(&[("10.00", "1", "20")], false);
        params["sale"]["extra"] = json!({"sign-at": {"form": form}});
        params["seller"] = seller.clone();
        let sent = sent(&mut till, vec![(3, "sale.complete", params)]);
        assert_eq!(sent[0]["fiskal_journal"], format!("{WRITER}:41:{HASH}"), "{form}");
    }
}

/// Contract sign-at 2.5.
#[test]
fn with_all_notes_of_a_sale_they_stay_within_the_bounds_of_the_service() {
    let mut till = Till::at(2);
    till.anchor = anchor(u64::MAX, HASH);
    let mut params = sale(&[("10.00", "1", "20")], false);
    let notes = (0..16).map(|note| (format!("note-{note}"), json!("x".repeat(250))));
    params["sale"]["metadata"] = Value::Object(notes.collect());
    let sent = sent(&mut till, vec![(3, "sale.complete", params)]);
    let metadata = sent[0].as_object().unwrap();
    assert_eq!(metadata.len(), 18, "and a cancellation has one more: within 20");
    for (key, value) in metadata {
        assert!(key.len() <= 40 && value.as_str().unwrap().len() <= 500, "{key}: {value}");
    }
}

/// The id is the key under which SIGN AT signs once: under it go the same bytes, whatever the journal has by then.
#[test]
fn what_was_sent_under_an_id_is_sent_again_as_it_was() {
    let till = Till::at(2);
    let operation = operation(3, "sale.complete", sale(&[("10.00", "1", "20")], false));
    let before = Context { anchor: anchor(41, HASH), ..context(3) };
    let first = till.sends(&operation, &Past::default(), &before);

    let body = json!({"status_code": 401, "code": "E_AUTHENTICATION", "message": "no"});
    let known = Known::Answered(Answer { status: 401, headers: Vec::new(), body });
    let past = Past(vec![Exchange { request: first.clone(), known, first_sent_at: before.now, attempts: 1 }]);
    let now = before.now + SignedDuration::from_secs(60);
    let later = Context { now, anchor: anchor(99, ANOTHER), ..before };
    let second = till.sends(&operation, &past, &later);
    assert_ne!(second.label, first.label);
    assert_eq!((second.path, second.body), (first.path, first.body));
}

/// What a page of the list is read as; `rows` is what the service answers.
fn read(till: &mut Till, next: Value, rows: &[Value]) -> (String, Result<Witnesses, Error>) {
    let asked = RefCell::new(String::new());
    let outcome = till.does(9, "journal.witness", json!({ "next": next }), &|request| {
        asked.replace(request.path.clone());
        let headers = vec![("request-id".into(), "r-1".into())];
        Some(Answer { status: 200, headers, body: json!({"data": rows, "count": 1_000_000}) })
    });
    let witnesses = outcome.map(|outcome| Witnesses::deserialize(&outcome.result).unwrap());
    (asked.into_inner(), witnesses)
}

/// The receipt of this number with these metadata.
fn receipt(number: usize, metadata: Value) -> Value {
    let mut receipt = answered(number);
    receipt["metadata"] = metadata;
    receipt
}

#[test]
fn receipts_are_read_as_witnesses() {
    let mark = id(2).to_string();
    let journal = format!("{WRITER}:41:{HASH}");
    let mut own = answered(8);
    own["receipt_type"] = "MONTHLY_CLOSE".into();
    let rows = [
        receipt(2, json!({"fiskal_operation": mark, "fiskal_journal": journal})),
        // Another receipt's mark, none, an empty one, and what is no text.
        receipt(3, json!({"fiskal_operation": mark, "fiskal_journal": WRITER})),
        answered(4),
        receipt(5, json!({"fiskal_operation": "", "fiskal_journal": ""})),
        receipt(6, json!({"fiskal_operation": 7, "fiskal_journal": {"seq": 41}})),
        // No entries: no number, a negative one, one without a hash.
        receipt(7, json!({"fiskal_journal": format!("{WRITER}:x:{HASH}")})),
        receipt(7, json!({"fiskal_journal": format!("{WRITER}:-1:{HASH}")})),
        receipt(7, json!({"fiskal_journal": format!("{WRITER}:41")})),
        own,
        json!("no receipt"),
    ];
    let (_, witnesses) = read(&mut Till::at(7), Value::Null, &rows);
    let witnesses = witnesses.unwrap().records;
    let told: Vec<_> = witnesses
        .iter()
        .map(|told| (told.own, told.mark.as_deref(), told.journal.as_deref(), told.anchor.clone()))
        .collect();
    let nothing = (false, None, Some(WRITER), None);
    assert_eq!(
        told,
        [
            (false, Some(mark.as_str()), Some(WRITER), anchor(41, HASH)),
            nothing.clone(),
            (false, None, None, None),
            (false, None, None, None),
            (false, None, None, None),
            nothing.clone(),
            nothing.clone(),
            nothing,
            (true, None, None, None),
        ]
    );
    assert_eq!(
        (witnesses[0].record.as_str(), witnesses[0].kind.as_str()),
        (id(2).to_string().as_str(), "NORMAL")
    );
}

/// Contract sign-at 1.3 and 1.4.
#[test]
fn they_are_read_page_by_page_until_a_short_one_of_the_last_cash_register() {
    const BEFORE: &str = "6f9d2f4c-1f0e-4c55-9a53-6f9a4f1f7a10";
    let mut till = Till::at(7);
    till.facts.register["replaced"] = json!([BEFORE]);
    let full: Vec<Value> = (0..100).map(|_| answered(2)).collect();
    for (next, rows, register, offset, after) in [
        (Value::Null, &full[..], BEFORE, 0, Some("0:100")),
        (json!("0:100"), &full[..99], BEFORE, 100, Some("1:0")),
        (json!("0:200"), &[], BEFORE, 200, Some("1:0")),
        (json!("1:0"), &full[..], REGISTER, 0, Some("1:100")),
        (json!("1:100"), &[], REGISTER, 100, None),
    ] {
        let (asked, witnesses) = read(&mut till, next, rows);
        let query = format!("limit=100&offset={offset}&order=ASC&order_by=receipt_number");
        assert_eq!(asked, format!("/api/v1/cash-register/{register}/receipt?{query}"));
        let witnesses = witnesses.unwrap();
        assert_eq!((witnesses.records.len(), witnesses.next.as_deref()), (rows.len(), after));
    }
    for next in ["", "0", "2:0", "-1:0", "0:-1", "0:x", "0:0:0", "99999999999999999999999:0"] {
        let (asked, refused) = read(&mut till, json!(next), &[]);
        let refused = refused.unwrap_err();
        assert_eq!((refused.kind(), refused.pointer()), (Kind::Invalid, Some("/next")), "{next}");
        assert_eq!(asked, "", "{next}");
    }
}
