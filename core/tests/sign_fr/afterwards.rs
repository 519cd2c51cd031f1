//! What is booked about an earlier receipt, and events; bodies as in contract sign-fr 2.11 and Appendix A.

use crate::driver::{Drive, WRITER, facts, operation};
use crate::fisc::{Fault, Fisc};
use fiskal::error::Kind;
use fiskal::receipt::{ReceiptType, State};
use serde_json::{Value, json};

/// A receipt as the journal has it.
fn original() -> Value {
    serde_json::to_value(fiskal::receipt::Receipt {
        id: "op-1".into(),
        register: "till-1".into(),
        number: Some("R-2026-0001".into()),
        state: State::Signed,
        ids: [("record".to_owned(), "rec-9".to_owned())].into(),
        totals: serde_json::from_value(json!({
            "gross": "3.90", "net": "3.63",
            "vat": [{"rate": "10", "net": "1.36", "amount": "0.14", "gross": "1.50"},
                    {"rate": "5.5", "net": "2.27", "amount": "0.13", "gross": "2.40"}],
        }))
        .unwrap(),
        ..Default::default()
    })
    .unwrap()
}

fn about(name: &str, params: Value) -> Drive {
    let mut drive = Drive::new(operation(name, "register", params), facts());
    drive.facts.register["records"] = json!([
        "INTENTION::TRANSACTION",
        "INTENTION::DUPLICATE",
        "INTENTION::EVENT",
        "TRANSACTION::CANCELLATION"
    ]);
    drive.operation.original = Some(original());
    drive
}

#[test]
fn a_cancellation_names_the_record_on_an_intention_of_its_own() {
    let mut fisc = Fisc::new();
    let params = json!({"reason": "typed twice", "cashier": {"id": "7"}});
    let mut drive = about("receipt.cancel", params);
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(drive.addresses(), ["POST /records", "POST /records"]);
    let id = drive.operation.id.to_string();
    assert_eq!(
        drive.sent[1].body,
        Some(json!({
            "content": {"type": "TRANSACTION", "record": {"id": "records-1"}, "operation": {
                "type": "CANCELLATION", "record": {"id": "rec-9"},
                "details": {"creators": [{"type": "PERSON", "label": "7"}]},
            }},
            "metadata": {"fiskal_operation": id, "fiskal_journal": WRITER, "reason": "typed twice"},
        }))
    );
    let [receipt] = outcome.receipts.as_slice() else { panic!() };
    assert_eq!((receipt.receipt_type, receipt.state), (ReceiptType::Cancel, State::Signed));
    assert_eq!((receipt.id.as_str(), receipt.ids["record"].as_str()), (id.as_str(), "records-2"));
    assert_eq!((&receipt.sale, &receipt.number), (&None, &None));
    assert_eq!(receipt.verified, ["content", "chain"]);
    let totals = serde_json::to_value(&receipt.totals).unwrap();
    assert_eq!(
        totals,
        json!({
            "gross": "-3.90", "net": "-3.63",
            "vat": [{"rate": "10", "net": "-1.36", "amount": "-0.14", "gross": "-1.50"},
                    {"rate": "5.5", "net": "-2.27", "amount": "-0.13", "gross": "-2.40"}],
        })
    );
    let about = receipt.original.as_ref().unwrap();
    assert_eq!((about.receipt.as_deref(), about.number.as_deref()), (Some("op-1"), Some("R-2026-0001")));
    assert_eq!(outcome.learned.unwrap()["last_record"], "records-2");
}

#[test]
fn a_reprint_is_counted_and_the_original_stays_what_it_is() {
    let mut fisc = Fisc::new();
    let mut drive = about("receipt.duplicate", json!({"copy": 2, "reason": "Customer request"}));
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(
        drive.sent[0].body.as_ref().unwrap()["content"],
        json!({"type": "INTENTION", "system": {"id": "sys-1"}, "operation": {
            "type": "DUPLICATE", "record": {"id": "rec-9"}, "number": "2", "reason": "Customer request",
        }})
    );
    assert_eq!((&outcome.result["copy"], &outcome.result["number"]), (&json!(2), &json!("R-2026-0001")));
    assert_eq!(outcome.result["ids"], json!({"duplicate": "records-1", "record": "rec-9"}));
    assert!(outcome.receipts.is_empty(), "the journal's receipt is not changed");
}

#[test]
fn a_reprint_for_which_nobody_gave_a_reason_has_the_usual_one() {
    for params in [json!({"copy": 1}), json!({"copy": 1, "reason": ""}), json!({"copy": 1, "reason": null})] {
        let mut drive = about("receipt.duplicate", params);
        drive.run(&mut Fisc::new()).unwrap();
        let sent = drive.sent[0].body.as_ref().unwrap();
        assert_eq!(sent["content"]["operation"]["reason"], "Duplicata");
    }
}

#[test]
fn an_event_says_what_happened_when_and_who_was_there() {
    let mut fisc = Fisc::new();
    let properties = json!({"offline_mode_cause_info": "network"});
    let params = json!({
        "code": "260", "description": "Connection lost", "occurred_at": "2026-03-01T10:59:00Z",
        "cashier": {"id": "7"}, "extra": {"sign-fr": {"properties": properties}},
    });
    let mut drive = about("event.record", params);
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(
        drive.sent[0].body.as_ref().unwrap()["content"]["operation"],
        json!({
            "type": "EVENT", "code": "260", "description": "Connection lost",
            "occurred_at": "2026-03-01T11:59:00+01:00",
            "details": {"creators": [{"type": "PERSON", "label": "7"}], "properties": properties},
        })
    );
    assert_eq!(outcome.result["record"], "records-1");
    assert_eq!(outcome.result["signed_at"], "2026-03-01T12:00:00+01:00");
}

#[test]
fn a_lost_answer_books_nothing_twice() {
    for (name, params, booked) in [
        ("receipt.cancel", json!({}), 2),
        ("receipt.duplicate", json!({"copy": 1}), 1),
        ("event.record", json!({"code": "1", "description": "x"}), 1),
    ] {
        for nth in 0..booked {
            let mut fisc = Fisc::failing(&[("POST /records", nth, Fault::Lose)]);
            let outcome = about(name, params.clone()).run(&mut fisc).unwrap();
            assert!(outcome.error.is_none(), "{name}: {:?}", outcome.error);
            assert_eq!(fisc.of("/records").len(), booked, "{name}, answer {nth} lost");
        }
    }
}

#[test]
fn what_cannot_be_is_said_before_anything_is_sent() {
    let long = "x".repeat(129);
    let cases = [
        ("event.record", json!({"code": "", "description": "x"}), Kind::Invalid, "/code"),
        ("event.record", json!({"code": "1", "description": long}), Kind::Invalid, "/description"),
        (
            "event.record",
            json!({"code": "1", "description": "x", "training": true}),
            Kind::Invalid,
            "/cashier",
        ),
        (
            "event.record",
            json!({"code": "1", "description": "x", "extra": {"sign-fr": {"propertys": {}}}}),
            Kind::Invalid,
            "/extra/sign-fr/propertys",
        ),
    ];
    for (name, params, kind, pointer) in cases {
        let mut drive = about(name, params);
        let error = drive.run(&mut Fisc::new()).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (kind, Some(pointer)), "{error}");
        assert!(drive.sent.is_empty());
    }
    for name in ["receipt.cancel", "receipt.duplicate"] {
        let mut drive = about(name, json!({"copy": 1}));
        drive.operation.original.as_mut().unwrap()["ids"] = json!({});
        assert_eq!(drive.run(&mut Fisc::new()).unwrap_err().kind(), Kind::NotReady);
        let mut drive = about(name, json!({"copy": 1}));
        drive.facts.register["records"] = json!(["INTENTION::TRANSACTION"]);
        assert_eq!(drive.run(&mut Fisc::new()).unwrap_err().kind(), Kind::NotReady);
        assert!(drive.sent.is_empty());
    }
}
