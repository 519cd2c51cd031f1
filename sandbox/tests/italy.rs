//! SIGN IT: what Italy supports, the tax agency's numbers, its time and its refusals (contract sign-fr 2.4 to 2.11,
//! 3.1, 3.2, 4.3, 4.4).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/offline.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod offline;
#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use offline::{Covers, chain};
use reqwest::Method;
use serde_json::{Value, json};
use shop::{Answer, Shop, branch, system, taxpayer};

fn fiscalization(password: &str) -> Value {
    json!({ "type": "IT", "tax_id_number": "12345678903", "vat_id_number": "12345678903", "credentials": {
        "type": "FISCONLINE", "pin": "1234567890", "password": password, "tax_id_number": "RSSMRA80A01H501U" } })
}

/// An Italian till, and its taxpayer.
struct Bar {
    shop: Shop,
    till: String,
    taxpayer: String,
}

impl Bar {
    fn open() -> Bar {
        let mut shop = Shop::open();
        shop.make_unit();
        let mut body = taxpayer();
        body["fiscalization"] = fiscalization("hush");
        let taxpayer = shop.post("/taxpayers", body).ok().id();
        let location = shop.post("/locations", branch(&taxpayer)).ok().id();
        let till = shop.post("/systems", system(&location)).ok().id();
        for path in
            [format!("/taxpayers/{taxpayer}"), format!("/locations/{location}"), format!("/systems/{till}")]
        {
            shop.patch(&path, json!({ "state": "COMMISSIONED" })).ok();
        }
        Bar { shop, till, taxpayer }
    }

    fn set(&self, sign_it: Value) {
        self.shop.control(Method::PUT, "settings", json!({ "sign-it": sign_it }));
    }

    fn transact(&self, operation: Value) -> Answer {
        let intention = self.shop.intention(&self.till).ok().id();
        self.shop.transaction(&intention, operation)
    }

    fn later(&self, seconds: i64) {
        self.shop.control(Method::PUT, "clock", json!({ "offset_s": seconds }));
    }

    fn read(&self, id: &str) -> Answer {
        self.shop.get(&format!("/records/{id}")).ok()
    }
}

/// Two coffees at 1.10 with 10 %: 2.20 gross, 2.00 net, 0.20 VAT.
fn coffee(number: &str) -> Value {
    json!({
        "type": "RECEIPT",
        "document": { "number": number, "total_vat": { "amount": "0.20", "exclusive": "2.00", "inclusive": "2.20" } },
        "entries": [{ "type": "SALE", "details": { "concept": "GOOD", "number": "1" }, "data": {
            "type": "ITEM", "text": "Caffè", "unit": { "quantity": "2", "price": "1.10" }, "value": { "base": "2.00" },
            "vat": { "type": "VAT_RATE", "code": "REDUCED_1", "percentage": "10",
                     "amount": "0.20", "exclusive": "2.00", "inclusive": "2.20" } } }],
        "payments": [{ "type": "CASH", "details": { "amount": "2.20" } }],
    })
}

/// Takes `quantity` coffees of a receipt back.
fn back(original: &str, quantity: u32) -> Value {
    let mut data = coffee("C-1");
    let (net, vat, gross) = (format!("{quantity}.00"), format!("0.{quantity}0"), gross_of(quantity));
    data["document"]["total_vat"] = json!({ "amount": vat, "exclusive": net, "inclusive": gross });
    data["entries"][0]["type"] = json!("RETURN");
    let item = &mut data["entries"][0]["data"];
    item["unit"]["quantity"] = json!(quantity.to_string());
    item["value"]["base"] = json!(net);
    for (name, value) in [("amount", &vat), ("exclusive", &net), ("inclusive", &gross)] {
        item["vat"][name] = json!(value);
    }
    data["payments"][0]["details"]["amount"] = json!(gross);
    json!({ "type": "CORRECTION", "record": { "id": original }, "data": data })
}

/// `quantity` × 1.10.
fn gross_of(quantity: u32) -> String {
    let cents = quantity * 110;
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Each case spoils one member of a good receipt.
#[test]
fn what_italy_does_not_support_is_refused() {
    let bar = Bar::open();
    let cases = [
        ("/entries/0/type", json!("RETURN")),
        ("/entries/0/details/properties", json!({ "a": "b" })),
        ("/details", json!({ "creators": [{ "type": "PERSON", "label": "7" }] })),
        ("/payments/0/details/properties", json!({ "a": "b" })),
        ("/payments/0", json!({ "type": "OTHER", "details": { "amount": "2.20" } })),
        (
            "/payments/0",
            json!({ "type": "VOUCHER", "kind": "SINGLE", "number": "****", "details": { "amount": "2.20" } }),
        ),
        (
            "/payments/0",
            json!({ "type": "CARD", "kind": "PREPAID", "number": "****", "details": { "amount": "2.20" } }),
        ),
        (
            "/payments/0",
            json!({ "type": "CARD", "kind": "GIFT", "number": "****", "details": { "amount": "2.20" } }),
        ),
        (
            "/payments/0/details/discount",
            json!({ "type": "ONLINE", "name": "Web", "details": { "amount": "2.20", "discount": "0.00" } }),
        ),
        ("/customer/type", json!({ "type": "INTERNAL", "code": "AB12CD34" })),
        ("/customer/code", json!({ "type": "EXTERNAL", "code": "ab12cd34" })),
        ("/customer/code", json!({ "type": "EXTERNAL", "code": "AB12" })),
        ("/customer/code", json!({ "type": "EXTERNAL" })),
    ];
    for (place, value) in cases {
        let mut receipt = coffee("R-1");
        match place {
            "/details" => receipt["details"] = value,
            "/customer/type" | "/customer/code" => receipt["customer"] = value,
            "/payments/0/details/discount" => receipt["payments"][0] = value,
            "/entries/0/details/properties" => receipt["entries"][0]["details"]["properties"] = value,
            "/payments/0/details/properties" => receipt["payments"][0]["details"]["properties"] = value,
            _ => *receipt.pointer_mut(place).unwrap() = value,
        }
        let answer = bar.transact(receipt.clone()).refused(422, "E_UNPROCESSABLE_CONTENT");
        assert!(answer.at("/content/message").contains(place), "{place}: {answer:?}");
    }
    let begun = json!({ "type": "INTENTION", "system": { "id": bar.till }, "operation": { "type": "TRANSACTION",
        "details": { "creators": [{ "type": "PERSON", "label": "7" }], "training": true } } });
    bar.shop.post("/records", begun).refused(422, "E_UNPROCESSABLE_CONTENT");
    let mut lucky = coffee("R-1");
    lucky["customer"] = json!({ "type": "EXTERNAL", "code": "AB12CD34" });
    bar.transact(lucky).ok();
}

/// An EXTERNAL device is a printer that issues by itself (2.6); replay is France's (1.3, 2.7).
#[test]
fn a_printer_issues_nothing_here_and_nothing_is_replayed() {
    let bar = Bar::open();
    let till = bar.shop.get(&format!("/systems/{}", bar.till)).ok();
    let mut printer = system(till.at("/content/location/id"));
    printer["kind"] = json!("EXTERNAL");
    let printer = bar.shop.post("/systems", printer).ok();
    assert_eq!(printer.body["content"]["records"], json!([]));
    bar.shop.patch(&format!("/systems/{}", printer.id()), json!({ "state": "COMMISSIONED" })).ok();
    bar.shop.intention(&printer.id()).refused(501, "E_NOT_IMPLEMENTED");

    let last = bar.transact(coffee("R-1")).ok();
    let begun =
        json!({ "type": "INTENTION", "system": { "id": bar.till }, "operation": { "type": "TRANSACTION" } });
    let replayed = chain(&bar.till, &last, &[begun], Covers::Wrapper).swap_remove(0).send(&bar.shop);
    let refused = replayed.refused(501, "E_NOT_IMPLEMENTED");
    assert!(refused.at("/content/message").contains("REPLAY"), "{refused:?}");
}

#[test]
fn a_check_can_be_switched_off_or_made_a_rejection() {
    let bar = Bar::open();
    bar.set(json!({ "content_check": "reject" }));
    let begun = json!({ "type": "INTENTION", "system": { "id": bar.till }, "operation": { "type": "TRANSACTION",
        "details": { "creators": [{ "type": "PERSON", "label": "7" }] } } });
    let begun = bar.shop.post("/records", begun).ok();
    assert_eq!((begun.at("/content/state"), begun.at("/content/mode")), ("REJECTED", "FINISHED"));
    // REJECTED is final (3.2).
    bar.shop.transaction(&begun.id(), coffee("R-0")).refused(405, "E_METHOD_NOT_ALLOWED");
    let mut receipt = coffee("R-1");
    receipt["payments"][0] = json!({ "type": "OTHER", "details": { "amount": "2.20" } });
    receipt["customer"] = json!({ "type": "EXTERNAL", "code": "x" });
    bar.set(json!({ "content_check": "off", "lottery_check": "reject" }));
    let answer = bar.transact(receipt.clone()).ok();
    assert_eq!(answer.at("/content/state"), "REJECTED");
    assert!(answer.at("/content/logs/0/message").contains("lottery code"), "{answer:?}");
    bar.set(json!({ "lottery_check": "off" }));
    assert_eq!(bar.transact(receipt).ok().at("/content/state"), "COMPLETED");
}

#[test]
fn documents_get_numbers_of_the_tax_agency_and_a_pdf() {
    let bar = Bar::open();
    let sold = bar.transact(coffee("R-1")).ok();
    let number = sold.at("/content/compliance/data").to_owned();
    assert!(number.starts_with("DCW") && number.ends_with("/0000-0001"), "{number}");
    assert_eq!(sold.at("/content/transmission/request/data"), "e30A");
    assert!(bar.read(&sold.id()).body["content"].get("transmission").is_none());
    let back = bar.transact(back(&sold.id(), 1)).ok();
    assert!(back.at("/content/compliance/data").ends_with("/0000-0002"));
    let read = bar.shop.get(&format!("/records/{}?compliance-artifact=", back.id())).ok();
    assert_eq!(read.at("/content/compliance/artifact/type"), "application/pdf");
    let pdf = STANDARD.decode(read.at("/content/compliance/artifact/data")).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.4\n") && pdf.ends_with(b"%%EOF\n"));
    for words in ["emesso per RESO MERCE", number.as_str(), "1 x 1.10  Caff"] {
        assert!(pdf.windows(words.len()).any(|window| window == words.as_bytes()), "{words}");
    }
    bar.set(json!({ "document_numbers": "placeholder" }));
    assert_eq!(bar.transact(coffee("R-3")).ok().at("/content/compliance/data"), "DCW0000/0000-0000");
}

#[test]
fn a_transmission_takes_its_time_and_ends_as_it_was_set() {
    let bar = Bar::open();
    let cases = [("completed", "COMPLETED"), ("rejected", "REJECTED"), ("failed", "FAILED")];
    for (index, (result, state)) in cases.into_iter().enumerate() {
        bar.set(json!({ "transmission_s": 600, "transmission_result": result }));
        let sent = bar.transact(coffee(&format!("R-{index}"))).ok();
        assert_eq!((sent.at("/content/state"), sent.at("/content/mode")), ("ACCEPTED", "PROCESSING"));
        assert!(sent.body["content"].get("compliance").is_none());
        let start = i64::try_from(index).unwrap() * 2_000;
        bar.later(start + 590);
        assert_eq!(bar.read(&sent.id()).at("/content/state"), "ACCEPTED");
        bar.later(start + 610);
        let ended = bar.read(&sent.id());
        assert_eq!((ended.at("/content/state"), ended.at("/content/mode")), (state, "FINISHED"));
        assert_eq!(ended.body["content"].get("compliance").is_some(), state == "COMPLETED");
        assert_eq!(ended.body["content"].get("logs").is_some(), state != "COMPLETED");
        assert_eq!(ended.at("/content/journal/signature"), sent.at("/content/journal/signature"));
        bar.later(start + 2_000);
    }
}

/// A cancellation that the tax agency did not take leaves the receipt as it was.
#[test]
fn a_cancellation_that_failed_can_be_made_again() {
    let bar = Bar::open();
    let sold = bar.transact(coffee("R-1")).ok().id();
    let cancel = || bar.transact(json!({ "type": "CANCELLATION", "record": { "id": sold } }));
    bar.set(json!({ "transmission_s": 60, "transmission_result": "failed" }));
    cancel().ok();
    cancel().refused(405, "E_METHOD_NOT_ALLOWED");
    bar.later(120);
    bar.set(json!({ "transmission_s": 0, "transmission_result": "completed" }));
    cancel().ok();
    cancel().refused(405, "E_METHOD_NOT_ALLOWED");
}

#[test]
fn corrections_of_a_line_do_not_take_back_more_than_was_sold() {
    let bar = Bar::open();
    let sold = bar.transact(coffee("R-1")).ok().id();
    bar.transact(back(&sold, 3)).refused(422, "E_UNPROCESSABLE_CONTENT");
    bar.transact(back(&sold, 1)).ok();
    bar.transact(back(&sold, 2)).refused(422, "E_UNPROCESSABLE_CONTENT");
    bar.transact(back(&sold, 1)).ok();
    bar.transact(back(&sold, 1)).refused(422, "E_UNPROCESSABLE_CONTENT");
    bar.set(json!({ "correction_repeats": false }));
    bar.transact(back(&sold, 1)).ok();
}

#[test]
fn exemptions_mean_what_the_setting_says() {
    let bar = Bar::open();
    let described = || {
        let system = bar.shop.get(&format!("/systems/{}", bar.till)).ok();
        let exemptions = system.body["content"]["vat_exemptions"].as_array().unwrap().clone();
        let of = |code: &str| {
            exemptions.iter().find(|known| known["code"] == code).unwrap()["description"].clone()
        };
        (of("CAUSE_1"), of("CAUSE_2"))
    };
    assert_eq!(described(), (json!("Exempt (Esenti)"), json!("Excluded pursuant to Art. 15")));
    bar.set(json!({ "exemption_codes": "specified" }));
    assert_eq!(described(), (json!("N1 Excluded pursuant to Art. 15"), json!("N4 Esenti")));
}

#[test]
fn a_password_expires_and_is_changed_while_the_taxpayer_is_suspended() {
    let bar = Bar::open();
    let path = format!("/taxpayers/{}", bar.taxpayer);
    bar.later(91 * 86_400);
    let mut shop = bar.shop;
    let account = shop.account().clone();
    // Tokens live for a day; the GROUP's key sees its units.
    shop.sign_in(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap());
    let bar = Bar { shop, ..bar };
    let failed = bar.transact(coffee("R-1")).ok();
    assert_eq!(failed.at("/content/state"), "FAILED");
    assert!(failed.at("/content/logs/0/message").starts_with("Authentication error"), "{failed:?}");
    let renewed = json!({ "fiscalization": fiscalization("hush-2") });
    bar.shop.patch(&path, renewed.clone()).refused(405, "E_METHOD_NOT_ALLOWED");
    bar.shop.patch(&path, json!({ "mode": "SUSPENDED" })).ok();
    let told = bar.shop.patch(&path, renewed).ok();
    assert_eq!(told.at("/content/fiscalization/credentials/password"), "********");
    bar.shop.patch(&path, json!({ "mode": "OPERATIVE" })).ok();
    assert_eq!(bar.transact(coffee("R-2")).ok().at("/content/state"), "COMPLETED");
}

#[test]
fn settings_of_italy_are_checked() {
    let bar = Bar::open();
    for wrong in
        [json!({ "transmission_s": -1 }), json!({ "transmission_result": "lost" }), json!({ "speed": 1 })]
    {
        let body = json!({ "sign-it": wrong }).to_string();
        let answer = bar.shop.client.put(bar.shop.url("/_sandbox/settings")).body(body).send().unwrap();
        assert_eq!(answer.status(), 400, "{wrong}");
    }
}
