//! How often the disk is synced for one sale.
//!
//! Counted by the kernel's own account: `strace` follows a process that sells, and the difference
//! between few sales and many, divided by their number, leaves opening and provisioning out.

use crate::Outcome;
use crate::figures::ratio;
use crate::shop::Shop;
use std::process::{Command, Stdio};

/// The argument that makes this program a process that sells.
pub(crate) const CHILD: &str = "sell";

const FEW: u64 = 10;
const MANY: u64 = 110;

/// A sentence.
pub(crate) fn measure() -> Outcome<String> {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return Ok("syncs of the disk a sale: not counted, as strace is not installed".to_owned());
    }
    let syncs = traced(MANY)?.saturating_sub(traced(FEW)?);
    Ok(format!(
        "syncs of the disk a sale: {} (fsync and fdatasync, counted by strace over {} sales; the sandbox makes none)",
        ratio(u128::from(syncs), u128::from(MANY - FEW)),
        MANY - FEW
    ))
}

/// Provisions a shop and sells.
pub(crate) fn child(sales: u64) -> Outcome<()> {
    let shop = Shop::open(1)?;
    (0..sales).try_for_each(|sale| shop.sell("till-1", &format!("S-{sale}")).map(drop))
}

/// The syncs of a process that makes so many sales.
fn traced(sales: u64) -> Outcome<u64> {
    let folder = crate::shop::folder()?;
    let counts = folder.path().join("counts");
    let status = Command::new("strace")
        .args(["-f", "-c", "-e", "trace=fsync,fdatasync", "-o"])
        .arg(&counts)
        .arg(std::env::current_exe()?)
        .args([CHILD, &sales.to_string()])
        .status()?;
    if !status.success() {
        return Err(format!("strace ended with {status}").into());
    }
    total(&std::fs::read_to_string(counts)?).ok_or_else(|| "strace printed no total".into())
}

/// The number of calls in the last line of strace's table: `100.00 0.1 5 30 total`, where the
/// errors stand before the last word if there were any.
fn total(table: &str) -> Option<u64> {
    let line = table.lines().find(|line| line.trim_end().ends_with(" total"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_total_is_found_in_straces_table() {
        let table = "% time     seconds  usecs/call     calls    errors syscall\n\
                     ------ ----------- ----------- --------- --------- ----------------\n\
                     \x20 0.00    0.000000           0        34         2 fdatasync\n\
                     ------ ----------- ----------- --------- --------- ----------------\n\
                     100.00    0.000000           0        34         2 total\n";
        assert_eq!(total(table), Some(34));
        assert_eq!(total(&table.replace("         2 total", "           total")), Some(34));
        assert_eq!(total("strace: ptrace: Operation not permitted"), None);
    }
}
