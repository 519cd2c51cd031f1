//! The headers: they compile alone in every standard, and say what the library says.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use fiskal::boundary::{ABI_VERSION, Image, Paper, log};
use fiskal::error::Kind;
use std::collections::BTreeMap;
use std::process::Command;
use support::{Bench, STRICT, compiler, root, succeeds};

/// Compiles a file without linking it.
#[track_caller]
fn compiles(language: &str, standard: &str, source: &str) {
    let mut command = Command::new(compiler(source).get_program());
    command.args(STRICT).args(["-x", language, &format!("-std={standard}"), "-fsyntax-only", "-I"]);
    command.arg(root().join("include")).arg(root().join(source));
    succeeds(command.output().expect("the compiler runs"), &format!("{source} as {standard}"));
}

#[test]
fn the_header_compiles_alone_in_every_standard() {
    for standard in ["c99", "c11", "c17", "c2x"] {
        compiles("c", standard, "ffi-c/tests/c/header.c");
    }
    for standard in ["c++98", "c++11", "c++14", "c++17", "c++20"] {
        compiles("c++", standard, "ffi-c/tests/c/header.c");
    }
}

#[test]
fn the_header_of_cpp_compiles_alone_in_every_standard() {
    for standard in ["c++11", "c++14", "c++17", "c++20"] {
        compiles("c++", standard, "ffi-c/tests/c/header.cpp");
        compiles("c++", standard, "ffi-c/tests/c/objects.cpp");
    }
}

/// What `constants.c` prints, by its first word.
fn constants() -> (BTreeMap<String, String>, Vec<(i32, String)>) {
    let bench = Bench::new();
    let program = bench.compile("ffi-c/tests/c/constants.c", &[]);
    let said = succeeds(bench.command(program).output().expect("the program runs"), "constants");
    let mut values = BTreeMap::new();
    let mut named = Vec::new();
    for line in said.lines() {
        let (name, value) = line.split_once(' ').expect("name and value");
        match value.split_once(' ') {
            Some((number, status)) => named.push((number.parse().expect("a number"), status.to_owned())),
            None => drop(values.insert(name.to_owned(), value.to_owned())),
        }
    }
    (values, named)
}

/// The name of a kind in C: `FISKAL_` and its name in JSON in capitals.
fn c_name(kind: Kind) -> String {
    format!("FISKAL_{}", kind.name().to_uppercase())
}

#[test]
fn the_numbers_are_those_of_the_core() {
    let (values, named) = constants();
    let number = |name: &str| values.get(name).unwrap_or_else(|| panic!("{name} is not shown")).parse();
    for kind in Kind::ALL {
        assert_eq!(number(&c_name(kind)), Ok(kind.status()));
    }
    for (image, name) in Image::ALL {
        assert_eq!(number(&format!("FISKAL_IMAGE_{}", name.to_uppercase())), Ok(image as i32));
    }
    for (paper, name) in Paper::ALL {
        assert_eq!(number(&format!("FISKAL_PAPER_{}", name.to_uppercase())), Ok(paper as i32));
    }
    // The order of core::receipt::State; the names and numbers are fixed in the interface.
    for (state, name) in ["SIGNED", "PENDING", "PROVISIONAL", "REFUSED_LATER"].into_iter().enumerate() {
        assert_eq!(number(&format!("FISKAL_{name}")), Ok(i32::try_from(state).unwrap()));
    }
    for (level, name) in ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].into_iter().enumerate() {
        assert_eq!(number(&format!("FISKAL_LOG_{name}")), Ok(i32::try_from(level + 1).unwrap()));
    }
    assert_eq!(number("FISKAL_LOG_TRACE"), Ok(log::TRACE));

    let mut expected: Vec<(i32, String)> =
        Kind::ALL.into_iter().map(|kind| (kind.status(), c_name(kind))).collect();
    expected.insert(0, (0, "FISKAL_OK".into()));
    assert_eq!(named, expected);
}

#[test]
fn header_and_library_are_of_one_version() {
    let (values, _) = constants();
    for name in ["FISKAL_VERSION", "FISKAL_VERSION_NUMBER", "fiskal_version"] {
        assert_eq!(values[name], env!("CARGO_PKG_VERSION"), "{name}");
    }
    for name in ["FISKAL_ABI_VERSION", "fiskal_abi_version"] {
        assert_eq!(values[name], ABI_VERSION.to_string(), "{name}");
    }
}
