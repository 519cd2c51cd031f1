//! Signature creation units and registers from their making to their end (contract sign-at 3).

use reqwest::Method;
use serde_json::json;

use crate::austria::{Shop, new_id, sale};

#[test]
fn a_unit_goes_from_created_to_its_end() {
    let shop = Shop::open();
    shop.authenticate_fon().ok();
    let id = new_id();
    let made = shop.create_unit(&id).ok();
    assert_eq!((made["state"].as_str(), made["_env"].as_str()), (Some("CREATED"), Some("TEST")));
    assert_eq!(made["certificate_serial_number"].as_str().unwrap().len(), 8);
    assert_eq!(shop.create_unit(&id).ok(), made, "PUT again while CREATED");
    let initialized = shop.set_unit(&id, "INITIALIZED").ok();
    assert_eq!(initialized["state"], "INITIALIZED");
    assert!(initialized["time_initialization"].is_i64());
    assert_eq!(shop.set_unit(&id, "INITIALIZED").ok(), initialized, "the same state again");
    shop.create_unit(&id).refused(400, "E_SCU_ALREADY_EXISTS");
    let ended = shop.set_unit(&id, "DECOMMISSIONED").ok();
    assert!(ended["time_decommission"].is_i64());
    shop.set_unit(&id, "INITIALIZED").refused(400, "E_ILLEGAL_SCU_STATE_TRANSITION");
    assert_eq!(shop.get(&format!("/signature-creation-unit/{id}")).ok(), ended);
}

#[test]
fn a_unit_with_another_taxpayer_or_name_is_another_unit() {
    let shop = Shop::open();
    let id = new_id();
    shop.create_unit(&id).ok();
    for body in [
        json!({ "legal_entity_id": { "vat_id": "ATU12345679" }, "legal_entity_name": "Muster GmbH" }),
        json!({ "legal_entity_id": { "gln": "9012345000004" }, "legal_entity_name": "Muster GmbH" }),
        json!({ "legal_entity_id": { "vat_id": "ATU12345678" }, "legal_entity_name": "Anders GmbH" }),
        json!({ "legal_entity_id": { "vat_id": "ATU12345678" } }),
    ] {
        shop.put(&format!("/signature-creation-unit/{id}"), &body).refused(400, "E_SCU_ALREADY_EXISTS");
    }
}

#[test]
fn one_unit_may_be_active() {
    for (setting, at_create, at_initialize) in
        [("both", true, true), ("create", true, false), ("initialize", false, true)]
    {
        let shop = Shop::open();
        shop.authenticate_fon().ok();
        shop.settings(&json!({ "unit_limit": setting }));
        let (first, second, third) = (new_id(), new_id(), new_id());
        shop.create_unit(&first).ok();
        shop.create_unit(&second).ok();
        shop.set_unit(&first, "INITIALIZED").ok();
        let refused = |answer: crate::austria::Answer, expected: bool| {
            if expected {
                let message = answer.refused(400, "E_SCU_LIMIT_REACHED");
                let seen = "Limit of 1 active (INITIALIZED, OUTAGE) signature creation units reached.";
                assert_eq!(message, seen);
            } else {
                answer.ok();
            }
        };
        refused(shop.create_unit(&third), at_create);
        refused(shop.set_unit(&second, "INITIALIZED"), at_initialize);
    }
}

#[test]
fn a_unit_that_was_never_initialized_ends_without_finanzonline() {
    let shop = Shop::open();
    let id = new_id();
    shop.create_unit(&id).ok();
    assert_eq!(shop.set_unit(&id, "DECOMMISSIONED").ok()["state"], "DECOMMISSIONED");
}

#[test]
fn a_unit_can_be_pending() {
    let shop = Shop::open();
    shop.authenticate_fon().ok();
    shop.clock("2026-11-02T10:00:00+01:00");
    shop.settings(&json!({ "unit_pending_s": 60 }));
    let id = new_id();
    let made = shop.create_unit(&id).ok();
    assert_eq!(made["state"], "PENDING");
    assert!(made.get("certificate_serial_number").is_none() && made.get("time_creation").is_none(), "{made}");
    assert_eq!(shop.create_unit(&id).ok()["state"], "PENDING");
    for state in ["INITIALIZED", "DECOMMISSIONED"] {
        shop.set_unit(&id, state).refused(400, "E_ILLEGAL_SCU_STATE_TRANSITION");
    }
    shop.clock("2026-11-02T10:01:30+01:00");
    assert_eq!(shop.get(&format!("/signature-creation-unit/{id}")).ok()["state"], "CREATED");
    shop.set_unit(&id, "INITIALIZED").ok();
}

#[test]
fn a_register_goes_from_created_to_its_end() {
    let shop = Shop::open();
    shop.authenticate_fon().ok();
    shop.make_unit();
    let id = new_id();
    let made = shop.create_register(&id).ok();
    assert_eq!((made["state"].as_str(), made["turnover_counter"].as_str()), (Some("CREATED"), Some("0.00")));
    let serial = made["serial_number"].as_str().unwrap();
    assert!(serial.len() == 6 && serial.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{serial}");
    assert_eq!(shop.create_register(&id).ok(), made, "PUT again while CREATED");
    shop.sign(&id, &new_id(), &sale("STANDARD", "1.00")).refused(400, "E_INITIAL_RECEIPT_MISSING");
    assert!(shop.set_register(&id, "REGISTERED").ok()["time_registration"].is_i64());
    shop.create_register(&id).refused(400, "E_CASH_REGISTER_ALREADY_EXISTS");
    let initialized = shop.set_register(&id, "INITIALIZED").ok();
    let start = initialized["initialization_receipt_id"].as_str().unwrap();
    let receipt = shop.get(&format!("/cash-register/{id}/receipt/{start}")).ok();
    assert_eq!(receipt["receipt_type"], "INITIALIZATION");
    assert_eq!(receipt["fon_validations"][0]["validation_result"], "SUCCESS");
    assert_eq!(shop.set_register(&id, "INITIALIZED").ok(), initialized, "no second start receipt");
    assert_eq!(shop.kinds(&id), ["INITIALIZATION"]);
    let outage = shop.set_register(&id, "OUTAGE").ok();
    assert!(outage["time_outage"].is_i64());
    shop.sign(&id, &new_id(), &sale("STANDARD", "1.00")).refused(400, "E_INITIAL_RECEIPT_MISSING");
    let back = shop.set_register(&id, "INITIALIZED").ok();
    assert!(back.get("time_outage").is_none(), "{back}");
    shop.book(&id, &sale("STANDARD", "1.00"));
    let ended = shop.set_register(&id, "DECOMMISSIONED").ok();
    let last = ended["decommission_receipt_id"].as_str().unwrap();
    assert_eq!(shop.get(&format!("/cash-register/{id}/receipt/{last}")).ok()["receipt_type"], "DECOMMISSION");
    assert_eq!(shop.kinds(&id), ["INITIALIZATION", "NORMAL", "DECOMMISSION"]);
    shop.sign(&id, &new_id(), &sale("STANDARD", "1.00")).refused(400, "E_INITIAL_RECEIPT_MISSING");
}

/// Every pair of states that no arrow of contract 3.2 joins.
#[test]
fn steps_that_the_contract_does_not_draw_are_refused() {
    let ways: [(&str, &[&str]); 6] = [
        ("CREATED", &[]),
        ("REGISTERED", &["REGISTERED"]),
        ("INITIALIZED", &["REGISTERED", "INITIALIZED"]),
        ("OUTAGE", &["REGISTERED", "INITIALIZED", "OUTAGE"]),
        ("DEFECTIVE", &["REGISTERED", "INITIALIZED", "DEFECTIVE"]),
        ("DECOMMISSIONED", &["REGISTERED", "INITIALIZED", "DECOMMISSIONED"]),
    ];
    let arrows = [
        ("CREATED", "REGISTERED"),
        ("REGISTERED", "INITIALIZED"),
        ("INITIALIZED", "OUTAGE"),
        ("INITIALIZED", "DEFECTIVE"),
        ("INITIALIZED", "DECOMMISSIONED"),
        ("OUTAGE", "INITIALIZED"),
        ("OUTAGE", "DEFECTIVE"),
        ("OUTAGE", "DECOMMISSIONED"),
    ];
    let shop = Shop::open();
    shop.authenticate_fon().ok();
    shop.make_unit();
    for (from, way) in ways {
        for to in ["REGISTERED", "INITIALIZED", "OUTAGE", "DEFECTIVE", "DECOMMISSIONED"] {
            let id = new_id();
            shop.create_register(&id).ok();
            way.iter().for_each(|state| drop(shop.set_register(&id, state).ok()));
            let answer = shop.set_register(&id, to);
            if arrows.contains(&(from, to)) || from == to {
                assert_eq!(answer.ok()["state"], to);
            } else {
                let message = answer.refused(400, "E_ILLEGAL_CASH_REGISTER_STATE_TRANSITION");
                assert!(message.contains(from) && message.contains(to), "{message}");
                assert_eq!(shop.register(&id)["state"], from);
            }
        }
    }
    shop.settings(&json!({ "accept_repeated_state": false, "unused_register_ends": true }));
    let id = new_id();
    shop.create_register(&id).ok();
    shop.set_register(&id, "DECOMMISSIONED").ok();
    shop.set_register(&id, "DECOMMISSIONED").refused(400, "E_ILLEGAL_CASH_REGISTER_STATE_TRANSITION");
}

#[test]
fn a_register_needs_an_initialized_unit() {
    let shop = Shop::open();
    shop.authenticate_fon().ok();
    let (unit, register) = (new_id(), new_id());
    shop.create_unit(&unit).ok();
    shop.create_register(&register).ok();
    shop.set_register(&register, "REGISTERED").refused(404, "E_NO_INITIALIZED_SCU");
    shop.settings(&json!({ "registration_needs_unit": false }));
    shop.set_register(&register, "REGISTERED").ok();
    shop.set_register(&register, "INITIALIZED").refused(404, "E_NO_INITIALIZED_SCU");
    shop.set_unit(&unit, "INITIALIZED").ok();
    shop.set_register(&register, "INITIALIZED").ok();
    shop.settings(&json!({ "unit_ends_in_use": false }));
    shop.set_unit(&unit, "DECOMMISSIONED").refused(400, "E_ILLEGAL_SCU_STATE_TRANSITION");
    shop.settings(&json!({ "unit_ends_in_use": true }));
    shop.set_unit(&unit, "DECOMMISSIONED").ok();
    shop.sign(&register, &new_id(), &sale("STANDARD", "1.00")).refused(404, "E_NO_INITIALIZED_SCU");
    shop.set_register(&register, "OUTAGE").ok();
    shop.set_register(&register, "INITIALIZED").refused(404, "E_NO_INITIALIZED_SCU");
    shop.set_register(&register, "DECOMMISSIONED").refused(404, "E_NO_INITIALIZED_SCU");
}

#[test]
fn what_is_not_there_has_its_own_code() {
    let (shop, register) = Shop::ready();
    let (id, number) = (new_id(), 99);
    shop.get(&format!("/signature-creation-unit/{id}")).refused(404, "E_SCU_NOT_FOUND");
    shop.set_unit(&id, "INITIALIZED").refused(404, "E_SCU_NOT_FOUND");
    shop.get(&format!("/cash-register/{id}")).refused(404, "E_CASH_REGISTER_NOT_FOUND");
    shop.sign(&id, &new_id(), &sale("STANDARD", "1.00")).refused(404, "E_CASH_REGISTER_NOT_FOUND");
    shop.get(&format!("/cash-register/{id}/export")).refused(404, "E_CASH_REGISTER_NOT_FOUND");
    shop.get(&format!("/cash-register/{register}/receipt/{id}")).refused(404, "E_RECEIPT_NOT_FOUND");
    shop.get(&format!("/cash-register/{register}/receipt/{number}")).refused(404, "E_RECEIPT_NOT_FOUND");
    shop.get(&format!("/cash-register/{register}/receipt/1")).ok();
    shop.get(&format!("/cash-register/{register}/receipt/01")).refused(404, "E_RECEIPT_NOT_FOUND");
    shop.get("/nothing").refused(404, "E_NOT_FOUND");
    shop.send(Method::DELETE, &format!("/sign-at/api/v1/cash-register/{register}"), &shop.bearer, None)
        .refused(404, "E_NOT_FOUND");
}

#[test]
fn check_digits_are_looked_at_when_told_so() {
    let shop = Shop::open();
    shop.settings(&json!({ "legal_entity_check": true }));
    for (id, code) in [
        (json!({ "vat_id": "ATU12345678" }), "E_INVALID_VAT_ID"),
        (json!({ "tax_id": "12 345/6789" }), "E_INVALID_AUSTRIAN_TAX_ID"),
        (json!({ "gln": "1234567890123" }), "E_INVALID_GLN"),
    ] {
        let body = json!({ "legal_entity_id": id });
        shop.put(&format!("/signature-creation-unit/{}", new_id()), &body).refused(400, code);
    }
}

#[test]
fn metadata_is_merged_and_bounded() {
    let (shop, register) = Shop::ready();
    let receipt = shop.book(&register, &sale("STANDARD", "1.00"));
    let number = receipt["receipt_number"].as_str().unwrap();
    for path in [
        format!("/cash-register/{register}"),
        format!("/cash-register/{register}/receipt/{}", receipt["_id"].as_str().unwrap()),
        format!("/cash-register/{register}/receipt/{number}"),
    ] {
        let path = format!("{path}/metadata");
        shop.patch(&path, &json!({ "a": "1", "b": "2" })).ok();
        let merged = json!({ "a": "1", "b": "3" });
        assert_eq!(shop.patch(&path, &json!({ "b": "3" })).ok(), merged);
        assert_eq!(shop.get(&path).ok(), merged);
        let many: serde_json::Map<_, _> = (0..19).map(|key| (format!("k{key}"), json!("v"))).collect();
        shop.patch(&path, &many.into()).refused(400, "E_FAILED_SCHEMA_VALIDATION");
        assert_eq!(shop.get(&path).ok(), merged);
    }
    shop.settings(&json!({ "metadata_replaced": true }));
    let path = format!("/cash-register/{register}/metadata");
    assert_eq!(shop.patch(&path, &json!({ "c": "4" })).ok(), json!({ "c": "4" }));
}

#[test]
fn the_configuration_counts_its_changes() {
    let shop = Shop::open();
    let first = shop.get("/configuration").ok();
    assert_eq!(
        (first["revision"].as_i64(), first["yearly_receipt_validation_enabled"].as_bool()),
        (Some(0), Some(true))
    );
    let changed = shop.patch("/configuration", &json!({ "monthly_receipt_validation_enabled": false })).ok();
    assert_eq!(changed["revision"], 1);
    assert_eq!(changed["monthly_receipt_validation_enabled"], false);
    assert_eq!(changed["yearly_receipt_validation_enabled"], true);
    // What says the same again changes nothing.
    for same in [json!({}), json!({ "monthly_receipt_validation_enabled": false })] {
        assert_eq!(shop.patch("/configuration", &same).ok(), changed);
    }
    assert_eq!(shop.get("/configuration").ok(), changed);
}
