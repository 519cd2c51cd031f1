//! What is recorded offline, and its chain (contract sign-fr 5.1; docs/decisions/0010). The hashes are
//! computed here a second time.

use crate::driver::{Drive, facts, operation, sale};
use crate::till::{ANCHOR, Till, hash, numbered, wrapper};
use fiskal::error::{Error, Kind};
use fiskal::exchange::Offline;
use fiskal::receipt::{Place, State};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Checks that records hang together, beginning with `seed` at `offset`; gives the last hash.
#[track_caller]
fn chained(records: &Value, anchor: &str, seed: &str, offset: usize) -> String {
    let mut seed = seed.to_owned();
    for (index, record) in records.as_array().unwrap().iter().enumerate() {
        assert_eq!(record["offset"], offset + index);
        assert_eq!(record["seed"], seed.as_str(), "seed of {record}");
        let recorded_at = record["recorded_at"].as_str().unwrap();
        assert_eq!(recorded_at.len(), 25, "{recorded_at}");
        seed = hash(&wrapper(recorded_at, &seed, anchor, &record["content"]));
        assert_eq!(record["hash"], seed.as_str(), "hash of {record}");
    }
    seed
}

fn refused(offline: Offline) -> Error {
    match offline {
        Offline::Refuse(error) => error,
        other => panic!("{other:?}"),
    }
}

fn intention() -> Value {
    json!({"type": "INTENTION", "system": {"id": "sys-1"}, "operation": {
        "type": "TRANSACTION", "details": {
            "creators": [{"type": "PERSON", "label": "7"}],
            "properties": {"input_operator_code": "7", "input_operator_designation": "Anna"},
        },
    }})
}

#[test]
fn sales_are_chained_from_the_last_acknowledged_record() {
    let mut till = Till::new();
    let (_, first) = till.sell(1);
    let head = chained(&first, ANCHOR.0, ANCHOR.1, 0);
    till.pass(SignedDuration::from_secs(90));
    let (_, second) = till.sell(2);
    chained(&second, ANCHOR.0, &head, 3);

    assert_eq!(
        first[0]["content"],
        json!({"type": "INTENTION", "system": {"id": "sys-1"}, "operation": {
            "type": "EVENT", "code": "OFFLINE_START", "description": "Offline mode begins",
            "occurred_at": "2026-03-01T12:00:00+01:00",
            "details": {
                "creators": [{"type": "PERSON", "label": "7"}],
                "properties": {
                    "offline_mode_cause_info": "SIGN FR cannot be reached",
                    "offline_mode_timestamp_start": "2026-03-01T12:00:00+01:00",
                },
            },
        }})
    );
    assert_eq!((&first[1]["content"], &second[0]["content"]), (&intention(), &intention()));
    assert_eq!(second.as_array().unwrap().len(), 2, "one event for the whole outage");
    for (receipt, offset, number) in [(&first[2], "1", "R-1"), (&second[1], "3", "R-2")] {
        let content = &receipt["content"];
        assert_eq!(content["type"], "TRANSACTION");
        assert_eq!(content["record"], json!({"id": "r-0", "offset": offset}));
        assert_eq!(content["operation"]["type"], "RECEIPT");
        assert_eq!(content["operation"]["document"]["number"], number);
    }
    assert_eq!(second[1]["recorded_at"], "2026-03-01T12:01:30+01:00");
}

#[test]
fn a_provisional_receipt_says_what_it_is_and_has_no_signature() {
    let mut till = Till::new();
    let (outcome, _) = till.sell(1);
    let [receipt] = outcome.receipts.as_slice() else { panic!() };
    assert_eq!((receipt.state, receipt.signature.as_deref()), (State::Provisional, None));
    assert_eq!((receipt.number.as_deref(), receipt.signed_at.as_deref()), (Some("R-1"), None));
    assert_eq!(receipt.totals.gross.to_string(), "3.90");
    let said = |text: &str| receipt.mentions.iter().filter(|mention| mention.text.contains(text)).count();
    assert_eq!((said("Mode dégradé"), said("Signature :")), (1, 0));
    assert_eq!(receipt.mentions.last().unwrap().place, Place::Footer);
    assert_eq!(outcome.result, json!(receipt));
}

#[test]
fn time_in_the_chain_does_not_run_backwards() {
    let mut till = Till::without_events();
    let (_, first) = till.sell(1);
    till.pass(SignedDuration::from_mins(-5));
    let (_, second) = till.sell(2);
    assert_eq!(second[0]["recorded_at"], first[0]["recorded_at"]);
}

#[test]
fn a_sale_begun_online_names_its_intention() {
    let mut till = Till::without_events();
    let mut drive = till.completing(1);
    drive.operation.open_sale = Some(json!({"intention": "rec-7"}));
    let (_, records) = till.take(drive);
    chained(&records, ANCHOR.0, ANCHOR.1, 0);
    assert_eq!(records.as_array().unwrap().len(), 1);
    assert_eq!(records[0]["content"]["record"], json!({"id": "rec-7"}));
}

#[test]
fn a_sale_begun_offline_names_its_intention_by_its_place() {
    let mut till = Till::without_events();
    let begin = till.drive("sale.begin", json!({"sale": numbered(1)}));
    let (begun, records) = till.take(begin);
    let head = chained(&records, ANCHOR.0, ANCHOR.1, 0);
    assert_eq!(begun.result, json!({"sale": "pos-1"}));
    till.sell(2);
    let mut drive = till.completing(1);
    drive.operation.open_sale = begun.open_sale;
    let (_, completed) = till.take(drive);
    assert_eq!(completed.as_array().unwrap().len(), 1);
    assert_eq!(completed[0]["content"]["record"], json!({"id": "r-0", "offset": "0"}));
    assert_ne!(completed[0]["seed"], head.as_str(), "the other sale lies between");
}

#[test]
fn an_abort_is_recorded_where_the_register_has_aborts() {
    let mut till = Till::without_events();
    let begin = till.drive("sale.begin", json!({"sale": numbered(1)}));
    let (begun, _) = till.take(begin);
    let mut abort = till.drive("sale.abort", json!({"sale": "pos-1", "reason": "left"}));
    abort.operation.open_sale = begun.open_sale;
    let (_, records) = till.take(abort);
    assert_eq!(records[0]["content"]["operation"]["type"], "ABORT");
    assert_eq!(records[0]["content"]["record"], json!({"id": "r-0", "offset": "0"}));
    assert_eq!(records[0]["metadata"]["reason"], "left");
    till.facts.register["records"] = json!(["INTENTION::TRANSACTION", "TRANSACTION::RECEIPT"]);
    let abort = till.drive("sale.abort", json!({"sale": "pos-1", "reason": "left"}));
    assert!(matches!(abort.offline(), Offline::Later(_)));
}

#[test]
fn an_event_goes_into_the_same_chain() {
    let mut till = Till::new();
    let (_, sold) = till.sell(1);
    let head = chained(&sold, ANCHOR.0, ANCHOR.1, 0);
    let event = till.drive("event.record", json!({"code": "90", "description": "Paper is out"}));
    let (outcome, records) = till.take(event);
    chained(&records, ANCHOR.0, &head, 3);
    assert_eq!(records[0]["content"]["operation"]["code"], "90");
    assert_eq!(outcome.result["record"], Value::Null);
    let wrong = till.drive("event.record", json!({"code": "", "description": "x"}));
    assert_eq!(refused(wrong.offline()).pointer(), Some("/code"));
}

#[test]
fn a_return_names_a_provisional_receipt_by_its_place() {
    let mut till = Till::without_events();
    let (sold, _) = till.sell(1);
    let mut back = numbered(2);
    for item in back["items"].as_array_mut().unwrap() {
        item["quantity"] = format!("-{}", item["quantity"].as_str().unwrap()).into();
    }
    back["payments"][0] = json!({"method": "cash", "amount": "-3.90"});
    back["original"] = json!({"receipt": sold.receipts[0].id});
    let returning = |till: &Till, original: &Value| {
        let mut drive = till.drive("sale.complete", json!({"sale": back}));
        drive.operation.original = Some(original.clone());
        drive
    };
    let original = json!(sold.receipts[0]);
    let drive = returning(&till, &original);
    let (_, records) = till.take(drive);
    let correction = &records[1]["content"]["operation"];
    assert_eq!(correction["type"], "CORRECTION");
    assert_eq!(correction["record"], json!({"id": "r-0", "offset": "1"}), "the receipt, not its intention");
    // Once it is on its way, its id is not known here, and the place is one in another buffer.
    till.replaying = true;
    let error = refused(returning(&till, &original).offline());
    assert_eq!((error.kind(), error.pointer()), (Kind::NotReady, Some("/original")));
    let mut signed = original;
    signed["state"] = "signed".into();
    signed["ids"]["record"] = "rec-5".into();
    let drive = returning(&till, &signed);
    let (_, records) = till.take(drive);
    assert_eq!(records[1]["content"]["operation"]["record"], json!({"id": "rec-5"}));
}

#[test]
fn what_is_made_while_the_buffer_is_sent_goes_into_the_next_one() {
    let mut till = Till::new();
    till.sell(1);
    till.replaying = true;
    let (outcome, records) = till.sell(2);
    chained(&records, ANCHOR.0, ANCHOR.1, 0);
    assert_eq!(records.as_array().unwrap().len(), 2, "the outage has begun already");
    assert_eq!(outcome.receipts[0].ids["replay"], "2/1");
    let (outcome, more) = till.sell(3);
    chained(&more, ANCHOR.0, records[1]["hash"].as_str().unwrap(), 2);
    assert_eq!(outcome.receipts[0].ids["replay"], "2/3");
}

#[test]
fn a_booked_intention_of_this_sale_is_the_anchor() {
    let mut fisc = crate::fisc::Fisc::new();
    let mut drive = Drive::completing(sale());
    while drive.past.0.is_empty() {
        assert!(drive.once(&mut fisc).unwrap().is_none());
    }
    let Offline::Deferred { outcome, deferred } = drive.offline() else { panic!() };
    let signature = fisc.of("/records")[0]["content"]["journal"]["signature"].as_str().unwrap();
    chained(&deferred["records"], "records-1", signature, 0);
    assert_eq!(deferred["records"][0]["content"]["record"], json!({"id": "records-1"}));
    assert_eq!(outcome.learned.unwrap()["last_record"], "records-1");
}

#[test]
fn without_any_record_there_is_nothing_to_chain_to() {
    let error = refused(Drive::completing(sale()).offline());
    assert_eq!(error.kind(), Kind::Unreachable);
    let event = json!({"code": "90", "description": "x"});
    let error = refused(Drive::new(operation("event.record", "register", event), facts()).offline());
    assert_eq!(error.kind(), Kind::Unreachable);
}

#[test]
fn after_24_hours_the_register_may_not_sell() {
    let mut till = Till::new();
    till.sell(1);
    till.pass(SignedDuration::from_hours(24));
    till.sell(2);
    till.pass(SignedDuration::from_secs(1));
    let error = refused(till.completing(3).offline());
    assert_eq!(error.kind(), Kind::NotReady);
    for word in ["2026-03-01T11:00:00Z", "24 hours", "`sync`", "`register.replace`"] {
        assert!(error.message().contains(word), "{error}");
    }
    let begin = till.drive("sale.begin", json!({"sale": numbered(4)}));
    assert_eq!(refused(begin.offline()).kind(), Kind::NotReady);
    let outage = till.completing(3).service.outage(&till.facts).unwrap();
    assert_eq!((outage.since.to_string(), outage.records), ("2026-03-01T11:00:00Z".to_owned(), 5));
    assert_eq!(outage.until.to_string(), "2026-03-02T11:00:00Z");
}

#[test]
fn no_more_than_9999_records_wait() {
    let mut till = Till::without_events();
    till.sell(1);
    till.facts.register["offline"]["filling"]["count"] = 9_996.into();
    till.sell(2);
    assert_eq!(till.facts.register["offline"]["filling"]["count"], 9_998);
    let error = refused(till.completing(3).offline());
    assert_eq!(error.kind(), Kind::NotReady);
    assert!(error.message().contains("9,999 records"), "{error}");
    let event = till.drive("event.record", json!({"code": "90", "description": "one more fits"}));
    till.take(event);
}
