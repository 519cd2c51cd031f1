//! Steps 1 to 3 of the guide of 2026-05-04: account, group, API key.

use fiskal_sandbox::{Options, Sandbox, Store};
use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::visitor::{Page, Visitor};

/// What stands in the first `code` after `label`.
fn shown(page: &Page, label: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("<dt>{label}</dt><dd><code>")).unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[test]
fn three_steps_lead_from_nothing_to_a_key_that_makes_units() {
    let mut shop = Shop::open();
    let visitor = Visitor::of(&shop);

    let account = visitor.post("/hub/organizations", &[("organization_name", "Martin et fils")]).place();
    assert!(visitor.get(&account).ok().has("Name of the group"));
    let group = visitor.post(&format!("{account}/organizations"), &[("organization_name", "Paris")]).place();
    let page = visitor.get(&group).ok();
    assert!(page.has("Paris") && page.has("GROUP") && page.has("Martin et fils"));
    let key = visitor.post(&format!("{group}/keys"), &[("key_name", "till-1")]).place();

    let page = visitor.get(&key).ok();
    shop.sign_in(&shown(&page, "Key"), &shown(&page, "Secret"));
    let unit = shop.post("/organizations", json!({ "type": "UNIT", "name": "Boulangerie" })).ok();
    assert!(group.ends_with(unit.at("/content/organization/id")));
    assert!(visitor.get(&group).ok().has("Boulangerie"));
}

#[test]
fn a_secret_is_shown_once_and_only_to_somebody_who_sees_it() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let group = shop.account()["organization"].as_str().unwrap();
    let key = visitor.post(&format!("/hub/organizations/{group}/keys"), &[("key_name", "till-1")]).place();

    visitor.request(Method::HEAD, &key).send().unwrap();
    let secret = shown(&visitor.get(&key).ok(), "Secret");
    let again = visitor.get(&key).ok();
    assert!(!again.has(&secret) && !again.has("<dt>Secret</dt>"));
    assert!(!visitor.get(&format!("/hub/organizations/{group}")).ok().has(&secret));
    assert_eq!(again.header("cache-control"), "no-store");
}

#[test]
fn keys_come_page_by_page() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let account = visitor.post("/hub/organizations", &[("organization_name", "Martin")]).place();
    for number in 1..=26 {
        visitor.post(&format!("{account}/keys"), &[("key_name", &format!("till-{number}"))]).place();
    }
    let page = visitor.get(&account).ok();
    assert!(page.has("All 26") && page.has(">till-26<") && !page.has(">till-1<"));
    let all = visitor.get(&format!("{account}/keys")).ok().linked("keys");
    assert_eq!(all.len(), 25);
    let last = all.last().unwrap().rsplit('/').next().unwrap().to_owned();
    let older = visitor.get(&format!("{account}/keys?before={last}")).ok();
    assert!(older.has(">till-1<") && !older.has(">till-2<"));
    assert_eq!(visitor.get("/hub/organizations/x/keys").status, 404);
}

#[test]
fn a_form_that_is_sent_twice_is_carried_out_once() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let form = visitor.get("/hub/organizations").ok().form_id();
    let fields = [("form", form.as_str()), ("organization_name", "Martin")];
    let first = visitor.post("/hub/organizations", &fields).place();
    assert_eq!(visitor.post("/hub/organizations", &fields).place(), first);
    assert_eq!(visitor.get("/hub/organizations").ok().text.matches(">Martin<").count(), 1);

    let keys = format!("{first}/keys");
    let fields = [("form", "a form of its own"), ("key_name", "till-1")];
    assert_eq!(visitor.post(&keys, &fields).place(), visitor.post(&keys, &fields).place());
    assert_eq!(visitor.get(&first).ok().linked("keys").len(), 1);

    for (path, field) in [("/hub/clock", ("by", "3600")), ("/hub/faults", ("kind", "reset"))] {
        let form = visitor.get(path).ok().form_id();
        for _ in 0..2 {
            assert_eq!(visitor.post(path, &[("form", &form), field]).place(), path);
        }
    }
    let control = |name: &str| shop.control(Method::GET, name, Value::Null);
    assert_eq!(control("clock")["offset_s"], 3600);
    assert_eq!(control("faults")["faults"].as_array().unwrap().len(), 1);
}

#[test]
fn a_name_that_cannot_be_taken_is_refused_and_stays_in_its_field() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let group = format!("/hub/organizations/{}", shop.account()["organization"].as_str().unwrap());
    let before = visitor.get("/hub/organizations").ok().linked("organizations");
    let long = "ü".repeat(129);
    for name in ["", "   ", long.as_str()] {
        visitor.post("/hub/organizations", &[("organization_name", name)]).refused_with(name.trim());
        let below = format!("{group}/organizations");
        visitor.post(&below, &[("organization_name", name)]).refused_with(name.trim());
    }
    for name in ["", "ab", "Till 1", "till_1", &"a".repeat(31)] {
        visitor.post(&format!("{group}/keys"), &[("key_name", name)]).refused_with(name);
    }
    assert_eq!(visitor.post("/hub/organizations", &[]).status, 422);
    assert_eq!(visitor.get("/hub/organizations").ok().linked("organizations"), before);
    assert_eq!(visitor.get(&group).ok().linked("keys").len(), 1, "the seeded one");

    let longest = "ü".repeat(128);
    visitor.post("/hub/organizations", &[("organization_name", &longest)]).place();
}

#[test]
fn nothing_is_made_below_a_unit_or_below_what_is_not_there() {
    let mut shop = Shop::open();
    let unit = shop.make_unit();
    let visitor = Visitor::of(&shop);
    assert!(!visitor.get(&format!("/hub/organizations/{unit}")).ok().has("Name of the unit"));
    let below = |id: &str| format!("/hub/organizations/{id}/organizations");
    visitor.post(&below(&unit), &[("organization_name", "x")]).refused();
    for path in [below("nobody"), "/hub/organizations/nobody/keys".to_owned()] {
        let page = visitor.post(&path, &[("organization_name", "x"), ("key_name", "till-1")]);
        assert_eq!(page.status, 404, "{path}");
    }
}

#[test]
fn names_are_shown_as_text_on_every_page() {
    let (shop, _) = Shop::ready();
    let visitor = Visitor::of(&shop);
    let name = r#"<script>alert(1)</script>"'&"#;
    let account = visitor.post("/hub/organizations", &[("organization_name", name)]).place();
    let refused = visitor.post(&format!("{account}/keys"), &[("key_name", name)]);
    for page in [visitor.get("/hub/organizations"), visitor.get(&account), refused] {
        assert!(!page.has("<script"), "{}", page.text);
        assert!(page.has("&lt;script&gt;alert(1)&lt;/script&gt;"), "{}", page.text);
    }
}

#[test]
fn what_was_made_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let on = || Options { store: Store::File(folder.path().join("sandbox.db")), ..Options::default() };
    let shop = Shop::at(Sandbox::start(on()).unwrap());
    let visitor = Visitor::of(&shop);
    let account = visitor.post("/hub/organizations", &[("organization_name", "Martin")]).place();
    let key = visitor.post(&format!("{account}/keys"), &[("key_name", "till-1")]).place();
    let page = visitor.get(&key).ok();
    let (key, secret) = (shown(&page, "Key"), shown(&page, "Secret"));
    shop.sandbox.stop();

    let mut shop = Shop::at(Sandbox::start(on()).unwrap());
    assert!(Visitor::of(&shop).get(&account).ok().has("Martin"));
    shop.sign_in(&key, &secret);
}

#[test]
fn organizations_come_in_pages() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let account = visitor.post("/hub/organizations", &[("organization_name", "Martin")]).place();
    let below = format!("{account}/organizations");
    for number in 0..30 {
        visitor.post(&below, &[("organization_name", &format!("Group {number}"))]).place();
    }
    // The newest account stands first, with its groups right behind it.
    for (path, rest) in [("/hub/organizations", "Group 5<"), (account.as_str(), "Group 4<")] {
        let first = visitor.get(path).ok();
        assert!(first.has("Group 29<") && !first.has(rest), "{path}");
        let (_, next) = first.text.split_once("rel=\"next\" href=\"").unwrap();
        let second = visitor.get(next.split('"').next().unwrap()).ok();
        assert!(second.has(rest) && second.has("Group 0<") && !second.has("Group 29<"), "{path}");
    }
}
