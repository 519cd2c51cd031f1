//! Several threads and several processes at one journal and one register.
#![allow(clippy::unwrap_used, clippy::panic)]

use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal_conformance::control::Control;
use fiskal_conformance::crash::till;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn sale(id: &str) -> Value {
    json!({
        "id": id, "register": "till-1", "number": format!("R-{}", id.to_uppercase()),
        "items": [{"text": "Café", "quantity": "1", "unit_price": "1.50", "vat": "10"}],
        "payments": [{"method": "cash", "amount": "1.50"}],
    })
}

/// A sandbox, a provisioned register, and the sandbox's books.
fn opened() -> (Sandbox, Shop, Control) {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = Shop::new(&sandbox, &json!({})).unwrap();
    till::provision(&shop.path("")).unwrap();
    let control = Control::of(sandbox.url());
    (sandbox, shop, control)
}

/// The till as another process, at one operation.
fn process(shop: &Shop, operation: &str, params: &Value) -> Child {
    Command::new(env!("CARGO_BIN_EXE_crash"))
        .args(["till", "call"])
        .arg(shop.path(""))
        .args([operation, &params.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn told(child: Child) -> Value {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The numbers of the receipts that were booked, in their order.
fn numbers(control: &Control) -> Vec<String> {
    let booked = control.booked().unwrap();
    let receipts = booked.iter().filter(|booking| booking["type"] == "TRANSACTION::RECEIPT");
    receipts.map(|booking| booking["number"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn verifies(shop: &Shop) {
    let fiskal = Fiskal::open_file(shop.config()).unwrap();
    assert_eq!(fiskal.call("journal.verify", &json!({})).unwrap()["misfit"], Value::Null);
    assert_eq!(fiskal.call("sync", &json!({})).unwrap()["waiting"], 0);
}

#[test]
fn threads_take_turns_at_one_register() {
    let (_sandbox, shop, control) = opened();
    let fiskal = Fiskal::open_file(shop.config()).unwrap();
    std::thread::scope(|scope| {
        for thread in ["a", "b", "c"] {
            let fiskal = &fiskal;
            scope.spawn(move || {
                for number in 1..=5 {
                    let receipt = fiskal.call("sale.complete", &sale(&format!("{thread}{number}"))).unwrap();
                    assert_eq!(receipt["verified"], json!(["content", "chain"]));
                }
            });
        }
    });
    let numbers = numbers(&control);
    assert_eq!((numbers.len(), numbers.into_iter().collect::<BTreeSet<_>>().len()), (15, 15));
    drop(fiskal);
    verifies(&shop);
}

#[test]
fn threads_that_ask_for_one_sale_get_one_receipt() {
    let (_sandbox, shop, control) = opened();
    let fiskal = Fiskal::open_file(shop.config()).unwrap();
    let receipts: Vec<Value> = std::thread::scope(|scope| {
        let asking: Vec<_> =
            (0..4).map(|_| scope.spawn(|| fiskal.call("sale.complete", &sale("a1")).unwrap())).collect();
        asking.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(numbers(&control), ["R-A1"]);
}

#[test]
fn processes_share_a_journal_and_a_register() {
    let (_sandbox, shop, control) = opened();
    let till = Fiskal::open_file(shop.config()).unwrap();
    let others: Vec<Child> =
        ["b1", "b2", "b1", "b2"].iter().map(|id| process(&shop, "sale.complete", &sale(id))).collect();
    for number in 1..=4 {
        let receipt = till.call("sale.complete", &sale(&format!("a{number}"))).unwrap();
        assert_eq!(receipt["verified"], json!(["content", "chain"]));
    }
    let told: Vec<Value> = others.into_iter().map(told).collect();
    for answer in &told {
        assert_eq!(answer["result"]["verified"], json!(["content", "chain"]), "{answer}");
    }
    assert_eq!(told[0], told[2], "the same sale, the same receipt");
    assert_eq!(told[1], told[3], "the same sale, the same receipt");

    let mut numbers = numbers(&control);
    numbers.sort();
    assert_eq!(numbers, ["R-A1", "R-A2", "R-A3", "R-A4", "R-B1", "R-B2"]);
    assert_eq!(till.call("receipt.list", &json!({})).unwrap()["receipts"].as_array().unwrap().len(), 6);
    drop(till);
    verifies(&shop);
}

/// One process completes what another has begun.
#[test]
fn a_sale_goes_from_one_process_to_another() {
    let (_sandbox, shop, control) = opened();
    let till = Fiskal::open_file(shop.config()).unwrap();
    till.call("sale.begin", &json!({"id": "a1", "register": "till-1"})).unwrap();
    let there = told(process(&shop, "sale.complete", &sale("a1")));
    assert_eq!(there["result"]["state"], "signed", "{there}");
    assert_eq!(till.call("sale.complete", &sale("a1")).unwrap(), there["result"]);
    let late = till.call("sale.abort", &json!({"register": "till-1", "sale": "a1"})).unwrap_err();
    assert_eq!(late.kind().name(), "conflict");
    assert_eq!(numbers(&control), ["R-A1"]);
}

/// A process that cannot wait long is told that the register is held, and can ask again.
#[test]
fn a_register_held_by_another_process_is_busy() {
    let (sandbox, shop, control) = opened();
    let patch = json!({"journal": shop.path("fiskal.db"), "account": {"paris": {"patience": "200ms"}}});
    let impatient = Shop::new(&sandbox, &patch).unwrap();
    let slow = json!({"match": {"method": "POST", "path": "/sign-fr/records"}, "fault": {"kind": "delay", "ms": 2500}});
    control.plant(&slow).unwrap();

    let holder = process(&shop, "sale.complete", &sale("a1"));
    let here = Fiskal::open(Config::from_file(impatient.config()).unwrap()).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while !holds(&here) {
        assert!(Instant::now() < until, "the other process never took the register");
        std::thread::sleep(Duration::from_millis(5));
    }
    let error = here.call("sale.complete", &sale("b1")).unwrap_err();
    assert_eq!((error.kind().name(), error.retryable()), ("busy", true), "{error}");

    control.heal().unwrap();
    assert_eq!(told(holder)["result"]["state"], "signed");
    assert_eq!(here.call("sale.complete", &sale("b1")).unwrap()["state"], "signed");
    assert_eq!(numbers(&control), ["R-A1", "R-B1"]);
}

/// Whether somebody is at work on the register: an operation of it waits.
fn holds(fiskal: &Fiskal) -> bool {
    fiskal.call("status", &json!({})).unwrap()["registers"][0]["waiting"] == 1
}
