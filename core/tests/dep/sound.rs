//! Long logs, groups, and numbers of every kind.

use crate::till::{Files, Spec, export, found, group, keys, receipt, signed};
use serde_json::json;

/// `count` receipts after a start receipt.
fn many(count: u32) -> Vec<Spec> {
    (1..=count + 1).map(|number| receipt(number, "09:00:00", [i64::from(number) - 1, 0, 0, 0, 0])).collect()
}

#[test]
fn the_chain_runs_on_over_groups() {
    let receipts = signed(&many(30));
    let certificate = export(&[])["Belege-Gruppe"][0]["Signaturzertifikat"].as_str().unwrap().to_owned();
    let group_of = |receipts: &[String]| group(certificate.clone(), receipts);
    let mut other_name =
        json!({"Belege-kompakt": receipts[10..20], "Signatur- bzw. Siegelzertifikat": certificate});
    let groups = |second| json!({"Belege-Gruppe": [group_of(&receipts[..10]), group_of(&[]), second, group_of(&receipts[20..])]});
    let report = Files::of(&groups(other_name.clone()), &keys()).verify(json!({})).unwrap();
    assert_eq!(
        (found(&report), &report["groups"], &report["receipts"]),
        (vec![], &json!(4), &json!(31)),
        "{report:#}"
    );

    // A certificate that comes after the receipts is compared like one before them.
    let second = crate::till::certificate(2, "1b", 2030);
    other_name["Signatur- bzw. Siegelzertifikat"] =
        json!(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, second));
    let report = Files::of(&groups(other_name), &keys()).verify(json!({})).unwrap();
    assert_eq!(found(&report), [("group".to_owned(), 11)], "{report:#}");
}

#[test]
fn numbers_need_not_count_but_must_differ() {
    let with = |number: fn(u32) -> String| {
        let mut specs = many(200);
        (0..).zip(&mut specs).for_each(|(at, spec)| spec.number = number(at));
        crate::till::verify(&signed(&specs))
    };
    let sound: [fn(u32) -> String; 5] = [
        |at| (at + 9).to_string(),
        |at| (1000 - at).to_string(),
        |at| format!("R-{at}/2026"),
        |at| format!("{at:05}"),
        |at| format!("{}", if at % 2 == 0 { at } else { 100_000 - at }),
    ];
    for (index, number) in sound.into_iter().enumerate() {
        assert_eq!(found(&with(number)), [], "{index}");
    }
    let report = with(|at| format!("R-{}", at % 150));
    let expected: Vec<_> = (151..=201).map(|at| ("number".to_owned(), at)).collect();
    assert_eq!(found(&report), expected);
    assert!(report["findings"][0]["expected"].as_str().unwrap().contains("receipt 1 "), "{report:#}");
}

#[test]
fn turnover_may_be_negative_and_huge() {
    let mut specs = many(3);
    specs[1].amounts = [i64::MAX; 5].map(|cents| cents / 100);
    specs[2].amounts = [i64::MIN; 5].map(|cents| cents / 100);
    specs[3].amounts = [-1, 0, 0, 0, -1];
    specs.iter_mut().for_each(|spec| spec.width = 16);
    let report = crate::till::verify(&signed(&specs));
    assert_eq!((found(&report), &report["turnover"]), (vec![], &json!("-0.02")), "{report:#}");
}

#[test]
fn a_counter_at_the_end_of_its_range_does_not_overflow() {
    let mut specs = many(3);
    specs.iter_mut().for_each(|spec| spec.width = 16);
    specs[0].off_by = i128::MAX;
    // After the first the sum is not known any more, and the next counter is taken as it stands.
    let report = crate::till::verify(&signed(&specs));
    assert_eq!(
        (found(&report), &report["turnover"]),
        (vec![("turnover".to_owned(), 1)], &json!("0.06")),
        "{report:#}"
    );
}
