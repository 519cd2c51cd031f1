//! How many records a second the sandbox books.

use crate::Outcome;
use crate::bare::Bare;
use crate::figures::{grouped, rate};
use crate::shop::Shop;
use std::time::Instant;

const TILLS: u64 = 4;
const SALES: u64 = 1000;

/// A sentence.
pub(crate) fn measure() -> Outcome<String> {
    let shop = Shop::open(TILLS)?;
    let tills: Vec<Bare> = (1..=TILLS)
        .map(|till| {
            let till = format!("till-{till}");
            shop.sell(&till, "R-0")?;
            Bare::of(&shop, &till)
        })
        .collect::<Outcome<_>>()?;
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let running: Vec<_> =
            tills.iter().map(|till| scope.spawn(|| (0..SALES).try_for_each(|_| till.sell()))).collect();
        running.into_iter().try_for_each(|till| till.join().map_err(|_| "a till panicked")?)
    })?;
    let records = TILLS * SALES * 2;
    Ok(format!(
        "sandbox: {} records a second, chained and signed, in memory ({} records from {TILLS} tills, whose bare \
         clients run on the same cores)",
        grouped(rate(records, begun.elapsed())),
        grouped(u128::from(records))
    ))
}
