//! What every face of another language relies on.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fiskal::boundary::{self, Client, Image, Paper, Receipt, call_alone, envelope, guard};
use fiskal::error::{Error, Kind};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

fn config(journal: &Path) -> Value {
    json!({
        "journal": journal,
        "sync": "manual",
        "account": {"paris": {"service": "sign-fr", "environment": "test", "key": "env:K", "secret": "env:S"}},
        "merchant": {"martin": {"account": "paris", "name": "Boulangerie Martin SARL"}},
        "location": {"rivoli": {"merchant": "martin"}},
        "register": {"till-1": {"location": "rivoli"}},
    })
}

fn open(folder: &tempfile::TempDir) -> Client {
    Client::open_json(&config(&folder.path().join("fiskal.db")).to_string()).unwrap()
}

#[track_caller]
fn fails<T>(result: Result<T, Error>, kind: Kind, says: &str) -> Error {
    let Err(error) = result else { panic!("succeeded; should be {kind:?}") };
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.message().contains(says), "{error}");
    error
}

#[test]
fn a_panic_is_an_error_that_says_where() {
    boundary::take_over_panics();
    let result: Result<(), Error> = guard(|| panic!("the {} is on fire", "till"));
    let error = fails(result, Kind::Internal, "the till is on fire at ");
    assert!(error.message().contains(&format!("{}:", file!())), "{error}");
    let result: Result<(), Error> = guard(|| std::panic::panic_any(7));
    fails(result, Kind::Internal, "please report it");
    assert_eq!(guard(|| Ok(7)).unwrap(), 7);
}

#[test]
fn an_envelope_holds_a_result_or_an_error() {
    assert_eq!(envelope(Ok("{\"a\":1}".into())), r#"{"result":{"a":1}}"#);
    let told: Value = serde_json::from_str(&envelope(Err(Error::invalid("/x", "wrong \"x\"")))).unwrap();
    assert_eq!(told["error"]["kind"], "invalid");
    assert_eq!(told["error"]["message"], "wrong \"x\"");
}

#[test]
fn an_operation_that_needs_no_journal_runs_alone() {
    let described: Value = serde_json::from_str(&call_alone("describe", "{}").unwrap()).unwrap();
    assert_eq!(described["abi"], boundary::ABI_VERSION);
    fails(call_alone("status", "{}"), Kind::Invalid, "needs an open journal");
    fails(call_alone("describe", "[]"), Kind::Invalid, "a JSON object");
}

/// A log that takes longer to check than anybody waits in a test.
#[test]
fn operations_that_run_alone_are_interrupted_together() {
    let folder = tempfile::tempdir().unwrap();
    let receipts = "\"a\",".repeat(4_000_000);
    let log = format!("{{\"Belege-Gruppe\": [{{\"Belege-kompakt\": [{receipts}\"a\"]}}]}}");
    std::fs::write(folder.path().join("dep.json"), log).unwrap();
    let keys = json!({ "base64AESKey": "WQRtiiya3hYh/Uz44Bv3x8ETl1nrH6nCdErn69g5/lU=", "certificateOrPublicKeyMap": {} });
    std::fs::write(folder.path().join("keys.json"), keys.to_string()).unwrap();
    let files = json!({ "file": folder.path().join("dep.json"), "keys": folder.path().join("keys.json") })
        .to_string();
    let (tell, told) = mpsc::channel();
    for _ in 0..2 {
        let (tell, files) = (tell.clone(), files.clone());
        std::thread::spawn(move || tell.send(call_alone("dep.verify", &files)).unwrap());
    }
    for _ in 0..2 {
        let mut ended = None;
        // Again and again: nobody knows when a call has begun.
        while ended.is_none() {
            boundary::interrupt_alone();
            ended = told.recv_timeout(Duration::from_millis(20)).ok();
        }
        fails(ended.unwrap(), Kind::Busy, "interrupted");
    }
    assert!(call_alone("describe", "{}").is_ok());
}

#[test]
fn a_program_for_another_interface_is_told() {
    boundary::check_abi(boundary::ABI_VERSION).unwrap();
    for other in [0, boundary::ABI_VERSION + 1, i32::MIN] {
        fails(boundary::check_abi(other), Kind::Abi, &format!("version {other} "));
    }
}

#[test]
fn bad_text_is_an_error_of_its_caller() {
    let folder = tempfile::tempdir().unwrap();
    let client = open(&folder);
    let deep = "[".repeat(100_000);
    let huge = format!("\"{}\"", "x".repeat(boundary::MOST_BYTES));
    for (params, says) in [
        ("", "not usable JSON"),
        ("{", "not usable JSON"),
        ("{} {}", "not usable JSON"),
        (r#"{"register": "a", "register": "b"}"#, "'register' is there twice"),
        ("[]", "are a JSON object"),
        (r#"{"register": 1.5}"#, "cannot stand here; give a text"),
        (&deep, "not usable JSON"),
        (&huge, "may have 16777216"),
    ] {
        fails(client.call("status", params), Kind::Invalid, says);
    }
    fails(client.call("stat\0us", "{}"), Kind::Invalid, "did you mean 'status'?");
    assert!(client.call("status", "null").unwrap().contains("till-1"));
}

#[test]
fn clients_of_one_journal_share_its_core() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("fiskal.db");
    let first = open(&folder);
    let second = open(&folder);
    let mut other = config(&journal);
    other["account"]["paris"]["patience"] = json!("7s");
    fails(Client::open_json(&other.to_string()), Kind::Config, "with another configuration");
    // The same file by another way.
    let around = folder.path().join("..").join(folder.path().file_name().unwrap()).join("fiskal.db");
    fails(Client::open_json(&config(&around).to_string()), Kind::Config, "with another configuration");

    first.close();
    first.close();
    fails(first.call("status", "{}"), Kind::Closed, "open it again");
    second.call("status", "{}").unwrap();
    drop(second);
    let changed = Client::open_json(&other.to_string()).unwrap();
    changed.call("status", "{}").unwrap();
}

#[test]
fn a_journal_that_could_not_be_opened_can_be_opened_later() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("fiskal.db");
    std::fs::write(&journal, "no journal").unwrap();
    fails(Client::open_json(&config(&journal).to_string()), Kind::Journal, "");
    std::fs::remove_file(&journal).unwrap();
    open(&folder).call("status", "{}").unwrap();
}

#[test]
fn threads_that_open_and_close_meet_no_half_open_journal() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    open(&folder).call("status", "{}").unwrap();
                }
            });
        }
    });
}

#[test]
fn a_call_on_the_cores_own_threads_tells_its_result_there() {
    let folder = tempfile::tempdir().unwrap();
    let client = open(&folder);
    let (tell, told) = mpsc::channel();
    for number in 0..50 {
        let tell = tell.clone();
        let done = move |result: Result<String, Error>| tell.send((number, result)).unwrap();
        client.start("status".into(), "{}".into(), done).unwrap();
    }
    // Calls under way outlive the client that began them.
    drop(client);
    let mut numbers: Vec<i32> = (0..50)
        .map(|_| {
            let (number, result) = told.recv_timeout(Duration::from_secs(20)).unwrap();
            assert!(result.unwrap().contains("till-1"));
            number
        })
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..50).collect::<Vec<_>>());
}

#[test]
fn a_listener_that_panics_takes_no_thread_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let client = open(&folder);
    for _ in 0..20 {
        client.start("status".into(), "{}".into(), |_| panic!("in a face")).unwrap();
    }
    let (tell, told) = mpsc::channel();
    client.start("status".into(), "{}".into(), move |result| tell.send(result).unwrap()).unwrap();
    told.recv_timeout(Duration::from_secs(20)).unwrap().unwrap();
}

fn receipt() -> Value {
    serde_json::to_value(fiskal::receipt::Receipt {
        number: Some("R-1".into()),
        qr: Some(fiskal::receipt::Qr {
            payload: "https://example.fr/r/1".into(),
            error_correction: "M".into(),
            min_mm: 30,
        }),
        ..Default::default()
    })
    .unwrap()
}

#[test]
fn a_receipt_is_read_and_rendered_from_its_json() {
    let read = Receipt::from_json(receipt().to_string()).unwrap();
    assert_eq!(read.get("number").as_deref(), Some("R-1"));
    assert_eq!((read.count("items"), read.count("number")), (Some(0), None));
    assert!(read.qr(Image::Png, 4).unwrap().unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(read.qr(Image::Svg, 0).unwrap().unwrap().starts_with(b"<svg"));
    for px in [0, 65, u32::MAX] {
        fails(read.qr(Image::Png, px), Kind::Invalid, "1 to 64 pixels");
    }
    for columns in [0, 23, 81, u32::MAX] {
        fails(read.print(Paper::Text, columns), Kind::Invalid, "24 to 80 columns");
    }
    assert!(String::from_utf8(read.print(Paper::Html, 42).unwrap()).unwrap().contains("R-1"));

    let mut plain = receipt();
    plain["qr"] = Value::Null;
    assert!(Receipt::from_json(plain.to_string()).unwrap().qr(Image::Png, 4).unwrap().is_none());
    plain["qr"] = json!({"payload": "x".repeat(4000), "error_correction": "H", "min_mm": 30});
    fails(Receipt::from_json(plain.to_string()).unwrap().qr(Image::Png, 4), Kind::Invalid, "do not fit");
    for text in ["", "{}", "[]", "null", "\u{0}"] {
        fails(Receipt::from_json(text), Kind::Invalid, "");
    }
}

#[test]
fn images_and_papers_have_numbers_and_names() {
    for (image, name) in Image::ALL {
        assert_eq!((Image::of_number(image as i32).unwrap(), Image::of_name(name).unwrap()), (image, image));
    }
    for (paper, name) in Paper::ALL {
        assert_eq!((Paper::of_number(paper as i32).unwrap(), Paper::of_name(name).unwrap()), (paper, paper));
    }
    fails(Image::of_number(4), Kind::Invalid, "0 (png), 1 (svg), 2 (escpos), 3 (terminal)");
    fails(Paper::of_name("pdf"), Kind::Invalid, "'pdf' is no paper; there are text, html, escpos");
}
