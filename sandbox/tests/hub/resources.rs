//! Taxpayers, locations and systems, as clients made them.

use serde_json::json;

use crate::shop::{Shop, address, branch, system, taxpayer};
use crate::visitor::Visitor;

#[test]
fn a_list_says_what_to_do_while_it_is_empty() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    for name in ["taxpayers", "locations", "systems"] {
        let page = visitor.get(&format!("/hub/{name}")).ok();
        assert!(page.has(&format!("No {name} yet")) && page.has(&format!("POST /sign-fr/{name}")));
    }
    assert!(visitor.get("/hub/records").ok().has("No records yet"));
}

#[test]
fn a_resource_links_to_what_is_above_and_below_it() {
    let (shop, till) = Shop::ready();
    let visitor = Visitor::of(&shop);
    let page = visitor.get(&format!("/hub/systems/{till}")).ok();
    assert!(page.has("POS-1000") && page.has("Commissioned") && page.has("-----BEGIN CERTIFICATE-----"));
    let location = page.linked("locations").remove(0);
    let page = visitor.get(&format!("/hub/locations/{location}")).ok();
    assert!(page.has("Rivoli") && page.linked("systems") == [till]);
    let taxpayer = page.linked("taxpayers").remove(0);
    let page = visitor.get(&format!("/hub/taxpayers/{taxpayer}")).ok();
    assert!(page.has("Boulangerie Martin") && page.has("356000000"));
    assert!(page.linked("locations").contains(&location));
    let unit = page.linked("organizations").remove(0);
    assert_eq!(visitor.get(&format!("/hub/organizations/{unit}")).ok().linked("taxpayers"), [taxpayer]);
}

#[test]
fn what_clients_wrote_is_shown_as_text_and_what_they_hid_stays_hidden() {
    let mut shop = Shop::open();
    shop.make_unit();
    let markup = "<b>&\"'</b>";
    let mut company = taxpayer();
    company["name"]["trade"] = json!(markup);
    company["address"]["city"] = json!(markup);
    let taxpayer = shop.post("/taxpayers", company).ok().id();
    let branch =
        json!({ "type": "BRANCH", "taxpayer": { "id": taxpayer }, "name": markup, "address": address() });
    let location = shop.post("/locations", branch).ok().id();
    let mut till = system(&location);
    till["producer"]["details"]["name"] = json!(markup);
    let till = shop.post("/systems", till).ok().id();
    let italian = json!({ "type": "COMPANY", "name": { "legal": "Rossi", "trade": "Rossi" },
        "address": { "line": { "type": "STREET_NUMBER", "street": "Via Roma", "number": "1" },
                     "code": "00100", "city": "Roma", "country": "IT" },
        "fiscalization": { "type": "IT", "tax_id_number": "12345678903", "vat_id_number": "12345678903",
            "credentials": { "type": "FISCONLINE", "pin": "1234567890", "password": "hush-hush", "tax_id_number": "LLLLLL99L99L999L" } } });
    let italian = shop.post("/taxpayers", italian).ok().id();

    let visitor = Visitor::of(&shop);
    for path in [
        "taxpayers".to_owned(),
        format!("taxpayers/{taxpayer}"),
        "locations".to_owned(),
        format!("locations/{location}"),
        "systems".to_owned(),
        format!("systems/{till}"),
    ] {
        let page = visitor.get(&format!("/hub/{path}")).ok();
        assert!(page.has("&lt;b&gt;&amp;&quot;") && !page.has("<b>"), "{path}: {}", page.text);
    }
    let page = visitor.get(&format!("/hub/taxpayers/{italian}")).ok();
    assert!(page.has("********") && !page.has("hush-hush") && !page.has("1234567890<"));
    assert!(!visitor.get(&format!("/hub/systems/{till}")).ok().has("PRIVATE KEY"));
}

/// 26 branches and the head office: one more than a page, under one of two taxpayers.
#[test]
fn a_long_list_goes_on_under_its_owner() {
    let mut shop = Shop::open();
    shop.make_unit();
    let owner = || shop.post("/taxpayers", taxpayer()).ok().id();
    let (one, other) = (owner(), owner());
    for _ in 0..26 {
        shop.post("/locations", branch(&one)).ok();
    }
    shop.post("/locations", branch(&other)).ok();

    let visitor = Visitor::of(&shop);
    let page = visitor.get(&format!("/hub/taxpayers/{one}")).ok();
    let all = format!("/hub/locations?under={one}");
    assert!(page.has(&format!(r#"href="{all}">All 27</a>"#)), "{}", page.text);
    let first = visitor.get(&all).ok();
    let next = first.text.split_once(r#"rel="next" href=""#).unwrap().1.split('"').next().unwrap().to_owned();
    let second = visitor.get(&next.replace("&amp;", "&")).ok();
    assert_eq!((first.linked("locations").len(), second.linked("locations").len()), (25, 2));
    assert!(!first.linked("locations").iter().any(|id| second.linked("locations").contains(id)));
    assert!(!visitor.get("/hub/locations?under=%22%3E%3Cscript%3E").ok().has("<script"));
}
