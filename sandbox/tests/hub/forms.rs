//! What every form and page has in common: who may use it, and what a bad request gets.

use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::visitor::{Page, Visitor};

/// Every address that a form is sent to, with fields that would be carried out.
fn forms(group: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    vec![
        ("/hub/organizations".to_owned(), vec![("organization_name", "x")]),
        (format!("/hub/organizations/{group}/organizations"), vec![("organization_name", "x")]),
        (format!("/hub/organizations/{group}/keys"), vec![("key_name", "till-1")]),
        ("/hub/faults".to_owned(), vec![("kind", "reset")]),
        ("/hub/faults/heal".to_owned(), vec![]),
        ("/hub/faults/1/heal".to_owned(), vec![]),
        ("/hub/clock".to_owned(), vec![("by", "3600")]),
        ("/hub/settings".to_owned(), vec![("setting", "seed"), ("value", "7")]),
    ]
}

/// Everything that a form can change.
fn state(shop: &Shop) -> (Value, Value, Value, usize, usize) {
    let visitor = Visitor::of(shop);
    let group = shop.account()["organization"].as_str().unwrap();
    let control = |name: &str| shop.control(Method::GET, name, Value::Null);
    (
        control("faults"),
        control("clock")["offset_s"].clone(),
        control("settings"),
        visitor.get("/hub/organizations").linked("organizations").len(),
        visitor.get(&format!("/hub/organizations/{group}")).linked("keys").len(),
    )
}

fn group(shop: &Shop) -> String {
    shop.account()["organization"].as_str().unwrap().to_owned()
}

#[test]
fn a_page_of_another_site_changes_nothing() {
    let shop = Shop::open();
    shop.control(
        Method::POST,
        "faults",
        json!({ "match": { "path": "/nowhere" }, "fault": { "kind": "reset" } }),
    );
    let visitor = Visitor::of(&shop);
    let before = state(&shop);
    for (path, fields) in forms(&group(&shop)) {
        let written: [&[(&str, &str)]; 5] = [
            &[],
            &[("Origin", "http://evil.example")],
            &[("Origin", "null")],
            &[("Referer", "http://evil.example/127.0.0.1")],
            &[("Origin", shop.sandbox.url()), ("Sec-Fetch-Site", "cross-site")],
        ];
        for headers in written {
            let request = visitor.form(&path, &fields);
            let request =
                headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let page = Page::read(request.send().unwrap());
            assert_eq!(page.status, 403, "{path} {headers:?}: {}", page.text);
        }
    }
    assert_eq!(state(&shop), before);
}

#[test]
fn the_control_interface_is_closed_to_pages_of_other_sites_and_open_to_programs() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let plant = |origin: Option<&str>| {
        let request = visitor.request(Method::POST, "/_sandbox/faults").body(r#"{"fault":{"kind":"reset"}}"#);
        let request = origin.into_iter().fold(request, |request, origin| request.header("Origin", origin));
        request.send().unwrap().status().as_u16()
    };
    assert_eq!(plant(Some("http://evil.example")), 403);
    assert_eq!(shop.control(Method::GET, "faults", Value::Null), json!({ "faults": [] }));
    assert_eq!(plant(None), 200);
}

#[test]
fn a_name_that_another_site_points_here_is_not_answered() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    for path in ["/", "/hub/records", "/sign-fr/postman/environment.json", "/sign-fr/openapi.json"] {
        let under =
            |host: &str| Page::read(visitor.request(Method::GET, path).header("Host", host).send().unwrap());
        let page = under("rebound.example");
        assert_eq!(page.status, 421, "{path}");
        assert!(!page.has(shop.account()["secret"].as_str().unwrap()));
        assert_eq!(under("localhost:1").status, 200, "{path}");
    }
}

#[test]
fn a_form_that_is_none_is_refused_on_a_page_that_says_why() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let before = state(&shop);
    let sent = |kind: &str, body: Vec<u8>| {
        let request =
            visitor.request(Method::POST, "/hub/organizations").header("Origin", shop.sandbox.url());
        Page::read(request.header("Content-Type", kind).body(body).send().unwrap())
    };
    const FORM: &str = "application/x-www-form-urlencoded";
    let huge = |length: usize| [b"organization_name=".as_slice(), &vec![b'a'; length]].concat();
    for (kind, body, status) in [
        ("text/plain", b"organization_name=x".to_vec(), 415),
        ("application/json", br#"{"organization_name":"x"}"#.to_vec(), 415),
        ("multipart/form-data; boundary=x", b"--x--".to_vec(), 415),
        (FORM, b"organization_name=x&organization_name=y".to_vec(), 400),
        (FORM, huge(64 * 1024), 413),
        (FORM, huge(2 * 1024 * 1024), 413),
        (FORM, Vec::new(), 422),
        (FORM, b"%00%ff=%zz&&&===".to_vec(), 422),
    ] {
        let page = sent(kind, body);
        assert_eq!(page.status, status, "{kind}: {}", page.text);
        assert!(page.has(r#"role="alert""#) && page.has("<h1>"), "{}", page.text);
    }
    assert_eq!(state(&shop), before);
}

#[test]
fn an_address_that_names_nothing_gets_a_page_with_a_way_back() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    for path in [
        "/hub/nothing",
        "/hub/records/nothing",
        "/hub/records/a/b",
        "/hub/systems/%3Cscript%3E",
        "/hub/keys/nothing",
        "/hub/faults/heal",
        "/hub/organizations/x/keys",
    ] {
        let page = visitor.get(path);
        assert_eq!(page.status, 404, "{path}");
        assert!(page.has(r#"<a href="/">"#) && !page.has("<script"), "{}", page.text);
    }
    assert_eq!(visitor.post("/hub/nothing", &[]).status, 404);
    let page = Page::read(
        visitor.request(Method::PUT, "/hub/faults").header("Origin", shop.sandbox.url()).send().unwrap(),
    );
    assert_eq!((page.status, page.header("allow")), (405, "GET, HEAD, POST"));
}

#[test]
fn every_page_stands_alone_and_says_what_it_is() {
    let (shop, till) = Shop::ready();
    shop.sell(&till, "R-1");
    let visitor = Visitor::of(&shop);
    let mut paths = vec!["/".to_owned(), "/hub".to_owned()];
    for name in ["organizations", "taxpayers", "locations", "systems", "records"] {
        paths.push(format!("/hub/{name}"));
        paths.extend(
            visitor.get(&format!("/hub/{name}")).linked(name).iter().map(|id| format!("/hub/{name}/{id}")),
        );
    }
    paths.extend(["faults", "clock", "requests", "settings"].map(|name| format!("/hub/{name}")));
    assert!(paths.len() > 15, "{paths:?}");
    for path in paths {
        let page = visitor.get(&path).ok();
        assert_eq!(page.text.matches("<h1>").count(), 1, "{path}");
        assert!(page.has(r#"<html lang="en">"#) && page.has(r##"href="#content""##), "{path}");
        assert!(!page.has("<script") && !page.has("style=\"") && !page.has("src="), "{path}");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(
            page.header("referrer-policy"),
            "same-origin",
            "no-referrer would hide the origin of forms"
        );
    }
    assert_eq!(visitor.get("/hub/style.css").ok().header("content-type"), "text/css; charset=utf-8");
}

#[test]
fn a_page_looks_again_by_itself_only_when_asked_to() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let refresh = r#"<meta http-equiv="refresh""#;
    assert!(!visitor.get("/hub/records").ok().has(refresh));
    let followed = visitor.get("/hub/records?follow=on").ok();
    assert!(followed.has(refresh) && followed.has(r#"href="/hub/records">"#));
}
