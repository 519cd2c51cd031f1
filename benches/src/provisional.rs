//! A sale without the service against the least that the disk asks for: one synced write.
//!
//! The receipt is out when the call returns, so what it says must be on the disk by then.

use crate::Outcome;
use crate::figures::{grouped, median, ratio};
use crate::shop::{Shop, folder, whole};
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

const TILL: &str = "till-1";
/// How many sales wait by then, and how many are measured there.
const RUNS: [(u32, u32); 2] = [(50, 200), (1_000, 200)];

/// The table of provisional sales.
pub(crate) fn measure() -> Outcome<String> {
    let shop = Shop::open(1)?;
    shop.sell(TILL, "R-0")?;
    // No request gets through any more, and what is not signed in sends none that may be booked.
    let shop = shop.reopened()?;
    shop.plant(&json!({"match": {"path": "/sign-fr"}, "fault": {"kind": "reset"}, "count": 1_000_000}))?;
    let folder = folder()?;
    let mut floor = File::create(folder.path().join("floor"))?;
    let mut table = String::from(
        "complete without the service: a provisional receipt, durable when the call returns; the floor is one \
         4 KiB write with fdatasync\n\n| sales that wait | rounds | floor, µs | core, µs | ratio |\n\
         |---:|---:|---:|---:|---:|",
    );
    let mut sold = 0;
    for (waiting, rounds) in RUNS {
        while sold < waiting {
            sell(&shop, sold)?;
            sold += 1;
        }
        let (mut by_disk, mut by_core) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            by_disk.push(synced(&mut floor)?);
            by_core.push(sell(&shop, sold)?);
            sold += 1;
        }
        let (disk, core) = (median(&mut by_disk).as_micros(), median(&mut by_core).as_micros());
        let line = format!(
            "\n| {waiting} | {rounds} | {} | {} | {} |",
            grouped(disk),
            grouped(core),
            ratio(core, disk)
        );
        table.push_str(&line);
    }
    Ok(table)
}

fn synced(file: &mut File) -> Outcome<Duration> {
    let begun = Instant::now();
    file.write_all(&[1; 4096])?;
    file.sync_data()?;
    Ok(begun.elapsed())
}

fn sell(shop: &Shop, number: u32) -> Outcome<Duration> {
    let sale = whole(TILL, &format!("P-{number}"));
    let begun = Instant::now();
    let receipt = shop.fiskal.call("sale.complete", &sale)?;
    let took = begun.elapsed();
    match receipt["state"].as_str() {
        Some("provisional") => Ok(took),
        state => Err(format!("the sale P-{number} is {state:?}").into()),
    }
}
