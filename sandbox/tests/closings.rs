//! Closings, which the service makes by itself (contract sign-fr 2.7, 5.5).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use fiskal_sandbox::{Options, Sandbox, Store};
use reqwest::Method;
use serde_json::{Value, json};
use shop::{Shop, receipt, taxpayer};

/// A shop whose token outlives the years, at a time of the sandbox's clock.
fn at(now: &str) -> (Shop, String) {
    let mut shop = Shop::open();
    shop.settings(json!({ "token_hours": 1_000_000, "idempotency_hours": 1_000_000 }));
    clock(&shop, now);
    sign_in(&mut shop);
    shop.make_unit();
    let till = shop.make_till();
    (shop, till)
}

/// The token that a shop opens with is younger than the settings.
fn sign_in(shop: &mut Shop) {
    let [key, secret] = ["key", "secret"].map(|name| shop.account()[name].as_str().unwrap().to_owned());
    shop.sign_in(&key, &secret);
}

fn clock(shop: &Shop, now: &str) {
    shop.control(Method::PUT, "clock", json!({ "now": now }));
}

/// Type, period, count, gross and perpetual gross of every closing, in journal order.
fn closings(shop: &Shop, till: &str) -> Vec<[String; 6]> {
    let path =
        format!("/records?system_id={till}&type=CLOSING::DAILY,CLOSING::MONTHLY,CLOSING::YEARLY&limit=100");
    let list = shop.get(&path).ok();
    let ids = list.body["results"].as_array().unwrap().clone();
    ids.iter()
        .map(|listed| {
            let id = listed["content"]["id"].as_str().unwrap();
            let record = shop.get(&format!("/records/{id}?operation=&file-artifact=&file-integrity=")).ok();
            assert_eq!(record.at("/content/state"), "COMPLETED");
            let operation: Value = serde_json::from_str(record.at("/content/operation")).unwrap();
            let end = operation["period"]["end"].as_str().unwrap();
            assert_eq!(record.at("/content/journal/signed_at"), end, "signed as of the end");
            let text =
                |place: &str| operation.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned();
            [
                record.at("/content/type")["CLOSING::".len()..].to_owned(),
                text("/period/start"),
                text("/period/end"),
                text("/count"),
                text("/total_vat/inclusive"),
                text("/perpetual/inclusive"),
            ]
        })
        .collect()
}

#[track_caller]
fn closed(shop: &Shop, till: &str, expected: &[[&str; 6]]) {
    let expected: Vec<[String; 6]> = expected.iter().map(|row| row.map(str::to_owned)).collect();
    assert_eq!(closings(shop, till), expected);
}

/// Midnight in Paris is 23:00 UTC in winter and 22:00 in summer.
#[test]
fn days_months_and_fiscal_years_with_records_are_closed_at_their_end() {
    let (shop, till) = at("2026-12-30T12:00:00+01:00");
    shop.sell(&till, "R-1");
    closed(&shop, &till, &[]);
    clock(&shop, "2026-12-31T23:59:00+01:00");
    shop.sell(&till, "R-2");
    clock(&shop, "2027-01-01T00:00:00+01:00");
    shop.sell(&till, "R-3");
    clock(&shop, "2027-06-30T12:00:00+02:00");
    let (winter, summer) = ("2026-12-31T23:00:00+00:00", "2027-01-01T23:00:00+00:00");
    closed(
        &shop,
        &till,
        &[
            ["DAILY", "2026-12-29T23:00:00+00:00", "2026-12-30T23:00:00+00:00", "1", "2.4", "2.4"],
            ["DAILY", "2026-12-30T23:00:00+00:00", winter, "1", "2.4", "4.8"],
            ["MONTHLY", "2026-11-30T23:00:00+00:00", winter, "2", "4.8", "4.8"],
            ["YEARLY", "2025-12-31T23:00:00+00:00", winter, "2", "4.8", "4.8"],
            ["DAILY", winter, summer, "1", "2.4", "7.2"],
            ["MONTHLY", winter, "2027-01-31T23:00:00+00:00", "1", "2.4", "7.2"],
        ],
    );
}

#[test]
fn closings_stand_in_the_chain_and_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::File(folder.path().join("sandbox.db"));
    let options = || Options { store: store.clone(), ..Options::default() };
    let mut shop = Shop::at(Sandbox::start(options()).unwrap());
    shop.settings(json!({ "token_hours": 1_000_000 }));
    clock(&shop, "2026-03-01T12:00:00+01:00");
    sign_in(&mut shop);
    shop.make_unit();
    let till = shop.make_till();
    let sold = shop.sell(&till, "R-1").id();
    let bearer = shop.bearer.clone();
    drop(shop);
    let mut shop = Shop::at(Sandbox::start(options()).unwrap());
    shop.bearer = bearer;
    clock(&shop, "2026-03-02T12:00:00+01:00");
    let next = shop.intention(&till).ok();
    let closing = shop.get(&format!("/records/{}", next.at("/content/journal/record/id"))).ok();
    assert_eq!(closing.at("/content/type"), "CLOSING::DAILY");
    assert_eq!(closing.at("/content/journal/record/id"), sold);
    let bearer = shop.bearer.clone();
    drop(shop);
    let mut shop = Shop::at(Sandbox::start(options()).unwrap());
    shop.bearer = bearer;
    clock(&shop, "2026-03-02T13:00:00+01:00");
    assert_eq!(closings(&shop, &till).len(), 1, "nothing is closed twice");
}

#[test]
fn what_is_no_sale_does_not_count() {
    let (shop, till) = at("2026-03-01T12:00:00+01:00");
    let transact = |operation: Value| {
        let intention = shop.intention(&till).ok().id();
        shop.transaction(&intention, operation).ok().id()
    };
    let sold = shop.sell(&till, "R-1").id();
    let mut draft = receipt("D-1");
    draft["type"] = json!("DRAFT_RECEIPT");
    draft.as_object_mut().unwrap().remove("payments");
    transact(draft);
    let training = json!({ "creators": [{ "type": "PERSON", "label": "7" }], "training": true });
    let mut trained = receipt("T-1");
    trained["details"] = training;
    transact(trained);
    let gone = shop.sell(&till, "R-2").id();
    let cancelled = transact(json!({ "type": "CANCELLATION", "record": { "id": gone } }));
    let again = transact(json!({ "type": "CANCELLATION", "record": { "id": cancelled } }));
    transact(json!({ "type": "CANCELLATION", "record": { "id": again } }));
    let mut back = receipt("C-1");
    back["entries"][0]["type"] = json!("RETURN");
    back["entries"][0]["details"]["number"] = json!("1");
    transact(json!({ "type": "CORRECTION", "record": { "id": sold }, "data": back }));
    let wrong = shop.sell(&till, "R-3").id();
    let mut right = receipt("C-2");
    right["entries"][0]["details"]["number"] = json!("1");
    for (place, value) in [
        ("/document/total_vat", json!({ "amount": "0.06", "exclusive": "1.14", "inclusive": "1.20" })),
        ("/entries/0/data/unit/quantity", json!("1")),
        ("/entries/0/data/value/base", json!("1.13744076")),
        ("/entries/0/data/vat/amount", json!("0.06255924")),
        ("/entries/0/data/vat/exclusive", json!("1.13744076")),
        ("/entries/0/data/vat/inclusive", json!("1.20")),
        ("/payments/0/details/amount", json!("1.20")),
    ] {
        *right.pointer_mut(place).unwrap() = value;
    }
    transact(json!({ "type": "CORRECTION", "record": { "id": wrong }, "data": right }));
    clock(&shop, "2026-03-02T12:00:00+01:00");
    // 2.40 sold; 2.40 sold, cancelled, the cancellation cancelled, and that one too; 2.40 taken back; 2.40 corrected to
    // 1.20: eight documents.
    let (start, end) = ("2026-02-28T23:00:00+00:00", "2026-03-01T23:00:00+00:00");
    closed(&shop, &till, &[["DAILY", start, end, "8", "1.2", "1.2"]]);
}

#[test]
fn when_a_day_ends_and_whether_it_is_closed_are_settings() {
    let (shop, till) = at("2026-07-01T23:30:00+02:00");
    shop.settings(json!({ "closing_zone": "Europe/London", "closing_hour": 4, "closing_totals": false }));
    shop.sell(&till, "R-1");
    clock(&shop, "2026-07-02T04:59:59+02:00");
    closed(&shop, &till, &[]);
    clock(&shop, "2026-07-02T05:00:01+02:00");
    closed(&shop, &till, &[["DAILY", "2026-07-01T03:00:00+00:00", "2026-07-02T03:00:00+00:00", "", "", ""]]);
    shop.settings(json!({ "closings": false }));
    shop.sell(&till, "R-2");
    clock(&shop, "2026-07-05T12:00:00+02:00");
    assert_eq!(closings(&shop, &till).len(), 1);
    for wrong in [json!({ "closing_zone": "Paris" }), json!({ "closing_hour": 24 })] {
        let url = shop.url("/_sandbox/settings");
        let answer = shop.client.put(url).json(&json!({ "sign-fr": wrong })).send().unwrap();
        assert_eq!(answer.status(), 400, "{wrong}");
    }
}

#[test]
fn the_fiscal_year_is_the_taxpayers() {
    let mut shop = Shop::open();
    shop.settings(json!({ "token_hours": 1_000_000 }));
    clock(&shop, "2026-06-30T12:00:00+02:00");
    sign_in(&mut shop);
    shop.make_unit();
    let mut owner = taxpayer();
    owner["fiscalization"]["fiscal_year_date"] = json!("07-01");
    let owner = shop.post("/taxpayers", owner).ok().id();
    let branch = shop.post("/locations", shop::branch(&owner)).ok().id();
    let till = shop.post("/systems", shop::system(&branch)).ok().id();
    for path in [format!("/taxpayers/{owner}"), format!("/locations/{branch}"), format!("/systems/{till}")] {
        shop.patch(&path, json!({ "state": "COMMISSIONED" })).ok();
    }
    shop.sell(&till, "R-1");
    clock(&shop, "2026-07-01T12:00:00+02:00");
    let kinds: Vec<String> = closings(&shop, &till).into_iter().map(|[kind, ..]| kind).collect();
    assert_eq!(kinds, ["DAILY", "MONTHLY", "YEARLY"]);
}
