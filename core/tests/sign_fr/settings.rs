//! What the configuration says of an account, a merchant and a location.

use crate::driver::{Drive, account, sale};
use fiskal::error::Kind;
use fiskal::exchange::Step;
use fiskal::services::{Checks, build, location_settings, merchant_settings};
use serde_json::{Value, json};

#[test]
fn an_account_has_an_address_and_a_contract() {
    let cases: [(&str, Option<&str>, &str); 5] = [
        ("test", None, "https://test.api.fiskaly.com"),
        ("live", None, "https://live.api.fiskaly.com"),
        ("sandbox", None, "http://127.0.0.1:8787/sign-fr"),
        ("sandbox", Some("http://127.0.0.1:41873/sign-fr/"), "http://127.0.0.1:41873/sign-fr"),
        ("live", Some("https://proxy.example"), "https://proxy.example"),
    ];
    for (environment, url, base) in cases {
        let mut account = account(Checks::Enforce);
        account.environment = environment.into();
        account.url = url.map(str::to_owned);
        account.contract = Some("2026-02-03".into());
        let mut drive = Drive::completing(sale());
        drive.service = build("sign-fr", &account).unwrap();
        let Step::Send(request) = drive.step().unwrap() else { panic!() };
        assert_eq!(request.base, base);
    }
    let mut wrong = account(Checks::Enforce);
    wrong.contract = Some("2025-08-12".into());
    let error = build("sign-fr", &wrong).err().unwrap();
    assert_eq!((error.kind(), error.pointer()), (Kind::Config, Some("/contract")));
    assert!(error.message().contains("2026-02-03"));
    wrong = account(Checks::Enforce);
    wrong.environment = "prod".into();
    assert_eq!(build("sign-fr", &wrong).err().unwrap().pointer(), Some("/environment"));
    let error = build("sign-xx", &account(Checks::Enforce)).err().unwrap();
    assert!(error.message().contains("sign-fr"), "{error}");
}

fn merchant(environment: &str, block: Value) -> fiskal::error::Result<Value> {
    merchant_settings("sign-fr", environment, block.as_object().unwrap())
}

#[test]
fn outside_live_a_merchant_needs_to_say_nothing() {
    let dummies = json!({
        "type": "company", "certification": "infocert", "certificate_code": "B9999",
        "legal_form": "SARL", "naf_ape_code": "4711F",
    });
    assert_eq!(merchant("test", json!({})).unwrap(), dummies);
    assert_eq!(merchant("sandbox", json!({})).unwrap(), dummies);
    let lne = merchant("test", json!({"certification": "lne"})).unwrap();
    assert_eq!(lne.get("certificate_code"), None);
    let person = &merchant("test", json!({"type": "individual"})).unwrap()["person"];
    assert_eq!(person["gender"], "DIVERSE");
}

#[test]
fn in_live_what_is_missing_is_named() {
    let error = merchant("live", json!({})).unwrap_err();
    assert_eq!((error.kind(), error.pointer()), (Kind::Config, Some("/certification")));
    for name in ["certification", "certificate_code", "legal_form", "naf_ape_code"] {
        assert!(error.message().contains(name), "{error}");
    }
    let whole = json!({"certification": "lne", "legal_form": "SARL", "naf_ape_code": "1071C"});
    assert!(merchant("live", whole.clone()).is_ok());
    let mut person = whole;
    person["type"] = "individual".into();
    assert_eq!(merchant("live", person).unwrap_err().pointer(), Some("/person"));
}

#[test]
fn wrong_settings_are_named() {
    let cases: [(Value, &str); 13] = [
        (json!({"certfication": "lne"}), "/certfication"),
        (json!({"certification": "tuv"}), "/certification"),
        (json!({"certificate_code": "C1"}), "/certificate_code"),
        (json!({"certificate_code": "B12345"}), "/certificate_code"),
        (json!({"fiscal_year_date": "13-01"}), "/fiscal_year_date"),
        (json!({"fiscal_year_date": "1-1"}), "/fiscal_year_date"),
        (json!({"fiscal_year_date": "01-01T10:00"}), "/fiscal_year_date"),
        (json!({"portal_password": 4711}), "/portal_password"),
        (json!({"properties": {"a/b": "x".repeat(65)}}), "/properties/a~1b"),
        (json!({"legal_form": 7}), "/legal_form"),
        (json!({"legal_form": "x".repeat(65)}), "/legal_form"),
        (json!({"properties": {"billing_siret": "x".repeat(65)}}), "/properties/billing_siret"),
        (json!({"person": {"gender": "X", "forename": "A", "surname": "B"}}), "/person/gender"),
    ];
    for (block, pointer) in cases {
        let error = merchant("test", block.clone()).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Config, Some(pointer)), "{block}: {error}");
        assert!(!error.message().contains("4711"), "{error}");
    }
    let many: serde_json::Map<String, Value> =
        (0..40).map(|index| (format!("k{index}"), json!("v"))).collect();
    assert_eq!(merchant("test", json!({"properties": many})).unwrap_err().pointer(), Some("/properties"));
}

#[test]
fn a_location_may_have_a_siret() {
    let block = |siret: &str| json!({"siret": siret}).as_object().unwrap().clone();
    assert_eq!(
        location_settings("sign-fr", &block("73282932000074")).unwrap(),
        json!({"siret": "73282932000074"})
    );
    assert_eq!(location_settings("sign-fr", &block("1")).unwrap_err().pointer(), Some("/siret"));
    assert_eq!(location_settings("sign-fr", &Default::default()).unwrap(), json!({}));
}
