//! What only files and threads show of resources: where a secret lies, what reading leaves behind, and that
//! many who ask for one thing get one thing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use fiskal::Fiskal;
use fiskal::error::Kind;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::path::Path;

fn opened(more: &Value) -> (Sandbox, Shop, Fiskal) {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = Shop::new(&sandbox, more).unwrap();
    let fiskal = Fiskal::open_file(shop.config()).unwrap();
    (sandbox, shop, fiskal)
}

/// How many entries the journal has.
fn entries(fiskal: &Fiskal) -> Value {
    fiskal.call("journal.verify", &json!({})).unwrap()["entries"].clone()
}

fn made_unit_and_key(fiskal: &Fiskal) -> (Value, Value) {
    let unit = json!({ "account": "paris", "type": "unit", "name": "Unit" });
    let unit = fiskal.call("organization.create", &unit).unwrap();
    let key = json!({ "account": "paris", "organization": unit["id"], "name": "unit-key" });
    let key = fiskal.call("subject.create", &key).unwrap();
    (unit, key)
}

#[test]
fn a_secret_lies_in_the_file_of_secrets_alone() {
    let (_sandbox, shop, fiskal) = opened(&json!({}));
    let (_, key) = made_unit_and_key(&fiskal);
    let folder = shop.path("");
    let kept: Value =
        serde_json::from_slice(&std::fs::read(folder.join("fiskal.db-secrets.json")).unwrap()).unwrap();
    let name = format!("{}/secret", key["credential"].as_str().unwrap());
    let secret = kept[&name].as_str().unwrap();
    assert!(secret.len() > 20);
    assert_eq!(key["answer"]["content"]["credentials"]["secret"], json!({ "$secret": name }));
    assert!(!key.to_string().contains(secret));
    drop(fiskal);
    assert_eq!(files_with(&folder, secret), ["fiskal.db-secrets.json"]);
}

/// The files of a folder in which a text stands.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let with = files.filter(|file| {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    });
    with.map(|file| file.file_name().into_string().unwrap()).collect()
}

#[test]
fn reading_leaves_nothing_in_the_journal() {
    let (_sandbox, _shop, fiskal) = opened(&json!({}));
    let (unit, key) = made_unit_and_key(&fiskal);
    let before = entries(&fiskal);
    assert!(before.as_u64().unwrap() > 0);
    let one = json!({ "account": "paris", "organization": unit["id"] });
    fiskal.call("organization.get", &one).unwrap();
    fiskal.call("subject.get", &json!({ "account": "paris", "subject": key["id"] })).unwrap();
    fiskal.call("organization.list", &json!({ "account": "paris", "all": true })).unwrap();
    let unknown = json!({ "account": "paris", "organization": "1c81cb86-c2e8-4074-afc3-a0601b2bf063" });
    assert_eq!(fiskal.call("organization.get", &unknown).unwrap_err().kind(), Kind::NotFound);
    assert_eq!(entries(&fiskal), before);
}

#[test]
fn many_who_ask_for_one_organization_get_one() {
    let (_sandbox, _shop, fiskal) = opened(&json!({}));
    let asked = json!({ "account": "paris", "id": "o-1", "type": "unit", "name": "Unit" });
    let ids: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| fiskal.call("organization.create", &asked))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().unwrap()["id"].clone()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let all = fiskal.call("organization.list", &json!({ "account": "paris" })).unwrap();
    assert_eq!(all["results"].as_array().unwrap().len(), 2, "the group and one unit");
}

/// A key of one account is never sent to the address of another.
#[test]
fn a_credential_serves_its_own_account_alone() {
    let lyon = json!({ "account": {"lyon": {"service": "sign-fr", "environment": "test", "key": "k", "secret": "s"}} });
    let (_sandbox, _shop, fiskal) = opened(&lyon);
    let (_, key) = made_unit_and_key(&fiskal);
    for foreign in [&key["credential"], &json!("paris@sandbox/account/paris"), &json!("martin")] {
        let asked = json!({ "account": "lyon", "credential": foreign });
        let error = fiskal.call("organization.list", &asked).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::NotFound, Some("/credential")), "{foreign}");
    }
}
