//! What only the service's list, or paper, can tell: cut-off exports, swapped rates, the wrong zone.

use crate::till::{Files, Spec, day, export, found, keys, qr, signed};
use serde_json::{Value, json};

/// The receipts as SIGN AT lists them: amounts by rate, time in Unix seconds (Vienna is an hour ahead here).
pub(crate) fn listed(specs: &[Spec]) -> Vec<Value> {
    let codes = signed(specs);
    let cents = |cents: i64| {
        format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
    };
    specs
        .iter()
        .zip(&codes)
        .map(|(spec, jws)| {
            let [standard, reduced_1, reduced_2, zero, special] = spec.amounts.map(cents);
            let at: jiff::Timestamp = format!("{}+01:00", spec.date).parse().unwrap();
            json!({
                "_id": "a1c66ed2-a263-4774-8acc-8eb69782e4d3", "receipt_number": spec.number, "signed": spec.signed,
                "time_signature": at.as_second(), "cash_register_serial_number": "dGxx", "qr_code_data": qr(jws),
                "schema": {"raw": {
                    "gross_amount_standard": standard, "gross_amount_reduced_1": reduced_1,
                    "gross_amount_reduced_2": reduced_2, "gross_amount_special": special, "gross_amount_zero": zero,
                }},
            })
        })
        .collect()
}

fn lines(receipts: &[Value]) -> String {
    receipts.iter().map(|receipt| format!("{receipt}\n")).collect()
}

fn compared(specs: &[Spec], list: &str) -> Result<Value, fiskal::error::Error> {
    let files = Files::of(&export(&signed(specs)), &keys());
    let list = files.write("receipts.json", list);
    files.verify(json!({"receipts": list}))
}

#[test]
fn lines_and_pages_are_read() {
    let receipts = listed(&day());
    let pages = receipts.chunks(5).map(|page| json!({"data": page, "count": 12, "_type": "RECEIPT_LIST"}));
    let pages: String = pages.map(|page| format!("{page:#}\n")).collect();
    for list in [lines(&receipts), pages] {
        let report = compared(&day(), &list).unwrap();
        assert_eq!((found(&report), &report["compared"]), (vec![], &json!(12)), "{report:#}");
        assert_eq!(report["rules"].as_array().unwrap().len(), 18);
    }
}

/// What is compared with the list, and rule and position of each finding.
type Compared<'a> = (&'static str, Vec<Spec>, &'a [(&'static str, u64)]);

#[test]
fn the_list_tells_what_the_export_cannot() {
    let list = lines(&listed(&day()));
    let mut swapped = day();
    swapped[1].amounts.swap(3, 4);
    let mut utc = day();
    for spec in &mut utc {
        let local: jiff::civil::DateTime = spec.date.parse().unwrap();
        spec.date = (local - jiff::SignedDuration::from_hours(1)).to_string();
    }
    let all: Vec<_> = (1..=12).map(|at| ("listed_time", at)).collect();
    let cases: [Compared<'_>; 4] = [
        ("Null and Besonders swapped", swapped, &[("listed_amounts", 2)]),
        ("the last receipts cut off", day()[..10].to_vec(), &[("missing", 0), ("missing", 0)]),
        ("one left out", [&day()[..8], &day()[9..]].concat(), &[("missing", 0)]),
        ("UTC in place of Vienna's time", utc, &all),
    ];
    for (name, specs, expected) in cases {
        let report = compared(&specs, &list).unwrap();
        let without_codes: Vec<_> =
            found(&report).into_iter().filter(|(rule, _)| rule != "listed_code").collect();
        let expected: Vec<_> = expected.iter().map(|(rule, at)| ((*rule).to_owned(), *at)).collect();
        assert_eq!(without_codes, expected, "{name}: {report:#}");
        // The export by itself is a sound chain.
        assert_eq!(found(&crate::till::verify(&signed(&specs))), [], "{name}");
    }
}

#[test]
fn a_part_of_the_list_and_other_registers_are_no_finding() {
    let mut receipts = listed(&day());
    receipts.drain(3..6);
    let mut other = receipts[0].clone();
    other["cash_register_serial_number"] = json!("other");
    receipts.insert(2, other);
    let report = compared(&day(), &lines(&receipts)).unwrap();
    assert_eq!((found(&report), &report["compared"]), (vec![], &json!(9)), "{report:#}");
}

#[test]
fn a_list_that_cannot_be_used_is_an_error() {
    let receipts = listed(&day());
    let changed = |pointer: &str, value: Value| {
        let mut receipt = receipts[0].clone();
        *receipt.pointer_mut(pointer).unwrap() = value;
        receipt.to_string()
    };
    let backwards: Vec<Value> = receipts.iter().rev().cloned().collect();
    let page = json!({"data": vec![receipts[0].clone(); 1001]}).to_string();
    let cases = [
        "{".to_owned(),
        "[]".to_owned(),
        "\"text\"".to_owned(),
        "{\"data\": 7}".to_owned(),
        "[".repeat(100_000),
        format!("\"{}\"", "x".repeat(1 << 20)),
        lines(&backwards),
        page,
        format!("{0}\n{0}", receipts[0]),
        changed("/receipt_number", json!(1)),
        changed("/receipt_number", json!("A-1")),
        changed("/time_signature", json!(i64::MAX)),
        changed("/schema/raw/gross_amount_zero", json!("0.001")),
        changed("/schema/raw/gross_amount_zero", json!("x")),
        changed("/schema", json!({})),
    ];
    for list in cases {
        let error = compared(&day(), &list).unwrap_err();
        let start: String = list.chars().take(60).collect();
        assert_eq!(error.pointer(), Some("/receipts"), "{start}: {error}");
        assert!(error.message().len() < 500, "{start}: {error}");
    }
}

#[test]
fn printed_codes_must_be_in_the_export() {
    let receipts = signed(&day());
    let files = Files::of(&export(&receipts), &keys());
    let of = |printed: Value| files.verify(json!({ "printed": printed }));
    let ocr = fiskal::verify::rksv::Jws::from_code(&qr(&receipts[4])).unwrap().ocr().unwrap();
    let report =
        of(json!([qr(&receipts[1]), ocr, format!(" {}\n", qr(&receipts[11])), qr(&receipts[1])])).unwrap();
    assert_eq!(found(&report), [], "{report:#}");

    let mut specs = day();
    specs[8].amounts[0] = 100;
    specs.push(crate::till::receipt(13, "20:01:00", [100, 0, 0, 0, 0]));
    let others = signed(&specs);
    let report = of(json!([qr(&others[8]), qr(&others[12])])).unwrap();
    assert_eq!(found(&report), [("printed".to_owned(), 9), ("printed".to_owned(), 0)], "{report:#}");
    assert_eq!(report["findings"][1]["number"], "13");

    let cases = [
        (json!(["x"]), "/printed/0"),
        (json!([qr(&receipts[0]), ""]), "/printed/1"),
        (json!([qr(&receipts[8]), qr(&others[8])]), "/printed/1"),
        (json!([7]), "/printed/0"),
        (json!("x"), "/printed"),
        (json!(vec!["x"; 1001]), "/printed"),
    ];
    for (printed, pointer) in cases {
        assert_eq!(of(printed).unwrap_err().pointer(), Some(pointer));
    }
}
