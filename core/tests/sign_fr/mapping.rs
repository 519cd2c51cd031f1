//! A sale in the service's words: VAT codes, payments, bounds.

use crate::driver::{Drive, NOON, facts, sale};
use crate::fisc::Fisc;
use fiskal::error::Kind;
use serde_json::{Value, json};

/// The operation of the receipt that is sent for `sale`.
fn operation(sale: Value) -> Value {
    let mut drive = Drive::completing(sale);
    drive.run(&mut Fisc::new()).unwrap();
    drive.sent.last().unwrap().body.as_ref().unwrap()["content"]["operation"].clone()
}

/// One item for ten euros, with this VAT.
fn taxed(vat: Value) -> Value {
    let mut sale = sale();
    sale["items"] = json!([{"text": "Thing", "quantity": "1", "unit_price": "10.00", "vat": vat}]);
    sale["payments"] = json!([{"method": "cash", "amount": "10.00"}]);
    sale
}

#[test]
fn vat_codes_come_from_the_system() {
    let rates: [(Value, &str, &str); 8] = [
        (json!("20"), "STANDARD", "20"),
        (json!("20.00"), "STANDARD", "20"),
        (json!(10), "REDUCED_1", "10"),
        (json!("5.5"), "REDUCED_2", "5.5"),
        (json!("5.50"), "REDUCED_2", "5.5"),
        (json!("2.1"), "REDUCED_3", "2.1"),
        (json!("7"), "REDUCED_1", "7"),
        (json!({"rate": "20", "code": "STANDARD"}), "STANDARD", "20"),
    ];
    for (vat, code, percentage) in rates {
        let sent = operation(taxed(vat.clone()))["entries"][0]["data"]["vat"].clone();
        assert_eq!(
            (sent["code"].as_str(), sent["percentage"].as_str()),
            (Some(code), Some(percentage)),
            "{vat}"
        );
    }
    let exempt: [(Value, &str); 9] = [
        (json!({"exempt": "not_subject"}), "NOT_SUBJECT"),
        (json!({"exempt": "third_party"}), "NOT_SUBJECT"),
        (json!({"exempt": "voucher"}), "NOT_SUBJECT"),
        (json!({"exempt": "export"}), "NOT_TAXABLE"),
        (json!({"exempt": "intra_eu"}), "NOT_TAXABLE"),
        (json!({"reverse_charge": true}), "NOT_TAXABLE"),
        (json!({"exempt": "exempt"}), "CAUSE_1"),
        (json!({"exempt": "margin"}), "CAUSE_3"),
        (json!({"exempt": "exempt", "code": "CAUSE_4"}), "CAUSE_4"),
    ];
    for (vat, code) in exempt {
        let operation = operation(taxed(vat.clone()));
        assert_eq!(
            operation["entries"][0]["data"]["vat"],
            json!({"type": "VAT_EXEMPTION", "code": code}),
            "{vat}"
        );
        assert_eq!(operation["entries"][0]["data"]["value"]["base"], "10.00");
        let total = json!({"amount": "0.00", "exclusive": "10.00", "inclusive": "10.00"});
        assert_eq!(operation["document"]["total_vat"], total);
    }
}

#[test]
fn an_unknown_vat_is_refused_and_the_known_ones_are_named() {
    let cases: [(Value, &str); 5] = [
        (json!("19"), "20 (STANDARD)"),
        (json!({"rate": "20", "code": "REDUCED_1"}), "with the code REDUCED_1"),
        (json!({"exempt": "exempt", "code": "CAUSE_2"}), "NOT_SUBJECT, NOT_TAXABLE, CAUSE_1"),
        (json!({"rate": "20", "code": "X"}), "with the code X"),
        (json!("0"), "give exempt with the reason instead"),
    ];
    for (vat, part) in cases {
        let error = Drive::completing(taxed(vat)).step().unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some("/items/0/vat")));
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn every_means_of_payment_has_its_words() {
    let details = json!({"amount": "10.00", "currency": "EUR"});
    let with = |properties: Value| json!({"amount": "10.00", "currency": "EUR", "properties": properties});
    let cases: Vec<(Value, Value)> = vec![
        (json!({"method": "cash"}), json!({"type": "CASH", "details": details})),
        (json!({"method": "cash", "tendered": "20.00"}), json!({"type": "CASH", "details": details})),
        (
            json!({"method": "card"}),
            json!({"type": "CARD", "number": "****", "kind": "DEBIT", "details": details}),
        ),
        (
            json!({"method": "card", "card": {"kind": "credit", "number": "************1234"}}),
            json!({"type": "CARD", "number": "************1234", "kind": "CREDIT", "details": details}),
        ),
        (
            json!({"method": "card", "card": {"kind": "prepaid"}}),
            json!({"type": "CARD", "number": "****", "kind": "PREPAID", "details": details}),
        ),
        (
            json!({"method": "meal_voucher"}),
            json!({"type": "CARD", "number": "****", "kind": "TICKET", "details": details}),
        ),
        (
            json!({"method": "gift_card", "gift_card": {"id": "123456"}}),
            json!({"type": "CARD", "number": "123456", "kind": "GIFT", "details": details}),
        ),
        (
            json!({"method": "gift_card", "gift_card": {"id": "GC-7"}}),
            json!({"type": "CARD", "number": "****", "kind": "GIFT", "details": with(json!({"reference_payment_method": "GC-7"}))}),
        ),
        (
            json!({"method": "voucher", "voucher": {"purpose": "single", "number": "0815"}}),
            json!({"type": "VOUCHER", "number": "0815", "kind": "SINGLE", "details": details}),
        ),
        (
            json!({"method": "voucher", "voucher": {"number": "V-1"}}),
            json!({"type": "VOUCHER", "number": "****", "kind": "MULTIPLE", "details": with(json!({"reference_payment_method": "V-1"}))}),
        ),
        (
            json!({"method": "voucher", "voucher": {"number": "V-1"}, "reference": "auth-1"}),
            json!({"type": "VOUCHER", "number": "****", "kind": "MULTIPLE", "details": with(json!({"reference_payment_method": "V-1 auth-1"}))}),
        ),
        (
            json!({"method": "voucher", "voucher": {"number": "0815"}, "reference": "auth-1"}),
            json!({"type": "VOUCHER", "number": "0815", "kind": "MULTIPLE", "details": with(json!({"reference_payment_method": "auth-1"}))}),
        ),
        (
            json!({"method": "wallet", "name": "Lydia"}),
            json!({"type": "ONLINE", "name": "Lydia", "details": details}),
        ),
        (json!({"method": "wallet"}), json!({"type": "ONLINE", "name": "Wallet", "details": details})),
        (json!({"method": "online"}), json!({"type": "ONLINE", "name": "Online", "details": details})),
        (json!({"method": "transfer"}), json!({"type": "OTHER", "name": "Transfer", "details": details})),
        (
            json!({"method": "on_account"}),
            json!({"type": "OUTSTANDING", "concept": "GOOD", "details": details}),
        ),
        (json!({"method": "other"}), json!({"type": "OTHER", "details": details})),
        (
            json!({"method": "other", "name": "Chèque"}),
            json!({"type": "OTHER", "name": "Chèque", "details": details}),
        ),
        (
            json!({"method": "cash", "foreign": {"currency": "USD", "amount": "10.80", "rate": "0.9259"}}),
            json!({"type": "CASH", "details": with(json!({
                "foreign_currency_indicator": "USD", "foreign_currency_exchange_rate": "0.9259",
                "foreign_currency_denomination": "10.80 USD",
            }))}),
        ),
        (
            json!({"method": "card", "reference": "auth-1"}),
            json!({"type": "CARD", "number": "****", "kind": "DEBIT", "details": with(json!({"reference_payment_method": "auth-1"}))}),
        ),
    ];
    for (mut given, expected) in cases {
        given["amount"] = "10.00".into();
        let mut sale = taxed(json!("20"));
        sale["payments"] = json!([given]);
        assert_eq!(operation(sale)["payments"], json!([expected]), "{given}");
    }
}

#[test]
fn on_account_of_services_only_is_a_service() {
    let mut sale = taxed(json!("20"));
    sale["items"][0]["kind"] = "service".into();
    sale["payments"] = json!([{"method": "on_account", "amount": "10.00"}]);
    assert_eq!(operation(sale)["payments"][0]["concept"], "SERVICE");
}

#[test]
fn cash_rounding_is_a_discount_of_the_cash() {
    // Sold for 9.98; paid 10.00 or 9.95: amount plus discount is what was sold.
    for (rounding, cash, discount) in [("0.02", "8.00", "-0.02"), ("-0.03", "7.95", "0.03")] {
        let mut sale = taxed(json!("20"));
        sale["items"][0]["unit_price"] = "9.98".into();
        sale["rounding"] = rounding.into();
        sale["payments"] = json!([{"method": "card", "amount": "2.00"}, {"method": "cash", "amount": cash}]);
        let payments = operation(sale)["payments"].clone();
        assert_eq!(payments[0]["details"], json!({"amount": "2.00", "currency": "EUR"}));
        assert_eq!(payments[1]["details"], json!({"amount": cash, "currency": "EUR", "discount": discount}));
    }
}

#[test]
fn a_sale_of_nothing_is_paid_with_no_cash() {
    let mut sale = taxed(json!("20"));
    sale["items"][0]["unit_price"] = "0.00".into();
    sale["payments"] = json!([]);
    let operation = operation(sale);
    assert_eq!(
        operation["payments"],
        json!([{"type": "CASH", "details": {"amount": "0.00", "currency": "EUR"}}])
    );
    assert_eq!(
        operation["document"]["total_vat"],
        json!({"amount": "0.00", "exclusive": "0.00", "inclusive": "0.00"})
    );
}

#[test]
fn what_is_taken_back_is_a_return_in_positive_numbers() {
    let mut sale = taxed(json!("20"));
    sale["items"] = json!([
        {"text": "Lamp", "quantity": "1", "unit_price": "30.00", "vat": "20"},
        {"text": "Bulb", "quantity": "-2", "unit_price": "6.00", "vat": "20", "discounts": [{"amount": "2.00"}]},
    ]);
    sale["payments"] = json!([{"method": "cash", "amount": "20.00"}]);
    let operation = operation(sale);
    assert_eq!(operation["entries"][0]["type"], "SALE");
    assert_eq!(operation["entries"][1]["type"], "RETURN");
    // 12.00 / 1.2 = 10; 10.00 / 1.2 = 8.33333333…
    assert_eq!(
        operation["entries"][1]["data"],
        json!({
            "type": "ITEM", "text": "Bulb", "unit": {"quantity": "2", "price": "6.00"},
            "value": {"base": "10.00", "discount": "2.00"},
            "vat": {"type": "VAT_RATE", "code": "STANDARD", "percentage": "20",
                    "amount": "1.66666667", "exclusive": "8.33333333", "inclusive": "10.00"},
        })
    );
    // 25 - 8.33333333, 30 - 10.
    assert_eq!(
        operation["document"]["total_vat"],
        json!({"amount": "3.33333333", "exclusive": "16.66666667", "inclusive": "20.00"})
    );
}

#[test]
fn articles_are_products() {
    let cases: [(Value, Value); 4] = [
        (
            json!({"gtin": "4006381333931"}),
            json!({"type": "GTIN-13", "number": "4006381333931", "details": {"name": "Thing"}}),
        ),
        (
            json!({"gtin": "96385074", "number": "1"}),
            json!({"type": "GTIN-8", "number": "96385074", "details": {"name": "Thing"}}),
        ),
        (json!({"number": "4711"}), json!({"type": "OTHER", "number": "4711", "details": {"name": "Thing"}})),
        (json!({"group": "g"}), Value::Null),
    ];
    for (article, product) in cases {
        let mut sale = taxed(json!("20"));
        sale["items"][0]["article"] = article.clone();
        assert_eq!(
            operation(sale)["entries"][0]["data"].get("product").cloned().unwrap_or_default(),
            product,
            "{article}"
        );
    }
}

#[test]
fn what_france_cannot_take_is_refused_at_its_field() {
    let cases: Vec<(&str, Value, &str)> = vec![
        ("/number", Value::Null, "/number"),
        ("/number", json!("r-1"), "/number"),
        ("/number", json!("R 1"), "/number"),
        ("/number", json!("123456789012345678901"), "/number"),
        ("/number", json!("É"), "/number"),
        ("/series", json!("a"), "/series"),
        ("/document", json!("invoice"), "/customer"),
        ("/document", json!("proforma"), "/customer"),
        ("/original", json!({"receipt": "x"}), "/original"),
        ("/items/0/type", json!("deposit"), "/items/0/type"),
        ("/items/0/type", json!("voucher"), "/items/0/type"),
        ("/items/0/type", json!("tip"), "/items/0/type"),
        ("/items/0/unit", json!("a unit with more than thirty-two characters"), "/items/0/unit"),
        ("/items/0/extra", json!({"sign-fr": {"unknown": 1}}), "/items/0/extra/sign-fr/unknown"),
        (
            "/items/0/extra",
            json!({"sign-fr": {"properties": {"a.b": 7}}}),
            "/items/0/extra/sign-fr/properties/a.b",
        ),
        ("/extra", json!({"sign-fr": {"unknown": 1}}), "/extra/sign-fr/unknown"),
        ("/extra", json!({"sign-fr": {"operation_date": "1.2.2026"}}), "/extra/sign-fr/operation_date"),
        ("/extra", json!({"sign-fr": {"activity_code": ""}}), "/extra/sign-fr/activity_code"),
        (
            "/extra",
            json!({"sign-fr": {"properties": {"a/b": "x".repeat(65)}}}),
            "/extra/sign-fr/properties/a~1b",
        ),
        ("/metadata", json!({"fiskal_line": "x"}), "/metadata/fiskal_line"),
        ("/metadata", json!({"fiskal_a/b": "x"}), "/metadata/fiskal_a~1b"),
        ("/payments/0/reference", json!("x".repeat(65)), "/payments/0/reference"),
    ];
    for (field, value, pointer) in cases {
        let mut sale = taxed(json!("20"));
        let (parent, name) = field.rsplit_once('/').unwrap();
        sale.pointer_mut(parent).unwrap()[name] = value.clone();
        let error = Drive::completing(sale).step().unwrap_err();
        assert_eq!(
            (error.kind(), error.pointer()),
            (Kind::Invalid, Some(pointer)),
            "{field} = {value}: {error}"
        );
    }
    let mut many = taxed(json!("20"));
    many["payments"] = (0..11)
        .map(|index| json!({"method": "cash", "amount": if index == 0 { "0.00" } else { "1.00" }}))
        .collect();
    assert_eq!(Drive::completing(many).step().unwrap_err().pointer(), Some("/payments"));
    let mut alone = taxed(json!("20"));
    alone["cashier"] = Value::Null;
    alone["training"] = true.into();
    assert_eq!(Drive::completing(alone.clone()).step().unwrap_err().pointer(), Some("/cashier"));
    alone["training"] = false.into();
    alone["extra"] = json!({"sign-fr": {"properties": {"a": "b"}}, "sign-es": {"any": "thing"}});
    assert_eq!(Drive::completing(alone).step().unwrap_err().pointer(), Some("/cashier"));
}

#[test]
fn times_have_twenty_five_characters_in_the_locations_zone() {
    for (zone, at, expected) in [
        ("Europe/Paris", NOON, "2026-03-01T12:00:00+01:00"),
        ("Europe/Paris", "2026-07-01T22:30:00.123456Z", "2026-07-02T00:30:00+02:00"),
        ("Indian/Reunion", NOON, "2026-03-01T15:00:00+04:00"),
        ("America/Martinique", NOON, "2026-03-01T07:00:00-04:00"),
        ("UTC", NOON, "2026-03-01T11:00:00+00:00"),
        // The hour that comes twice.
        ("Europe/Paris", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),
    ] {
        let mut drive = Drive::completing(sale());
        drive.operation.zone = zone.into();
        drive.operation.at = at.parse().unwrap();
        drive.run(&mut Fisc::new()).unwrap();
        let sent = &drive.sent.last().unwrap().body.as_ref().unwrap()["content"]["operation"]["document"]["issued_at"];
        assert_eq!(sent, expected);
    }
    let mut drive = Drive::completing(sale());
    drive.operation.zone = "Mars/Olympus".into();
    assert_eq!(drive.step().unwrap_err().kind(), Kind::Config);
}

#[test]
fn without_a_cashier_nobody_is_made_up() {
    let mut sale = taxed(json!("20"));
    sale["cashier"] = Value::Null;
    let mut drive =
        Drive::new(crate::driver::operation("sale.complete", "register", json!({"sale": sale})), facts());
    drive.run(&mut Fisc::new()).unwrap();
    for request in &drive.sent {
        assert_eq!(request.body.as_ref().unwrap()["content"]["operation"].get("details"), None);
    }
}
