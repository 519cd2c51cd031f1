//! Records as they arrive, their receipts, and their places in the chain.

use fiskal_sandbox::{Options, Sandbox, Store};
use reqwest::Method;
use serde_json::{Value, json};

use crate::offline::{Covers, chain};
use crate::shop::{Shop, receipt, taxpayer};
use crate::visitor::{Page, Visitor};

fn record(visitor: &Visitor, id: &str) -> Page {
    visitor.get(&format!("/hub/records/{id}")).ok()
}

/// The page's text between two places.
fn between<'p>(page: &'p Page, start: &str, end: &str) -> &'p str {
    let (_, rest) = page.text.split_once(start).unwrap();
    rest.split_once(end).unwrap().0
}

#[test]
fn a_sale_appears_with_its_receipt_and_its_place_in_the_chain() {
    let (shop, till) = Shop::ready();
    let visitor = Visitor::of(&shop);
    let sold = shop.sell(&till, "R-1");
    let intention = sold.at("/content/record/id");

    assert_eq!(visitor.get("/hub/records").ok().linked("records"), [sold.id(), intention.to_owned()]);
    assert!(visitor.get("/").ok().linked("records").contains(&sold.id()));
    let page = record(&visitor, &sold.id());
    let paper = between(&page, "<article", "</article>");
    for text in [
        "Boulangerie Martin",
        "123 Rue de Rivoli",
        "356000000",
        "R-1",
        "Croissant",
        "2 × 1.20",
        "5.5 %",
        "2.40",
        "Cash",
    ] {
        assert!(paper.contains(text), "{text}: {paper}");
    }
    assert!(paper.contains(sold.at("/content/journal/signature")));
    let chain = between(&page, r#"<ol class="chain">"#, "</ol>");
    assert!(chain.contains(&format!("/hub/records/{intention}")) && chain.contains("nothing yet"));
    assert!(page.has("The signature follows from the record"));

    let next = shop.intention(&till).ok().id();
    let chain = record(&visitor, &sold.id());
    assert!(between(&chain, r#"<ol class="chain">"#, "</ol>").contains(&format!("/hub/records/{next}")));
    let first = record(&visitor, intention);
    assert!(first.has("this is the system's first record") && !first.has("<article"));
}

/// The store is changed behind the sandbox's back: one record's text, not its signature.
#[test]
fn a_record_that_was_changed_breaks_the_chain_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let on = || Options { store: Store::File(path.clone()), ..Options::default() };
    let mut shop = Shop::at(Sandbox::start(on()).unwrap());
    shop.make_unit();
    let till = shop.make_till();
    let (changed, sound) = (shop.sell(&till, "R-1").id(), shop.sell(&till, "R-2").id());
    shop.sandbox.stop();
    let store = rusqlite::Connection::open(&path).unwrap();
    let update =
        "UPDATE document SET body = replace(body, 'Croissant', 'Baguette') WHERE kind = 'record' AND id = ?1";
    assert_eq!(store.execute(update, [&changed]).unwrap(), 1);
    drop(store);

    let shop = Shop::at(Sandbox::start(on()).unwrap());
    let visitor = Visitor::of(&shop);
    let page = record(&visitor, &changed);
    assert!(page.has("Baguette") && page.has("The signature does not follow"), "{}", page.text);
    assert!(record(&visitor, &sound).has("The signature follows from the record"));
}

/// Two entries at 20 % and 5.5 %, a return at 5.5 %. 24.00 gross is 20.00 net; 4.80 − 2.40 gross leaves 2.40 gross,
/// which is 2.27488152 net.
#[test]
fn the_rates_of_a_receipt_are_summed_and_returns_taken_off() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "amount_check": "off" }));
    let mut operation = receipt("R-1");
    let croissant = operation["entries"][0].clone();
    let mut wine = croissant.clone();
    wine["data"]["text"] = json!("Wine");
    wine["data"]["vat"] = json!({ "type": "VAT_RATE", "code": "STANDARD", "percentage": "20.00",
                                  "amount": "4.00", "exclusive": "20.00", "inclusive": "24.00" });
    let mut more = croissant.clone();
    more["data"]["vat"] = json!({ "type": "VAT_RATE", "code": "REDUCED_2", "percentage": "5.50",
                                  "amount": "0.25023697", "exclusive": "4.54976303", "inclusive": "4.80" });
    let mut back = croissant;
    back["type"] = json!("RETURN");
    operation["entries"] = json!([wine, more, back]);
    let intention = shop.intention(&till).ok().id();
    let sold = shop.transaction(&intention, operation).ok().id();

    let page = record(&Visitor::of(&shop), &sold);
    let paper = between(&page, "<article", "</article>");
    let row = |rate: &str, sums: [&str; 3]| {
        let cells: String = sums.iter().map(|sum| format!("<td>{sum}</td>")).collect();
        format!(r#"<th scope="row">{rate} %</th>{cells}"#)
    };
    assert!(paper.contains(&row("20", ["20.00", "4.00", "24.00"])), "{paper}");
    assert!(paper.contains(&row("5.5", ["2.27", "0.13", "2.40"])), "{paper}");
    assert!(paper.contains("<td>−2.40</td>"), "{paper}");
}

#[test]
fn paging_shows_every_record_once_while_new_ones_arrive() {
    let (shop, till) = Shop::ready();
    let visitor = Visitor::of(&shop);
    for number in 0..30 {
        shop.sell(&till, &format!("R-{number}"));
    }
    let booked = shop.get("/records?limit=100").ok();
    let mut expected: Vec<String> = booked.body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["content"]["id"].as_str().unwrap().to_owned())
        .collect();
    expected.reverse();

    let mut seen = Vec::new();
    let mut next = Some("/hub/records".to_owned());
    let mut last = String::new();
    while let Some(path) = next {
        let page = visitor.get(&path).ok();
        seen.extend(page.linked("records"));
        shop.intention(&till).ok();
        next = page
            .text
            .split_once(r#"rel="next" href=""#)
            .map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
        last = path;
    }
    assert_eq!(seen, expected);
    assert_eq!(seen.len(), 60);

    let page = visitor.get(&last).ok();
    let newer = between(&page, r#"rel="prev" href=""#, "\"").to_owned();
    assert_eq!(visitor.get(&newer).ok().linked("records"), expected[25..50]);
}

#[test]
fn the_records_of_one_system_can_be_seen_alone() {
    let (shop, till) = Shop::ready();
    let visitor = Visitor::of(&shop);
    shop.sell(&till, "R-1");
    let other = shop.make_till();
    let alone = shop.sell(&other, "R-1").id();
    let page = visitor.get(&format!("/hub/records?system={other}")).ok();
    assert_eq!(page.linked("records").len(), 2);
    assert!(page.linked("records").contains(&alone));
    // Looking again by itself, it stays that system's.
    assert!(page.has(&format!(r#"href="/hub/records?system={other}&amp;follow=on""#)), "{}", page.text);
    let followed = visitor.get(&format!("/hub/records?system={other}&follow=on")).ok();
    assert!(followed.has(&format!(r#"href="/hub/records?system={other}">"#)), "{}", followed.text);
    for hostile in [
        "?system=%22%3E%3Cscript%3E",
        "?before=%22%3E%3Cscript%3E",
        "?after=nothing",
        "?system=&system=x&before",
    ] {
        assert!(!visitor.get(&format!("/hub/records{hostile}")).ok().has("<script"), "{hostile}");
    }
}

#[test]
fn a_rejected_record_says_why() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "amount_check": "reject" }));
    let intention = shop.intention(&till).ok().id();
    let mut wrong = receipt("R-1");
    wrong["document"]["total_vat"]["inclusive"] = json!("99.00");
    let answer = shop.transaction(&intention, wrong).ok();
    let reason = answer.at("/content/logs/0/message").to_owned();
    let page = record(&Visitor::of(&shop), &answer.id());
    assert!(page.has("Rejected") && page.has("Why it was refused"));
    let words: Vec<&str> = reason.split(['\'', '"', '<', '>', '&']).collect();
    assert!(page.has(words[0]), "{reason}: {}", page.text);
}

#[test]
fn every_kind_of_document_has_a_page() {
    let (mut shop, till) = Shop::ready();
    let visitor = Visitor::of(&shop);
    let sold = shop.sell(&till, "R-1").id();
    let intentions: [Value; 2] = [
        json!({ "type": "EVENT", "code": "90", "description": "<i>cut</i>" }),
        json!({ "type": "DUPLICATE", "record": { "id": sold }, "number": "1", "reason": "<i>lost</i>" }),
    ];
    for operation in intentions {
        let content = json!({ "type": "INTENTION", "system": { "id": till }, "operation": operation });
        let page = record(&visitor, &shop.post("/records", content).ok().id());
        assert!(page.has("&lt;i&gt;") && !page.has("<i>"), "{}", page.text);
    }
    let intention = shop.intention(&till).ok().id();
    let cancelled =
        shop.transaction(&intention, json!({ "type": "CANCELLATION", "record": { "id": sold } })).ok().id();
    let page = record(&visitor, &cancelled);
    assert!(page.has("Cancellation") && page.has("The signature follows from the record"));

    let account = shop.account().clone();
    shop.control(Method::PUT, "clock", json!({ "offset_s": 86_400 }));
    shop.sign_in(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap());
    shop.get("/records").ok();
    assert!(visitor.get("/hub/records").ok().has(">Closing: daily<"));
}

/// The wrapping intention has an id and no record, so nothing leads to it.
#[test]
fn a_replayed_record_leads_only_to_pages_that_are_there() {
    let (shop, till) = Shop::ready();
    let last = shop.sell(&till, "R-1");
    let begun =
        json!({ "type": "INTENTION", "system": { "id": till }, "operation": { "type": "TRANSACTION" } });
    let replayed = chain(&till, &last, &[begun], Covers::Wrapper).swap_remove(0).send(&shop).ok();
    let visitor = Visitor::of(&shop);
    let page = record(&visitor, &replayed.id());
    assert!(page.has(replayed.at("/content/replayed_by/id")), "{}", page.text);
    for id in page.linked("records") {
        record(&visitor, &id);
    }
}

/// Nobody asks the service meanwhile.
#[test]
fn a_list_shows_what_has_become_of_a_transmission() {
    let mut shop = Shop::open();
    shop.make_unit();
    let mut bar = taxpayer();
    bar["fiscalization"] = json!({ "type": "IT", "tax_id_number": "12345678903", "vat_id_number": "12345678903",
        "credentials": { "type": "FISCONLINE", "pin": "1", "password": "x", "tax_id_number": "RSSMRA80A01H501U" } });
    let till = shop.make_till_of(bar);
    let italian = json!({ "transmission_s": 60, "transmission_result": "failed" });
    shop.control(
        Method::PUT,
        "settings",
        json!({ "sign-it": italian, "sign-fr": { "vat_check": "off", "value_base": "any" } }),
    );
    shop.sell(&till, "R-1");
    let visitor = Visitor::of(&shop);
    assert!(!visitor.get("/hub/records").ok().has("Failed"));
    shop.control(Method::PUT, "clock", json!({ "offset_s": 61 }));
    assert!(visitor.get("/hub/records").ok().has("Failed"));
}

#[test]
fn what_a_receipt_holds_is_shown_as_text() {
    let (shop, till) = Shop::ready();
    let mut operation = receipt("R-1");
    operation["entries"][0]["data"]["text"] = json!("<img src=x onerror=alert(1)>");
    operation["document"]["text"] = json!("\u{202e}<u>merci</u>");
    let intention = shop.intention(&till).ok().id();
    let content = json!({ "type": "TRANSACTION", "record": { "id": intention }, "operation": operation });
    let body = json!({ "content": content, "metadata": { "<s>": "<s>" } });
    let sold = shop.send(reqwest::Method::POST, "/records", &crate::shop::new_key(), &body).ok().id();
    let page = record(&Visitor::of(&shop), &sold);
    for markup in ["<img", "<u>", "<s>"] {
        assert!(!page.has(markup), "{}", page.text);
    }
    assert!(page.has("&lt;img src=x") && page.has("&lt;u&gt;merci"));
}
