//! What the faces of other languages rely on, against a service: calls on the core's own threads,
//! interrupts, and a sale put together call by call.
#![allow(clippy::unwrap_used, clippy::panic)]

use fiskal::boundary::{Cart, Client};
use fiskal::error::{Error, Kind};
use fiskal::receipt::State;
use fiskal_conformance::control::Control;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Long enough for any of these calls, on any machine.
const PLENTY: Duration = Duration::from_secs(30);

fn opened() -> (Sandbox, Shop, Client) {
    opened_with(&json!({}))
}

fn opened_with(patch: &Value) -> (Sandbox, Shop, Client) {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let shop = Shop::new(&sandbox, patch).unwrap();
    let client = Client::open_file(shop.config().to_str().unwrap(), None).unwrap();
    client.call("provision", "{}").unwrap();
    (sandbox, shop, client)
}

fn sale(id: &str) -> String {
    json!({
        "id": id, "register": "till-1", "number": id.to_uppercase(),
        "items": [{"text": "Café", "quantity": 1, "unit_price": "1.50", "vat": "10"}],
        "payments": [{"method": "cash", "amount": "1.50"}],
    })
    .to_string()
}

/// Makes the service slow for one record.
fn slow_down(control: &Control, ms: u64) {
    slow_down_many(control, ms, 1);
}

fn slow_down_many(control: &Control, ms: u64, count: u32) {
    let records = json!({"method": "POST", "path": "/sign-fr/records"});
    let slow = json!({"match": records, "fault": {"kind": "delay", "ms": ms}, "count": count});
    control.plant(&slow).unwrap();
}

fn numbers(control: &Control) -> Vec<Value> {
    let booked = control.booked().unwrap();
    let receipts = booked.iter().filter(|booking| booking["type"] == "TRANSACTION::RECEIPT");
    receipts.map(|booking| booking["number"].clone()).collect()
}

fn settle(client: &Client) {
    let until = Instant::now() + PLENTY;
    while read(&client.call("sync", "{}").unwrap())["waiting"] != 0 {
        assert!(Instant::now() < until, "never settled");
    }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The account's patience is 20 s; an interrupt ends it.
#[test]
fn an_interrupted_sale_is_handed_over_and_settled_later() {
    let (sandbox, _shop, client) = opened();
    let control = Control::of(sandbox.url());
    client.call("sale.begin", r#"{"id": "a1", "register": "till-1"}"#).unwrap();
    slow_down(&control, 4_000);
    let (tell, told) = mpsc::channel();
    let done = move |result: Result<String, Error>| tell.send(result).unwrap();
    let interrupt = client.start("sale.complete".into(), sale("a1"), done).unwrap();
    assert!(told.recv_timeout(Duration::from_millis(500)).is_err(), "the service was not slow");
    let raised = Instant::now();
    interrupt.raise();
    let receipt = read(&told.recv_timeout(PLENTY).unwrap().unwrap());
    assert!(raised.elapsed() < Duration::from_secs(3), "{:?}", raised.elapsed());
    assert_eq!(receipt["state"], "pending");
    settle(&client);
    assert_eq!(numbers(&control), ["A1"]);
}

/// `interrupt` of the client ends every call that waits, and none that comes later.
#[test]
fn an_interrupted_client_goes_on() {
    let (sandbox, _shop, client) = opened();
    let control = Control::of(sandbox.url());
    slow_down(&control, 4_000);
    let begun = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| client.call("sale.begin", r#"{"id": "a1", "register": "till-1"}"#));
        std::thread::sleep(Duration::from_millis(500));
        let raised = Instant::now();
        client.interrupt();
        let result = waiting.join().unwrap();
        assert!(raised.elapsed() < Duration::from_secs(3), "{:?}", raised.elapsed());
        result.unwrap()
    });
    assert_eq!(read(&begun)["sale"], "a1", "a sale may begin without the service");
    assert_eq!(read(&client.call("sale.complete", &sale("a1")).unwrap())["state"], "signed");
    assert_eq!(numbers(&control), ["A1"]);
}

#[test]
fn a_call_interrupted_before_its_turn_does_nothing() {
    let (sandbox, _shop, client) = opened();
    let control = Control::of(sandbox.url());
    let (tell, told) = mpsc::channel();
    slow_down(&control, 1_000);
    // More calls than threads: the last of them are not begun when they are interrupted.
    let interrupts: Vec<_> = (0..40)
        .map(|number| {
            let tell = tell.clone();
            let done = move |result: Result<String, Error>| tell.send((number, result)).unwrap();
            client.start("sale.complete".into(), sale(&format!("s{number}")), done).unwrap()
        })
        .collect();
    interrupts[20..].iter().for_each(fiskal::Interrupt::raise);
    let mut results: Vec<_> = (0..40).map(|_| told.recv_timeout(PLENTY).unwrap()).collect();
    results.sort_by_key(|(number, _)| *number);
    for (number, result) in results {
        match result {
            Ok(receipt) => {
                assert_eq!((read(&receipt)["state"].clone(), number < 20), (json!("signed"), true))
            }
            Err(error) => assert_eq!((error.kind(), number < 20), (Kind::Busy, false), "{number}: {error}"),
        }
    }
    assert_eq!(numbers(&control).len(), 20);
}

/// Three times as many calls as threads, of which each may last 2 s: patience that began on the thread would let
/// the last of them last 6 s.
#[test]
fn patience_begins_when_a_call_is_made() {
    let (sandbox, _shop, client) = opened_with(&json!({"account": {"paris": {"patience": "2s"}}}));
    slow_down_many(&Control::of(sandbox.url()), 10_000, 1_000);
    let (tell, told) = mpsc::channel();
    let made = Instant::now();
    for number in 0..24 {
        let tell = tell.clone();
        let done = move |result: Result<String, Error>| tell.send((result, made.elapsed())).unwrap();
        client.start("sale.complete".into(), sale(&format!("s{number}")), done).unwrap();
    }
    for _ in 0..24 {
        let (result, waited) = told.recv_timeout(PLENTY).unwrap();
        assert!(waited < Duration::from_millis(3_700), "{waited:?}: {result:?}");
        match result {
            Ok(receipt) => assert_eq!(read(&receipt)["state"], "pending"),
            // It waited for its register, or for the service.
            Err(error) => assert!(matches!(error.kind(), Kind::Busy | Kind::Unreachable), "{error}"),
        }
    }
}

#[test]
fn a_cart_is_put_together_kept_resumed_and_completed() {
    let (_sandbox, shop, client) = opened();
    let mut cart = Cart::begin(&client, r#"{"id": "table-4", "register": "till-1", "table": "4"}"#).unwrap();
    cart.add_item("Croissant", "2", "1.20", "5.5").unwrap();
    cart.save(&client).unwrap();
    cart.add_item("Forgotten", "1", "9.00", "20").unwrap();
    drop((cart, client));

    let client = Client::open_file(shop.config().to_str().unwrap(), None).unwrap();
    let mut cart = Cart::resume(&client, "table-4").unwrap();
    cart.add_item_json(r#"{"text": "Café", "quantity": 1, "unit_price": "1.50", "vat": {"rate": "10"}}"#)
        .unwrap();
    cart.add_payment_json(r#"{"method": "cash", "amount": "3.90", "tendered": "5.00"}"#).unwrap();
    cart.set("number", Some("R-1")).unwrap();
    cart.set("customer.address.city", Some("Paris")).unwrap_err();
    cart.set("text", Some("Merci")).unwrap();
    cart.set("text", None).unwrap();
    let receipt = cart.complete(&client).unwrap();
    assert_eq!(receipt.state(), State::Signed);
    assert_eq!(receipt.get("totals.gross").as_deref(), Some("3.90"));
    assert_eq!(receipt.get("text"), None);
    assert_eq!(cart.complete(&client).unwrap().get("id"), receipt.get("id"), "the same receipt");
    let Err(error) = Cart::resume(&client, "table-4") else { panic!("resumed") };
    assert_eq!(error.kind(), Kind::Conflict, "{error}");
}

#[test]
fn what_does_not_fit_into_a_cart_is_told_at_once_and_left_out() {
    let (_sandbox, _shop, client) = opened();
    let mut cart = Cart::begin(&client, r#"{"register": "till-1"}"#).unwrap();
    cart.add_item("Croissant", "1", "1.20", "5.5").unwrap();
    let cases: [(Result<(), Error>, &str); 7] = [
        (cart.add_item("Croissant", "two", "1.20", "5.5"), "/items/1/quantity"),
        (cart.add_item_json(r#"{"text": "Croissant", "quantity": 1.5}"#), "/items/1/quantity"),
        (cart.add_item_json("[]"), "/items/1"),
        (cart.add_item_json("{"), ""),
        (cart.add_payment("gold", "1.20"), "/payments/0/method"),
        (cart.set("numbr", Some("R-1")), "/numbr"),
        (cart.set("items.0", Some("x")), "/items/0"),
    ];
    for (result, pointer) in cases {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some(pointer)), "{error}");
    }
    cart.add_payment("cash", "1.20").unwrap();
    cart.set("number", Some("R-1")).unwrap();
    assert_eq!(cart.complete(&client).unwrap().get("items.1"), None);
    let other = Cart::begin(&client, r#"{"register": "till-1"}"#).unwrap();
    other.abort(&client, Some("the customer left")).unwrap();
    assert_eq!(read(&client.call("sale.list", "{}").unwrap())["sales"], json!([]));
}
