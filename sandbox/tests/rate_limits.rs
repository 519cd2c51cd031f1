//! How often an organization may come: one rule for all services (`rate_limits` of `/_sandbox/settings`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use reqwest::Method;
use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::austria::Shop;

#[path = "support/austria.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod austria;

/// A request of each service that changes nothing.
const READS: [(&str, &str); 3] = [
    ("sign-fr", "/sign-fr/organizations"),
    ("sign-at", "/sign-at/api/v1/cash-register"),
    ("management", "/management/api/v0/organizations"),
];

fn limit(shop: &Shop, limits: &Value) {
    shop.control(Method::PUT, "settings", Some(&json!({ "rate_limits": limits })));
}

fn token(shop: &Shop, service: &str) -> String {
    if service != "sign-fr" {
        return shop.sign_in(service);
    }
    let account = shop.account(service);
    let content =
        json!({ "content": { "type": "API_KEY", "key": account["key"], "secret": account["secret"] } });
    let request = shop.client.post(format!("{}/sign-fr/tokens", shop.sandbox.url()));
    let request =
        request.header("X-Api-Version", "2026-02-03").header("X-Idempotency-Key", austria::new_id());
    let answer: Value = request.json(&content).send().unwrap().json().unwrap();
    answer["content"]["authentication"]["bearer"].as_str().unwrap().to_owned()
}

fn read(shop: &Shop, path: &str, bearer: &str) -> Response {
    let request = shop.client.get(format!("{}{path}", shop.sandbox.url())).bearer_auth(bearer);
    request.header("X-Api-Version", "2026-02-03").send().unwrap()
}

#[test]
fn without_a_limit_anybody_may_come_as_often_as_they_like() {
    let shop = Shop::open();
    for (service, path) in READS {
        let bearer = token(&shop, service);
        assert!((0..50).all(|_| read(&shop, path, &bearer).status() == 200), "{service}");
    }
}

#[test]
fn beyond_the_limit_every_service_answers_429_in_its_own_words() {
    let shop = Shop::open();
    let tokens = READS.map(|(service, _)| token(&shop, service));
    limit(&shop, &json!({ "sign-fr": 2, "sign-at": 2, "management": 2 }));
    for ((service, path), bearer) in READS.into_iter().zip(&tokens) {
        assert_eq!([(); 2].map(|()| read(&shop, path, bearer).status().as_u16()), [200, 200], "{service}");
        let refused = read(&shop, path, bearer);
        assert_eq!(refused.status(), 429, "{service}");
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{service}: {wait}");
        let body = refused.text().unwrap();
        assert!(body.contains("Too many requests"), "{service}: {body}");
    }
    let audit = shop.control(Method::GET, "audit", None);
    let refused = audit["refused"].as_array().unwrap().iter().filter(|row| row["status"] == 429).count();
    assert_eq!(refused, READS.len(), "each is noted");
    shop.control(Method::PUT, "clock", Some(&json!({ "offset_s": 61 })));
    for ((service, path), bearer) in READS.into_iter().zip(&tokens) {
        assert_eq!(read(&shop, path, bearer).status(), 200, "{service}: the minute is over");
    }
}

#[test]
fn a_limit_counts_an_organization_and_not_a_token() {
    let shop = Shop::open();
    limit(&shop, &json!({ "sign-at": 1 }));
    let (first, second) = (shop.sign_in("sign-at"), shop.sign_in("sign-at"));
    let path = READS[1].1;
    assert_eq!(read(&shop, path, &first).status(), 200);
    assert_eq!(read(&shop, path, &second).status(), 429);
    // Another organization, and another service, have not come yet; who is nobody is told so.
    assert_eq!(read(&shop, path, &shop.sign_in("management")).status(), 200);
    assert_eq!(read(&shop, READS[2].1, &shop.sign_in("management")).status(), 200);
    assert_eq!(read(&shop, path, "guess").status(), 401);
}

#[test]
fn a_429_need_not_say_when_to_come_again_and_books_nothing() {
    let (shop, register) = Shop::ready();
    limit(&shop, &json!({ "sign-at": 1, "retry_after": false }));
    assert_eq!(read(&shop, READS[1].1, &shop.bearer).status(), 200);
    let refused = read(&shop, READS[1].1, &shop.bearer);
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after")), (429, None));
    let sale = austria::sale("STANDARD", "1.00");
    shop.sign(&register, &austria::new_id(), &sale).refused(429, "E_TOO_MANY_REQUESTS");
    limit(&shop, &json!({ "sign-at": 0 }));
    assert_eq!(shop.kinds(&register), ["INITIALIZATION"]);
}

#[test]
fn a_limit_is_a_whole_number() {
    let shop = Shop::open();
    for wrong in [json!({ "sign-at": -1 }), json!({ "sign-at": "2" }), json!({ "sign-es": 1 }), json!(3)] {
        let body = json!({ "rate_limits": wrong });
        assert_eq!(shop.send(Method::PUT, "/_sandbox/settings", "", Some(&body)).status, 400, "{wrong}");
    }
}
