//! A door program that does not do as it is told is found out.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

use fiskal_conformance::door::{Door, Handing, Program};
use serde_json::json;
use std::process::Command;

/// A program in the shell's words.
fn program(script: &str) -> Program {
    Program::start(Command::new("sh").args(["-c", script])).unwrap()
}

#[test]
fn answers_are_results_or_errors() {
    let script = r#"
        read -r line; echo '{"result": {"line": 1}}'
        read -r line; echo '{"error": {"kind": "invalid"}}'
        read -r line; echo "{\"result\": \"$line\"}" | tr '\t' ' '"#;
    let mut program = program(script);
    let mut call = || program.call("status", &json!({"a": [1]}), Handing::Raw).unwrap();
    assert_eq!(call(), Ok(json!({"line": 1})));
    assert_eq!(call(), Err(json!({"kind": "invalid"})));
    // What it was told; the tab between the words would be no JSON.
    assert!(program.open("/a/fiskal.json".as_ref()).unwrap().is_ok_and(|line| line == "open /a/fiskal.json"));
    program.finish().unwrap();
}

#[test]
fn an_answer_in_another_form_is_a_failure() {
    for answer in ["", "hello", "[]", "{}", r#"{"result": 1, "error": {}}"#, r#"{"error": "no"}"#] {
        let mut program = program(&format!("read -r line; echo '{answer}'; cat >/dev/null"));
        let failure = program.close().unwrap_err().to_string();
        assert!(failure.contains("the program answered"), "{answer}: {failure}");
    }
}

#[test]
fn a_program_that_dies_is_told_with_what_it_said() {
    let mut program = program("read -r line; echo 'out of paper' >&2; exit 3");
    let failure = program.close().unwrap_err().to_string();
    assert!(failure.contains("exit status: 3") && failure.contains("out of paper"), "{failure}");
}

#[test]
fn a_bad_end_is_a_failure() {
    let mut bad = program("read -r line; echo '{\"result\": null}'; cat >/dev/null; exit 1");
    bad.close().unwrap();
    assert!(bad.finish().unwrap_err().to_string().contains("exit status: 1"));
    program("cat >/dev/null").finish().unwrap();
}
