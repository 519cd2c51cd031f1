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

/// An operation that waits for its service, which answers again.
fn waiting(sandbox: &RunningSandbox, shop: &Shop) -> Value {
    sandbox.cut();
    shop.run(&["call", "sale.complete", &sale("s-9", json!({})).to_string()]).ends(3);
    let queue = shop.run(&["call", "queue.list"]).ends(0).json();
    sandbox.heal();
    queue["entries"][0]["operation"].clone()
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
    let wrong = call("sale.complete", sale("s-4", json!({})));
    let mut right = sale("s-5", json!({ "id": wrong["id"], "reason": "typed wrongly", "text": "Merci" }));
    right.as_object_mut().unwrap().remove("register");
    call("receipt.correct", right);
    call("report", json!({ "register": "till-1" }));
    call("closing.create", json!({ "register": "till-1", "period": "month" }));
    call("record.get", json!({ "register": "till-1", "record": receipt["ids"]["record"] }));
    let (start, end) = ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    let export = call("export.create", json!({ "register": "till-1", "start": start, "end": end }));
    call("export.get", json!({ "register": "till-1", "export": export["export"] }));
    call("export.list", json!({ "register": "till-1", "limit": 10 }));
    call("export.fetch", json!({ "register": "till-1", "file": export["file"], "to": "x.zip" }));
    let event = json!({ "register": "till-1", "code": "260", "description": "No connection" });
    call("event.record", event);
    call("request", json!({ "register": "till-1", "method": "GET", "path": "/records?limit=1" }));
    call("queue.list", json!({}));
    call("receipt.explain", json!({ "of": "s-1" }));
    call("journal.verify", json!({}));
    call("journal.verify", json!({ "online": true }));
    call("journal.export", json!({ "path": "audit" }));
    call("journal.verify", json!({ "export": "audit" }));
    call("journal.backup", json!({ "path": "copy.db" }));
    let story = call("receipt.explain", json!({ "of": "s-2" }));
    call("journal.redact", json!({ "entries": [story["steps"][0]["seq"]], "reason": "asked for" }));
    let waits = waiting(&sandbox, &shop);
    let left = json!({ "operation": waits, "how": "set_aside", "reason": "sold anew" });
    call("queue.resolve", left);
    for export in ["sound", "broken"] {
        call(
            "dep.verify",
            json!({ "file": dep_file(&format!("{export}.json")), "keys": dep_file("keys.json"), "partial": true }),
        );
    }
    call("describe", json!({}));
    call_of_resources(&mut call);
    call_of_registers(&mut call);

    let italy = Shop::configured(&sandbox, include_str!("../../src/commands/demo-it.toml"));
    described.call(&italy, "provision", &json!({}));
    let coffee = json!({
        "id": "s-1", "register": "till-1", "number": "1", "customer": {"lottery_code": "AB12CD34"},
        "items": [{"text": "Caffè", "quantity": "1", "unit_price": "1.20", "vat": "10"}],
        "payments": [{"method": "card", "amount": "1.20"}],
    });
    let sold = described.call(&italy, "sale.complete", &coffee);
    described.call(&italy, "status", &json!({}));
    described.call(&italy, "receipt.document", &json!({ "id": sold["id"] }));

    let austria = Shop::in_austria(&sandbox);
    described.call(&austria, "provision", &json!({}));
    let coffee = json!({
        "id": "s-1", "register": "till-1",
        "items": [{"text": "Melange", "quantity": "1", "unit_price": "4.20", "vat": "20"}],
        "payments": [{"method": "cash", "amount": "4.20"}],
    });
    let sold = described.call(&austria, "sale.complete", &coffee);
    described.call(&austria, "receipt.cancel", &json!({ "id": sold["id"] }));
    let zero = json!({ "register": "till-1", "id": "z-1", "extra": {"sign-at": {"form": "raw"}} });
    described.call(&austria, "receipt.zero", &zero);
    described.call(&austria, "receipt.print", &json!({ "id": sold["id"], "format": "html", "code": "ocr" }));
    call_of_records(&mut |operation, params| described.call(&austria, operation, &params));
    described.call(&austria, "status", &json!({}));
    let log = described.call(&austria, "export.create", &json!({ "register": "till-1", "type": "dep7" }));
    let to = json!({ "register": "till-1", "export": log["export"], "to": "dep.json" });
    described.call(&austria, "export.fetch", &to);
    call_of_austria(&mut |operation, params| described.call(&austria, operation, &params));

    let all: BTreeSet<String> = described.schemas.keys().cloned().collect();
    assert_eq!(described.called, all, "an operation was not called");
}

/// What a service keeps of a register whose second receipt is that of a sale.
fn call_of_records(call: &mut impl FnMut(&str, Value) -> Value) {
    call("record.get", json!({ "register": "till-1", "record": "1" }));
    let types = json!(["NORMAL", "INITIALIZATION"]);
    call(
        "record.list",
        json!({ "register": "till-1", "types": types, "order": "descending", "limit": 2, "all": true }),
    );
    call("record.validate", json!({ "register": "till-1", "record": "2" }));
    let note = json!({ "register": "till-1", "of": "record", "record": "2", "metadata": {"shift": "early"} });
    call("metadata.update", note);
    call("metadata.get", json!({ "register": "till-1", "of": "unit" }));
    call("configuration.get", json!({ "register": "till-1" }));
    let monthly = json!({ "register": "till-1", "monthly_receipt_validation_enabled": false });
    call("configuration.update", monthly);
}

/// A unit with a key, and a merchant, a location and a system in it, from their making to their end.
fn call_of_resources(call: &mut impl FnMut(&str, Value) -> Value) {
    let unit = call("organization.create", json!({ "account": "paris", "type": "unit", "name": "Unit" }));
    let subject = call(
        "subject.create",
        json!({ "account": "paris", "organization": unit["id"], "name": "unit-key", "metadata": {"for": "shop"} }),
    );
    let address = json!({ "street": "Rue de Rivoli", "number": "1", "code": "75001", "city": "Paris", "country": "FR" });
    let of_unit = |more: Value| {
        let mut params = json!({ "account": "paris", "credential": subject["credential"] });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let data = json!({ "name": "Chez Durand", "tax_id": "356000000", "address": address });
    let merchant = call("merchant.create", of_unit(data));
    let data = json!({ "merchant": merchant["id"], "name": "Lyon", "address": address,
        "coordinates": {"latitude": "45.764043", "longitude": "4.835659"}, "extra": {"sign-fr": {"siret": "35600000000048"}} });
    let location = call("location.create", of_unit(data));
    let software = json!({ "name": "My POS", "version": "1" });
    let device = json!({ "number": "1", "name": "Caisse", "brand": "ACME", "date_of_entry": "2026-03-01" });
    let data = json!({ "location": location["id"], "device": device, "software": software });
    let system = call("system.create", of_unit(data));
    call("organization.update", json!({ "account": "paris", "organization": unit["id"], "name": "Shop" }));
    call("subject.update", json!({ "account": "paris", "subject": subject["id"], "name": "Shop" }));
    for (kind, made) in [
        ("organization", &unit),
        ("subject", &subject),
        ("merchant", &merchant),
        ("location", &location),
        ("system", &system),
    ] {
        call(&format!("{kind}.get"), of_unit(json!({ kind: made["id"] })));
        call(&format!("{kind}.list"), of_unit(json!({ "limit": 1, "all": true })));
    }
    for verb in ["commission", "suspend", "restore", "update", "decommission"] {
        for (kind, made) in [("merchant", &merchant), ("location", &location), ("system", &system)] {
            call(&format!("{kind}.{verb}"), of_unit(json!({ kind: made["id"] })));
        }
    }
}

fn call_of_registers(call: &mut impl FnMut(&str, Value) -> Value) {
    call("credentials.rotate", json!({ "merchant": "martin" }));
    call("register.suspend", json!({ "register": "till-1", "reason": "stocktaking" }));
    call("register.list", json!({ "state": "suspended" }));
    call("register.restore", json!({ "register": "till-1" }));
    call("register.replace", json!({ "register": "till-1", "reason": "defective" }));
    call("register.retire", json!({ "register": "till-1", "reason": "planned" }));
    call("register.list", json!({}));
}

/// What only SIGN AT has, and what it says differently, up to the end of the till and its signature creation unit.
fn call_of_austria(call: &mut impl FnMut(&str, Value) -> Value) {
    call("register.suspend", json!({ "register": "till-1" }));
    call("register.restore", json!({ "register": "till-1" }));
    call("register.replace", json!({ "register": "till-1", "reason": "planned" }));
    call("credentials.update", json!({ "merchant": "muster" }));
    let rotated = call("credentials.rotate", json!({ "merchant": "muster" }));
    call("credentials.revoke", json!({ "merchant": "muster", "subject": rotated["replaced"] }));
    let of_merchant = |more: Value| {
        let mut params = json!({ "account": "wien", "credential": "muster" });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let units = call("unit.list", of_merchant(json!({ "limit": 1 })));
    let unit = &units["results"][0]["id"];
    call("unit.get", of_merchant(json!({ "unit": unit })));
    call("unit.decommission", of_merchant(json!({ "unit": unit, "registers_go_on": true })));
    let address =
        json!({ "street": "Hauptplatz", "number": "1", "code": "8010", "city": "Graz", "country": "AT" });
    let organization = json!({ "account": "wien", "type": "unit", "name": "Unit", "address": address,
        "extra": {"sign-at": {"display_name": "Die Unit"}} });
    let organization = call("organization.create", organization);
    let of_unit = |more: Value| {
        let mut params = json!({ "account": "wien", "organization": organization["id"] });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    call("organization.get", of_unit(json!({})));
    call("organization.update", of_unit(json!({ "name": "Laden", "address": address })));
    call("organization.list", json!({ "account": "wien", "all": true }));
    let subject = call("subject.create", of_unit(json!({ "name": "unit-key" })));
    call("subject.get", of_unit(json!({ "subject": subject["id"] })));
    call("subject.update", of_unit(json!({ "subject": subject["id"], "state": "disabled" })));
    call("subject.list", of_unit(json!({})));
}
