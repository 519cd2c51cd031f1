//! Settings of the Austrian services (`/_sandbox/settings`).

use reqwest::Method;
use serde_json::json;

use crate::austria::Shop;

#[test]
fn values_outside_of_what_is_open_are_refused() {
    let shop = Shop::open();
    let before = shop.control(Method::GET, "settings", None);
    for wrong in [
        json!({ "sign-at": { "counter_bytes": 4 } }),
        json!({ "sign-at": { "counter_bytes": 17 } }),
        json!({ "sign-at": { "counter_bytes": "8" } }),
        json!({ "sign-at": { "fon_refusal_status": 200 } }),
        json!({ "sign-at": { "fon": "sleeps" } }),
        json!({ "sign-at": { "devices": "outage" } }),
        json!({ "sign-at": { "year_end": "none" } }),
        json!({ "sign-at": { "first_receipt_number": -1 } }),
        json!({ "sign-at": { "devcies": "fail" } }),
        json!({ "management": { "environment": "PROD" } }),
        json!({ "management": { "token_hours": 1.5 } }),
        json!({ "management": [] }),
    ] {
        assert_eq!(shop.send(Method::PUT, "/_sandbox/settings", "", Some(&wrong)).status, 400, "{wrong}");
    }
    assert_eq!(shop.control(Method::GET, "settings", None), before);
    shop.settings(&json!({ "count": "page" }));
    let mut expected = before;
    expected["sign-at"]["count"] = json!("page");
    assert_eq!(shop.control(Method::GET, "settings", None), expected);
}

#[test]
fn lives_of_tokens_without_end_are_an_error_and_no_panic() {
    let shop = Shop::open();
    let forever = json!({ "management": { "token_hours": u32::MAX, "tokens_shared": false } });
    shop.control(Method::PUT, "settings", Some(&forever));
    let account = shop.account("sign-at");
    let body = json!({ "api_key": account["key"], "api_secret": account["secret"] });
    let answer = shop.send(Method::POST, "/sign-at/api/v1/auth", "", Some(&body));
    assert!([200, 503].contains(&answer.status), "{answer:?}");
}
