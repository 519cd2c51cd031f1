//! SIGN AT as a pure function: a register that signs the receipts of a known chain (contract sign-at 6.9, vector C),
//! and what becomes of an answer that says something else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
#[path = "sign_at/driver.rs"]
mod driver;
#[path = "sign_at/life.rs"]
mod life;
#[path = "sign_at/provisioning.rs"]
mod provisioning;
#[path = "sign_at/validation.rs"]
mod validation;
#[path = "sign_at/witnesses.rs"]
mod witnesses;

use driver::{CODES, Till, answer, sale};
use fiskal::error::{Error, Kind};
use fiskal::exchange::{Answer, Method, Outcome, Request};
use fiskal::print;
use fiskal::receipt::Receipt;
use fiskal::services::Checks;
use fiskal::verify::rksv::Jws;
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

/// The OCR form of the vector's receipt of this number.
fn ocr(number: usize) -> String {
    let vector: Value = serde_json::from_str(include_str!("dep/golden.json")).unwrap();
    let receipt = vector["receipts"].as_array().unwrap()[number - 1].clone();
    receipt["ocr"].as_str().unwrap().to_owned()
}

#[test]
fn a_code_in_letters_is_read_back_from_paper_of_any_width() {
    let mut till = Till::new(Checks::Enforce, "sandbox");
    let (number, name, params) = operations(&till).swap_remove(0);
    till.does(number, name, params, &|request| Some(answer(number, request))).unwrap();
    let receipt: Receipt = serde_json::from_value(till.receipt(number)).unwrap();
    let letters = print::in_ocr(&receipt).unwrap();
    for columns in [24, 32, 42, 48, 80] {
        let paper = print::text(&letters, columns);
        assert!(paper.lines().all(|line| line.chars().count() <= columns as usize), "{paper}");
        let (_, end) = paper.split_once("_R1-").unwrap();
        let read: String = format!("_R1-{end}").split_whitespace().collect();
        assert_eq!(Jws::from_code(&read).unwrap().qr(), CODES[number - 1], "{columns}");
    }
    // A page breaks it where it must, and a printer gets the same lines.
    assert!(print::html(&letters).contains(&format!("<bdi>{}</bdi>", ocr(number))));
    let printer = print::escpos(&letters, 32);
    let lines: String = print::text(&letters, 32)
        .split_once("_R1-")
        .unwrap()
        .1
        .lines()
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(printer.windows(lines.len()).any(|bytes| bytes == lines.as_bytes()));
    assert!(!printer.windows(3).any(|bytes| bytes == b"\x1d(k"), "a QR code is printed too");
}

#[test]
fn what_has_no_code_in_letters_is_not_printed_with_one() {
    let error = print::in_ocr(&Receipt::default()).unwrap_err();
    assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some("/code")));
}

/// The register may stand behind what was looked at: a second one would be another chain.
#[test]
fn a_list_without_an_end_makes_no_second_register() {
    let mut till = Till::new(Checks::Enforce, "sandbox");
    till.facts.register = Value::Null;
    let full = json!({"data": vec![json!({"_id": "another's"}); 100]});
    let error = till.does(1, "provision.register", json!({"name": "till-1"}), &|request| {
        assert_eq!(request.method, Method::Get, "{}", request.path);
        Some(Answer { status: 200, headers: Vec::new(), body: full.clone() })
    });
    assert!(error.unwrap_err().message().contains("does not end"));
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
        assert_eq!(receipt.ocr.as_deref(), Some(ocr(number).as_str()), "{number}");
        assert_eq!(till.facts.register["last"]["number"], number.to_string());
    }
}

#[test]
fn what_the_service_makes_on_the_way_is_fetched_and_belongs_to_the_chain() {
    let between = |row: Option<Value>| {
        move |request: &Request| match (request.method, &row) {
            (Method::Get, Some(row)) => {
                let query = "/receipt?limit=100&offset=0&order=DESC&order_by=receipt_number";
                assert!(request.path.ends_with(query), "{}", request.path);
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

#[test]
fn they_are_followed_over_pages_and_never_taken_for_all_when_they_are_not() {
    // Another program's receipts, as far as their numbers: as many as a page has, time and again.
    let full = |page: usize| {
        let row = |number: usize| json!({"receipt_type": "NORMAL", "receipt_number": number.to_string()});
        let rows: Vec<Value> = (0..100).map(|at| row(1_000_000 - page * 100 - at)).collect();
        Answer { status: 200, headers: Vec::new(), body: json!({ "data": rows, "count": 1_000_000 }) }
    };
    let pages = std::cell::Cell::new(0);
    let outcome = Till::at(7).does(9, "receipt.zero", json!({}), &|request| {
        if request.method != Method::Get {
            return Some(answer(9, request));
        }
        pages.set(pages.get() + 1);
        Some(full(pages.get() - 1))
    });
    let outcome = outcome.unwrap();
    assert_eq!((outcome.error, pages.get()), (None, 10));
    assert_eq!(outcome.receipts[0].verified, ["content"]);

    // On the second page the close is found after all.
    let mut closed = answered(8);
    closed["receipt_type"] = "MONTHLY_CLOSE".into();
    let outcome = Till::at(7).does(9, "receipt.zero", json!({}), &|request| match request.method {
        Method::Get if request.path.contains("offset=100&") => {
            let rows = json!({ "data": [closed, answered(7)] });
            Some(Answer { status: 200, headers: Vec::new(), body: rows })
        }
        Method::Get => Some(full(0)),
        _ => Some(answer(9, request)),
    });
    let outcome = outcome.unwrap();
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.receipts.last().unwrap().verified, ["content", "chain"]);
}

/// What bears no VAT has none to take back.
#[test]
fn a_cancellation_takes_back_no_minus_nothing() {
    let mut till = Till::new(Checks::Report, "sandbox");
    let (.., sold) = operations(&till).pop().unwrap();
    till.does(7, "sale.complete", sold, &|request| Some(answer(7, request))).unwrap();
    let params = json!({ "original": till.receipt(7) });
    let outcome = till.does(5, "receipt.cancel", params, &|request| Some(answer(5, request))).unwrap();
    let groups = json!(outcome.receipts.last().unwrap().totals.vat);
    let without = groups.as_array().unwrap().iter().find(|group| group["rate"] == "0").unwrap();
    assert_eq!((&without["gross"], &without["amount"]), (&json!("5.00"), &json!("0.00")));
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
