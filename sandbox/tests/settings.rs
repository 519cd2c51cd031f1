//! What the contract leaves open can be set (contract sign-fr 10).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use reqwest::Method;
use serde_json::{Value, json};
use shop::{Shop, receipt};

#[test]
fn a_put_changes_the_named_keys_and_no_others() {
    let shop = Shop::open();
    let before = shop.control(Method::GET, "settings", Value::Null);
    shop.settings(json!({ "cache_errors": true }));
    let mut expected = before;
    expected["sign-fr"]["cache_errors"] = json!(true);
    assert_eq!(shop.control(Method::GET, "settings", Value::Null), expected);
    for wrong in [
        json!({ "sign-fr": { "cache_error": true } }),
        json!({ "sign-fr": { "amount_tolerance": "two cents" } }),
        json!({ "sign-fr": { "amount_tolerance": "-0.01" } }),
        json!({ "sign-fr": { "record_state_status": 200 } }),
        json!({ "sign-fr": { "replay_offset_base": 2 } }),
        json!({ "sign-fr": { "vat_check": "maybe" } }),
        json!({ "sign-fr": { "replay_check": "reject" } }),
        json!({ "sign-fr": { "replay_alphabet": "base32" } }),
        json!({ "sign-fr": { "replay_hours": -1 } }),
        json!({ "sign-fr": { "wrong_reference_status": 501 } }),
        json!({ "sign-fr": { "unlisted_record_status": 200 } }),
        json!([]),
    ] {
        let answer = shop.client.put(shop.url("/_sandbox/settings")).body(wrong.to_string()).send().unwrap();
        assert_eq!(answer.status(), 400, "{wrong}");
    }
    assert_eq!(shop.control(Method::GET, "settings", Value::Null), expected);
}

#[test]
fn a_repeated_state_can_be_taken_as_done() {
    let (shop, till) = Shop::ready();
    let path = format!("/systems/{till}");
    shop.patch(&path, json!({ "state": "COMMISSIONED" })).refused(405, "E_METHOD_NOT_ALLOWED");
    shop.settings(json!({ "accept_repeated_state": true }));
    shop.patch(&path, json!({ "state": "COMMISSIONED" })).ok();
    shop.patch(&path, json!({ "mode": "OPERATIVE" })).ok();
}

#[test]
fn decommissioning_can_reach_down() {
    for cascades in [false, true] {
        let (shop, till) = Shop::ready();
        shop.settings(json!({ "decommission_cascades": cascades }));
        let system = shop.get(&format!("/systems/{till}")).ok();
        let location = shop.get(&format!("/locations/{}", system.at("/content/location/id"))).ok();
        let taxpayer = format!("/taxpayers/{}", location.at("/content/taxpayer/id"));
        shop.patch(&taxpayer, json!({ "state": "DECOMMISSIONED" })).ok();
        let expected = if cascades { "DECOMMISSIONED" } else { "COMMISSIONED" };
        assert_eq!(shop.get(&format!("/systems/{till}")).ok().at("/content/state"), expected);
    }
}

#[test]
fn timestamps_can_be_written_as_they_were_recorded() {
    let (shop, till) = Shop::ready();
    let signed_at = |answer: &shop::Answer| answer.at("/content/journal/signed_at").to_owned();
    let schema = signed_at(&shop.intention(&till).ok());
    assert!(schema.len() == 25 && schema.ends_with("+00:00"), "{schema}");
    shop.settings(json!({ "zulu_timestamps": true }));
    let body = json!({ "content": { "type": "INTENTION", "system": { "id": till }, "operation": { "type": "TRANSACTION" } } });
    let request =
        shop.request(Method::POST, "/records").header("X-Idempotency-Key", shop::new_key()).json(&body);
    let recorded: Value = request.send().unwrap().json().unwrap();
    let recorded = recorded["content"]["journal"]["signed_at"].as_str().unwrap();
    assert!(recorded.ends_with('Z') && recorded.contains('.'), "{recorded}");
}

#[test]
fn a_full_sandbox_says_so() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "max_records": 2 }));
    shop.sell(&till, "R-1");
    shop.intention(&till).refused(503, "E_SERVICE_UNAVAILABLE");
}

#[test]
fn unknown_query_parameters_can_be_let_through() {
    let shop = Shop::open();
    shop.get("/subjects?colour=blue").refused(400, "E_BAD_REQUEST");
    shop.settings(json!({ "refuse_unknown_query": false }));
    shop.get("/subjects?colour=blue").ok();
}

#[test]
fn a_rejected_record_can_use_its_intention_up() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "amount_check": "reject", "rejected_uses_intention": true }));
    let intention = shop.intention(&till).ok().id();
    let mut wrong = receipt("R-1");
    wrong["payments"][0]["details"]["amount"] = json!("1.00");
    assert_eq!(shop.transaction(&intention, wrong).ok().at("/content/state"), "REJECTED");
    shop.transaction(&intention, receipt("R-1")).refused(405, "E_METHOD_NOT_ALLOWED");
}

#[test]
fn the_status_for_an_unlisted_type_and_for_an_unfit_reference_can_be_set() {
    let (shop, till) = Shop::ready();
    let sold = shop.sell(&till, "R-1").id();
    let open = shop.intention(&till).ok().id();
    let abort = || shop.transaction(&open, json!({ "type": "ABORT" }));
    let on_a_receipt = || shop.transaction(&sold, receipt("R-2"));
    let of_an_intention =
        || shop.transaction(&open, json!({ "type": "CANCELLATION", "record": { "id": open } }));
    shop.settings(json!({ "abort_allowed": false }));
    abort().refused(501, "E_NOT_IMPLEMENTED");
    on_a_receipt().refused(405, "E_METHOD_NOT_ALLOWED");
    of_an_intention().refused(405, "E_METHOD_NOT_ALLOWED");
    shop.settings(json!({ "unlisted_record_status": 422, "wrong_reference_status": 409 }));
    abort().refused(422, "E_UNPROCESSABLE_CONTENT");
    on_a_receipt().refused(409, "E_RESOURCE_CONFLICT");
    of_an_intention().refused(409, "E_RESOURCE_CONFLICT");
}

#[test]
fn headers_can_be_left_out_of_what_a_repeated_key_must_repeat() {
    let shop = Shop::open();
    let account = shop.account()["organization"].as_str().unwrap();
    let body = json!({ "content": { "type": "UNIT", "name": "Boulangerie Martin" } });
    for (counts, expected) in [(true, 422), (false, 200)] {
        shop.settings(json!({ "idempotency_headers": counts }));
        let key = shop::new_key();
        let create =
            || shop.request(Method::POST, "/organizations").header("X-Idempotency-Key", &key).json(&body);
        assert_eq!(create().send().unwrap().status(), 200);
        let scoped = create().header("X-Scope-Identifier", account).send().unwrap();
        assert_eq!(scoped.status(), expected, "{counts}");
    }
}

#[test]
fn a_french_location_can_take_terminals_and_services_for_electronic_invoices() {
    let (shop, till) = Shop::ready();
    let location = shop.get(&format!("/systems/{till}")).ok().at("/content/location/id").to_owned();
    let mut terminal = shop::system(&location);
    terminal["type"] = json!("PAYMENT_DEVICE");
    terminal["label"] = json!("T1");
    terminal["connected_to"] = json!([till]);
    let invoices = json!({ "type": "E_INVOICE_SERVICE", "location": { "id": location },
        "software": { "name": "My POS", "version": "1.0.0" } });
    shop.post("/systems", terminal.clone()).refused(501, "E_NOT_IMPLEMENTED");
    shop.post("/systems", invoices.clone()).refused(501, "E_NOT_IMPLEMENTED");
    assert_eq!(kinds(&shop, &location), ["FISCAL_DEVICE"]);
    shop.settings(json!({ "other_systems": true }));
    assert_eq!(kinds(&shop, &location), ["FISCAL_DEVICE", "PAYMENT_DEVICE", "E_INVOICE_SERVICE"]);

    let made = shop.post("/systems", terminal.clone()).ok();
    assert_eq!((made.at("/content/kind"), made.at("/content/state")), ("PHYSICAL", "ACQUIRED"));
    for nothing in ["records", "vat_rates", "vat_exemptions"] {
        assert_eq!(made.body["content"][nothing], json!([]), "{nothing}");
    }
    let path = format!("/systems/{}", made.id());
    shop.patch(&path, json!({ "label": "T2", "connected_to": [] })).ok();
    shop.patch(&path, json!({ "connected_to": [location] })).refused(404, "E_RESOURCE_NOT_FOUND");
    shop.patch(&path, json!({ "state": "COMMISSIONED" })).ok();
    shop.intention(&made.id()).refused(501, "E_NOT_IMPLEMENTED");
    terminal.as_object_mut().unwrap().remove("label");
    shop.post("/systems", terminal.clone()).refused(422, "E_UNPROCESSABLE_CONTENT");
    terminal["kind"] = json!("VIRTUAL");
    shop.post("/systems", terminal).ok();

    let made = shop.post("/systems", invoices).ok();
    let path = format!("/systems/{}", made.id());
    shop.patch(&path, json!({ "label": "T2" })).refused(422, "E_UNPROCESSABLE_CONTENT");
    shop.patch(&format!("/systems/{till}"), json!({ "label": "T2" })).refused(422, "E_UNPROCESSABLE_CONTENT");
}

fn kinds(shop: &Shop, location: &str) -> Vec<String> {
    let shown = shop.get(&format!("/locations/{location}")).ok();
    let systems = shown.body["content"]["systems"].as_array().unwrap();
    systems.iter().map(|system| system["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_taxpayer_with_wrong_credentials_stays_suspended() {
    let (shop, _) = Shop::ready();
    let taxpayer = shop.get("/taxpayers").ok().at("/results/0/content/id").to_owned();
    let path = format!("/taxpayers/{taxpayer}");
    shop.settings(json!({ "credentials_valid": false }));
    shop.patch(&path, json!({ "mode": "SUSPENDED" })).ok();
    let answer = shop.patch(&path, json!({ "mode": "OPERATIVE" })).ok();
    assert_eq!(answer.at("/content/mode"), "SUSPENDED");
    shop.settings(json!({ "credentials_valid": true }));
    let answer = shop.patch(&path, json!({ "mode": "OPERATIVE" })).ok();
    assert_eq!(answer.at("/content/mode"), "OPERATIVE");
}

/// This version's schema does not know sequences (5.4), so the answers are not held against it. There is no authority to
/// transmit to (3.2).
#[test]
fn documents_of_infocert_taxpayers_are_numbered_by_kind_and_not_transmitted() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "infocert_sequences": true }));
    let post = |content: Value| -> Value {
        let request = shop.request(Method::POST, "/records").header("X-Idempotency-Key", shop::new_key());
        request.json(&json!({ "content": content })).send().unwrap().json().unwrap()
    };
    let intend = |operation: Value| {
        post(json!({ "type": "INTENTION", "system": { "id": till }, "operation": operation }))
    };
    let sell = |number: &str| {
        let intention = intend(json!({ "type": "TRANSACTION" }));
        assert!(intention["content"].get("compliance").is_none(), "{intention}");
        let record = json!({ "id": intention["content"]["id"] });
        post(json!({ "type": "TRANSACTION", "record": record, "operation": receipt(number) }))
    };
    let first = sell("R-1");
    let event = intend(json!({ "type": "EVENT", "code": "90", "description": "Connection lost" }));
    let second = sell("R-2");
    let before = json!({ "id": first["content"]["id"] });
    for (record, number, previous) in
        [(&first, "1", None), (&event, "1", None), (&second, "2", Some(&before))]
    {
        let sequence = &record["content"]["compliance"]["sequence"];
        assert_eq!((&sequence["number"], sequence.get("record")), (&json!(number), previous), "{record}");
        assert!(
            sequence["signature"].as_str().unwrap().len() <= 64
                && sequence["type"].as_str().unwrap().len() <= 8
        );
        assert!(record["content"].get("transmission").is_none(), "{record}");
    }
    assert_eq!(
        first["content"]["compliance"]["sequence"]["type"],
        second["content"]["compliance"]["sequence"]["type"]
    );
}
