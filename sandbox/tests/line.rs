//! Faults on the line, the clock, and the audit (`/_sandbox`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use shop::{Shop, new_key, receipt};

fn plant(shop: &Shop, fault: Value) {
    shop.control(Method::POST, "faults", fault);
}

fn records(kind: &str) -> Value {
    json!({ "match": { "method": "POST", "path": "/sign-fr/records" }, "fault": { "kind": kind }, "count": 1 })
}

fn booked(shop: &Shop) -> Vec<Value> {
    shop.control(Method::GET, "audit", Value::Null)["booked"].as_array().unwrap().clone()
}

fn transaction(intention: &str, number: &str) -> Value {
    json!({ "content": { "type": "TRANSACTION", "record": { "id": intention }, "operation": receipt(number) } })
}

#[test]
fn a_dropped_answer_was_booked_and_its_key_brings_the_answer_back() {
    let (shop, till) = Shop::ready();
    let body = transaction(&shop.intention(&till).ok().id(), "R-1");
    plant(&shop, records("drop-answer"));
    let key = new_key();
    let lost = shop.try_send(Method::POST, "/records", &key, &body);
    assert!(lost.is_err(), "{lost:?}");
    let receipts =
        |shop: &Shop| booked(shop).into_iter().filter(|row| row["number"] == "R-1").collect::<Vec<_>>();
    assert_eq!(receipts(&shop).len(), 1);
    let again = shop.send(Method::POST, "/records", &key, &body).ok();
    assert_eq!(again.header("x-idempotency-replayed"), Some("true"));
    let rows = receipts(&shop);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["id"], again.id());
    assert_eq!(rows[0]["times"], 1);
    assert_eq!(rows[0]["register"], till);
}

#[test]
fn a_reset_was_not_booked() {
    let (shop, till) = Shop::ready();
    let body = transaction(&shop.intention(&till).ok().id(), "R-1");
    let before = booked(&shop).len();
    plant(&shop, records("reset"));
    let key = new_key();
    assert!(shop.try_send(Method::POST, "/records", &key, &body).is_err());
    assert_eq!(booked(&shop).len(), before);
    let answer = shop.send(Method::POST, "/records", &key, &body).ok();
    assert_eq!(answer.header("x-idempotency-replayed"), Some("false"));
}

#[test]
fn a_cut_answer_ends_in_its_middle() {
    let shop = Shop::open();
    let heard = |cut: bool| {
        if cut {
            plant(&shop, json!({ "fault": { "kind": "cut-answer" }, "count": 1 }));
        }
        let mut stream = TcpStream::connect(shop.sandbox.url().trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let path = "/sign-fr/subjects";
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut heard = Vec::new();
        // The end may come as an orderly close or as a reset.
        let _ = stream.read_to_end(&mut heard);
        heard.len()
    };
    let (whole, cut) = (heard(false), heard(true));
    assert!(0 < cut && cut < whole, "{cut} of {whole} bytes");
    assert_eq!(heard(false), whole);
}

/// Not a byte of an answer may reach the client, or it could take the cut for a short answer.
#[test]
fn a_cut_connection_says_nothing() {
    let shop = Shop::open();
    for kind in ["drop-answer", "reset"] {
        plant(&shop, json!({ "fault": { "kind": kind }, "count": 1 }));
        let mut stream = TcpStream::connect(shop.sandbox.url().trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(b"GET /sign-fr/subjects HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut heard = Vec::new();
        // The end may come as an orderly close or as a reset.
        let _ = stream.read_to_end(&mut heard);
        assert_eq!(heard, b"", "{kind}");
    }
}

#[test]
fn a_delayed_request_is_in_flight_and_is_booked_although_its_client_left() {
    let (shop, till) = Shop::ready();
    let body = transaction(&shop.intention(&till).ok().id(), "R-1");
    let mut fault = records("delay");
    fault["fault"]["ms"] = json!(900);
    plant(&shop, fault);
    let key = new_key();
    let impatient = shop
        .request(Method::POST, "/records")
        .header("X-Idempotency-Key", &key)
        .json(&body)
        .timeout(Duration::from_millis(200))
        .send();
    assert!(impatient.unwrap_err().is_timeout());
    shop.send(Method::POST, "/records", &key, &body).refused(409, "E_RESOURCE_CONFLICT");
    let patience = Instant::now() + Duration::from_secs(10);
    let answer = loop {
        let answer = shop.send(Method::POST, "/records", &key, &body);
        if answer.status != 409 {
            break answer.ok();
        }
        assert!(Instant::now() < patience, "still in flight");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(answer.header("x-idempotency-replayed"), Some("true"));
    assert_eq!(booked(&shop).iter().filter(|row| row["number"] == "R-1").count(), 1);
}

#[test]
fn a_planted_status_is_answered_in_the_services_words() {
    let (shop, till) = Shop::ready();
    let before = booked(&shop).len();
    plant(
        &shop,
        json!({ "match": { "path": "/sign-fr/records" }, "fault": { "kind": "status", "status": 503, "retry_after": 7 }, "count": 1 }),
    );
    let answer = shop.intention(&till).refused(503, "E_SERVICE_UNAVAILABLE");
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert_eq!(booked(&shop).len(), before);
    shop.intention(&till).ok();
}

#[test]
fn expired_tokens_are_refused_until_the_client_signs_in_again() {
    let mut shop = Shop::open();
    plant(&shop, json!({ "match": { "method": "GET" }, "fault": { "kind": "expire-tokens" }, "count": 1 }));
    shop.get("/subjects").refused(401, "E_UNAUTHORIZED_ACCESS");
    shop.get("/subjects").refused(401, "E_UNAUTHORIZED_ACCESS");
    let account = shop.account().clone();
    shop.sign_in(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap());
    shop.get("/subjects").ok();
}

#[test]
fn planted_faults_can_be_read_and_taken_away() {
    let shop = Shop::open();
    plant(&shop, records("reset"));
    assert_eq!(shop.control(Method::GET, "faults", Value::Null)["faults"].as_array().unwrap().len(), 1);
    shop.control(Method::DELETE, "faults", Value::Null);
    assert_eq!(shop.control(Method::GET, "faults", Value::Null)["faults"], json!([]));
    for wrong in [
        r#"{"fault":{"kind":"meteor"}}"#,
        r#"{"fault":{"kind":"reset"},"count":0}"#,
        r#"{"match":{"path":"sign-fr/records"},"fault":{"kind":"reset"}}"#,
    ] {
        let answer = shop.client.post(shop.url("/_sandbox/faults")).body(wrong).send().unwrap();
        assert_eq!(answer.status(), 400, "{wrong}");
    }
    assert_eq!(shop.control(Method::GET, "faults", Value::Null)["faults"], json!([]));
    for (path, body) in [
        ("clock", "{}"),
        ("clock", r#"{"now":"yesterday"}"#),
        ("clock", r#"{"now":"1969-12-31T00:00:00Z"}"#),
        ("clock", r#"{"now":"3000-01-01T00:00:00Z"}"#),
        ("clock", r#"{"offset_s":9223372036854775807}"#),
        ("clock", r#"{"offset_s":-9223372036854775808}"#),
        ("settings", r#"{"sead":1}"#),
    ] {
        let answer = shop.client.put(shop.url(&format!("/_sandbox/{path}"))).body(body).send().unwrap();
        assert_eq!(answer.status(), 400, "{path} {body}");
    }
}

#[test]
fn the_clock_moves_tokens_dates_and_signing_times() {
    let (mut shop, till) = Shop::ready();
    let shown = shop.control(Method::PUT, "clock", json!({ "now": "2027-12-31T23:59:50+01:00" }));
    assert!(shown["now"].as_str().unwrap().starts_with("2027-12-31T22:59:5"), "{shown}");
    let refused = shop.intention(&till).refused(401, "E_UNAUTHORIZED_ACCESS");
    assert!(refused.header("date").unwrap().starts_with("Fri, 31 Dec 2027 22:59:5"), "{refused:?}");

    let account = shop.account().clone();
    let token = shop.token(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap()).ok();
    assert!(token.at("/content/authentication/expires_at").starts_with("2028-01-01T22:59:5"));
    assert_eq!(token.at("/content/authentication/expires_at").len(), 25);
    shop.bearer = token.at("/content/authentication/bearer").to_owned();
    let intention = shop.intention(&till).ok();
    assert!(intention.at("/content/journal/signed_at").starts_with("2027-12-31T22:59:5"));

    shop.control(Method::PUT, "clock", json!({ "offset_s": 0 }));
    assert_eq!(shop.control(Method::GET, "clock", Value::Null)["offset_s"], 0);
}

#[test]
fn a_token_lives_a_day_by_the_sandbox_clock() {
    let shop = Shop::open();
    shop.control(Method::PUT, "clock", json!({ "offset_s": 86_400 - 60 }));
    shop.get("/subjects").ok();
    shop.control(Method::PUT, "clock", json!({ "offset_s": 86_400 + 60 }));
    shop.get("/subjects").refused(401, "E_UNAUTHORIZED_ACCESS");
}

#[test]
fn the_audit_counts_a_document_that_was_booked_twice_and_names_refusals() {
    let (shop, till) = Shop::ready();
    shop.sell(&till, "R-1");
    shop.sell(&till, "R-2");
    shop.sell(&till, "R-1");
    shop.transaction(&new_key(), receipt("R-3"));
    let audit = shop.control(Method::GET, "audit", Value::Null);
    let rows: Vec<(&Value, &Value)> = audit["booked"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["type"] == "TRANSACTION::RECEIPT")
        .map(|row| (&row["number"], &row["times"]))
        .collect();
    assert_eq!(rows, [(&json!("R-1"), &json!(2)), (&json!("R-2"), &json!(1)), (&json!("R-1"), &json!(2))]);
    assert_eq!(audit["refused"].as_array().unwrap().last().unwrap()["status"], 400);
}

#[test]
fn requests_are_shown_as_they_came_whatever_became_of_them() {
    let shop = Shop::open();
    let secret = shop.account()["secret"].as_str().unwrap().to_owned();
    plant(
        &shop,
        json!({ "match": { "path": "/sign-fr/subjects" }, "fault": { "kind": "reset" }, "count": 1 }),
    );
    let url = shop.url("/sign-fr/subjects?limit=3");
    assert!(shop.client.get(url).bearer_auth(&shop.bearer).send().is_err());
    let shown = shop.control(Method::GET, "requests", Value::Null);
    let requests = shown["requests"].as_array().unwrap();
    let called: Vec<(&Value, &Value)> =
        requests.iter().map(|request| (&request["method"], &request["path"])).collect();
    assert_eq!(called.first(), Some(&(&json!("POST"), &json!("/sign-fr/tokens"))));
    assert_eq!(called.last(), Some(&(&json!("GET"), &json!("/sign-fr/subjects?limit=3"))));
    assert_eq!(requests[0]["body"]["content"]["secret"], "***");
    assert_eq!(requests.last().unwrap()["headers"]["authorization"], "Bearer ***");
    for hidden in [&secret, &shop.bearer] {
        assert!(!shown.to_string().contains(hidden.as_str()), "{shown}");
    }
}
