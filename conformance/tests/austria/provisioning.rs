//! Provisioning in Austria: two at once, and again with another PIN.

use crate::{PIN, austrian, open, sale};
use fiskal::error::Kind;
use fiskal_conformance::control::Control;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::json;
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
    let refused = told();
    assert_eq!(refused, 3, "a new token would not make a wrong PIN right");
    control.set(&json!({ "sign-at": { "fon_rejects_credentials": false } })).unwrap();
    // Refused credentials are not tried again at once.
    std::thread::sleep(Duration::from_millis(2_100));
    assert_eq!(provisioned("falsch-0815").unwrap(), refused + 1);
    // A till whose PIN is not to be had has nothing new to tell.
    std::fs::remove_file(pin.path()).unwrap();
    open(&shop).call("provision", &json!({})).unwrap();
    assert_eq!(told(), refused + 1);
}
