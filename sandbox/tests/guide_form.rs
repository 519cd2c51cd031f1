//! What the guide 2026-05-04 takes and refuses below `/api/v1`, and how it lives beside the reference.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "support/guide.rs"]
mod guide;

use reqwest::Method;
use serde_json::{Value, json};

use guide::{Answer, GUIDE, Printed, Service, V4, made, text};

fn is_refused(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.body);
    assert_eq!(answer.version, GUIDE, "{what}");
    assert_eq!(answer.body["content"]["status"], status, "{what}");
    assert_eq!(answer.body["metadata"]["api_version"], GUIDE, "{what}");
    assert!(answer.body["metadata"]["trace_identifier"].is_string(), "{what}");
}

/// The places of all members and elements, and of the whole.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, member)| places(member, &format!("{place}/{key}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| places(item, &format!("{place}/{at}"), found));
        }
        _ => {}
    }
}

/// What may be left out: what the text of the guide does not demand.
const OPTIONAL: [&str; 3] = ["/parent_id", "/fiscalization", "/state"];

#[test]
fn whatever_leaves_the_printed_form_is_refused() {
    let service = Service::start();
    let mut broken = 0;
    for printed in Printed::all() {
        let name = &printed.name;
        is_refused(&service.send(&printed), 401, &format!("{name} as printed, with nobody's token"));
        for (at, (header, _)) in
            printed.headers.iter().enumerate().filter(|(_, (name, _))| name != "Authorization")
        {
            let mut without = printed.clone();
            without.headers.remove(at);
            is_refused(&service.send(&without), 400, &format!("{name} without {header}"));
            let mut empty = printed.clone();
            empty.headers[at].1 = String::new();
            is_refused(&service.send(&empty), 400, &format!("{name} with an empty {header}"));
        }
        let mut found = Vec::new();
        places(&printed.body, "", &mut found);
        for place in &found {
            let original = printed.body.pointer(place).unwrap().clone();
            let mut changes = vec![json!(7), json!(true), json!(null)];
            // The reference bounds neither key nor secret (contract sign-fr, appendix A).
            changes.extend(Some(json!("")).filter(|_| !name.contains("token")));
            changes.push(if original.is_object() { json!([]) } else { json!({"x": 1}) });
            if original.is_object() {
                let mut more = original.clone();
                more["surprise"] = json!("x");
                changes.push(more);
            }
            for change in changes {
                let mut wrong = printed.clone();
                *wrong.body.pointer_mut(place).unwrap() = change.clone();
                is_refused(&service.send(&wrong), 400, &format!("{name}: {change} at '{place}'"));
                broken += 1;
            }
            let Some((parent, member)) = place.rsplit_once('/') else { continue };
            let mut less = printed.clone();
            let Some(members) = less.body.pointer_mut(parent).and_then(Value::as_object_mut) else {
                continue;
            };
            members.shift_remove(member).unwrap();
            let status = if OPTIONAL.contains(&place.as_str()) { 401 } else { 400 };
            is_refused(&service.send(&less), status, &format!("{name} without {place}"));
        }
    }
    assert!(broken > 300, "{broken}");
}

#[test]
fn the_version_must_be_the_one_of_the_path() {
    let service = Service::start();
    for (path, spoken) in [("/subjects", "2026-02-03"), ("/api/v1/subjects", GUIDE)] {
        for version in ["2026-02-03", GUIDE, "2025-08-12", "2024-10-31", "2026-06-01", "yesterday"] {
            let mut request = Printed::named("03");
            request.method = Method::GET;
            request.path = path.to_owned();
            request.headers = vec![("X-Api-Version".to_owned(), version.to_owned())];
            let answer = service.send(&request);
            assert_eq!(answer.version, spoken);
            let status = if version == spoken { 401 } else { 400 };
            assert_eq!(answer.status, status, "{version} on {path}");
            if status == 400 {
                let said = format!("X-Api-Version '{version}' is unsupported, use '{spoken}'");
                assert_eq!(text(&answer, "/content/message"), said);
            }
        }
    }
}

#[test]
fn paths_that_the_guide_does_not_have_are_404() {
    let service = Service::start();
    for (method, path) in [
        (Method::POST, "/api/v1/tokens"),
        (Method::GET, "/api/v1/auth/token"),
        (Method::POST, "/api/v1/auth"),
        (Method::POST, "/api/v1"),
        (Method::POST, "/api/v1/"),
        (Method::POST, "/api/v1/records/1/2"),
    ] {
        let mut request = Printed::named("01");
        (request.method, request.path) = (method.clone(), path.to_owned());
        assert_eq!(service.send(&request).status, 404, "{method} {path}");
    }
}

#[test]
fn what_the_guide_does_not_print_is_the_reference_without_envelope() {
    let service = Service::start();
    let (token, unit, system) = service.till();
    let read = service.call(&token, &unit, "GET", &format!("/systems/{system}"), Value::Null);
    let mut product = Printed::named("09").body["product"].clone();
    product["details"] = json!({"name": "My POS Brand"});
    assert_eq!((read.status, &read.body["content"]["product"]), (200, &product));
    let list = service.call(&token, &unit, "GET", "/taxpayers?limit=1", Value::Null);
    let printed = Printed::named("05").body;
    let content = &list.body["results"][0]["content"];
    assert_eq!((&content["name"], &content["address"]), (&printed["name"], &printed["address"]));
    assert_eq!(content["fiscalization"]["credentials"]["password"], "********");
    let intention =
        |operation: Value| json!({"type": "INTENTION", "system_id": system, "operation": operation});
    let event = intention(json!({"type": "EVENT", "code": "1", "description": "x"}));
    let event = service.call(&token, &unit, "POST", "/records", event);
    assert_eq!((event.status, text(&event, "/content/system_id")), (201, system.clone()));
    // Notes of the caller stand beside what the guide has there itself.
    let mut noted = intention(json!({"type": "TRANSACTION"}));
    noted["metadata"] = json!({"shift": "early"});
    let noted = service.call(&token, &unit, "POST", "/records", noted);
    assert_eq!(noted.body["metadata"]["shift"], "early");
    assert_eq!(noted.body["metadata"]["api_version"], GUIDE);
    let mut reserved = intention(json!({"type": "TRANSACTION"}));
    reserved["metadata"] = json!({"api_version": "x"});
    is_refused(&service.call(&token, &unit, "POST", "/records", reserved), 400, "a reserved note");
    let wrapped = json!({"content": intention(json!({"type": "TRANSACTION"}))});
    is_refused(&service.call(&token, &unit, "POST", "/records", wrapped), 400, "an envelope");
}

#[test]
fn a_receipt_says_what_it_costs_in_cents_or_in_euros() {
    let service = Service::start();
    let (token, unit, system) = service.till();
    let sell = |number: &str, amounts: [&str; 2], more: Value| {
        let intention =
            json!({"type": "INTENTION", "system_id": system, "operation": {"type": "TRANSACTION"}});
        let intention = made(service.call(&token, &unit, "POST", "/records", intention));
        let mut body = Printed::named("12").body;
        body["intention_id"] = intention.clone().into();
        body["operation"]["document"]["number"] = number.into();
        let [including, excluding] = amounts;
        body["operation"]["document"]["amounts"] =
            json!({"total_including_vat": including, "total_excluding_vat": excluding});
        for (name, value) in more.as_object().unwrap() {
            body["operation"][name] = value.clone();
        }
        let answer = service.call(&token, &unit, "POST", "/records", body);
        if answer.status == 201 {
            assert_eq!(text(&answer, "/content/intention_id"), intention);
        }
        answer
    };
    let paid = |amount: &str| json!({"payments": [{"type": "CASH", "details": {"amount": amount}}]});
    assert_eq!(sell("A-1", ["12000", "10000"], paid("120.00")).status, 201);
    is_refused(&sell("A-2", ["12000", "10000"], paid("12000.00")), 422, "cents are no euros");
    is_refused(&sell("A-3", ["120.00", "100.00"], json!({})), 400, "parts of a cent");
    service.set(&json!({"sign-fr": {"guide_amounts": "euros"}}));
    assert_eq!(sell("A-4", ["120.00", "100.00"], paid("120.00")).status, 201);
    assert_eq!(sell("A-5", ["12000", "10000"], paid("12000.00")).status, 201);
}

#[test]
fn what_takes_back_or_sets_right_says_why() {
    let service = Service::start();
    let (token, unit, system) = service.till();
    let record = |content: Value| service.call(&token, &unit, "POST", "/records", content);
    let intention = || {
        let operation = json!({"type": "TRANSACTION"});
        made(record(json!({"type": "INTENTION", "system_id": system, "operation": operation})))
    };
    let mut sale = Printed::named("12").body;
    sale["intention_id"] = intention().into();
    let sold = made(record(sale));
    let end = |operation: Value| {
        let on = intention();
        record(json!({"type": "TRANSACTION", "intention_id": on, "operation": operation}))
    };
    let cancellation = json!({"type": "CANCELLATION", "record": {"id": sold}});
    let data = json!({
        "type": "RECEIPT",
        "document": {"number": "C-1", "total_vat": {"amount": "20.00", "exclusive": "100.00", "inclusive": "120.00"}},
        "entries": [{"type": "SALE", "details": {"concept": "GOOD", "number": "1"}, "data": {
            "type": "ITEM", "text": "Product A", "unit": {"quantity": "1", "price": "120.00"}, "value": {"base": "100.00"},
            "vat": {"type": "VAT_RATE", "code": "STANDARD", "percentage": "20.00", "amount": "20.00", "exclusive": "100.00", "inclusive": "120.00"},
        }}],
        "payments": [{"type": "CASH", "details": {"amount": "120.00"}}],
    });
    let correction = json!({"type": "CORRECTION", "record": {"id": sold}, "data": data});
    for operation in [&cancellation, &correction] {
        is_refused(&end(operation.clone()), 422, "no reason");
        let said = |reason: Value| {
            let mut operation = operation.clone();
            operation["reason"] = reason;
            operation
        };
        for reason in [json!(""), json!("x".repeat(129)), json!(7)] {
            is_refused(&end(said(reason)), 400, "no reason of 1 to 128 characters");
        }
    }
    let replay = json!({"type": "REPLAY", "recorded_at": "2026-03-01T12:00:00+01:00", "seed": "s", "record": {"id": sold},
        "content": {"type": "TRANSACTION", "record": {"id": sold, "offset": "0"}, "operation": cancellation}});
    let replay = json!({"type": "INTENTION", "system_id": system, "operation": replay});
    is_refused(&record(replay), 422, "no reason in what is replayed");
    let mut right = correction.clone();
    right["reason"] = "Wrong price".into();
    assert_eq!(end(right).status, 201);
    // By the schema alone it is optional.
    service.set(&json!({"sign-fr": {"guide_reason_required": false}}));
    assert_eq!(end(cancellation).status, 201);
}

#[test]
fn a_fault_of_the_reference_strikes_the_guide_and_speaks_its_words() {
    let service = Service::start();
    let plant = |path: &str| {
        let fault = json!({"match": {"path": path}, "fault": {"kind": "status", "status": 503}, "count": 1});
        let url = format!("{}/_sandbox/faults", service.sandbox.url());
        assert!(service.client.post(url).json(&fault).send().unwrap().status().is_success());
    };
    for (path, printed) in [
        ("/sign-fr/tokens", "01"),
        ("/sign-fr/organizations", "02"),
        ("/sign-fr/api/v1/organizations", "02"),
        ("/sign-fr", "02"),
    ] {
        plant(path);
        is_refused(&service.send(&Printed::named(printed)), 503, path);
        is_refused(&service.send(&Printed::named(printed)), 401, "the fault is over");
    }
    plant("/sign-fr/api/v1/subjects");
    let mut reference = Printed::named("03");
    (reference.method, reference.path) = (Method::GET, "/subjects".to_owned());
    assert_eq!(service.send(&reference).status, 400, "a fault of the guide does not strike the reference");
}

#[test]
fn a_booked_fault_refuses_in_the_words_of_the_guide_what_is_done() {
    let service = Service::start();
    let account = &service.sandbox.ready()["accounts"]["sign-fr"];
    let [key, secret, group] = ["key", "secret", "organization"].map(|name| account[name].as_str().unwrap());
    let token = service.token(key, secret);
    let fault = json!({"match": {"method": "POST", "path": "/sign-fr/organizations"},
        "fault": {"kind": "status", "status": 503, "booked": true, "code": "E_BUSY"}, "count": 1});
    let url = format!("{}/_sandbox/faults", service.sandbox.url());
    assert!(service.client.post(url).json(&fault).send().unwrap().status().is_success());
    let unit = json!({"type": "UNIT", "name": "Unheard", "parent_id": group});
    let refused = service.call(&token, group, "POST", "/organizations", unit);
    is_refused(&refused, 503, "the answer is replaced");
    assert_eq!(text(&refused, "/content/code"), "E_BUSY");
    let list = service.call(&token, group, "GET", "/organizations", Value::Null);
    let names = list.body["results"].as_array().unwrap().iter().map(|row| &row["content"]["name"]);
    assert_eq!(names.filter(|name| **name == "Unheard").count(), 1, "{}", list.body);
}

#[test]
fn the_scope_is_an_organization_of_the_caller() {
    let service = Service::start();
    let (token, unit, _) = service.till();
    let address = Printed::named("07").body;
    is_refused(&service.call(&token, V4, "POST", "/locations", address.clone()), 401, "nobody's scope");
    let account = &service.sandbox.ready()["accounts"]["sign-fr"];
    let group = account["organization"].as_str().unwrap();
    let key = service.token(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap());
    let child = json!({"type": "UNIT", "name": "U", "parent_id": unit});
    is_refused(
        &service.call(&key, group, "POST", "/organizations", child),
        400,
        "another parent than the scope",
    );
    is_refused(
        &service.call(&key, &unit, "POST", "/taxpayers", Printed::named("05").body),
        405,
        "a GROUP's taxpayer",
    );
    is_refused(&service.call(&key, group, "POST", "/locations", address.clone()), 422, "no taxpayer");
    service.set(&json!({"sign-fr": {"guide_scope_required": false}}));
    let mut unscoped = Printed::named("07");
    unscoped.headers.retain(|(name, _)| name != "X-Scope-Identifier");
    assert_eq!(service.send(&unscoped).status, 401, "its form is right");
}

#[test]
fn both_contracts_show_the_same_resources() {
    let service = Service::start();
    let (token, _, system) = service.till();
    let mut reference = Printed::named("03");
    reference.method = Method::GET;
    reference.headers = vec![
        ("Authorization".to_owned(), format!("Bearer {token}")),
        ("X-Api-Version".to_owned(), "2026-02-03".to_owned()),
    ];
    let shown = service.send(&Printed { path: format!("/systems/{system}"), ..reference.clone() });
    assert_eq!(shown.body["content"]["producer"]["details"]["brand"], "My POS Brand");
    assert_eq!(shown.body["content"]["producer"]["details"]["date_of_entry"], "2026-03-01");
    let taxpayers = service.send(&Printed { path: "/taxpayers".into(), ..reference });
    let content = &taxpayers.body["results"][0]["content"];
    assert_eq!(content["name"], json!({"legal": "My Company", "trade": "My Company"}));
    // The same key on both is two requests.
    let mut first = Printed::named("02");
    let account = &service.sandbox.ready()["accounts"]["sign-fr"];
    let key = service.token(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap());
    let group = account["organization"].as_str().unwrap();
    first.body["parent_id"] = group.into();
    for (name, value) in &mut first.headers {
        match name.as_str() {
            "Authorization" => *value = format!("Bearer {key}"),
            "X-Scope-Identifier" => *value = group.to_owned(),
            _ => {}
        }
    }
    let once = service.send(&first);
    let again = service.send(&first);
    assert_eq!((once.status, once.replayed.as_deref()), (201, Some("false")));
    assert_eq!((again.status, again.replayed.as_deref()), (201, Some("true")));
    assert_eq!(once.body["content"], again.body["content"]);
    assert_ne!(once.body["metadata"], again.body["metadata"], "every exchange has its own trace");
}
