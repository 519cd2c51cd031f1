//! Intentions, transactions, references, amounts and exports (contract sign-fr 2.7 to 2.10, 3.2).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/jws.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod jws;
#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use reqwest::Method;
use serde_json::{Value, json};
use shop::{Answer, Shop, address, new_key, receipt};

const NOBODY: &str = "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f";

fn message(answer: &Answer) -> &str {
    answer.at("/content/message")
}

fn intend(shop: &Shop, system: &str, operation: Value) -> Answer {
    shop.post("/records", json!({ "type": "INTENTION", "system": { "id": system }, "operation": operation }))
}

/// A transaction on an intention of its own.
fn transact(shop: &Shop, system: &str, operation: Value) -> Answer {
    let intention = shop.intention(system).ok().id();
    shop.transaction(&intention, operation)
}

#[test]
fn the_operation_comes_back_as_canonical_text_with_defaults() {
    let (shop, till) = Shop::ready();
    let answer = shop.sell(&till, "R-1");
    let text = answer.at("/content/operation").to_owned();
    let mut expected = receipt("R-1");
    expected["entries"][0]["details"]["purpose"] = json!("STANDARD");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    assert!(text.starts_with(r#"{"document":{"number":"R-1","total_vat":{"amount":"0.13","#), "{text}");
    let path = format!("/records/{}", answer.id());
    assert_eq!(shop.get(&path).ok().body["content"].get("operation"), None);
    assert_eq!(shop.get(&format!("{path}?operation=")).ok().at("/content/operation"), text);
}

#[test]
fn an_intention_waits_until_it_is_used_and_is_used_once() {
    let (shop, till) = Shop::ready();
    let intention = shop.intention(&till).ok();
    assert_eq!((intention.at("/content/state"), intention.at("/content/mode")), ("ACCEPTED", "PROCESSING"));
    assert_eq!(intention.body["content"].get("used_in"), None);
    let id = intention.id();
    let first = shop.transaction(&id, receipt("R-1")).ok().id();
    let refused = shop.transaction(&id, receipt("R-2")).refused(405, "E_METHOD_NOT_ALLOWED");
    assert!(message(&refused).contains(&first), "{refused:?}");
    shop.settings(json!({ "record_state_status": 409 }));
    shop.transaction(&id, receipt("R-2")).refused(409, "E_RESOURCE_CONFLICT");
    shop.settings(json!({ "intention_reuse": true }));
    shop.transaction(&id, receipt("R-2")).ok();
}

#[test]
fn every_french_transaction_is_booked() {
    let (shop, till) = Shop::ready();
    let sold = shop.sell(&till, "R-1").id();
    let reference = json!({ "id": sold });
    let mut draft = receipt("D-1");
    draft["type"] = json!("DRAFT_RECEIPT");
    draft.as_object_mut().unwrap().remove("payments");
    let recipients = json!([{ "type": "BUSINESS", "name": "Client SA", "address": address(),
                              "identification": { "type": "VAT", "number": "FR39356000000" } }]);
    let breakdown = json!([{ "percentage": "5.5", "amount": "0.13" }]);
    let mut invoice = receipt("F-1");
    invoice["type"] = json!("INVOICE");
    invoice["recipients"] = recipients.clone();
    invoice["breakdown"] = breakdown.clone();
    let mut proforma = draft.clone();
    proforma["type"] = json!("PRO_FORMA_INVOICE");
    proforma["recipients"] = recipients.clone();
    let mut returned = receipt("C-1");
    returned["entries"][0]["type"] = json!("RETURN");
    returned["entries"][0]["details"]["number"] = json!("1");
    let operations = [
        draft,
        invoice,
        proforma,
        json!({ "type": "ENRICHMENT", "record": reference, "recipients": recipients, "breakdown": breakdown }),
        json!({ "type": "CORRECTION", "record": reference, "data": returned }),
        json!({ "type": "CANCELLATION", "record": reference }),
        json!({ "type": "PROOF_OF_PAYMENT", "record": reference, "payments": [{ "type": "CASH", "details": { "amount": "1.00" } }] }),
        json!({ "type": "ABORT" }),
    ];
    for operation in operations {
        let answer = transact(&shop, &till, operation.clone()).ok();
        assert_eq!(
            answer.at("/content/type"),
            format!("TRANSACTION::{}", operation["type"].as_str().unwrap())
        );
        assert_eq!(answer.at("/content/state"), "COMPLETED");
    }
}

#[test]
fn events_and_duplicates_are_finished_at_once_and_uploads_are_not_served() {
    let (shop, till) = Shop::ready();
    let sold = shop.sell(&till, "R-1").id();
    let event = json!({ "type": "EVENT", "code": "90", "description": "Connection lost", "occurred_at": "2026-05-04T10:00:00+02:00" });
    let duplicate =
        json!({ "type": "DUPLICATE", "record": { "id": sold }, "number": "1", "reason": "Customer request" });
    for operation in [event, duplicate.clone()] {
        let answer = intend(&shop, &till, operation).ok();
        assert_eq!((answer.at("/content/state"), answer.at("/content/mode")), ("COMPLETED", "FINISHED"));
        shop.transaction(&answer.id(), receipt("R-2")).refused(405, "E_METHOD_NOT_ALLOWED");
    }
    let mut lost = duplicate;
    lost["record"]["id"] = json!(NOBODY);
    intend(&shop, &till, lost).refused(404, "E_RESOURCE_NOT_FOUND");
    let upload = json!({ "type": "UPLOAD", "content": { "type": "application/pdf", "data": "e30A" }, "purpose": "PEPPOL_PROOF_OF_OWNERSHIP" });
    intend(&shop, &till, upload).refused(501, "E_NOT_IMPLEMENTED");
}

#[test]
fn references_must_name_a_fitting_record_of_the_same_system() {
    let (shop, till) = Shop::ready();
    let sold = shop.sell(&till, "R-1").id();
    let other = shop.make_till();
    let cancel = |id: &str| json!({ "type": "CANCELLATION", "record": { "id": id } });
    transact(&shop, &other, cancel(&sold)).refused(405, "E_METHOD_NOT_ALLOWED");
    transact(&shop, &till, cancel(NOBODY)).refused(404, "E_RESOURCE_NOT_FOUND");
    shop.settings(json!({ "unknown_reference_status": 422 }));
    transact(&shop, &till, cancel(NOBODY)).refused(422, "E_UNPROCESSABLE_CONTENT");
    shop.transaction(NOBODY, receipt("R-2")).refused(422, "E_UNPROCESSABLE_CONTENT");
    intend(&shop, NOBODY, json!({ "type": "TRANSACTION" })).refused(422, "E_UNPROCESSABLE_CONTENT");
    let intention = shop.intention(&till).ok().id();
    transact(&shop, &till, cancel(&intention)).refused(405, "E_METHOD_NOT_ALLOWED");
    let correction = json!({ "type": "CORRECTION", "record": { "id": transact(&shop, &till, cancel(&sold)).ok().id() }, "data": receipt("C-1") });
    transact(&shop, &till, correction).refused(405, "E_METHOD_NOT_ALLOWED");
    let with_offset = json!({ "type": "TRANSACTION", "record": { "id": intention, "offset": "0" }, "operation": receipt("R-2") });
    shop.post("/records", with_offset).refused(422, "E_UNPROCESSABLE_CONTENT");
}

/// Each case spoils one amount of a receipt that adds up; the pointer names the place where it shows.
#[test]
fn amounts_that_do_not_add_up_are_refused() {
    let (shop, till) = Shop::ready();
    let cases: &[(&str, Value, &str)] = &[
        ("/document/total_vat/inclusive", json!("2.50"), "/document/total_vat"),
        ("/document/total_vat/exclusive", json!("2.20"), "/document/total_vat"),
        ("/document/total_vat/amount", json!("0.20"), "/document/total_vat"),
        ("/entries/0/data/vat/amount", json!("0.50"), "/entries/0/data/vat"),
        ("/entries/0/data/vat/inclusive", json!("3.00"), "/entries/0/data/vat"),
        ("/entries/0/data/value/base", json!("9"), "/entries/0/data/value/base"),
        ("/entries/0/data/value/discount", json!("1.00"), "/entries/0/data/vat/inclusive"),
        ("/entries/0/data/unit/quantity", json!("3"), "/entries/0/data/vat/inclusive"),
        ("/payments/0/details/amount", json!("2.00"), "/payments"),
        ("/entries/0/data/vat/percentage", json!("10"), "/entries/0/data/vat/percentage"),
        ("/entries/0/data/vat/code", json!("STANDARD"), "/entries/0/data/vat/percentage"),
        ("/entries/0/data/unit/price", json!("999999999999.99999999"), "/entries/0/data/vat/inclusive"),
    ];
    for (place, value, shows) in cases {
        let mut operation = receipt("R-1");
        match operation.pointer_mut(place) {
            Some(slot) => *slot = value.clone(),
            None => operation["entries"][0]["data"]["value"]["discount"] = value.clone(),
        }
        let answer = transact(&shop, &till, operation).refused(422, "E_UNPROCESSABLE_CONTENT");
        assert!(message(&answer).contains(shows), "{place}: {answer:?}");
    }
}

#[test]
fn two_cents_are_tolerated_and_percentages_are_numbers() {
    let (shop, till) = Shop::ready();
    let mut operation = receipt("R-1");
    operation["payments"][0]["details"]["amount"] = json!("2.38");
    operation["entries"][0]["data"]["vat"]["percentage"] = json!("5.50");
    transact(&shop, &till, operation.clone()).ok();
    operation["payments"][0]["details"]["amount"] = json!("2.37");
    transact(&shop, &till, operation.clone()).refused(422, "E_UNPROCESSABLE_CONTENT");
    operation["payments"][0]["details"]["discount"] = json!("0.03");
    transact(&shop, &till, operation.clone()).ok();
    operation["entries"][0]["data"]["value"]["base"] = json!("2.40");
    transact(&shop, &till, operation.clone()).ok();
    shop.settings(json!({ "value_base": "net" }));
    transact(&shop, &till, operation).refused(422, "E_UNPROCESSABLE_CONTENT");
}

#[test]
fn exempt_items_and_returns_are_added_up() {
    let (shop, till) = Shop::ready();
    let mut operation = receipt("R-1");
    let exempt = json!({ "type": "SALE", "details": { "concept": "SERVICE" }, "data": { "type": "ITEM", "text": "Stamp",
        "unit": { "quantity": "1", "price": "1.00" }, "value": { "base": "1.00" },
        "vat": { "type": "VAT_EXEMPTION", "code": "CAUSE_1" } } });
    operation["entries"].as_array_mut().unwrap().push(exempt.clone());
    operation["document"]["total_vat"] =
        json!({ "amount": "0.13", "exclusive": "3.27", "inclusive": "3.40" });
    operation["payments"][0]["details"]["amount"] = json!("3.40");
    transact(&shop, &till, operation.clone()).ok();
    operation["entries"][1]["type"] = json!("RETURN");
    operation["document"]["total_vat"] =
        json!({ "amount": "0.13", "exclusive": "1.27", "inclusive": "1.40" });
    operation["payments"][0]["details"]["amount"] = json!("1.40");
    transact(&shop, &till, operation.clone()).ok();
    shop.settings(json!({ "return_sign": "subtracted" }));
    transact(&shop, &till, operation.clone()).ok();
    shop.settings(json!({ "return_sign": "added" }));
    transact(&shop, &till, operation).refused(422, "E_UNPROCESSABLE_CONTENT");
}

/// 0.333 of 1.00 is 0.33 in cents; three of them are 0.99, and price × quantity says 0.999.
#[test]
fn exempt_items_are_summed_in_the_cents_that_they_name() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "amount_tolerance": "0.005" }));
    let mut operation = receipt("R-1");
    let exempt = json!({ "type": "SALE", "details": { "concept": "GOOD" }, "data": { "type": "ITEM", "text": "Stamp",
        "unit": { "quantity": "0.333", "price": "1.00" }, "value": { "base": "0.33" },
        "vat": { "type": "VAT_EXEMPTION", "code": "CAUSE_1" } } });
    operation["entries"] = json!([exempt, exempt, exempt]);
    operation["document"]["total_vat"] =
        json!({ "amount": "0.00", "exclusive": "0.99", "inclusive": "0.99" });
    operation["payments"][0]["details"]["amount"] = json!("0.99");
    transact(&shop, &till, operation).ok();
}

#[test]
fn the_discount_of_a_payment_counts_as_the_setting_says() {
    let (shop, till) = Shop::ready();
    // Sold for 2.40.
    let cases = [("added", "2.30", "0.10"), ("subtracted", "2.50", "0.10"), ("apart", "2.40", "0.10")];
    for (setting, _, _) in cases {
        shop.settings(json!({ "payment_discount": setting }));
        for (reading, amount, discount) in cases {
            let mut operation = receipt("R-1");
            operation["payments"][0]["details"]["amount"] = json!(amount);
            operation["payments"][0]["details"]["discount"] = json!(discount);
            let answer = transact(&shop, &till, operation);
            if reading == setting {
                answer.ok();
            } else {
                answer.refused(422, "E_UNPROCESSABLE_CONTENT");
            }
        }
    }
}

#[test]
fn the_items_of_a_group_and_the_breakdown_of_an_invoice_are_checked_too() {
    let (shop, till) = Shop::ready();
    let mut operation = receipt("R-1");
    let mut item = operation["entries"][0]["data"].clone();
    operation["entries"][0]["data"]["type"] = json!("GROUP");
    operation["entries"][0]["data"]["items"] = json!([item]);
    transact(&shop, &till, operation.clone()).ok();
    item["vat"]["percentage"] = json!("20");
    operation["entries"][0]["data"]["items"] = json!([item]);
    let answer = transact(&shop, &till, operation).refused(422, "E_UNPROCESSABLE_CONTENT");
    assert!(message(&answer).contains("/entries/0/data/items/0/vat/percentage"), "{answer:?}");

    let mut invoice = receipt("F-1");
    invoice["type"] = json!("INVOICE");
    invoice["recipients"] = json!([{ "type": "CONSUMER", "address": address(),
                                     "name": { "gender": "FEMALE", "forename": "Anna", "surname": "Martin" } }]);
    invoice["breakdown"] = json!([{ "percentage": "5.5", "amount": "2.40" }]);
    let answer = transact(&shop, &till, invoice).refused(422, "E_UNPROCESSABLE_CONTENT");
    assert!(message(&answer).contains("/breakdown"), "{answer:?}");
}

#[test]
fn a_failed_check_can_reject_the_record_instead_or_be_off() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "amount_check": "reject", "vat_check": "reject" }));
    let intention = shop.intention(&till).ok().id();
    let mut wrong = receipt("R-1");
    wrong["payments"][0]["details"]["amount"] = json!("1.00");
    wrong["entries"][0]["data"]["vat"]["code"] = json!("REDUCED_3");
    let answer = shop.transaction(&intention, wrong.clone()).ok();
    assert_eq!((answer.at("/content/state"), answer.at("/content/mode")), ("REJECTED", "FINISHED"));
    let logs = answer.body["content"]["logs"].as_array().unwrap();
    assert_eq!(logs.len(), 2);
    assert!(logs.iter().all(|log| log["severity"] == "ERROR"));
    let audit = shop.control(Method::GET, "audit", Value::Null);
    assert!(audit["booked"].as_array().unwrap().iter().all(|row| row["number"] != "R-1"));
    shop.transaction(&intention, receipt("R-1")).ok();
    shop.settings(json!({ "amount_check": "off", "vat_check": "off" }));
    assert_eq!(transact(&shop, &till, wrong).ok().at("/content/state"), "COMPLETED");
}

#[test]
fn only_metadata_of_a_record_can_change_and_the_signature_stays() {
    let (shop, till) = Shop::ready();
    let sold = shop.sell(&till, "R-1");
    let path = format!("/records/{}", sold.id());
    shop.patch(&path, json!({ "state": "FAILED" })).refused(400, "E_BAD_REQUEST");
    let change = json!({ "content": {}, "metadata": { "printed": "yes" } });
    shop.send(Method::PATCH, &path, &new_key(), &change).ok();
    let after = shop.get(&path).ok();
    assert_eq!(after.body["metadata"], json!({ "printed": "yes" }));
    assert_eq!(after.at("/content/journal/signature"), sold.at("/content/journal/signature"));
}

#[test]
fn an_export_can_be_downloaded_and_its_signature_verifies() {
    let (shop, till) = Shop::ready();
    let sold = shop.sell(&till, "R-1");
    let operation = json!({ "type": "EXPORT", "range": { "start": "2020-01-01T00:00:00+00:00", "end": "2099-01-01T00:00:00+00:00" },
                            "filters": [{ "type": "SYSTEM_RECORD", "value": "TRANSACTION::RECEIPT" }] });
    let intention = intend(&shop, &till, operation.clone()).ok();
    let export = shop
        .get(&format!("/records/{}?data-artifact=&data-integrity=", intention.at("/content/used_in/id")))
        .ok();
    assert_eq!(export.at("/content/type"), "EXPORT::RECORDS");
    assert_eq!(export.at("/content/record/id"), intention.id());
    let path = export.at("/content/data/artifact/path").to_owned();

    let files = shop.get(&format!("/files?system_id={till}")).ok();
    let file = &files.body["results"][0]["content"];
    assert_eq!(file["artifact"]["path"], path);
    let bytes = |path: &str| {
        let answer = shop.request(Method::GET, path).send().unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-disposition"].to_str().unwrap().contains(&path["/files/".len()..]));
        answer.bytes().unwrap().to_vec()
    };
    let zip = bytes(&path);
    let signature = String::from_utf8(bytes(file["integrity"]["path"].as_str().unwrap())).unwrap();
    let system = shop.get(&format!("/systems/{till}")).ok();
    let certificate = system.at("/content/journal/cryptography/certificate/x509_pem");
    assert!(jws::verifies(&signature, &zip, certificate));

    let records: Value = serde_json::from_slice(&stored(&zip, "records.json")).unwrap();
    assert_eq!(records.as_array().unwrap().len(), 1);
    assert_eq!(records[0]["content"]["id"], sold.id());
    assert_eq!(records[0]["content"]["operation"], sold.at("/content/operation"));

    shop.get(&format!("/files/{NOBODY}.zip")).refused(404, "E_RESOURCE_NOT_FOUND");
    shop.get(&format!("/files?system_id={NOBODY}")).refused(404, "E_RESOURCE_NOT_FOUND");
    let mut backwards = operation;
    backwards["range"]["end"] = json!("2019-01-01T00:00:00+00:00");
    intend(&shop, &till, backwards).refused(422, "E_UNPROCESSABLE_CONTENT");
}

#[test]
fn an_export_that_takes_its_time_is_there_later() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "exports_at_once": false }));
    let range = json!({ "start": "2020-01-01T00:00:00+00:00", "end": "2099-01-01T00:00:00+00:00" });
    let intention = intend(&shop, &till, json!({ "type": "EXPORT", "range": range })).ok();
    assert_eq!((intention.at("/content/state"), intention.at("/content/mode")), ("ACCEPTED", "PROCESSING"));
    let path = format!("/records/{}", intention.id());
    assert_eq!(shop.get(&path).ok().body.pointer("/content/used_in"), None);
    let sold = shop.sell(&till, "R-1");
    shop.settings(json!({ "exports_at_once": true }));
    let made = shop.get(&path).ok();
    assert_eq!(made.at("/content/state"), "COMPLETED");
    let export = shop.get(&format!("/records/{}", made.at("/content/used_in/id"))).ok();
    assert_eq!(export.at("/content/journal/record/id"), sold.id(), "it stands where it was made");
    shop.get("/files?limit=10").ok();
    assert_eq!(shop.get(&path).ok().at("/content/used_in/id"), export.id(), "it is made once");
}

/// Reads a stored file of a ZIP through its central directory.
fn stored(zip: &[u8], name: &str) -> Vec<u8> {
    let short = |at: usize| usize::from(u16::from_le_bytes([zip[at], zip[at + 1]]));
    let long = |at: usize| u32::from_le_bytes(zip[at..at + 4].try_into().unwrap()) as usize;
    let end = zip.len() - 22;
    assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
    let mut at = long(end + 16);
    for _ in 0..short(end + 10) {
        assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
        assert_eq!(short(at + 10), 0, "stored");
        let (size, length, local) = (long(at + 24), short(at + 28), long(at + 42));
        if &zip[at + 46..at + 46 + length] == name.as_bytes() {
            assert_eq!(&zip[local..local + 4], b"PK\x03\x04");
            let start = local + 30 + short(local + 26) + short(local + 28);
            return zip[start..start + size].to_vec();
        }
        at += 46 + length + short(at + 30) + short(at + 32);
    }
    panic!("no {name}");
}
