//! Answers that do not say what was sent.

use crate::driver::{Drive, account, operation, sale};
use crate::fisc::{Fisc, Tamper};
use fiskal::error::Kind;
use fiskal::exchange::Outcome;
use fiskal::receipt::State;
use fiskal::services::{Checks, build};
use serde_json::{Value, json};

/// A sale that uses as many fields as it can.
fn rich() -> Value {
    let mut sale = sale();
    sale["series"] = "A".into();
    sale["text"] = "Merci".into();
    sale["training"] = true.into();
    sale["customer"] = json!({"code": "C-1"});
    sale["extra"] = json!({"sign-fr": {
        "properties": {"number_of_customers_or_seats": "2"}, "activity_code": "ON-SITE", "operation_date": "2026-02-28",
    }});
    sale["items"][0]["unit"] = "piece".into();
    sale["items"][0]["discounts"] = json!([{"amount": "0.20"}]);
    sale["items"][0]["article"] = json!({"gtin": "4006381333931", "group": "bakery"});
    sale["items"][1]["vat"] = json!({"exempt": "not_subject"});
    sale["payments"] = json!([
        {"method": "card", "amount": "2.70", "card": {"kind": "credit", "number": "****1234"}, "reference": "auth-1"},
        {"method": "cash", "amount": "1.00"},
    ]);
    sale
}

/// Changes the `operation` of the receipt, or the receipt itself.
fn on_receipt(change: impl Fn(&mut Value, &mut Value) + 'static) -> Tamper {
    Box::new(move |record| {
        if record["content"]["type"] == "TRANSACTION::RECEIPT" {
            let text = record["content"]["operation"].as_str().unwrap().to_owned();
            let mut operation: Value = serde_json::from_str(&text).unwrap();
            change(&mut operation, record);
            if record["content"]["operation"] == text.as_str() {
                record["content"]["operation"] = operation.to_string().into();
            }
        }
    })
}

fn completed(checks: Checks, tamper: Option<Tamper>) -> (Drive, Outcome) {
    let mut fisc = Fisc::new();
    fisc.tamper = tamper;
    let mut drive = Drive::completing(rich());
    drive.service = build("sign-fr", &account(checks)).unwrap();
    let outcome = drive.run(&mut fisc).unwrap();
    (drive, outcome)
}

/// Pointers to everything inside `value`.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => return,
    };
    for (name, child) in children {
        let at = format!("{at}/{name}");
        places(child, &at, found);
        found.push(at);
    }
}

fn remove(operation: &mut Value, place: &str) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match operation.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        other => panic!("{other} has no parts"),
    }
}

#[test]
fn an_untouched_answer_is_verified() {
    let (_, outcome) = completed(Checks::Enforce, None);
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
}

#[test]
fn every_field_that_is_changed_or_missing_is_found_and_named() {
    let (drive, _) = completed(Checks::Enforce, None);
    let sent = drive.sent.last().unwrap().body.as_ref().unwrap()["content"]["operation"].clone();
    let mut all = Vec::new();
    places(&sent, "", &mut all);
    assert!(all.len() > 75, "the sale has few fields: {}", all.len());
    for place in &all {
        let is_leaf = !sent.pointer(place).unwrap().is_object() && !sent.pointer(place).unwrap().is_array();
        for change in [true, false] {
            if change && !is_leaf {
                continue;
            }
            let at = place.clone();
            let tamper = on_receipt(move |operation, _| match change {
                true => {
                    let value = operation.pointer_mut(&at).unwrap();
                    *value = match value {
                        Value::String(text) => format!("{text}0").into(),
                        Value::Bool(flag) => (!*flag).into(),
                        other => panic!("a leaf of another kind: {other}"),
                    };
                }
                false => remove(operation, &at),
            });
            let (_, outcome) = completed(Checks::Enforce, Some(tamper));
            let error = outcome.error.unwrap_or_else(|| panic!("{place} was not missed"));
            assert_eq!(error.kind(), Kind::Mismatch);
            let pointer = error.pointer().unwrap();
            let named = format!("/content/operation{place}");
            // What is taken out of a list shows at the next element, which moved up.
            assert!(pointer == named || (!change && pointer.starts_with(&named)), "{place}: {pointer}");
            assert_eq!(error.details().receipt.as_ref().unwrap()["state"], "signed");
            assert_eq!(outcome.receipts[0].verified, ["chain"]);
            assert_eq!(outcome.receipts[0].state, State::Signed);
            assert!(outcome.learned.is_some(), "what was booked is remembered");
        }
    }
}

/// The service was seen to fill the default of an entry's purpose in (contract sign-fr 2.8); another purpose is found.
#[test]
fn a_default_may_be_left_out_and_not_be_another() {
    for (purpose, found) in [(json!(null), false), (json!("STANDARD"), false), (json!("GIFT"), true)] {
        let tamper = on_receipt(move |operation, _| {
            let details = operation.pointer_mut("/entries/0/details").unwrap().as_object_mut().unwrap();
            details.remove("purpose").unwrap();
            if !purpose.is_null() {
                details.insert("purpose".into(), purpose.clone());
            }
        });
        let (_, outcome) = completed(Checks::Enforce, Some(tamper));
        let pointer = outcome.error.as_ref().and_then(|error| error.pointer());
        assert_eq!(pointer, found.then_some("/content/operation/entries/0/details/purpose"));
    }
}

#[test]
fn what_nobody_sent_is_found_where_the_contract_knows_it() {
    let cases: [(&str, Value, bool); 10] = [
        ("/entries/1/data/vat/amount", json!("0.25"), true),
        ("/entries/0/data/product/details/date_of_production", json!("2026-01-01"), true),
        ("/entries/1/data/value/discount", json!("1.00"), true),
        ("/entries/0/data/value/surcharge", json!("1.00"), true),
        ("/entries/2", json!({"type": "SALE"}), true),
        ("/payments/2", json!({"type": "CASH"}), true),
        ("/payments/1/details/discount", json!("0.01"), true),
        ("/details/properties/invented", json!("x"), true),
        ("/entries/0/details/description", json!("x"), true),
        ("/entries/0/details/a_field_of_next_year", json!("x"), false),
    ];
    for (place, value, found) in cases {
        let tamper = on_receipt(move |operation, _| {
            let (parent, name) = place.rsplit_once('/').unwrap();
            match operation.pointer_mut(parent).unwrap() {
                Value::Array(items) => items.push(value.clone()),
                other => other[name] = value.clone(),
            }
        });
        let (_, outcome) = completed(Checks::Enforce, Some(tamper));
        let pointer = outcome.error.as_ref().and_then(|error| error.pointer().map(str::to_owned));
        assert_eq!(pointer, found.then(|| format!("/content/operation{place}")), "{place}");
    }
}

#[test]
fn the_answer_itself_must_fit() {
    let cases: [(&str, Value, &str); 9] = [
        ("/content/journal/signature", json!(null), "/content/journal/signature"),
        ("/content/journal/signature", json!(""), "/content/journal/signature"),
        ("/content/journal/signed_at", json!("soon"), "/content/journal/signed_at"),
        ("/content/type", json!("TRANSACTION::INVOICE"), "/content/type"),
        ("/content/system/id", json!("sys-2"), "/content/system/id"),
        ("/content/record/id", json!("records-9"), "/content/record/id"),
        ("/content/operation", json!("{"), "/content/operation"),
        ("/content/operation", json!(null), "/content/operation"),
        ("/content/operation", json!("[]"), "/content/operation"),
    ];
    for (place, value, pointer) in cases {
        let wrong = value.clone();
        let tamper: Tamper = Box::new(move |record| {
            if record["content"]["type"] == "TRANSACTION::RECEIPT" {
                *record.pointer_mut(place).unwrap() = wrong.clone();
            }
        });
        let (_, outcome) = completed(Checks::Enforce, Some(tamper));
        assert_eq!(outcome.error.unwrap().pointer(), Some(pointer), "{value}");
    }
}

#[test]
fn where_checks_report_the_receipt_says_it() {
    let tamper = on_receipt(|operation, _| operation["document"]["number"] = "R-2".into());
    let (_, outcome) = completed(Checks::Report, Some(tamper));
    assert_eq!(outcome.error, None);
    let receipt = &outcome.receipts[0];
    assert_eq!(receipt.verified, ["chain"]);
    assert!(
        receipt.todo.as_ref().unwrap().contains("/content/operation/document/number"),
        "{:?}",
        receipt.todo
    );
}

#[test]
fn an_intention_that_says_something_else_is_a_mismatch_of_the_beginning() {
    let mut fisc = Fisc::new();
    fisc.tamper = Some(Box::new(|record| record["content"]["system"]["id"] = "sys-2".into()));
    let operation = operation("sale.begin", "register", json!({"sale": sale()}));
    let outcome = Drive::new(operation, crate::driver::facts()).run(&mut fisc).unwrap();
    let error = outcome.error.unwrap();
    assert_eq!((error.kind(), error.pointer()), (Kind::Mismatch, Some("/content/system/id")));
    assert_eq!(outcome.open_sale.unwrap()["intention"], "records-1");
}

#[test]
fn an_answer_without_its_operation_is_asked_for_it() {
    let mut fisc = Fisc::new();
    fisc.hides_operation = true;
    let mut drive = Drive::completing(rich());
    let outcome = drive.run(&mut fisc).unwrap();
    assert_eq!(drive.addresses().last().unwrap(), "GET /records/records-2?operation=");
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
}

/// Appendix A, JsonData: at most 65,536 characters, of the operation with the schema's defaults in it.
#[test]
fn only_a_long_operation_may_go_unrepeated() {
    let entries = 150;
    let with_texts = |length: usize| {
        let mut sale = sale();
        let item = json!({"text": "t".repeat(length), "quantity": "1", "unit_price": "1.00", "vat": "20"});
        sale["items"] = vec![item; entries].into();
        sale["payments"] = json!([{"method": "cash", "amount": "150.00"}]);
        let mut fisc = Fisc::new();
        fisc.tamper = Some(Box::new(|record| {
            if record["content"]["type"] == "TRANSACTION::RECEIPT" {
                drop(record["content"].as_object_mut().unwrap().remove("operation"));
            }
        }));
        let mut drive = Drive::completing(sale);
        let outcome = drive.run(&mut fisc).unwrap();
        let sent = drive.writes().last().unwrap().body.as_ref().unwrap()["content"]["operation"].to_string();
        (sent.len(), outcome)
    };
    let (empty, _) = with_texts(1);
    // With `,"purpose":"STANDARD"` in each entry it is just too long, without it just not.
    let border = 1 + (65_536 - empty - 1) / entries;
    let (sent, outcome) = with_texts(border);
    assert!(sent <= 65_536 && sent + 21 * entries > 65_536, "{sent}");
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.receipts[0].verified, ["chain"], "what nobody saw is not verified");
    let (sent, outcome) = with_texts(border - 40);
    assert!(sent + 21 * entries <= 65_536, "{sent}");
    assert_eq!(outcome.error.unwrap().pointer(), Some("/content/operation"));
}
