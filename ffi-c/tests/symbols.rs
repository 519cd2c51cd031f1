//! What libfiskal.so shows: the functions of the header and nothing else, under the name that programs
//! ask for.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::process::Command;
use support::{artifact, folder, root, succeeds};

fn tool(name: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(name);
    command.args(arguments).arg(artifact("libfiskal.so"));
    succeeds(command.output().expect("binutils come with the C compiler"), name)
}

/// A change here is a change of the interface: what is in the list stays.
#[test]
fn exactly_the_functions_of_the_list_are_exported() {
    let said = tool("nm", &["--dynamic", "--defined-only", "--format=posix"]);
    let exported: Vec<&str> = said.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let list = std::fs::read_to_string(folder().join("abi/symbols.txt")).expect("the list is there");
    assert_eq!(exported, list.lines().collect::<Vec<_>>());
}

#[test]
fn the_header_declares_what_is_exported() {
    let header = std::fs::read_to_string(root().join("include/fiskal.h")).expect("the header is there");
    let (_, declarations) = header.split_once("extern \"C\"").expect("declarations for C++, too");
    let before = declarations.match_indices('(').filter_map(|(at, _)| {
        declarations.get(..at)?.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next()
    });
    let declared: BTreeSet<&str> = before.filter(|name| name.starts_with("fiskal_")).collect();
    let list = std::fs::read_to_string(folder().join("abi/symbols.txt")).expect("the list is there");
    assert_eq!(declared, list.lines().collect());
}

#[test]
fn programs_ask_for_the_library_by_its_name_with_a_number() {
    let said = tool("objdump", &["--private-headers"]);
    let name = said.lines().find_map(|line| line.trim().strip_prefix("SONAME"));
    assert_eq!(name.map(str::trim), Some("libfiskal.so.0"));
}
