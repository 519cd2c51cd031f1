//! What became of a request is looked up: its answer is lost and its key spent, or it is not wanted any more.

use crate::driver::{Drive, answer, facts, header, operation, sale};
use crate::fisc::{Fault, Fisc};
use fiskal::error::Kind;
use fiskal::exchange::Effect;
use fiskal::receipt::State;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn a_lost_answer_beyond_the_window_is_looked_up_and_booked_once() {
    for (nth, kind, looked) in [
        (
            0,
            "INTENTION::TRANSACTION",
            "GET /records?system_id=sys-1&type=INTENTION%3A%3ATRANSACTION&limit=100",
        ),
        (1, "TRANSACTION::RECEIPT", "GET /records/records-1"),
    ] {
        // Booked and lost; vanished.
        for (fault, sent) in [(Fault::Lose, 2), (Fault::Vanish, 3)] {
            let mut fisc = Fisc::failing(&[("POST /records", nth, fault)]);
            let mut drive = Drive::completing(sale());
            let outcome = drive.run(&mut fisc).unwrap();
            assert_eq!(outcome.receipts[0].state, State::Signed);
            assert_eq!(outcome.receipts[0].verified, ["content", "chain"], "{kind}");
            assert!(drive.addresses().iter().any(|address| address == looked), "{:?}", drive.addresses());
            assert_eq!(drive.writes().len(), sent, "{kind}");
            assert_eq!(fisc.of("/records").len(), 2, "{kind}: booked once");
        }
    }
}

#[test]
fn a_receipt_is_found_in_the_list_where_its_intention_does_not_say() {
    let mut fisc = Fisc::failing(&[("POST /records", 1, Fault::Lose)]);
    fisc.page = 1;
    fisc.tamper = Some(Box::new(|record| drop(record["content"].as_object_mut().unwrap().remove("used_in"))));
    let mut drive = Drive::completing(sale());
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].ids["record"], "records-2");
    assert_eq!(drive.writes().len(), 2);
}

/// Hours of server errors spend many keys; one look tells of all of them, also after a restart, which forgets what was
/// read.
#[test]
fn after_a_long_outage_one_look_is_enough() {
    let fault = || Fault::Say(answer(500, Value::Null));
    let faults: Vec<_> = (1..=80).map(|nth| ("POST /records", nth, fault())).collect();
    let mut fisc = Fisc::failing(&faults);
    let mut drive = Drive::completing(sale());
    while drive.writes().len() <= 80 {
        assert!(drive.once(&mut fisc).unwrap().is_none());
    }
    let keys: BTreeSet<&str> =
        drive.writes().iter().filter_map(|write| header(write, "X-Idempotency-Key")).collect();
    assert!((5..=11).contains(&keys.len()), "80 errors took {} keys", keys.len());

    let mut again = Drive::completing(sale());
    again.past.0 = drive.past.0.into_iter().filter(|known| known.request.effect == Effect::Write).collect();
    again.now = drive.now;
    assert_eq!(again.run(&mut fisc).unwrap().receipts[0].state, State::Signed);
    assert_eq!(fisc.of("/records").len(), 2, "booked once");
    assert!(again.sent.len() <= 4, "{:?}", again.addresses());
}

/// Somebody has decided that it is not to be booked any more: what was sent is looked up, and nothing is sent.
#[test]
fn what_is_set_aside_is_looked_up_and_not_sent_again() {
    let error = || Fault::Say(answer(500, Value::Null));
    for (fault, records) in [(error(), 1), (Fault::Garble, 2)] {
        let mut fisc = Fisc::failing(&[("POST /records", 1, fault)]);
        let mut drive = Drive::completing(sale());
        while drive.writes().len() < 2 {
            assert!(drive.once(&mut fisc).unwrap().is_none());
        }
        drive.operation.set_aside = Some("Sold by mistake".into());
        let outcome = drive.run(&mut fisc);
        assert_eq!((drive.writes().len(), fisc.of("/records").len()), (2, records));
        match outcome {
            Ok(outcome) => assert_eq!((outcome.receipts[0].state, records), (State::Signed, 2)),
            Err(error) => {
                assert_eq!((error.kind(), records), (Kind::Refused, 1));
                assert!(error.message().contains("Sold by mistake"), "{error}");
            }
        }
    }
}

/// Where the list never ends, what was not found may still come: only what its intention protects is sent again.
#[test]
fn what_is_not_found_in_a_list_without_end_is_not_booked_again() {
    let endless = || {
        let page = json!({"results": [], "pagination": {"next": "x", "token": "AAAA", "limit": 100}});
        Fault::Say(answer(200, page))
    };
    let lists = "GET /records?";
    let mut faults: Vec<(&str, usize, Fault)> = (0..300).map(|nth| (lists, nth, endless())).collect();
    faults.push(("POST /records", 0, Fault::Vanish));
    let mut drive =
        Drive::new(operation("event.record", "register", json!({"code": "1", "description": "x"})), facts());
    let error = drive.run(&mut Fisc::failing(&faults)).unwrap_err();
    assert_eq!(error.kind(), Kind::Internal, "{error}");
    assert!(error.message().contains("20000 resources"), "{error}");
    assert_eq!(drive.writes().len(), 1);

    let mut fisc = Fisc::failing(&faults);
    let mut drive = Drive::completing(sale());
    assert_eq!(drive.run(&mut fisc).unwrap().receipts[0].state, State::Signed);
    assert_eq!(fisc.of("/records").len(), 2, "the intention anew, and the receipt");
}
