//! Pages, filters and exports by range (contract sign-at 1.3, 1.4, 2.10).

use serde_json::{Value, json};

use crate::austria::{Shop, new_id, raw, sale};

fn numbers(page: &Value) -> Vec<u64> {
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row["receipt_number"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn receipts_come_in_pages_of_a_hundred_in_the_order_of_their_numbers() {
    let (shop, register) = Shop::ready();
    (0..104).for_each(|_| drop(shop.book(&register, &sale("STANDARD", "1.00"))));
    let list = |query: &str| shop.get(&format!("/cash-register/{register}/receipt{query}")).ok();
    let first = list("");
    assert_eq!(numbers(&first), (1..=100).collect::<Vec<u64>>());
    assert_eq!((first["count"].as_u64(), first["_type"].as_str()), (Some(105), Some("RECEIPT_LIST")));
    assert_eq!(numbers(&list("?offset=100")), [101, 102, 103, 104, 105]);
    assert_eq!(numbers(&list("?offset=105")), [0; 0]);
    assert_eq!(numbers(&list("?order=DESC&limit=3&offset=1&order_by=receipt_number")), [104, 103, 102]);
    shop.settings(&json!({ "count": "page" }));
    assert_eq!(list("?limit=3")["count"], 3);
}

#[test]
fn types_are_filtered_in_all_three_spellings_before_pages_are_counted() {
    let (shop, register) = Shop::ready();
    let amounts = ["1.00", "0.00", "0.00", "0.00", "0.00"];
    for kind in ["NORMAL", "TRAINING", "CANCELLATION", "NORMAL"] {
        shop.book(&register, &raw(kind, amounts));
    }
    let list = |query: &str| numbers(&shop.get(&format!("/cash-register/{register}/receipt?{query}")).ok());
    for query in [
        "receipt_types=TRAINING&receipt_types=CANCELLATION",
        "receipt_types[]=TRAINING&receipt_types[]=CANCELLATION",
        "receipt_types%5B1%5D=TRAINING&receipt_types%5B2%5D=CANCELLATION",
    ] {
        assert_eq!(list(query), [3, 4], "{query}");
    }
    assert_eq!(list("receipt_types=NORMAL&offset=1"), [5]);
    assert_eq!(list("receipt_types=YEARLY_CLOSE"), [0; 0]);
}

#[test]
fn bad_pages_are_refused_and_too_long_ones_have_their_own_code() {
    let (shop, register) = Shop::ready();
    for path in [
        "/signature-creation-unit",
        "/cash-register",
        "/receipt",
        &format!("/cash-register/{register}/receipt"),
    ] {
        for query in [
            "limit=0",
            "limit=-1",
            "limit=ten",
            "limit=1.5",
            "limit=",
            "offset=-1",
            "order=asc",
            "colour=blue",
            "limit=1&limit=2",
        ] {
            shop.get(&format!("{path}?{query}")).refused(400, "E_FAILED_SCHEMA_VALIDATION");
        }
        for limit in ["101", "99999999999999999999"] {
            shop.get(&format!("{path}?limit={limit}")).refused(400, "E_FILTER_LIMIT_EXCEEDED");
        }
        for offset in ["9223372036854775807", "99999999999999999999"] {
            assert_eq!(shop.get(&format!("{path}?limit=100&offset={offset}")).ok()["data"], json!([]));
        }
    }
    for query in
        ["order_by=time", "receipt_types=INVOICE", "receipt_types[x]=NORMAL", "receipt_types[=NORMAL"]
    {
        shop.get(&format!("/receipt?{query}")).refused(400, "E_FAILED_SCHEMA_VALIDATION");
    }
    shop.settings(&json!({ "strip_unknown": true }));
    shop.get("/receipt?colour=blue").ok();
}

#[test]
fn lists_show_what_is_the_organizations() {
    let (shop, first) = Shop::ready();
    let second = shop.make_register();
    shop.book(&second, &sale("STANDARD", "1.00"));
    let all = shop.get("/receipt").ok();
    assert_eq!(numbers(&all), [1, 1, 2]);
    let registers = shop.get("/cash-register").ok();
    let ids: Vec<&str> =
        registers["data"].as_array().unwrap().iter().map(|row| row["_id"].as_str().unwrap()).collect();
    assert_eq!(ids, [first.as_str(), &second]);
    // The dashboard's own key signs in here too, and sees nothing of what it manages.
    let stranger = Shop { bearer: shop.sign_in("management"), ..Shop::beside(&shop) };
    assert_eq!(stranger.get("/receipt").ok()["count"], 0);
    stranger.get(&format!("/cash-register/{first}")).refused(404, "E_CASH_REGISTER_NOT_FOUND");
    stranger.create_register(&first).ok();
    assert_eq!(shop.register(&first)["state"], "INITIALIZED", "ids are an organization's own");
}

#[test]
fn an_export_is_cut_by_number_and_by_time() {
    let shop = Shop::open();
    shop.clock("2026-11-02T10:00:00+01:00");
    let shop = Shop { bearer: shop.sign_in("sign-at"), ..shop };
    shop.authenticate_fon().ok();
    shop.make_unit();
    let register = shop.make_register();
    for minute in 1..=4 {
        shop.clock(&format!("2026-11-02T10:0{minute}:00+01:00"));
        shop.book(&register, &sale("STANDARD", "1.00"));
    }
    // 10:00:00 in Vienna is 1793610000.
    let rows = |query: &str| {
        let dep = shop.get(&format!("/cash-register/{register}/export?{query}")).ok();
        let groups = dep["Belege-Gruppe"].as_array().unwrap().clone();
        groups.iter().map(|group| group["Belege-kompakt"].as_array().unwrap().len()).sum::<usize>()
    };
    assert_eq!(rows(""), 5);
    assert_eq!(rows("start_receipt_number=2&end_receipt_number=3"), 2);
    assert_eq!(rows("start_receipt_number=3&end_receipt_number=3"), 1);
    assert_eq!(rows("end_receipt_number=99999999999999999999999"), 5);
    assert_eq!(rows("start_receipt_number=99999999999999999999999"), 0);
    assert_eq!(rows("start_time_signature=1793610120"), 3);
    assert_eq!(rows("end_time_signature=1793610119"), 2);
    assert_eq!(rows("end_time_signature=99999999999999999999"), 5);
    assert_eq!(rows("start_receipt_number=3&end_time_signature=1793610120"), 1, "both hold");
    for query in [
        "start_receipt_number=3&end_receipt_number=2",
        "start_time_signature=1793610120&end_time_signature=1793610000",
    ] {
        shop.get(&format!("/cash-register/{register}/export?{query}")).refused(400, "E_BAD_REQUEST");
    }
    for query in
        ["start_receipt_number=-1", "end_receipt_number=two", "start_time_signature=2026-11-02", "limit=1"]
    {
        shop.get(&format!("/cash-register/{register}/export?{query}"))
            .refused(400, "E_FAILED_SCHEMA_VALIDATION");
    }
    shop.settings(&json!({ "export_certificates": false }));
    let bare = shop.export(&register);
    assert_eq!(bare["Belege-Gruppe"][0]["Signaturzertifikat"], "");
    assert_eq!(bare["Belege-Gruppe"][0]["Zertifizierungsstellen"], json!([]));
    let empty = new_id();
    shop.create_register(&empty).ok();
    assert_eq!(shop.export(&empty), json!({ "Belege-Gruppe": [] }));
}
