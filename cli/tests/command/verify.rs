//! `fiskal verify dep`

use crate::shop::{Ran, RunningSandbox, Shop};
use std::path::{Path, PathBuf};

/// A file of the conformance cases about data collection logs.
pub(crate) fn dep_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/files/dep").join(name)
}

/// Checks an export in a folder without a configuration.
fn verify(name: &str, more: &[&str]) -> Ran {
    let (export, keys) = (dep_file(name), dep_file("keys.json"));
    let args = ["verify", "dep", export.to_str().unwrap(), "--keys", keys.to_str().unwrap()];
    Shop::new().run(&[&args, more].concat())
}

#[test]
fn a_sound_export_ends_with_0() {
    let ran = verify("sound.json", &[]).ends(0);
    assert!(
        ran.out.contains("register dGxx: 9 receipts, from number 1 of 2026-11-01T09:00:00"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("everything fits; turnover 18.00"), "{}", ran.out);
    assert_eq!(ran.err, "checking the export\n");
    let report = verify("sound.json", &["--json"]).ends(0);
    assert_eq!((&report.json()["fits"], report.err.as_str()), (&true.into(), ""));
}

#[test]
fn findings_end_with_1_and_name_receipt_and_rule() {
    let ran = verify("broken.json", &[]).ends(1);
    let lines = [
        "receipt 5 (the 6. of the export): time: found 2026-11-01T10:31:00, expected 2026-11-01T11:00:00 or later",
        "receipt 8 (the 8. of the export): signature: found a signature that is not valid",
        "chain, 4 findings: Every receipt carries the hash of the one before",
    ];
    for line in lines {
        assert!(ran.out.contains(line), "{line} is not in:\n{}", ran.out);
    }
    assert!(!ran.out.contains("everything fits"));
    assert_eq!(verify("broken.json", &["--json"]).ends(1).json()["findings"].as_array().unwrap().len(), 6);
}

#[test]
fn paper_and_the_services_list_are_held_against_the_export() {
    let list = dep_file("receipts.json");
    let ran = verify("sound.json", &["--receipts", list.to_str().unwrap()]).ends(0);
    assert!(ran.out.contains("9 compared with the service's list"), "{}", ran.out);
    let ran = verify("cut_off.json", &["--receipts", list.to_str().unwrap()]).ends(1);
    assert!(ran.out.contains("receipt 9: missing: found no receipt of this number"), "{}", ran.out);
    verify("cut_off.json", &["--printed", "paper"]).ends(1);
}

/// As by a person who looks after a café's till.
#[test]
fn a_log_is_exported_whole_and_in_part_and_checked() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::in_austria(&sandbox);
    shop.run(&["provision"]).ends(0);
    let coffee = serde_json::json!({
        "register": "till-1",
        "items": [{"text": "Melange", "quantity": "1", "unit_price": "4.20", "vat": "20"}],
        "payments": [{"method": "cash", "amount": "4.20"}],
    });
    let sell = || shop.run_with(&["sell", "-", "--json"], &coffee.to_string()).ends(0).json();
    let register = [sell(), sell()][1]["ids"]["register"].as_str().unwrap().to_owned();
    shop.write("keys.json", &sandbox.keys(&register));
    let verify = |file: &str, more: &[&str]| {
        shop.run(&[&["verify", "dep", file, "--keys", "keys.json"], more].concat())
    };
    let export =
        |to: &str, more: &[&str]| shop.run(&[&["export", "--register", "till-1", "--to", to], more].concat());

    let said = export("dep.json", &[]).ends(0);
    assert!(said.out.contains("receipts: 3"), "{}", said.out);
    assert_eq!(said.err, "fetching\n");
    let ran = verify("dep.json", &[]).ends(0);
    assert!(ran.out.contains("3 receipts, from number 1 of"), "{}", ran.out);
    assert!(ran.out.contains("not checked: printed: there were no printed codes\n"), "{}", ran.out);

    let last = export("last.json", &["--type", "dep7", "--first", "2", "--json"]).ends(0).json();
    assert_eq!((&last["receipts"], &last["first"]["number"]), (&2.into(), &"2".into()), "{last}");
    verify("last.json", &[]).ends(1);
    let ran = verify("last.json", &["--partial"]).ends(0);
    assert!(ran.out.contains("not checked: start: "), "{}", ran.out);

    export("dep.json", &[]).ends(1);
    for more in [&["--last", "x"], &["--start", "monday"], &["--type", "records"]] {
        export("none.json", more).ends(1);
    }
    export("none.json", &["--export", "dep7", "--first", "2"]).ends(2);
    assert!(!shop.path("none.json").exists());
}

#[test]
fn what_cannot_be_checked_is_an_error_of_its_file() {
    let error = verify("truncated.txt", &["--json"]).ends(1).error_json();
    assert_eq!((&error["kind"], &error["pointer"]), (&"invalid".into(), &"/file".into()), "{error}");
    assert_eq!(error["file"], dep_file("truncated.txt").to_str().unwrap());
}
