//! Headers, queries and bodies are checked before anybody asks who is calling; answers keep the schema too (contract
//! sign-fr 1.3 to 1.7, 2.8, 4.1).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use reqwest::Method;
use serde_json::{Value, json};
use shop::{Shop, new_key, receipt};

const V4: &str = "1c81cb86-c2e8-4074-afc3-a0601b2bf063";
const V7: &str = "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f";

/// Sends a request with exactly these headers and returns status and message.
fn bare(shop: &Shop, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = shop.client.request(method, shop.url(&format!("/sign-fr{path}"))).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().unwrap();
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["x-api-version"], "2026-02-03");
    let trace = answer.headers()["x-trace-identifier"].to_str().unwrap().to_owned();
    assert_eq!(uuid::Uuid::parse_str(&trace).unwrap().get_version_num(), 7);
    let body: Value = answer.json().unwrap();
    (status, body["content"]["message"].as_str().unwrap_or_default().to_owned())
}

/// Method, path, headers, body.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn a_request_of_the_wrong_form_is_400_even_without_a_token() {
    let shop = Shop::open();
    let version = ("X-Api-Version", "2026-02-03");
    let json = ("Content-Type", "application/json");
    let key = |key| ("X-Idempotency-Key", key);
    let unit = r#"{"content":{"type":"UNIT","name":"a"}}"#;
    let cases: &[Case<'_>] = &[
        ("GET", "/subjects", &[], ""),
        ("GET", "/subjects", &[("X-Api-Version", "2026-05-04")], ""),
        ("GET", "/subjects", &[("X-Api-Version", "")], ""),
        ("POST", "/organizations", &[version, json], unit),
        ("POST", "/organizations", &[version, json, key("1C81CB86-C2E8-4074-AFC3-A0601B2BF063")], unit),
        ("POST", "/organizations", &[version, json, key(V7)], unit),
        ("POST", "/organizations", &[version, json, key("x")], unit),
        ("PATCH", "/organizations/1c81cb86-c2e8-4074-afc3-a0601b2bf063", &[version, json], "{}"),
        ("POST", "/organizations", &[version, key(V4)], unit),
        (
            "POST",
            "/organizations",
            &[version, key(V4), ("Content-Type", "application/json-patch+json")],
            unit,
        ),
        ("POST", "/organizations", &[version, json, key(V4)], ""),
        ("POST", "/organizations", &[version, json, key(V4)], "{"),
        ("POST", "/organizations", &[version, json, key(V4)], "[]"),
        ("POST", "/organizations", &[version, json, key(V4)], r#"{"type":"UNIT","name":"a"}"#),
        (
            "POST",
            "/organizations",
            &[version, json, key(V4)],
            r#"{"content":{"type":"UNIT","name":"a","parent_id":"b"}}"#,
        ),
        ("POST", "/organizations", &[version, json, key(V4)], r#"{"content":{"type":"ACCOUNT","name":"a"}}"#),
        ("POST", "/organizations", &[version, json, key(V4), ("X-Scope-Identifier", V7)], unit),
        ("POST", "/records", &[version, json, key(V4), ("X-Replay-Remaining", "12345")], r#"{"content":{}}"#),
        ("GET", "/organizations/not-an-id", &[version], ""),
        ("GET", "/records?limit=0", &[version], ""),
        ("GET", "/records?limit=101", &[version], ""),
        ("GET", "/records?limit=ten", &[version], ""),
        ("GET", "/records?limit=%2B5", &[version], ""),
        ("GET", "/records?limit=1&limit=2", &[version], ""),
        ("GET", "/records?token=***", &[version], ""),
        ("GET", "/records?system_id=1", &[version], ""),
        ("GET", "/records?type=TRANSACTION", &[version], ""),
        ("GET", "/records?type=TRANSACTION::RECEIPT,TRANSACTION::RECEIPT", &[version], ""),
        ("GET", "/records?colour=blue", &[version], ""),
        ("GET", "/files?start=2026-01-01T00:00:00Z", &[version], ""),
        ("GET", "/files/secrets.txt", &[version], ""),
        ("GET", "/records/0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f?operation=yes", &[version], ""),
    ];
    for (method, path, headers, body) in cases {
        let (status, message) = bare(&shop, method, path, headers, body);
        assert_eq!(status, 400, "{method} {path} {headers:?} {body}: {message}");
        assert!(!message.is_empty());
    }
    let (_, message) = bare(&shop, "POST", "/organizations", &[version, json], unit);
    assert_eq!(message, "Header parameter X-Idempotency-Key is required, but not found");
}

#[test]
fn a_good_form_without_a_good_token_is_401() {
    let shop = Shop::open();
    let version = ("X-Api-Version", "2026-02-03");
    for bearer in [None, Some("Bearer"), Some("Bearer "), Some("Bearer a.b.c"), Some("Basic abc")] {
        let headers: Vec<_> =
            [Some(version), bearer.map(|bearer| ("Authorization", bearer))].into_iter().flatten().collect();
        assert_eq!(bare(&shop, "GET", "/subjects", &headers, "").0, 401, "{bearer:?}");
    }
    let tampered = format!("Bearer {}x", shop.bearer);
    let (status, message) = bare(&shop, "GET", "/subjects", &[version, ("Authorization", &tampered)], "");
    assert_eq!((status, message.as_str()), (401, "Not authorized to perform this operation."));
    shop.token(shop.account()["key"].as_str().unwrap(), "wrong").refused(401, "E_UNAUTHORIZED_ACCESS");
    shop.token("nobody", "wrong").refused(401, "E_UNAUTHORIZED_ACCESS");
}

#[test]
fn what_the_contract_does_not_list_is_404() {
    let shop = Shop::open();
    for (method, path) in [
        ("OPTIONS", "/subjects"),
        ("DELETE", "/subjects/1"),
        ("PUT", "/subjects"),
        ("GET", "/tokens"),
        ("POST", "/files"),
        ("POST", "/auth/token"),
        ("GET", "/assets"),
        ("GET", "/subjects/1/2"),
        ("GET", ""),
    ] {
        assert_eq!(
            bare(&shop, method, path, &[("X-Api-Version", "2026-02-03")], "").0,
            404,
            "{method} {path}"
        );
    }
    assert_eq!(shop.client.get(shop.url("/sign-xx/subjects")).send().unwrap().status(), 404);
    assert_eq!(shop.client.get(shop.url("/sign-france")).send().unwrap().status(), 404);
    // A client that forgot the prefix reads where the service is.
    let lost: Value = shop.client.post(shop.url("/tokens")).send().unwrap().json().unwrap();
    assert!(lost["message"].as_str().unwrap().contains("/sign-fr"), "{lost}");
}

#[test]
fn a_hostile_body_is_refused_and_the_sandbox_lives_on() {
    let shop = Shop::open();
    let send = |body: Vec<u8>| {
        let request = shop.request(Method::POST, "/organizations").header("X-Idempotency-Key", new_key());
        request.header("Content-Type", "application/json").body(body).send().unwrap().status().as_u16()
    };
    let name = "x".repeat(2 * 1024 * 1024);
    assert_eq!(send(json!({ "content": { "type": "UNIT", "name": name } }).to_string().into_bytes()), 400);
    assert_eq!(send("[".repeat(100_000).into_bytes()), 400);
    assert_eq!(send(vec![0xFF; 64]), 400);
    shop.get("/organizations").ok();
}

#[test]
fn an_unknown_scope_is_refused_with_a_status_that_can_be_set() {
    let shop = Shop::open();
    let send = || {
        let request = shop.request(Method::POST, "/organizations").header("X-Idempotency-Key", new_key());
        let request = request
            .header("X-Scope-Identifier", V4)
            .json(&json!({ "content": { "type": "UNIT", "name": "a" } }));
        request.send().unwrap().status().as_u16()
    };
    assert_eq!(send(), 401);
    shop.settings(json!({ "unknown_scope_status": 422 }));
    assert_eq!(send(), 422);
}

#[test]
fn an_operation_that_is_too_long_for_the_schema_is_not_shown() {
    let (shop, till) = Shop::ready();
    let sell = |entries: usize| {
        let mut operation = receipt("R-1");
        let mut entry = operation["entries"][0].clone();
        entry["data"] = json!({ "type": "ITEM", "text": "x".repeat(200), "unit": { "quantity": "1", "price": "0.00" },
            "value": { "base": "0.00" }, "vat": { "type": "VAT_EXEMPTION", "code": "CAUSE_1" } });
        operation["entries"].as_array_mut().unwrap().extend(vec![entry; entries]);
        let intention = shop.intention(&till).ok().id();
        shop.transaction(&intention, operation).ok()
    };
    assert!(sell(100).body["content"]["operation"].is_string());
    assert_eq!(sell(400).body["content"].get("operation"), None);
}
