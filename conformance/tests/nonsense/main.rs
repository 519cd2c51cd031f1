//! Every operation, with nonsense at every place of its parameters: what comes of it is an error that names the place
//! and can be shown, and the journal and the register are as good as before.
#![allow(clippy::unwrap_used, reason = "a test")]

mod schema;

use fiskal::boundary::Client;
use fiskal::error::{Error, Kind};
use fiskal_conformance::country::Country;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use schema::Schema;
use serde_json::{Map, Value, json};

/// Operations that end or move what the others need, wait, or write where a parameter says.
const LEFT_OUT: [&str; 18] = [
    "export.fetch",
    "journal.backup",
    "journal.export",
    "journal.redact",
    "location.decommission",
    "location.suspend",
    "merchant.decommission",
    "merchant.suspend",
    "metadata.update",
    "provision",
    "register.replace",
    "register.restore",
    "register.retire",
    "register.suspend",
    "sync",
    "system.decommission",
    "system.suspend",
    "unit.decommission",
];

/// The longest sentence that an error may have, in characters.
const SENTENCE: usize = 700;

#[test]
fn france() {
    stands_nonsense(Country::Fr);
}

#[test]
fn italy() {
    stands_nonsense(Country::It);
}

#[test]
fn austria() {
    stands_nonsense(Country::At);
}

fn stands_nonsense(country: Country) {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let patch = json!({"account": {country.account(): {"patience": "2s"}}});
    let shop = Shop::from(country.config(), &sandbox, &patch).unwrap();
    let client = Client::open_file(shop.config().to_str().unwrap(), None).unwrap();
    let call = |operation: &str, params: &Value| client.call(operation, &params.to_string());
    call("provision", &json!({})).unwrap();
    let known = known(country);
    let described: Value = serde_json::from_str(&call("describe", &json!({})).unwrap()).unwrap();
    let mut wrong = Vec::new();
    let mut calls = 0;
    for operation in described["operations"].as_array().unwrap() {
        let name = operation["name"].as_str().unwrap();
        if LEFT_OUT.contains(&name) {
            continue;
        }
        let schema = Schema::of(&operation["params"]);
        for place in schema.places() {
            for value in nonsense() {
                calls += 1;
                let params = schema.with(&place, &value, &fresh(&known, calls));
                if let Err(error) = call(name, &params)
                    && let Some(fault) = fault(name, &place, &error)
                {
                    let value: String = value.to_string().chars().take(40).collect();
                    wrong.push(format!("{name} with {value} at {place}: {fault}: {error}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {calls} calls:\n{}", wrong.len(), wrong.join("\n"));
    call(
        "sale.complete",
        &json!({"register": "till-1", "id": "last", "number": "LAST",
        "items": known["items"], "payments": known["payments"]}),
    )
    .unwrap();
    let verified: Value = serde_json::from_str(&call("journal.verify", &json!({})).unwrap()).unwrap();
    assert_eq!(verified["misfit"], Value::Null);
}

/// What is wrong with an error that answers nonsense.
fn fault(operation: &str, place: &str, error: &Error) -> Option<&'static str> {
    let message = error.message();
    // What a service understands by a token of its own, or in a request that is passed on, the client cannot know.
    let left_to_service = operation == "request" || place == "/token";
    match error.kind() {
        Kind::Internal | Kind::Journal => Some("nonsense finds a bug"),
        Kind::Unreachable | Kind::UnknownOutcome => Some("the service is there"),
        Kind::Refused if error.details().http_status == Some(400) && !left_to_service => {
            Some("the service found it, not the client")
        }
        Kind::Invalid if error.pointer().is_none() => Some("no place is named"),
        _ if message.chars().count() > SENTENCE => Some("nobody reads that"),
        _ if message.chars().any(|character| character.is_control() || character == TURN) => {
            Some("it cannot be shown")
        }
        _ => None,
    }
}

/// It turns the direction of all that is shown behind it (UAX 9).
const TURN: char = '\u{202E}';

/// Wrong types, nothing, too much, and what could do harm elsewhere.
fn nonsense() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        json!([]),
        json!({}),
        json!([null]),
        json!([[[]]]),
        json!({"$secret": "x"}),
        json!(""),
        json!(" "),
        json!("x".repeat(70)),
        json!("x".repeat(100_000)),
        json!("a\0b"),
        json!(format!("{TURN}abc")),
        json!("../../etc/passwd"),
        json!("env:HOME"),
        json!("-0"),
        json!("1e5"),
        json!("99999999999999999999"),
        json!("2026-02-30"),
        json!("-9999-01-01"),
        json!("9999-12-31T23:59:59Z"),
    ]
}

/// Values that are right, by the name of the member that they stand in.
fn known(country: Country) -> Map<String, Value> {
    let (text, vat) = country.item();
    let known = json!({
        "account": country.account(),
        "register": "till-1",
        "items": [{"text": text, "quantity": "1", "unit_price": "2.40", "vat": vat}],
        "payments": [{"method": "cash", "amount": "2.40"}],
        "method": "GET",
        "path": "/records?limit=1",
    });
    known.as_object().unwrap().clone()
}

/// The same with an id and a number that were not there before.
fn fresh(known: &Map<String, Value>, count: usize) -> Map<String, Value> {
    let mut known = known.clone();
    for name in ["id", "number"] {
        known.insert(name.to_owned(), json!(format!("N-{count}")));
    }
    known
}
