//! Starting, stopping, and starting again on the same store.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use fiskal_sandbox::{Options, Sandbox, SandboxError, Settings, Store};
use reqwest::Method;
use serde_json::{Value, json};
use shop::{Shop, new_key, receipt};

fn on(path: &std::path::Path) -> Options {
    Options { store: Store::File(path.to_owned()), ..Options::default() }
}

#[test]
fn a_sandbox_started_again_on_its_store_knows_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let mut shop = Shop::at(Sandbox::start(on(&path)).unwrap());
    shop.control(Method::PUT, "clock", json!({ "offset_s": 3600 }));
    let seeded = shop.account().clone();
    shop.make_unit();
    let till = shop.make_till();
    let intention = shop.intention(&till).ok().id();
    let body = json!({ "content": { "type": "TRANSACTION", "record": { "id": intention }, "operation": receipt("R-1") } });
    let key = new_key();
    let sold = shop.send(Method::POST, "/records", &key, &body).ok();
    let certificate = |shop: &Shop| {
        shop.get(&format!("/systems/{till}"))
            .ok()
            .at("/content/journal/cryptography/certificate/x509_pem")
            .to_owned()
    };
    let before = certificate(&shop);
    let audit = shop.control(Method::GET, "audit", Value::Null)["booked"].clone();
    let bearer = shop.bearer.clone();
    shop.sandbox.stop();

    let mut shop = Shop::at(Sandbox::start(on(&path)).unwrap());
    for name in ["key", "secret", "organization", "account_key", "account_secret"] {
        assert_eq!(shop.account()[name], seeded[name], "{name}");
    }
    shop.bearer = bearer;
    assert_eq!(certificate(&shop), before);
    assert_eq!(shop.control(Method::GET, "audit", Value::Null)["booked"], audit);
    let offset = shop.control(Method::GET, "clock", Value::Null)["offset_s"].as_i64().unwrap();
    assert_eq!(offset, 3600);
    let again = shop.send(Method::POST, "/records", &key, &body).ok();
    assert_eq!(again.header("x-idempotency-replayed"), Some("true"));
    assert_eq!(again.body, sold.body);
    let next = shop.intention(&till).ok();
    assert_eq!(next.at("/content/journal/record/id"), sold.id());
}

/// A copy of the files, made while the sandbox runs, is what a killed process leaves behind.
#[test]
fn what_was_answered_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let mut shop = Shop::at(Sandbox::start(on(&path)).unwrap());
    shop.make_unit();
    let till = shop.make_till();
    for sale in 0..20 {
        let sold = shop.sell(&till, &format!("R-{sale}"));
        let left = tempfile::tempdir().unwrap();
        for name in ["sandbox.db", "sandbox.db-wal"] {
            std::fs::copy(folder.path().join(name), left.path().join(name)).unwrap();
        }
        let mut heir = Shop::at(Sandbox::start(on(&left.path().join("sandbox.db"))).unwrap());
        heir.bearer.clone_from(&shop.bearer);
        assert_eq!(
            heir.get(&format!("/records/{}", sold.id())).ok().at("/content/journal/signature"),
            sold.at("/content/journal/signature")
        );
    }
}

#[test]
fn a_subjects_secret_is_kept_as_a_digest_once_its_idempotency_key_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let mut shop = Shop::at(Sandbox::start(on(&path)).unwrap());
    let seeded = shop.account().clone();
    let made = shop.post("/subjects", json!({ "type": "API_KEY", "name": "back-office" })).ok();
    let secret = made.at("/content/credentials/secret").to_owned();
    shop.control(Method::PUT, "clock", json!({ "offset_s": 90_000 }));
    shop.sign_in(seeded["key"].as_str().unwrap(), seeded["secret"].as_str().unwrap());
    shop.post("/organizations", json!({ "type": "UNIT", "name": "anything" })).ok();
    shop.sandbox.stop();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let count = |text: &str| -> i64 {
        let query = "SELECT count(*) FROM document WHERE instr(body, ?1) > 0";
        connection.query_row(query, [text], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(&secret), 0);
    assert_eq!(count(made.at("/content/credentials/key")), 1);
}

#[test]
fn the_ready_file_appears_complete() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready.json");
    let sandbox = Sandbox::start(Options { ready_file: Some(file.clone()), ..Options::default() }).unwrap();
    let ready: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(&ready, sandbox.ready());
    assert_eq!(ready["url"], sandbox.url());
    assert_eq!(ready["accounts"]["sign-fr"]["url"], format!("{}/sign-fr", sandbox.url()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let nowhere = Options { ready_file: Some(folder.path().join("no/such/folder")), ..Options::default() };
    assert!(matches!(Sandbox::start(nowhere), Err(SandboxError::ReadyFile { .. })));
}

#[test]
fn what_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let first = Sandbox::start(on(&path)).unwrap();
    assert!(matches!(Sandbox::start(on(&path)), Err(SandboxError::Store { .. })), "a store has one sandbox");
    let address = first.url().trim_start_matches("http://").parse().unwrap();
    let taken = Sandbox::start(Options { listen: address, ..Options::default() });
    assert!(matches!(taken, Err(SandboxError::Listen { .. })));
    let text = folder.path().join("text.db");
    std::fs::write(&text, "this is a shopping list and no database at all, however long it may be").unwrap();
    assert!(matches!(Sandbox::start(on(&text)), Err(SandboxError::Store { .. })));
    let mut settings = Settings::default();
    settings.sign_fr.commission_order_status = 200;
    let wrong = Sandbox::start(Options { settings, ..Options::default() });
    assert!(matches!(wrong, Err(SandboxError::Settings(_))));
}

#[test]
fn a_damaged_document_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    Sandbox::start(on(&path)).unwrap().stop();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE document SET body = '{' WHERE kind = 'organization'", []).unwrap();
    drop(connection);
    let error = Sandbox::start(on(&path)).unwrap_err().to_string();
    assert!(error.contains("organization document is damaged"), "{error}");
}

#[test]
fn a_dropped_sandbox_gives_its_port_back() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let address: std::net::SocketAddr = sandbox.url().trim_start_matches("http://").parse().unwrap();
    drop(sandbox);
    assert!(std::net::TcpStream::connect(address).is_err());
}
