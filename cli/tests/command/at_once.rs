//! Two processes at one register at the same moment.

use crate::shop::{Ran, RunningSandbox, Shop};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long the service takes for the record of who came first.
const SLOW_MS: u64 = 1_500;
/// How much later the other comes: while that is under way.
const LATER: Duration = Duration::from_millis(500);

/// Runs the command twice; the second while the service is slow with the first.
fn at_once(sandbox: &RunningSandbox, shop: &Shop, calls: [(&str, Value); 2]) -> [Ran; 2] {
    sandbox.slow_down("POST", "/sign-fr/records", SLOW_MS);
    let run =
        |(operation, params): &(&str, Value)| shop.run(&["--json", "call", operation, &params.to_string()]);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| run(&calls[0]));
        std::thread::sleep(LATER);
        let second = run(&calls[1]);
        [first.join().unwrap(), second]
    })
}

fn sale(id: &str) -> Value {
    json!({
        "id": id, "register": "till-1", "number": "R-1",
        "items": [{"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"}],
        "payments": [{"method": "cash", "amount": "2.40"}],
    })
}

#[test]
fn a_number_and_a_copy_are_given_once() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    shop.run(&["provision"]).ends(0);
    let [first, second] =
        at_once(&sandbox, &shop, [("sale.complete", sale("s-1")), ("sale.complete", sale("s-2"))]);
    let receipt = first.ends(0).json();
    assert_eq!(receipt["state"], "signed");
    let error = second.ends(1).error_json();
    assert_eq!((&error["kind"], &error["pointer"]), (&json!("conflict"), &json!("/number")));

    let copy = || ("receipt.duplicate", json!({"id": receipt["id"]}));
    let copies =
        at_once(&sandbox, &shop, [copy(), copy()]).map(|copy| copy.ends(0).json()["copy"].to_string());
    assert_eq!(BTreeSet::from(copies), BTreeSet::from(["1".to_owned(), "2".to_owned()]));
}
