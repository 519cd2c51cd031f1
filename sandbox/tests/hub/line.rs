//! Faults, clock, settings and requests: the same things that `/_sandbox` gives to programs.

use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::visitor::Visitor;

fn control(shop: &Shop, name: &str) -> Value {
    shop.control(Method::GET, name, Value::Null)
}

#[test]
fn a_fault_is_planted_strikes_and_is_healed() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    assert!(visitor.get("/hub/faults").ok().has("The line is sound"));
    let fields = [
        ("kind", "status"),
        ("status", "503"),
        ("retry_after", "7"),
        ("method", "GET"),
        ("path", "/sign-fr/sub"),
        ("count", "2"),
        ("probability", "1"),
        ("ms", "9"),
    ];
    assert_eq!(visitor.post("/hub/faults", &fields).place(), "/hub/faults");
    let planted = json!({ "match": { "method": "GET", "path": "/sign-fr/sub" }, "count": 2, "probability": 1,
                          "fault": { "kind": "status", "status": 503, "retry_after": 7 } });
    assert_eq!(control(&shop, "faults"), json!({ "faults": [planted] }));

    assert_eq!(shop.get("/organizations").status, 200);
    let struck = shop.get("/subjects");
    assert_eq!((struck.status, struck.header("retry-after")), (503, Some("7")));
    assert!(visitor.get("/").ok().has("1 fault is planted"));

    visitor.post("/hub/faults", &[("kind", "expire-tokens")]).place();
    let page = visitor.get("/hub/faults").ok();
    let (_, first) = page.text.split_once(r#"action="/hub/faults/"#).unwrap();
    let (first, _) = first.split_once("/heal").unwrap();
    assert_eq!(visitor.post(&format!("/hub/faults/{first}/heal"), &[]).place(), "/hub/faults");
    assert_eq!(control(&shop, "faults")["faults"].as_array().unwrap().len(), 1);
    assert_eq!(control(&shop, "faults")["faults"][0]["fault"]["kind"], "expire-tokens");
    assert_eq!(visitor.post("/hub/faults/heal", &[]).place(), "/hub/faults");
    assert_eq!(control(&shop, "faults"), json!({ "faults": [] }));
    assert!(!visitor.get("/").ok().has("planted</a>"));
}

/// The buttons carry complete faults: each, pressed, plants one that the line knows.
#[test]
fn every_ready_made_fault_can_be_planted() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let page = visitor.get("/hub/faults").ok();
    let (_, ready) = page.text.split_once("With one press").unwrap();
    let (ready, _) = ready.split_once("Of your own").unwrap();
    let forms: Vec<&str> = ready.split("<form").skip(1).collect();
    assert!(!forms.is_empty());
    for form in &forms {
        let inputs = form.split(r#"<input type="hidden" name=""#).skip(1);
        let fields: Vec<(&str, &str)> = inputs
            .map(|input| {
                let (name, rest) = input.split_once(r#"" value=""#).unwrap();
                (name, rest.split('"').next().unwrap())
            })
            .collect();
        assert_eq!(visitor.post("/hub/faults", &fields).place(), "/hub/faults", "{fields:?}");
    }
    assert_eq!(control(&shop, "faults")["faults"].as_array().unwrap().len(), forms.len());
}

#[test]
fn a_fault_that_makes_no_sense_is_refused_beside_its_field() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let cases: [(&[(&str, &str)], &str); 11] = [
        (&[("kind", "explode"), ("path", "/kept")], "/kept"),
        (&[("kind", ""), ("path", "/kept")], "/kept"),
        (&[("kind", "delay"), ("ms", "soon")], "soon"),
        (&[("kind", "delay"), ("ms", "-1")], "-1"),
        (&[("kind", "delay"), ("path", "/kept")], "/kept"),
        (&[("kind", "status"), ("status", "200")], "200"),
        (&[("kind", "status"), ("status", "99999999999999999999")], "99999999999999999999"),
        (&[("kind", "reset"), ("probability", "1.5")], "1.5"),
        (&[("kind", "reset"), ("count", "1e400")], "1e400"),
        (&[("kind", "reset"), ("count", "0")], "0"),
        (&[("kind", "reset"), ("path", "sign-fr/records")], "sign-fr/records"),
    ];
    for (fields, typed) in cases {
        visitor.post("/hub/faults", fields).refused_with(typed);
    }
    assert_eq!(control(&shop, "faults"), json!({ "faults": [] }));
}

#[test]
fn healing_a_fault_that_is_gone_or_was_never_there_does_no_harm() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    assert_eq!(visitor.post("/hub/faults/12/heal", &[]).place(), "/hub/faults");
    assert_eq!(visitor.post("/hub/faults/x/heal", &[]).status, 404);
}

#[test]
fn pages_are_no_requests_and_no_fault_strikes_them() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let before = control(&shop, "requests");
    visitor.post("/hub/faults", &[("kind", "reset")]).place();
    for path in ["/", "/hub/records", "/sign-fr/openapi.json", "/sign-fr/postman/collection.json"] {
        visitor.get(path).ok();
    }
    assert_eq!(control(&shop, "requests"), before);
}

#[test]
fn the_clock_is_moved_set_and_put_back() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    visitor.post("/hub/clock", &[("by", "86400")]).place();
    visitor.post("/hub/clock", &[("by", "-3600")]).place();
    assert_eq!(control(&shop, "clock")["offset_s"], 82_800);
    assert!(visitor.get("/").ok().has("The clock is 23 h ahead"));

    for (typed, shown) in
        [("2031-12-31T23:59", "2031-12-31T23:59"), ("2031-12-31T23:58:30", "2031-12-31T23:58")]
    {
        visitor.post("/hub/clock", &[("now", typed)]).place();
        let now = control(&shop, "clock")["now"].as_str().unwrap().to_owned();
        assert!(now.starts_with(shown), "{now}");
    }
    assert!(visitor.get("/hub/clock").ok().has("2031-12-31"));

    visitor.post("/hub/clock", &[("offset", "0")]).place();
    assert_eq!(control(&shop, "clock")["offset_s"], 0);
}

#[test]
fn a_time_that_is_none_moves_nothing() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    for typed in ["tomorrow", "2026-13-01T00:00", "2026-02-30T00:00", "99999-01-01T00:00", "::::"] {
        visitor.post("/hub/clock", &[("now", typed)]).refused_with(typed);
    }
    for fields in [&[("by", "an hour")][..], &[("by", "99999999999999999999")], &[("offset", "")], &[]] {
        visitor.post("/hub/clock", fields).refused();
    }
    assert_eq!(control(&shop, "clock")["offset_s"], 0);
    for (name, far) in [("by", "9223372036854775807"), ("offset", "-9223372036854775808")] {
        visitor.post("/hub/clock", &[(name, far)]).refused();
    }
    visitor.post("/hub/clock", &[("now", "3000-01-01T00:00")]).refused_with("3000-01-01T00:00");
    assert_eq!(control(&shop, "clock")["offset_s"], 0);
}

#[test]
fn a_setting_is_changed_and_a_wrong_value_is_not_taken() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let before = control(&shop, "settings");
    for (setting, value) in [
        ("sign-fr.cache_errors", "perhaps"),
        ("sign-fr.commission_order_status", "200"),
        ("sign-fr.amount_tolerance", "much"),
        ("sign-fr.vat_check", "maybe"),
        ("seed", "-1"),
        ("sign-fr", "1"),
        ("nothing", "1"),
        ("", "1"),
    ] {
        visitor.post("/hub/settings", &[("setting", setting), ("value", value)]).refused_with(value);
    }
    assert_eq!(control(&shop, "settings"), before);

    let mut expected = before;
    for (setting, typed, value) in [
        ("cache_errors", "true", json!(true)),
        ("commission_order_status", "409", json!(409)),
        ("amount_tolerance", "0.05", json!("0.05")),
        ("vat_check", "off", json!("off")),
    ] {
        visitor
            .post("/hub/settings", &[("setting", &format!("sign-fr.{setting}")), ("value", typed)])
            .place();
        expected["sign-fr"][setting] = value;
    }
    assert_eq!(control(&shop, "settings"), expected);
    assert!(visitor.get("/hub/settings").ok().has("usually 0.02"));
}

#[test]
fn requests_and_refusals_are_shown_without_secrets() {
    let shop = Shop::open();
    let visitor = Visitor::of(&shop);
    let nobody = visitor.request(Method::GET, "/sign-fr/taxpayers").header("X-Api-Version", "2026-02-03");
    assert_eq!(nobody.send().unwrap().status(), 401);
    let page = visitor.get("/hub/requests").ok();
    assert!(page.has("/sign-fr/tokens") && page.has("/sign-fr/taxpayers"));
    assert!(page.has("Not authorized to perform this operation."));
    assert!(page.has("***") && !page.has(shop.account()["secret"].as_str().unwrap()));
    assert!(!page.has(&shop.bearer));
}
