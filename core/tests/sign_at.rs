//! SIGN AT as a pure function: a register that signs the receipts of a known chain (contract sign-at 6.9, vector C),
//! and what becomes of an answer that says something else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
#[path = "sign_at/driver.rs"]
mod driver;
#[path = "sign_at/life.rs"]
mod life;

use driver::{CODES, Till, answer, sale};
use fiskal::error::{Error, Kind};
use fiskal::exchange::{Answer, Method, Outcome, Request};
use fiskal::services::Checks;
use serde_json::{Value, json};

/// The sales and other operations of the chain, each with the number of its receipt.
fn operations(till: &Till) -> Vec<(usize, &'static str, Value)> {
    let zero = json!({});
    vec![
        (2, "sale.complete", sale(&[("12.00", "1", "20"), ("5.50", "1", "10"), ("20.98", "1", "19")], false)),
        (3, "sale.complete", sale(&[("10.00", "1", "20")], false)),
        (4, "receipt.zero", zero.clone()),
        (5, "receipt.cancel", json!({ "reason": "wrong", "original": till.receipt(2) })),
        (6, "sale.complete", sale(&[("99.99", "1", "20")], true)),
        (7, "sale.complete", sale(&[("13.00", "1", "13"), ("5.00", "-1", "0")], false)),
    ]
}

#[test]
fn a_register_signs_the_chain_of_the_vector() {
    let mut till = Till::new(Checks::Enforce, "sandbox");
    for at in 0..6 {
        let (number, name, params) = operations(&till).swap_remove(at);
        let outcome = till.does(number, name, params, &|request| Some(answer(number, request)));
        let outcome = outcome.unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(outcome.error, None, "{number}");
        let receipt = &outcome.receipts[0];
        assert_eq!(receipt.verified, ["content", "chain"], "{number}");
        assert_eq!(receipt.fiscal.number.as_deref(), Some(number.to_string().as_str()));
        assert_eq!(receipt.qr.as_ref().unwrap().payload, CODES[number - 1]);
        assert_eq!(till.facts.register["last"]["number"], number.to_string());
    }
}

#[test]
fn what_the_service_makes_on_the_way_is_fetched_and_belongs_to_the_chain() {
    let between = |row: Option<Value>| {
        move |request: &Request| match (request.method, &row) {
            (Method::Get, Some(row)) => {
                assert!(request.path.ends_with("/receipt?limit=50&order=DESC"), "{}", request.path);
                let rows = json!({"data": [answered(9), row, answered(7)], "count": 3});
                Some(Answer { status: 200, headers: Vec::new(), body: rows })
            }
            (Method::Get, None) => {
                Some(Answer { status: 404, headers: Vec::new(), body: json!({"message": "no"}) })
            }
            _ => Some(answer(9, request)),
        }
    };
    let mut closed = answered(8);
    closed["receipt_type"] = "MONTHLY_CLOSE".into();
    let played = |row: Option<Value>| {
        let mut till = Till::at(7);
        till.does(9, "receipt.zero", json!({}), &between(row))
    };

    let outcome = played(Some(closed.clone())).unwrap();
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.receipts.len(), 2);
    let receipt = outcome.receipts.last().unwrap();
    assert_eq!(receipt.verified, ["content", "chain"]);
    assert_eq!(json!(receipt.also[0].receipt_type), "monthly");
    assert_eq!(receipt.also[0].fiscal.number.as_deref(), Some("8"));

    // Another code in its place breaks the chain; without it there is no telling.
    let mut forged = closed;
    forged["qr_code_data"] = CODES[5].into();
    let error = played(Some(forged)).unwrap().error.unwrap();
    assert_eq!((error.kind(), error.pointer()), (Kind::Mismatch, Some("/qr_code_data")));
    let untold = played(None).unwrap();
    assert_eq!((untold.error, &untold.receipts[0].verified[..]), (None, &["content".to_owned()][..]));
}

/// The answer of number `number`, as lists have it.
fn answered(number: usize) -> Value {
    answer(number, &driver::request("PUT", "/")).body
}

/// The second receipt of the chain with one thing changed.
fn second(checks: Checks, environment: &str, change: &dyn Fn(&mut Value)) -> Result<Outcome, Error> {
    let mut till = Till::new(checks, environment);
    let (_, name, params) = operations(&till).swap_remove(0);
    till.does(2, name, params, &|request| {
        let mut changed = answer(2, request);
        change(&mut changed.body);
        Some(changed)
    })
}

/// What is changed, where it is found, and whether it is about the machine code.
type Tampering = (&'static str, Box<dyn Fn(&mut Value)>, &'static str, bool);

fn tamperings() -> Vec<Tampering> {
    let set = |pointer: &'static str, value: Value| -> Box<dyn Fn(&mut Value)> {
        Box::new(move |body| *body.pointer_mut(pointer).unwrap() = value.clone())
    };
    let code = |from: &'static str, to: &'static str| -> Box<dyn Fn(&mut Value)> {
        Box::new(move |body| {
            let changed = CODES[1].replacen(from, to, 1);
            assert_ne!(changed, CODES[1], "{from}");
            body["qr_code_data"] = changed.into();
        })
    };
    let qr = "/qr_code_data";
    vec![
        ("another id", set("/_id", json!("f5b6e2c4-0000-4000-8000-000000000000")), "/_id", false),
        ("another environment", set("/_env", json!("LIVE")), "/_env", false),
        ("another type", set("/receipt_type", json!("TRAINING")), "/receipt_type", false),
        ("another register", set("/cash_register_id", json!("x")), "/cash_register_id", false),
        (
            "another Kassen-ID",
            set("/cash_register_serial_number", json!("dGyy")),
            "/cash_register_serial_number",
            false,
        ),
        (
            "a cent less",
            set("/schema/raw/gross_amount_standard", json!("11.99")),
            "/schema/raw/gross_amount_standard",
            false,
        ),
        (
            "an amount that nobody sent",
            set("/schema/raw/gross_amount_zero", json!("1.00")),
            "/schema/raw/gross_amount_zero",
            false,
        ),
        ("no time", set("/time_signature", Value::Null), "/time_signature", false),
        ("another number", set("/receipt_number", json!("3")), qr, true),
        ("another time", set("/time_signature", json!(1_793_520_931)), qr, true),
        ("unsigned by its word", set("/signed", json!(false)), qr, true),
        ("the number in the code", code("_dGxx_2_", "_dGxx_3_"), qr, true),
        ("the Kassen-ID in the code", code("_dGxx_", "_dGyy_"), qr, true),
        ("the time in the code", code("T09:15:30", "T08:15:30"), qr, true),
        ("Null and Besonders changed over", code("_0,00_20,98_", "_20,98_0,00_"), qr, true),
        ("the turnover of a training", code("_rceBjkzuONI=_", "_VFJB_"), qr, true),
        ("the turnover of a cancellation", code("_rceBjkzuONI=_", "_U1RP_"), qr, true),
        ("another chain", code("_tTdItjfZ1rs=_", "_uTdItjfZ1rs=_"), qr, true),
        (
            "a time before the last receipt",
            Box::new(|body| {
                body["qr_code_data"] = CODES[1].replacen("T09:15:30", "T08:59:59", 1).into();
                body["time_signature"] = json!(1_793_519_999);
            }),
            qr,
            true,
        ),
        ("no code", set("/qr_code_data", Value::Null), qr, true),
        ("a dummy", set("/qr_code_data", json!(driver::DUMMY)), qr, true),
    ]
}

#[test]
fn what_was_not_sent_is_told_and_enforced() {
    for (what, change, pointer, _) in tamperings() {
        let outcome = second(Checks::Enforce, "sandbox", &*change).unwrap();
        let error = outcome.error.unwrap_or_else(|| panic!("{what} was not found"));
        assert_eq!((error.kind(), error.pointer()), (Kind::Mismatch, Some(pointer)), "{what}: {error}");
        assert!(error.message().contains("do not sell it again"), "{what}: {error}");
        assert_eq!(error.details().receipt.as_ref().unwrap()["state"], "signed", "{what}");
        assert!(outcome.learned.is_some(), "{what}: the register's chain goes on");
    }
}

#[test]
fn where_checks_are_reported_the_receipt_says_it() {
    for (what, change, pointer, _) in tamperings() {
        let outcome = second(Checks::Report, "sandbox", &*change).unwrap();
        assert_eq!(outcome.error, None, "{what}");
        let receipt = &outcome.receipts[0];
        assert!(receipt.todo.as_ref().unwrap().contains(pointer), "{what}: {:?}", receipt.todo);
        assert!(receipt.verified.len() < 2, "{what}: {:?}", receipt.verified);
    }
}

/// Recorded machine codes of `test` are dummies (contract sign-at 2.8): sales go on there.
#[test]
fn in_test_machine_codes_are_reported_and_the_rest_is_enforced() {
    for (what, change, pointer, about_code) in tamperings() {
        let outcome = second(Checks::Enforce, "test", &*change).unwrap();
        assert_eq!(outcome.error.is_none(), about_code, "{what}: {:?}", outcome.error);
        let told = outcome.receipts[0].todo.clone().unwrap();
        assert!(told.contains(pointer), "{what}: {told}");
    }
}
