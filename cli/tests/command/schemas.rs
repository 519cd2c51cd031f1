//! What the registry says of parameters and results is what they are.

use crate::shop::{RunningSandbox, Shop};
use crate::verify::dep_file;
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The schemas of every operation, with the calls that were held against them.
struct Described {
    schemas: BTreeMap<String, [Validator; 2]>,
    called: BTreeSet<String>,
}

impl Described {
    fn by(shop: &Shop) -> Described {
        let description = shop.run(&["call", "describe"]).ends(0).json();
        let mut schemas = BTreeMap::new();
        for operation in description["operations"].as_array().unwrap() {
            let both = ["params", "result"].map(|which| {
                let mut schema = operation[which].clone();
                close(&mut schema);
                jsonschema::draft202012::new(&schema).unwrap()
            });
            schemas.insert(operation["name"].as_str().unwrap().to_owned(), both);
        }
        Described { schemas, called: BTreeSet::new() }
    }

    #[track_caller]
    fn call(&mut self, shop: &Shop, operation: &str, params: &Value) -> Value {
        let result = shop.run(&["call", operation, &params.to_string()]).ends(0).json();
        let [takes, gives] = &self.schemas[operation];
        for (schema, value) in [(takes, params), (gives, &result)] {
            let problems: Vec<String> = schema
                .iter_errors(value)
                .map(|problem| format!("{}: {problem}", problem.instance_path()))
                .collect();
            assert!(problems.is_empty(), "{operation}: {problems:#?} in {value:#}");
        }
        self.called.insert(operation.to_owned());
        result
    }
}

/// Lets objects have no members but those that are listed.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties") {
                members.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}

fn sale(id: &str, more: Value) -> Value {
    let mut sale = json!({
        "id": id, "register": "till-1", "number": format!("R-{}", id.to_uppercase()),
        "items": [
            {"text": "Croissant", "quantity": 2, "unit_price": "1.20", "vat": "5.5"},
            {"text": "Timbre", "quantity": "1", "unit_price": "1.50", "vat": {"exempt": "third_party"},
             "article": {"number": "4711"}, "discounts": [{"percent": "10", "text": "Fidélité"}]},
        ],
        "discounts": [{"amount": "0.05"}],
        "payments": [{"method": "cash", "amount": "3.70", "tendered": "5.00"}],
    });
    let Value::Object(more) = more else { panic!("no members: {more}") };
    sale.as_object_mut().unwrap().extend::<Map<_, _>>(more);
    sale
}

#[test]
fn every_result_is_what_its_schema_says() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    let mut described = Described::by(&shop);
    let mut call = |operation: &str, params: Value| described.call(&shop, operation, &params);

    call("provision", json!({ "plan": true }));
    call("status", json!({}));
    call("provision", json!({ "register": "till-1" }));
    call("provision", json!({}));
    let who =
        json!({ "cashier": {"id": "7", "name": "Anna"}, "customer": {"name": "Martin"}, "text": "Merci" });
    let receipt = call("sale.complete", sale("s-1", who));
    call("sale.begin", json!({ "id": "s-2", "register": "till-1" }));
    call("sale.update", sale("s-2", json!({ "metadata": {"table": "4"} })));
    call("sale.list", json!({}));
    call("sale.resume", json!({ "sale": "s-2" }));
    call("status", json!({ "register": "till-1" }));
    call("sale.complete", json!({ "id": "s-2", "register": "till-1" }));
    call("sale.begin", json!({ "id": "s-3", "register": "till-1" }));
    call("sale.abort", json!({ "register": "till-1", "sale": "s-3", "reason": "left" }));
    call("sync", json!({}));
    call("receipt.get", json!({ "id": receipt["id"] }));
    call("receipt.list", json!({ "limit": 10 }));
    for format in ["text", "html", "escpos"] {
        call("receipt.print", json!({ "id": receipt["id"], "format": format }));
    }
    call("receipt.duplicate", json!({ "id": receipt["id"], "reason": "lost" }));
    let address = json!({ "street": "Rue de Rivoli", "number": "1", "code": "75001", "city": "Paris", "country": "FR" });
    let person = json!({ "forename": "Luc", "surname": "Martin" });
    let customer = json!({ "person": person, "address": address });
    call("receipt.invoice", json!({ "id": receipt["id"], "customer": customer }));
    let card = json!([{ "method": "card", "amount": "3.70", "card": {"kind": "debit"} }]);
    call("receipt.pay", json!({ "id": receipt["id"], "payment": "p-1", "payments": card }));
    call("receipt.cancel", json!({ "id": receipt["id"], "cashier": {"id": "7"} }));
    let event = json!({ "register": "till-1", "code": "260", "description": "No connection" });
    call("event.record", event);
    call("request", json!({ "register": "till-1", "method": "GET", "path": "/records?limit=1" }));
    call("journal.verify", json!({}));
    for export in ["sound", "broken"] {
        call(
            "dep.verify",
            json!({ "file": dep_file(&format!("{export}.json")), "keys": dep_file("keys.json") }),
        );
    }
    call("describe", json!({}));

    let austria = Shop::in_austria(&sandbox);
    described.call(&austria, "provision", &json!({}));
    let coffee = json!({
        "id": "s-1", "register": "till-1",
        "items": [{"text": "Melange", "quantity": "1", "unit_price": "4.20", "vat": "20"}],
        "payments": [{"method": "cash", "amount": "4.20"}],
    });
    let sold = described.call(&austria, "sale.complete", &coffee);
    described.call(&austria, "receipt.cancel", &json!({ "id": sold["id"] }));
    described.call(&austria, "receipt.zero", &json!({ "register": "till-1", "id": "z-1" }));
    described.call(&austria, "status", &json!({}));

    let all: BTreeSet<String> = described.schemas.keys().cloned().collect();
    assert_eq!(described.called, all, "an operation was not called");
}
