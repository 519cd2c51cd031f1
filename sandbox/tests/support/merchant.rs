//! A French merchant with one register, and a sale on it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::line::Line;

/// Makes a merchant (contract 3.4), all of it commissioned; gives back the ids by `taxpayer`, `location` and
/// `system`.
pub(crate) fn provision(line: &Line) -> BTreeMap<&'static str, String> {
    let commissioned = |path: &str, content: &Value| {
        let id = book(line, path, content);
        line.write("PATCH", &format!("{path}/{id}"), &json!({"state": "COMMISSIONED"}), None);
        id
    };
    let address = json!({"line": {"type": "STREET_NUMBER", "street": "Rue de Rivoli", "number": "123"},
                         "code": "75001", "city": "Paris", "country": "FR"});
    let credentials = json!({"type": "INFOCERT", "properties": {"legal_form": "SARL"}});
    let taxpayer = json!({"type": "COMPANY", "name": {"legal": "Martin SARL", "trade": "Martin"}, "address": address,
        "fiscalization": {"type": "FR", "tax_id_number": "123456789", "credentials": credentials}});
    let taxpayer = commissioned("/taxpayers", &taxpayer);
    let location =
        json!({"type": "BRANCH", "taxpayer": {"id": taxpayer}, "name": "Rivoli", "address": address});
    let location = commissioned("/locations", &location);
    let producer = json!({"type": "MPN", "number": "POS-1000", "details": {"name": "POS-1000"}});
    let system = json!({"type": "FISCAL_DEVICE", "location": {"id": location}, "producer": producer,
                        "software": {"name": "My POS", "version": "1.0.0"}});
    let system = commissioned("/systems", &system);
    BTreeMap::from([("taxpayer", taxpayer), ("location", location), ("system", system)])
}

/// Begins a sale; gives back the intention's id.
pub(crate) fn begin(line: &Line, system: &str) -> String {
    let intention =
        json!({"type": "INTENTION", "system": {"id": system}, "operation": {"type": "TRANSACTION"}});
    book(line, "/records", &intention)
}

/// Completes a sale of one item; gives back the receipt's id.
pub(crate) fn complete(line: &Line, intention: &str, number: &str, text: &str) -> String {
    let total = json!({"amount": "2.00", "exclusive": "10.00", "inclusive": "12.00"});
    let vat = json!({"type": "VAT_RATE", "code": "STANDARD", "percentage": "20.00",
                     "amount": "2.00", "exclusive": "10.00", "inclusive": "12.00"});
    let item = json!({"type": "ITEM", "text": text, "vat": vat,
                      "unit": {"quantity": "1", "price": "12.00"}, "value": {"base": "10.00"}});
    let receipt = json!({"type": "RECEIPT", "document": {"number": number, "total_vat": total},
        "entries": [{"type": "SALE", "data": item, "details": {"concept": "GOOD"}}],
        "payments": [{"type": "CASH", "details": {"amount": "12.00"}}]});
    book(line, "/records", &json!({"type": "TRANSACTION", "record": {"id": intention}, "operation": receipt}))
}

fn book(line: &Line, path: &str, content: &Value) -> String {
    line.write("POST", path, content, None)["id"].as_str().unwrap().to_owned()
}
