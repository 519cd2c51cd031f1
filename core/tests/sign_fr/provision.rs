//! From a key to a commissioned register.

use crate::driver::{Drive, answer, facts, header, operation, refusal};
use crate::fisc::{Fault, Fisc};
use fiskal::error::Kind;
use fiskal::exchange::{Facts, Known, Offline};
use fiskal::services::merchant_settings;
use serde_json::{Map, Value, json};
use uuid::Uuid;

fn merchant_params() -> Value {
    json!({
        "name": "Boulangerie Martin SARL", "trade_name": "Boulangerie Martin", "tax_id": "123456789",
        "address": {"street": "Rue de Rivoli", "number": "123", "code": "75001", "city": "Paris", "country": "FR"},
        "environment": "test",
        "settings": merchant_settings("sign-fr", "test", &Map::new()).unwrap(),
    })
}

fn register_params() -> Value {
    json!({"name": "till-1", "model": "POS-1000", "software": {"name": "My POS", "version": "1.0.0"}})
}

/// Provisions all four lines, and gives what is known then.
fn provisioned(fisc: &mut Fisc, address: Value) -> (Facts, Vec<Drive>) {
    let steps = [
        ("account", json!({})),
        ("merchant", merchant_params()),
        ("location", json!({"name": "rivoli", "address": address, "environment": "test", "settings": {}})),
        ("register", register_params()),
    ];
    let mut known = Facts::default();
    let mut drives = Vec::new();
    for (kind, params) in steps {
        let mut drive = Drive::new(operation(&format!("provision.{kind}"), kind, params), known.clone());
        let learned = drive.run(fisc).unwrap().learned.unwrap();
        match kind {
            "account" => known.account = learned,
            "merchant" => known.merchant = learned,
            "location" => known.location = learned,
            _ => known.register = learned,
        }
        drives.push(drive);
    }
    (known, drives)
}

#[test]
fn a_group_key_leads_to_a_commissioned_register() {
    let mut fisc = Fisc::new();
    let (known, drives) = provisioned(&mut fisc, Value::Null);
    let writes: Vec<String> =
        drives.iter().flat_map(|drive| drive.writes().into_iter().map(crate::driver::address)).collect();
    assert_eq!(
        writes,
        [
            "POST /organizations",
            "POST /subjects",
            "POST /taxpayers",
            "PATCH /taxpayers/taxpayers-3",
            "PATCH /locations/taxpayers-3",
            "POST /systems",
            "PATCH /systems/systems-4",
        ]
    );
    assert_eq!(known.account, json!({"organization": "g-1", "type": "GROUP", "group": "g-1"}));
    assert_eq!(known.merchant["unit"], "organizations-1");
    assert_eq!(known.merchant["credential"], "paris@test/merchant/martin");
    assert_eq!(known.location, json!({"location": "taxpayers-3", "type": "HEAD_OFFICE"}));
    assert_eq!(known.register["system"], "systems-4");
    assert_eq!(known.register["records"], json!(["INTENTION::TRANSACTION", "TRANSACTION::RECEIPT"]));
    assert_eq!(known.register["vat_rates"][1]["percentage"], "10", "a number is read as its text");
}

#[test]
fn the_bodies_are_those_of_the_contract() {
    let mut fisc = Fisc::new();
    let (_, drives) = provisioned(&mut fisc, Value::Null);
    let merchant = drives[1].writes();
    assert_eq!(
        merchant[0].body.as_ref().unwrap()["content"],
        json!({"type": "UNIT", "name": "Boulangerie Martin SARL"})
    );
    assert_eq!(header(merchant[0], "X-Scope-Identifier"), Some("g-1"));
    assert_eq!(merchant[0].credential.as_deref(), Some("paris@test/account/paris"));
    // contract sign-fr 3.4: the subject is the UNIT's, made with the GROUP's key.
    assert_eq!(header(merchant[1], "X-Scope-Identifier"), Some("organizations-1"));
    let kept: Vec<(&str, &str)> =
        merchant[1].keep_secret.iter().map(|kept| (kept.pointer.as_str(), kept.name.as_str())).collect();
    assert_eq!(
        kept,
        [
            ("/content/credentials/key", "paris@test/merchant/martin/key"),
            ("/content/credentials/secret", "paris@test/merchant/martin/secret"),
        ]
    );
    let name = merchant[1].body.as_ref().unwrap()["content"]["name"].as_str().unwrap();
    assert!(
        (3..=30).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    );
    // contract sign-fr 2.11 (c), with the dummies of a merchant that says nothing.
    assert_eq!(
        merchant[2].body.as_ref().unwrap()["content"],
        json!({
            "type": "COMPANY",
            "name": {"legal": "Boulangerie Martin SARL", "trade": "Boulangerie Martin"},
            "address": {
                "line": {"type": "STREET_NUMBER", "street": "Rue de Rivoli", "number": "123"},
                "code": "75001", "city": "Paris", "country": "FR",
            },
            "fiscalization": {
                "type": "FR", "tax_id_number": "123456789",
                "credentials": {
                    "type": "INFOCERT", "certificate_code": "B9999",
                    "properties": {"legal_form": "SARL", "naf_ape_code": "4711F"},
                },
            },
        })
    );
    assert_eq!(header(merchant[2], "X-Scope-Identifier"), None);
    assert_eq!(merchant[2].credential.as_deref(), Some("paris@test/merchant/martin"));
    assert_eq!(merchant[3].body, Some(json!({"content": {"state": "COMMISSIONED"}})));
    assert_eq!(
        drives[3].writes()[0].body.as_ref().unwrap()["content"],
        json!({
            "type": "FISCAL_DEVICE", "location": {"id": "taxpayers-3"},
            "producer": {"type": "MPN", "number": "POS-1000", "details": {"name": "till-1", "model": "POS-1000"}},
            "software": {"name": "My POS", "version": "1.0.0"},
        })
    );
    for request in drives.iter().flat_map(|drive| &drive.sent) {
        assert_eq!(header(request, "X-Api-Version"), Some("2026-02-03"));
        if request.effect == fiskal::exchange::Effect::Write {
            let key = header(request, "X-Idempotency-Key").unwrap();
            assert_eq!(key.as_bytes()[14], b'3', "a version 3 UUID: {key}");
            assert_eq!(key, key.to_lowercase());
        }
    }
}

#[test]
fn an_account_key_makes_a_group_first_and_adopts_it_the_next_time() {
    let mut fisc = Fisc::new();
    fisc.organization = ("a-1".into(), "ACCOUNT".into());
    for created in [1, 0] {
        let mut drive = Drive::new(operation("provision.account", "account", json!({})), Facts::default());
        let outcome = drive.run(&mut fisc).unwrap();
        assert_eq!(outcome.result["created"].as_array().unwrap().len(), created);
        assert_eq!(
            outcome.learned.unwrap(),
            json!({"organization": "a-1", "type": "ACCOUNT", "group": "organizations-1"})
        );
    }
    fisc.organization.1 = "UNIT".into();
    let error = Drive::new(operation("provision.account", "account", json!({})), Facts::default())
        .run(&mut fisc)
        .unwrap_err();
    assert_eq!((error.kind(), error.pointer()), (Kind::Config, Some("/key")));
}

#[test]
fn a_lost_journal_adopts_everything_but_the_secret() {
    let mut fisc = Fisc::new();
    fisc.page = 1;
    provisioned(&mut fisc, json!({"street": "Rue X", "code": "75002", "city": "Paris", "country": "FR"}));
    let before: Vec<usize> = ["/organizations", "/taxpayers", "/locations", "/systems"]
        .iter()
        .map(|list| fisc.of(list).len())
        .collect();
    fisc.forget_keys();
    let (known, drives) =
        provisioned(&mut fisc, json!({"street": "Rue X", "code": "75002", "city": "Paris", "country": "FR"}));
    let after: Vec<usize> = ["/organizations", "/taxpayers", "/locations", "/systems"]
        .iter()
        .map(|list| fisc.of(list).len())
        .collect();
    assert_eq!(before, after);
    let names: Vec<&str> =
        fisc.of("/subjects").iter().map(|made| made["content"]["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[1], format!("{}-2", names[0]));
    assert_eq!(known.merchant["subject_name"], names[1]);
    let outcome = drives[1].step().unwrap();
    let fiskal::exchange::Step::Done(outcome) = outcome else { panic!("{outcome:?}") };
    assert_eq!(outcome.result["orphans"], json!([{"type": "SUBJECT", "name": names[0]}]));
}

#[test]
fn twice_is_once_and_a_plan_sends_nothing() {
    let mut fisc = Fisc::new();
    let (known, _) = provisioned(&mut fisc, Value::Null);
    for (kind, params, reads) in
        [("account", json!({}), 0), ("merchant", merchant_params(), 0), ("register", register_params(), 1)]
    {
        let mut drive =
            Drive::new(operation(&format!("provision.{kind}"), kind, params.clone()), known.clone());
        let outcome = drive.run(&mut fisc).unwrap();
        assert_eq!(outcome.result["created"], json!([]), "{kind}");
        assert_eq!(drive.sent.len(), reads, "{kind}");
        let mut plan = params;
        plan["plan"] = true.into();
        let mut drive = Drive::new(operation(&format!("provision.{kind}"), kind, plan), Facts::default());
        let outcome = drive.run(&mut fisc).unwrap();
        assert!(drive.sent.is_empty() && outcome.learned.is_none());
        assert!(!outcome.result["plan"].as_array().unwrap().is_empty());
    }
}

#[test]
fn a_head_office_gets_its_siret_at_first_and_when_it_changes() {
    let mut fisc = Fisc::new();
    let (mut known, _) = provisioned(&mut fisc, Value::Null);
    let told = ["GET /locations/taxpayers-3", "PATCH /locations/taxpayers-3"];
    for (siret, requests) in
        [("12345678900012", &told[..]), ("12345678900012", &[]), ("12345678900020", &told[..])]
    {
        let params =
            json!({"name": "rivoli", "address": null, "environment": "test", "settings": {"siret": siret}});
        let mut drive = Drive::new(operation("provision.location", "location", params), known.clone());
        drive.operation.id = Uuid::new_v4();
        known.location = drive.run(&mut fisc).unwrap().learned.unwrap();
        assert_eq!(drive.addresses(), requests);
        assert_eq!(known.location["siret"], siret);
        assert_eq!(fisc.of("/locations")[0]["content"]["label"], siret);
    }
}

#[test]
fn a_new_program_version_is_told_to_the_service() {
    let mut fisc = Fisc::new();
    let (mut known, _) = provisioned(&mut fisc, Value::Null);
    known.register["last_record"] = "records-9".into();
    let mut params = register_params();
    params["software"]["version"] = "1.1.0".into();
    let mut drive = Drive::new(operation("provision.register", "register", params), known);
    let learned = drive.run(&mut fisc).unwrap().learned.unwrap();
    assert_eq!(drive.addresses(), ["GET /systems/systems-4", "PATCH /systems/systems-4"]);
    assert_eq!(learned["software"]["version"], "1.1.0");
    assert_eq!(learned["last_record"], "records-9");
}

#[test]
fn a_key_whose_answer_stays_lost_is_replaced_and_reported() {
    let mut fisc = Fisc::failing(&[("POST /subjects", 0, Fault::Lose)]);
    let mut drive = Drive::new(
        operation("provision.merchant", "merchant", merchant_params()),
        Facts { merchant: Value::Null, ..facts() },
    );
    let outcome = drive.run(&mut fisc).unwrap();
    let names: Vec<&str> =
        fisc.of("/subjects").iter().map(|made| made["content"]["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2);
    assert_eq!(outcome.result["orphans"], json!([{"type": "SUBJECT", "name": names[0]}]));
    assert_eq!(outcome.learned.unwrap()["subject_name"], names[1]);
}

#[test]
fn a_lost_answer_beyond_the_window_is_looked_up() {
    for lost in ["POST /organizations", "POST /taxpayers", "PATCH /taxpayers"] {
        let mut fisc = Fisc::failing(&[(lost, 0, Fault::Lose)]);
        let mut drive = Drive::new(
            operation("provision.merchant", "merchant", merchant_params()),
            Facts { merchant: Value::Null, ..facts() },
        );
        drive.run(&mut fisc).unwrap();
        assert_eq!(fisc.of("/organizations").len(), 1, "{lost}");
        assert_eq!(fisc.of("/taxpayers").len(), 1, "{lost}");
        let sent =
            drive.writes().iter().filter(|request| crate::driver::address(request).starts_with(lost)).count();
        assert_eq!(sent, 1, "{lost}");
    }
}

#[test]
fn the_trap_of_the_group_token_is_a_refusal_with_all_details() {
    let words =
        "taxpayer operation invalid: cannot create new legal taxpayer for non-unit organization 'g-1'";
    let mut fisc =
        Fisc::failing(&[("POST /taxpayers", 0, Fault::Say(refusal(405, "E_METHOD_NOT_ALLOWED", words)))]);
    let mut drive = Drive::new(
        operation("provision.merchant", "merchant", merchant_params()),
        Facts { merchant: Value::Null, ..facts() },
    );
    let error = drive.run(&mut fisc).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    let details = error.details();
    assert_eq!(details.http_status, Some(405));
    assert_eq!(details.service_code.as_deref(), Some("E_METHOD_NOT_ALLOWED"));
    assert_eq!(details.service_message.as_deref(), Some(words));
    assert_eq!(details.trace_id.as_deref(), Some("trace-1"));
}

#[test]
fn what_is_wrong_in_the_configuration_is_said_before_anything_is_sent() {
    let cases: [(&str, Value, &str); 9] = [
        ("/name", json!("x".repeat(129)), "/name"),
        ("/trade_name", json!("x".repeat(129)), "/trade_name"),
        ("/address/street", json!("x".repeat(129)), "/address/street"),
        ("/address/number", json!("x".repeat(129)), "/address/number"),
        (
            "/settings",
            json!({"type": "individual", "person": {"gender": "FEMALE", "forename": "", "surname": "Martin"}}),
            "/settings/person/forename",
        ),
        ("/tax_id", json!("12345678"), "/tax_id"),
        ("/tax_id", json!("12345678a"), "/tax_id"),
        ("/address/city", json!(""), "/address/city"),
        ("/name", json!(7), "/name"),
    ];
    for (field, value, pointer) in cases {
        let mut params = merchant_params();
        *params.pointer_mut(field).unwrap() = value;
        let drive = Drive::new(
            operation("provision.merchant", "merchant", params),
            Facts { merchant: Value::Null, ..facts() },
        );
        let error = drive.step().unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Config, Some(pointer)));
    }
    let unknown =
        Drive::new(operation("provision.register", "register", register_params()), Facts::default());
    assert_eq!(unknown.step().unwrap_err().kind(), Kind::NotReady);
}

#[test]
fn resuming_at_every_point_sends_the_same_requests() {
    let known = || Facts { merchant: Value::Null, ..facts() };
    let mut fisc = Fisc::new();
    let mut whole = Drive::new(operation("provision.merchant", "merchant", merchant_params()), known());
    whole.run(&mut fisc).unwrap();
    let writes = whole.writes().into_iter().cloned().collect::<Vec<_>>();
    for kept in 0..=writes.len() {
        // The journal has the first writes; the last of them may have lost its answer.
        for lost in [false, true] {
            let mut fisc = Fisc::new();
            let mut first =
                Drive::new(operation("provision.merchant", "merchant", merchant_params()), known());
            while first.writes().len() < kept {
                first.once(&mut fisc).unwrap();
            }
            let mut second =
                Drive::new(operation("provision.merchant", "merchant", merchant_params()), known());
            second.past.0 = first
                .past
                .0
                .into_iter()
                .filter(|past| past.request.effect == fiskal::exchange::Effect::Write)
                .collect();
            if let Some(last) = second.past.0.last_mut().filter(|_| lost) {
                // The engine sends it again, with the same key and bytes.
                last.known = fisc.exchange(&last.request);
                assert!(matches!(last.known, Known::Answered(_)));
            }
            second.run(&mut fisc).unwrap();
            let resumed: Vec<_> = second
                .past
                .0
                .iter()
                .filter(|past| past.request.effect == fiskal::exchange::Effect::Write)
                .map(|past| past.request.clone())
                .collect();
            assert_eq!(resumed, writes, "after {kept} writes");
        }
    }
}

#[test]
fn without_the_service_nothing_is_provisioned() {
    let drive = Drive::new(
        operation("provision.merchant", "merchant", merchant_params()),
        Facts { merchant: Value::Null, ..facts() },
    );
    let Offline::Refuse(error) = drive.offline() else { panic!() };
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(error.retryable());
}

#[test]
fn a_new_key_follows_a_503_and_the_same_one_a_500() {
    let unavailable =
        || Fault::Say(answer(503, json!({"content": {"code": "E_SERVICE_UNAVAILABLE", "message": "later"}})));
    let broken = || Fault::Say(answer(500, json!({"content": {"message": "oops"}})));
    for (fault, keys) in [(unavailable(), 2), (broken(), 1)] {
        let mut fisc = Fisc::failing(&[("POST /taxpayers", 0, fault)]);
        let mut drive = Drive::new(
            operation("provision.merchant", "merchant", merchant_params()),
            Facts { merchant: Value::Null, ..facts() },
        );
        drive.run(&mut fisc).unwrap();
        let sent: Vec<_> =
            drive.writes().into_iter().filter(|request| request.path == "/taxpayers").collect();
        assert_eq!(sent.len(), 2);
        let mut used: Vec<_> =
            sent.iter().map(|request| header(request, "X-Idempotency-Key").unwrap()).collect();
        used.dedup();
        assert_eq!(used.len(), keys);
        assert_eq!(drive.pauses.len(), 1);
    }
}
