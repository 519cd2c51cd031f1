//! Keys, access tokens and refresh tokens (contract sign-at 2.1, 4.1).

use reqwest::Method;
use serde_json::{Value, json};

use crate::austria::{Answer, Shop};

fn auth(shop: &Shop, body: &Value) -> Answer {
    shop.send(Method::POST, "/sign-at/api/v1/auth", "", Some(body))
}

fn credentials(shop: &Shop) -> Value {
    let account = shop.account("sign-at");
    json!({ "api_key": account["key"], "api_secret": account["secret"] })
}

#[test]
fn a_token_says_whose_it_is_and_when_it_ends() {
    let shop = Shop::open();
    shop.clock("2026-11-02T10:00:00+01:00");
    let token = auth(&shop, &credentials(&shop)).ok();
    let claims = json!({ "env": "TEST", "organization_id": shop.account("sign-at")["organization"] });
    assert_eq!(token["access_token_claims"], claims);
    let seconds = |name: &str| token[name].as_i64().unwrap();
    // The shop signed in before the clock was moved; that token is still fresh.
    let left = seconds("access_token_expires_at") - 1_793_610_000;
    assert!((left - seconds("access_token_expires_in")).abs() <= 1, "{token}");
    assert!(seconds("refresh_token_expires_at") > seconds("access_token_expires_at"));
    shop.control(Method::PUT, "settings", Some(&json!({ "management": { "bare_tokens": true } })));
    assert_eq!(auth(&shop, &credentials(&shop)).ok().as_object().unwrap().len(), 1);
}

#[test]
fn tokens_of_a_key_end_together_until_half_their_time_is_over() {
    let shop = Shop::open();
    let ends = |offset: i64| {
        shop.control(Method::PUT, "clock", Some(&json!({ "offset_s": offset })));
        let token = auth(&shop, &credentials(&shop)).ok();
        let seconds = |name: &str| token[name].as_i64().unwrap();
        let access = seconds("access_token_expires_at");
        assert_eq!(
            seconds("refresh_token_expires_at") - access,
            86_400,
            "recorded so, whenever it was asked"
        );
        access
    };
    let first = ends(0);
    assert_eq!(ends(11 * 3600), first);
    assert!((ends(13 * 3600) - first - 13 * 3600).abs() <= 2);
    shop.control(Method::PUT, "settings", Some(&json!({ "management": { "tokens_shared": false } })));
    assert!((ends(14 * 3600) - first - 14 * 3600).abs() <= 2);
}

#[test]
fn a_refresh_token_gives_a_new_token_until_it_ends() {
    let shop = Shop::open();
    let first = auth(&shop, &credentials(&shop)).ok();
    let refresh = json!({ "refresh_token": first["refresh_token"] });
    let second = auth(&shop, &refresh).ok();
    assert_ne!(second["access_token"], first["access_token"]);
    let with = |token: &Value| Shop {
        bearer: token["access_token"].as_str().unwrap().into(),
        ..Shop::beside(&shop)
    };
    with(&second).get("/cash-register").ok();
    for text in ["no token", "a.b.c", "..", "e30.e30", "e30.W10.c2ln", "e30.e30.c2ln.c2ln"] {
        auth(&shop, &json!({ "refresh_token": text })).refused(401, "E_AUTHENTICATION_ERROR");
    }
    // A header and claims without members, as base64url: a JWT, and none of ours.
    auth(&shop, &json!({ "refresh_token": "e30.e30.c2ln" })).refused(401, "E_CLIENT_ERROR");
    auth(&shop, &json!({ "refresh_token": first["access_token"] })).refused(401, "E_CLIENT_ERROR");
    shop.control(Method::PUT, "clock", Some(&json!({ "offset_s": 90_000 })));
    with(&second).get("/cash-register").refused(401, "E_AUTHENTICATION");
    let third = auth(&shop, &refresh).ok();
    with(&third).get("/cash-register").ok();
    shop.control(Method::PUT, "clock", Some(&json!({ "offset_s": 360_000 })));
    auth(&shop, &refresh).refused(401, "E_CLIENT_ERROR");
}

#[test]
fn who_is_not_signed_in_sees_nothing() {
    let shop = Shop::open();
    let mut wrong = credentials(&shop);
    wrong["api_secret"] = json!("guess");
    auth(&shop, &wrong).refused(401, "E_AUTHENTICATION_ERROR");
    let refresh = auth(&shop, &credentials(&shop)).ok()["refresh_token"].as_str().unwrap().to_owned();
    for bearer in ["", "guess", &refresh] {
        let stranger = Shop { bearer: bearer.to_owned(), ..Shop::beside(&shop) };
        stranger.get("/cash-register").refused(401, "E_AUTHENTICATION");
        // Who is calling is asked before what the request says.
        stranger.get("/cash-register?limit=ten").refused(401, "E_AUTHENTICATION");
        stranger.get("/nothing").refused(404, "E_NOT_FOUND");
    }
    let fault = json!({ "match": { "path": "/sign-at" }, "fault": { "kind": "expire-tokens" }, "count": 1 });
    shop.control(Method::POST, "faults", Some(&fault));
    shop.get("/cash-register").refused(401, "E_AUTHENTICATION");
}
