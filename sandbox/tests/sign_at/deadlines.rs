//! What FinanzOnline has to be told by a time (contract sign-at 5.3, 5.5, 5.6).

use reqwest::Method;
use serde_json::{Value, json};

use crate::austria::{Shop, sale};

fn known(shop: &Shop) -> Value {
    shop.control(Method::GET, "sign-at/finanzonline", None)["taxpayers"][0].clone()
}

/// Duties with their year, due time and whether that is over.
fn deadlines(shop: &Shop) -> Vec<(String, Value, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |row: &Value| {
        (text(&row["duty"]), row["year"].clone(), text(&row["due"]), row["is_overdue"].as_bool().unwrap())
    };
    known(shop)["deadlines"].as_array().unwrap().iter().map(row).collect()
}

fn one(duty: &str, year: impl Into<Value>, due: &str, is_overdue: bool) -> (String, Value, String, bool) {
    (duty.to_owned(), year.into(), due.to_owned(), is_overdue)
}

#[test]
fn the_service_reports_a_unit_that_is_out_for_more_than_48_hours() {
    let (shop, register) = Shop::ready_at("2026-11-02T12:00:00Z");
    assert_eq!(deadlines(&shop), []);
    shop.settings(&json!({ "devices": "fail" }));
    shop.book(&register, &sale("STANDARD", "1.00"));
    let since = shop.get("/signature-creation-unit").ok()["data"][0]["time_outage"].as_i64().unwrap();
    assert!((since - 1_793_620_800).abs() < 10, "2026-11-02T12:00:00Z: {since}");
    let found = deadlines(&shop).remove(0);
    assert_eq!((found.0.as_str(), &found.2[..15], found.3), ("UNIT_OUTAGE", "2026-11-04T12:0", false));
    // FinanzOnline cannot be reached when the time is over.
    shop.settings(&json!({ "fon": "timeout" }));
    let shop = shop.later("2026-11-04T13:00:00Z");
    assert!(deadlines(&shop)[0].3, "overdue");
    assert_eq!(known(&shop)["units"][0]["state"], "INITIALIZED");
    shop.settings(&json!({ "fon": "answers" }));
    assert_eq!(deadlines(&shop), [], "it is reported without anybody's call");
    assert_eq!(known(&shop)["units"][0]["state"], "OUTAGE");
    shop.settings(&json!({ "devices": "work" }));
    shop.get("/cash-register").ok();
    assert_eq!(known(&shop)["units"][0]["state"], "INITIALIZED", "and so is its end");
}

#[test]
fn a_short_outage_is_not_reported() {
    let (shop, register) = Shop::ready_at("2026-11-02T12:00:00Z");
    shop.settings(&json!({ "devices": "fail" }));
    shop.book(&register, &sale("STANDARD", "1.00"));
    let shop = shop.later("2026-11-04T11:59:00Z");
    assert_eq!(known(&shop)["units"][0]["state"], "INITIALIZED");
    shop.settings(&json!({ "devices": "work" }));
    shop.book(&register, &sale("STANDARD", "1.00"));
    assert_eq!(deadlines(&shop), []);
}

#[test]
fn a_unit_that_is_broken_is_reported_at_once() {
    let (shop, _) = Shop::ready();
    shop.settings(&json!({ "devices": "break" }));
    shop.get("/cash-register").ok();
    assert_eq!((deadlines(&shop), &known(&shop)["units"][0]["state"]), (vec![], &json!("DEFECTIVE")));
}

#[test]
fn a_register_whose_outage_did_not_get_through_is_overdue_after_48_hours() {
    let (shop, register) = Shop::ready_at("2026-11-02T12:00:00Z");
    shop.settings(&json!({ "fon": "timeout" }));
    shop.set_register(&register, "OUTAGE").refused(408, "E_FON_REQUEST_TIMEOUT");
    let first = deadlines(&shop).remove(0);
    assert_eq!((first.0.as_str(), &first.2[..15], first.3), ("REGISTER_OUTAGE", "2026-11-04T12:0", false));
    let shop = shop.later("2026-11-05T12:00:00Z");
    shop.set_register(&register, "OUTAGE").refused(408, "E_FON_REQUEST_TIMEOUT");
    assert_eq!(deadlines(&shop), [(first.0, first.1, first.2, true)], "a second attempt is no second outage");
    shop.settings(&json!({ "fon": "answers" }));
    shop.set_register(&register, "OUTAGE").ok();
    assert_eq!((deadlines(&shop), &known(&shop)["registers"][0]["state"]), (vec![], &json!("OUTAGE")));
    shop.set_register(&register, "INITIALIZED").ok();
    // A register that signs is not out.
    shop.settings(&json!({ "fon": "timeout" }));
    shop.set_register(&register, "OUTAGE").refused(408, "E_FON_REQUEST_TIMEOUT");
    shop.book(&register, &sale("STANDARD", "1.00"));
    assert_eq!(deadlines(&shop), []);
    // Nor does one that is given up owe a report of its outage.
    shop.set_register(&register, "OUTAGE").refused(408, "E_FON_REQUEST_TIMEOUT");
    shop.settings(&json!({ "fon": "answers" }));
    shop.set_register(&register, "DEFECTIVE").ok();
    assert_eq!(deadlines(&shop), []);
}

#[test]
fn a_yearly_receipt_is_due_on_15_february() {
    let (shop, register) = Shop::ready_at("2026-11-02T12:00:00Z");
    let shop = shop.later("2026-12-31T22:59:00Z");
    assert_eq!(deadlines(&shop), []);
    // New Year in Vienna; the day ends there an hour before it ends in Greenwich.
    let shop = shop.later("2026-12-31T23:01:00Z");
    let due = "2027-02-15T22:59:59Z";
    assert_eq!(deadlines(&shop), [one("YEARLY_RECEIPT", 2026, due, false)]);
    let shop = shop.later("2027-02-15T22:59:00Z");
    assert!(!deadlines(&shop)[0].3);
    let shop = shop.later("2027-02-15T23:00:00Z");
    assert_eq!(deadlines(&shop), [one("YEARLY_RECEIPT", 2026, due, true)]);
    // It is made with the next receipt, and has to be validated.
    shop.settings(&json!({ "fon_validation": "fails_first" }));
    shop.book(&register, &sale("STANDARD", "1.00"));
    assert_eq!(deadlines(&shop), [one("YEARLY_VALIDATION", 2026, due, true)]);
    let close = shop.get("/receipt?receipt_types=YEARLY_CLOSE").ok()["data"][0]["_id"].clone();
    let path = format!("/cash-register/{register}/receipt/{}/validation", close.as_str().unwrap());
    shop.post(&path, None).ok();
    assert_eq!(deadlines(&shop), []);
}

#[test]
fn a_register_that_has_ended_owes_nothing() {
    let (shop, register) = Shop::ready_at("2026-11-02T12:00:00Z");
    shop.set_register(&register, "DECOMMISSIONED").ok();
    let shop = shop.later("2027-03-01T12:00:00Z");
    assert_eq!(deadlines(&shop), []);
}
