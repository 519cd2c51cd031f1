//! The receipt as the faces read it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]

use fiskal::receipt::{Receipt, ReceiptType, State};
use fiskal::sale::Sale;
use serde_json::{Value, json};

fn sale() -> Value {
    json!({
        "id": "pos-1", "register": "till-1", "number": "R-1",
        "items": [{"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"}],
        "discounts": [{"amount": "0.20"}],
        "payments": [{"method": "cash", "amount": "2.20"}]
    })
}

fn receipt_of(sale: &Value) -> Receipt {
    let sale = Sale::read(sale).unwrap();
    let totals = sale.amounts().unwrap().totals;
    Receipt::of_sale(&sale, totals)
}

#[test]
fn a_path_leads_to_text() {
    let receipt = Receipt {
        ids: [("record".to_owned(), "0198".to_owned())].into(),
        copy: 3,
        answer: json!({"a": {"b.c": 1, "list": [[true]]}}),
        ..receipt_of(&sale())
    };
    let cases = [
        ("number", Some("R-1")),
        ("type", Some("sale")),
        ("state", Some("pending")),
        ("copy", Some("3")),
        ("totals.gross", Some("2.20")),
        ("totals.vat.0.rate", Some("5.5")),
        ("items.0.text", Some("Croissant")),
        ("items.0.vat", Some("5.5")),
        ("items.0.discounts", Some("[]")),
        ("ids.record", Some("0198")),
        ("answer.a.list.0.0", Some("true")),
        ("fiscal.number", None),
        ("qr.payload", None),
        ("items.1.text", None),
        ("items.-1.text", None),
        ("items.+0.text", None),
        ("items.99999999999999999999999.text", None),
        ("items..text", None),
        ("number.0", None),
        ("nothing", None),
        ("", None),
        (".", None),
    ];
    for (path, expected) in cases {
        assert_eq!(receipt.get(path).as_deref(), expected, "{path}");
    }
}

#[test]
fn a_list_is_counted() {
    let receipt = receipt_of(&sale());
    let cases = [
        ("items", Some(1)),
        ("mentions", Some(0)),
        ("totals.vat", Some(1)),
        ("totals", None),
        ("number", None),
        ("qr", None),
        ("nothing", None),
    ];
    for (path, expected) in cases {
        assert_eq!(receipt.count(path), expected, "{path}");
    }
}

#[test]
fn the_type_follows_the_sale() {
    let with = |key: &str, value: Value| {
        let mut sale = sale();
        sale[key] = value;
        receipt_of(&sale)
    };
    assert_eq!(with("training", json!(true)).receipt_type, ReceiptType::Training);
    assert_eq!(with("original", json!({"receipt": "r-0"})).receipt_type, ReceiptType::Return);
    assert_eq!(with("text", json!("Merci")).receipt_type, ReceiptType::Sale);
}

#[test]
fn a_receipt_survives_the_journal_and_newer_fields() {
    let receipt = Receipt { state: State::Signed, ..receipt_of(&sale()) };
    let mut written = serde_json::to_value(&receipt).unwrap();
    assert_eq!(serde_json::from_value::<Receipt>(written.clone()).unwrap(), receipt);
    written["from_the_future"] = json!(1);
    assert_eq!(serde_json::from_value::<Receipt>(written).unwrap(), receipt);
}

#[test]
fn a_receipt_adds_up_as_its_sale_did() {
    let sale = Sale::read(&sale()).unwrap();
    let amounts = sale.amounts().unwrap();
    assert_eq!(Receipt::of_sale(&sale, amounts.totals.clone()).amounts().unwrap(), amounts);
}
