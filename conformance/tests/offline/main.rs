//! Four registers sell while the link to the service is cut at random; afterwards the journal and the
//! service's book are compared.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod link;

use fiskal::Fiskal;
use fiskal::config::Config;
use fiskal::engine::Limits;
use fiskal::error::Kind;
use fiskal::transport::Backoff;
use fiskal_conformance::control::Control;
use fiskal_conformance::random::Random;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use link::Link;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const REGISTERS: usize = 4;
/// How many sales there are; more in a deep run.
const SALES: (&str, usize) = ("FISKAL_OFFLINE_SALES", 200);
/// Where the random numbers begin.
const SEED: (&str, usize) = ("FISKAL_OFFLINE_SEED", 1);
/// How long a sale, or what waits, may take.
const LONG: Duration = Duration::from_secs(180);

fn number((name, default): (&str, usize)) -> usize {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[test]
fn sales_over_a_link_that_is_cut_at_random() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let mut link = Link::to(sandbox.url().trim_start_matches("http://").parse().unwrap());
    let shop = Shop::new(&sandbox, &config(&link)).unwrap();
    let limits = Limits {
        attempt: Duration::from_secs(2),
        background: Duration::from_secs(5),
        backoff: Backoff { base: Duration::from_millis(5), max: Duration::from_millis(40) },
    };
    let fiskal = Fiskal::open_with(Config::from_file(shop.config()).unwrap(), limits).unwrap();
    fiskal.call("provision", &json!({})).unwrap();
    // Something to chain to.
    for register in 1..=REGISTERS {
        fiskal.call("sale.complete", &params(register, 0)).unwrap();
    }
    let seed = number(SEED) as u64;
    println!("{}={seed}", SEED.0);
    let sales = number(SALES).div_ceil(REGISTERS);
    let provisional = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let tills: Vec<_> = (1..=REGISTERS)
            .map(|register| {
                let (fiskal, provisional) = (&fiskal, &provisional);
                scope.spawn(move || sell(fiskal, register, sales, seed, provisional))
            })
            .collect();
        let mut random = Random::seeded(seed);
        while tills.iter().any(|till| !till.is_finished()) {
            std::thread::sleep(Duration::from_millis(random.below(700)));
            link.cut();
            std::thread::sleep(Duration::from_millis(random.below(400)));
            link.mend();
        }
    });
    link.mend();
    settle(&fiskal);
    let provisional = provisional.into_inner();
    println!("{} sales, {provisional} provisional", sales * REGISTERS);
    assert!(provisional > sales / 4, "only {provisional} were provisional: the link was hardly ever cut");
    audit(&fiskal, &Control::of(sandbox.url()), sales);
}

/// Every sale has one signed receipt and one record, the same one, in the order of the sales; the service
/// refused nothing that it was sent.
fn audit(fiskal: &Fiskal, sandbox: &Control, sales: usize) {
    let booked = sandbox.booked().unwrap();
    assert_eq!(sandbox.refused().unwrap(), Vec::<Value>::new());
    for register in 1..=REGISTERS {
        let all = json!({"register": name(register), "limit": 1000});
        let receipts = fiskal.call("receipt.list", &all).unwrap()["receipts"].clone();
        let receipts = receipts.as_array().unwrap();
        assert_eq!(receipts.len(), sales + 1, "receipts of {}", name(register));
        let mut records = BTreeMap::new();
        for receipt in receipts {
            assert_eq!(receipt["state"], "signed", "{receipt}");
            assert_eq!(receipt["todo"], Value::Null, "{receipt}");
            records.insert(receipt["number"].as_str().unwrap(), receipt["ids"]["record"].clone());
        }
        let system = &receipts[0]["ids"]["system"];
        let of_register = booked.iter().filter(|booking| {
            booking["register"] == *system
                && ["TRANSACTION::RECEIPT", "TRANSACTION::CORRECTION"]
                    .contains(&booking["type"].as_str().unwrap())
        });
        let found: Vec<(Value, Value)> =
            of_register.map(|booking| (booking["number"].clone(), booking["id"].clone())).collect();
        let expected: Vec<(Value, Value)> =
            (0..=sales).map(|sale| (json!(of(sale)), records[of(sale).as_str()].clone())).collect();
        assert_eq!(found, expected, "what is booked of {}", name(register));
    }
    assert_eq!(fiskal.call("journal.verify", &json!({})).unwrap()["misfit"], Value::Null);
    for register in fiskal.call("status", &json!({})).unwrap()["registers"].as_array().unwrap() {
        assert_eq!((&register["waiting"], &register["offline"]), (&json!(0), &Value::Null), "{register}");
    }
}

fn sell(fiskal: &Fiskal, register: usize, sales: usize, seed: u64, provisional: &AtomicUsize) {
    let mut random = Random::seeded(seed * 1_000 + register as u64);
    let mut before: Option<Value> = None;
    for sale in 1..=sales {
        let mut params = params(register, sale);
        if random.chance(40) {
            let begun = json!({"id": params["id"], "register": params["register"]});
            insist(fiskal, "sale.begin", &begun);
        }
        if let Some(sold) = before.take().filter(|_| random.chance(15)) {
            take_back(&mut params, &sold);
        }
        let receipt = insist(fiskal, "sale.complete", &params);
        provisional.fetch_add(usize::from(receipt["state"] == "provisional"), Ordering::Relaxed);
        before = (receipt["type"] == "sale").then(|| receipt["id"].clone());
        if random.chance(25) {
            fiskal.call("sync", &json!({})).unwrap();
        }
        std::thread::sleep(Duration::from_millis(random.below(60)));
    }
}

/// Asks until it is done, as a till does that was told to try again.
fn insist(fiskal: &Fiskal, operation: &str, params: &Value) -> Value {
    let until = Instant::now() + LONG;
    loop {
        match fiskal.call(operation, params) {
            Ok(result) => return result,
            Err(error) => {
                let may_be_repeated = [Kind::Busy, Kind::NotReady, Kind::Unreachable, Kind::UnknownOutcome];
                assert!(may_be_repeated.contains(&error.kind()), "{operation} {params}: {error}");
                assert!(Instant::now() < until, "{operation} {params}: still {error}");
                fiskal.call("sync", &json!({})).unwrap();
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

fn settle(fiskal: &Fiskal) {
    let until = Instant::now() + LONG;
    loop {
        let synced = fiskal.call("sync", &json!({})).unwrap();
        if synced["waiting"] == 0 {
            return;
        }
        assert!(Instant::now() < until, "not settled: {synced}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn config(link: &Link) -> Value {
    let register = |number: usize| {
        let software = json!({"name": "My POS", "version": "1.0.0"});
        (name(number), json!({"location": "rivoli", "model": "POS-1000", "software": software}))
    };
    let url = format!("http://{}/sign-fr", link.address());
    json!({
        "account": {"paris": {"patience": "300ms", "url": url}},
        "register": (1..=REGISTERS).map(register).collect::<BTreeMap<_, _>>(),
    })
}

fn name(register: usize) -> String {
    format!("till-{register}")
}

fn of(sale: usize) -> String {
    format!("R-{sale:04}")
}

fn params(register: usize, sale: usize) -> Value {
    json!({
        "id": format!("s-{sale}"), "register": name(register), "number": of(sale),
        "items": [{"text": "Café", "quantity": "1", "unit_price": "1.50", "vat": "10"}],
        "payments": [{"method": "cash", "amount": "1.50"}],
    })
}

fn take_back(params: &mut Value, sold: &Value) {
    params["items"][0]["quantity"] = "-1".into();
    params["payments"][0]["amount"] = "-1.50".into();
    params["original"] = json!({"receipt": sold});
}
