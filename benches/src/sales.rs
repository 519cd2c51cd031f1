//! A sale through the core against its two requests on a bare client.

use crate::Outcome;
use crate::bare::Bare;
use crate::figures::{grouped, median, ratio};
use crate::shop::Shop;
use serde_json::json;
use std::fmt::Write;
use std::time::{Duration, Instant};

const TILL: &str = "till-1";
const WARM_UP: u32 = 30;
/// How long the service thinks about each request, and in how many rounds the median is found.
const RUNS: [(u64, u32); 2] = [(0, 400), (50, 60)];

/// The table of sales.
pub(crate) fn measure() -> Outcome<String> {
    let shop = Shop::open(1)?;
    shop.sell(TILL, "R-0")?;
    let bare = Bare::of(&shop, TILL)?;
    let mut table = String::from(
        "begin + complete: two requests, INTENTION and TRANSACTION, each delayed by the service\n\n\
         | delay | rounds | bare client, µs | core, µs | overhead, µs | ratio |\n\
         |---:|---:|---:|---:|---:|---:|",
    );
    take_turns(&shop, &bare, WARM_UP, "W")?;
    for (delay, rounds) in RUNS {
        plant_delay(&shop, delay)?;
        let (core, bare) = take_turns(&shop, &bare, rounds, &format!("D{delay}"))?;
        write!(
            table,
            "\n| {delay} ms | {rounds} | {} | {} | {} | {} |",
            grouped(bare),
            grouped(core),
            grouped(core.saturating_sub(bare)),
            ratio(core, bare)
        )?;
    }
    Ok(table)
}

/// The medians of core and bare client.
fn take_turns(shop: &Shop, bare: &Bare, rounds: u32, name: &str) -> Outcome<(u128, u128)> {
    let (mut by_core, mut by_bare) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        by_core.push(timed(|| shop.sell(TILL, &format!("{name}-{round}")).map(drop))?);
        by_bare.push(timed(|| bare.sell())?);
    }
    Ok((median(&mut by_core).as_micros(), median(&mut by_bare).as_micros()))
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

fn plant_delay(shop: &Shop, delay: u64) -> Outcome<()> {
    if delay == 0 {
        return Ok(());
    }
    shop.plant(&json!({
        "match": { "method": "POST", "path": "/sign-fr/records" },
        "fault": { "kind": "delay", "ms": delay },
    }))
}
