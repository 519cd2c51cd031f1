//! Standard output that goes away, or takes nothing.

use std::process::{Command, Stdio};

fn demo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fiskal"));
    command.args(["demo", "--json"]).stderr(Stdio::piped());
    command
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let mut child = demo().stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = child.wait_with_output().unwrap();
    assert_eq!((ran.status.code(), String::from_utf8_lossy(&ran.stderr).as_ref()), (Some(0), ""));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure_that_is_told() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let ran = demo().stdout(full).output().unwrap();
    assert_eq!(ran.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("the output could not be written"));
}
