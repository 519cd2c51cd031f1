//! What FinanzOnline left undone and what happens by itself later (contract sign-at 4.1).

use reqwest::Method;
use serde_json::{Value, json};

use crate::austria::{Shop, new_id};

/// Moves the clock on from the machine's own time.
fn after(shop: &Shop, seconds: i64) {
    shop.control(Method::PUT, "clock", Some(&json!({ "offset_s": seconds })));
}

fn unit(shop: &Shop, id: &str) -> Value {
    shop.get(&format!("/signature-creation-unit/{id}")).ok()["state"].clone()
}

#[test]
fn a_change_is_done_after_the_seconds_that_were_set() {
    for (fon, status) in [("timeout", 408), ("gateway_timeout", 504)] {
        let shop = Shop::open();
        shop.authenticate_fon().ok();
        shop.settings(&json!({ "fon": fon, "fon_late_s": 60 }));
        let id = new_id();
        shop.create_unit(&id).ok();
        for _ in 0..2 {
            shop.set_unit(&id, "INITIALIZED").refused(status, "E_FON_REQUEST_TIMEOUT");
        }
        after(&shop, 50);
        assert_eq!(unit(&shop, &id), "CREATED");
        // FinanzOnline is still silent; it had been asked before.
        after(&shop, 70);
        assert_eq!(unit(&shop, &id), "INITIALIZED");
        let known = shop.control(Method::GET, "sign-at/finanzonline", None);
        assert_eq!(known["taxpayers"][0]["units"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_start_receipt_is_made_once_and_validated_later() {
    let shop = Shop::open();
    shop.authenticate_fon().ok();
    shop.make_unit();
    let register = new_id();
    shop.create_register(&register).ok();
    shop.set_register(&register, "REGISTERED").ok();
    shop.settings(&json!({ "fon": "timeout", "fon_late_s": 60 }));
    shop.set_register(&register, "INITIALIZED").refused(408, "E_FON_REQUEST_TIMEOUT");
    assert_eq!(shop.kinds(&register), [""; 0]);
    // The answer is lost, but the change is done: only the validation is left.
    shop.settings(&json!({ "fon": "timeout_done" }));
    shop.set_register(&register, "INITIALIZED").refused(408, "E_FON_REQUEST_TIMEOUT");
    let validations = || shop.receipts(&register)[0]["fon_validations"].as_array().unwrap().len();
    assert_eq!(validations(), 0);
    after(&shop, 70);
    assert_eq!((shop.kinds(&register), validations()), (vec!["INITIALIZATION".to_owned()], 1));
    after(&shop, 200);
    assert_eq!(validations(), 1);
}

#[test]
fn what_is_no_more_possible_is_left() {
    let (shop, register) = Shop::ready();
    shop.settings(&json!({ "fon": "timeout", "fon_late_s": 60 }));
    shop.set_register(&register, "OUTAGE").refused(408, "E_FON_REQUEST_TIMEOUT");
    shop.settings(&json!({ "fon": "answers" }));
    shop.set_register(&register, "DECOMMISSIONED").ok();
    after(&shop, 70);
    assert_eq!(shop.register(&register)["state"], "DECOMMISSIONED");

    // The beginning that was asked for came about meanwhile; a later outage is not ended by it.
    let next = new_id();
    shop.create_register(&next).ok();
    shop.set_register(&next, "REGISTERED").ok();
    shop.settings(&json!({ "fon": "timeout" }));
    shop.set_register(&next, "INITIALIZED").refused(408, "E_FON_REQUEST_TIMEOUT");
    shop.settings(&json!({ "fon": "answers" }));
    shop.set_register(&next, "INITIALIZED").ok();
    shop.set_register(&next, "OUTAGE").ok();
    after(&shop, 140);
    assert_eq!(shop.register(&next)["state"], "OUTAGE");
}

#[test]
fn without_the_setting_nothing_happens_later() {
    let (shop, register) = Shop::ready();
    shop.settings(&json!({ "fon": "timeout" }));
    shop.set_register(&register, "OUTAGE").refused(408, "E_FON_REQUEST_TIMEOUT");
    after(&shop, 3600);
    assert_eq!(shop.register(&register)["state"], "INITIALIZED");
    // A refusal was an answer.
    shop.settings(&json!({ "fon": "refuses", "fon_late_s": 1 }));
    shop.set_register(&register, "OUTAGE").refused(400, "E_FON_REQUEST_FAILED");
    after(&shop, 7200);
    assert_eq!(shop.register(&register)["state"], "INITIALIZED");
}
