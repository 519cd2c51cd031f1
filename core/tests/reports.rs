//! Grand totals: which receipts count, in which period, and how much.

#![allow(clippy::unwrap_used, reason = "a test may")]

use fiskal::receipt::{Receipt, ReceiptType, State, Totals, VatTotal};
use fiskal::reports::{Period, Turnover};
use fiskal::sale::{Document, Original};
use jiff::Timestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn cents(cents: i64) -> fiskal::money::Exact {
    fiskal::money::Exact(Decimal::new(cents, 2))
}

/// A signed receipt of this many cents, all of it VAT-free or at 20 %: then a sixth is VAT.
fn receipt(id: &str, gross: i64) -> Receipt {
    let net = gross - gross / 6;
    let group = VatTotal {
        rate: Some("20".parse().unwrap()),
        exempt: None,
        net: cents(net),
        amount: cents(gross - net),
        gross: cents(gross),
    };
    Receipt {
        id: id.into(),
        state: State::Signed,
        signed_at: Some("2026-03-01T12:00:00+01:00".into()),
        totals: Totals { gross: cents(gross), net: cents(net), vat: vec![group] },
        ..Receipt::default()
    }
}

fn about(original: &str, receipt_type: ReceiptType, receipt: Receipt) -> Receipt {
    let original = Some(Original { receipt: Some(original.into()), ..Original::default() });
    Receipt { receipt_type, original, ..receipt }
}

fn ever(receipts: Vec<Receipt>) -> (u32, String) {
    let sums = Turnover::of(receipts).until(Timestamp::MAX).unwrap();
    (sums.count, sums.totals.gross.to_string())
}

#[test]
fn what_counts_and_how_much() {
    use ReceiptType::*;
    let of_type = |receipt_type, id: &str, gross| Receipt { receipt_type, ..receipt(id, gross) };
    let document = |document, id: &str| Receipt { document, ..receipt(id, 600) };
    let state = |state| Receipt { state, ..receipt("r", 600) };
    let numbered = |receipt: Receipt| Receipt { number: Some("7".into()), ..receipt };
    let back_to = |other: &str| {
        let original =
            Original { register: Some(other.into()), number: Some("7".into()), ..Original::default() };
        Receipt {
            receipt_type: Return,
            register: "till-1".into(),
            original: Some(original),
            ..receipt("b", -600)
        }
    };
    let cases = [
        (vec![], (0, "0")),
        (vec![receipt("r", 600)], (1, "6.00")),
        (vec![document(Document::Invoice, "r")], (1, "6.00")),
        (vec![document(Document::Draft, "r")], (0, "0")),
        (vec![document(Document::Proforma, "r")], (0, "0")),
        (vec![of_type(Training, "r", 600)], (0, "0")),
        (vec![of_type(Payment, "r", 600)], (0, "0")),
        (vec![state(State::Pending)], (0, "0")),
        (vec![state(State::Provisional)], (0, "0")),
        (vec![state(State::Refused)], (0, "0")),
        (vec![receipt("r", 600), about("r", Cancel, receipt("c", -600))], (2, "0.00")),
        (vec![about("r", Cancel, receipt("c", -600)), receipt("r", 600)], (2, "0.00")),
        (vec![receipt("r", 600), about("r", Return, receipt("b", -120))], (2, "4.80")),
        (vec![receipt("r", 600), about("r", Correction, receipt("c", 900))], (2, "9.00")),
        (
            vec![
                receipt("r", 600),
                about("r", Correction, receipt("c", 900)),
                about("r", Return, receipt("b", -120)),
            ],
            (3, "7.80"),
        ),
        (vec![of_type(Training, "r", 600), about("r", Cancel, receipt("c", -600))], (0, "0")),
        (vec![of_type(Training, "r", 600), about("r", Return, receipt("b", -600))], (0, "0")),
        (vec![document(Document::Draft, "r"), about("r", Cancel, receipt("c", -600))], (0, "0")),
        (vec![about("elsewhere", Return, receipt("b", -600))], (1, "-6.00")),
        // Read once more, because it changed meanwhile.
        (vec![state(State::Pending), receipt("r", 600), receipt("r", 600)], (1, "6.00")),
        // Number 7 was a training here, and a sale at the register that is meant.
        (vec![numbered(of_type(Training, "r", 600)), back_to("till-2")], (1, "-6.00")),
        (vec![numbered(of_type(Training, "r", 600)), back_to("till-1")], (0, "0")),
        (vec![about("erased", Correction, receipt("c", 900))], (0, "0")),
        // A return is cancelled: what went back is back.
        (
            vec![
                receipt("r", 600),
                about("r", Return, receipt("b", -120)),
                about("b", Cancel, receipt("c", 120)),
            ],
            (3, "6.00"),
        ),
    ];
    for (index, (receipts, (count, gross))) in cases.into_iter().enumerate() {
        assert_eq!(ever(receipts), (count, gross.to_owned()), "case {index}");
    }
}

#[test]
fn an_original_is_found_by_its_number_too() {
    let sold =
        Receipt { number: Some("R-1".into()), receipt_type: ReceiptType::Training, ..receipt("r", 600) };
    let original = Some(Original { number: Some("R-1".into()), ..Original::default() });
    let back = Receipt { receipt_type: ReceiptType::Return, original, ..receipt("b", -600) };
    assert_eq!(ever(vec![sold, back]).0, 0, "training taken back is training");
}

#[test]
fn references_in_a_circle_end() {
    let one = about("b", ReceiptType::Cancel, receipt("a", 600));
    let other = about("a", ReceiptType::Correction, receipt("b", 600));
    assert_eq!(ever(vec![one, other]).0, 1);
}

#[test]
fn periods_are_those_of_the_place() {
    let cases = [
        (Period::Day, "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        (Period::Day, "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        (Period::Month, "2026-03-31", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        (Period::Month, "2028-02-29", "2028-01-31T23:00:00Z", "2028-02-29T23:00:00Z"),
        (Period::Year, "2026-06-30", "2025-06-30T22:00:00Z", "2026-06-30T22:00:00Z"),
        (Period::Year, "2026-07-01", "2026-06-30T22:00:00Z", "2027-06-30T22:00:00Z"),
    ];
    for (period, day, start, end) in cases {
        let span = period.around(day.parse().unwrap(), "Europe/Paris", (7, 1)).unwrap();
        assert_eq!((span.start.to_string(), span.end.to_string()), (start.into(), end.into()), "{day}");
    }
    let leap = Period::Year.around("2027-02-28".parse().unwrap(), "UTC", (2, 29)).unwrap();
    assert_eq!(leap.end.to_string(), "2028-02-29T00:00:00Z");
    for (day, zone, begins) in [
        ("9999-12-31", "UTC", (1, 1)),
        ("2026-01-01", "Europe/Paree", (1, 1)),
        ("2026-01-01", "UTC", (13, 1)),
    ] {
        assert!(Period::Year.around(day.parse().unwrap(), zone, begins).is_err(), "{day} {zone}");
    }
}

#[test]
fn the_end_of_a_period_is_the_beginning_of_the_next() {
    let span = Period::Day.around("2026-03-01".parse().unwrap(), "Europe/Paris", (1, 1)).unwrap();
    for (time, counts) in [
        ("2026-02-28T23:59:59+01:00", 0),
        ("2026-03-01T00:00:00+01:00", 1),
        ("2026-03-01T23:59:59+01:00", 1),
        ("2026-03-02T00:00:00+01:00", 0),
        ("2026-03-01T22:59:59+00:00", 1),
        ("noon", 0),
    ] {
        let sold = Receipt { signed_at: Some(time.into()), ..receipt("r", 600) };
        assert_eq!(Turnover::of([sold]).within(span).unwrap().count, counts, "{time}");
    }
}

#[test]
fn what_is_not_final_waits() {
    let sold = Receipt {
        state: State::Provisional,
        signed_at: None,
        started_at: Some("2026-03-01T12:00:00+01:00".into()),
        ..receipt("r", 600)
    };
    let turnover = Turnover::of([sold, receipt("r-2", 600)]);
    assert_eq!(turnover.waiting("2026-03-02T00:00:00+01:00".parse().unwrap()), 1);
    assert_eq!(turnover.waiting("2026-03-01T00:00:00+01:00".parse().unwrap()), 0);
}

proptest! {
    /// Whatever the order and the days: the days add up to the month, rate by rate, and to all there is.
    #[test]
    fn days_add_up(sales in prop::collection::vec((1_i8..=31, 1_i64..1_000_000), 0..40)) {
        let signed = |(index, (day, gross)): (usize, &(i8, i64))| Receipt {
            signed_at: Some(format!("2026-03-{day:02}T10:00:00+01:00")),
            ..receipt(&index.to_string(), *gross)
        };
        let turnover = Turnover::of(sales.iter().enumerate().map(signed));
        let whole: i64 = sales.iter().map(|(_, gross)| gross).sum();
        let mut days = Decimal::ZERO;
        for day in 1..=31 {
            let date = jiff::civil::date(2026, 3, day);
            let sums = turnover.within(Period::Day.around(date, "UTC", (1, 1)).unwrap()).unwrap();
            prop_assert_eq!(sums.totals.vat.iter().map(|group| group.gross.0).sum::<Decimal>(), sums.totals.gross.0);
            days += sums.totals.gross.0;
        }
        let month = Period::Month.around(jiff::civil::date(2026, 3, 15), "UTC", (1, 1)).unwrap();
        prop_assert_eq!(days, Decimal::new(whole, 2));
        prop_assert_eq!(turnover.within(month).unwrap().totals.gross.0, days);
        prop_assert_eq!(turnover.until(Timestamp::MAX).unwrap().count as usize, sales.len());
    }
}
