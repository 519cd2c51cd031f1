//! What is signed: amounts, numbers, chains, repetition (contract sign-at 2.7, 2.8, 4.3, 6).

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::austria::{Shop, new_id, raw, sale};
use crate::verifier::{Verified, verify};

/// Verifies a register's whole export and gives back what is in it.
fn verified(shop: &Shop, register: &str) -> Vec<Verified> {
    verify(&shop.export(register), &shop.verification(register)).unwrap()
}

fn cents(decimal: &Value) -> i128 {
    decimal.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// Each answer says what the export says: QR code, number, amounts by container, time in Vienna.
fn compare(shop: &Shop, register: &str) {
    let (rows, dep) = (shop.receipts(register), verified(shop, register));
    assert_eq!(rows.len(), dep.len());
    for (row, signed) in rows.iter().zip(&dep) {
        assert_eq!(row["qr_code_data"], signed.qr);
        assert_eq!(row["receipt_number"], signed.number);
        assert_eq!(row["signed"], signed.signed);
        let amounts = ["standard", "reduced_1", "reduced_2", "zero", "special"];
        let amounts = amounts.map(|name| cents(&row["schema"]["raw"][format!("gross_amount_{name}")]));
        assert_eq!(amounts, signed.amounts);
        let time = Timestamp::from_second(row["time_signature"].as_i64().unwrap()).unwrap();
        let local = time.in_tz("Europe/Vienna").unwrap().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        assert_eq!(local, signed.time);
    }
    let turnover = dep.last().unwrap().counter;
    assert_eq!(cents(&shop.register(register)["turnover_counter"]), turnover);
}

#[test]
fn every_kind_of_receipt_verifies() {
    let (shop, register) = Shop::ready();
    shop.book(&register, &raw("NORMAL", ["12.00", "5.50", "0.00", "20.98", "0.00"]));
    shop.book(&register, &raw("NORMAL", ["0.00", "0.00", "13.00", "0.00", "-5.00"]));
    shop.book(&register, &raw("TRAINING", ["99.99", "0.00", "0.00", "0.00", "0.00"]));
    shop.book(&register, &raw("CANCELLATION", ["-12.00", "-5.50", "0.00", "-20.98", "0.00"]));
    shop.book(&register, &raw("NORMAL", ["1200.34", "0.00", "0.00", "0.00", "0.00"]));
    shop.book(&register, &sale("ZERO", "0.00"));
    shop.book(&register, &sale("REDUCED_2", "-2000.05"));
    shop.set_register(&register, "DECOMMISSIONED").ok();
    compare(&shop, &register);
    let dep = verified(&shop, &register);
    // 6.9 C pins the order of the last two containers.
    assert_eq!(dep[1].amounts, [1200, 550, 0, 0, 2098]);
    assert_eq!(dep[2].amounts, [0, 0, 1300, -500, 0]);
    let counters: Vec<i128> = dep.iter().map(|row| row.counter).collect();
    assert_eq!(counters, [0, 3848, 4648, 4648, 800, 120_834, 120_834, -79_171, -79_171]);
    let numbers: Vec<&str> = dep.iter().map(|row| row.number.as_str()).collect();
    assert_eq!(numbers, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}

#[test]
fn a_verifier_that_could_not_fail_would_prove_nothing() {
    let (shop, register) = Shop::ready();
    shop.book(&register, &sale("STANDARD", "1.00"));
    shop.book(&register, &sale("STANDARD", "2.00"));
    let (dep, container) = (shop.export(&register), shop.verification(&register));
    let receipts = dep["Belege-Gruppe"][0]["Belege-kompakt"].as_array().unwrap();
    let broken = |order: &[usize]| {
        let mut broken = dep.clone();
        broken["Belege-Gruppe"][0]["Belege-kompakt"] =
            order.iter().map(|index| receipts[*index].clone()).collect();
        verify(&broken, &container).unwrap_err()
    };
    assert!(broken(&[0, 2]).contains("the chain value"));
    assert!(broken(&[1, 2]).contains("the chain value"));
    let mut other = container.clone();
    other["base64AESKey"] = json!("WQRtiiya3hYh/Uz44Bv3x8ETl1nrH6nCdErn69g5/lU=");
    assert!(verify(&dep, &other).unwrap_err().contains("the turnover counter"));
    let mut forged = dep.clone();
    let swapped = receipts[2].as_str().unwrap().rsplit_once('.').unwrap().1;
    let second = receipts[1].as_str().unwrap().rsplit_once('.').unwrap().0;
    forged["Belege-Gruppe"][0]["Belege-kompakt"][1] = json!(format!("{second}.{swapped}"));
    assert!(verify(&forged, &container).unwrap_err().contains("the signature"));
}

#[test]
fn a_repeated_receipt_is_signed_once() {
    let (shop, register) = Shop::ready();
    let id = new_id();
    let first = shop.sign(&register, &id, &sale("STANDARD", "4.20")).ok();
    assert_eq!(shop.sign(&register, &id, &sale("STANDARD", "4.20")).ok(), first);
    let unhyphenated = id.replace('-', "");
    assert_eq!(shop.sign(&register, &unhyphenated, &sale("STANDARD", "4.20")).ok(), first);
    shop.sign(&register, &id, &sale("STANDARD", "4.21")).refused(400, "E_BAD_REQUEST");
    assert_eq!(shop.kinds(&register), ["INITIALIZATION", "NORMAL"]);
    shop.settings(&json!({ "other_body_returns_receipt": true }));
    assert_eq!(shop.sign(&register, &id, &sale("STANDARD", "4.21")).ok(), first);
    // Members in another order are the same body; ids are unique within a register only.
    let reordered =
        r#"{"schema":{"standard_v1":{"line_items":[],"amounts_per_vat_rate":[]}},"receipt_type":"NORMAL"}"#;
    let ordered = json!({ "receipt_type": "NORMAL", "schema": { "standard_v1": { "amounts_per_vat_rate": [], "line_items": [] } } });
    let (again, other) = (new_id(), shop.make_register());
    let empty = shop.sign(&register, &again, &serde_json::from_str(reordered).unwrap()).ok();
    assert_eq!(shop.sign(&register, &again, &ordered).ok(), empty);
    let elsewhere = shop.sign(&other, &id, &sale("STANDARD", "4.20")).ok();
    assert_ne!(elsewhere["qr_code_data"], first["qr_code_data"]);
    let audit = shop.control(Method::GET, "audit", None);
    let times = audit["booked"].as_array().unwrap().iter().filter(|row| row["service"] == "sign-at");
    assert!(times.clone().count() == 5 && times.clone().all(|row| row["times"] == 1), "{audit}");
}

#[test]
fn a_receipt_whose_answer_was_lost_is_given_again() {
    let (shop, register) = Shop::ready();
    let path = "/sign-at/api/v1/cash-register";
    for (kind, booked) in [("drop-answer", true), ("reset", false)] {
        let fault =
            json!({ "match": { "method": "PUT", "path": path }, "fault": { "kind": kind }, "count": 1 });
        shop.control(Method::POST, "faults", Some(&fault));
        let (id, body) = (new_id(), sale("STANDARD", "1.00"));
        let address = format!("{}{path}/{register}/receipt/{id}", shop.sandbox.url());
        assert!(shop.client.put(&address).bearer_auth(&shop.bearer).json(&body).send().is_err());
        let before = shop.kinds(&register).len();
        let signed = shop.sign(&register, &id, &body).ok();
        assert_eq!(shop.kinds(&register).len(), if booked { before } else { before + 1 }, "{kind}");
        let read = shop.get(&format!("/cash-register/{register}/receipt/{id}")).ok();
        assert_eq!(signed["qr_code_data"], read["qr_code_data"]);
    }
}

#[test]
fn amounts_of_the_three_schemas_come_into_the_same_containers() {
    let standard = |rows: &[(&str, &str)]| {
        let rows: Vec<Value> =
            rows.iter().map(|(rate, amount)| json!({ "vat_rate": rate, "amount": amount })).collect();
        json!({ "receipt_type": "NORMAL", "schema": { "standard_v1": { "amounts_per_vat_rate": rows, "line_items": [] } } })
    };
    let ekabs = |rows: &[Value]| {
        let seller = json!({ "name": "Muster", "address": {}, "tax_number": "1" });
        json!({ "receipt_type": "NORMAL", "schema": { "ekabs_v0": {
            "head": { "number": "1", "date": "2026-11-01", "seller": seller, "ours": true },
            "data": { "currency": "EUR", "full_amount_incl_vat": "0.00", "payment_types": [], "vat_amounts": rows, "lines": [] } } } })
    };
    let row = |percentage: Value, incl: &str| json!({ "percentage": percentage, "incl_vat": incl, "excl_vat": "0.00", "vat": "0.00" });
    let (shop, register) = Shop::ready();
    for (body, expected) in [
        // Added up, and only then rounded half up, away from zero.
        (standard(&[("STANDARD", "1.004"), ("STANDARD", "1.001")]), ["2.01", "0.00", "0.00", "0.00", "0.00"]),
        (standard(&[("ZERO", "-1.005"), ("SPECIAL", "2.0000")]), ["0.00", "0.00", "0.00", "2.00", "-1.01"]),
        (
            standard(&[("REDUCED_1", "0.0049999999999999999999999999")]),
            ["0.00", "0.00", "0.00", "0.00", "0.00"],
        ),
        // All 64 places that the contract allows count: below half a cent, half a cent, above it.
        (
            standard(&[
                ("STANDARD", &format!("0.004{}", "9".repeat(61))),
                ("ZERO", "-0.01"),
                ("ZERO", "0.005"),
            ]),
            ["0.00", "0.00", "0.00", "0.00", "-0.01"],
        ),
        (
            standard(&[("ZERO", "-0.01"), ("ZERO", &format!("0.005{}1", "0".repeat(60)))]),
            ["0.00", "0.00", "0.00", "0.00", "0.00"],
        ),
        // As many places as the contract allows, and more than a decimal of this machine has.
        (standard(&[("ZERO", &format!("1.{}", "1".repeat(64)))]), ["0.00", "0.00", "0.00", "0.00", "1.11"]),
        (standard(&[("REDUCED_2", "-0.05")]), ["0.00", "0.00", "-0.05", "0.00", "0.00"]),
        (
            ekabs(&[
                row(json!(20), "1.00"),
                row(json!(10.0), "2.00"),
                row(json!(13), "3.00"),
                row(json!(0), "4.00"),
                row(json!(19), "5.00"),
                row(json!(4.9), "6.00"),
            ]),
            ["1.00", "2.00", "3.00", "11.00", "4.00"],
        ),
    ] {
        let receipt = shop.book(&register, &body);
        let names = ["standard", "reduced_1", "reduced_2", "special", "zero"];
        let amounts =
            names.map(|name| receipt["schema"]["raw"][format!("gross_amount_{name}")].as_str().unwrap());
        assert_eq!(amounts, expected, "{body}");
        let (name, sent) = body["schema"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(&receipt["schema"][name], sent, "the submitted schema comes back");
    }
    compare(&shop, &register);
    let named =
        json!({ "percentage": 7, "incl_vat": "1.00", "excl_vat": "0.00", "vat": "0.00", "vat_rate": "ZERO" });
    assert_eq!(shop.book(&register, &ekabs(&[named]))["schema"]["raw"]["gross_amount_zero"], "1.00");
    shop.sign(&register, &new_id(), &ekabs(&[row(json!(7), "1.00")])).refused(400, "E_BAD_REQUEST");
}

#[test]
fn an_amount_that_no_counter_holds_is_refused_and_nothing_is_booked() {
    let shop = Shop::open();
    shop.authenticate_fon().ok();
    shop.make_unit();
    shop.settings(&json!({ "counter_bytes": 5 }));
    let register = shop.make_register();
    for amount in [
        "99999999999999999999999999999999999999.00",
        "92233720368547758.08",
        "5497558138.88",
        "-5497558138.89",
    ] {
        let body = raw("NORMAL", [amount, "0.00", "0.00", "0.00", "0.00"]);
        shop.sign(&register, &new_id(), &body).refused(400, "E_BAD_REQUEST");
    }
    shop.book(&register, &raw("NORMAL", ["5497558138.87", "0.00", "0.00", "0.00", "0.00"]));
    shop.sign(&register, &new_id(), &sale("STANDARD", "0.01")).refused(400, "E_BAD_REQUEST");
    assert_eq!(shop.kinds(&register), ["INITIALIZATION", "NORMAL"]);
    compare(&shop, &register);
}

#[test]
fn a_counter_keeps_the_width_that_it_was_made_with() {
    for width in [5, 9, 16] {
        let shop = Shop::open();
        shop.authenticate_fon().ok();
        shop.make_unit();
        shop.settings(&json!({ "counter_bytes": width, "first_receipt_number": 19 }));
        let register = shop.make_register();
        shop.settings(&json!({ "counter_bytes": 8 }));
        shop.book(&register, &sale("STANDARD", "-7.77"));
        compare(&shop, &register);
        assert_eq!(verified(&shop, &register)[0].number, "19");
        let by_number = shop.get(&format!("/cash-register/{register}/receipt/20")).ok();
        assert_eq!(by_number["schema"]["raw"]["gross_amount_standard"], "-7.77");
        shop.get(&format!("/cash-register/{register}/receipt/1")).refused(404, "E_RECEIPT_NOT_FOUND");
    }
}

#[test]
fn many_tills_at_once_leave_no_gap() {
    let (shop, first) = Shop::ready();
    let second = shop.make_register();
    std::thread::scope(|scope| {
        for till in 0..4 {
            let (shop, register) = (&shop, if till % 2 == 0 { &first } else { &second });
            scope.spawn(move || (0..25).for_each(|_| drop(shop.book(register, &sale("STANDARD", "1.00")))));
        }
    });
    for register in [&first, &second] {
        compare(&shop, register);
        assert_eq!(shop.register(register)["turnover_counter"], "50.00");
    }
}

#[test]
fn hints_say_what_must_be_printed() {
    let (shop, register) = Shop::ready();
    let hints = |body: &Value| shop.book(&register, body)["hints"].clone();
    let amounts = ["-1.00", "0.00", "0.00", "0.00", "0.00"];
    assert_eq!(hints(&raw("NORMAL", amounts)), json!([]));
    assert_eq!(hints(&raw("CANCELLATION", amounts)), json!(["Stornobuchung"]));
    assert_eq!(hints(&raw("TRAINING", amounts)), json!(["Trainingsbuchung"]));
    shop.settings(&json!({ "devices": "fail" }));
    let out = "Sicherheitseinrichtung ausgefallen";
    assert_eq!(hints(&raw("CANCELLATION", amounts)), json!([out, "Stornobuchung"]));
}

#[test]
fn a_full_sandbox_says_so() {
    let (shop, register) = Shop::ready();
    shop.settings(&json!({ "max_receipts": 2 }));
    shop.book(&register, &sale("STANDARD", "1.00"));
    shop.sign(&register, &new_id(), &sale("STANDARD", "1.00")).refused(503, "E_SERVICE_UNAVAILABLE");
}
