//! Exact decimals: what is read, what is refused, and how cents are rounded and split.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]

use fiskal::error::Kind;
use fiskal::money::{self, Exact};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn number(text: &str) -> Decimal {
    text.parse::<Exact>().unwrap().0
}

fn numbers(texts: &[&str]) -> Vec<Decimal> {
    texts.iter().map(|text| number(text)).collect()
}

#[test]
fn a_decimal_is_read_and_keeps_its_places() {
    let cases = [
        (json!("1.20"), "1.20"),
        (json!("0"), "0"),
        (json!("-0.00"), "0.00"),
        (json!("007.10"), "7.10"),
        (json!("-12.5"), "-12.5"),
        (json!(2), "2"),
        (json!(-3), "-3"),
        (json!("999999999999.99999999"), "999999999999.99999999"),
        (json!("-999999999999.99999999"), "-999999999999.99999999"),
        (json!(999_999_999_999_i64), "999999999999"),
    ];
    for (value, expected) in cases {
        let read: Exact = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(read.to_string(), expected);
        assert_eq!(serde_json::to_value(read).unwrap(), json!(expected), "{value}");
    }
}

#[test]
fn the_opposite_of_nothing_is_nothing() {
    for (number, opposite) in [("0.00", "0.00"), ("1.20", "-1.20"), ("-0.05", "0.05"), ("0", "0")] {
        let number: Exact = number.parse().unwrap();
        assert_eq!((-number).to_string(), opposite);
    }
}

#[test]
fn what_is_no_decimal_is_refused() {
    let strings = [
        "",
        " ",
        "1 ",
        " 1",
        "+1",
        "-",
        "--1",
        "1.",
        ".5",
        "1..2",
        "1.2.3",
        "1,20",
        "1e3",
        "1E3",
        "0x10",
        "NaN",
        "Infinity",
        "1_000",
        "１",
        "1\0",
        "1000000000000",
        "1234567890123",
        "0.123456789",
        "€1",
    ];
    for text in strings {
        let error = text.parse::<Exact>().unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{text}");
        assert!(serde_json::from_value::<Exact>(json!(text)).is_err(), "{text}");
    }
    let others: [Value; 7] = [
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(1_000_000_000_000_i64),
        json!(u64::MAX),
        json!(i64::MIN),
    ];
    for value in others {
        assert!(serde_json::from_value::<Exact>(value.clone()).is_err(), "{value}");
    }
}

#[test]
fn a_float_is_told_to_be_a_string() {
    for float in ["1.1", "1.0", "1e2", "-0.0", "123456789012345678901234567890"] {
        let error = serde_json::from_str::<Exact>(float).unwrap_err().to_string();
        assert!(error.contains("give it as a string"), "{float}: {error}");
    }
}

#[test]
fn a_huge_text_makes_a_short_message() {
    let error = "\u{1b}9".repeat(1_000_000).parse::<Exact>().unwrap_err();
    assert!(error.message().len() < 400);
    assert!(!error.message().contains('\u{1b}'));
}

#[test]
fn halves_go_away_from_zero() {
    let cases = [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.00499999", "0.00"),
        ("-0.004", "0.00"),
        ("2.345", "2.35"),
        ("2.355", "2.36"),
        ("-2.345", "-2.35"),
        ("1.2", "1.20"),
        ("999999999999.995", "1000000000000.00"),
    ];
    for (value, expected) in cases {
        assert_eq!(money::cents(number(value)).to_string(), expected, "{value}");
    }
    assert_eq!(money::round(number("1.23456785"), 7).to_string(), "1.2345679");
}

#[test]
fn what_does_not_fit_is_an_error() {
    let most = number("999999999999.99999999");
    assert!(money::mul(most, number("1.00000001")).is_err());
    assert!(money::mul(Decimal::MAX, Decimal::MAX).is_err());
    assert!(money::add(Decimal::MAX, Decimal::MAX).is_err());
    assert!(money::sub(Decimal::MIN, Decimal::MAX).is_err());
    assert!(money::sum([Decimal::MAX, Decimal::ONE]).is_err());
    assert!(Exact::new(number("999999999999") + Decimal::ONE).is_err());
    assert!(Exact::new(Decimal::new(1, 9)).is_err());
    assert!(Exact::new(Decimal::new(10, 9)).is_ok());
    assert!(money::vat_included(Decimal::MAX, number("20"), 2).is_err());
}

/// The longest product that is let through is exact: 12 digits before and 16 after the point.
#[test]
fn a_product_is_exact_or_an_error() {
    let (a, b) = (number("99999.99999999"), number("9999999.99999999"));
    // (10^13 - 1) × (10^15 - 1) = 10^28 - 10^13 - 10^15 + 1, with 16 places
    let expected: i128 = 10i128.pow(28) - 10i128.pow(13) - 10i128.pow(15) + 1;
    assert_eq!(money::mul(a, b).unwrap(), Decimal::from_i128_with_scale(expected, 16));
}

#[test]
fn vat_is_taken_out_of_the_gross() {
    let cases = [
        // gross, rate, places, net, VAT
        ("2.20", "5.5", 2, "2.09", "0.11"),
        ("120.00", "20", 2, "100.00", "20.00"),
        ("100.00", "2.1", 2, "97.94", "2.06"),
        ("-2.20", "5.5", 2, "-2.09", "-0.11"),
        // 0.03 / 1.2 = 0.025, a tie
        ("0.03", "20", 2, "0.03", "0.00"),
        ("-0.03", "20", 2, "-0.03", "0.00"),
        ("0.01", "100", 2, "0.01", "0.00"),
        ("9.99", "0", 2, "9.99", "0.00"),
        // 2.20 / 1.055 = 2.085308056…
        ("2.20", "5.5", 8, "2.08530806", "0.11469194"),
    ];
    for (gross, rate, places, net, vat) in cases {
        let found = money::vat_included(number(gross), number(rate), places).unwrap();
        assert_eq!((found.0.to_string(), found.1), (net.to_owned(), number(vat)), "{gross} at {rate}");
    }
    assert!(money::vat_included(number("1"), number("-1"), 2).is_err());
    assert!(money::vat_included(number("1"), number("100.5"), 2).is_err());
}

#[test]
fn a_sum_is_split_to_the_cent() {
    let cases: [(&str, &[&str], &[&str]); 9] = [
        // equal remainders: the first gets the cent
        ("1.00", &["1", "1", "1"], &["0.34", "0.33", "0.33"]),
        ("0.02", &["1", "1", "1"], &["0.01", "0.01", "0.00"]),
        ("-1.00", &["1", "1", "1"], &["-0.33", "-0.33", "-0.34"]),
        // 0.10 × 1/7, 2/7, 4/7 = 0.0142…, 0.0285…, 0.0571…: cut to 1, 2, 5; two cents left, for .85 and .71
        ("0.10", &["1", "2", "4"], &["0.01", "0.03", "0.06"]),
        ("5.00", &["0", "3", "0"], &["0.00", "5.00", "0.00"]),
        // signed weights: 0.80 × 10/8 and -2/8
        ("0.80", &["10.00", "-2.00"], &["1.00", "-0.20"]),
        ("-0.80", &["-10.00", "2.00"], &["-1.00", "0.20"]),
        ("0.00", &["1", "-1"], &["0.00", "0.00"]),
        ("0", &[], &[]),
    ];
    for (total, weights, expected) in cases {
        let parts = money::split(number(total), &numbers(weights)).unwrap();
        assert_eq!(parts, numbers(expected), "{total} over {weights:?}");
    }
    for (total, weights) in
        [("0.01", &[][..]), ("0.01", &["0", "0"]), ("0.01", &["1", "-1"]), ("0.001", &["1"])]
    {
        assert!(money::split(number(total), &numbers(weights)).is_err(), "{total} over {weights:?}");
    }
    assert!(money::split(Decimal::MAX, &[Decimal::MAX]).is_err());
}

proptest! {
    #[test]
    fn no_cent_is_lost_in_a_split(total in -1_000_000i64..1_000_000, weights in prop::collection::vec(0i64..10_000, 1..50)) {
        prop_assume!(weights.iter().sum::<i64>() > 0);
        let decimal = |cents: &i64| Decimal::new(*cents, 2);
        let parts = money::split(decimal(&total), &weights.iter().map(decimal).collect::<Vec<_>>()).unwrap();
        prop_assert_eq!(parts.iter().sum::<Decimal>(), decimal(&total));
        // No part is a cent or more away from its exact share: |part × sum - total × weight| < sum
        let sum: i64 = weights.iter().sum();
        for (part, weight) in parts.iter().zip(&weights) {
            let part = i64::try_from(part.mantissa()).unwrap();
            prop_assert!((part * sum - total * weight).abs() < sum);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
        if let Ok(read) = text.parse::<Exact>() {
            prop_assert_eq!(read.to_string().parse::<Exact>().unwrap(), read);
        }
    }
}
