//! Reading and checking sales: what is accepted, and what each wrong field is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]

use fiskal::error::Kind;
use fiskal::sale::Sale;
use serde_json::{Value, json};

/// A sale with every field that a till may give.
fn full() -> Value {
    json!({
        "id": "pos-7f3a", "register": "till-1", "number": "R-2026-0001", "series": "A", "document": "receipt",
        "text": "Thank you", "training": false, "started_at": "2026-03-01T12:00:00+01:00",
        "cashier": {"id": "7", "name": "Anna"}, "table": "12",
        "items": [{"text": "Croissant", "quantity": "2", "unit": "piece", "unit_price": "1.20", "total": "2.20",
                   "vat": "5.5", "kind": "good", "type": "item",
                   "discounts": [{"amount": "0.20", "text": "2 for 1"}],
                   "article": {"number": "4711", "gtin": "4006381333931", "group": "bakery"},
                   "extra": {"sign-fr": {}}}],
        "discounts": [{"percent": "0", "text": "none today"}], "rounding": "0.00",
        "payments": [{"method": "cash", "amount": "1.10", "tendered": "5.00",
                      "foreign": {"currency": "CHF", "amount": "4.80", "rate": "1.04"}},
                     {"method": "card", "amount": "1.10", "card": {"kind": "debit", "number": "1234********5678"},
                      "name": "CB", "reference": "000123"}],
        "customer": {"type": "business", "name": "Dupont SA",
                     "person": {"forename": "Jeanne", "surname": "Dupont", "gender": "female", "prefix": "Dr"},
                     "id": {"type": "vat", "number": "FR12345678901", "country": "FR"},
                     "address": {"street": "Rue de Rivoli", "number": "1", "code": "75001", "city": "Paris",
                                 "country": "FR"},
                     "code": "C-9", "lottery_code": "ABCD1234"},
        "original": {"register": "till-2", "series": "A", "number": "R-1", "issued_at": "2026-02-01",
                     "reason": "broken"},
        "metadata": {"shift": "early"}, "extra": {"sign-es": {"anything": 1}}
    })
}

/// The full sale with one field set, by JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut sale = full();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    match sale.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[field.parse::<usize>().unwrap()] = value,
        Value::Object(object) => drop(object.insert(field.replace("~1", "/"), value)),
        other => panic!("{parent} is {other}"),
    }
    sale
}

fn without(pointer: &str) -> Value {
    let mut sale = full();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    sale.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field).unwrap();
    sale
}

#[test]
fn a_list_stands_for_no_object() {
    let objects = [
        "/cashier",
        "/items/0",
        "/items/0/vat",
        "/items/0/article",
        "/items/0/discounts/0",
        "/payments/0",
        "/payments/0/foreign",
        "/payments/1/card",
        "/customer",
        "/customer/person",
        "/customer/id",
        "/customer/address",
        "/original",
    ];
    for pointer in objects {
        let members = full().pointer(pointer).unwrap().clone();
        let in_their_order = match members {
            Value::Object(members) => members.into_iter().map(|(_, value)| value).collect(),
            other => vec![other],
        };
        let error = Sale::read(&with(pointer, Value::Array(in_their_order))).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some(pointer)), "{error}");
    }
    let error = Sale::read(&with("/payments/0/method", json!({"cash": null}))).unwrap_err();
    assert_eq!(error.pointer(), Some("/payments/0/method"), "{error}");
}

#[test]
fn a_full_sale_is_read_and_written_back() {
    let sale = Sale::read(&full()).unwrap();
    sale.check_complete().unwrap();
    assert_eq!(Sale::read(&serde_json::to_value(&sale).unwrap()).unwrap(), sale);
}

#[test]
fn the_least_sale_may_be_begun_but_not_completed() {
    let sale = Sale::read(&json!({"register": "till-1"})).unwrap();
    let error = sale.check_complete().unwrap_err();
    assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some("/items")));
}

/// Sets a field of the full sale and expects an error at that very field.
fn refused_there(cases: &[(&str, Value, &str)]) {
    for (pointer, value, words) in cases {
        refused(&with(pointer, value.clone()), pointer, words);
    }
}

fn refused(sale: &Value, pointer: &str, words: &str) {
    let error = Sale::read(sale).expect_err(pointer);
    assert_eq!(error.kind(), Kind::Invalid, "{pointer}");
    assert_eq!(error.pointer(), Some(pointer), "{}", error.message());
    assert!(error.message().contains(words), "{pointer}: {} does not say '{words}'", error.message());
}

#[test]
fn what_is_no_sale_is_refused() {
    for value in [json!(null), json!("sale"), json!(7)] {
        refused(&value, "", "cannot stand here; give an object");
    }
    refused(&json!({}), "/register", "'register' is missing");
    refused(&without("/items/0/text"), "/items/0/text", "'text' is missing");
    refused(&without("/items/0/vat"), "/items/0/vat", "'vat' is missing");
    refused(&without("/payments/1/method"), "/payments/1/method", "'method' is missing");
}

#[test]
fn an_unknown_field_is_told_its_nearest_known_one() {
    refused_there(&[
        ("/itmes", json!([]), "did you mean 'items'?"),
        ("/items/0/quantiy", json!("1"), "did you mean 'quantity'?"),
        ("/items/0/zzzzzzzzzzzz", json!("1"), "remove it"),
        ("/payments/0/tenderd", json!("1"), "did you mean 'tendered'?"),
        ("/a~1b", json!(1), "there is no field 'a/b'"),
    ]);
    refused(&with("/items/0/vat", json!({"rates": "5.5"})), "/items/0/vat/rates", "did you mean 'rate'?");
}

#[test]
fn a_wrong_vat_is_explained() {
    refused_there(&[
        ("/items/0/vat", json!({}), "exactly one of"),
        ("/items/0/vat", json!({"rate": "20", "exempt": "export"}), "exactly one of"),
        ("/items/0/vat", json!({"reverse_charge": false}), "can only be true"),
        ("/items/0/vat", json!({"reverse_charge": true, "code": "X"}), "takes no `code`"),
        ("/items/0/vat", json!(5.5), "give it as a string"),
        ("/items/0/vat", json!("free"), "not a decimal number"),
        ("/items/0/vat", json!(true), "a percentage such as"),
        ("/items/0/vat", json!("-1"), "from 0 to 100"),
        ("/items/0/vat", json!("100.01"), "from 0 to 100"),
    ]);
    refused(&with("/items/0/vat", json!({"rate": 5.5})), "/items/0/vat/rate", "give it as a string");
}

#[test]
fn a_word_that_is_not_known_is_told_those_that_are() {
    refused(
        &with("/items/0/vat", json!({"exempt": "exmpt"})),
        "/items/0/vat/exempt",
        "'exmpt' cannot stand here; give one of not_subject, exempt, export, intra_eu, margin, third_party and voucher; did you mean 'exempt'?",
    );
    refused_there(&[
        ("/document", json!("reciept"), "did you mean 'receipt'?"),
        ("/document", json!("order"), "one of receipt, invoice, draft and proforma"),
        ("/items/0/type", json!("tipp"), "did you mean 'tip'?"),
        ("/items/0/kind", json!("goods"), "did you mean 'good'?"),
        ("/payments/0/method", json!("coins"), "'coins' cannot stand here; give one of cash, card, "),
        ("/payments/0/method", json!("Cash"), "did you mean 'cash'?"),
        ("/payments/0/method", json!(""), "'' cannot stand here"),
        ("/payments/0/method", json!("a`, expected one of `b`"), "give one of cash, card, "),
        ("/payments/0/method", json!(1), "a text is expected; give one of cash, card, "),
        ("/payments/0/method", json!(null), "a text is expected; give one of cash, "),
        ("/payments/0/method", json!(["cash"]), "a text is expected; give one of cash, "),
        ("/payments/0/method", json!({"cash": null}), "a text is expected; give one of cash, "),
        ("/payments/1/card/kind", json!("gold"), "give one of credit, debit"),
    ]);
    let error = Sale::read(&with("/payments/0/method", json!("\u{7}x".repeat(1 << 20)))).unwrap_err();
    assert!(error.message().len() < 400 && !error.message().contains('\u{7}'), "{error}");
}

#[test]
fn items_and_discounts_keep_their_bounds() {
    let item = full()["items"][0].clone();
    refused_there(&[
        ("/items", Value::Array(vec![item; 1001]), "at most 1000"),
        ("/items/0/quantity", json!(1.5), "give it as a string"),
        ("/items/0/quantity", json!("1e3"), "not a decimal number"),
        ("/items/0/quantity", json!("1234567890123"), "12 digits"),
        ("/items/0/quantity", json!("1.123456789"), "8 after"),
        ("/items/0/unit_price", json!("-1.20"), "negative"),
        ("/items/0/text", json!(""), "empty"),
        ("/items/0/text", json!("x".repeat(251)), "at most 250"),
        ("/items/0/total", json!("2.22"), "may differ by one cent"),
        ("/items/0/total", json!("2.18"), "may differ by one cent"),
        ("/items/0/total", json!("2.201"), "whole number of cents"),
        ("/items/0/article/gtin", json!("123"), "8, 12, 13 or 14"),
        ("/items/0/discounts/0", json!({}), "either an amount or a percent"),
        ("/items/0/discounts/0", json!({"amount": "1", "percent": "1"}), "either an amount or a percent"),
        ("/items/0/discounts/0/amount", json!("-0.20"), "negative"),
        ("/items/0/discounts/0/amount", json!("2.41"), "more than the 2.40"),
        ("/items/0/discounts/0/amount", json!("0.001"), "whole number of cents"),
        ("/discounts/0/percent", json!("101"), "from 0 to 100"),
        ("/rounding", json!("0.06"), "0.05 at most"),
        ("/rounding", json!("-0.06"), "0.05 at most"),
    ]);
    refused(&with("/discounts/0", json!({"amount": "2.21"})), "/discounts/0/amount", "more than the 2.20");
}

#[test]
fn ids_and_times_keep_their_bounds() {
    refused_there(&[
        ("/id", json!("a b"), "visible"),
        ("/id", json!("a\u{202E}b"), "visible"),
        ("/id", json!("a\u{0}b"), "visible"),
        ("/id", json!("x".repeat(65)), "at most 64"),
        ("/id", json!(""), "empty"),
        ("/id", json!(7), "7 cannot stand here; give a text"),
        ("/register", json!(""), "empty"),
        ("/started_at", json!("yesterday"), "write it like 2026-03-01T12:00:00+01:00"),
        ("/cashier", json!("Anna, expected b"), "\"Anna, expected b\" cannot stand here; give an object"),
        ("/items", json!({}), "an object cannot stand here; give a list"),
        ("/training", json!(null), "null cannot stand here; give true or false"),
        ("/cashier/id", json!(""), "empty"),
        ("/metadata/k", json!(1), "give a text"),
        ("/metadata/k", json!("x".repeat(251)), "at most 250"),
    ]);
    let notes: serde_json::Map<_, _> = (0..19).map(|key| (key.to_string(), json!("note"))).collect();
    refused(&with("/metadata", Value::Object(notes)), "/metadata", "19 notes are too many");
    Sale::read(&with("/id", json!("é".repeat(64)))).unwrap();
}

#[test]
fn payments_and_parties_keep_their_bounds() {
    refused_there(&[
        ("/payments/0/tendered", json!("1.09"), "cannot be less"),
        ("/payments/0/amount", json!("1.105"), "whole number of cents"),
        ("/payments/0/card", json!({}), "method 'cash'"),
        ("/payments/0/gift_card", json!({"id": "1"}), "method 'cash'"),
        ("/payments/1/voucher", json!({}), "method 'card'"),
        ("/payments/1/card/number", json!("4111111111111111"), "not masked"),
        ("/payments/1/card/number", json!("12 34"), "digits and '*'"),
        ("/payments/0/foreign/currency", json!("chf"), "capital letters"),
        ("/payments/0/foreign/rate", json!("0"), "more than zero"),
        ("/customer/id/country", json!("fr"), "two capital letters"),
        ("/customer/lottery_code", json!("abc"), "8 or 16"),
        ("/customer/address/city", json!(""), "empty"),
        ("/original/issued_at", json!("soon"), "give a date"),
    ]);
    refused(&with("/original/receipt", json!("r-1")), "/original", "exactly one of");
    refused(&with("/original/number", json!(null)), "/original", "exactly one of");
    let mixed = json!({"receipt": "r-1", "series": "A"});
    refused(&with("/original", mixed), "/original", "go with the original's `number`");
    Sale::read(&with("/original", json!({"external": "receipt 17 of the old till"}))).unwrap();
}

#[test]
fn payments_must_add_up_and_the_difference_is_named() {
    let cases = [
        (json!([{"method": "cash", "amount": "2.00"}]), "0.20 is missing"),
        (json!([{"method": "cash", "amount": "2.21"}]), "0.01 is too much"),
        (json!([]), "2.20 is missing"),
    ];
    for (payments, words) in cases {
        let sale = Sale::read(&with("/payments", payments)).unwrap();
        let error = sale.check_complete().unwrap_err();
        assert_eq!(error.pointer(), Some("/payments"));
        assert!(error.message().contains(words), "{}", error.message());
    }
    for document in ["draft", "proforma"] {
        let mut sale = with("/payments", json!([]));
        sale["document"] = json!(document);
        Sale::read(&sale).unwrap().check_complete().unwrap();
    }
}

#[test]
fn cash_rounding_changes_what_is_paid() {
    let mut sale = with("/rounding", json!("-0.02"));
    sale["payments"] = json!([{"method": "cash", "amount": "2.18"}]);
    Sale::read(&sale).unwrap().check_complete().unwrap();
}

#[test]
fn a_hostile_sale_makes_a_short_clean_message() {
    let hostile = "\u{1b}[31m\u{202e}`".repeat(100_000);
    let sales = [
        with("/document", json!(hostile)),
        with("/items/0/quantity", json!(hostile)),
        with("/items/0/text", json!(hostile)),
        json!({"register": "till-1", hostile.as_str(): 1}),
    ];
    for sale in sales {
        let error = Sale::read(&sale).unwrap_err();
        assert!(error.message().len() < 1_000, "{} bytes", error.message().len());
        assert!(!error.message().contains(['\u{1b}', '\u{202e}']));
    }
}

#[test]
fn the_same_content_has_the_same_fingerprint() {
    let print = |sale: Value| Sale::read(&sale).unwrap().fingerprint().unwrap();
    let same = [
        with("/items/0/unit_price", json!("1.2")),
        with("/items/0/quantity", json!(2)),
        with("/items/0/total", json!("2.2000")),
        with("/items/0/vat", json!("5.50")),
        with("/items/0/vat", json!({"rate": "5.5"})),
        with("/items/0/discounts/0/amount", json!("0.2")),
        with("/discounts/0/percent", json!("0.0")),
        with("/rounding", json!("-0")),
        with("/payments/0/amount", json!("1.1")),
        with("/payments/0/tendered", json!(5)),
        with("/payments/0/foreign/amount", json!("4.8")),
        with("/payments/0/foreign/rate", json!("1.0400")),
        with("/started_at", json!("2026-03-01T11:00:00Z")),
        without("/training"),
    ];
    let expected = print(full());
    assert_eq!(expected.len(), 64);
    for sale in same {
        assert_eq!(print(sale.clone()), expected, "{sale}");
    }
    let other = [
        with("/number", json!("R-2026-0002")),
        with("/text", json!("Thank you ")),
        with("/payments/1/reference", json!("123")),
        with("/items/0/vat", json!({"rate": "5.5", "code": "X"})),
        with("/metadata/shift", json!("late")),
        with("/extra/sign-es", json!({"anything": 2})),
    ];
    for sale in other {
        assert_ne!(print(sale.clone()), expected, "{sale}");
    }
}

#[test]
fn a_total_has_the_sign_of_its_quantity() {
    let refused_total = |quantity: &str, price: &str, total: &str| {
        let mut sale = with("/items/0/total", json!(total));
        sale["items"][0]["quantity"] = json!(quantity);
        sale["items"][0]["unit_price"] = json!(price);
        sale["items"][0]["discounts"] = json!([]);
        Sale::read(&sale).err().and_then(|error| error.pointer().map(str::to_owned))
    };
    let there = Some("/items/0/total".to_owned());
    assert_eq!(refused_total("1", "0", "-0.01"), there);
    assert_eq!(refused_total("-1", "0", "0.01"), there);
    assert_eq!(refused_total("0", "1.00", "0.01"), there);
    assert_eq!(refused_total("-1", "1.00", "1.00"), there);
    assert_eq!(refused_total("1", "0", "0.01"), None);
    assert_eq!(refused_total("-1", "1.00", "-0.99"), None);
    assert_eq!(refused_total("-1", "1.00", "-1"), None);
}

/// What the schema of a decimal allows is what is read; the schema is what other languages see.
#[test]
fn the_schema_of_a_decimal_allows_what_is_read() {
    use proptest::strategy::{Strategy, ValueTree};
    let schema = serde_json::to_value(schemars::schema_for!(fiskal::money::Exact)).unwrap();
    let pattern = schema["pattern"].as_str().unwrap().trim_start_matches('^').trim_end_matches('$');
    let texts = proptest::string::string_regex(pattern).unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..1_000 {
        let text = texts.new_tree(&mut runner).unwrap().current();
        assert!(text.parse::<fiskal::money::Exact>().is_ok(), "{text}");
    }
}

#[test]
fn the_schema_of_a_sale_knows_every_field_and_no_other() {
    let schema = serde_json::to_value(schemars::schema_for!(Sale)).unwrap();
    let known = |schema: &Value| -> Vec<String> {
        let mut names: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    let fields = |value: &Value| -> Vec<String> {
        let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    let written = serde_json::to_value(Sale::read(&full()).unwrap()).unwrap();
    assert_eq!(known(&schema), fields(&written));
    assert_eq!(schema["additionalProperties"], json!(false));
    for (definition, place) in [
        ("Item", "/items/0"),
        ("Discount", "/discounts/0"),
        ("Payment", "/payments/0"),
        ("Customer", "/customer"),
        ("Original", "/original"),
        ("Address", "/customer/address"),
    ] {
        let part = &schema["$defs"][definition];
        assert_eq!(known(part), fields(written.pointer(place).unwrap()), "{definition}");
        assert_eq!(part["additionalProperties"], json!(false), "{definition}");
    }
}
