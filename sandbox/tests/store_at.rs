//! The Austrian services on a store: what was answered is there again after a restart.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/austria.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod austria;
#[path = "support/verifier.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod verifier;

use std::path::Path;

use austria::{Shop, new_id, sale};
use fiskal_sandbox::{Options, Sandbox, Store};
use reqwest::Method;
use serde_json::json;

fn on(path: &Path) -> Sandbox {
    Sandbox::start(Options { store: Store::File(path.to_owned()), ..Options::default() }).unwrap()
}

/// A shop as it was, on a copy of the files made while it runs: what a killed process leaves behind.
fn heir(folder: &Path, shop: &Shop) -> (tempfile::TempDir, Shop) {
    let left = tempfile::tempdir().unwrap();
    for name in ["sandbox.db", "sandbox.db-wal"] {
        std::fs::copy(folder.join(name), left.path().join(name)).unwrap();
    }
    let heir = Shop { bearer: shop.bearer.clone(), ..Shop::at(on(&left.path().join("sandbox.db"))) };
    (left, heir)
}

#[test]
fn a_chain_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::at(on(&folder.path().join("sandbox.db")));
    shop.authenticate_fon().ok();
    shop.make_unit();
    let register = shop.make_register();
    shop.patch("/configuration", &json!({ "yearly_receipt_validation_enabled": false })).ok();
    let id = new_id();
    let sold = shop.sign(&register, &id, &sale("STANDARD", "1.00")).ok();
    let (_left, heir) = heir(folder.path(), &shop);
    for name in ["sign-at", "management"] {
        for member in ["key", "secret", "organization"] {
            assert_eq!(heir.account(name)[member], shop.account(name)[member]);
        }
        heir.sign_in(name);
    }
    assert_eq!(heir.register(&register), shop.register(&register));
    assert_eq!(heir.get("/configuration").ok(), shop.get("/configuration").ok());
    assert_eq!(heir.get("/fon/auth").ok(), shop.get("/fon/auth").ok());
    assert_eq!(heir.sign(&register, &id, &sale("STANDARD", "1.00")).ok(), sold, "it is not signed again");
    assert_eq!(heir.book(&register, &sale("STANDARD", "2.00"))["receipt_number"], "3");
    let rows = verifier::verify(&heir.export(&register), &heir.verification(&register)).unwrap();
    assert_eq!(rows.last().unwrap().counter, 300);
    let booked = |shop: &Shop| shop.control(Method::GET, "audit", None)["booked"].as_array().unwrap().len();
    assert_eq!((booked(&heir), booked(&shop)), (3, 2));
}

#[test]
fn an_outage_is_cleared_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::at(on(&folder.path().join("sandbox.db")));
    shop.authenticate_fon().ok();
    shop.make_unit();
    let register = shop.make_register();
    shop.settings(&json!({ "devices": "fail" }));
    shop.book(&register, &sale("STANDARD", "1.00"));
    // Settings are not kept: the devices of the new sandbox work.
    let (_left, heir) = heir(folder.path(), &shop);
    heir.book(&register, &sale("STANDARD", "2.00"));
    let expected = ["INITIALIZATION", "NORMAL", "SIGNATURE_CREATION_UNIT_FAULT_CLEARANCE", "NORMAL"];
    assert_eq!(heir.kinds(&register), expected);
    verifier::verify(&heir.export(&register), &heir.verification(&register)).unwrap();
}

#[test]
fn no_secret_is_kept_but_the_seeded_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let shop = Shop::at(on(&path));
    shop.authenticate_fon().ok();
    let organization = shop.account("management")["organization"].as_str().unwrap().to_owned();
    let office = shop.sign_in("management");
    let made = shop
        .send(
            Method::POST,
            &format!("/management/api/v0/organizations/{organization}/api-keys"),
            &office,
            Some(&json!({ "name": "kasse1", "status": "enabled" })),
        )
        .ok();
    let (secret, bearer) = (made["secret"].as_str().unwrap().to_owned(), shop.bearer.clone());
    let requests = shop.control(Method::GET, "requests", None).to_string();
    assert!(!requests.contains(&bearer) && !requests.contains("\"secret\""), "{requests}");
    drop(shop);
    let connection = rusqlite::Connection::open(&path).unwrap();
    let count = |text: &str| -> i64 {
        let query = "SELECT count(*) FROM document WHERE instr(body, ?1) > 0";
        connection.query_row(query, [text], |row| row.get(0)).unwrap()
    };
    assert_eq!((count(&secret), count(&bearer), count("\"pin\"")), (0, 0, 0));
    assert_eq!(count(made["key"].as_str().unwrap()), 1);
}
