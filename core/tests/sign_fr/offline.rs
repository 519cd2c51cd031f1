//! What is handed over without an answer.

use crate::driver::{Drive, answer, facts, operation, sale};
use crate::fisc::{Fault, Fisc};
use fiskal::error::Kind;
use fiskal::exchange::{Facts, Offline, Step};
use fiskal::receipt::State;
use serde_json::{Value, json};

/// Goes on until the request that `fault` hits was sent.
fn stopped(drive: &mut Drive, address: &str, nth: usize, fault: Fault) -> Fisc {
    let mut fisc = Fisc::failing(&[(address, nth, fault)]);
    while drive.sent.iter().filter(|sent| crate::driver::address(sent).starts_with(address)).count() <= nth {
        assert!(drive.once(&mut fisc).unwrap().is_none());
    }
    fisc
}

fn later(offline: Offline) -> fiskal::exchange::Outcome {
    match offline {
        Offline::Later(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

fn refused(offline: Offline) -> fiskal::error::Error {
    match offline {
        Offline::Refuse(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sale_begins_and_is_aborted_without_the_service() {
    let begin = Drive::new(operation("sale.begin", "register", json!({"sale": sale()})), facts());
    assert_eq!(later(begin.offline()).result, json!({"sale": "pos-1"}));
    let abort =
        Drive::new(operation("sale.abort", "register", json!({"sale": "pos-1", "reason": "left"})), facts());
    assert_eq!(later(abort.offline()).result, json!({"sale": "pos-1", "record": null}));
}

#[test]
fn what_can_never_be_booked_is_refused_offline_too() {
    let mut training = sale();
    training["training"] = true.into();
    training["cashier"] = Value::Null;
    let begin = Drive::new(operation("sale.begin", "register", json!({"sale": training})), facts());
    assert_eq!(refused(begin.offline()).pointer(), Some("/cashier"));
    let begin = Drive::new(operation("sale.begin", "register", json!({"sale": sale()})), Facts::default());
    assert_eq!(refused(begin.offline()).kind(), Kind::NotReady);
    let mut wrong = sale();
    wrong["number"] = "lower case".into();
    assert_eq!(refused(Drive::completing(wrong).offline()).pointer(), Some("/number"));
}

#[test]
fn with_nothing_sent_nothing_is_booked_and_the_caller_knows() {
    let error = refused(Drive::completing(sale()).offline());
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(error.message().contains("nothing was booked"), "{error}");
}

#[test]
fn an_unanswered_booking_is_a_pending_receipt() {
    // The fate of the intention, of the receipt, and of a receipt that a gateway answered for.
    let gateway = Fault::Say(answer(504, json!({"content": {"message": "gateway"}})));
    for (nth, fault) in [(0, Fault::Lose), (1, Fault::Lose), (1, gateway)] {
        let mut drive = Drive::completing(sale());
        stopped(&mut drive, "POST /records", nth, fault);
        let outcome = later(drive.offline());
        let receipt = &outcome.receipts[0];
        assert_eq!(receipt.state, State::Pending);
        assert_eq!(receipt.id, drive.operation.id.to_string());
        assert_eq!((receipt.number.as_deref(), receipt.signature.as_deref()), (Some("R-2026-0001"), None));
        assert_eq!(receipt.totals.gross.to_string(), "3.90");
        assert_eq!(outcome.result["state"], "pending");
        assert!(outcome.learned.is_none() && outcome.later.is_empty(), "the operation itself goes on");
    }
}

#[test]
fn a_booked_receipt_whose_chain_cannot_be_looked_at_is_signed() {
    let mut drive = Drive::completing(sale());
    drive.facts.register["last_record"] = "r-0".into();
    stopped(&mut drive, "POST /records", 1, Fault::Lose);
    drive.past.0.clear();
    let mut fisc = Fisc::new();
    while drive.past.0.len() < 2 {
        drive.once(&mut fisc).unwrap();
    }
    let receipt = &later(drive.offline()).receipts[0];
    assert_eq!(receipt.state, State::Signed);
    assert!(receipt.signature.is_some() && receipt.verified.is_empty());
}

/// What is booked about a receipt or an event is not forgotten because its chain cannot be looked at.
#[test]
fn a_booked_record_whose_chain_cannot_be_looked_at_is_settled_later() {
    let original = json!({"id": "op-1", "register": "till-1", "state": "signed", "ids": {"record": "rec-9"}});
    let range = json!({"start": "2026-02-01T00:00:00Z", "end": "2026-03-01T00:00:00Z"});
    for (name, params) in [
        ("event.record", json!({"code": "260", "description": "Connection lost"})),
        ("receipt.duplicate", json!({"copy": 1})),
        ("export.create", range),
    ] {
        let mut drive = Drive::new(operation(name, "register", params), facts());
        let records = ["INTENTION::EVENT", "INTENTION::DUPLICATE", "INTENTION::EXPORT"];
        drive.facts.register["records"] = json!(records);
        drive.operation.original = Some(receipt(&original));
        (drive.facts.register["last_record"], drive.facts.register["last_signature"]) =
            ("r-0".into(), "sig-0".into());
        assert!(!matches!(drive.offline(), Offline::Unknown), "{name}: nothing was sent yet");
        drive.once(&mut Fisc::new()).unwrap();
        assert_eq!(drive.addresses(), ["POST /records"], "{name}");
        assert!(matches!(drive.offline(), Offline::Unknown), "{name}: {:?}", drive.offline());
    }
}

/// A receipt as the journal has it, with these members.
fn receipt(members: &Value) -> Value {
    let mut receipt = serde_json::to_value(fiskal::receipt::Receipt::default()).unwrap();
    for (key, value) in members.as_object().unwrap() {
        receipt[key] = value.clone();
    }
    receipt
}

#[test]
fn a_receipt_that_the_service_still_works_on_is_pending_and_followed_up() {
    let mut fisc = Fisc::new();
    fisc.transaction_state = Some(("ACCEPTED", "PROCESSING"));
    let mut drive = Drive::completing(sale());
    let meanwhile = loop {
        match drive.step().unwrap() {
            Step::Wait { meanwhile, .. } => break meanwhile.unwrap(),
            _ => assert!(drive.once(&mut fisc).unwrap().is_none()),
        }
    };
    let receipt = &meanwhile.receipts[0];
    assert_eq!((receipt.state, receipt.verified.len()), (State::Pending, 0));
    assert_eq!(receipt.ids["record"], "records-2");
    assert_eq!(meanwhile.learned.as_ref().unwrap()["last_record"], "records-2");
    let [follow_up] = meanwhile.later.as_slice() else { panic!() };
    assert_eq!(follow_up.name, "receipt.settle");
    assert!(follow_up.not_before > drive.now);

    for (state, settled, todo) in
        [("COMPLETED", State::Signed, None), ("REJECTED", State::Refused, Some("the service rejected"))]
    {
        let content = &mut fisc.made.get_mut("/records").unwrap()[1]["content"];
        content["state"] = state.into();
        content["mode"] = "FINISHED".into();
        let mut drive =
            Drive::new(operation("receipt.settle", "register", follow_up.params.clone()), facts());
        let outcome = drive.run(&mut fisc).unwrap();
        assert_eq!(outcome.receipts[0].state, settled);
        assert_eq!(outcome.receipts[0].id, receipt.id);
        let said = outcome.receipts[0].todo.as_deref();
        assert_eq!(said.map(|said| said.starts_with(todo.unwrap_or("?"))), todo.map(|_| true), "{said:?}");
        assert!(outcome.learned.is_none(), "later records have followed since");
    }
}

#[test]
fn polling_goes_on_while_there_is_time() {
    let mut fisc = Fisc::new();
    fisc.transaction_state = Some(("ACCEPTED", "PROCESSING"));
    let mut drive = Drive::completing(sale());
    while drive.pauses.len() < 3 {
        assert!(drive.once(&mut fisc).unwrap().is_none());
    }
    fisc.made.get_mut("/records").unwrap()[1]["content"]["mode"] = "FINISHED".into();
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].state, State::Signed);
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
    assert_eq!(drive.writes().len(), 2);
}
