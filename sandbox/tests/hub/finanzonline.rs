//! FinanzOnline's side at the hub, and the description of SIGN AT as a page.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::austria::{Shop, sale};
use crate::visitor::Visitor;

#[test]
fn what_was_told_and_what_is_due_can_be_read() {
    let (shop, register) = Shop::ready_at("2026-11-02T12:00:00Z");
    let visitor = Visitor::at(shop.sandbox.url());
    let taxpayers = visitor.get("/hub/austria/finanzonline").ok();
    assert!(taxpayers.has("1 unit, 1 register") && !taxpayers.has("Overdue"));
    assert!(visitor.get("/hub/austria").ok().has("/hub/austria/finanzonline"));
    let path = format!("/hub/austria/finanzonline/{}", taxpayers.linked("austria/finanzonline")[0]);
    let page = visitor.get(&path).ok();
    let serial = shop.register(&register)["serial_number"].as_str().unwrap().to_owned();
    for text in ["Nothing is due.", "123456789ab", &serial, "Initialization 1", "Success"] {
        assert!(page.has(text), "{text}");
    }
    shop.settings(&json!({ "fon_validation": "fails" }));
    let shop = shop.later("2027-03-01T12:00:00Z");
    assert!(visitor.get(&path).ok().has(&format!("Make the yearly receipt of register {serial} for 2026")));
    assert!(visitor.get("/hub/austria/finanzonline").ok().has("Overdue"));
    shop.book(&register, &sale("STANDARD", "1.00"));
    let page = visitor.get(&path).ok();
    for text in ["Validate the yearly receipt", "Yearly close 2", "Error unspecified", "a planted mistake"] {
        assert!(page.has(text), "{text}");
    }
    assert!(page.linked("austria/registers")[0].ends_with(&register));
    let receipt = page.linked("austria/receipts").remove(0);
    assert!(visitor.get(&format!("/hub/austria/receipts/{receipt}")).ok().has("a planted mistake"));
}

#[test]
fn nobody_is_known_before_they_sign_in_there() {
    let shop = Shop::open();
    let visitor = Visitor::at(shop.sandbox.url());
    assert!(visitor.get("/hub/austria/finanzonline").ok().has("Nobody yet"));
    assert_eq!(visitor.get("/hub/austria/finanzonline/a/test/taxpayer").status, 404);
    shop.authenticate_fon().ok();
    let key = visitor.get("/hub/austria/finanzonline").ok().linked("austria/finanzonline").remove(0);
    let page = visitor.get(&format!("/hub/austria/finanzonline/{key}")).ok();
    assert!(page.has("None is registered."));
}

/// `/_docs` of contract sign-at 1.1, out of the OpenAPI document that other people's validators read.
#[test]
fn the_interface_can_be_read_as_a_page() {
    let shop = Shop::open();
    let visitor = Visitor::at(shop.sandbox.url());
    let page = visitor.get("/sign-at/api/v1/_docs").ok();
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let document: Value = serde_json::from_str(&visitor.get("/sign-at/openapi.json").ok().text).unwrap();
    let operations = document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| {
            (format!("{} {path}", method.to_uppercase()), operation["operationId"].as_str().unwrap())
        })
    });
    let operations: Vec<_> = operations.collect();
    assert_eq!(operations.len(), 25);
    for (call, id) in operations {
        assert!(page.has(&format!("<h3 id=\"{id}\"><code>{call}</code></h3>")), "{call}");
    }
    // Every link leads somewhere.
    let targets = |mark: &str| -> BTreeSet<String> {
        page.text.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let (links, places) = (targets("href=\"#definition-"), targets("id=\"definition-"));
    assert!(links.len() > 20 && links.is_subset(&places), "{links:?}");
    assert_eq!(places.len(), document["components"]["schemas"].as_object().unwrap().len());
    assert_eq!(visitor.get("/sign-at/api/v1/_docs/x").status, 404);
    let refused =
        visitor.request(reqwest::Method::GET, "/sign-at/api/v1/_docs").header("Host", "evil.example");
    assert_eq!(refused.send().unwrap().status(), 421, "only under names of this machine");
}
