//! Signature creation units that fail and come back (contract sign-at 3.1, 5.3, 6.5, 6.8).

use serde_json::{Value, json};

use crate::austria::{Shop, new_id, raw, sale};
use crate::verifier::verify;

const CLEARANCE: &str = "SIGNATURE_CREATION_UNIT_FAULT_CLEARANCE";

fn fail(shop: &Shop, devices: &str) {
    shop.settings(&json!({ "devices": devices }));
}

fn check(shop: &Shop, register: &str) -> Vec<bool> {
    let rows = verify(&shop.export(register), &shop.verification(register)).unwrap();
    rows.iter().map(|row| row.signed).collect()
}

fn unit(shop: &Shop) -> Value {
    shop.get("/signature-creation-unit").ok()["data"][0].clone()
}

#[test]
fn a_till_goes_on_without_signatures_and_is_cleared() {
    let (shop, register) = Shop::ready();
    let idle = shop.make_register();
    shop.book(&register, &sale("STANDARD", "1.00"));
    fail(&shop, "fail");
    let unsigned = shop.book(&register, &sale("STANDARD", "2.00"));
    assert_eq!(unsigned["signed"], false);
    assert_eq!(unsigned["hints"], json!(["Sicherheitseinrichtung ausgefallen"]));
    let qr = unsigned["qr_code_data"].as_str().unwrap();
    assert!(qr.ends_with("_U2ljaGVyaGVpdHNlaW5yaWNodHVuZyBhdXNnZWZhbGxlbg=="), "{qr}");
    assert_eq!(unit(&shop)["state"], "OUTAGE");
    assert!(unit(&shop)["time_outage"].is_i64());
    shop.book(&register, &raw("TRAINING", ["3.00", "0.00", "0.00", "0.00", "0.00"]));
    fail(&shop, "work");
    // Whoever looks first sees the clearance that the service has made.
    assert_eq!(shop.kinds(&register)[4..], [CLEARANCE]);
    assert_eq!(unit(&shop)["state"], "INITIALIZED");
    assert!(unit(&shop).get("time_outage").is_none());
    shop.book(&register, &raw("CANCELLATION", ["-2.00", "0.00", "0.00", "0.00", "0.00"]));
    assert_eq!(check(&shop, &register), [true, true, false, false, true, true]);
    assert_eq!(
        shop.kinds(&idle),
        ["INITIALIZATION"],
        "a register without unsigned receipts needs no clearance"
    );
}

#[test]
fn months_close_in_an_outage_and_years_wait_for_its_end() {
    let shop = Shop::open();
    shop.clock("2026-11-30T12:00:00+01:00");
    let shop = Shop { bearer: shop.sign_in("sign-at"), ..shop };
    shop.authenticate_fon().ok();
    shop.make_unit();
    let register = shop.make_register();
    fail(&shop, "fail");
    for now in ["2026-12-01T12:00:00+01:00", "2027-01-01T12:00:00+01:00"] {
        shop.clock(now);
        let shop = Shop { bearer: shop.sign_in("sign-at"), ..Shop::beside(&shop) };
        shop.book(&register, &sale("STANDARD", "1.00"));
    }
    fail(&shop, "work");
    let shop = Shop { bearer: shop.sign_in("sign-at"), ..shop };
    shop.book(&register, &sale("STANDARD", "1.00"));
    let expected =
        ["INITIALIZATION", "MONTHLY_CLOSE", "NORMAL", "NORMAL", CLEARANCE, "YEARLY_CLOSE", "NORMAL"];
    assert_eq!(shop.kinds(&register), expected);
    assert_eq!(check(&shop, &register), [true, false, false, false, true, true, true]);
}

#[test]
fn a_register_is_not_begun_without_a_signature_and_may_be_ended_without() {
    let (shop, register) = Shop::ready();
    let next = new_id();
    shop.create_register(&next).ok();
    shop.set_register(&next, "REGISTERED").ok();
    fail(&shop, "fail");
    shop.set_register(&next, "INITIALIZED").refused(404, "E_NO_INITIALIZED_SCU");
    assert_eq!(shop.register(&next)["state"], "REGISTERED");
    shop.set_register(&register, "DECOMMISSIONED").ok();
    assert_eq!(check(&shop, &register), [true, false]);
    fail(&shop, "work");
    assert_eq!(shop.kinds(&register), ["INITIALIZATION", "DECOMMISSION"], "it has ended for good");
    shop.set_register(&next, "INITIALIZED").ok();
}

#[test]
fn a_failed_unit_may_be_replaced() {
    let (shop, register) = Shop::ready();
    shop.book(&register, &sale("STANDARD", "1.00"));
    fail(&shop, "fail");
    shop.book(&register, &sale("STANDARD", "1.00"));
    let old = unit(&shop)["_id"].as_str().unwrap().to_owned();
    shop.settings(&json!({ "unit_outage_ends": false }));
    shop.set_unit(&old, "DECOMMISSIONED").refused(400, "E_ILLEGAL_SCU_STATE_TRANSITION");
    shop.settings(&json!({ "unit_outage_ends": true }));
    shop.set_unit(&old, "DECOMMISSIONED").ok();
    fail(&shop, "work");
    shop.make_unit();
    shop.book(&register, &sale("STANDARD", "1.00"));
    assert_eq!(shop.kinds(&register)[3..], [CLEARANCE, "NORMAL"]);
    // Two certificates, two groups, one chain.
    assert_eq!(shop.export(&register)["Belege-Gruppe"].as_array().unwrap().len(), 2);
    assert_eq!(check(&shop, &register), [true, true, false, true, true]);
}

#[test]
fn a_broken_unit_is_defective_for_good() {
    let (shop, register) = Shop::ready();
    fail(&shop, "break");
    shop.sign(&register, &new_id(), &sale("STANDARD", "1.00")).refused(404, "E_NO_INITIALIZED_SCU");
    fail(&shop, "work");
    assert_eq!(unit(&shop)["state"], "DEFECTIVE");
    assert!(unit(&shop)["time_defect"].is_i64());
    let id = unit(&shop)["_id"].as_str().unwrap().to_owned();
    for state in ["INITIALIZED", "DECOMMISSIONED"] {
        shop.set_unit(&id, state).refused(400, "E_ILLEGAL_SCU_STATE_TRANSITION");
    }
    shop.make_unit();
    shop.book(&register, &sale("STANDARD", "1.00"));
    check(&shop, &register);
}
