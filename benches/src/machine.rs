//! What the figures were made on.

use crate::figures::{grouped, median};
use crate::{Outcome, shop};
use std::fs::{self, File};
use std::io::Write;
use std::time::Instant;

const SYNCS: usize = 200;

/// Date, processor, system, and what one sync of the disk costs: the unit of everything durable.
pub(crate) fn describe() -> Outcome<String> {
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "{} · {} · {cores} cores · {} · one 4 KiB write with fdatasync: {} µs",
        jiff::Zoned::now().date(),
        processor(),
        kernel(),
        grouped(sync_cost()?)
    ))
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

fn kernel() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} {}", std::env::consts::OS, release.trim())
}

fn sync_cost() -> Outcome<u128> {
    let folder = shop::folder()?;
    let mut file = File::create(folder.path().join("sync"))?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begun = Instant::now();
        file.write_all(&[1; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    Ok(median(&mut times).as_micros())
}
