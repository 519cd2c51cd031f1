//! Every kind of answer, and none.

use crate::driver::{Drive, answer, facts, header, operation, refusal, sale};
use crate::fisc::{Fault, Fisc};
use fiskal::error::Kind;
use fiskal::exchange::{Answer, Effect, Facts, Known, Step};
use fiskal::receipt::State;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

#[test]
fn a_refusal_ends_the_sale_with_all_that_the_service_said() {
    let cases: [(u16, &str, Kind); 8] = [
        (400, "E_BAD_REQUEST", Kind::Refused),
        (401, "E_UNAUTHORIZED_ACCESS", Kind::Unauthorized),
        (403, "E_FORBIDDEN", Kind::Unauthorized),
        (404, "E_RESOURCE_NOT_FOUND", Kind::Refused),
        (405, "E_METHOD_NOT_ALLOWED", Kind::Refused),
        (422, "E_UNPROCESSABLE_CONTENT", Kind::Refused),
        (501, "E_NOT_IMPLEMENTED", Kind::Refused),
        (413, "E_TOO_LARGE", Kind::Refused),
    ];
    for (status, code, kind) in cases {
        for nth in [0, 1] {
            let fault = Fault::Say(refusal(status, code, "words"));
            let mut fisc = Fisc::failing(&[("POST /records", nth, fault)]);
            let mut drive = Drive::completing(sale());
            let error = drive.run(&mut fisc).unwrap_err();
            assert_eq!(error.kind(), kind, "{status}");
            let details = error.details();
            assert_eq!(details.http_status, Some(status));
            assert_eq!(details.service_code.as_deref(), Some(code));
            assert_eq!(details.service_message.as_deref(), Some("words"));
            assert_eq!(details.trace_id.as_deref(), Some("trace-1"));
            assert_eq!(drive.writes().len(), nth + 1, "nothing follows a refusal");
        }
    }
}

#[test]
fn an_answer_of_another_shape_is_a_refusal_all_the_same() {
    for body in [Value::Null, json!("<html>"), json!({"content": 7}), json!([])] {
        let mut fisc = Fisc::failing(&[("POST /records", 0, Fault::Say(answer(400, body)))]);
        let error = Drive::completing(sale()).run(&mut fisc).unwrap_err();
        assert_eq!((error.kind(), error.details().http_status), (Kind::Refused, Some(400)));
    }
    // A success that shows no record is no answer: it is asked for again, and then looked up.
    let empty = || Fault::Say(answer(200, json!({"content": {}})));
    let mut fisc = Fisc::failing(&[("POST /records", 1, empty())]);
    let mut drive = Drive::completing(sale());
    assert_eq!(drive.run(&mut fisc).unwrap().receipts[0].state, State::Signed);
    assert_eq!(fisc.of("/records").len(), 2);
    let mut drive = Drive::completing(sale());
    let faults: Vec<_> = (1..9).map(|nth| ("POST /records", nth, empty())).collect();
    let mut fisc = Fisc::failing(&faults);
    assert_eq!(drive.run(&mut fisc).unwrap().receipts[0].state, State::Signed);
    assert_eq!(fisc.of("/records").len(), 2);
    assert!(drive.addresses().contains(&"GET /records/records-1".to_owned()));
}

#[test]
fn a_rejected_record_is_a_refusal_with_its_logs() {
    let mut fisc = Fisc::new();
    fisc.transaction_state = Some(("REJECTED", "FINISHED"));
    let error = Drive::completing(sale()).run(&mut fisc).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert_eq!(error.details().service_code.as_deref(), Some("REJECTED"));
    assert_eq!(error.details().service_message.as_deref(), Some("Validation checks failed."));
}

#[test]
fn a_corrected_sale_gets_a_new_intention_where_the_rejected_receipt_used_its_own() {
    let mut fisc = Fisc::new();
    let begin = operation("sale.begin", "register", json!({"sale": sale()}));
    let begun = Drive::new(begin, facts()).run(&mut fisc).unwrap();
    fisc.transaction_state = Some(("REJECTED", "FINISHED"));
    let mut first = Drive::completing(sale());
    first.operation.open_sale = begun.open_sale.clone();
    assert_eq!(first.run(&mut fisc).unwrap_err().kind(), Kind::Refused);
    fisc.transaction_state = None;
    let used = || Fault::Say(refusal(405, "E_METHOD_NOT_ALLOWED", "used"));
    fisc.faults = vec![("POST /records".into(), 0, used())];
    let mut second = Drive::completing(sale());
    second.operation.id = "0b5ab2f0-5b7f-4a37-9d0b-3f0f6f3f8f11".parse().unwrap();
    second.operation.open_sale = begun.open_sale.clone();
    second.facts.register = begun.learned.unwrap();
    let outcome = second.run(&mut fisc).unwrap();
    assert_eq!(outcome.error, None, "the rejected receipt is a record of ours, and stands in the gap");
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
    assert_eq!(outcome.receipts[0].ids["intention"], "records-3");
    // Any other refusal is the caller's to see.
    let mut fisc = Fisc::new();
    fisc.faults = vec![("POST /records".into(), 0, used())];
    let mut third = Drive::completing(sale());
    third.operation.open_sale = begun.open_sale;
    assert_eq!(third.run(&mut fisc).unwrap_err().details().http_status, Some(405));
}

#[test]
fn what_settles_nothing_is_sent_again_with_the_same_bytes() {
    for status in [409, 500, 502, 504] {
        let fault = || Fault::Say(answer(status, json!({"content": {"message": "later"}})));
        let mut fisc = Fisc::failing(&[("POST /records", 1, fault()), ("POST /records", 2, fault())]);
        let mut drive = Drive::completing(sale());
        let outcome = drive.run(&mut fisc).unwrap();
        assert_eq!(outcome.receipts[0].state, State::Signed);
        let writes = drive.writes();
        assert_eq!(writes.len(), 4);
        assert!(writes[1] == writes[2] && writes[2] == writes[3], "{status}");
        assert!(drive.pauses[1] > drive.pauses[0], "the pauses grow: {:?}", drive.pauses);
    }
}

#[test]
fn a_409_that_stays_is_a_refusal() {
    let faults: Vec<_> = (0..20)
        .map(|nth| ("POST /records", nth, Fault::Say(refusal(409, "E_RESOURCE_CONFLICT", "busy"))))
        .collect();
    let mut drive = Drive::completing(sale());
    let error = drive.run(&mut Fisc::failing(&faults)).unwrap_err();
    assert_eq!((error.kind(), error.details().http_status), (Kind::Refused, Some(409)));
    assert_eq!(drive.writes().len(), 8);
}

#[test]
fn what_was_booked_behind_a_409_that_stays_is_found() {
    for nth in [0, 1] {
        let busy = || Fault::Say(refusal(409, "E_RESOURCE_CONFLICT", "in progress"));
        let mut faults: Vec<_> = (nth + 1..nth + 10).map(|later| ("POST /records", later, busy())).collect();
        // Booked, and the answer says nothing that could be read.
        faults.insert(0, ("POST /records", nth, Fault::Garble));
        let mut fisc = Fisc::failing(&faults[..8]);
        let outcome = Drive::completing(sale()).run(&mut fisc).unwrap();
        assert_eq!(outcome.error, None);
        assert_eq!(outcome.receipts[0].state, State::Signed);
        assert_eq!(fisc.of("/records").len(), 2, "booked once");
    }
}

#[test]
fn a_503_wants_a_new_key_and_is_given_up_for_now_after_eight() {
    let unavailable = || Fault::Say(refusal(503, "E_SERVICE_UNAVAILABLE", "later"));
    let faults: Vec<_> = (0..8).map(|nth| ("POST /records", nth, unavailable())).collect();
    let mut fisc = Fisc::failing(&faults);
    let mut drive = Drive::completing(sale());
    let error = drive.run(&mut fisc).unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(error.retryable());
    let keys: BTreeSet<_> =
        drive.sent.iter().map(|sent| header(sent, "X-Idempotency-Key").unwrap()).collect();
    assert_eq!((keys.len(), drive.sent.len()), (8, 8));
    assert!(drive.sent.iter().all(|sent| sent.body == drive.sent[0].body));
    // The caller asks again, later: the operation goes on where it stopped.
    drive.now = drive.now.checked_add(Duration::from_secs(120)).unwrap();
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].state, State::Signed);
}

#[test]
fn a_server_error_out_of_the_services_memory_needs_a_new_key() {
    let mut cached: Answer = answer(500, json!({"content": {"message": "oops"}}));
    cached.headers.push(("x-idempotency-replayed".into(), "true".into()));
    let mut fisc = Fisc::failing(&[("POST /records", 1, Fault::Say(cached))]);
    let mut drive = Drive::completing(sale());
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].state, State::Signed);
    let writes = drive.writes();
    assert_eq!(writes.len(), 3);
    assert_eq!(writes[1].body, writes[2].body);
    assert_ne!(header(writes[1], "X-Idempotency-Key"), header(writes[2], "X-Idempotency-Key"));
    // It looked before it used a new key.
    let looked = drive.addresses().iter().position(|address| address == "GET /records/records-1").unwrap();
    assert!(looked < drive.addresses().len() - 1);
}

#[test]
fn refused_credentials_are_tried_again_when_the_caller_asks_again() {
    let fault = Fault::Say(refusal(401, "E_UNAUTHORIZED_ACCESS", "no"));
    let mut fisc = Fisc::failing(&[("POST /records", 0, fault)]);
    let mut drive = Drive::completing(sale());
    assert_eq!(drive.run(&mut fisc).unwrap_err().kind(), Kind::Unauthorized);
    drive.now = drive.now.checked_add(Duration::from_secs(60)).unwrap();
    assert_eq!(drive.run(&mut fisc).unwrap().receipts[0].state, State::Signed);
}

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

#[test]
fn a_refusal_after_a_lost_answer_is_the_caller_s_to_see() {
    let no = Fault::Say(refusal(422, "E_UNPROCESSABLE_CONTENT", "no"));
    let mut fisc = Fisc::failing(&[("POST /records", 0, Fault::Vanish), ("POST /records", 1, no)]);
    let mut drive = Drive::completing(sale());
    // The engine keeps operations with unanswered writes open; this one was looked up, and is over.
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(outcome.error.unwrap().kind(), Kind::Refused);
    assert!(outcome.receipts.is_empty());
}

#[test]
fn a_read_that_fails_is_asked_again() {
    let later = || Fault::Say(answer(500, Value::Null));
    let mut fisc = Fisc::failing(&[
        ("POST /records", 0, Fault::Lose),
        ("GET /records?", 0, later()),
        ("GET /records?", 1, later()),
    ]);
    let mut drive = Drive::completing(sale());
    assert_eq!(drive.run(&mut fisc).unwrap().receipts[0].state, State::Signed);
    assert_eq!(drive.pauses.len(), 2);
}

#[test]
fn resuming_at_every_point_sends_the_same_requests() {
    let mut whole = Drive::completing(sale());
    whole.run(&mut Fisc::new()).unwrap();
    let all: Vec<_> = whole.past.0.iter().map(|past| past.request.clone()).collect();
    for kept in 0..=all.len() {
        let mut fisc = Fisc::new();
        let mut first = Drive::completing(sale());
        while first.past.0.len() < kept {
            first.once(&mut fisc).unwrap();
        }
        let mut second = Drive::completing(sale());
        // A restart later in the day changes no byte.
        second.now = second.now.checked_add(Duration::from_secs(3_600)).unwrap();
        second.past = first.past;
        if let Some(last) = second.past.0.last_mut() {
            last.known = fisc.exchange(&last.request);
            assert!(matches!(last.known, Known::Answered(_)));
        }
        let outcome = second.run(&mut fisc).unwrap();
        let resumed: Vec<_> = second.past.0.iter().map(|past| past.request.clone()).collect();
        assert_eq!(resumed, all, "after {kept}");
        assert_eq!(fisc.of("/records").len(), 2);
        assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
    }
}

#[test]
fn the_answer_is_held_against_the_bytes_that_were_sent_not_against_newer_ones() {
    let mut fisc = Fisc::new();
    let mut first = Drive::completing(sale());
    while first.past.0.len() < 2 {
        first.once(&mut fisc).unwrap();
    }
    let mut second = Drive::completing(sale());
    second.past = first.past;
    // Since the restart the system knows other rates, and none of the sale's.
    second.facts.register["vat_rates"] = json!([{"code": "STANDARD", "percentage": "21"}]);
    let outcome = second.run(&mut fisc).unwrap();
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
    assert!(second.sent.is_empty());
}

#[test]
fn a_booked_receipt_is_not_forgotten_because_it_may_not_be_read() {
    let no = Fault::Say(refusal(401, "E_UNAUTHORIZED_ACCESS", "no"));
    let mut fisc = Fisc::failing(&[("GET /records/", 0, no)]);
    fisc.hides_operation = true;
    let outcome = Drive::completing(sale()).run(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].state, State::Signed);
    let error = outcome.error.unwrap();
    assert_eq!((error.kind(), error.pointer()), (Kind::Mismatch, Some("/content/operation")));
    let mut broken = Drive::completing(sale());
    broken.operation.params["issuer"] = json!(7);
    assert_eq!(broken.step().unwrap_err().kind(), Kind::Internal, "said before anything is sent");
}

#[test]
fn a_register_that_is_not_provisioned_says_what_to_do() {
    for name in ["sale.begin", "sale.complete", "sale.abort"] {
        let drive = Drive::new(operation(name, "register", json!({"sale": sale()})), Facts::default());
        let error = drive.step().unwrap_err();
        assert_eq!(error.kind(), Kind::NotReady);
        assert!(error.message().contains("run provision"), "{error}");
    }
    let drive = Drive::new(operation("session.open", "register", json!({})), facts());
    assert_eq!(drive.step().unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn a_raw_request_goes_out_authenticated_and_comes_back_untouched() {
    let raw = |params: Value| Drive::new(operation("request", "register", params), facts());
    let mut drive = raw(
        json!({"method": "post", "path": "/records", "body": {"content": {"type": "INTENTION", "system": {"id": "sys-1"}, "operation": {"type": "TRANSACTION"}}}}),
    );
    let outcome = drive.run(&mut Fisc::new()).unwrap();
    assert_eq!(outcome.result["status"], 200);
    assert_eq!(outcome.result["trace_id"], "trace-1");
    assert_eq!(drive.sent[0].credential.as_deref(), Some("paris@test/merchant/martin"));
    assert_eq!(drive.sent[0].effect, Effect::Write);
    assert!(header(&drive.sent[0], "X-Idempotency-Key").is_some());
    let mut drive = raw(json!({"method": "GET", "path": "/records/none?type=INTENTION%3A%3AEVENT&x=../y"}));
    assert_eq!(drive.run(&mut Fisc::new()).unwrap().result["status"], 404);
    for (params, pointer) in [
        (json!({"method": "PUT", "path": "/records"}), "/method"),
        (json!({"method": "GET", "path": "http://elsewhere/"}), "/path"),
        (json!({"method": "GET", "path": "//elsewhere/"}), "/path"),
        (json!({"method": "POST", "path": "/subjects", "body": {}}), "/path"),
        (json!({"method": "POST", "path": "/tokens?x=1", "body": {}}), "/path"),
        (json!({"method": "POST", "path": "/records/../tokens", "body": {}}), "/path"),
        (json!({"method": "POST", "path": "/./tokens", "body": {}}), "/path"),
        (json!({"method": "POST", "path": "/%74okens", "body": {}}), "/path"),
        (json!({"method": "POST", "path": "/records\\..\\tokens", "body": {}}), "/path"),
        (json!({"method": "GET", "path": "/a b"}), "/path"),
        (json!({"method": "GET", "path": "/a\r\nX: y"}), "/path"),
        (
            json!({"method": "GET", "path": "/a", "headers": {"authorization": "Bearer x"}}),
            "/headers/authorization",
        ),
        (json!({"method": "GET", "path": "/a", "headers": {"Host": "elsewhere"}}), "/headers/Host"),
        (json!({"method": "GET", "path": "/a", "headers": {"X": "a\r\nY: b"}}), "/headers/X"),
        (json!({"method": "GET", "path": "/a", "headers": {"X Y": "a"}}), "/headers/X Y"),
        (json!({"method": "GET"}), ""),
    ] {
        let error = raw(params).step().unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some(pointer)));
    }
}

#[test]
fn signing_in_and_reading_the_token() {
    let service = crate::driver::service();
    let request = service.sign_in("paris@test/merchant/martin").unwrap();
    assert_eq!(request.path, "/tokens");
    assert_eq!(
        request.body,
        Some(json!({"content": {
            "type": "API_KEY",
            "key": {"$secret": "paris@test/merchant/martin/key"}, "secret": {"$secret": "paris@test/merchant/martin/secret"},
        }}))
    );
    assert_eq!(header(&request, "X-Idempotency-Key").unwrap().as_bytes()[14], b'3');
    let good = answer(
        200,
        json!({"content": {"authentication": {"bearer": "jwt", "expires_at": "2026-03-02T11:00:00Z"}}}),
    );
    assert_eq!(service.token(&good).unwrap().expires_at, "2026-03-02T11:00:00Z".parse().unwrap());
    assert_eq!(
        service.token(&refusal(401, "E_UNAUTHORIZED_ACCESS", "no")).unwrap_err().kind(),
        Kind::Unauthorized
    );
    assert_eq!(service.token(&answer(200, json!({"content": {}}))).unwrap_err().kind(), Kind::Internal);
    assert!(service.is_ours(&good));
    let portal = Answer {
        status: 200,
        headers: vec![("content-type".into(), "text/html".into())],
        body: json!("<html>"),
    };
    assert!(!service.is_ours(&portal));
    let Step::Send(request) = Drive::completing(sale()).step().unwrap() else { panic!() };
    assert_eq!(request.base, "https://test.api.fiskaly.com");
}
