//! The contract 2026-05-04: the guide's own words on the wire, and the guide's own answers understood.

use crate::driver::{Drive, account, address, facts, header, operation};
use fiskal::error::Kind;
use fiskal::exchange::{Answer, Effect, Exchange, Facts, Known, Lost, Outcome, Request, Service, Step};
use fiskal::services::{Checks, build, merchant_settings};
use serde_json::{Map, Value, json};

fn guide(environment: &str) -> Box<dyn Service> {
    let mut account = account(Checks::Enforce);
    account.contract = Some("2026-05-04".into());
    account.environment = environment.into();
    build("sign-fr", &account).unwrap()
}

/// An answer as the guide prints it: all in the body, no headers of the reference.
fn printed(status: u16, content: Value) -> Known {
    let metadata = json!({"trace_identifier": "trace_abc123", "api_version": "2026-05-04"});
    let body = json!({"content": content, "metadata": metadata});
    Known::Answered(Answer { status, headers: Vec::new(), body })
}

fn nothing_yet() -> Known {
    Known::Answered(Answer { status: 200, headers: Vec::new(), body: json!({"results": []}) })
}

/// Walks to the end; `answers` gives what becomes of the nth request (from 0) with the same `METHOD path`.
fn walk(drive: &mut Drive, answers: &dyn Fn(&str, usize) -> Known) -> fiskal::error::Result<Outcome> {
    for _ in 0..100 {
        match drive.step()? {
            Step::Done(outcome) => return Ok(outcome),
            Step::Send(request) => {
                let at = address(&request);
                let nth = drive.addresses().iter().filter(|sent| **sent == at).count();
                let known = answers(&at, nth);
                drive.sent.push(request.clone());
                drive.past.0.push(Exchange { request, known, first_sent_at: drive.now, attempts: 1 });
            }
            Step::Wait { pause, .. } => drive.now = drive.now.checked_add(pause).unwrap(),
            Step::Again { label, .. } => panic!("{label} is sent again as it is"),
        }
    }
    panic!("no end: {:?}", drive.addresses());
}

fn merchant(environment: &str, block: Value) -> Drive {
    let settings = merchant_settings("sign-fr", "test", block.as_object().unwrap()).unwrap();
    let params = json!({
        "name": "My Company", "trade_name": "My Shop", "tax_id": "123456789", "settings": settings,
        "address": {"street": "Rue de Rivoli", "number": "123", "code": "75001", "city": "Paris", "country": "FR"},
    });
    let account = json!({"organization": "group", "type": "GROUP", "group": "group"});
    let known = Facts { account, ..Facts::default() };
    let mut drive = Drive::new(operation("provision.merchant", "merchant", params), known);
    drive.service = guide(environment);
    drive
}

fn taxpayer(state: &str) -> Value {
    json!({"id": "tax", "type": "COMPANY", "state": state, "name": "My Company"})
}

/// The guide's examples; the taxpayer is not commissioned until it is asked for.
fn example(at: &str, _: usize) -> Known {
    match at {
        "POST /api/v1/organizations" => printed(
            201,
            json!({
                "id": "org_unit_abc123", "state": "ENABLED", "type": "UNIT", "name": "My Company",
                "organization": {"id": "group"},
            }),
        ),
        "POST /api/v1/subjects" => printed(
            201,
            json!({
                "id": "sub_abc123", "state": "ENABLED", "type": "API_KEY",
                "credentials": {"api_key": {"$secret": "k"}, "api_secret": {"$secret": "s"}},
            }),
        ),
        "POST /api/v1/taxpayers" => printed(201, taxpayer("ACQUIRED")),
        "PATCH /api/v1/taxpayers/tax" => printed(200, taxpayer("COMMISSIONED")),
        _ => nothing_yet(),
    }
}

fn writes(drive: &Drive) -> Vec<&Request> {
    drive.sent.iter().filter(|request| request.effect == Effect::Write).collect()
}

/// The body without the caller's notes, which the guide does not print.
fn body(request: &Request) -> Value {
    let mut body = request.body.clone().unwrap();
    if let Some(metadata) = body.as_object_mut().unwrap().remove("metadata") {
        assert!(metadata["fiskal_operation"].is_string());
    }
    body
}

#[test]
fn a_merchant_is_made_in_the_guides_words() {
    let mut drive = merchant("test", json!({}));
    let learned = walk(&mut drive, &example).unwrap().learned.unwrap();
    let writes = writes(&drive);
    assert_eq!(
        writes.iter().map(|request| address(request)).collect::<Vec<_>>(),
        [
            "POST /api/v1/organizations",
            "POST /api/v1/subjects",
            "POST /api/v1/taxpayers",
            "PATCH /api/v1/taxpayers/tax",
        ]
    );
    assert_eq!(body(writes[0]), json!({"type": "UNIT", "name": "My Company", "parent_id": "group"}));
    assert_eq!(body(writes[1])["type"], "API_KEY");
    let kept: Vec<&str> = writes[1].keep_secret.iter().map(|kept| kept.pointer.as_str()).collect();
    assert_eq!(kept, ["/content/credentials/api_key", "/content/credentials/api_secret"]);
    assert_eq!(
        body(writes[2]),
        json!({
            "type": "COMPANY",
            "name": "My Company",
            "address": {
                "street": "123 Rue de Rivoli", "postal_code": "75001", "city": "Paris", "country_code": "FR",
            },
            "fiscalization": {
                "tax_id_number": "123456789",
                "credentials": {"type": "PORTAL_ACCESS", "username": "sandbox", "password": {"$secret": "paris@test/merchant/martin/portal_password"}},
            },
        })
    );
    assert_eq!(writes[3].body, Some(json!({"state": "COMMISSIONED"})));
    let scopes: Vec<Option<&str>> =
        writes.iter().map(|request| header(request, "X-Scope-Identifier")).collect();
    let unit = Some("org_unit_abc123");
    assert_eq!(scopes, [Some("group"), unit, unit, unit]);
    for request in &writes {
        let keyed = header(request, "X-Idempotency-Key").is_some();
        assert_eq!(keyed, address(request).starts_with("POST"), "{}", address(request));
        assert_eq!(request.lost == Lost::Ask, !keyed, "without a key it is looked up");
        assert_eq!(header(request, "X-Api-Version"), Some("2026-05-04"));
    }
    assert_eq!((&learned["unit"], &learned["taxpayer"]), (&json!("org_unit_abc123"), &json!("tax")));
}

#[test]
fn a_token_is_asked_for_and_read_as_the_guide_prints_it() {
    let service = guide("test");
    let request = service.sign_in("paris@test/account/paris").unwrap();
    assert_eq!(address(&request), "POST /api/v1/auth/token");
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["X-Api-Version"]);
    let secret = |part: &str| json!({"$secret": format!("paris@test/account/paris/{part}")});
    assert_eq!(request.body, Some(json!({"api_key": secret("key"), "api_secret": secret("secret")})));
    let content = json!({
        "id": "tok_abc123",
        "authentication": {"type": "JWT", "bearer": "eyJ", "expires_at": "2026-03-02T12:00:00Z"},
        "organization": {"id": "group"}, "subject": {"id": "sub_abc123"},
    });
    let Known::Answered(answer) = printed(200, content) else { panic!() };
    assert!(service.is_ours(&answer), "the guide prints no headers");
    assert_eq!(service.token(&answer).unwrap().expires_at.to_string(), "2026-03-02T12:00:00Z");
    let portal = Answer { status: 200, headers: Vec::new(), body: json!({"metadata": {"x": 1}}) };
    assert!(!service.is_ours(&portal));
}

/// What becomes of a PATCH, what a look shows, and which requests follow.
#[test]
fn a_patch_without_an_answer_is_looked_at_and_never_sent_blindly() {
    const PATCH: &str = "PATCH /api/v1/taxpayers/tax";
    const LOOK: &str = "GET /api/v1/taxpayers/tax";
    let error =
        |status: u16| printed(status, json!({"status": status, "code": "E", "error": "e", "message": "m"}));
    // A success that shows no resource settles nothing either.
    let empty = Known::Answered(Answer { status: 200, headers: Vec::new(), body: Value::Null });
    let silences = [Known::Unknown, error(409), error(500), error(502), error(503), error(504), empty];
    for silence in silences {
        for (first_look, expected) in
            [("COMMISSIONED", vec![PATCH, LOOK]), ("ACQUIRED", vec![PATCH, LOOK, PATCH])]
        {
            let mut drive = merchant("test", json!({}));
            let answers = |at: &str, nth: usize| match (at, nth) {
                (PATCH, 0) => silence.clone(),
                (LOOK, _) => printed(200, taxpayer(first_look)),
                _ => example(at, nth),
            };
            let outcome = walk(&mut drive, &answers).unwrap();
            assert_eq!(outcome.error, None);
            let addresses = drive.addresses();
            let about: Vec<&String> = addresses.iter().filter(|at| at.contains("/taxpayers/tax")).collect();
            assert_eq!(about, expected, "{silence:?}");
        }
    }
}

/// The first attempt arrived late: the second is refused as out of order, and what is there counts.
#[test]
fn a_patch_that_was_done_meanwhile_is_done() {
    const PATCH: &str = "PATCH /api/v1/taxpayers/tax";
    const LOOK: &str = "GET /api/v1/taxpayers/tax";
    let mut drive = merchant("test", json!({}));
    let answers = |at: &str, nth: usize| match (at, nth) {
        (PATCH, 0) => Known::Unknown,
        (LOOK, 0) => printed(200, taxpayer("ACQUIRED")),
        (PATCH, _) => printed(405, json!({"status": 405, "code": "E_METHOD_NOT_ALLOWED", "message": "m"})),
        (LOOK, _) => printed(200, taxpayer("COMMISSIONED")),
        _ => example(at, nth),
    };
    assert_eq!(walk(&mut drive, &answers).unwrap().error, None);
    let answers = |at: &str, nth: usize| match at {
        PATCH => printed(405, json!({"status": 405, "code": "E_METHOD_NOT_ALLOWED", "message": "m"})),
        _ => example(at, nth),
    };
    let error = walk(&mut merchant("test", json!({})), &answers).unwrap_err();
    assert_eq!((error.kind(), error.details().trace_id.as_deref()), (Kind::Refused, Some("trace_abc123")));
}

/// The account changed its contract while an answer was still missing.
#[test]
fn what_was_asked_for_in_the_guides_words_is_settled_in_the_references() {
    let mut drive = merchant("test", json!({}));
    let lost = |at: &str, nth: usize| match at {
        "PATCH /api/v1/taxpayers/tax" => Known::Unknown,
        "GET /api/v1/taxpayers/tax" => panic!("the contract changes before"),
        _ => example(at, nth),
    };
    while drive.sent.last().is_none_or(|request| !address(request).starts_with("PATCH")) {
        let Step::Send(request) = drive.step().unwrap() else { panic!() };
        let known = lost(&address(&request), 0);
        drive.sent.push(request.clone());
        drive.past.0.push(Exchange { request, known, first_sent_at: drive.now, attempts: 1 });
    }
    drive.service = crate::driver::service();
    let name = json!({"legal": "My Company", "trade": "My Shop"});
    let content = json!({"id": "tax", "type": "COMPANY", "state": "COMMISSIONED", "name": name});
    let answers = |at: &str, _: usize| match at {
        "GET /taxpayers/tax" => printed(200, content.clone()),
        other => panic!("{other}"),
    };
    let learned = walk(&mut drive, &answers).unwrap().learned.unwrap();
    assert_eq!(learned["taxpayer"], "tax");
}

#[test]
fn live_wants_the_access_to_the_portal() {
    for (block, pointer) in [
        (json!({}), "/settings/portal_username"),
        (json!({"portal_username": "u"}), "/settings/portal_password"),
    ] {
        let error = merchant("live", block).step().err().unwrap();
        assert_eq!((error.kind(), error.pointer()), (Kind::Config, Some(pointer)));
    }
    let mut drive = merchant("live", json!({"portal_username": "u", "portal_password": "env:PORTAL"}));
    walk(&mut drive, &example).unwrap();
    let credentials = &body(writes(&drive)[2])["fiscalization"]["credentials"];
    let password = json!({"$secret": "paris@test/merchant/martin/portal_password"});
    assert_eq!(*credentials, json!({"type": "PORTAL_ACCESS", "username": "u", "password": password}));
    for wrong in ["hunter2", "", "ENV:X", " env:X"] {
        let block = Map::from_iter([("portal_password".to_owned(), json!(wrong))]);
        let error = merchant_settings("sign-fr", "sandbox", &block).unwrap_err();
        assert_eq!(error.pointer(), Some("/portal_password"));
        assert!(wrong.is_empty() || !error.message().contains(wrong), "{error}");
    }
}

#[test]
fn a_system_is_made_changed_and_understood_in_the_guides_words() {
    let params = |version: &str| json!({"name": "till-1", "model": "POS-1000", "software": {"name": "My POS", "version": version}});
    let shown = |version: &str| {
        json!({
            "id": "sys", "type": "FISCAL_DEVICE", "state": "COMMISSIONED", "location_id": "loc",
            "product": {"mpn": "POS-1000", "software": {"name": "My POS", "version": version}},
            "records": [{"type": "INTENTION::TRANSACTION"}],
        })
    };
    let mut known = facts();
    known.register = Value::Null;
    let mut drive = Drive::new(operation("provision.register", "register", params("1")), known.clone());
    drive.service = guide("test");
    let answers = |at: &str, _: usize| match at {
        "POST /api/v1/systems" => printed(201, shown("1")),
        _ => nothing_yet(),
    };
    known.register = walk(&mut drive, &answers).unwrap().learned.unwrap();
    assert_eq!(
        body(writes(&drive)[0]),
        json!({
            "type": "FISCAL_DEVICE", "location_id": "t-1",
            "product": {
                "mpn": "POS-1000", "brand": "POS-1000", "usage_start_date": "2026-03-01",
                "software": {"name": "My POS", "version": "1"}, "details": {"name": "till-1"},
            },
        })
    );
    assert_eq!(header(writes(&drive)[0], "X-Scope-Identifier"), Some("u-1"));

    let mut drive = Drive::new(operation("provision.register", "register", params("2")), known);
    drive.service = guide("test");
    let answers = |at: &str, nth: usize| match (at, nth) {
        ("PATCH /api/v1/systems/sys", _) => Known::Unknown,
        ("GET /api/v1/systems/sys", 0) => printed(200, shown("1")),
        _ => printed(200, shown("2")),
    };
    walk(&mut drive, &answers).unwrap();
    let product = json!({"product": {"software": {"name": "My POS", "version": "2"}}});
    assert_eq!(writes(&drive)[0].body, Some(product));
    assert_eq!(writes(&drive).len(), 1, "the look shows that it was done");
}
