//! The contract's schemas: what passes, what does not and where, what is filled in.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

#[path = "support/any_json.rs"]
mod any_json;
#[path = "support/examples.rs"]
mod examples;

use std::collections::BTreeMap;

use any_json::any_json;
use examples::{RECORD, SYSTEM, company, correction, intentions, receipt};
use fiskal_sandbox::schema::Contract;
use proptest::prelude::*;
use serde_json::{Value, json};

const SIGN_FR: &str = include_str!("../schemas/sign-fr/2026-02-03.json");
const SIGN_AT: &str = include_str!("../schemas/sign-at/1.2.6.json");
const MANAGEMENT: &str = include_str!("../schemas/management/0.12.0.json");

/// The valid body with one change: at `pointer`, which must be there, `change` is put in its place.
fn with(mut body: Value, pointer: &str, change: Value) -> Value {
    *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is not in the example")) = change;
    body
}

fn without(mut body: Value, parent: &str, member: &str) -> Value {
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
    parent.shift_remove(member).unwrap();
    body
}

#[test]
fn the_documents_are_json_schema_and_every_definition_compiles() {
    for (text, contract) in
        [(SIGN_FR, Contract::sign_fr()), (SIGN_AT, Contract::sign_at()), (MANAGEMENT, Contract::management())]
    {
        let document: Value = serde_json::from_str(text).unwrap();
        jsonschema::draft202012::meta::validate(&document).unwrap();
        for name in document["$defs"].as_object().unwrap().keys() {
            assert!(contract.check(name, &json!([[]])).is_err(), "{name} accepts a list in a list");
            assert!(!contract.complaints(name, &json!([[]]), "body").is_empty(), "{name}");
        }
    }
    for name in Contract::sign_fr_guide().definitions().as_object().unwrap().keys() {
        let outcome = Contract::sign_fr_guide().check(name, &json!([[]]));
        assert!(outcome.is_err(), "{name} of the guide accepts a list in a list");
    }
}

#[test]
fn the_contracts_own_examples_pass() {
    let contract = Contract::sign_fr();
    contract.check("TaxpayerCreateRequest", &company()).unwrap();
    for body in intentions().into_iter().chain([receipt(), correction()]) {
        contract
            .check("RecordCreateRequest", &body)
            .unwrap_or_else(|violation| panic!("{violation}: {body}"));
    }
}

#[test]
fn what_breaks_the_contract_is_named_with_its_place() {
    const RECEIPT: &str = "/content/operation";
    let cash = |amount: Value| json!({"type": "CASH", "details": {"amount": amount}});
    let cases = [
        (
            "upper-case id",
            with(receipt(), "/content/record/id", json!(RECORD.to_uppercase())),
            "/content/record/id",
        ),
        (
            "id of the wrong version",
            with(receipt(), "/content/record/id", json!("1c81cb86-c2e8-4074-afc3-a0601b2bf063")),
            "/content/record/id",
        ),
        (
            "float amount",
            with(receipt(), "/content/operation/payments/0", cash(json!(100.0))),
            "/content/operation/payments/0/details/amount",
        ),
        (
            "thousands separator",
            with(receipt(), "/content/operation/payments/0", cash(json!("1,000.00"))),
            "/content/operation/payments/0/details/amount",
        ),
        (
            "nine decimals",
            with(receipt(), "/content/operation/entries/1/data/unit/price", json!("1.123456789")),
            "/content/operation/entries/1/data/unit/price",
        ),
        (
            "digits that are not ASCII",
            with(receipt(), "/content/operation/entries/0/data/value/base", json!("४०")),
            "/content/operation/entries/0/data/value/base",
        ),
        (
            "eleven payments",
            with(receipt(), "/content/operation/payments", Value::from(vec![cash(json!("1")); 11])),
            "/content/operation/payments",
        ),
        (
            "no entries",
            with(receipt(), "/content/operation/entries", json!([])),
            "/content/operation/entries",
        ),
        (
            "1,001 entries",
            with(
                receipt(),
                "/content/operation/entries",
                Value::from(vec![receipt()["content"]["operation"]["entries"][0].clone(); 1001]),
            ),
            "/content/operation/entries",
        ),
        (
            "document number in lower case",
            with(receipt(), "/content/operation/document/number", json!("r-1")),
            "/content/operation/document/number",
        ),
        (
            "document number of 21 characters",
            with(receipt(), "/content/operation/document/number", json!("R".repeat(21))),
            "/content/operation/document/number",
        ),
        (
            "unknown member",
            with(receipt(), "/content/operation/entries/0/details", json!({"concept": "GOOD", "a/b~": 1})),
            "/content/operation/entries/0/details/a~1b~0",
        ),
        ("unknown member beside content", json!({"content": receipt()["content"], "id": "1"}), "/id"),
        ("missing member", without(receipt(), RECEIPT, "payments"), "/content/operation/payments"),
        ("missing discriminator", without(receipt(), RECEIPT, "type"), "/content/operation/type"),
        (
            "unknown discriminator",
            with(receipt(), "/content/operation/type", json!("DOWN_PAYMENT")),
            "/content/operation/type",
        ),
        (
            "unknown payment",
            with(receipt(), "/content/operation/payments/0/type", json!("BITCOIN")),
            "/content/operation/payments/0/type",
        ),
        (
            "discriminator of the wrong type",
            with(receipt(), "/content/operation/entries/1/data/type", json!(1)),
            "/content/operation/entries/1/data/type",
        ),
        (
            "text instead of an object",
            with(receipt(), "/content/operation/entries/1/data", json!("ITEM")),
            "/content/operation/entries/1/data",
        ),
        (
            "an alternative that is not allowed here",
            with(correction(), "/content/operation/data/type", json!("INVOICE")),
            "/content/operation/data/type",
        ),
        (
            "timestamp of 24 characters",
            with(
                intentions()[1].clone(),
                "/content/operation/occurred_at",
                json!("2026-05-04T10:00:00.000Z"),
            ),
            "/content/operation/occurred_at",
        ),
        (
            "25 characters that are no time",
            with(
                intentions()[1].clone(),
                "/content/operation/occurred_at",
                json!("2026-05-04T25:00:00+02:00"),
            ),
            "/content/operation/occurred_at",
        ),
        (
            "two filters",
            with(
                intentions()[2].clone(),
                "/content/operation/filters",
                json!([{"type": "SYSTEM_RECORD", "value": "TRANSACTION::RECEIPT"}, {"type": "SYSTEM_RECORD", "value": "TRANSACTION::ABORT"}]),
            ),
            "/content/operation/filters",
        ),
        (
            "replay in a replay",
            with(intentions()[4].clone(), "/content/operation/content/operation/type", json!("REPLAY")),
            "/content/operation/content/operation/type",
        ),
        (
            "property of 65 characters",
            with(
                intentions()[1].clone(),
                "/content/operation/details/properties/offline_mode_cause_info",
                json!("x".repeat(65)),
            ),
            "/content/operation/details/properties/offline_mode_cause_info",
        ),
        (
            "two creators",
            with(
                intentions()[1].clone(),
                "/content/operation/details/creators",
                json!([{"type": "PERSON", "label": "a"}, {"type": "PERSON", "label": "b"}]),
            ),
            "/content/operation/details/creators",
        ),
        ("null body", Value::Null, ""),
        ("list body", json!([receipt()]), ""),
    ];
    for (what, body, pointer) in cases {
        let violation = Contract::sign_fr().check("RecordCreateRequest", &body).expect_err(what);
        assert_eq!(violation.pointer, pointer, "{what}: {violation}");
    }
}

#[test]
fn taxpayers_systems_and_tokens_are_checked_as_sharply() {
    let person = json!({"content": {"type": "INDIVIDUAL", "name": {"legal": "Anna Martin",
        "person": {"gender": "FEMALE", "forename": "Anna", "surname": "Martin"}}, "address": company()["content"]["address"]}});
    let rename = |name: Value| json!({"content": {"name": name}});
    let metadata = |metadata: Value| json!({"content": {"type": "UNIT", "name": "u"}, "metadata": metadata});
    let many: BTreeMap<String, &str> = (0..21).map(|n| (format!("k{n}"), "v")).collect();
    let cases = [
        (
            "TaxpayerCreateRequest",
            with(company(), "/content/address/country", json!("fr")),
            "/content/address/country",
        ),
        (
            "TaxpayerCreateRequest",
            with(company(), "/content/fiscalization/tax_id_number", json!("12345678")),
            "/content/fiscalization/tax_id_number",
        ),
        (
            "TaxpayerCreateRequest",
            with(company(), "/content/fiscalization/credentials/certificate_code", json!("C1")),
            "/content/fiscalization/credentials/certificate_code",
        ),
        (
            "TaxpayerCreateRequest",
            with(company(), "/content/type", json!("INDIVIDUAL")),
            "/content/name/trade",
        ),
        (
            "TaxpayerCreateRequest",
            without(person, "/content/name/person", "gender"),
            "/content/name/person/gender",
        ),
        ("TaxpayerUpdateRequest", rename(json!({"legal": "A", "trade": ""})), "/content/name/trade"),
        (
            "TaxpayerUpdateRequest",
            rename(json!({"legal": "A", "person": {"gender": "FEMALE", "forename": "A"}})),
            "/content/name/person/surname",
        ),
        ("OrganizationCreateRequest", json!({"content": {"type": "ACCOUNT", "name": "a"}}), "/content/type"),
        ("OrganizationCreateRequest", metadata(json!({"k": "v".repeat(501)})), "/metadata/k"),
        ("OrganizationCreateRequest", metadata(json!({"k".repeat(41): "v"})), "/metadata"),
        ("OrganizationCreateRequest", metadata(json!(many)), "/metadata"),
        ("OrganizationCreateRequest", metadata(json!({"k": 1})), "/metadata/k"),
        ("RecordUpdateRequest", json!({"content": {"state": "COMPLETED"}}), "/content/state"),
        ("IdempotencyKey", json!("1C81CB86-C2E8-4074-AFC3-A0601B2BF063"), ""),
        ("RecordTypeFilter", json!(["TRANSACTION::RECEIPT", "RECEIPT"]), "/1"),
        ("RecordTypeFilter", json!(["TRANSACTION::RECEIPT", "TRANSACTION::RECEIPT"]), ""),
        ("NoSuchDefinition", json!({}), ""),
    ];
    for (name, body, pointer) in cases {
        let violation = Contract::sign_fr().check(name, &body).expect_err(name);
        assert_eq!(violation.pointer, pointer, "{name}: {violation}");
    }
}

#[test]
fn single_values_are_measured_in_characters() {
    let cases = [
        ("PlainString16", "é😀".repeat(8), true),
        ("PlainString16", "é😀".repeat(8) + "x", false),
        ("PlainString16", String::new(), false),
        ("IdempotencyKey", "1c81cb86-c2e8-4074-afc3-a0601b2bf063".into(), true),
        ("IdempotencyKey", "c6437ef1-5b86-3a4e-a071-c2d4ad414e65".into(), true),
        ("IdempotencyKey", SYSTEM.into(), false),
        ("DocumentIdentifier", "2026/A_1-B.2".into(), true),
        ("DocumentIdentifier", "R-1\n".into(), false),
        ("ApiVersion", "2026-02-03".into(), true),
        ("ApiVersion", "2026-2-3".into(), false),
        ("ReplayRemaining", "9999".into(), true),
        ("ReplayRemaining", "10000".into(), false),
        ("Flag", String::new(), true),
        ("Flag", "true".into(), false),
        ("DatetimeFormatRFC3339", "2026-05-04T10:00:00+02:00".into(), true),
        ("DatetimeFormatRFC3339", "2026-05-04T10:00:00Z".into(), false),
        ("ProductStockKeepingUnitNumber", "G1-T-F-XL-R4".into(), true),
        ("ProductStockKeepingUnitNumber", "-1-T-F-XL-R4".into(), false),
        ("CertificateSerialNumber", "0a1B 2cD".into(), true),
        ("CertificateSerialNumber", "0a1B:2cD".into(), false),
    ];
    for (name, value, fits) in cases {
        assert_eq!(Contract::sign_fr().check(name, &json!(value)).is_ok(), fits, "{name} {value:?}");
    }
}

#[test]
fn a_violation_reads_as_a_sentence_and_never_repeats_the_value() {
    let secret = "s3cret".repeat(1000);
    let body = json!({"content": {"type": "INTENTION", "system": {"id": secret}, "operation": {"type": "TRANSACTION"}}});
    let violation = Contract::sign_fr().check("RecordCreateRequest", &body).unwrap_err().to_string();
    assert!(violation.starts_with("/content/system/id must "), "{violation}");
    assert!(!violation.contains("s3cret"), "{violation}");

    let country = with(company(), "/content/address/country", json!("XX"));
    let violation = Contract::sign_fr().check("TaxpayerCreateRequest", &country).unwrap_err();
    assert!(violation.message.ends_with("and 237 more"), "{}", violation.message);
}

#[test]
fn defaults_are_filled_in_where_their_parent_is_present() {
    let mut expected = receipt();
    for entry in 0..2 {
        expected["content"]["operation"]["entries"][entry]["details"]["purpose"] = json!("STANDARD");
    }
    let filled = Contract::sign_fr().with_defaults("RecordCreateRequest", &receipt());
    assert_eq!(filled, expected);
    assert_eq!(Contract::sign_fr().with_defaults("RecordCreateRequest", &filled), filled, "a second time");

    let operation = |body: &Value| body["content"]["operation"].clone();
    assert_eq!(
        Contract::sign_fr().with_defaults("TransactionOperation", &operation(&receipt())),
        operation(&expected)
    );
    let inner = Contract::sign_fr().with_defaults("RecordCreateRequest", &correction());
    assert_eq!(inner["content"]["operation"]["data"]["entries"][0]["details"]["purpose"], json!("STANDARD"));
}

#[test]
fn defaults_neither_replace_nor_invent() {
    let producer = json!({"type": "MPN", "number": "1", "details": {"name": "POS"}});
    let software = json!({"name": "s", "version": "1"});
    let device = |kind: &str| json!({"content": {"type": kind, "location": {"id": SYSTEM}, "producer": producer, "software": software}});
    let cases = [
        ("SystemCreateRequest", device("FISCAL_DEVICE"), "/content/kind", Some("INTERNAL")),
        ("SystemCreateRequest", device("PAYMENT_DEVICE"), "/content/kind", Some("PHYSICAL")),
        ("SystemCreateRequest", device("E_INVOICE_SERVICE"), "/content/kind", None),
        ("SystemCreateRequest", device("UNHEARD_OF"), "/content/kind", None),
        ("FiscalDeviceSystem", json!({"kind": "EXTERNAL"}), "/kind", Some("EXTERNAL")),
        ("FiscalDeviceSystem", json!("text"), "/kind", None),
        ("Recipient", json!({"type": "BUSINESS"}), "/origin", Some("NATIONAL")),
        ("RecordCreateRequest", json!({}), "/content", None),
        ("RecordUpdateRequest", json!({"content": {}}), "/content/kind", None),
        ("NoSuchDefinition", json!({"a": 1}), "/kind", None),
    ];
    for (name, body, pointer, expected) in cases {
        let filled = Contract::sign_fr().with_defaults(name, &body);
        assert_eq!(filled.pointer(pointer).and_then(Value::as_str), expected, "{name} {body}");
    }
}

proptest! {
    #[test]
    fn hostile_bodies_are_refused_or_accepted_but_never_break_the_check(value in any_json()) {
        let contract = Contract::sign_fr();
        for name in ["RecordCreateRequest", "TaxpayerUpdateRequest", "Metadata"] {
            let _ = contract.check(name, &value);
            let _ = contract.with_defaults(name, &value);
        }
    }
}
