//! Austria at the hub: the dashboard, devices, receipts, the data collection protocol, and the interfaces' descriptions.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::austria::{Shop, new_id, raw, sale};
use crate::verifier::verify;
use crate::visitor::{Page, Visitor};

fn visitor(shop: &Shop) -> Visitor {
    Visitor::at(shop.sandbox.url())
}

fn json_of(page: &Page) -> Value {
    serde_json::from_str(&page.text).unwrap()
}

/// What stands in the first `code` after `label`.
fn shown(page: &Page, label: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("<dt>{label}</dt><dd><code>")).unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[test]
fn a_list_says_what_to_do_while_it_is_empty() {
    let shop = Shop::open();
    let visitor = visitor(&shop);
    assert!(visitor.get("/hub/austria").ok().has("No receipts yet"));
    assert!(visitor.get("/hub/austria/units").ok().has("PUT /sign-at/api/v1/signature-creation-unit/{id}"));
    assert!(visitor.get("/hub/austria/registers").ok().has("PUT /sign-at/api/v1/cash-register/{id}"));
    for path in [
        "units/x",
        "registers/x",
        "registers/x/dep.json",
        "registers/x/keys.json",
        "receipts/x",
        "keys/x",
        "organizations/x",
        "x",
        "registers/dep.json",
    ] {
        assert_eq!(visitor.get(&format!("/hub/austria/{path}")).status, 404, "{path}");
    }
}

#[test]
fn a_merchant_and_a_key_are_made_by_hand() {
    let shop = Shop::open();
    let visitor = visitor(&shop);
    let dashboard = shop.account("management")["organization"].as_str().unwrap();
    let own = format!("/hub/austria/organizations/{dashboard}");
    let fields = [
        ("name", "Cafe <b>Muster</b>"),
        ("address_line1", "Hauptplatz 1"),
        ("zip", "8010"),
        ("town", "Graz"),
    ];
    let merchant = visitor.post(&format!("{own}/organizations"), &fields).place();
    let page = visitor.get(&merchant).ok();
    assert!(page.has("Cafe &lt;b&gt;Muster&lt;/b&gt;") && !page.has("<b>Muster"), "names are text");
    assert!(visitor.get("/hub/austria/organizations").ok().has("Cafe &lt;b&gt;Muster"));
    let key = visitor.post(&format!("{merchant}/keys"), &[("key_name", "kasse1")]).place();
    visitor.request(Method::HEAD, &key).send().unwrap();
    let page = visitor.get(&key).ok();
    let body = json!({ "api_key": shown(&page, "Key"), "api_secret": shown(&page, "Secret") });
    let token = shop.send(Method::POST, "/sign-at/api/v1/auth", "", Some(&body)).ok();
    assert!(merchant.ends_with(token["access_token_claims"]["organization_id"].as_str().unwrap()));
    assert!(!visitor.get(&key).ok().has("<dt>Secret</dt>"), "it is shown once");

    let mut short = fields;
    short[0].1 = "ab";
    visitor.post(&format!("{own}/organizations"), &short).refused_with("ab");
    short[0].1 = "Cafe";
    short[2].1 = "";
    visitor.post(&format!("{own}/organizations"), &short).refused();
    visitor.post(&format!("{merchant}/keys"), &[("key_name", "Kasse 1")]).refused_with("Kasse 1");
    assert_eq!(
        visitor.post(&format!("{merchant}/organizations"), &fields).status,
        404,
        "a merchant manages nobody"
    );
    let form = visitor.get(&merchant).ok().form_id();
    let twice = [("form", form.as_str()), ("key_name", "kasse2")];
    let first = visitor.post(&format!("{merchant}/keys"), &twice).place();
    assert_eq!(visitor.post(&format!("{merchant}/keys"), &twice).place(), first);
}

#[test]
fn devices_and_receipts_appear_as_clients_make_them() {
    let (shop, register) = Shop::ready();
    let visitor = visitor(&shop);
    let mut three = sale("REDUCED_1", "4.20");
    three["schema"]["standard_v1"]["line_items"][0]["quantity"] = "3".into();
    three["schema"]["standard_v1"]["line_items"][0]["price_per_unit"] = "1.41".into();
    shop.book(&register, &three);
    shop.settings(&json!({ "devices": "fail" }));
    shop.book(&register, &raw("CANCELLATION", ["-1.00", "0.00", "0.00", "0.00", "0.00"]));
    let page = visitor.get("/hub/austria").ok();
    assert!(page.has("Latest receipts") && page.has("Unsigned") && page.has("4.20 €"));
    let units = visitor.get("/hub/austria/units").ok();
    assert!(units.has("Muster GmbH") && units.has("Outage") && units.has("Sandbox merchant"), "whose it is");
    let unit = units.linked("austria/units").remove(0);
    assert!(visitor.get(&format!("/hub/austria/units/{unit}")).ok().has("Sandbox merchant"));

    let merchant = shop.account("sign-at")["organization"].as_str().unwrap();
    let page = visitor.get(&format!("/hub/austria/organizations/{merchant}")).ok();
    let own = format!("/hub/austria/registers?organization={merchant}");
    assert!(page.has(&format!(r#"<a href="{own}">1</a>"#)));
    for (query, link) in [("", "&amp;follow=on"), ("&follow=on&before=x", "")] {
        let page = visitor.get(&format!("{own}{query}")).ok();
        assert!(page.has(&format!(r#"<a class="follow" href="{own}{link}">"#)), "the filter stays: {query}");
    }
    let key = visitor.get(&own).ok().linked("austria/registers").remove(0);
    let dashboard = shop.account("management")["organization"].as_str().unwrap();
    let others = visitor.get(&format!("/hub/austria/registers?organization={dashboard}")).ok();
    assert_eq!(others.linked("austria/registers"), [""; 0]);
    let path = format!("/hub/austria/registers/{key}");
    let page = visitor.get(&path).ok();
    assert!(page.has("Bar") && page.has(&register));
    let receipts = page.linked("austria/receipts");
    assert_eq!(receipts.len(), 3);
    let (dep, keys) =
        (visitor.get(&format!("{path}/dep.json")).ok(), visitor.get(&format!("{path}/keys.json")).ok());
    assert_eq!(dep.header("content-disposition"), "attachment");
    assert_eq!(verify(&json_of(&dep), &json_of(&keys)).unwrap().len(), 3);
    assert_eq!(json_of(&dep), shop.export(&register));

    // Newest first.
    let last = visitor.get(&format!("/hub/austria/receipts/{}", receipts[0])).ok();
    for text in [
        "Cancellation 3",
        "Sicherheitseinrichtung ausgefallen",
        "Stornobuchung",
        "RKSV-Kassen-ID",
        "It follows from the receipt before.",
    ] {
        assert!(last.has(text), "{text}");
    }
    let sold = visitor.get(&format!("/hub/austria/receipts/{}", receipts[1])).ok();
    for text in ["Sandbox merchant", "Melange", "3 × 1.41", "4.23"] {
        assert!(sold.has(text), "{text}");
    }
    assert!(sold.linked("austria/receipts").contains(&receipts[0]));
    let start = visitor.get(&format!("/hub/austria/receipts/{}", receipts[2])).ok();
    assert!(
        start.has("this is the register&#39;s first receipt")
            || start.has("this is the register's first receipt")
    );
    assert!(start.has("Success"));
}

#[test]
fn a_receipt_that_was_changed_breaks_the_chain_on_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let start = || {
        let store = fiskal_sandbox::Store::File(path.clone());
        fiskal_sandbox::Sandbox::start(fiskal_sandbox::Options { store, ..Default::default() }).unwrap()
    };
    let shop = Shop::at(start());
    shop.authenticate_fon().ok();
    shop.make_unit();
    let register = shop.make_register();
    shop.book(&register, &sale("STANDARD", "1.00"));
    shop.book(&register, &sale("STANDARD", "2.00"));
    drop(shop);
    let connection = rusqlite::Connection::open(&path).unwrap();
    let changed = "UPDATE document SET body = replace(body, '\"jws\":\"eyJ', '\"jws\":\"eyK') WHERE kind = 'receipt' AND body LIKE '%\"number\":2,%'";
    assert_eq!(connection.execute(changed, []).unwrap(), 1);
    drop(connection);
    let shop = Shop::at(start());
    let visitor = visitor(&shop);
    let receipts = visitor.get("/hub/austria/receipts").ok().linked("austria/receipts");
    let holds = |key: &str| {
        visitor.get(&format!("/hub/austria/receipts/{key}")).ok().has("It follows from the receipt before.")
    };
    assert!(!holds(&receipts[0]) && holds(&receipts[1]));
}

#[test]
fn receipts_come_in_pages() {
    let (shop, register) = Shop::ready();
    let other = shop.make_register();
    (0..30).for_each(|_| drop(shop.book(&register, &sale("STANDARD", "1.00"))));
    let visitor = visitor(&shop);
    let first = visitor.get("/hub/austria/receipts").ok();
    assert_eq!(first.linked("austria/receipts").len(), 25);
    let (_, rest) = first.text.split_once("rel=\"next\" href=\"").unwrap();
    let next = visitor.get(rest.split('"').next().unwrap()).ok();
    assert_eq!(next.linked("austria/receipts").len(), 7, "32 in all");
    let registers = visitor.get("/hub/austria/registers").ok().linked("austria/registers");
    let key = registers.iter().find(|key| key.ends_with(&other)).unwrap();
    let page = visitor.get(&format!("/hub/austria/receipts?register={key}")).ok();
    assert_eq!(page.linked("austria/receipts").len(), 1);
}

#[test]
fn organizations_come_in_pages() {
    let shop = Shop::open();
    let visitor = visitor(&shop);
    let dashboard = shop.account("management")["organization"].as_str().unwrap();
    let own = format!("/hub/austria/organizations/{dashboard}");
    for number in 0..30 {
        let name = format!("Merchant {number}");
        let fields =
            [("name", name.as_str()), ("address_line1", "Ring 1"), ("zip", "1010"), ("town", "Wien")];
        visitor.post(&format!("{own}/organizations"), &fields).place();
    }
    // The dashboard's own and the seeded merchant stand behind them.
    for (path, rest) in [("/hub/austria/organizations", 7), (own.as_str(), 6)] {
        let first = visitor.get(path).ok();
        assert!(first.has("Merchant 29<") && !first.has("Merchant 4<"), "{path}: newest first");
        let (_, next) = first.text.split_once("rel=\"next\" href=\"").unwrap();
        let second = visitor.get(next.split('"').next().unwrap()).ok();
        let shown = second.text.matches("<li><a class=\"main\" href=\"/hub/austria/organizations/").count();
        assert_eq!(shown, rest, "{path}");
        assert!(second.has("Merchant 4<") && second.has("rel=\"prev\""), "{path}");
    }
    let page = visitor.get("/hub/austria").ok();
    assert!(page.has("<strong>32</strong> Organizations"));
}

#[test]
fn the_descriptions_name_every_operation_of_the_contract() {
    let shop = Shop::open();
    let visitor = visitor(&shop);
    let names = |service: &str| {
        let document = json_of(&visitor.get(&format!("/{service}/openapi.json")).ok());
        let mut names = BTreeSet::new();
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values() {
                assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()));
            }
        }
        assert_eq!(document["servers"][0]["url"], format!("{}/{service}", shop.sandbox.url()));
        names
    };
    // Contract sign-at 1.2 and 1.5.
    let expected = |text: &str| text.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(
        names("sign-at"),
        expected(
            "authenticate authenticateFon retrieveFonStatus createSignatureCreationUnit retrieveSignatureCreationUnit \
             updateSignatureCreationUnit listSignatureCreationUnits retrieveSignatureCreationUnitMetadata \
             updateSignatureCreationUnitMetadata createCashRegister retrieveCashRegister updateCashRegister \
             listCashRegisters retrieveCashRegisterMetadata updateCashRegisterMetadata signReceipt retrieveReceipt \
             retrieveReceiptMetadata updateReceiptMetadata validateReceipt listCashRegisterReceipts listReceipts \
             exportCashRegister retrieveConfiguration updateConfiguration"
        )
    );
    assert_eq!(
        names("management"),
        expected(
            "authenticate createOrganization listOrganizations retrieveOrganization updateOrganization enableEnvironment \
             createApiKey listApiKeys retrieveApiKey updateApiKey"
        )
    );
}

#[test]
fn the_postman_environment_signs_in() {
    let shop = Shop::open();
    let visitor = visitor(&shop);
    let environment = json_of(&visitor.get("/sign-at/postman/environment.json").ok());
    let value = |name: &str| {
        let values = environment["values"].as_array().unwrap();
        values.iter().find(|value| value["key"] == name).unwrap()["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(value("base_url"), format!("{}/sign-at", shop.sandbox.url()));
    let body = json!({ "api_key": value("api_key"), "api_secret": value("api_secret") });
    shop.send(Method::POST, "/sign-at/api/v1/auth", "", Some(&body)).ok();
    let collection = json_of(&visitor.get("/sign-at/postman/collection.json").ok());
    assert_eq!(collection, json_of(&visitor.get("/sign-at/api/v1/_postman/collection").ok()));
    assert!(!collection.to_string().contains(&value("api_secret")));
}

#[test]
fn a_key_container_is_shown_for_registers_that_are_there() {
    let (shop, register) = Shop::ready();
    assert!(shop.verification(&register)["base64AESKey"].as_str().unwrap().len() == 44);
    for (method, path) in [
        (Method::GET, format!("sign-at/registers/{}/verification", new_id())),
        (Method::GET, "sign-at/registers//verification".to_owned()),
        (Method::GET, "sign-at/verification".to_owned()),
        (Method::GET, "sign-fr/registers/1/verification".to_owned()),
        (Method::PUT, format!("sign-at/registers/{register}/verification")),
    ] {
        assert_eq!(shop.send(method, &format!("/_sandbox/{path}"), "", None).status, 404, "{path}");
    }
}

#[test]
fn a_register_of_two_organizations_is_named_with_its_organization() {
    let (shop, register) = Shop::ready();
    let alone = shop.verification(&register);
    let mut other = Shop::beside(&shop);
    other.bearer = other.sign_in("management");
    other.create_register(&register).ok();

    let path = |name: &str| format!("/_sandbox/sign-at/registers/{name}/verification");
    let answer = shop.send(Method::GET, &path(&register), "", None);
    assert_eq!(answer.status, 400, "{answer:?}");
    let message = answer.body["message"].as_str().unwrap();
    let key = |account: &str| {
        format!("{}/test/{register}", shop.account(account)["organization"].as_str().unwrap())
    };
    let (own, theirs) = (key("sign-at"), key("management"));
    assert!(message.contains(&own) && message.contains(&theirs), "{message}");
    assert_eq!(shop.send(Method::GET, &path(&own), "", None).ok(), alone);
    let container = shop.send(Method::GET, &path(&theirs), "", None).ok();
    assert_ne!(container["base64AESKey"], alone["base64AESKey"]);
}

#[test]
fn keys_come_page_by_page() {
    let shop = Shop::open();
    let visitor = visitor(&shop);
    let dashboard = shop.account("management")["organization"].as_str().unwrap();
    let own = format!("/hub/austria/organizations/{dashboard}");
    // With the key of the ready file: one more than a page.
    for number in 1..=25 {
        visitor.post(&format!("{own}/keys"), &[("key_name", &format!("till-{number}"))]).place();
    }
    let page = visitor.get(&own).ok();
    assert!(page.has("All 26") && page.has(">till-25<") && page.has(">till-1<"));
    assert_eq!(page.linked("austria/keys").len(), 25);
    let all = visitor.get(&format!("{own}/keys")).ok();
    assert_eq!(all.linked("austria/keys").len(), 25);
    let last = all.linked("austria/keys").last().unwrap().clone();
    let older = visitor.get(&format!("{own}/keys?before={}", last.rsplit('/').next().unwrap())).ok();
    assert_eq!(older.linked("austria/keys").len(), 1);
    assert!(!older.has(">till-1<"));
    assert_eq!(visitor.get("/hub/austria/organizations/x/keys").status, 404);
}
