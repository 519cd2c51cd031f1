//! The end of a register: the closing receipt of the chain of vector C, and answers that a sandbox does not give.

use crate::answered;
use crate::driver::{CODES, REGISTER, Till};
use fiskal::error::{Error, Kind};
use fiskal::exchange::{Answer, Method, Outcome, Request};
use serde_json::{Value, json};

/// SIGN AT's words for a closing receipt, and the id of the ninth of the chain.
const DECOMMISSION: &str = "DECOMMISSION";

fn ok(body: Value) -> Option<Answer> {
    Some(Answer { status: 200, headers: vec![("request-id".into(), "r-1".into())], body })
}

/// A cash register in this state.
fn register(state: &str) -> Value {
    json!({
        "_id": "1b0c3f2e-4c1a-4b7e-8f0a-2c6f0f1d9a77", "_type": "CASH_REGISTER", "_env": "TEST", "state": state,
        "serial_number": "dGxx", "time_decommission": 1_796_108_700, "decommission_receipt_id": "c-9",
    })
}

/// A receipt that SIGN AT made by itself.
fn own(number: usize, kind: &str) -> Value {
    let mut receipt = answered(number);
    receipt["receipt_type"] = kind.into();
    receipt["fon_validations"] = json!([{"validation_result": "SUCCESS", "time_validation": 1_796_108_701}]);
    receipt
}

/// Retires the register after its seventh receipt; `rows` are the last receipts as the service lists them.
fn retired(changed: &str, rows: &[Value]) -> Result<(Till, Outcome), Error> {
    let mut till = Till::at(7);
    let outcome =
        till.does(9, "register.retire", json!({"reason": "planned"}), &|request: &Request| match (
            request.method,
            request.path.as_str(),
        ) {
            (Method::Patch, _) => {
                assert_eq!(request.body, Some(json!({"state": "DECOMMISSIONED"})));
                ok(register(changed))
            }
            (_, path) if path.contains("/receipt?limit=100&offset=0&order=DESC") => ok(json!({"data": rows})),
            (_, path) if path.ends_with("/receipt/c-9") => ok(own(9, DECOMMISSION)),
            _ => ok(register("INITIALIZED")),
        })?;
    Ok((till, outcome))
}

#[test]
fn the_closing_receipt_and_the_month_before_it_belong_to_the_chain() {
    let rows = [own(9, DECOMMISSION), own(8, "MONTHLY_CLOSE"), answered(7), answered(6)];
    let (till, outcome) = retired("DECOMMISSIONED", &rows).unwrap();
    let told: Vec<Value> = outcome.receipts.iter().map(|receipt| json!(receipt.receipt_type)).collect();
    assert_eq!(told, ["monthly", "closing"]);
    for receipt in &outcome.receipts {
        assert_eq!(receipt.verified, ["finanzonline", "chain"]);
        assert_eq!(receipt.todo, None);
    }
    assert_eq!(outcome.result["receipts"], json!(outcome.receipts));
    assert_eq!(till.facts.register["last"]["number"], "9");
    // By the service's clock: 1 December 2026, 8:05 in Vienna.
    assert_eq!(outcome.result["since"], "2026-12-01T08:05:00+01:00");
}

#[test]
fn a_closing_receipt_that_does_not_follow_says_so() {
    let (_, outcome) = retired("DECOMMISSIONED", &[own(9, DECOMMISSION), answered(7)]).unwrap();
    let closing = outcome.receipts.last().unwrap();
    assert_eq!(closing.verified, ["finanzonline"]);
    assert!(
        closing.todo.as_deref().unwrap().contains("9 does not follow the receipt before it; another journal"),
        "{:?}",
        closing.todo
    );
}

#[test]
fn a_closing_receipt_that_is_not_listed_is_read_by_its_id() {
    let (_, outcome) = retired("DECOMMISSIONED", &[answered(7)]).unwrap();
    assert_eq!(outcome.receipts.len(), 1);
    assert_eq!(outcome.receipts[0].qr.as_ref().unwrap().payload, CODES[8]);
}

/// A register that ends in January, before it has signed anything in the new year.
#[test]
fn the_yearly_receipt_before_the_closing_receipt_has_to_be_confirmed_too() {
    let mut yearly = own(8, "YEARLY_CLOSE");
    yearly["fon_validations"] = json!([]);
    let (till, outcome) = retired("DECOMMISSIONED", &[own(9, DECOMMISSION), yearly.clone()]).unwrap();
    assert_eq!(outcome.receipts.len(), 2);
    let waits = &till.facts.register["unconfirmed"];
    assert_eq!(
        (&waits["record"], &waits["number"], &waits["denied"]),
        (&yearly["_id"], &json!("8"), &json!(false))
    );
    let (till, _) = retired("DECOMMISSIONED", &[own(9, DECOMMISSION), own(8, "YEARLY_CLOSE")]).unwrap();
    assert_eq!(till.facts.register["unconfirmed"], Value::Null);
}

/// Other programs signed more than one page of receipts, and the next page cannot be had.
#[test]
fn a_chain_that_cannot_be_followed_is_not_called_broken() {
    let mut rows = vec![own(9, DECOMMISSION)];
    rows.extend(
        (0..99).map(|at| json!({"receipt_type": "NORMAL", "receipt_number": (1_000 - at).to_string()})),
    );
    let (till, outcome) = retired("DECOMMISSIONED", &rows).unwrap();
    assert_eq!(outcome.receipts.len(), 1);
    assert_eq!(
        (&outcome.receipts[0].todo, &outcome.receipts[0].verified),
        (&None, &vec!["finanzonline".to_owned()])
    );
    assert_eq!(till.facts.register["last"]["number"], "9");
}

#[test]
fn what_finanzonline_did_not_find_good_is_told() {
    let mut closing = own(9, DECOMMISSION);
    closing["fon_validations"] = json!([{"validation_result": "ERROR_UNSPECIFIED", "time_validation": 1}]);
    let (_, outcome) = retired("DECOMMISSIONED", &[closing, own(8, "MONTHLY_CLOSE")]).unwrap();
    let closing = outcome.receipts.last().unwrap();
    assert_eq!(closing.verified, ["chain"]);
    assert!(closing.todo.as_deref().unwrap().contains("FinanzOnline"), "{:?}", closing.todo);
}

#[test]
fn a_change_that_a_success_did_not_bring_is_refused() {
    let error = retired("INITIALIZED", &[]).err().unwrap();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("still INITIALIZED"), "{error}");
}

#[test]
fn the_cash_register_that_another_journal_has_put_there_is_taken() {
    let mut till = Till::at(7);
    till.facts.register["halt"] = json!({"retired": true, "since": "2026-12-01T07:05:00Z", "reason": null});
    let mut next = register("INITIALIZED");
    next["_id"] = "next".into();
    next["metadata"] = json!({"fiskal_line": "wien@test/register/till-1"});
    let outcome = till.does(9, "register.replace", json!({"name": "till-1"}), &|request: &Request| {
        assert_eq!(request.method, Method::Get, "{}", request.path);
        let receipts = request.path.contains("/next/receipt?");
        ok(json!({"data": if receipts { [answered(7)] } else { [next.clone()] }}))
    });
    let outcome = outcome.unwrap();
    assert_eq!(outcome.result["ids"]["register"], "next");
    assert_eq!((&outcome.result["state"], &outcome.result["replaced"]), (&json!("ready"), &json!(REGISTER)));
    assert_eq!(till.facts.register["last"]["number"], "7", "it goes on with the chain that is there");
}

#[test]
fn a_cash_register_of_another_environment_is_not_changed() {
    let mut till = Till::at(7);
    let error = till.does(9, "register.suspend", json!({}), &|request: &Request| {
        assert_eq!(request.method, Method::Get, "{}", request.path);
        let mut live = register("INITIALIZED");
        live["_env"] = "LIVE".into();
        ok(live)
    });
    assert_eq!(error.unwrap_err().kind(), Kind::Unauthorized);
}

/// Where SIGN AT falls silent, it is told whether something was done before.
#[test]
fn what_is_done_already_is_told_when_the_service_falls_silent() {
    let till = Till::at(7);
    let planned = json!({"reason": "planned"});
    let before = till.stops(9, "register.retire", planned.clone(), &|_| None);
    assert!(before.message().contains("nothing was changed"), "{before}");
    let between = till.stops(9, "register.retire", planned, &|request: &Request| {
        let is_list = request.path.contains("/receipt?");
        let state = if request.method == Method::Patch { "DECOMMISSIONED" } else { "INITIALIZED" };
        if is_list { None } else { ok(register(state)) }
    });
    assert_eq!(between.kind(), Kind::Unreachable);
    assert!(between.message().contains("a part of it is done"), "{between}");
    assert!(!between.message().contains("nothing was changed"), "{between}");
}
