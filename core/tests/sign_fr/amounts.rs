//! The amounts of contract sign-fr 2.10, worked out a second time in whole numbers.

use crate::driver::{Drive, sale};
use crate::fisc::Fisc;
use serde_json::{Value, json};

/// A price in cents, a quantity in thousandths, a VAT rate in tenths of a per cent, a discount in cents.
type Line = (i128, i128, i128, i128);

/// One euro in units of the eighth place.
const EURO: i128 = 100_000_000;

/// `a / b`, a half away from zero.
fn divided(a: i128, b: i128) -> i128 {
    (2 * a.abs() + b) / (2 * b) * a.signum()
}

/// Units of the eighth place as the service writes them: two to eight places.
fn written(units: i128) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:08}", units.abs() / EURO, units.abs() % EURO);
    let shortest = text.find('.').unwrap() + 3;
    let end = text.trim_end_matches('0').len().max(shortest);
    text[..end].to_owned()
}

fn decimal(value: i128, places: usize) -> String {
    let scale = 10i128.pow(places as u32);
    format!("{}.{:0places$}", value / scale, value % scale)
}

#[test]
fn ten_sales_by_a_second_calculation() {
    let sales: [&[Line]; 10] = [
        &[(120, 2_000, 55, 0)],
        &[(1, 1_000, 200, 0)],
        &[(333, 333, 55, 0), (333, 333, 100, 0), (333, 334, 200, 0)],
        &[(9_999_999_999, 1_000, 21, 0)],
        &[(5_000, 1_000, 200, 1), (2_500, 2_000, 200, 0)],
        &[(199, 1_275, 55, 15), (199, 1_275, 55, 0)],
        &[(105, 1_000, 55, 5), (105, 1_000, 100, 5), (105, 1_000, 200, 5), (105, 1_000, 21, 5)],
        &[(1_000, 3_000, 200, 1_000)],
        &[(999, 7_000, 100, 0), (1, 999_000, 55, 0)],
        &[(2_995, 500, 21, 0), (2_995, 500, 21, 0), (10, 100, 200, 0)],
    ];
    for lines in sales {
        let mut given = sale();
        let mut paid = 0;
        let mut expected = Vec::new();
        let (mut exclusive_sum, mut inclusive_sum) = (0, 0);
        let items: Vec<Value> = lines
            .iter()
            .map(|&(price, quantity, rate, discount)| {
                let before = divided(price * quantity, 1_000);
                let gross = before - discount;
                paid += gross;
                let net = |cents: i128| divided(cents * (EURO / 100) * 1_000, 1_000 + rate);
                let (base, exclusive, inclusive) = (net(before), net(gross), gross * (EURO / 100));
                exclusive_sum += exclusive;
                inclusive_sum += inclusive;
                let mut value = json!({"base": written(base)});
                if discount > 0 {
                    value["discount"] = written(discount * (EURO / 100)).into();
                }
                expected.push((value, written(exclusive), written(inclusive - exclusive), written(inclusive)));
                let mut item = json!({
                    "text": "x", "quantity": decimal(quantity, 3), "unit_price": decimal(price, 2), "vat": decimal(rate, 1),
                });
                if discount > 0 {
                    item["discounts"] = json!([{"amount": decimal(discount, 2)}]);
                }
                item
            })
            .collect();
        given["items"] = items.into();
        given["payments"] = json!([{"method": "cash", "amount": decimal(paid, 2)}]);
        let mut drive = Drive::completing(given);
        drive.run(&mut Fisc::new()).unwrap();
        let operation = &drive.sent.last().unwrap().body.as_ref().unwrap()["content"]["operation"];
        for (entry, (value, exclusive, amount, inclusive)) in
            operation["entries"].as_array().unwrap().iter().zip(expected)
        {
            let data = &entry["data"];
            assert_eq!(data["value"], value, "{lines:?}");
            let vat = [&data["vat"]["exclusive"], &data["vat"]["amount"], &data["vat"]["inclusive"]];
            assert_eq!(vat, [&json!(exclusive), &json!(amount), &json!(inclusive)], "{lines:?}");
        }
        assert_eq!(
            operation["document"]["total_vat"],
            json!({
                "amount": written(inclusive_sum - exclusive_sum),
                "exclusive": written(exclusive_sum),
                "inclusive": written(inclusive_sum),
            }),
            "{lines:?}"
        );
    }
}

#[test]
fn the_amounts_of_the_contracts_own_example() {
    // Contract sign-fr 2.11 (b): 50.00 at 22 % is 40.98360656 and 9.01639344. The system here knows 22 %.
    let mut given = sale();
    given["items"] = json!([
        {"text": "Jacket", "quantity": 1, "unit_price": "50.00", "vat": "22"},
        {"text": "T-shirt", "quantity": 2, "unit_price": "25.00", "vat": "22"},
    ]);
    given["payments"] = json!([{"method": "cash", "amount": "100.00"}]);
    let mut drive = Drive::completing(given);
    drive.facts.register["vat_rates"] = json!([{"code": "STANDARD", "percentage": "22.00"}]);
    drive.run(&mut Fisc::new()).unwrap();
    let operation = &drive.sent.last().unwrap().body.as_ref().unwrap()["content"]["operation"];
    for (entry, (text, quantity, price)) in operation["entries"]
        .as_array()
        .unwrap()
        .iter()
        .zip([("Jacket", "1", "50.00"), ("T-shirt", "2", "25.00")])
    {
        assert_eq!(
            entry["data"],
            json!({
                "type": "ITEM", "text": text, "unit": {"quantity": quantity, "price": price},
                "value": {"base": "40.98360656"},
                "vat": {"type": "VAT_RATE", "code": "STANDARD", "percentage": "22.00", "amount": "9.01639344",
                        "exclusive": "40.98360656", "inclusive": "50.00"},
            })
        );
    }
}

#[test]
fn a_discount_on_the_whole_sale_reaches_the_lines() {
    let mut given = sale();
    given["items"] = json!([
        {"text": "a", "quantity": 1, "unit_price": "10.00", "vat": "20"},
        {"text": "b", "quantity": 1, "unit_price": "5.00", "vat": "5.5"},
    ]);
    given["discounts"] = json!([{"amount": "1.00"}]);
    given["payments"] = json!([{"method": "cash", "amount": "14.00"}]);
    let mut drive = Drive::completing(given);
    drive.run(&mut Fisc::new()).unwrap();
    let operation = &drive.sent.last().unwrap().body.as_ref().unwrap()["content"]["operation"];
    // 1.00 over 10 : 5 is 0.67 and 0.33 by largest remainder.
    let line = |index: usize| {
        (
            &operation["entries"][index]["data"]["value"]["discount"],
            &operation["entries"][index]["data"]["vat"]["inclusive"],
        )
    };
    assert_eq!(line(0), (&json!("0.67"), &json!("9.33")));
    assert_eq!(line(1), (&json!("0.33"), &json!("4.67")));
    assert_eq!(operation["document"]["total_vat"]["inclusive"], "14.00");
}
