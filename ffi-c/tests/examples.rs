//! The examples sell the same three things, in C and in C++.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use fiskal_conformance::control::Control;
use support::{Bench, shop, succeeds};

/// Compiles an example and runs it in a shop whose register is ready.
#[track_caller]
fn sells(example: &str) {
    let bench = Bench::new();
    let (sandbox, shop) = shop();
    let provision = bench.compile("ffi-c/tests/c/call.c", &[]);
    let mut command = bench.command(provision);
    command.arg(shop.config()).args(["provision", "{}"]);
    succeeds(command.output().expect("the program runs"), "provision");

    let program = bench.compile(example, &[]);
    let mut command = bench.command(&program);
    command.arg(shop.config()).arg("R-2026-0001");
    let printed = succeeds(command.output().expect("the example runs"), example);
    for expected in ["Croissant", "Café", "TOTAL EUR", "3,90", "Rendu", "1,10", "R-2026-0001"] {
        assert!(printed.contains(expected), "{expected} is missing in:\n{printed}");
    }
    let booked = Control::of(sandbox.url()).booked().expect("the sandbox tells its books");
    let numbers: Vec<_> = booked.iter().filter_map(|booking| booking["number"].as_str()).collect();
    assert_eq!(numbers, ["R-2026-0001"]);

    // The number is taken now, which is an error that the example tells.
    let failed = bench.command(&program).arg(shop.config()).arg("R-2026-0001").output().expect("it runs");
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert_eq!(failed.status.code(), Some(1), "{said}");
    assert!(said.contains("R-2026-0001 was already used"), "{said}");
}

#[test]
fn in_c() {
    sells("examples/c/sale.c");
}

#[test]
fn in_cpp() {
    sells("examples/cpp/sale.cpp");
}
