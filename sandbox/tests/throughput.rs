//! How many records a second the sandbox books: `cargo test --release -p fiskal-sandbox --test throughput -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use std::time::{Duration, Instant};

use fiskal_sandbox::{Options, Sandbox, Store};
use shop::Shop;

const TILLS: usize = 4;
const SALES: usize = 1000;
/// What the sandbox promises on two cores in release, its clients beside it on the same cores.
const PROMISED: u128 = 1000;

/// Sells at several tills at once and returns the records booked a second.
fn measure(store: Store) -> u128 {
    let mut shop = Shop::at(Sandbox::start(Options { store, ..Options::default() }).unwrap());
    shop.make_unit();
    let tills: Vec<String> = (0..TILLS).map(|_| shop.make_till()).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (number, till) in tills.iter().enumerate() {
            let shop = &shop;
            scope.spawn(move || {
                (0..SALES).for_each(|sale| drop(shop.sell(till, &format!("T{number}-{sale}"))))
            });
        }
    });
    let records = u128::try_from(TILLS * SALES * 2).unwrap();
    records * 1000 / begun.elapsed().max(Duration::from_millis(1)).as_millis()
}

#[test]
#[ignore = "a measurement, for release builds"]
fn records_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let figures = [("memory", Store::Memory), ("file", Store::File(folder.path().join("sandbox.db")))]
        .map(|(name, store)| (name, measure(store)));
    println!("records a second: {figures:?}");
    assert!(figures.iter().all(|(_, rate)| *rate > PROMISED), "{figures:?}");
}
