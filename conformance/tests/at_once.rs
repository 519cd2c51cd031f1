//! What two get who ask for something of one register at the same moment: what the journal says is looked at
//! while nobody else works there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use fiskal::Fiskal;
use fiskal::error::{Kind, Result};
use fiskal_conformance::control::Control;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::time::Duration;

/// How long the service takes for the record of who came first.
const SLOW_MS: u64 = 800;
/// How much later the others come: while that is under way.
const LATER: Duration = Duration::from_millis(250);

struct Till {
    control: Control,
    fiskal: Fiskal,
    _shop: Shop,
    _sandbox: Sandbox,
}

impl Till {
    fn opened() -> Till {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let shop = Shop::new(&sandbox, &json!({})).unwrap();
        let fiskal = Fiskal::open_file(shop.config()).unwrap();
        fiskal.call("provision", &json!({})).unwrap();
        Till { control: Control::of(sandbox.url()), fiskal, _shop: shop, _sandbox: sandbox }
    }

    fn sell(&self, id: &str, number: &str) -> Result<Value> {
        self.fiskal.call("sale.complete", &sale(id, number))
    }

    /// Does the first, and the others while the service is slow with it.
    fn at_once(&self, calls: &[&(dyn Fn() -> Result<Value> + Sync)]) -> Vec<Result<Value>> {
        let records = json!({"method": "POST", "path": "/sign-fr/records"});
        let slow = json!({"match": records, "fault": {"kind": "delay", "ms": SLOW_MS}, "count": 1});
        self.control.plant(&slow).unwrap();
        std::thread::scope(|scope| {
            let turns = calls.iter().enumerate().map(|(turn, call)| {
                scope.spawn(move || {
                    std::thread::sleep(LATER * u32::try_from(turn.min(1)).unwrap());
                    call()
                })
            });
            let turns: Vec<_> = turns.collect();
            turns.into_iter().map(|turn| turn.join().unwrap()).collect()
        })
    }

    fn booked(&self, kind: &str) -> usize {
        self.control.booked().unwrap().iter().filter(|booking| booking["type"] == kind).count()
    }
}

fn sale(id: &str, number: &str) -> Value {
    json!({
        "id": id, "register": "till-1", "number": number,
        "items": [{"text": "Café", "quantity": 1, "unit_price": "1.50", "vat": "10"}],
        "payments": [{"method": "cash", "amount": "1.50"}],
    })
}

#[test]
fn each_copy_has_a_number_of_its_own() {
    let till = Till::opened();
    let receipt = till.sell("s1", "R-1").unwrap();
    let copy = || till.fiskal.call("receipt.duplicate", &json!({"id": receipt["id"]}));
    let copies = till.at_once(&[&copy, &copy, &copy]);
    let mut numbers: Vec<u64> =
        copies.into_iter().map(|copy| copy.unwrap()["copy"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(till.booked("INTENTION::DUPLICATE"), 3);
}

#[test]
fn a_number_is_given_to_one_sale() {
    let till = Till::opened();
    let results = till.at_once(&[&|| till.sell("s1", "R-1"), &|| till.sell("s2", "R-1")]);
    assert_eq!(results[0].as_ref().unwrap()["number"], "R-1");
    let error = results[1].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.pointer()), (Kind::Conflict, Some("/number")), "{error}");
    assert_eq!(till.booked("TRANSACTION::RECEIPT"), 1);
}

/// A receipt is cancelled or corrected, not both.
#[test]
fn what_is_being_cancelled_is_not_corrected() {
    let till = Till::opened();
    let receipt = till.sell("s1", "R-1").unwrap();
    let cancel = || till.fiskal.call("receipt.cancel", &json!({"id": receipt["id"]}));
    let correct = || {
        let mut asked = sale("", "R-2");
        let members = asked.as_object_mut().unwrap();
        members.remove("register");
        members.insert("id".into(), receipt["id"].clone());
        till.fiskal.call("receipt.correct", &asked)
    };
    let results = till.at_once(&[&cancel, &correct]);
    assert_eq!(results[0].as_ref().unwrap()["type"], "cancel");
    let error = results[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict, "{error}");
}

/// Whichever of the two comes first: a cart that was kept is on the receipt, or its keeper hears that it is not.
#[test]
fn a_cart_that_was_kept_is_what_is_sold() {
    let till = Till::opened();
    let begun = json!({"id": "t4", "register": "till-1", "items": sale("", "")["items"]});
    till.fiskal.call("sale.begin", &begun).unwrap();
    let mut kept = begun;
    kept["text"] = json!("Merci");
    let update = || till.fiskal.call("sale.update", &kept);
    let paid = json!({
        "id": "t4", "register": "till-1", "number": "R-2",
        "payments": [{"method": "cash", "amount": "1.50"}],
    });
    let complete = || till.fiskal.call("sale.complete", &paid);
    let results = till.at_once(&[&|| till.sell("s1", "R-1"), &update, &complete]);
    let receipt = results[2].as_ref().unwrap();
    match &results[1] {
        Ok(_) => assert_eq!(receipt["text"], "Merci"),
        Err(error) => assert_eq!((error.kind(), &receipt["text"]), (Kind::Conflict, &Value::Null), "{error}"),
    }
}
