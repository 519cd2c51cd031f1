//! Every operation asked by nobody, by somebody else, for what is not there, and with a method that it has not.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::austria::{Shop, sale};
use crate::operations::{MANAGEMENT, Operation, SIGN_AT};
use crate::{Bench, ID, benches};

const METHODS: [&str; 5] = ["GET", "PUT", "POST", "PATCH", "DELETE"];

/// What a path names.
struct Named {
    unit: String,
    register: String,
    receipt: String,
}

impl Named {
    fn nothing() -> Named {
        Named { unit: ID.to_owned(), register: ID.to_owned(), receipt: ID.to_owned() }
    }

    fn path(&self, operation: &Operation) -> String {
        let path = operation
            .path
            .replace("signature-creation-unit/{}", &format!("signature-creation-unit/{}", self.unit));
        let path = path.replace("cash-register/{}", &format!("cash-register/{}", self.register));
        path.replace("receipt/{}", &format!("receipt/{}", self.receipt))
    }
}

/// Asks with a body of the right form.
fn ask(bench: &Bench, operation: &Operation, path: &str, bearer: Option<&str>) -> (u16, Value) {
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let address = format!("{}{}{path}", bench.shop.sandbox.url(), bench.prefix);
    let mut request = bench.shop.client.request(method, address);
    if let Some(bearer) = bearer {
        request = request.bearer_auth(bearer);
    }
    if let Some(definition) = operation.body {
        request = request.json(&bench.example(definition));
    }
    let answer = request.send().unwrap();
    (answer.status().as_u16(), answer.json().unwrap_or_default())
}

/// SIGN AT with a merchant's unit, register and receipt.
fn merchant() -> (Bench, Named) {
    let (bench, _) = benches().into_iter().next().unwrap();
    let (shop, register) = Shop::ready();
    let receipt = shop.book(&register, &sale("STANDARD", "1.00"))["_id"].as_str().unwrap().to_owned();
    let units = shop.get("/signature-creation-unit").ok();
    let unit = units["data"][0]["_id"].as_str().unwrap().to_owned();
    let bearer = shop.bearer.clone();
    (Bench { shop, bearer, ..bench }, Named { unit, register, receipt })
}

/// Whether it makes what its path names.
fn makes(operation: &Operation) -> bool {
    operation.method == "PUT" && operation.path.ends_with("/{}")
}

#[test]
fn nobody_is_answered_without_a_token() {
    for (bench, operations) in benches() {
        let refresh = format!("{}.", bench.bearer);
        for operation in operations.iter().filter(|operation| operation.path != "/auth") {
            let path = operation.path.replace("{}", ID);
            for bearer in [None, Some("guess"), Some(refresh.as_str())] {
                let (status, body) = ask(&bench, operation, &path, bearer);
                let what = format!("{} {path} {bearer:?}: {body}", operation.method);
                assert_eq!((status, &body["error"]), (401, &json!("Unauthorized")), "{what}");
                // The older style has no codes (contract sign-at 4.4).
                let code = if bench.prefix.starts_with("/sign-at") {
                    json!("E_AUTHENTICATION")
                } else {
                    Value::Null
                };
                assert_eq!(body["code"], code, "{what}");
            }
        }
    }
}

#[test]
fn an_id_that_nothing_has_is_not_found() {
    let (bench, own) = merchant();
    for operation in SIGN_AT.iter().filter(|operation| operation.path.contains("{}")) {
        let refused = |named: &Named, code: &str| {
            let (status, body) = ask(&bench, operation, &named.path(operation), Some(&bench.bearer));
            assert_eq!(
                (status, &body["code"]),
                (404, &json!(code)),
                "{} {}: {body}",
                operation.method,
                operation.path
            );
        };
        let is_receipt = operation.path.contains("/receipt/{}");
        if is_receipt || !makes(operation) {
            let is_unit = operation.path.starts_with("/signature");
            refused(&Named::nothing(), if is_unit { "E_SCU_NOT_FOUND" } else { "E_CASH_REGISTER_NOT_FOUND" });
        }
        if is_receipt && !makes(operation) {
            let receipt = ID.to_owned();
            refused(
                &Named { receipt, unit: own.unit.clone(), register: own.register.clone() },
                "E_RECEIPT_NOT_FOUND",
            );
        }
    }
    let (bench, _) = benches().into_iter().next_back().unwrap();
    for operation in MANAGEMENT.iter().filter(|operation| operation.path.contains("{}")) {
        let (status, body) = ask(&bench, operation, &operation.path.replace("{}", ID), Some(&bench.bearer));
        assert_eq!((status, &body["error"]), (404, &json!("Not Found")), "{}: {body}", operation.path);
    }
}

#[test]
fn what_is_somebody_elses_is_not_there() {
    let (bench, named) = merchant();
    let stranger = bench.shop.sign_in("management");
    for operation in SIGN_AT.iter().filter(|operation| operation.path.contains("{}")) {
        if makes(operation) && !operation.path.contains("/receipt/") {
            continue;
        }
        let of_nothing = ask(&bench, operation, &Named::nothing().path(operation), Some(&stranger));
        let (status, body) = ask(&bench, operation, &named.path(operation), Some(&stranger));
        assert_eq!(
            (status, &body["code"]),
            (404, &of_nothing.1["code"]),
            "{} {}",
            operation.method,
            operation.path
        );
    }
    // Ids are each organization's own: making the same ones touches nothing of the merchant's.
    let before = bench.shop.register(&named.register);
    let other = Shop { bearer: stranger, ..Shop::beside(&bench.shop) };
    assert_eq!(other.create_register(&named.register).ok()["state"], "CREATED");
    assert_eq!(other.create_unit(&named.unit).ok()["state"], "CREATED");
    assert_eq!(bench.shop.register(&named.register), before);
    assert_eq!(other.get("/receipt").ok()["count"], 0);

    // A merchant sees nothing of the organization that manages it.
    let (bench, _) = benches().into_iter().next_back().unwrap();
    let (merchant, manager) =
        (bench.shop.sign_in("sign-at"), bench.shop.account("management")["organization"].clone());
    for operation in MANAGEMENT.iter().filter(|operation| operation.path.contains("{}")) {
        let path = operation.path.replace("{}", manager.as_str().unwrap());
        let (status, body) = ask(&bench, operation, &path, Some(&merchant));
        assert_eq!((status, &body["error"]), (404, &json!("Not Found")), "{path}: {body}");
    }
}

#[test]
fn a_method_that_a_path_has_not_is_answered_like_a_path_that_is_not_there() {
    for (bench, operations) in benches() {
        let paths: BTreeSet<&str> = operations.iter().map(|operation| operation.path).collect();
        for path in paths {
            for method in METHODS {
                if operations.iter().any(|operation| (operation.path, operation.method) == (path, method)) {
                    continue;
                }
                let operation = Operation { method, path, query: &[], body: None, bodiless: false };
                let (status, body) = ask(&bench, &operation, &path.replace("{}", ID), Some(&bench.bearer));
                assert_eq!((status, &body["error"]), (404, &json!("Not Found")), "{method} {path}: {body}");
            }
        }
    }
}
