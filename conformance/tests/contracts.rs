//! The contract 2026-05-04 where a case cannot look: what stands in the journal, and what the wire has.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use fiskal::boundary::Client;
use fiskal::error::Kind;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery staple";

fn opened(patch: &Value) -> (Sandbox, Shop, Client) {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let mut config = json!({"account": {"paris": {"contract": "2026-05-04"}}});
    fiskal_conformance::matching::merge(&mut config, patch);
    let shop = Shop::new(&sandbox, &config).unwrap();
    let client = Client::open_file(shop.config().to_str().unwrap(), None).unwrap();
    (sandbox, shop, client)
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_portal_password_reaches_the_service_and_no_journal() {
    let portal = json!({"portal_username": "martin", "portal_password": "file:portal"});
    let (_sandbox, shop, client) = opened(&json!({"merchant": {"martin": {"sign-fr": portal}}}));
    let error = client.call("provision", "{}").unwrap_err();
    assert_eq!(error.kind(), Kind::Config, "the file is not there yet: {error}");
    std::fs::write(shop.path("portal"), format!("{PASSWORD}\n")).unwrap();
    client.call("provision", "{}").unwrap();
    let taxpayers = json!({"register": "till-1", "method": "GET", "path": "/api/v1/taxpayers"});
    let shown = read(&client.call("request", &taxpayers.to_string()).unwrap());
    assert_eq!(
        shown["body"]["results"][0]["content"]["fiscalization"]["credentials"],
        json!({"type": "PORTAL_ACCESS", "username": "martin", "password": "********"})
    );
    client.close();
    let mut journals = 0;
    for entry in std::fs::read_dir(shop.config().parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        if name != "portal" {
            assert!(!has(PASSWORD), "{name} has the password");
        }
        journals += usize::from(has("file:portal") && name.starts_with("fiskal.db"));
    }
    assert!(journals > 0, "the journal names the place");
}

#[test]
fn the_wire_is_the_guides() {
    let (sandbox, _shop, client) = opened(&json!({}));
    client.call("provision", "{}").unwrap();
    let sale = json!({
        "id": "s-1", "register": "till-1", "number": "R-1",
        "items": [{"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"}],
        "payments": [{"method": "cash", "amount": "2.40"}],
    });
    client.call("sale.complete", &sale.to_string()).unwrap();
    let control = fiskal_conformance::control::Control::of(sandbox.url());
    let requests = control.requests().unwrap();
    assert!(requests.len() > 10, "{requests:?}");
    for request in &requests {
        let (method, path) = (request["method"].as_str().unwrap(), request["path"].as_str().unwrap());
        let what = format!("{method} {path}");
        let header = |name: &str| request["headers"].get(name).and_then(Value::as_str);
        assert!(path.starts_with("/sign-fr/api/v1/"), "{what}");
        assert_eq!(header("x-api-version"), Some("2026-05-04"), "{what}");
        assert!(request["body"].get("content").is_none(), "{what} has an envelope");
        let is_token = path == "/sign-fr/api/v1/auth/token";
        let has_key = method == "POST" && !is_token;
        assert_eq!(header("x-idempotency-key").is_some(), has_key, "{what}");
        let is_scoped = method != "GET" && !is_token;
        assert!(!is_scoped || header("x-scope-identifier").is_some(), "{what} has no scope");
        assert!(!is_token || header("x-scope-identifier").is_none(), "{what} has a scope");
    }
}
