//! The cents of a sale: rounding traps worked out by hand, and properties checked a second way in
//! whole cents.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]

mod second_way;

use fiskal::error::Kind;
use fiskal::sale::Sale;
use proptest::prelude::*;
use second_way::{Line, hundredths};
use serde_json::{Value, json};

fn sale(items: Value, discounts: Value) -> Value {
    json!({"register": "till-1", "items": items, "discounts": discounts})
}

fn item(quantity: &str, price: &str, vat: &str) -> Value {
    json!({"text": "x", "quantity": quantity, "unit_price": price, "vat": vat})
}

fn item_with(quantity: &str, price: &str, vat: &str, key: &str, value: Value) -> Value {
    let mut item = item(quantity, price, vat);
    item[key] = value;
    item
}

/// `rate gross net vat` of every group, and `before discount gross` of every item.
fn worked_out(sale: &Value) -> (Vec<String>, Vec<String>) {
    let amounts = Sale::read(sale).unwrap().amounts().unwrap();
    let groups = amounts.totals.vat.iter().map(|group| {
        let name = group.rate.map(|rate| rate.to_string()).or(group.exempt.clone()).unwrap();
        format!("{name}: {} = {} + {}", group.gross, group.net, group.amount)
    });
    let items =
        amounts.items.iter().map(|item| format!("{} - {} = {}", item.before, item.discount, item.gross));
    (groups.collect(), items.collect())
}

/// Every trap: what it is, the sale, the groups and the items that come out.
///
/// The expected cents are worked out by hand in the comment above each.
#[test]
fn rounding_traps() {
    let none = || json!([]);
    let cases: Vec<(&str, Value, Vec<&str>, Vec<&str>)> = vec![
        // 3 × 0.333 = 0.999 → 1.00; 1.00 / 1.2 = 0.8333 → 0.83
        (
            "three thirds",
            sale(json!([item("3", "0.333", "20")]), none()),
            vec!["20: 1.00 = 0.83 + 0.17"],
            vec!["1.00 - 0.00 = 1.00"],
        ),
        // 0.5 × 0.25 = 0.125 → 0.13 (half away from zero; half to even would give 0.12)
        (
            "half a cent",
            sale(json!([item("0.5", "0.25", "0")]), none()),
            vec!["0: 0.13 = 0.13 + 0.00"],
            vec!["0.13 - 0.00 = 0.13"],
        ),
        // the same taken back: -0.125 → -0.13; -0.13 / 1.1 = -0.11818 → -0.12
        (
            "half a cent back",
            sale(json!([item("-0.5", "0.25", "10")]), none()),
            vec!["10: -0.13 = -0.12 + -0.01"],
            vec!["-0.13 - 0.00 = -0.13"],
        ),
        // 0.385 × 12.99 = 5.00115 → 5.00; 5.00 / 1.055 = 4.73934 → 4.74
        (
            "weighed goods",
            sale(json!([item("0.385", "12.99", "5.5")]), none()),
            vec!["5.5: 5.00 = 4.74 + 0.26"],
            vec!["5.00 - 0.00 = 5.00"],
        ),
        // 41.37 × 1.859 = 76.90683 → 76.91, but the pump says 76.90: the price before discounts
        // moves; 76.90 / 1.2 = 64.08333 → 64.08
        (
            "the pump is right",
            sale(json!([item_with("41.37", "1.859", "20", "total", json!("76.90"))]), none()),
            vec!["20: 76.90 = 64.08 + 12.82"],
            vec!["76.90 - 0.00 = 76.90"],
        ),
        // 2 × 1.20 = 2.40, 10 % off is 0.24, leaves 2.16; given 2.15: before is 2.39, the discount
        // stays; 2.15 / 1.1 = 1.954545 → 1.95
        (
            "a given total keeps the discount",
            sale(
                json!([{"text": "x", "quantity": "2", "unit_price": "1.20", "vat": "10", "total": "2.15",
                        "discounts": [{"percent": "10"}]}]),
                none(),
            ),
            vec!["10: 2.15 = 1.95 + 0.20"],
            vec!["2.39 - 0.24 = 2.15"],
        ),
        // everything off: nothing is left, and nothing of VAT
        (
            "all of it off",
            sale(json!([item_with("1", "9.99", "20", "discounts", json!([{"percent": "100"}]))]), none()),
            vec!["20: 0.00 = 0.00 + 0.00"],
            vec!["9.99 - 9.99 = 0.00"],
        ),
        // 10.05, 50 % off is 5.025 → 5.03, leaves 5.02; another 50 % is 2.51, leaves 2.51;
        // 2.51 / 1.2 = 2.091667 → 2.09
        (
            "half of a half",
            sale(
                json!([item_with(
                    "1",
                    "10.05",
                    "20",
                    "discounts",
                    json!([{"percent": "50"}, {"percent": "50"}])
                )]),
                none(),
            ),
            vec!["20: 2.51 = 2.09 + 0.42"],
            vec!["10.05 - 7.54 = 2.51"],
        ),
        // one cent over 1.00 at three rates: equal remainders, so the highest rate bears it;
        // 0.99 / 1.2 = 0.825 → 0.83 (a tie); 1.00 / 1.1 = 0.90909 → 0.91; 1.00 / 1.055 = 0.94787 → 0.95
        (
            "one cent over three rates",
            sale(
                json!([item("1", "1.00", "5.5"), item("1", "1.00", "20"), item("1", "1.00", "10")]),
                json!([{"amount": "0.01"}]),
            ),
            vec!["20: 0.99 = 0.83 + 0.16", "10: 1.00 = 0.91 + 0.09", "5.5: 1.00 = 0.95 + 0.05"],
            vec!["1.00 - 0.00 = 1.00", "1.00 - 0.01 = 0.99", "1.00 - 0.00 = 1.00"],
        ),
        // 1.00 off 10.00 at 20 % and 5.00 at 2.1 %: shares 0.66667 and 0.33333, cut to 0.66 and 0.33,
        // the cent left over goes to 0.66667's remainder: 0.67 and 0.33;
        // 9.33 / 1.2 = 7.775 → 7.78 (a tie); 4.67 / 1.021 = 4.57395 → 4.57
        (
            "a voucher over two rates",
            sale(json!([item("1", "10.00", "20"), item("1", "5.00", "2.1")]), json!([{"amount": "1.00"}])),
            vec!["20: 9.33 = 7.78 + 1.55", "2.1: 4.67 = 4.57 + 0.10"],
            vec!["10.00 - 0.67 = 9.33", "5.00 - 0.33 = 4.67"],
        ),
        // 5.5 %: once per rate, not per line: 3 × 0.05 = 0.15; 0.15 / 1.055 = 0.14218 → 0.14.
        // Per line it would be 0.05 / 1.055 = 0.04739 → 0.05 each, and no VAT at all.
        (
            "VAT once per rate",
            sale(
                json!([item("1", "0.05", "5.5"), item("1", "0.05", "5.50"), item("1", "0.05", "5.5")]),
                none(),
            ),
            vec!["5.5: 0.15 = 0.14 + 0.01"],
            vec!["0.05 - 0.00 = 0.05"; 3],
        ),
        // bought for 10.00, 2.00 taken back, 10 % off all: 8.00 × 10 % = 0.80; shares 1.00 and -0.20;
        // 7.20 / 1.2 = 6.00
        (
            "a discount on a sale with a return",
            sale(json!([item("1", "10.00", "20"), item("-1", "2.00", "20")]), json!([{"percent": "10"}])),
            vec!["20: 7.20 = 6.00 + 1.20"],
            vec!["10.00 - 1.00 = 9.00", "-2.00 - -0.20 = -1.80"],
        ),
        // 10.05, 50 % off the sale is 5.025 → 5.03, leaves 5.02; another 50 % is 2.51, leaves 2.51
        (
            "half of a half of a sale",
            sale(json!([item("1", "10.05", "20")]), json!([{"percent": "50"}, {"percent": "50"}])),
            vec!["20: 2.51 = 2.09 + 0.42"],
            vec!["10.05 - 7.54 = 2.51"],
        ),
        // sold for 10.00 less 2.00, and the same taken back: -10.00 less -2.00; -8.00 / 1.1 = -7.2727 → -7.27
        (
            "a discounted item taken back",
            sale(json!([item_with("-1", "10.00", "10", "discounts", json!([{"amount": "2.00"}]))]), none()),
            vec!["10: -8.00 = -7.27 + -0.73"],
            vec!["-10.00 - -2.00 = -8.00"],
        ),
        // no VAT: the net is the gross; groups after the rates, by name
        (
            "exempt beside a rate",
            sale(
                json!([
                    item_with("1", "3.00", "0", "vat", json!({"reverse_charge": true})),
                    item("1", "1.00", "2.1"),
                    item_with("1", "2.00", "0", "vat", json!({"exempt": "margin", "code": "N5"}))
                ]),
                none(),
            ),
            // 1.00 / 1.021 = 0.97943 → 0.98
            vec![
                "2.1: 1.00 = 0.98 + 0.02",
                "margin: 2.00 = 2.00 + 0.00",
                "reverse_charge: 3.00 = 3.00 + 0.00",
            ],
            vec!["3.00 - 0.00 = 3.00", "1.00 - 0.00 = 1.00", "2.00 - 0.00 = 2.00"],
        ),
    ];
    for (name, sale, groups, items) in cases {
        let (found_groups, found_items) = worked_out(&sale);
        assert_eq!(found_groups, groups, "{name}");
        assert_eq!(found_items, items, "{name}");
    }
}

/// 1,000 × 0.01 = 10.00, 9.99 off leaves one cent, which must be found again in one of the items.
#[test]
fn a_thousand_items_of_a_cent() {
    let items = json!(vec![item("1", "0.01", "20"); 1000]);
    // 10.00 / 1.2 = 8.3333 → 8.33
    assert_eq!(worked_out(&sale(items.clone(), json!([]))).0, ["20: 10.00 = 8.33 + 1.67"]);
    // 0.01 / 1.2 = 0.00833 → 0.01
    let (groups, lines) = worked_out(&sale(items, json!([{"amount": "9.99"}])));
    assert_eq!(groups, ["20: 0.01 = 0.01 + 0.00"]);
    assert_eq!(lines.iter().filter(|line| *line == "0.01 - 0.00 = 0.01").count(), 1);
    assert_eq!(lines.iter().filter(|line| *line == "0.01 - 0.01 = 0.00").count(), 999);
}

#[test]
fn rounding_and_change_do_not_touch_the_totals() {
    let mut value = sale(json!([item("1", "2.22", "20")]), json!([]));
    value["rounding"] = json!("-0.02");
    value["payments"] = json!([{"method": "card", "amount": "1.00"},
                               {"method": "cash", "amount": "1.20", "tendered": "5"}]);
    let sale = Sale::read(&value).unwrap();
    sale.check_complete().unwrap();
    let amounts = sale.amounts().unwrap();
    let found =
        [amounts.totals.gross, amounts.rounding, amounts.paid, amounts.change].map(|sum| sum.to_string());
    assert_eq!(found, ["2.22", "-0.02", "2.20", "3.80"]);
}

#[test]
fn what_cannot_be_worked_out_is_refused() {
    let cases = [
        // a discount larger than its item, larger than what an earlier one left, larger than the sale
        (
            sale(json!([item_with("1", "1.00", "20", "discounts", json!([{"amount": "1.01"}]))]), json!([])),
            "/items/0/discounts/0/amount",
        ),
        (
            sale(
                json!([item_with(
                    "1",
                    "1.00",
                    "20",
                    "discounts",
                    json!([{"percent": "50"}, {"amount": "0.51"}])
                )]),
                json!([]),
            ),
            "/items/0/discounts/1/amount",
        ),
        (
            sale(json!([item("1", "1.00", "20"), item("-1", "0.50", "20")]), json!([{"amount": "0.51"}])),
            "/discounts/0/amount",
        ),
        (sale(json!([]), json!([{"amount": "0.01"}])), "/discounts/0/amount"),
        (
            sale(json!([item("1", "1.00", "20")]), json!([{"amount": "0.60"}, {"amount": "0.41"}])),
            "/discounts/1/amount",
        ),
        // a price, and a sum, of more than 12 digits before the point
        (sale(json!([item("999999999999", "2", "20")]), json!([])), "/items/0"),
        (sale(json!([item("1", "999999999999", "20"), item("1", "1", "20")]), json!([])), ""),
    ];
    for (value, pointer) in cases {
        let error = Sale::read(&value).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some(pointer)), "{}", error.message());
    }
}

/// A line as the second way sees it: cents, and a rate in hundredths of a per cent.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let rate = prop::sample::select(vec![2000u32, 1000, 550, 210, 0]);
    let line = (-999i64..1000, 0i64..100_000, rate, prop::option::of(0u32..=100))
        .prop_map(|(quantity, price, rate, percent)| Line { quantity, price, rate, percent });
    prop::collection::vec(line, 1..20)
}

fn as_sale(lines: &[Line], discounts: &Value) -> Value {
    let items = lines.iter().map(|line| {
        let discounts = line.percent.map(|percent| json!([{"percent": percent}])).unwrap_or(json!([]));
        let (quantity, price) = (hundredths(line.quantity), hundredths(line.price));
        item_with(&quantity, &price, &hundredths(line.rate.into()), "discounts", discounts)
    });
    sale(items.collect(), discounts.clone())
}

fn in_cents(amount: fiskal::money::Exact) -> i64 {
    assert_eq!(amount.0.scale(), 2, "{amount} has not two places");
    i64::try_from(amount.0.mantissa()).unwrap()
}

proptest! {
    #[test]
    fn both_ways_come_to_the_same_cents(lines in lines(), percent in 0u32..=100) {
        let amounts = Sale::read(&as_sale(&lines, &json!([{"percent": percent}]))).unwrap().amounts().unwrap();
        let expected = second_way::of(&lines, percent);
        let found: Vec<i64> = amounts.items.iter().map(|item| in_cents(item.gross)).collect();
        prop_assert_eq!(&found, &expected.lines);
        let groups: Vec<_> = amounts.totals.vat.iter()
            .map(|group| [group.gross, group.net, group.amount].map(in_cents)).collect();
        prop_assert_eq!(&groups, &expected.groups);
    }

    #[test]
    fn the_sums_agree_with_their_parts(lines in lines(), percent in 0u32..=100) {
        let amounts = Sale::read(&as_sale(&lines, &json!([{"percent": percent}]))).unwrap().amounts().unwrap();
        let totals = &amounts.totals;
        prop_assert_eq!(amounts.items.iter().map(|item| in_cents(item.gross)).sum::<i64>(), in_cents(totals.gross));
        for item in &amounts.items {
            prop_assert_eq!(in_cents(item.before) - in_cents(item.discount), in_cents(item.gross));
        }
        for group in &totals.vat {
            prop_assert_eq!(in_cents(group.net) + in_cents(group.amount), in_cents(group.gross));
        }
        prop_assert_eq!(totals.vat.iter().map(|group| in_cents(group.net)).sum::<i64>(), in_cents(totals.net));
    }

    #[test]
    fn an_amount_off_is_spread_to_the_cent(lines in lines(), tenth in 0i64..=10) {
        let plain = Sale::read(&as_sale(&lines, &json!([]))).unwrap().amounts().unwrap();
        let before = in_cents(plain.totals.gross);
        let off = before.abs() * tenth / 10;
        let discounts = json!([{"amount": hundredths(off)}]);
        let amounts = Sale::read(&as_sale(&lines, &discounts)).unwrap().amounts().unwrap();
        prop_assert_eq!(in_cents(amounts.totals.gross), before - off * before.signum());
    }

    #[test]
    fn the_order_of_the_items_moves_no_total(
        (lines, shuffled) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        cents in 0i64..5,
    ) {
        let discounts = json!([{"percent": "7.5"}, {"amount": hundredths(cents)}]);
        let both = [lines, shuffled].map(|lines| {
            Sale::read(&as_sale(&lines, &discounts)).and_then(|sale| sale.amounts()).map(|amounts| amounts.totals)
        });
        prop_assert_eq!(&both[0], &both[1]);
    }
}
