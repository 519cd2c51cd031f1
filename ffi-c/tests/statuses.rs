//! Every status as C gets it, each from what brings it about.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use fiskal_conformance::control::Control;
use fiskal_conformance::shop::Shop;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::{Bench, shop, shop_with, succeeds};

/// The program that does one call.
struct Caller {
    bench: Bench,
    program: std::path::PathBuf,
}

impl Caller {
    fn new() -> Caller {
        let bench = Bench::new();
        let program = bench.compile("ffi-c/tests/c/call.c", &[]);
        Caller { bench, program }
    }

    /// Calls; the status, and the result or the error.
    #[track_caller]
    fn call(&self, config: &Path, operation: &str, params: &Value) -> (i32, Value) {
        let mut command = self.bench.command(&self.program);
        command.arg(config).arg(operation).arg(params.to_string());
        let said = succeeds(command.output().expect("the program runs"), operation);
        let lines: Vec<&str> = said.lines().collect();
        let [number, _name, json] = lines[..] else { panic!("three lines: {said}") };
        (number.parse().expect("a number"), serde_json::from_str(json).expect("JSON"))
    }

    #[track_caller]
    fn fails(&self, shop: &Shop, operation: &str, params: &Value, status: i32) -> Value {
        let (got, error) = self.call(&shop.config(), operation, params);
        assert_eq!(got, status, "{error}");
        error
    }

    #[track_caller]
    fn works(&self, shop: &Shop, operation: &str, params: &Value) {
        let (got, answer) = self.call(&shop.config(), operation, params);
        assert_eq!(got, 0, "{answer}");
    }
}

fn sale(id: &str) -> Value {
    json!({
        "id": id, "register": "till-1", "number": format!("R-{}", id.to_uppercase()),
        "items": [{"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"}],
        "payments": [{"method": "cash", "amount": "2.40"}],
    })
}

fn fault(kind: &Value) -> Value {
    json!({"match": {"method": "POST", "path": "/sign-fr/records"}, "fault": kind, "count": 1000})
}

#[test]
fn of_the_caller() {
    let caller = Caller::new();
    let (_sandbox, shop) = shop();
    caller.works(&shop, "status", &json!({}));
    assert_eq!(caller.fails(&shop, "sale.begin", &json!({"register": 7}), 1)["pointer"], "/register");
    assert_eq!(caller.fails(&shop, "sale.complete", &sale("s-1"), 7)["kind"], "not_ready");
    caller.works(&shop, "provision", &json!({}));
    caller.fails(&shop, "receipt.get", &json!({"id": "nothing"}), 3);
    caller.works(&shop, "sale.complete", &sale("s-1"));
    let other = json!({"payments": [{"method": "card", "amount": "2.40"}]});
    let mut changed = sale("s-1");
    changed["payments"] = other["payments"].clone();
    caller.fails(&shop, "sale.complete", &changed, 4);
}

#[test]
fn of_the_configuration_and_the_journal() {
    let caller = Caller::new();
    let (_sandbox, wrong) = shop_with(&json!({"register": {"till-1": {"colour": "red"}}}));
    assert_eq!(caller.fails(&wrong, "status", &json!({}), 2)["pointer"], "/register/till-1/colour");
    let (_sandbox, shop) = shop();
    std::fs::write(shop.path("fiskal.db"), "this is no journal".repeat(1000)).expect("the file");
    caller.fails(&shop, "status", &json!({}), 101);
}

#[test]
fn of_the_service() {
    let caller = Caller::new();
    let (sandbox, shop) = shop_with(&json!({"account": {"paris": {"patience": "1s"}}}));
    let control = Control::of(sandbox.url());
    caller.works(&shop, "provision", &json!({}));
    caller.works(&shop, "sale.complete", &sale("s-0"));

    control.plant(&fault(&json!({"kind": "status", "status": 422}))).expect("a fault");
    assert_eq!(caller.fails(&shop, "sale.complete", &sale("s-1"), 300)["http_status"], 422);
    control.heal().expect("no fault");
    control.plant(&fault(&json!({"kind": "status", "status": 401}))).expect("a fault");
    caller.fails(&shop, "sale.complete", &sale("s-2"), 301);
    control.heal().expect("no fault");

    let (_, receipt) =
        caller.call(&shop.config(), "receipt.get", &json!({"register": "till-1", "sale": "s-0"}));
    let stranger = json!({
        "register": "till-1", "method": "POST", "path": "/records",
        "headers": {"X-Idempotency-Key": "3f0e0a3e-6f0e-4b7e-9a53-0d2c7a1f4b11"},
        "body": {"content": {"type": "INTENTION", "system": {"id": receipt["ids"]["system"]},
                             "operation": {"type": "TRANSACTION"}}},
    });
    caller.works(&shop, "request", &stranger);
    let error = caller.fails(&shop, "sale.complete", &sale("s-3"), 302);
    assert_eq!(error["receipt"]["sale"], "s-3");

    control.plant(&fault(&json!({"kind": "drop-answer"}))).expect("a fault");
    let mut lost = stranger;
    lost["headers"]["X-Idempotency-Key"] = json!("3f0e0a3e-6f0e-4b7e-9a53-0d2c7a1f4b12");
    assert_eq!(caller.fails(&shop, "request", &lost, 201)["retryable"], true);
}

#[test]
fn of_the_network() {
    let caller = Caller::new();
    let (sandbox, shop) = shop_with(&json!({"account": {"paris": {"patience": "1s"}}}));
    caller.works(&shop, "provision", &json!({}));
    drop(sandbox);
    assert_eq!(caller.fails(&shop, "sale.complete", &sale("s-1"), 200)["retryable"], true);
}

/// Busy is a sale that another thread uses, or a register that another process holds. The interrupted
/// sale is pending when it was sent already, else nothing was booked.
#[test]
fn of_waiting() {
    let bench = Bench::new();
    let (sandbox, shop) = shop();
    let program = bench.compile("ffi-c/tests/c/interrupt.c", &[]);
    let mut command = bench.command(program);
    let mut child = command
        .arg(shop.config())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut said = BufReader::new(child.stdout.take().expect("its output")).lines();
    assert_eq!(said.next().expect("a line").expect("of text"), "begun");
    let slow = fault(&json!({"kind": "delay", "ms": 15_000}));
    Control::of(sandbox.url()).plant(&slow).expect("a fault");
    let begun = Instant::now();
    child.stdin.take().expect("its input").write_all(b"\n").expect("it reads");
    let outcome = said.next().expect("a line").expect("of text");
    assert!(["FISKAL_OK 1", "FISKAL_UNREACHABLE -1"].contains(&&*outcome), "{outcome}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(child.wait().expect("it ends").success());
}
