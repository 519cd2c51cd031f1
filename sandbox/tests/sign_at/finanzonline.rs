//! FinanzOnline: credentials, silence, refusal, validation (contract sign-at 2.2, 2.9, 4.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::austria::{Shop, new_id, sale};

#[test]
fn without_credentials_nothing_is_reported() {
    let shop = Shop::open();
    assert_eq!(shop.get("/fon/auth").ok(), json!({ "authentication_status": "UNAUTHENTICATED" }));
    let (unit, register) = (new_id(), new_id());
    shop.create_unit(&unit).ok();
    shop.create_register(&register).ok();
    shop.set_unit(&unit, "INITIALIZED").refused(401, "E_MISSING_FON_CREDENTIALS");
    let answer = shop.authenticate_fon().ok();
    assert_eq!(answer["authentication_status"], "AUTHENTICATED");
    assert_eq!(answer["fon_participant_id"], "123456789ab");
    assert!(!answer.to_string().contains("secret"), "{answer}");
    assert_eq!(shop.get("/fon/auth").ok(), answer);
    shop.set_unit(&unit, "INITIALIZED").ok();
}

#[test]
fn credentials_can_be_unknown() {
    let shop = Shop::open();
    shop.settings(&json!({ "fon_rejects_credentials": true }));
    shop.authenticate_fon().refused(401, "E_FON_AUTH_FAILED");
    assert_eq!(shop.get("/fon/auth").ok()["authentication_status"], "UNAUTHENTICATED");
    // And no more known: somebody changed the PIN.
    shop.settings(&json!({ "fon_rejects_credentials": false }));
    shop.authenticate_fon().ok();
    let unit = new_id();
    shop.create_unit(&unit).ok();
    shop.settings(&json!({ "fon_rejects_credentials": true }));
    shop.set_unit(&unit, "INITIALIZED").refused(401, "E_FON_AUTH_FAILED");
    assert_eq!(shop.get(&format!("/signature-creation-unit/{unit}")).ok()["state"], "CREATED");
}

/// 408 and 504 tell nothing about whether the change was made: the state says it.
#[test]
fn a_silent_finanzonline_leaves_the_change_done_or_not() {
    for (fon, status, code, done) in [
        ("timeout", 408, "E_FON_REQUEST_TIMEOUT", false),
        ("timeout_done", 408, "E_FON_REQUEST_TIMEOUT", true),
        ("gateway_timeout", 504, "E_FON_REQUEST_TIMEOUT", false),
        ("gateway_timeout_done", 504, "E_FON_REQUEST_TIMEOUT", true),
        ("refuses", 400, "E_FON_REQUEST_FAILED", false),
    ] {
        let shop = Shop::open();
        let set = |fon: &str| shop.settings(&json!({ "fon": fon }));
        let after = |before: &'static str, after: &'static str| if done { after } else { before };
        set(fon);
        shop.authenticate_fon().refused(status, code);
        assert_eq!(
            shop.get("/fon/auth").ok()["authentication_status"],
            if fon == "refuses" { "ERROR_UNSPECIFIED" } else { after("UNAUTHENTICATED", "AUTHENTICATED") }
        );
        set("answers");
        shop.authenticate_fon().ok();
        let (unit, register) = (new_id(), new_id());
        shop.create_unit(&unit).ok();
        shop.create_register(&register).ok();
        set(fon);
        shop.set_unit(&unit, "INITIALIZED").refused(status, code);
        let state = shop.get(&format!("/signature-creation-unit/{unit}")).ok()["state"].clone();
        assert_eq!(state, after("CREATED", "INITIALIZED"));
        set("answers");
        shop.set_unit(&unit, "INITIALIZED").ok();
        let mut before = "CREATED";
        for wanted in ["REGISTERED", "INITIALIZED", "OUTAGE", "INITIALIZED", "DECOMMISSIONED"] {
            set(fon);
            shop.set_register(&register, wanted).refused(status, code);
            assert_eq!(shop.register(&register)["state"], after(before, wanted), "{fon}");
            set("answers");
            shop.set_register(&register, wanted).ok();
            before = wanted;
        }
        assert_eq!(shop.kinds(&register), ["INITIALIZATION", "DECOMMISSION"], "each is made once");
        let mut kinds = shop.receipts(&register);
        let validated = kinds.remove(0)["fon_validations"].as_array().unwrap().len();
        assert_eq!(validated, usize::from(!done), "a silent FinanzOnline has said nothing");
    }
}

/// What FinanzOnline knows, for whoever wants to see both sides of a lost answer.
#[test]
fn the_other_side_can_be_looked_at() {
    let shop = Shop::open();
    let known = || shop.control(Method::GET, "sign-at/finanzonline", None)["taxpayers"].clone();
    assert_eq!(known(), json!([]));
    shop.authenticate_fon().ok();
    let unit = new_id();
    let serial = shop.create_unit(&unit).ok()["certificate_serial_number"].clone();
    assert_eq!(known()[0]["units"], json!([]), "it is not told of a unit before it is initialized");
    shop.settings(&json!({ "fon": "timeout_done" }));
    shop.set_unit(&unit, "INITIALIZED").refused(408, "E_FON_REQUEST_TIMEOUT");
    let entered = known()[0]["units"][0].clone();
    assert_eq!((&entered["certificate_serial_number"], &entered["state"]), (&serial, &json!("INITIALIZED")));
    shop.settings(&json!({ "fon": "timeout" }));
    let register = new_id();
    shop.create_register(&register).ok();
    shop.set_register(&register, "REGISTERED").refused(408, "E_FON_REQUEST_TIMEOUT");
    assert_eq!(known()[0]["registers"], json!([]));
    shop.settings(&json!({ "fon": "answers" }));
    shop.set_register(&register, "REGISTERED").ok();
    let start = shop.set_register(&register, "INITIALIZED").ok();
    let told = known()[0]["registers"][0].clone();
    assert_eq!((&told["serial_number"], &told["state"]), (&start["serial_number"], &start["state"]));
    let key = shop.verification(&register)["base64AESKey"].as_str().unwrap().to_owned();
    let checksum = STANDARD_NO_PAD.encode(&Sha256::digest(key)[..3]);
    assert_eq!(told["key_checksum"], json!(checksum));
    assert_eq!(told["receipts"][0]["receipt_type"], "INITIALIZATION");
    assert_eq!(told["receipts"][0]["validations"][0]["validation_result"], "SUCCESS");
    assert!(!known().to_string().contains("secret"), "the PIN is not kept");
}

#[test]
fn a_planted_status_can_stand_before_a_change_or_behind_it() {
    let (shop, register) = Shop::ready();
    for (booked, expected) in [(false, "INITIALIZED"), (true, "OUTAGE")] {
        let fault = json!({
            "match": { "method": "PATCH", "path": "/sign-at/api/v1/cash-register" },
            "fault": { "kind": "status", "status": 504, "booked": booked }, "count": 1,
        });
        shop.control(Method::POST, "faults", Some(&fault));
        shop.set_register(&register, "OUTAGE").refused(504, "E_FON_REQUEST_TIMEOUT");
        assert_eq!(shop.register(&register)["state"], expected);
    }
    for (status, code) in [
        (429, "E_TOO_MANY_REQUESTS"),
        (408, "E_FON_REQUEST_TIMEOUT"),
        (503, "E_SERVICE_UNAVAILABLE"),
        (500, "E_INTERNAL_SERVER_ERROR"),
    ] {
        let fault = json!({ "fault": { "kind": "status", "status": status, "retry_after": 2 }, "count": 1 });
        shop.control(Method::POST, "faults", Some(&fault));
        shop.get("/cash-register").refused(status, code);
    }
    let fault = json!({ "fault": { "kind": "status", "status": 400, "code": "E_INVALID_LEGAL_ENTITY_ID" }, "count": 1 });
    shop.control(Method::POST, "faults", Some(&fault));
    shop.create_unit(&new_id()).refused(400, "E_INVALID_LEGAL_ENTITY_ID");
}

#[test]
fn receipts_are_validated_on_demand() {
    let (shop, register) = Shop::ready();
    let receipt = shop.book(&register, &sale("STANDARD", "1.00"));
    let id = receipt["_id"].as_str().unwrap();
    let path = format!("/cash-register/{register}/receipt/{id}");
    assert!(receipt.get("fon_validations").is_none());
    assert_eq!(shop.get(&path).ok()["fon_validations"], json!([]));
    let said = shop.post(&format!("{path}/validation"), None).ok();
    assert_eq!(said["validation_result"], "SUCCESS");
    assert_eq!(shop.get(&path).ok()["fon_validations"], Value::Array(vec![said]));
    shop.settings(&json!({ "fon": "timeout" }));
    shop.post(&format!("{path}/validation"), None).refused(408, "E_FON_REQUEST_TIMEOUT");
    shop.settings(&json!({ "fon": "timeout_done" }));
    shop.post(&format!("{path}/validation"), None).refused(408, "E_FON_REQUEST_TIMEOUT");
    assert_eq!(shop.get(&path).ok()["fon_validations"].as_array().unwrap().len(), 2);
    shop.settings(&json!({ "fon": "answers", "devices": "fail" }));
    let unsigned = shop.book(&register, &sale("STANDARD", "1.00"));
    let path = format!("/cash-register/{register}/receipt/{}/validation", unsigned["_id"].as_str().unwrap());
    assert_eq!(shop.post(&path, None).ok()["validation_result"], "ERROR_UNSPECIFIED");
    // By its id only (1.2).
    shop.post(&format!("/cash-register/{register}/receipt/1/validation"), None)
        .refused(400, "E_FAILED_SCHEMA_VALIDATION");
}
