//! Every rule of the contract sign-fr, broken on its own, against a running sandbox: each must answer 400.
//!
//! What is sent is made from the schemas: from a valid body for every operation and variant, each required
//! member is taken away, an unknown one added to each object, each pattern, bound, enum and type broken;
//! and likewise each header, query and path parameter. How many that must be is counted in another way, by
//! walking the schemas.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may"
)]

#[path = "../support/schemas/breaking.rs"]
mod breaking;
#[path = "../support/schemas/document.rs"]
mod document;
#[path = "../support/schemas/example.rs"]
mod example;
#[path = "../support/line.rs"]
mod line;
#[path = "../support/merchant.rs"]
mod merchant;
mod operations;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::time::Instant;

use document::{Choice, Document};
use example::Extent;
use fiskal_sandbox::schema::Contract;
use jsonschema::Validator;
use line::{Line, Request};
use operations::{OPERATIONS, Operation};
use serde_json::{Value, json};

const SCHEMAS: &str = include_str!("../../schemas/sign-fr/2026-02-03.json");
/// One broken request in this many is sent without being signed in: form is checked first (contract 1.3).
const STRANGERS: usize = 3;

struct Bench {
    document: Document,
    line: Line,
    refused: usize,
    accepted: usize,
    implied: usize,
}

impl Bench {
    fn open() -> Bench {
        Bench { document: Document::read(SCHEMAS), line: Line::open(), refused: 0, accepted: 0, implied: 0 }
    }

    /// A right request for an operation, with ids that nothing has.
    fn request(&self, operation: &Operation) -> Request {
        let request = self.without_body(operation);
        let Some(body) = operation.body else { return request };
        let place = self.document.definition(body);
        let variant = self.document.variants(&place).swap_remove(0);
        request.body(&self.document.example(&place, &variant, Extent::Full))
    }

    fn without_body(&self, operation: &Operation) -> Request {
        let id = operation.id.map(|definition| self.parameter(definition)).unwrap_or_default();
        let mut request = Request::new(operation.method, operation.path.replace("{}", &id));
        for (name, definition) in operation.headers {
            request = request.header(name, &self.parameter(definition));
        }
        request
    }

    fn parameter(&self, definition: &str) -> String {
        let example =
            self.document.example(&self.document.definition(definition), &Choice::new(), Extent::Full);
        match example {
            Value::String(text) => text,
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            other => other.to_string(),
        }
    }

    /// Sends a broken request and insists on the refusal of contract 4.1, which says where.
    fn refuse(&mut self, request: &Request, says: &str, what: &str) {
        let (status, answer) = self.line.send(request, !self.refused.is_multiple_of(STRANGERS));
        let shown = || format!("{} {} with {what}: {status} {answer}", request.method, request.path);
        assert_eq!(status, 400, "{}", shown());
        let message = answer["content"]["message"].as_str().unwrap_or_else(|| panic!("{}", shown()));
        let expected = json!({"content":
            {"status": 400, "code": "E_BAD_REQUEST", "error": "Bad request", "message": message}});
        assert_eq!(answer, expected, "{}", shown());
        assert!(message.contains(says), "it should speak of {says}: {}", shown());
        self.refused += 1;
    }

    /// Sends a right request: whatever the answer is, it is no 400, and it fits the contract.
    fn accept(&mut self, operation: &Operation, request: &Request) {
        let (status, answer) = self.line.send(request, true);
        assert_ne!(status, 400, "{} {}: {answer}", request.method, request.path);
        self.accepted += usize::from(status == 200);
        if answer == json!({"results": []}) {
            return; // What an empty list answers is open, the schema wants at least one (contract 1.8).
        }
        let definition = if status == 200 { operation.answer } else { Some("Error") };
        if let Some(definition) = definition {
            let fits = Contract::sign_fr().check(definition, &answer);
            assert_eq!(fits, Ok(()), "{} {}: {answer}", request.method, request.path);
        }
    }
}

/// A validator for one definition that owes nothing to the sandbox's code.
fn validator(document: &Document, definition: &str) -> Validator {
    let mut schema = document.value().clone();
    schema["$ref"] = json!(format!("#/$defs/{definition}"));
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn without(request: &Request, header: &str) -> Request {
    let mut request = request.clone();
    request.headers.retain(|(name, _)| *name != header);
    request
}

fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn every_broken_rule_of_every_body_is_refused() {
    let (mut bench, began) = (Bench::open(), Instant::now());
    for operation in OPERATIONS {
        let Some(definition) = operation.body else { continue };
        let place = bench.document.definition(definition);
        let validator = validator(&bench.document, definition);
        for variant in bench.document.variants(&place) {
            let breakages = |extent| bench.document.breakages(&place, &variant, extent, &mut BTreeSet::new());
            let (full, least) = (breakages(Extent::Full), breakages(Extent::Least));
            bench.implied += bench.document.count_rules(&place, &variant);
            for (full, least) in full.into_iter().zip(least) {
                // What breaks one form may be another form of an `anyOf`; then less beside it helps.
                let breakage = if validator.is_valid(&full.value) { least } else { full };
                assert!(
                    !validator.is_valid(&breakage.value),
                    "{} {} is not broken",
                    breakage.rule,
                    breakage.pointer
                );
                let request = bench.without_body(operation).body(&breakage.value);
                bench.refuse(
                    &request,
                    &breakage.pointer,
                    &format!("{} at {}", breakage.rule, breakage.pointer),
                );
            }
        }
    }
    report("bodies", &bench, began);
    assert_eq!(bench.refused, bench.implied, "each rule of the schemas is broken once");
}

#[test]
fn every_broken_parameter_is_refused() {
    let (mut bench, began) = (Bench::open(), Instant::now());
    for operation in OPERATIONS {
        let right = bench.request(operation);
        let mut headers: Vec<(&'static str, Vec<String>)> = Vec::new();
        // A version that does not exist, one that is not spoken here, none (contract 1.3).
        bench.implied += 4;
        headers.push(("X-Api-Version", ["2026-02-04", "2025-08-12", "latest", ""].map(str::to_owned).into()));
        bench.refuse(&without(&right, "X-Api-Version"), "X-Api-Version", "no version");
        if operation.writes() {
            bench.implied += 1 + bench.document.count_parameter_rules("IdempotencyKey");
            let mut keys = bench.document.broken_parameters("IdempotencyKey");
            keys.extend(["", "key 1", "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f"].map(str::to_owned));
            headers.push(("X-Idempotency-Key", keys));
            let bare = without(&right, "X-Idempotency-Key");
            bench.refuse(&bare, "X-Idempotency-Key is required, but not found", "no key");
        }
        for (name, definition) in operation.headers {
            bench.implied += bench.document.count_parameter_rules(definition);
            headers.push((name, bench.document.broken_parameters(definition)));
        }
        for (name, broken) in headers {
            for value in broken {
                bench.refuse(&right.clone().header(name, &value), name, &format!("{name} {value:?}"));
            }
        }
        for (name, definition) in operation.query {
            bench.implied += bench.document.count_parameter_rules(definition);
            for value in bench.document.broken_parameters(definition) {
                let mut request = right.clone();
                request.path = format!("{}?{name}={}", request.path, percent_encoded(&value));
                bench.refuse(&request, name, &format!("{name} {value:?}"));
            }
        }
        if let Some(definition) = operation.id {
            // A path without its last segment is another operation; so the empty text cannot be tried.
            let broken =
                bench.document.broken_parameters(definition).into_iter().filter(|value| !value.is_empty());
            let broken: Vec<String> = broken.collect();
            bench.implied +=
                bench.document.count_parameter_rules(definition) - usize::from(definition == "Path");
            for value in broken {
                let mut request = right.clone();
                request.path = operation.path.replace("{}", &percent_encoded(&value));
                bench.refuse(&request, "", &format!("the id {value:?}"));
            }
        }
    }
    report("parameters", &bench, began);
}

#[test]
fn what_is_not_a_json_object_is_refused() {
    let (mut bench, began) = (Bench::open(), Instant::now());
    let deep = "[".repeat(100_000);
    let hostile: [&[u8]; 10] = [
        b"",
        b" ",
        b"null",
        b"[]",
        b"\"text\"",
        b"{",
        b"{\"content\":{}} {}",
        b"{\"content\":\"\xff\"}",
        b"{'content':{}}",
        deep.as_bytes(),
    ];
    for operation in OPERATIONS.iter().filter(|operation| operation.body.is_some()) {
        bench.implied += hostile.len() + 1;
        for body in hostile {
            let mut request = bench.without_body(operation);
            request.body = Some(body.to_vec());
            bench.refuse(&request, "", &String::from_utf8_lossy(&body[..body.len().min(40)]));
        }
        bench.refuse(
            &bench.request(operation).header("Content-Type", "text/plain"),
            "Content-Type",
            "plain text",
        );
    }
    report("bodies that are no object", &bench, began);
}

#[test]
fn every_right_request_is_not_refused_for_its_form() {
    let (mut bench, began) = (Bench::open(), Instant::now());
    let mut known = merchant::provision(&bench.line);
    let intention = merchant::begin(&bench.line, &known["system"]);
    known.insert("record", merchant::complete(&bench.line, &intention, "R-1", "Croissant"));
    known.extend(SENSIBLE.map(|(name, value)| (name, value.to_owned())));
    let mut sent = 0;
    for operation in OPERATIONS {
        let right = bench.request(operation);
        bench.accept(operation, &right);
        for (name, definition) in operation.query.iter().filter(|(name, _)| *name != "token") {
            let mut request = right.clone();
            let value = known.get(name.trim_end_matches("_id")).cloned();
            let value = value.unwrap_or_else(|| bench.parameter(definition));
            request.path = format!("{}?{name}={}", request.path, percent_encoded(&value));
            bench.accept(operation, &request);
        }
        let Some(definition) = operation.body else { continue };
        let (place, validator) =
            (bench.document.definition(definition), validator(&bench.document, definition));
        for variant in bench.document.variants(&place) {
            for mut body in bench.document.examples(&place, &variant, &mut BTreeSet::new()) {
                assert!(validator.is_valid(&body), "{definition}: the example is not valid: {body}");
                refer(&mut body, &known);
                if body["content"]["type"] == "TRANSACTION" {
                    body["content"]["record"] = json!({"id": merchant::begin(&bench.line, &known["system"])});
                }
                bench.accept(operation, &bench.without_body(operation).body(&body));
                sent += 1;
            }
        }
    }
    let accepted = bench.accepted;
    print(&format!("right bodies: {sent} sent, {accepted} answers 200, {:.1?}", began.elapsed()));
    assert!(2 * accepted > sent, "most right bodies are good for something");
}

/// Values with which the examples add up: a French rate, and nothing to pay.
const SENSIBLE: [(&str, &str); 8] = [
    ("percentage", "20.00"),
    ("amount", "0"),
    ("exclusive", "0"),
    ("inclusive", "0"),
    ("price", "0"),
    ("base", "0"),
    ("discount", "0"),
    ("surcharge", "0"),
];

/// Lets a body refer to what is there, and add up: the example's ids are nobody's, its amounts at random.
fn refer(body: &mut Value, known: &BTreeMap<&str, String>) {
    match body {
        Value::Object(members) => {
            for (name, member) in members {
                match known.get(name.as_str()) {
                    Some(id) if member["id"].is_string() => member["id"] = json!(id),
                    Some(value) if member.is_string() => *member = json!(value),
                    _ => refer(member, known),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, known)),
        _ => {}
    }
}

fn report(what: &str, bench: &Bench, began: Instant) {
    let Bench { refused, implied, .. } = bench;
    let hundreds = refused / 100;
    let took = began.elapsed();
    print(&format!("{what}: {refused} answers 400 ({hundreds} hundreds), {implied} rules, {took:.1?}"));
    assert!(refused >= implied, "the schemas imply at least {implied} refusals, but there were {refused}");
}

/// Prints also when the test passes, which the test runner's `println!` does not.
fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
