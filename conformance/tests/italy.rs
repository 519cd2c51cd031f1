//! What a case cannot show of Italy, because the configuration changes on the way: credentials of the tax
//! agency. And that no secret of a merchant is written down.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal_conformance::control::Control;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

const PIN: &str = "4711081500";
const PASSWORD: &str = "Segretissima-1";
const RENEWED: &str = "Segretissima-2";
const TAX_ID: &str = "BNCLRA85T41F205X";

fn block(password: &str, changed_on: &str) -> Value {
    json!({ "merchant": { "rossi": { "sign-it": {
        "pin": PIN, "password": password, "tax_id_number": TAX_ID, "password_changed_on": changed_on,
    }}}})
}

fn sale(id: &str) -> Value {
    json!({
        "id": id, "register": "till-1", "number": id.to_uppercase(),
        "items": [{"text": "Caffè", "quantity": "1", "unit_price": "1.20", "vat": "10"}],
        "payments": [{"method": "cash", "amount": "1.20"}],
    })
}

fn open(shop: &Shop, patch: &Value) -> Fiskal {
    let config = Config::from_file(shop.config()).unwrap().with_overrides(patch).unwrap();
    Fiskal::open(config).unwrap()
}

/// How often something of the taxpayer was changed.
fn changes(control: &Control) -> usize {
    let requests = control.requests().unwrap();
    let change = |request: &&Value| {
        request["method"] == "PATCH" && request["path"].as_str().unwrap().contains("/taxpayers/")
    };
    requests.iter().filter(change).count()
}

fn due(fiskal: &Fiskal) -> Value {
    fiskal.call("status", &json!({})).unwrap()["registers"][0]["duties"][0]["due"].clone()
}

/// Until it is said, the day of the provisioning stands for the day on which the password was changed.
#[test]
fn an_earlier_day_of_the_password_is_noted_and_nothing_is_sent() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = Shop::from("config-italy.json", &sandbox, &json!({})).unwrap();
    let fiskal = open(&shop, &json!({}));
    fiskal.call("provision", &json!({})).unwrap();
    drop(fiskal);
    let fiskal = open(&shop, &block(PASSWORD, "2020-01-01"));
    fiskal.call("provision", &json!({})).unwrap();
    // 31 days of January less 1, 29 of February, 31 of March: 90 days later.
    assert_eq!(due(&fiskal), "2020-03-31T00:00:00+02:00");
    assert_eq!(changes(&Control::of(sandbox.url())), 1);
}

/// No file of the shop's folder has a secret of the merchant.
fn assert_nothing_is_written_down(shop: &Shop) {
    let files = std::fs::read_dir(shop.config().parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    for path in files.filter(|path| path.is_file()) {
        let bytes = std::fs::read(&path).unwrap();
        for secret in [PIN, PASSWORD, RENEWED, TAX_ID] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} has {secret}", path.display());
        }
    }
}

#[test]
fn new_credentials_are_told_to_the_service_and_none_is_written_down() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let old = block(PASSWORD, "2026-01-01");
    let shop = Shop::from("config-italy.json", &sandbox, &json!({})).unwrap();
    let fiskal = open(&shop, &old);
    fiskal.call("provision", &json!({})).unwrap();
    fiskal.call("sale.complete", &sale("s-1")).unwrap();
    drop(fiskal);

    // 91 days later the service cannot sign in to the tax agency any more.
    control.set_clock(&json!({ "offset_s": 91 * 86_400 })).unwrap();
    let fiskal = open(&shop, &old);
    let refused = fiskal.call("sale.complete", &sale("s-2")).unwrap_err();
    assert!(refused.message().contains("Authentication error"), "{refused}");
    fiskal.call("provision", &json!({})).unwrap();
    assert!(fiskal.call("sale.complete", &sale("s-2")).is_err(), "nothing has changed");
    drop(fiskal);

    let fiskal = open(&shop, &block(RENEWED, "2026-12-01"));
    fiskal.call("provision", &json!({})).unwrap();
    let sold = fiskal.call("sale.complete", &sale("s-2")).unwrap();
    assert_eq!(sold["state"], "signed");
    // Commissioned; suspended, told the credentials, operating again.
    assert_eq!(changes(&control), 4);
    assert_eq!(due(&fiskal), "2027-03-01T00:00:00+01:00");
    drop(fiskal);

    assert_nothing_is_written_down(&shop);
}

/// The service shows who signs in to the agency with whatever it answers about the taxpayer.
#[test]
fn a_merchant_is_suspended_by_name_and_nothing_of_it_is_written_down() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = Shop::from("config-italy.json", &sandbox, &json!({})).unwrap();
    let fiskal = open(&shop, &block(PASSWORD, "2026-01-01"));
    fiskal.call("provision", &json!({})).unwrap();
    let own = json!({ "account": "roma", "credential": "roma@sandbox/merchant/rossi" });
    let known = fiskal.call("merchant.list", &own).unwrap();
    let mut asked = own;
    asked["merchant"] = known["results"][0]["id"].clone();
    for (operation, mode) in [("merchant.suspend", "suspended"), ("merchant.restore", "operative")] {
        assert_eq!(fiskal.call(operation, &asked).unwrap()["mode"], mode);
    }
    drop(fiskal);
    assert_nothing_is_written_down(&shop);
}

/// What a call refers to is sent and never written down: neither what the call made, nor what it found done already
/// and only read.
#[test]
fn a_merchant_made_by_name_leaves_no_secret_in_the_journal() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = Shop::from("config-italy.json", &sandbox, &json!({})).unwrap();
    std::fs::create_dir(shop.path("secrets")).unwrap();
    for (name, secret) in [("pin", PIN), ("password", PASSWORD), ("number", TAX_ID)] {
        std::fs::write(shop.path("secrets").join(name), secret).unwrap();
    }
    let fiskal = open(&shop, &json!({}));
    let unit = json!({ "account": "roma", "type": "unit", "name": "Altro Bar" });
    let unit = fiskal.call("organization.create", &unit).unwrap();
    let key = json!({ "account": "roma", "organization": unit["id"], "name": "altro-bar" });
    let key = fiskal.call("subject.create", &key).unwrap();
    let extra = json!({ "sign-it": {
        "pin": "file:secrets/pin", "password": "file:secrets/password", "tax_id_number": "file:secrets/number",
    }});
    let made = json!({
        "account": "roma", "credential": key["credential"], "id": "m-1", "name": "Altro Bar S.r.l.",
        "tax_id": "01234567897", "extra": extra,
        "address": {"street": "Via Appia", "number": "7", "code": "00179", "city": "Roma", "country": "IT"},
    });
    let merchant = fiskal.call("merchant.create", &made).unwrap();
    let mut asked = json!({ "account": "roma", "credential": key["credential"], "merchant": merchant["id"] });
    let renamed = json!({ "trade_name": "Altro Bar e Figli" });
    for (operation, more) in [
        ("commission", json!({})),
        ("commission", json!({})),
        ("update", json!({})),
        ("update", renamed),
        ("suspend", json!({})),
    ] {
        let mut asked = asked.clone();
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let changed = fiskal.call(&format!("merchant.{operation}"), &asked).unwrap();
        assert!(!changed.to_string().contains(TAX_ID), "{operation}: {changed}");
    }
    asked["extra"] = extra;
    fiskal.call("merchant.update", &asked).unwrap();
    // Who only reads is shown what the service shows: the very number, and masks.
    asked.as_object_mut().unwrap().remove("extra");
    let shown = fiskal.call("merchant.get", &asked).unwrap();
    assert_eq!(shown["answer"]["content"]["fiscalization"]["credentials"]["tax_id_number"], TAX_ID);
    // A call that is repeated has its result, wherever its secrets are by now.
    std::fs::remove_dir_all(shop.path("secrets")).unwrap();
    assert_eq!(fiskal.call("merchant.create", &made).unwrap()["id"], merchant["id"]);
    drop(fiskal);
    for secret in [PIN, PASSWORD, TAX_ID] {
        let files = std::fs::read_dir(shop.path("")).unwrap().map(|file| file.unwrap().path());
        for path in files.filter(|path| path.is_file() && !path.ends_with("fiskal.db-secrets.json")) {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} has {secret}", path.display());
        }
    }
}

/// What fills in secrets on sending would send whatever is named, also another account's.
#[test]
fn a_raw_request_names_no_secret() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = Shop::from("config-italy.json", &sandbox, &json!({})).unwrap();
    let fiskal = open(&shop, &json!({}));
    fiskal.call("provision", &json!({})).unwrap();
    let body =
        json!({ "content": {}, "metadata": { "a": [{ "$secret": "roma@sandbox/account/roma/secret" }] } });
    let asked = json!({ "register": "till-1", "method": "PATCH", "path": "/records/1", "body": body });
    let error = fiskal.call("request", &asked).unwrap_err();
    assert_eq!(error.pointer(), Some("/body/metadata/a/0"), "{error}");
}
