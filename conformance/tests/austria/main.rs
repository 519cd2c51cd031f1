//! What a case cannot show of Austria: tills that provision at once, a day of lost answers with its data
//! collection log checked, tokens renewed on the wire. And that no secret of a merchant is written down.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod provisioning;

use fiskal::Fiskal;
use fiskal::error::Kind;
use fiskal_conformance::control::Control;
use fiskal_conformance::dep::Log;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

pub(crate) const PIN: &str = "ganz-geheim-4711";
/// Sales of the day with lost answers.
const SALES: usize = 60;

pub(crate) fn austrian(sandbox: &Sandbox, patch: &Value) -> Shop {
    Shop::from("config-austria.json", sandbox, patch).unwrap()
}

pub(crate) fn open(shop: &Shop) -> Fiskal {
    Fiskal::open_file(shop.config()).unwrap()
}

pub(crate) fn sale(id: &str, more: Value) -> Value {
    let mut sale = json!({
        "id": id, "register": "till-1",
        "items": [{"text": "Melange", "quantity": "1", "unit_price": "4.20", "vat": "20"}],
        "payments": [{"method": "cash", "amount": "4.20"}],
    });
    sale.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    sale
}

pub(crate) fn request(fiskal: &Fiskal, register: &str, path: &str) -> Value {
    let asked = json!({ "register": register, "method": "GET", "path": path });
    fiskal.call("request", &asked).unwrap()["body"].take()
}

#[test]
fn no_secret_is_written_down() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = austrian(&sandbox, &json!({}));
    // Not in the configuration either, which lies in the same folder.
    let pin = shop.path("pin");
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(elsewhere.path(), PIN).unwrap();
    let block = json!({ "merchant": { "muster": { "sign-at": {
        "fon_user_pin": format!("file:{}", elsewhere.path().display()),
    }}}});
    let config = fiskal::config::Config::from_file(shop.config()).unwrap().with_overrides(&block).unwrap();
    let fiskal = Fiskal::open(config).unwrap();
    fiskal.call("provision", &json!({})).unwrap();
    fiskal.call("sale.complete", &sale("s-1", json!({}))).unwrap();
    drop(fiskal);
    assert!(!pin.exists());
    let files = std::fs::read_dir(shop.config().parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    let mut looked_at = 0;
    for path in files.filter(|path| path.is_file()) {
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes.windows(PIN.len()).any(|window| window == PIN.as_bytes());
        assert!(!found, "{} has the PIN", path.display());
        looked_at += 1;
    }
    assert!(looked_at > 1);
}

#[test]
fn tokens_are_renewed_without_the_key() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let tokens = json!({ "token_hours": 1, "refresh_hours": 2, "tokens_shared": false });
    control.set(&json!({ "management": tokens })).unwrap();
    let shop = austrian(&sandbox, &json!({}));
    let fiskal = open(&shop);
    fiskal.call("provision", &json!({})).unwrap();
    let sign_ins = |with: &str| {
        let requests = control.requests().unwrap();
        let signs_in = |request: &&Value| {
            request["path"] == "/sign-at/api/v1/auth" && request["body"].get(with).is_some()
        };
        requests.iter().filter(signs_in).count()
    };
    let keyed = sign_ins("api_key");
    assert_eq!(sign_ins("refresh_token"), 0);
    // The client learns the time with the first answer: a token is renewed before the second sale.
    control.set_clock(&json!({ "offset_s": 3_550 })).unwrap();
    fiskal.call("sale.complete", &sale("s-1", json!({}))).unwrap();
    fiskal.call("sale.complete", &sale("s-2", json!({}))).unwrap();
    assert_eq!((sign_ins("refresh_token"), sign_ins("api_key")), (1, keyed));
    // After both have ended the key signs in.
    control.set_clock(&json!({ "offset_s": 40_000 })).unwrap();
    fiskal.call("sale.complete", &sale("s-3", json!({}))).unwrap();
    assert_eq!(sign_ins("api_key"), keyed + 1);
}

#[test]
fn two_tills_that_provision_at_once_share_a_unit() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    // What the other till has brought about already may be refused (contract sign-at 3.1).
    let strict = json!({ "sign-at": { "accept_repeated_state": false } });
    Control::of(sandbox.url()).set(&strict).unwrap();
    let own = |register: &str| {
        json!({
            "account": { "wien": { "key": "sandbox:sign-at" } },
            "register": { "till-1": null, register: { "location": "graz" } },
        })
    };
    let shops = ["left", "right"].map(|register| (register, austrian(&sandbox, &own(register))));
    std::thread::scope(|scope| {
        let threads = shops.each_ref().map(|(register, shop)| {
            scope.spawn(move || {
                let fiskal = open(shop);
                fiskal.call("provision", &json!({})).unwrap();
                let sold =
                    fiskal.call("sale.complete", &sale("s-1", json!({ "register": register }))).unwrap();
                assert_eq!(sold["verified"], json!(["content", "chain"]));
                let units = request(&fiskal, register, "/signature-creation-unit");
                assert_eq!((&units["count"], &units["data"][0]["state"]), (&json!(1), &json!("INITIALIZED")));
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(Control::of(sandbox.url()).booked().unwrap().len(), 4);
}

#[test]
fn what_others_do_to_a_register_is_noticed() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let shop = austrian(&sandbox, &json!({}));
    let fiskal = open(&shop);
    fiskal.call("provision", &json!({})).unwrap();
    let sold = fiskal.call("sale.complete", &sale("s-1", json!({}))).unwrap();
    let register = format!("/cash-register/{}", sold["ids"]["register"].as_str().unwrap());
    let told = |method: &str, path: &str, body: Value| {
        let asked = json!({ "register": "till-1", "method": method, "path": path, "body": body });
        let answer = fiskal.call("request", &asked).unwrap();
        assert_eq!(answer["status"], 200, "{answer}");
    };

    // Another program signs on the same register: the chain goes through its receipt.
    let other = json!({ "receipt_type": "NORMAL", "schema": { "raw": {
        "gross_amount_standard": "1.00", "gross_amount_reduced_1": "0.00", "gross_amount_reduced_2": "0.00",
        "gross_amount_special": "0.00", "gross_amount_zero": "0.00",
    }}});
    told("PUT", &format!("{register}/receipt/f5b6e2c4-1b0c-4c1a-8f0a-2c6f0f1d9a77"), other);
    let after = fiskal.call("sale.complete", &sale("s-2", json!({}))).unwrap();
    assert_eq!((&after["fiscal"]["number"], &after["verified"]), (&json!("4"), &json!(["content", "chain"])));
    assert_eq!(after["also"], json!([]));

    // Out of service and back again.
    told("PATCH", &register, json!({ "state": "OUTAGE" }));
    let refused = fiskal.call("sale.complete", &sale("s-3", json!({}))).unwrap_err();
    assert_eq!(refused.kind(), Kind::NotReady, "{refused}");
    assert_eq!(refused.details().service_code.as_deref(), Some("E_INITIAL_RECEIPT_MISSING"));
    fiskal.call("provision", &json!({})).unwrap();
    let suspended = fiskal.call("register.list", &json!({})).unwrap()["registers"][0].take();
    assert_eq!((&suspended["state"], &suspended["reason"]), (&json!("suspended"), &Value::Null));
    let refused = fiskal.call("sale.complete", &sale("s-3", json!({}))).unwrap_err();
    assert!(refused.message().contains("register.restore"), "{refused}");
    fiskal.call("register.restore", &json!({ "register": "till-1" })).unwrap();
    fiskal.call("sale.complete", &sale("s-3", json!({}))).unwrap();

    // A log of which nobody knows that it lies on a disk is no quarterly copy.
    let due = || fiskal.call("status", &json!({})).unwrap()["registers"][0]["duties"][0].clone();
    let (before, day) = (due(), 86_400);
    assert_eq!(before["name"], "dep_copy");
    control.set_clock(&json!({ "offset_s": 3 * day })).unwrap();
    request(&fiskal, "till-1", &format!("{register}/export"));
    assert_eq!(due()["due"], before["due"]);
    let saved = |range: Value| {
        let mut asked = json!({ "register": "till-1" });
        asked.as_object_mut().unwrap().extend(range.as_object().unwrap().clone());
        let export = fiskal.call("export.create", &asked).unwrap();
        let file = json!({ "register": "till-1", "export": export["export"], "to": shop.path("log.json") });
        fiskal.call("export.fetch", &file).unwrap();
        std::fs::remove_file(shop.path("log.json")).unwrap();
    };
    saved(json!({ "first": "2" }));
    assert_eq!(due()["due"], before["due"], "a part is no copy");
    saved(json!({}));
    assert_ne!(due()["due"], before["due"]);

    // Out of service for good.
    told("PATCH", &register, json!({ "state": "DECOMMISSIONED" }));
    fiskal.call("provision", &json!({})).unwrap();
    let over = fiskal.call("sale.complete", &sale("s-4", json!({}))).unwrap_err();
    assert_eq!(over.kind(), Kind::NotReady, "{over}");
    assert!(over.message().contains("register.replace"), "{over}");
    let kept = fiskal.call("receipt.list", &json!({})).unwrap()["receipts"].take();
    let closing = kept.as_array().unwrap().last().unwrap();
    assert_eq!(closing["type"], "closing", "whoever ended it, its closing receipt is kept");
    assert_eq!(closing["verified"], json!(["finanzonline", "chain"]));
}

#[test]
fn a_register_goes_on_with_the_next_unit() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = austrian(&sandbox, &json!({}));
    let fiskal = open(&shop);
    fiskal.call("provision", &json!({})).unwrap();
    let before = fiskal.call("sale.complete", &sale("s-1", json!({}))).unwrap();
    let unit = json!({
        "account": "wien", "credential": "muster", "unit": before["ids"]["signature_creation_unit"],
        "registers_go_on": true,
    });
    fiskal.call("unit.decommission", &unit).unwrap();
    fiskal.call("provision", &json!({})).unwrap();
    let after = fiskal.call("sale.complete", &sale("s-2", json!({}))).unwrap();
    assert_ne!(after["ids"]["signature_creation_unit"], before["ids"]["signature_creation_unit"]);
    assert_eq!(after["verified"], json!(["content", "chain"]));
    let retired = json!({ "register": "till-1", "reason": "planned" });
    let closing = fiskal.call("register.retire", &retired).unwrap()["receipts"][0].take();
    assert_eq!((&closing["type"], &closing["fiscal"]["number"]), (&json!("closing"), &json!("4")));
    let printed = json!({ "id": closing["id"], "format": "text" });
    let paper = fiskal.call("receipt.print", &printed).unwrap();
    assert!(paper["text"].as_str().unwrap().contains("Schlussbeleg"), "{paper}");
    check_log(&sandbox, &shop, &fiskal, &after, 4);
}

#[test]
fn a_lost_journal_is_provisioned_anew_from_what_is_there() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shops = [(); 2].map(|()| austrian(&sandbox, &json!({})));
    let first = open(&shops[0]);
    first.call("provision", &json!({})).unwrap();
    let before = first.call("sale.complete", &sale("s-1", json!({}))).unwrap();
    drop(first);

    let again = open(&shops[1]);
    let provisioned = again.call("provision", &json!({})).unwrap();
    let types = |line: usize, what: &str| -> Vec<Value> {
        let found = provisioned["lines"][line]["result"][what].as_array().unwrap();
        found.iter().map(|one| one["type"].clone()).collect()
    };
    // A key's secret is shown once: the old key is left behind, and named.
    assert_eq!(types(1, "created"), ["API_KEY"]);
    assert_eq!(types(1, "adopted"), ["MANAGED_ORGANIZATION", "SIGNATURE_CREATION_UNIT"]);
    assert_eq!(types(1, "orphans"), ["API_KEY"]);
    assert_eq!((types(3, "created"), types(3, "adopted")), (vec![], vec![json!("CASH_REGISTER")]));
    let after = again.call("sale.complete", &sale("s-2", json!({}))).unwrap();
    assert_eq!(after["fiscal"]["register_serial"], before["fiscal"]["register_serial"]);
    assert_eq!((&after["fiscal"]["number"], &after["verified"]), (&json!("3"), &json!(["content", "chain"])));
}

#[test]
fn a_day_of_lost_answers_signs_every_sale_once() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let shop = austrian(&sandbox, &json!({ "account": { "wien": { "patience": "150ms" } } }));
    let fiskal = open(&shop);
    fiskal.call("provision", &json!({})).unwrap();
    for kind in ["drop-answer", "reset"] {
        let lost = json!({
            "match": { "method": "PUT", "path": "/sign-at/api/v1/cash-register" },
            "fault": { "kind": kind }, "count": 100_000, "probability": 0.2,
        });
        control.plant(&lost).unwrap();
    }
    let mut handed_over = Vec::new();
    for number in 0..SALES {
        let training = json!({ "training": number % 10 == 9 });
        let receipt = fiskal.call("sale.complete", &sale(&format!("s-{number}"), training)).unwrap();
        handed_over.push(receipt);
    }
    control.heal().unwrap();
    fiskal.call("sync", &json!({})).unwrap();
    let last = fiskal.call("sale.complete", &sale("last", json!({}))).unwrap();
    assert_eq!(last["verified"], json!(["content", "chain"]));
    let slips = handed_over.iter().filter(|receipt| receipt["state"] == "provisional").count();
    assert!(slips > 0 && slips < SALES, "{slips} slips");

    let mut numbers = Vec::new();
    for receipt in &handed_over {
        let receipt = fiskal.call("receipt.get", &json!({ "id": receipt["id"] })).unwrap();
        assert_eq!(receipt["state"], "signed", "{receipt}");
        numbers.push(receipt["fiscal"]["number"].as_str().unwrap().parse::<usize>().unwrap());
    }
    assert_eq!(numbers, (2..SALES + 2).collect::<Vec<_>>(), "in order, each once");
    let booked = control.booked().unwrap();
    assert_eq!(booked.len(), SALES + 2, "the start receipt, the sales and the last one");
    assert!(booked.iter().all(|one| one["times"] == 1));
    check_log(&sandbox, &shop, &fiskal, &last, SALES + 2);
}

/// The slip waits for the register, and the register's return does not wait for the slip.
#[test]
fn a_slip_waits_for_a_register_that_is_out_of_service() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let shop = austrian(&sandbox, &json!({ "account": { "wien": { "patience": "150ms" } } }));
    let fiskal = open(&shop);
    fiskal.call("provision", &json!({})).unwrap();
    let register = &request(&fiskal, "till-1", "/cash-register")["data"][0]["_id"];
    let path = format!("/cash-register/{}", register.as_str().unwrap());
    let out = json!({ "register": "till-1", "method": "PATCH", "path": path, "body": { "state": "OUTAGE" } });

    control.plant(&json!({ "fault": { "kind": "status", "status": 503 }, "count": 100_000 })).unwrap();
    let slip = fiskal.call("sale.complete", &sale("s-1", json!({}))).unwrap();
    assert_eq!(slip["state"], "provisional");
    control.heal().unwrap();
    // By another journal, which has nothing to settle first.
    let elsewhere = austrian(&sandbox, &json!({}));
    let other = open(&elsewhere);
    other.call("provision", &json!({})).unwrap();
    assert_eq!(other.call("request", &out).unwrap()["status"], 200);

    assert_eq!(fiskal.call("sync", &json!({})).unwrap()["waiting"], 1);
    let again = fiskal.call("sale.complete", &sale("s-2", json!({}))).unwrap();
    assert_eq!(again["state"], "provisional", "it queues behind the slip");
    control.set_clock(&json!({ "offset_s": 3_600 })).unwrap();
    fiskal.call("register.restore", &json!({ "register": "till-1" })).unwrap();
    assert_eq!(fiskal.call("sync", &json!({})).unwrap()["waiting"], 0);
    for (number, slip) in [("2", slip), ("3", again)] {
        let signed = fiskal.call("receipt.get", &json!({ "id": slip["id"] })).unwrap();
        assert_eq!((&signed["state"], &signed["fiscal"]["number"]), (&json!("signed"), &json!(number)));
        assert_eq!(signed["replaces"], slip["id"]);
    }
}

/// Has the register's data collection log checked, with the container that the sandbox shows for it.
fn check_log(sandbox: &Sandbox, shop: &Shop, fiskal: &Fiskal, receipt: &Value, receipts: usize) {
    let register = receipt["ids"]["register"].as_str().unwrap();
    let log = Log::fetch(fiskal, "till-1", register).unwrap();
    let checked = log.check(fiskal, &Control::of(sandbox.url()), register, &shop.path("")).unwrap();
    assert_eq!(checked["receipts"], receipts, "{checked}");
    assert_eq!(checked["fits"], true, "{checked}");
    assert_eq!(checked["findings"].as_array().map(Vec::len), Some(0), "{checked}");
}
