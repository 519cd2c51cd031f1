//! Corrections and cancellations against the document they are about (contract sign-fr 2.11).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use serde_json::{Value, json};
use shop::{Answer, Shop, receipt};

fn transact(shop: &Shop, till: &str, operation: Value) -> Answer {
    let intention = shop.intention(till).ok().id();
    shop.transaction(&intention, operation)
}

/// Takes the croissants of `receipt` back, as line `number`.
fn correction(original: &str, number: &str) -> Value {
    let mut data = receipt("C-1");
    data["entries"][0]["type"] = json!("RETURN");
    data["entries"][0]["details"]["number"] = json!(number);
    json!({ "type": "CORRECTION", "record": { "id": original }, "data": data })
}

/// Each case spoils one member of a good correction of a receipt with one line, which carries no number.
#[test]
fn a_correction_that_does_not_fit_its_original_is_refused() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "amount_check": "off", "correction_reading": "returns" }));
    let original = shop.sell(&till, "R-1").id();
    transact(&shop, &till, correction(&original, "1")).ok();
    let cases = [
        ("/data/entries/0/type", json!("SALE")),
        ("/data/entries/0/details/number", json!("2")),
        ("/data/entries/0/details/number", json!("0")),
        ("/data/entries/0/details/number", Value::Null),
        ("/data/entries/0/data/text", json!("croissant")),
        ("/data/entries/0/data/unit/quantity", json!("-2")),
        ("/data/entries/0/data/vat/inclusive", json!("-2.40")),
        ("/data/document/total_vat/amount", json!("-0.13")),
        ("/data/payments/0/details/amount", json!("-2.40")),
    ];
    for (place, value) in cases {
        let mut operation = correction(&original, "1");
        if value.is_null() {
            operation["data"]["entries"][0]["details"].as_object_mut().unwrap().remove("number");
        } else {
            *operation.pointer_mut(place).unwrap() = value;
        }
        let answer = transact(&shop, &till, operation.clone()).refused(422, "E_UNPROCESSABLE_CONTENT");
        assert!(answer.at("/content/message").contains(place), "{place}: {answer:?}");
    }
}

/// What the receipt should have said has lines of its own, numbered each once.
#[test]
fn a_correction_may_be_the_right_content() {
    let (shop, till) = Shop::ready();
    let original = shop.sell(&till, "R-1").id();
    let mut whole = correction(&original, "1");
    whole["data"]["entries"][0]["type"] = json!("SALE");
    whole["data"]["entries"][0]["data"]["text"] = json!("Pain au chocolat");
    transact(&shop, &till, whole.clone()).ok();
    let line = whole["data"]["entries"][0].clone();
    let mut twice = whole.clone();
    twice["data"]["entries"] = json!([line, line]);
    shop.settings(json!({ "amount_check": "off" }));
    let answer = transact(&shop, &till, twice).refused(422, "E_UNPROCESSABLE_CONTENT");
    assert!(answer.at("/content/message").contains("/data/entries/1/details/number"), "{answer:?}");
    whole["data"]["entries"][0]["details"].as_object_mut().unwrap().remove("number");
    let answer = transact(&shop, &till, whole).refused(422, "E_UNPROCESSABLE_CONTENT");
    assert!(answer.at("/content/message").contains("/data/entries/0/details/number"), "{answer:?}");
}

/// The number is what the original prints; only lines without one are counted.
#[test]
fn the_number_is_the_one_that_the_original_gave_its_line() {
    let (shop, till) = Shop::ready();
    let mut sale = receipt("R-1");
    sale["entries"][0]["details"]["number"] = json!("7");
    let original = transact(&shop, &till, sale).ok().id();
    transact(&shop, &till, correction(&original, "1")).refused(422, "E_UNPROCESSABLE_CONTENT");
    transact(&shop, &till, correction(&original, "7")).ok();
    transact(&shop, &till, correction(&original, "0007")).ok();
}

#[test]
fn a_misfitting_correction_can_be_rejected_or_booked() {
    let (shop, till) = Shop::ready();
    let original = shop.sell(&till, "R-1").id();
    for (setting, state) in [("reject", "REJECTED"), ("off", "COMPLETED")] {
        shop.settings(json!({ "correction_check": setting }));
        let answer = transact(&shop, &till, correction(&original, "2")).ok();
        assert_eq!(answer.at("/content/state"), state);
    }
}

#[test]
fn a_record_is_cancelled_once_unless_twice_is_allowed() {
    let (shop, till) = Shop::ready();
    let sold = shop.sell(&till, "R-1").id();
    let cancel = || transact(&shop, &till, json!({ "type": "CANCELLATION", "record": { "id": sold } }));
    let first = cancel().ok().id();
    let refused = cancel().refused(405, "E_METHOD_NOT_ALLOWED");
    assert!(refused.at("/content/message").contains(&first), "{refused:?}");
    shop.settings(json!({ "record_state_status": 409 }));
    cancel().refused(409, "E_RESOURCE_CONFLICT");
    shop.settings(json!({ "cancel_twice": true }));
    cancel().ok();
}
