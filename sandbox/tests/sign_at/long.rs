//! A long life of one register, with everything in it that can be (contract sign-at 5, 6).

use serde_json::json;

use crate::austria::{Shop, new_id, raw, sale};
use crate::verifier::verify;

/// How many receipts the register signs for its till.
const SALES: usize = 1_000;

/// SplitMix64, so that every run is the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn amount(&mut self, sign: &str) -> String {
        format!("{sign}{}.{:02}", self.roll(300), self.roll(100))
    }

    fn amounts(&mut self, sign: &str) -> [String; 5] {
        std::array::from_fn(|_| if self.roll(3) == 0 { self.amount(sign) } else { "0.00".to_owned() })
    }
}

#[test]
fn a_thousand_receipts_over_two_month_ends_a_year_end_and_outages_verify() {
    let shop = Shop::open();
    shop.clock("2026-10-25T01:30:00+02:00");
    let mut shop = Shop { bearer: shop.sign_in("sign-at"), ..shop };
    shop.authenticate_fon().ok();
    shop.make_unit();
    let register = shop.make_register();
    let mut dice = Dice(7);
    // Over the hour that comes twice, two month ends and a year end, with three outages, one of them over a month end.
    let days = [
        ("2026-10-25T02:40:00+02:00", "work"),
        ("2026-10-25T02:20:00+01:00", "work"),
        ("2026-10-31T23:00:00+01:00", "fail"),
        ("2026-11-01T08:00:00+01:00", "fail"),
        ("2026-11-02T08:00:00+01:00", "work"),
        ("2026-11-30T20:00:00+01:00", "work"),
        ("2026-12-01T00:00:01+01:00", "work"),
        ("2026-12-31T23:58:00+01:00", "fail"),
        ("2027-01-01T00:01:00+01:00", "fail"),
        ("2027-01-02T09:00:00+01:00", "work"),
    ];
    for (day, devices) in days {
        shop.clock(day);
        shop.bearer = shop.sign_in("sign-at");
        shop.settings(&json!({ "devices": devices }));
        for _ in 0..SALES / days.len() {
            let id = new_id();
            let (kind, sign) = match dice.roll(10) {
                0 => ("CANCELLATION", "-"),
                1 => ("TRAINING", ""),
                2 => ("NORMAL", "-"),
                _ => ("NORMAL", ""),
            };
            let amounts = dice.amounts(sign);
            let body = raw(kind, amounts.each_ref().map(String::as_str));
            let signed = shop.sign(&register, &id, &body).ok();
            assert_eq!(signed["signed"], devices == "work");
            if dice.roll(20) == 0 {
                assert_eq!(shop.sign(&register, &id, &body).ok(), signed);
            }
        }
        shop.book(&register, &sale("ZERO", "0.00"));
    }
    shop.set_register(&register, "DECOMMISSIONED").ok();
    let dep = verify(&shop.export(&register), &shop.verification(&register)).unwrap();
    let kinds = shop.kinds(&register);
    assert_eq!((dep.len(), kinds.len()), (kinds.len(), SALES + days.len() + 1 + 1 + 2 + 1 + 2));
    let special: Vec<&str> = kinds
        .iter()
        .map(String::as_str)
        .filter(|kind| !["NORMAL", "CANCELLATION", "TRAINING"].contains(kind))
        .collect();
    let expected = [
        "INITIALIZATION",
        "MONTHLY_CLOSE",
        "SIGNATURE_CREATION_UNIT_FAULT_CLEARANCE",
        "MONTHLY_CLOSE",
        "SIGNATURE_CREATION_UNIT_FAULT_CLEARANCE",
        "YEARLY_CLOSE",
        "DECOMMISSION",
    ];
    assert_eq!(special, expected);
    let turnover = dep.last().unwrap().counter;
    assert_eq!(
        shop.register(&register)["turnover_counter"],
        format!("{}.{:02}", turnover / 100, turnover % 100)
    );
}
