//! What an export holds, without the register's keys.

use crate::till::{day, export, qr, signed};
use fiskal::Interrupt;
use fiskal::verify::dep::{Contents, Expected, contents};

const WHOLE: Expected<'static> = Expected { register: "dGxx", whole: true, number: Some("9") };

fn of(receipts: &[String], expected: Expected<'_>) -> Contents {
    contents(export(receipts).to_string().as_bytes(), &expected, &Interrupt::never()).unwrap()
}

#[test]
fn a_sound_log_is_told_from_its_first_to_its_last_receipt() {
    let receipts = signed(&day());
    let found = of(&receipts, WHOLE);
    let numbers = [&found.first, &found.last].map(|named| named.as_ref().unwrap().number.clone());
    assert_eq!((found.receipts, numbers), (12, ["1".to_owned(), "12".to_owned()]));
    assert_eq!(found.code, Some(qr(&receipts[8])));
    assert!(found.chained);
    assert_eq!(found.foreign, None);
    // A part is chained in itself, and is no whole.
    assert!(of(&receipts[4..], Expected { whole: false, ..WHOLE }).chained);
    assert!(!of(&receipts[4..], WHOLE).chained);
}

#[test]
fn what_does_not_belong_into_it_is_seen() {
    let receipts = signed(&day());
    assert_eq!(of(&receipts[..8], WHOLE).code, None, "the receipt that is expected was cut off");
    let lacking = [&receipts[..5], &receipts[6..]].concat();
    assert!(!of(&lacking, WHOLE).chained, "one is missing");
    let foreign = of(&receipts, Expected { register: "other", whole: false, number: None });
    assert_eq!(foreign.foreign.unwrap().number, "1");
    assert!(foreign.chained, "a log of another register is a log");
}

/// Machine codes as they were recorded in TEST (contract sign-at 2.8) have another key's name and a short signature.
#[test]
fn receipts_of_the_test_environment_are_read_as_far_as_they_go() {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let payload = "_R1-AT3_DpsGIA_13_2024-06-05T14:34:10_10,00_0,00_0,00_0,00_0,00_MEy7sIwaAA8=_f5286073-ab7f-4550-8585-0653a9550677_JhuqOEnGmEI=";
    let signature = STANDARD.decode("npU4fSqnkI8=").unwrap();
    let jws = format!(
        "eyJhbGciOiJFUzI1NiJ9.{}.{}",
        URL_SAFE_NO_PAD.encode(payload),
        URL_SAFE_NO_PAD.encode(signature)
    );
    let found = of(&[jws], Expected { register: "DpsGIA", whole: false, number: Some("13") });
    assert_eq!(found.code, Some(format!("{payload}_npU4fSqnkI8=")));
    let nonsense: Vec<String> = ["", "..", "a.b.c", "a.X19f.c"].map(str::to_owned).into();
    let found = of(&nonsense, WHOLE);
    assert_eq!((found.receipts, found.chained, found.first), (4, false, None));
}
