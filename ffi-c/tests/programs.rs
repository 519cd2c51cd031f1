//! What C programs rely on: each test compiles one of `tests/c` and runs it against a sandbox.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use serde_json::Value;
use std::time::{Duration, Instant};
use support::{Bench, root, shop, succeeds};

/// Compiles a program and runs it in a shop of its own; what it printed.
#[track_caller]
fn run(program: &str, arguments: &[&str]) -> String {
    let bench = Bench::new();
    let (_sandbox, shop) = shop();
    let compiled = bench.compile(&format!("ffi-c/tests/c/{program}"), &[]);
    let mut command = bench.command(compiled);
    succeeds(command.arg(shop.config()).args(arguments).output().expect("the program runs"), program)
}

#[test]
fn a_sale_is_begun_filled_saved_resumed_completed_and_printed() {
    let printed = run("sale.c", &[]);
    for expected in ["Boulangerie Martin", "Croissant", "Café", "3,90"] {
        assert!(printed.contains(expected), "{printed}");
    }
}

#[test]
fn null_is_an_error_that_names_the_argument() {
    run("null.c", &[]);
}

#[test]
fn a_handle_that_is_none_is_an_error() {
    run("handles.c", &[]);
}

/// With texts of 100 MB.
#[test]
fn text_that_is_not_what_it_should_be_is_an_error() {
    run("text.c", &["100000000"]);
}

#[test]
fn a_forked_child_is_told_and_its_parent_goes_on() {
    run("fork.c", &[]);
}

#[test]
fn threads_share_a_client_and_loggers_come_and_go() {
    let said = run("threads.c", &["5"]);
    let (sold, heard) = said.trim().split_once(" sold, ").expect("two numbers");
    assert_eq!(sold, "40");
    assert_ne!(heard, "0 lines heard");
}

#[test]
fn a_call_without_a_client_is_interrupted() {
    let bench = Bench::new();
    let files = root().join("conformance/files/dep");
    let mut log: Value =
        serde_json::from_str(&std::fs::read_to_string(files.join("sound.json")).unwrap()).unwrap();
    // Their signatures are looked at, which takes much longer than the test is willing to wait.
    let receipts = log["Belege-Gruppe"][0]["Belege-kompakt"].as_array_mut().unwrap();
    *receipts = std::iter::repeat_n(receipts.clone(), 10_000).flatten().collect();
    let long = bench.path("long.json");
    std::fs::write(&long, log.to_string()).unwrap();
    let compiled = bench.compile("ffi-c/tests/c/interrupt_alone.c", &[]);
    let mut command = bench.command(compiled);
    let begun = Instant::now();
    let ran = command.arg(&long).arg(files.join("keys.json")).output().expect("the program runs");
    succeeds(ran, "interrupt_alone.c");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn objects_of_cpp_free_themselves_throw_and_abort() {
    run("objects.cpp", &[]);
}
