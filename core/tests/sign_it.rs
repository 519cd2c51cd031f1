//! SIGN IT as a pure function: its settings, and what has to be done by when.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

use fiskal::exchange::{Facts, Service};
use fiskal::services::{
    Account, Checks, build, location_settings, merchant_secrets, merchant_settings, register_settings,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

fn service(name: &str) -> Box<dyn Service> {
    let account = Account {
        name: "roma".into(),
        service: name.into(),
        environment: "test".into(),
        url: None,
        contract: None,
        checks: Checks::Enforce,
    };
    build(name, &account).unwrap()
}

fn settings(environment: &str, block: Value) -> fiskal::error::Result<Value> {
    merchant_settings("sign-it", environment, block.as_object().unwrap())
}

#[test]
fn outside_live_what_is_missing_is_made_up_and_secrets_are_left_out() {
    assert_eq!(settings("test", json!({})).unwrap(), json!({"type": "company"}));
    let given = json!({"pin": "12345", "password": "hunter2", "tax_id_number": "env:CF", "vat_id_number": "12345678903"});
    let settings = settings("sandbox", given).unwrap();
    assert_eq!(settings, json!({"type": "company", "vat_id_number": "12345678903"}));
    let individual = merchant_settings("sign-it", "test", json!({"type": "individual"}).as_object().unwrap());
    assert_eq!(individual.unwrap()["person"]["surname"], "Persona");
    let keys: Vec<&str> = merchant_secrets("sign-it").iter().map(|secret| secret.key).collect();
    assert_eq!(keys, ["pin", "password", "tax_id_number"]);
    let french: Vec<&str> = merchant_secrets("sign-fr").iter().map(|secret| secret.key).collect();
    assert_eq!(french, ["portal_password"]);
}

#[test]
fn what_is_wrong_is_named_and_no_secret_is_shown() {
    let cases = [
        ("live", json!({}), "/pin"),
        ("live", json!({"pin": "1", "password": "2"}), "/tax_id_number"),
        ("live", json!({"type": "individual", "pin": "1", "password": "2", "tax_id_number": "3"}), "/person"),
        ("test", json!({"pin": 4711}), "/pin"),
        ("test", json!({"password": ["hunter2"]}), "/password"),
        ("test", json!({"password": null}), "/password"),
        ("test", json!({"vat_id_number": "1234567890"}), "/vat_id_number"),
        ("test", json!({"vat_id_number": "IT123456789"}), "/vat_id_number"),
        ("test", json!({"password_changed_on": "2026-02-30"}), "/password_changed_on"),
        ("test", json!({"password_changed_on": "01/02/2026"}), "/password_changed_on"),
        ("test", json!({"password_changed_on": "2026-02-01T00:00"}), "/password_changed_on"),
        ("test", json!({"person": {"gender": "X", "forename": "A", "surname": "B"}}), "/person/gender"),
        ("test", json!({"certification": "lne"}), "/certification"),
    ];
    for (environment, block, pointer) in cases {
        let error = settings(environment, block.clone()).unwrap_err();
        assert_eq!(error.pointer(), Some(pointer), "{block}: {error}");
        for secret in ["4711", "hunter2"] {
            assert!(!error.message().contains(secret), "{block}: {error}");
        }
    }
    let key: Map<String, Value> = json!({"siret": "1"}).as_object().unwrap().clone();
    for error in [location_settings("sign-it", &key), register_settings("sign-it", &key)] {
        assert_eq!(error.unwrap_err().pointer(), Some("/siret"));
    }
}

/// 2026-01-01 and 90 days are 2026-04-01, in summer time by then; the user is told from 14 days before.
#[test]
fn a_password_serves_ninety_days() {
    let merchant = json!({
        "unit": "u", "subject": "s", "subject_name": "n", "credential": "c", "taxpayer": "t", "country": "Italy",
        "vat_number": null, "certification": null, "password_changed_on": "2026-01-01",
    });
    let facts = Facts { merchant, ..Facts::default() };
    let at = |now: &str| {
        let now: Timestamp = now.parse().unwrap();
        let duties = service("sign-it").duties(&facts, "Europe/Rome", now);
        let [duty] = &duties[..] else { panic!("{duties:?}") };
        assert_eq!(duty.name, "fisconline_password");
        assert_eq!(duty.due, "2026-04-01T00:00:00+02:00".parse().unwrap());
        (duty.told_from <= now, duty.due <= now, duty.todo.contains("has expired"))
    };
    assert_eq!(at("2026-01-01T12:00:00Z"), (false, false, false));
    assert_eq!(at("2026-03-17T21:59:59Z"), (false, false, false));
    assert_eq!(at("2026-03-17T22:00:00Z"), (true, false, false));
    assert_eq!(at("2026-03-31T21:59:59Z"), (true, false, false));
    assert_eq!(at("2026-03-31T22:00:00Z"), (true, true, true));
    assert!(service("sign-fr").duties(&facts, "Europe/Rome", Timestamp::UNIX_EPOCH).is_empty());
    let nobody = Facts::default();
    assert!(service("sign-it").duties(&nobody, "Europe/Rome", Timestamp::UNIX_EPOCH).is_empty());
}
