//! Months, years and the two hours a year that clocks are changed (contract sign-at 5.6, 6.1, 6.8).

use serde_json::json;

use crate::austria::{Shop, sale};
use crate::verifier::verify;

fn times(shop: &Shop, register: &str) -> Vec<String> {
    let rows = verify(&shop.export(register), &shop.verification(register)).unwrap();
    rows.into_iter().map(|row| row.time[..16].to_owned()).collect()
}

#[test]
fn the_first_receipt_of_a_month_closes_the_last_month() {
    let (shop, register) = Shop::ready_at("2026-10-31T23:50:00+01:00");
    shop.book(&register, &sale("STANDARD", "1.00"));
    // Five minutes into November in Vienna, and still October in Greenwich.
    let shop = shop.later("2026-11-01T00:05:00+01:00");
    let sold = shop.book(&register, &sale("STANDARD", "2.00"));
    assert_eq!(sold["receipt_number"], "4");
    assert_eq!(shop.kinds(&register), ["INITIALIZATION", "NORMAL", "MONTHLY_CLOSE", "NORMAL"]);
    let close = shop.get(&format!("/cash-register/{register}/receipt/3")).ok();
    assert_eq!(close["fon_validations"][0]["validation_result"], "SUCCESS");
    shop.book(&register, &sale("STANDARD", "3.00"));
    assert_eq!(shop.kinds(&register).len(), 5, "a month is closed once");
    // Idle months are closed together, with the day of the next receipt.
    let shop = shop.later("2027-04-10T12:00:00+02:00");
    shop.book(&register, &sale("STANDARD", "4.00"));
    assert_eq!(shop.kinds(&register)[5..], ["YEARLY_CLOSE", "NORMAL"]);
    assert_eq!(times(&shop, &register)[5], "2027-04-10T12:00");
}

#[test]
fn each_idle_month_can_have_its_close() {
    let (shop, register) = Shop::ready_at("2026-10-31T12:00:00+01:00");
    shop.settings(&json!({ "idle_months": "each" }));
    let shop = shop.later("2026-11-30T12:00:00+01:00");
    shop.book(&register, &sale("STANDARD", "1.00"));
    let shop = shop.later("2027-02-10T12:00:00+01:00");
    shop.book(&register, &sale("STANDARD", "2.00"));
    let expected = [
        "INITIALIZATION",
        "MONTHLY_CLOSE",
        "NORMAL",
        "MONTHLY_CLOSE",
        "YEARLY_CLOSE",
        "MONTHLY_CLOSE",
        "NORMAL",
    ];
    assert_eq!(shop.kinds(&register), expected, "October, then November, the year and January");
    times(&shop, &register);
}

#[test]
fn a_year_ends_with_one_close_or_with_two() {
    for (setting, expected) in
        [("yearly", &["YEARLY_CLOSE"][..]), ("both", &["MONTHLY_CLOSE", "YEARLY_CLOSE"])]
    {
        let (shop, register) = Shop::ready_at("2026-12-31T23:59:00+01:00");
        shop.settings(&json!({ "year_end": setting }));
        let shop = shop.later("2027-01-01T00:00:30+01:00");
        shop.book(&register, &sale("STANDARD", "1.00"));
        let kinds = shop.kinds(&register);
        assert_eq!(kinds[1..kinds.len() - 1], *expected);
        times(&shop, &register);
    }
}

#[test]
fn finanzonline_is_asked_about_closes_as_configured() {
    for enabled in [true, false] {
        let (shop, register) = Shop::ready_at("2026-11-30T12:00:00+01:00");
        shop.patch(
            "/configuration",
            &json!({ "monthly_receipt_validation_enabled": enabled, "yearly_receipt_validation_enabled": enabled }),
        )
        .ok();
        let shop = shop.later("2026-12-01T12:00:00+01:00");
        shop.book(&register, &sale("STANDARD", "1.00"));
        let shop = shop.later("2027-01-01T12:00:00+01:00");
        shop.book(&register, &sale("STANDARD", "1.00"));
        for number in [2, 4] {
            let close = shop.get(&format!("/cash-register/{register}/receipt/{number}")).ok();
            assert_eq!(close["fon_validations"].as_array().unwrap().len(), usize::from(enabled), "{close}");
        }
    }
}

#[test]
fn the_last_receipt_of_a_register_closes_the_month_too() {
    let (shop, register) = Shop::ready_at("2026-11-30T12:00:00+01:00");
    let shop = shop.later("2026-12-01T12:00:00+01:00");
    shop.set_register(&register, "DECOMMISSIONED").ok();
    assert_eq!(shop.kinds(&register), ["INITIALIZATION", "MONTHLY_CLOSE", "DECOMMISSION"]);
    times(&shop, &register);
}

#[test]
fn an_hour_is_left_out_in_march() {
    let (shop, register) = Shop::ready_at("2027-03-28T01:59:30+01:00");
    shop.book(&register, &sale("STANDARD", "1.00"));
    let shop = shop.later("2027-03-28T03:00:10+02:00");
    shop.book(&register, &sale("STANDARD", "1.00"));
    assert_eq!(times(&shop, &register)[1..], ["2027-03-28T01:59", "2027-03-28T03:00"]);
}

/// In October an hour comes twice: by default the register's clock stands still until it is over.
#[test]
fn no_receipt_bears_an_earlier_time_than_the_one_before() {
    let (shop, register) = Shop::ready_at("2026-10-25T02:50:00+02:00");
    let first = shop.book(&register, &sale("STANDARD", "1.00"));
    let shop = shop.later("2026-10-25T02:10:00+01:00");
    let held = shop.book(&register, &sale("STANDARD", "1.00"));
    assert_eq!(held["time_signature"], first["time_signature"]);
    let shop = shop.later("2026-10-25T02:55:00+01:00");
    let on = shop.book(&register, &sale("STANDARD", "1.00"));
    assert_eq!(on["time_signature"], 1_792_893_300, "2026-10-25T01:55:00Z");
    assert_eq!(times(&shop, &register)[1..], ["2026-10-25T02:50", "2026-10-25T02:50", "2026-10-25T02:55"]);
    // The same when somebody sets the sandbox's clock back.
    let shop = shop.later("2026-10-01T00:00:00+02:00");
    let back = shop.book(&register, &sale("STANDARD", "1.00"));
    assert_eq!(back["time_signature"], on["time_signature"]);
    times(&shop, &register);
}

#[test]
fn a_clock_that_goes_back_can_be_wanted() {
    let (shop, register) = Shop::ready_at("2026-10-25T02:50:00+02:00");
    shop.settings(&json!({ "backward_clock": "goes_back" }));
    shop.book(&register, &sale("STANDARD", "1.00"));
    let shop = shop.later("2026-10-25T02:10:00+01:00");
    shop.book(&register, &sale("STANDARD", "1.00"));
    let refused = verify(&shop.export(&register), &shop.verification(&register)).unwrap_err();
    assert_eq!(refused, "receipt 3: times do not go back");
}
