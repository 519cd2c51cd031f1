//! One mistake at a time: each is found at the right receipt, by the right rule, and by no other.

use crate::till::{AES, Files, public_key};
use crate::till::{
    Kind, SERIAL, Spec, certificate, day, entry, export, found, group, keys, qr, receipt, signed, verify,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fiskal::verify::rksv::{Jws, TurnoverKey};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

#[track_caller]
fn finds(name: &str, report: &Value, expected: &[(&str, u64)]) {
    let expected: Vec<(String, u64)> = expected.iter().map(|(rule, at)| ((*rule).to_owned(), *at)).collect();
    assert_eq!(found(report), expected, "{name}: {report:#}");
    assert_eq!(report["fits"], expected.is_empty(), "{name}");
}

#[test]
fn a_day_without_mistakes_fits() {
    finds("a day", &verify(&signed(&day())), &[]);
}

type Mistake = (&'static str, fn(&mut Vec<Spec>), &'static [(&'static str, u64)]);

/// Mistakes of a till that signs and chains what it made.
const OF_TILLS: &[Mistake] = &[
    ("a start receipt that sells", |day| day[0].amounts[0] = 100, &[("start", 1)]),
    ("a start receipt in training", |day| day[0].kind = Kind::Training, &[("start", 1)]),
    ("a start receipt that cancels", |day| day[0].kind = Kind::Cancellation, &[("start", 1)]),
    // The receipt after it would have to end the outage.
    ("an unsigned start receipt", |day| day[0].signed = false, &[("start", 1), ("clearance", 2)]),
    ("a start receipt chained to something", |day| day[0].chained_to = |_| "dGxy".into(), &[("chain", 1)]),
    ("a start receipt that counted before", |day| day[0].off_by = 1, &[("turnover", 1), ("turnover", 2)]),
    ("a chain over the printed code", |day| day[7].chained_to = |jws| qr(jws), &[("chain", 8)]),
    (
        "a chain over the payload alone",
        |day| day[7].chained_to = |jws| qr(jws).rsplit_once('_').unwrap().0.to_owned(),
        &[("chain", 8)],
    ),
    (
        "a chain that leaves an unsigned receipt out",
        |day| day[6].chained_to = |_| "x".into(),
        &[("chain", 7)],
    ),
    ("the same number twice", |day| day[8].number = "2".into(), &[("number", 9)]),
    ("time that goes back", |day| day[8].date = "2026-11-01T11:04:59".into(), &[("time", 9)]),
    ("a day that goes back", |day| day[11].date = "2026-10-31T20:00:00".into(), &[("time", 12)]),
    ("another register", |day| day[10].register = "dGxy".into(), &[("register", 11), ("register", 12)]),
    ("a sale that is not counted", |day| day[7].off_by = -800, &[("turnover", 8), ("turnover", 9)]),
    (
        "a counter from the smallest byte",
        |day| day[11].counter = |_| vec![1, 2, 3, 4, 5, 6, 7, 8],
        &[("turnover", 12)],
    ),
    (
        "a counter with its bytes the other way round",
        |day| day[11].counter = |_| counter("dGxx", "12", i64::swap_bytes),
        &[("turnover", 12)],
    ),
    (
        "a start value of number and register",
        |day| day[11].counter = |_| counter("12", "dGxx", |cents| cents),
        &[("turnover", 12)],
    ),
    (
        "trainings that count",
        |day| day[4..].iter_mut().for_each(|spec| spec.off_by = 9999),
        &[("turnover", 5)],
    ),
    (
        "cancellations that do not count",
        |day| day[4..].iter_mut().for_each(|spec| spec.off_by = 3848),
        &[("turnover", 5)],
    ),
    (
        "a counter that becomes shorter",
        |day| (9..12).for_each(|at| day[at].width = 5),
        &[("turnover_width", 10)],
    ),
    ("a counter of four bytes", |day| day[11].counter = |bytes| bytes[..4].to_vec(), &[("form", 12)]),
    ("no receipt that ends an outage", |day| day[6].amounts[0] = 100, &[("clearance", 7)]),
    ("a training that ends an outage", |day| day[6].kind = Kind::Training, &[("clearance", 7)]),
    ("a cancellation that ends an outage", |day| day[6].kind = Kind::Cancellation, &[("clearance", 7)]),
    ("a key that nobody knows", |day| day[8].certificate = "5474185A".into(), &[("certificate", 9)]),
    // The second key is known, but did not sign, and is not the group's.
    ("the certificate of another", |day| day[8].certificate = "1b".into(), &[("signature", 9), ("group", 9)]),
    ("the signature of another", |day| day[8].signer = 2, &[("signature", 9)]),
    (
        "a system that closes",
        |day| {
            day[8].provider = "AT0";
            day[8].certificate = "U:ATU12345678-K0".into();
        },
        &[("system", 9), ("system", 10), ("certificate", 9)],
    ),
    ("a serial number with a leading zero", |day| day[8].certificate = format!("0{SERIAL}"), &[("form", 9)]),
    (
        "an id in place of a serial number",
        |day| {
            day[8].certificate = "f5286073-ab7f-4550-8585-0653a9550677".into();
        },
        &[("form", 9)],
    ),
    (
        "a dot between thousands",
        |day| day[8].rewrite = |code| code.replace("1234,56", "1.234,56"),
        &[("form", 9)],
    ),
    ("a decimal point", |day| day[8].rewrite = |code| code.replace("1234,56", "1234.56"), &[("form", 9)]),
    ("a date with a zone", |day| day[8].date = "2026-11-01T11:06:00Z".into(), &[("form", 9)]),
    ("a field too many", |day| day[8].rewrite = |code| format!("{code}_"), &[("form", 9)]),
    ("no first underscore", |day| day[8].rewrite = |code| code[1..].to_owned(), &[("form", 9)]),
    ("another suite", |day| day[8].rewrite = |code| code.replace("_R1-", "_R2-"), &[("form", 9)]),
    ("a padded signature", |day| day[8].after = |jws| format!("{jws}=="), &[("form", 9)]),
    (
        "a signature in DER",
        |day| day[8].after = |jws| format!("{}.{}", &jws[..jws.rfind('.').unwrap()], "MEUCIQ".repeat(16)),
        &[("form", 9)],
    ),
    (
        "another header",
        |day| day[8].after = |jws| jws.replacen("eyJhbGciOiJFUzI1NiJ9", "eyJhbGciOiJub25lIn0", 1),
        &[("form", 9)],
    ),
    ("two parts", |day| day[8].after = |jws| jws[..jws.rfind('.').unwrap()].to_owned(), &[("form", 9)]),
    (
        "a byte of the signature",
        |day| day[8].after = |jws| flipped(&jws, jws.len() - 10),
        &[("signature", 9)],
    ),
];

/// What the turnover of a whole day, changed so, is encrypted to.
fn counter(register: &str, number: &str, change: fn(i64) -> i64) -> Vec<u8> {
    let key = TurnoverKey::from_base64(AES).unwrap();
    key.encrypt(register, number, change(125_656).into(), 8).unwrap()
}

#[test]
fn the_turnover_of_a_day_is_what_the_mistakes_think() {
    let mut specs = day();
    specs[11].counter = |_| counter("dGxx", "12", |cents| cents);
    assert_eq!(signed(&specs)[..11], signed(&day())[..11]);
    finds("the same counter", &verify(&signed(&specs)), &[]);
}

fn flipped(text: &str, at: usize) -> String {
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[test]
fn mistakes_of_a_till_are_found_where_they_are() {
    for (name, mistake, expected) in OF_TILLS {
        let mut specs = day();
        mistake(&mut specs);
        finds(name, &verify(&signed(&specs)), expected);
    }
}

#[test]
fn an_amount_that_was_changed_breaks_signature_chain_and_turnover() {
    let mut receipts = signed(&day());
    let mut specs = day();
    specs[8].amounts[0] = 23_456;
    let forged = signed(&specs)[8].clone();
    let signature = receipts[8].rsplit_once('.').unwrap().1.to_owned();
    receipts[8] = format!("{}.{signature}", forged.rsplit_once('.').unwrap().0);
    finds("changed", &verify(&receipts), &[("chain", 10), ("turnover", 10), ("signature", 9)]);
}

#[test]
fn receipts_that_were_moved_or_removed_break_the_chain() {
    let receipts = signed(&day());
    let changed = |change: fn(&mut Vec<String>)| {
        let mut receipts = receipts.clone();
        change(&mut receipts);
        verify(&receipts)
    };
    let swapped = changed(|receipts| receipts.swap(7, 8));
    let expected = [
        ("chain", 8),
        ("chain", 9),
        ("chain", 10),
        ("time", 9),
        ("turnover", 8),
        ("turnover", 9),
        ("turnover", 10),
    ];
    finds("swapped", &swapped, &expected);
    let removed = changed(|receipts| drop(receipts.remove(8)));
    finds("removed", &removed, &[("chain", 9), ("turnover", 9)]);
    let doubled = changed(|receipts| receipts.insert(9, receipts[8].clone()));
    finds("doubled", &doubled, &[("chain", 10), ("number", 10), ("turnover", 10)]);
    let beheaded = changed(|receipts| drop(receipts.remove(0)));
    finds("without a start", &beheaded, &[("start", 1), ("chain", 1)]);
    // A chain that was cut off is a chain: only what is known from elsewhere tells it.
    finds("cut off", &changed(|receipts| receipts.truncate(9)), &[]);
    finds("empty", &changed(Vec::clear), &[("start", 0)]);
}

#[test]
fn certificates_must_be_valid_and_those_of_the_group() {
    let receipts = signed(&day());
    let expired = certificate(1, SERIAL, 2026);
    let mut keys = keys();
    keys["certificateOrPublicKeyMap"]["5474185f"] = entry(SERIAL, "CERTIFICATE", &expired);
    let export_of =
        |certificate: &[u8]| json!({"Belege-Gruppe": [group(STANDARD.encode(certificate), &receipts)]});
    let report = Files::of(&export_of(&expired), &keys).verify(json!({})).unwrap();
    // Ten of the twelve are signed.
    let expected: Vec<_> = [1, 2, 3, 4, 7, 8, 9, 10, 11, 12].map(|at| ("validity", at)).into();
    finds("expired", &report, &expected);

    keys["certificateOrPublicKeyMap"]["5474185f"] =
        entry(SERIAL, "CERTIFICATE", &certificate(1, "1234", 2030));
    let report = Files::of(&export_of(b""), &keys).verify(json!({})).unwrap();
    let all: Vec<_> = (1..=12).map(|at| ("certificate", at)).collect();
    finds("another serial number", &report, &all);

    let keys = self::keys();
    for (name, certificate) in
        [("of another key", certificate(2, SERIAL, 2030)), ("of another serial", certificate(1, "7", 2030))]
    {
        let report = Files::of(&export_of(&certificate), &keys).verify(json!({})).unwrap();
        finds(name, &report, &[("group", 1)]);
    }
    let report = Files::of(&export_of(b"no certificate"), &keys).verify(json!({})).unwrap();
    finds("no certificate", &report, &[("group", 0)]);
    assert_eq!(found(&Files::of(&export_of(b""), &keys).verify(json!({})).unwrap()), []);
}

#[test]
fn a_closed_system_signs_with_keys_alone() {
    let name = "U:ATU12345678-K0";
    let mut specs = day();
    for spec in &mut specs {
        (spec.provider, spec.certificate) = ("AT0", name.into());
    }
    let keys = |nth| {
        json!({"base64AESKey": AES,
               "certificateOrPublicKeyMap": {name: entry(name, "PUBLIC_KEY", &public_key(nth))}})
    };
    let export = json!({"Belege-Gruppe": [group(String::new(), &signed(&specs))]});
    finds("closed", &Files::of(&export, &keys(1)).verify(json!({})).unwrap(), &[]);
    let report = Files::of(&export, &keys(2)).verify(json!({})).unwrap();
    assert_eq!(found(&report).len(), 10, "every signed receipt: {report:#}");
}

#[test]
fn clocks_that_change_are_followed() {
    let at = |dates: &[&str]| {
        let mut specs = vec![receipt(1, "09:00:00", [0; 5])];
        specs[0].date = "2026-01-01T00:00:00".into();
        for (index, date) in dates.iter().enumerate() {
            specs.push(Spec { date: (*date).to_owned(), ..receipt(index as u32 + 2, "", [100, 0, 0, 0, 0]) });
        }
        verify(&signed(&specs))
    };
    finds("the hour twice", &at(&["2026-10-25T02:59:59", "2026-10-25T02:00:00"]), &[]);
    finds(
        "and once more",
        &at(&["2026-10-25T02:59:59", "2026-10-25T02:30:00", "2026-10-25T02:29:59"]),
        &[("time", 4)],
    );
    finds(
        "the hour that is not",
        &at(&["2026-03-29T01:59:59", "2026-03-29T02:00:00", "2026-03-29T03:00:00"]),
        &[("time", 3)],
    );
}

#[test]
fn another_wrong_key_is_one_finding_a_receipt() {
    let mut keys = keys();
    keys["base64AESKey"] = json!("9Dkvhh6oupcaR2tzKC/ABKsH+mgIcTEVQrIA/EqWdfE=");
    let report = Files::of(&export(&signed(&day())), &keys).verify(json!({})).unwrap();
    let turnovers = found(&report);
    assert!(turnovers.iter().all(|(rule, _)| rule == "turnover") && turnovers.len() == 10, "{report:#}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_letter_of_a_receipt_can_be_changed(receipt: Index, place: Index, letter in "[A-Za-z0-9_.-]") {
        let mut receipts = signed(&day());
        let text = receipt.get_mut(&mut receipts);
        let place = place.index(text.len());
        prop_assume!(text[place..=place] != letter);
        text.replace_range(place..=place, &letter);
        prop_assert_eq!(&verify(&receipts)["fits"], &json!(false));
    }

    #[test]
    fn no_text_is_too_strange_to_be_read(text in ".*", fields in vec("[-0-9A-Za-z=+/:,. ]{0,20}", 10..16)) {
        let receipts = [text.clone(), format!("eyJhbGciOiJFUzI1NiJ9.{text}.{text}")];
        prop_assert_eq!(found(&verify(&receipts)).len(), 2);
        for code in [text, fields.join("_")] {
            if let Ok(jws) = Jws::from_code(&code) {
                prop_assert_eq!(jws.to_string().parse::<Jws>().unwrap(), jws);
            }
        }
    }
}
