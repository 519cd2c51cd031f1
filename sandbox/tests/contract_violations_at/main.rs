//! Every rule of SIGN AT's and the Management API's schemas, broken on its own, against a running sandbox: each must
//! answer 400 and say where. How many that must be is counted in another way, by walking the schemas.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may"
)]

mod access;
#[path = "../support/austria.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod austria;
#[path = "../support/schemas/breaking.rs"]
mod breaking;
#[path = "../support/schemas/document.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod document;
#[path = "../support/schemas/example.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod example;
mod operations;

use std::collections::BTreeSet;
use std::io::Write as _;

use austria::Shop;
use document::{Choice, Document};
use example::Extent;
use operations::{MANAGEMENT, Operation, SIGN_AT};
use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

/// An id that nothing has.
const ID: &str = "7d1f5a52-3c0b-4c7e-9a51-0b8a6c2f9e10";

/// A service, and how many of its rules were broken.
struct Bench {
    shop: Shop,
    document: Document,
    prefix: &'static str,
    bearer: String,
    refused: usize,
    implied: usize,
}

fn benches() -> [(Bench, &'static [Operation]); 2] {
    let open = |name, prefix, schemas| {
        let shop = Shop::open();
        let bearer = shop.sign_in(name);
        Bench { bearer, shop, document: Document::read(schemas), prefix, refused: 0, implied: 0 }
    };
    [
        (open("sign-at", "/sign-at/api/v1", include_str!("../../schemas/sign-at/1.2.6.json")), SIGN_AT),
        (
            open("management", "/management/api/v0", include_str!("../../schemas/management/0.12.0.json")),
            MANAGEMENT,
        ),
    ]
}

impl Bench {
    fn request(&self, operation: &Operation, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let address = format!("{}{}{path}", self.shop.sandbox.url(), self.prefix);
        self.shop.client.request(method, address).bearer_auth(&self.bearer)
    }

    fn example(&self, definition: &str) -> Value {
        self.document.example(&self.document.definition(definition), &Choice::new(), Extent::Full)
    }

    /// Sends a broken request and insists on the refusal, which says where.
    fn refuse(&mut self, request: RequestBuilder, says: &str, what: &str) {
        let answer = request.send().unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().unwrap();
        let message = body["message"].as_str().unwrap_or_default();
        let expected = json!({ "status_code": 400, "error": "Bad Request", "code": "E_FAILED_SCHEMA_VALIDATION", "message": message });
        assert_eq!((status, &body), (400, &expected), "{what}");
        assert!(message.contains(says), "{what} should speak of {says}: {message}");
        self.refused += 1;
    }

    fn report(&self, what: &str) {
        // Also when the test passes, which the test runner's `println!` does not show.
        let _ = writeln!(std::io::stdout(), "{} {what}: {} answers 400", self.prefix, self.refused);
    }
}

fn with(path: &str, name: &str, value: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    format!("{path}?{query}")
}

/// A JSON pointer as the service writes it, or of what is not there the place where it should be.
fn place(pointer: &str, rule: &str) -> String {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let above = if rule == "additionalProperties" { steps.len() - 1 } else { steps.len() };
    let mut text = "body".to_owned();
    for step in &steps[..above] {
        text += &if step.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("[{step}]")
        } else {
            format!(".{step}")
        };
    }
    text
}

#[test]
fn every_broken_rule_of_every_body_is_refused() {
    for (mut bench, operations) in benches() {
        for operation in operations {
            let Some(definition) = operation.body else { continue };
            let top = bench.document.definition(definition);
            let mut schema = bench.document.value().clone();
            schema["$ref"] = json!(format!("#/$defs/{definition}"));
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            let breakages =
                |extent| bench.document.breakages(&top, &Choice::new(), extent, &mut BTreeSet::new());
            bench.implied += bench.document.count_rules(&top, &Choice::new());
            for (full, least) in breakages(Extent::Full).into_iter().zip(breakages(Extent::Least)) {
                // What breaks one form may be another form of an `anyOf`; then less beside it helps.
                let breakage = if validator.is_valid(&full.value) { least } else { full };
                let what = format!("{} {} at {}", operation.path, breakage.rule, breakage.pointer);
                assert!(!validator.is_valid(&breakage.value), "{what} is not broken");
                let request = bench.request(operation, &operation.path.replace("{}", ID));
                // An alternative does not tell its unknown members, only that none fits (contract 4.2).
                let says = if breakage.rule == "additionalProperties" {
                    "body".to_owned()
                } else {
                    place(&breakage.pointer, breakage.rule)
                };
                bench.refuse(request.json(&breakage.value), &says, &what);
            }
        }
        bench.report("bodies");
        assert_eq!(bench.refused, bench.implied, "each rule of the schemas is broken once");
    }
}

#[test]
fn every_broken_parameter_is_refused() {
    for (mut bench, operations) in benches() {
        for operation in operations {
            let right = operation.path.replace("{}", ID);
            let body = operation.body.map(|definition| bench.example(definition));
            let request = |bench: &Bench, path: &str| {
                let request = bench.request(operation, path);
                match &body {
                    Some(body) => request.json(body),
                    None => request,
                }
            };
            for (name, definition) in operation.query {
                bench.implied += bench.document.count_parameter_rules(definition);
                for value in bench.document.broken_parameters(definition) {
                    let request = request(&bench, &with(&right, name, &value));
                    bench.refuse(
                        request,
                        &format!("querystring.{name}"),
                        &format!("{right} {name}={value:?}"),
                    );
                }
            }
            let unknown = request(&bench, &with(&right, "unheard_of", "1"));
            bench.refuse(unknown, "querystring", &format!("{right} with an unknown parameter"));
            let places = operation.path.matches("{}").count();
            for broken in 0..places {
                for id in ["1-2", &ID[1..], &format!("{ID}0"), &ID.to_uppercase().replace('-', "~"), "%20"] {
                    let mut path = operation.path.to_owned();
                    for index in 0..places {
                        path = path.replacen("{}", if index == broken { id } else { ID }, 1);
                    }
                    bench.refuse(request(&bench, &path), "params.", &path);
                }
            }
        }
        bench.report("parameters");
        assert!(bench.refused >= bench.implied);
    }
}

#[test]
fn ids_are_version_4_and_written_small() {
    let (bench, _) = benches().into_iter().next().unwrap();
    for id in [
        "7D1F5A52-3C0B-4C7E-9A51-0B8A6C2F9E10",
        "7d1f5a52-3c0b-7c7e-9a51-0b8a6c2f9e10",
        "7d1f5a52-3c0b-4c7e-ca51-0b8a6c2f9e10",
        "7d1f5a523c0b4c7e9a510b8a6c2f9e1",
    ] {
        let message = bench.shop.create_register(id).refused(400, "E_FAILED_SCHEMA_VALIDATION");
        assert!(message.starts_with("params.cash_register_id should match pattern"), "{message}");
    }
    let made = bench.shop.create_register("7d1f5a523c0b4c7e9a510b8a6c2f9e10").ok();
    assert_eq!(made["_id"], "7d1f5a52-3c0b-4c7e-9a51-0b8a6c2f9e10");
}

#[test]
fn what_is_no_json_object_is_refused() {
    let deep = "[".repeat(100_000);
    let hostile: [&[u8]; 10] = [
        b"",
        b" ",
        b"null",
        b"[]",
        b"\"text\"",
        b"{",
        b"{} {}",
        b"{\"description\":\"\xff\"}",
        b"{'state':1}",
        deep.as_bytes(),
    ];
    for (mut bench, operations) in benches() {
        for operation in operations.iter().filter(|operation| operation.body.is_some()) {
            let path = operation.path.replace("{}", ID);
            for body in hostile.iter().filter(|body| !(body.is_empty() && operation.bodiless)) {
                let request = bench.request(operation, &path).header("Content-Type", "application/json");
                let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
                bench.refuse(request.body(body.to_vec()), "body", &format!("{path} {shown:?}"));
            }
            let example = bench.example(operation.body.unwrap()).to_string();
            let request = bench.request(operation, &path).header("Content-Type", "text/plain").body(example);
            bench.refuse(request, "Content-Type", &format!("{path} as plain text"));
        }
        bench.report("bodies that are no object");
    }
}

#[test]
fn every_right_body_is_not_refused_for_its_form() {
    for (bench, operations) in benches() {
        let settings = json!({ "management": { "unmanaged_organizations": true } });
        bench.shop.control(Method::PUT, "settings", Some(&settings));
        for operation in operations {
            let Some(definition) = operation.body else { continue };
            let top = bench.document.definition(definition);
            for body in bench.document.examples(&top, &Choice::new(), &mut BTreeSet::new()) {
                let request = bench.request(operation, &operation.path.replace("{}", ID)).json(&body);
                let answer: Value = request.send().unwrap().json().unwrap();
                assert_ne!(
                    answer["code"], "E_FAILED_SCHEMA_VALIDATION",
                    "{} {body}: {answer}",
                    operation.path
                );
            }
        }
    }
}

/// The one recorded rejection of contract 4.2.
#[test]
fn a_rejection_reads_as_it_was_recorded() {
    let (bench, _) = benches().into_iter().next().unwrap();
    let body = json!({ "legal_entity_id": { "vat_id": "U12345678" } });
    let message = bench
        .shop
        .put(&format!("/signature-creation-unit/{ID}"), &body)
        .refused(400, "E_FAILED_SCHEMA_VALIDATION");
    let recorded = r#"body.legal_entity_id.vat_id should match pattern "^ATU\d{8}$", body.legal_entity_id should have required property 'tax_id', body.legal_entity_id should have required property 'gln', body.legal_entity_id should match exactly one schema in oneOf"#;
    assert_eq!(message, recorded);
}

#[test]
fn digits_are_ascii() {
    let (bench, _) = benches().into_iter().next().unwrap();
    let body = json!({ "legal_entity_id": { "vat_id": "ATU١٢٣٤٥٦٧٨" } });
    bench
        .shop
        .put(&format!("/signature-creation-unit/{ID}"), &body)
        .refused(400, "E_FAILED_SCHEMA_VALIDATION");
}

#[test]
fn unknown_members_can_be_dropped() {
    let (bench, _) = benches().into_iter().next().unwrap();
    let body = json!({ "description": "Bar", "colour": "blue" });
    let path = format!("/cash-register/{ID}");
    bench.shop.put(&path, &body).refused(400, "E_FAILED_SCHEMA_VALIDATION");
    bench.shop.settings(&json!({ "strip_unknown": true }));
    bench.shop.put(&path, &body).ok();
    let unit = json!({ "legal_entity_id": { "vat_id": "ATU12345678", "colour": "blue" }, "colour": "blue" });
    let made = bench.shop.put(&format!("/signature-creation-unit/{ID}"), &unit).ok();
    assert_eq!(made["legal_entity_id"], json!({ "vat_id": "ATU12345678" }));
}
