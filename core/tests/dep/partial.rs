//! Parts of a log: what came before them is taken as it stands there.

use crate::till::{Files, Kind, day, export, found, keys, qr, receipt, signed};
use serde_json::{Value, json};

fn part(receipts: &[String]) -> Value {
    Files::of(&export(receipts), &keys()).verify(json!({ "partial": true })).unwrap()
}

/// The reasons why a rule was not checked everywhere.
fn reasons<'a>(report: &'a Value, rule: &str) -> Vec<&'a str> {
    let unchecked = report["unchecked"].as_array().unwrap().iter();
    let of_rule = unchecked.filter(|one| one["rules"].as_array().unwrap().contains(&json!(rule)));
    of_rule.map(|one| one["why"].as_str().unwrap()).collect()
}

fn checked(report: &Value) -> Vec<&str> {
    report["rules"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn every_part_of_a_sound_log_fits() {
    let receipts = signed(&day());
    for begin in 0..receipts.len() {
        for end in begin..=receipts.len() {
            let report = part(&receipts[begin..end]);
            assert_eq!(found(&report), [], "{begin} to {end}: {report:#}");
            assert_eq!(report["receipts"], end - begin);
        }
    }
    // As wholes, all but those from the beginning have findings.
    assert_eq!(found(&crate::till::verify(&receipts[..5])), []);
    let whole = crate::till::verify(&receipts[7..]);
    assert_eq!(
        found(&whole),
        [("start", 1), ("chain", 1), ("turnover", 1)].map(|(rule, at)| (rule.to_owned(), at))
    );
}

#[test]
fn the_report_says_what_was_not_checked() {
    let receipts = signed(&day());
    let report = part(&receipts[3..]);
    assert!(!checked(&report).contains(&"start"), "{report:#}");
    for rule in ["start", "chain", "turnover", "clearance", "printed", "missing", "listed_time"] {
        assert_eq!(reasons(&report, rule).len(), 1, "{rule}: {report:#}");
    }
    let whole = crate::till::verify(&receipts);
    assert!(checked(&whole).contains(&"start"), "{whole:#}");
    for rule in ["start", "chain", "turnover", "clearance"] {
        assert_eq!(reasons(&whole, rule), [""; 0], "{rule}: {whole:#}");
    }
    assert_eq!(reasons(&whole, "missing"), ["there was no list of the service"]);
}

#[test]
fn the_turnover_goes_on_from_the_first_counter() {
    let receipts = signed(&day());
    // A training and a cancellation say nothing of it; the counter behind them does.
    assert_eq!(part(&receipts[2..4])["turnover"], Value::Null);
    assert_eq!(part(&receipts[2..])["turnover"], crate::till::verify(&receipts)["turnover"]);
}

#[test]
fn mistakes_behind_the_first_receipt_are_found_in_a_part() {
    let finds = |change: &dyn Fn(&mut Vec<crate::till::Spec>)| {
        let mut specs = day();
        change(&mut specs);
        found(&part(&signed(&specs)[3..]))
    };
    let is = |rule: &str, at: u64| vec![(rule.to_owned(), at)];
    assert_eq!(finds(&|day| day[8].chained_to = |_| "x".into()), is("chain", 6));
    assert_eq!(finds(&|day| day[8].date = "2026-11-01T11:04:59".into()), is("time", 6));
    assert_eq!(finds(&|day| day[6].kind = Kind::Training), is("clearance", 4));
    assert_eq!(finds(&|day| day[8].number = "4".into()), is("number", 6));
    assert_eq!(finds(&|day| (8..12).for_each(|at| day[at].width = 5)), is("turnover_width", 6));
    assert_eq!(finds(&|day| day[8].signer = 2), is("signature", 6));
    assert_eq!(finds(&|day| day[8].off_by = -1), [is("turnover", 6), is("turnover", 7)].concat());
    assert_eq!(finds(&|day| day[8].after = |jws| format!("{jws}==")), is("form", 6));
    // The part may begin with what cannot be read.
    assert_eq!(finds(&|day| day[3].after = |jws| format!("{jws}==")), is("form", 1));
}

#[test]
fn the_services_list_is_held_against_the_numbers_of_the_part() {
    let specs = day();
    let receipts = signed(&specs);
    let listed: Vec<String> = crate::list::listed(&specs).iter().map(Value::to_string).collect();
    let compared = |list: &[String], receipts: &[String]| {
        let files = Files::of(&export(receipts), &keys());
        let list = files.write("receipts.json", list.join("\n"));
        files.verify(json!({ "receipts": list, "partial": true })).unwrap()
    };
    let report = compared(&listed, &receipts[3..9]);
    assert_eq!((found(&report), &report["compared"]), (vec![], &json!(6)), "{report:#}");
    assert_eq!(reasons(&report, "missing").len(), 1, "{report:#}");
    // One in its middle is missing all the same.
    let lacking = [&receipts[3..6], &receipts[7..9]].concat();
    let report = compared(&listed, &lacking);
    let missing = json!({ "rule": "missing", "number": "7" });
    let findings = report["findings"].as_array().unwrap();
    let is_told = |one: &&Value| one["rule"] == missing["rule"] && one["number"] == missing["number"];
    assert_eq!(findings.iter().filter(is_told).count(), 1, "{report:#}");
}

#[test]
fn a_code_off_paper_must_be_in_the_part() {
    let mut specs = day();
    specs.push(receipt(13, "20:01:00", [100, 0, 0, 0, 0]));
    let receipts = signed(&specs);
    let files = Files::of(&export(&receipts[3..6]), &keys());
    let printed = json!({ "partial": true, "printed": [qr(&receipts[4]), qr(&receipts[12])] });
    assert_eq!(found(&files.verify(printed).unwrap()), [("printed".to_owned(), 0)]);
}

#[test]
fn whether_it_is_a_part_is_yes_or_no() {
    let files = Files::of(&export(&signed(&day())), &keys());
    for value in [json!("yes"), json!(1), json!(null), json!([])] {
        let error = files.verify(json!({ "partial": value })).unwrap_err();
        assert_eq!(error.pointer(), Some("/partial"), "{value}: {error}");
    }
    assert_eq!(found(&files.verify(json!({ "partial": false })).unwrap()), []);
}
