//! Provisioning in Austria: at once, killed, and again with another PIN.

use crate::{PIN, austrian, finished, open, request, sale};
use fiskal::error::Kind;
use fiskal_conformance::control::Control;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::time::Duration;

/// Both make an organization if neither sees the other's in time; the first of them serves for both.
#[test]
fn two_tills_that_provision_at_once_share_an_organization() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let slow = json!({
        "match": { "method": "POST", "path": "/management/api/v0/organizations" },
        "fault": { "kind": "delay", "ms": 300 }, "count": 2,
    });
    control.plant(&slow).unwrap();
    let own = |register: &str| json!({ "register": { "till-1": null, register: { "location": "graz" } } });
    let shops = ["left", "right"].map(|register| (register, austrian(&sandbox, &own(register))));
    let serials = std::thread::scope(|scope| {
        let threads = shops.each_ref().map(|(register, shop)| {
            scope.spawn(move || {
                let fiskal = open(shop);
                fiskal.call("provision", &json!({})).unwrap();
                let sold =
                    fiskal.call("sale.complete", &sale("s-1", json!({ "register": register }))).unwrap();
                sold["ids"]["signature_creation_unit"].clone()
            })
        });
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(serials[0], serials[1], "one unit signs for both");
    assert_eq!(control.booked().unwrap().len(), 4);
}

/// A process that is killed at every step of its provisioning, until one lives long enough.
#[test]
fn a_provisioning_that_is_killed_goes_on_where_it_stopped() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let shop = austrian(&sandbox, &json!({}));
    let slow = json!({ "match": { "path": "/" }, "fault": { "kind": "delay", "ms": 15 }, "count": 100_000 });
    control.plant(&slow).unwrap();
    let lines = format!("open\t{}\ncall\tprovision\t{{}}\n", shop.config().display());
    let lives = (1..60_u64).map(|attempt| Duration::from_millis(20 * attempt));
    let killed = lives.take_while(|life| finished(&lines, *life).is_none()).count();
    assert!((5..59).contains(&killed), "{killed} were killed");
    control.heal().unwrap();
    let fiskal = open(&shop);
    let sold = fiskal.call("sale.complete", &sale("s-1", json!({}))).unwrap();
    assert_eq!(sold["verified"], json!(["content", "chain"]));
    let count = |operation: &str, params: Value| {
        fiskal.call(operation, &params).unwrap()["results"].as_array().map(Vec::len)
    };
    assert_eq!(count("unit.list", json!({ "account": "wien", "credential": "muster" })), Some(1));
    let registers = request(&fiskal, "till-1", "/cash-register");
    assert_eq!(registers["count"], 1, "{registers}");
    assert_eq!(control.booked().unwrap().len(), 2, "one start receipt and the sale");
    assert_eq!(fiskal.call("journal.verify", &json!({})).unwrap()["misfit"], Value::Null);
}

/// The till's PIN changes, and nothing else of its configuration.
#[test]
fn a_new_pin_is_told_by_the_next_provisioning() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let pin = tempfile::NamedTempFile::new().unwrap();
    let block = json!({ "fon_user_pin": format!("file:{}", pin.path().display()) });
    let shop = austrian(&sandbox, &json!({ "merchant": { "muster": { "sign-at": block } } }));
    let told = || {
        let requests = control.requests().unwrap();
        requests
            .iter()
            .filter(|request| request["path"] == "/sign-at/api/v1/fon/auth" && request["method"] == "PUT")
            .count()
    };
    let provisioned = |text: &str| {
        std::fs::write(pin.path(), text).unwrap();
        open(&shop).call("provision", &json!({})).map(|_| told())
    };
    assert_eq!(provisioned(PIN).unwrap(), 1);
    assert_eq!(provisioned(PIN).unwrap(), 1, "told once");
    assert_eq!(provisioned("ganz-anders-0815").unwrap(), 2);
    assert_eq!(provisioned("ganz-anders-0815").unwrap(), 2);
    // One that FinanzOnline does not take was not told, and is told again.
    control.set(&json!({ "sign-at": { "fon_rejects_credentials": true } })).unwrap();
    assert_eq!(provisioned("falsch-0815").unwrap_err().kind(), Kind::Unauthorized);
    control.set(&json!({ "sign-at": { "fon_rejects_credentials": false } })).unwrap();
    // Refused credentials are not tried again at once.
    std::thread::sleep(Duration::from_millis(2_100));
    assert_eq!(provisioned("falsch-0815").unwrap(), 4);
    // A till whose PIN is not to be had has nothing new to tell.
    std::fs::remove_file(pin.path()).unwrap();
    open(&shop).call("provision", &json!({})).unwrap();
    assert_eq!(told(), 4);
}
