//! Idempotency keys (contract sign-fr 6).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use reqwest::Method;
use serde_json::{Value, json};
use shop::{Answer, Shop, new_key};

fn unit(name: &str) -> Value {
    json!({ "content": { "type": "UNIT", "name": name } })
}

fn replayed(answer: &Answer) -> Option<&str> {
    answer.header("x-idempotency-replayed")
}

#[test]
fn the_same_request_gets_the_same_answer() {
    let shop = Shop::open();
    let key = new_key();
    let first = shop.send(Method::POST, "/organizations", &key, &unit("a")).ok();
    let again = shop.send(Method::POST, "/organizations", &key, &unit("a")).ok();
    assert_eq!((replayed(&first), replayed(&again)), (Some("false"), Some("true")));
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("x-scope-identifier"), again.header("x-scope-identifier"));
    assert_ne!(first.header("x-trace-identifier"), again.header("x-trace-identifier"));
}

#[test]
fn another_payload_method_path_or_scope_under_the_key_is_refused() {
    let shop = Shop::open();
    let key = new_key();
    let made = shop.send(Method::POST, "/organizations", &key, &unit("a")).ok();
    let refused = |answer: Answer| answer.refused(422, "E_UNPROCESSABLE_CONTENT");
    refused(shop.send(Method::POST, "/organizations", &key, &unit("b")));
    refused(shop.send(
        Method::POST,
        "/subjects",
        &key,
        &json!({ "content": { "type": "API_KEY", "name": "abc" } }),
    ));
    refused(shop.send(
        Method::PATCH,
        &format!("/organizations/{}", made.id()),
        &key,
        &json!({ "content": { "name": "a" } }),
    ));
    assert_eq!(shop.get("/organizations").ok().body["results"].as_array().unwrap().len(), 2);
}

#[test]
fn equal_json_in_other_bytes_is_the_same_payload_unless_bytes_count() {
    let shop = Shop::open();
    let send = |key: &str, body: &'static str| {
        let request = shop.request(Method::POST, "/organizations").header("X-Idempotency-Key", key);
        request.header("Content-Type", "application/json").body(body).send().unwrap().status().as_u16()
    };
    let bodies =
        [r#"{"content":{"type":"UNIT","name":"a"}}"#, r#"{ "content": {"name":"a", "type":"UNIT"} }"#];
    let key = new_key();
    assert_eq!(bodies.map(|body| send(&key, body)), [200, 200]);
    shop.settings(json!({ "idempotency_bytes": true }));
    let key = new_key();
    assert_eq!(bodies.map(|body| send(&key, body)), [200, 422]);
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    let mut shop = Shop::open();
    let account = shop.account().clone();
    let key = new_key();
    let first = shop.send(Method::POST, "/organizations", &key, &unit("a")).ok();
    shop.control(Method::PUT, "clock", json!({ "offset_s": 86_400 - 60 }));
    assert_eq!(replayed(&shop.send(Method::POST, "/organizations", &key, &unit("a")).ok()), Some("true"));
    shop.control(Method::PUT, "clock", json!({ "offset_s": 86_400 + 60 }));
    shop.sign_in(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap());
    let later = shop.send(Method::POST, "/organizations", &key, &unit("a")).ok();
    assert_eq!(replayed(&later), Some("false"));
    assert_ne!(first.id(), later.id());
    shop.send(Method::POST, "/organizations", &key, &unit("b")).refused(422, "E_UNPROCESSABLE_CONTENT");
}

#[test]
fn errors_are_kept_only_if_told_so() {
    let shop = Shop::open();
    let body = json!({ "content": shop::taxpayer() });
    let key = new_key();
    for _ in 0..2 {
        let answer = shop.send(Method::POST, "/taxpayers", &key, &body).refused(405, "E_METHOD_NOT_ALLOWED");
        assert_eq!(replayed(&answer), Some("false"));
    }
    shop.settings(json!({ "cache_errors": true }));
    let answers = [(); 2].map(|()| shop.send(Method::POST, "/taxpayers", &key, &body));
    assert_eq!(answers.each_ref().map(replayed), [Some("false"), Some("true")]);
    assert_eq!(answers[0].body, answers[1].body);
    assert_eq!(answers[1].status, 405);
}

#[test]
fn keys_of_two_organizations_do_not_meet() {
    let mut shop = Shop::open();
    let key = new_key();
    let first = shop.send(Method::POST, "/organizations", &key, &unit("a")).ok();
    shop.make_unit();
    shop.send(Method::POST, "/organizations", &key, &unit("a")).refused(405, "E_METHOD_NOT_ALLOWED");
    shop.get(&format!("/organizations/{}", first.id())).refused(404, "E_RESOURCE_NOT_FOUND");
}

#[test]
fn tokens_demand_a_key_but_do_not_act_on_it() {
    let shop = Shop::open();
    let account = shop.account();
    let body =
        json!({ "content": { "type": "API_KEY", "key": account["key"], "secret": account["secret"] } });
    let key = new_key();
    let answers = [(); 2].map(|()| shop.send(Method::POST, "/tokens", &key, &body).ok());
    assert_ne!(answers[0].id(), answers[1].id());
    assert_eq!(answers.each_ref().map(replayed), [None, None]);
    let bare =
        shop.client.post(shop.url("/sign-fr/tokens")).header("X-Api-Version", "2026-02-03").json(&body);
    assert_eq!(bare.send().unwrap().status(), 400);
}

#[test]
fn the_secret_of_a_lost_answer_can_be_had_again_under_its_key() {
    let shop = Shop::open();
    let key = new_key();
    let body = json!({ "content": { "type": "API_KEY", "name": "till-1" } });
    let first = shop.send(Method::POST, "/subjects", &key, &body).ok();
    let again = shop.send(Method::POST, "/subjects", &key, &body).ok();
    assert_eq!(first.at("/content/credentials/secret"), again.at("/content/credentials/secret"));
}

#[test]
fn a_key_used_by_many_at_once_books_once() {
    let (shop, till) = Shop::ready();
    for number in 0..10 {
        let intention = shop.intention(&till).ok().id();
        let body = json!({ "content": { "type": "TRANSACTION", "record": { "id": intention },
                                        "operation": shop::receipt(&format!("R-{number}")) } });
        let key = new_key();
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let send = || shop.send(Method::POST, "/records", &key, &body);
            let threads: Vec<_> = (0..6).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(
            answers.iter().filter(|answer| replayed(answer) == Some("false") && answer.status == 200).count(),
            1
        );
        assert!(answers.iter().all(|answer| answer.status == 200 || answer.status == 409), "{answers:?}");
    }
    let audit = shop.control(Method::GET, "audit", Value::Null);
    let receipts =
        audit["booked"].as_array().unwrap().iter().filter(|row| row["type"] == "TRANSACTION::RECEIPT");
    assert!(receipts.clone().all(|row| row["times"] == 1));
    assert_eq!(receipts.count(), 10);
}
