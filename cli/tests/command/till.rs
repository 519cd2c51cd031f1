//! A day at the till, one command after the other, each a process of its own.

use crate::shop::{RunningSandbox, Shop};
use serde_json::{Value, json};

fn sale(id: &str, price: &str) -> Value {
    json!({
        "id": id, "register": "till-1", "number": format!("R-{}", id.to_uppercase()),
        "items": [{"text": "Croissant", "quantity": "2", "unit_price": price, "vat": "5.5"}],
        "payments": [{"method": "cash", "amount": if price == "1.20" { "2.40" } else { "2.60" }}],
    })
}

#[test]
fn the_same_sale_is_the_same_receipt_and_another_one_is_a_conflict() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    shop.write("sale.json", &sale("s-1", "1.20").to_string());

    let planned = shop.run(&["provision", "--plan"]).ends(0);
    assert!(planned.out.starts_with("account   paris"), "{}", planned.out);
    assert!(planned.out.contains("make the register's system"), "{}", planned.out);
    let error = shop.run(&["sell", "sale.json", "--json"]).ends(1).error_json();
    assert_eq!(error["kind"], "not_ready");

    shop.run(&["provision"]).ends(0);
    shop.run(&["provision", "--json"]).ends(0).json();
    shop.run(&["status"]).ends(0);

    let first = shop.run(&["sell", "sale.json", "--json"]).ends(0).json();
    assert_eq!((&first["state"], &first["totals"]["gross"]), (&"signed".into(), &"2.40".into()));
    let again = shop.run_with(&["sell", "-", "--json"], &sale("s-1", "1.20").to_string()).ends(0).json();
    assert_eq!(again["id"], first["id"]);
    assert_eq!(again["ids"], first["ids"]);

    let error =
        shop.run_with(&["sell", "-", "--json"], &sale("s-1", "1.30").to_string()).ends(1).error_json();
    assert_eq!((&error["kind"], &error["sale"]), (&"conflict".into(), &"s-1".into()));

    let id = first["id"].as_str().unwrap();
    assert_eq!(shop.run(&["receipt", id, "--json"]).ends(0).json()["ids"], first["ids"]);
    let shown = shop.run(&["receipt", id]).ends(0).out;
    assert!(shown.contains("signed") && shown.contains("2.40"), "{shown}");
    for paper in ["text", "html"] {
        let printed = shop.run(&["receipt", id, "--print", paper]).ends(0).out;
        assert!(printed.contains("Croissant") && printed.contains("2,40"), "{paper}: {printed}");
    }
    assert!(shop.run(&["receipt", id, "--print", "escpos"]).ends(0).out.contains('\u{1b}'));
    let error = shop.run(&["receipt", "nobody", "--json"]).ends(1).error_json();
    assert_eq!(error["kind"], "not_found");

    shop.run(&["journal", "verify"]).ends(0);
    assert!(!shop.run(&["journal", "show"]).ends(0).out.is_empty());
    assert!(sandbox.booked().iter().all(|booking| booking["times"] == 1), "{:?}", sandbox.booked());
}

#[test]
fn a_sale_whose_answers_are_lost_is_pending_until_sync() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    let config = std::fs::read_to_string(shop.path("fiskal.toml")).unwrap();
    shop.write(
        "fiskal.toml",
        &config.replace("[merchant.martin]", "patience = '400ms'\n\n[merchant.martin]"),
    );
    shop.run(&["provision"]).ends(0);

    sandbox.lose_answers("POST", "/sign-fr/records");
    let receipt = shop.run_with(&["sell", "-", "--json"], &sale("s-1", "1.20").to_string()).ends(3).json();
    assert_eq!(receipt["state"], "pending");
    let id = receipt["id"].as_str().unwrap();
    shop.run(&["receipt", id]).ends(3);

    sandbox.heal();
    shop.run(&["sync"]).ends(0);
    assert_eq!(shop.run(&["receipt", id, "--json"]).ends(0).json()["state"], "signed");
    assert!(sandbox.booked().iter().all(|booking| booking["times"] == 1), "{:?}", sandbox.booked());
}

#[test]
fn input_that_is_no_sale_is_refused_with_its_place() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    let ran = shop.run_with(&["sell", "-"], "{\n  \"id\": oops\n}").ends(1);
    assert!(ran.err.contains("standard input:2"), "{}", ran.err);
    for input in ["", "[]", "null", "{}", "\u{0}", &"[".repeat(100_000)] {
        let error = shop.run_with(&["sell", "-", "--json"], input).ends(1).error_json();
        assert_eq!(error["kind"], "invalid", "{input:.20}: {error}");
    }
    shop.run(&["sell", "no-such-file.json"]).ends(1);
    shop.run(&["call", "sale.complete", "{"]).ends(1);
    let error = shop.run(&["call", "sale.compleat", "--json"]).ends(1).error_json();
    assert_eq!(error["kind"], "invalid");
    assert!(error["message"].as_str().unwrap().contains("sale.complete"), "{error}");
    assert!(sandbox.booked().is_empty());
}

#[test]
fn a_receipt_is_cancelled_once() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    shop.run(&["provision"]).ends(0);
    let sold = shop.run_with(&["sell", "-", "--json"], &sale("s-1", "1.20").to_string()).ends(0).json();
    let id = sold["id"].as_str().unwrap();
    let cancel = ["cancel", id, "--reason", "typed twice", "--json"];
    let cancelled = shop.run(&cancel).ends(0).json();
    assert_eq!((&cancelled["type"], &cancelled["totals"]["gross"]), (&"cancel".into(), &"-2.40".into()));
    assert_eq!(shop.run(&cancel).ends(0).json()["id"], cancelled["id"]);
    assert!(shop.run(&["cancel", id]).ends(0).out.contains("-2.40"));
    assert_eq!(shop.run(&["cancel", "nobody", "--json"]).ends(1).error_json()["kind"], "not_found");
}

#[test]
fn a_register_is_suspended_restored_replaced_and_retired() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    let state = || shop.run(&["register", "list", "--json"]).ends(0).json()["registers"][0]["state"].clone();
    let sells = |id: &str, status: i32| {
        shop.run_with(&["sell", "-", "--json"], &sale(id, "1.20").to_string()).ends(status)
    };
    assert_eq!(state(), "not_provisioned");
    shop.run(&["provision"]).ends(0);
    assert_eq!(state(), "ready");
    let shown = shop.run(&["register", "suspend", "till-1", "--reason", "stocktaking"]).ends(0).out;
    assert!(shown.contains("suspended") && shown.contains("stocktaking"), "{shown}");
    assert_eq!(sells("s-1", 1).error_json()["kind"], "not_ready");
    shop.run(&["register", "restore", "till-1"]).ends(0);
    sells("s-1", 0);
    let old =
        shop.run(&["register", "list", "--json"]).ends(0).json()["registers"][0]["ids"]["system"].clone();
    let replaced = shop.run(&["register", "replace", "till-1", "--json"]).ends(0).json();
    assert_eq!(replaced["replaced"], old);
    sells("s-2", 0);
    shop.run(&["call", "sale.begin", r#"{"register": "till-1", "id": "s-3"}"#]).ends(0);
    shop.run(&["register", "retire", "till-1"]).ends(1);
    let retired =
        shop.run(&["register", "retire", "till-1", "--reason", "stolen", "--abort-sales", "--json"]).ends(0);
    assert_eq!(retired.json()["reason"], "stolen");
    assert_eq!(state(), "retired");
    sells("s-4", 1);
}

#[test]
fn a_day_is_closed_and_its_records_exported() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    shop.run(&["provision"]).ends(0);
    shop.run_with(&["sell", "-"], &sale("s-1", "1.20").to_string()).ends(0);
    let today = shop.run(&["closing", "--json"]).ends(3).json();
    assert_eq!(today["totals"]["totals"]["gross"], "2.40");
    shop.run(&["closing", "--register", "till-9"]).ends(1);
    shop.run(&["closing", "--period", "week"]).ends(2);
    // A register that cannot be closed keeps no other from it.
    let one_more = std::fs::read_to_string(shop.path("fiskal.toml")).unwrap()
        + "[register.till-0]\nlocation = 'rivoli'\n";
    shop.write("fiskal.toml", &one_more);
    let ran = shop.run(&["closing", "--json"]).ends(1);
    assert!(ran.error_json()["message"].as_str().unwrap().starts_with("till-0: "), "{}", ran.err);
    assert_eq!(ran.json()["totals"], today["totals"]);

    let to = shop.path("records.zip");
    let to = to.to_str().unwrap();
    let range = ["--start", "2020-01-01T00:00:00Z", "--end", "2099-01-01T00:00:00Z"];
    let order = |to: &str| {
        let mut args = vec!["export", "--register", "till-1", "--to", to, "--json"];
        args.extend(range);
        shop.run(&args)
    };
    let fetched = order(to).ends(0).json();
    assert_eq!(fetched["bytes"], std::fs::metadata(to).unwrap().len());
    assert_eq!(order(to).ends(1).error_json()["pointer"], "/to");
    let boundless = shop.run(&["export", "--register", "till-1", "--to", "x.zip", "--json"]).ends(1);
    assert_eq!(boundless.error_json()["pointer"], "/start");
    let log = ["export", "--register", "till-1", "--to", "x.json", "--type", "dep7", "--json"];
    assert_eq!(shop.run(&log).ends(1).error_json()["pointer"], "/type");
    shop.run(&["export", "--register", "till-1", "--to", "x.json", "--type", "dep131"]).ends(2);
    shop.run(&["export", "--register", "till-1", "--to", "x.zip", "--export", "nothing"]).ends(1);
}
