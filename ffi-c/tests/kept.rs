//! A till that was built long ago runs with the library of today (`ffi-c/abi/README.md`).
#![cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use support::{Bench, folder, shop, succeeds};

#[test]
fn a_till_that_was_built_against_0_1_sells() {
    let bench = Bench::new();
    let (_sandbox, shop) = shop();
    let mut command = bench.command(folder().join("abi/till-0.1-x86_64-linux-gnu"));
    let output = command.arg(shop.config()).arg("R-2026-0001").output().expect("the till runs");
    let printed = succeeds(output, "the till");
    let version = format!("built against 0.1.0, runs with {} (interface 1)", env!("CARGO_PKG_VERSION"));
    for expected in [&version, "Café", "3,90", "state 0, 2 items, 3.90", "the log was heard"] {
        assert!(printed.contains(expected), "{expected} is missing in:\n{printed}");
    }
}
