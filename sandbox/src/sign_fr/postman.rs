//! A Postman collection that goes from a key to a receipt, and an environment with the keys filled in. Each request
//! checks its answer and keeps what the next ones need, so that the whole runs at one press.

use serde_json::{Value, json};

use super::version::Version;
use crate::postman::{self, Request};

/// One request of the collection.
struct Step {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    /// Headers beside version, idempotency key and content type.
    headers: &'static [(&'static str, &'static str)],
    body: Value,
    /// What must hold of the answer's `content`, in words and in JavaScript.
    checks: &'static [(&'static str, &'static str)],
    /// What is kept of `content`: variable and expression.
    keeps: &'static [(&'static str, &'static str)],
}

/// The environment: where the sandbox is, and the seeded group's key.
pub(super) fn environment(base: &str, key: &str, secret: &str) -> Value {
    let version = Version::Reference.date();
    let values = [("base_url", base), ("api_version", version), ("api_key", key), ("api_secret", secret)];
    postman::environment("SIGN FR", &values)
}

/// The collection; it speaks of the environment's variables only, so that it fits every sandbox.
pub(super) fn collection() -> Value {
    let requests: Vec<Request> = steps().iter().map(request).collect();
    postman::collection("SIGN FR", &requests)
}

fn request(step: &Step) -> Request {
    let mut headers = vec![("X-Api-Version", "{{api_version}}")];
    if step.method != "GET" {
        headers.push(("X-Idempotency-Key", "{{$guid}}"));
    }
    headers.extend(step.headers);
    let body = Some(&step.body).filter(|body| !body.is_null());
    Request {
        name: step.name,
        method: step.method,
        path: step.path,
        headers,
        body: body.map(|body| json!({ "content": body })),
        open: step.path == "tokens",
        script: script(step),
    }
}

fn script(step: &Step) -> Vec<String> {
    let mut lines = vec![
        "pm.test('answers 200', () => pm.response.to.have.status(200));".to_owned(),
        "pm.test('speaks the asked version', () => pm.response.to.have.header('X-Api-Version', pm.environment.get('api_version')));".to_owned(),
        "const content = pm.response.json().content;".to_owned(),
    ];
    lines
        .extend(step.checks.iter().map(|(title, holds)| format!("pm.test('{title}', () => {{ {holds} }});")));
    lines.extend(step.keeps.iter().map(|(name, value)| format!("pm.environment.set('{name}', {value});")));
    lines
}

const BEARER: &[(&str, &str)] = &[("token", "content.authentication.bearer")];
const GIVES_A_TOKEN: &[(&str, &str)] = &[(
    "gives a token that is still valid",
    "pm.expect(content.authentication.bearer).to.be.a('string').and.not.empty; pm.expect(Date.parse(content.authentication.expires_at)).to.be.above(Date.parse(pm.response.headers.get('Date')));",
)];
const ACQUIRED: &[(&str, &str)] = &[(
    "is acquired and waits",
    "pm.expect(content.state).to.equal('ACQUIRED'); pm.expect(content.mode).to.equal('INACTIVE');",
)];
const COMMISSIONED: &[(&str, &str)] = &[(
    "is commissioned and works",
    "pm.expect(content.state).to.equal('COMMISSIONED'); pm.expect(content.mode).to.equal('OPERATIVE');",
)];

fn steps() -> Vec<Step> {
    let mut steps = identity();
    steps.extend(shop());
    steps.extend(sale());
    steps
}

fn identity() -> Vec<Step> {
    vec![
        Step {
            name: "Token of the group",
            method: "POST",
            path: "tokens",
            headers: &[],
            body: json!({ "type": "API_KEY", "key": "{{api_key}}", "secret": "{{api_secret}}" }),
            checks: GIVES_A_TOKEN,
            keeps: BEARER,
        },
        Step {
            name: "Organization of the merchant",
            method: "POST",
            path: "organizations",
            headers: &[],
            body: json!({ "type": "UNIT", "name": "Boulangerie Martin" }),
            checks: &[("is a unit", "pm.expect(content.type).to.equal('UNIT');")],
            keeps: &[("unit_id", "content.id")],
        },
        Step {
            name: "API key of the unit",
            method: "POST",
            path: "subjects",
            headers: &[("X-Scope-Identifier", "{{unit_id}}")],
            body: json!({ "type": "API_KEY", "name": "postman" }),
            checks: &[(
                "shows the secret",
                "pm.expect(content.credentials.secret).to.be.a('string').and.not.empty;",
            )],
            keeps: &[("unit_key", "content.credentials.key"), ("unit_secret", "content.credentials.secret")],
        },
        Step {
            name: "Token of the unit",
            method: "POST",
            path: "tokens",
            headers: &[],
            body: json!({ "type": "API_KEY", "key": "{{unit_key}}", "secret": "{{unit_secret}}" }),
            checks: GIVES_A_TOKEN,
            keeps: BEARER,
        },
    ]
}

fn shop() -> Vec<Step> {
    let address = json!({
        "line": { "type": "STREET_NUMBER", "street": "Rue de Rivoli", "number": "123" },
        "code": "75001", "city": "Paris", "country": "FR",
    });
    let credentials = json!({ "type": "INFOCERT", "certificate_code": "B9999", "properties": {} });
    let made = |name, path, body, keeps| Step {
        name,
        method: "POST",
        path,
        headers: &[],
        body,
        checks: ACQUIRED,
        keeps,
    };
    let commissioned = |name, path| Step {
        name,
        method: "PATCH",
        path,
        headers: &[],
        body: json!({ "state": "COMMISSIONED" }),
        checks: COMMISSIONED,
        keeps: &[],
    };
    vec![
        made(
            "Taxpayer",
            "taxpayers",
            json!({
                "type": "COMPANY", "name": { "legal": "Boulangerie Martin SARL", "trade": "Boulangerie Martin" },
                "address": address,
                "fiscalization": { "type": "FR", "tax_id_number": "356000000", "credentials": credentials },
            }),
            &[("taxpayer_id", "content.id")],
        ),
        commissioned("Taxpayer commissioned", "taxpayers/{{taxpayer_id}}"),
        made(
            "Location",
            "locations",
            json!({
                "type": "BRANCH", "taxpayer": { "id": "{{taxpayer_id}}" }, "name": "Rivoli", "address": address,
            }),
            &[("location_id", "content.id")],
        ),
        commissioned("Location commissioned", "locations/{{location_id}}"),
        made(
            "System",
            "systems",
            json!({
                "type": "FISCAL_DEVICE", "location": { "id": "{{location_id}}" },
                "producer": { "type": "MPN", "number": "POS-1000", "details": { "name": "POS-1000" } },
                "software": { "name": "Postman", "version": "1.0.0" },
            }),
            &[("system_id", "content.id")],
        ),
        commissioned("System commissioned", "systems/{{system_id}}"),
    ]
}

/// One menu at 11.00 with 10 %: 10.00 net, 1.00 VAT.
fn sale() -> Vec<Step> {
    let vat = json!({
        "type": "VAT_RATE", "code": "REDUCED_1", "percentage": "10",
        "amount": "1.00", "exclusive": "10.00", "inclusive": "11.00",
    });
    let entry = json!({ "type": "SALE", "details": { "concept": "GOOD" }, "data": {
        "type": "ITEM", "text": "Menu du jour", "unit": { "quantity": "1", "price": "11.00" },
        "value": { "base": "10.00" }, "vat": vat,
    }});
    let receipt = json!({
        "type": "RECEIPT",
        "document": {
            "number": "P-{{$timestamp}}",
            "total_vat": { "amount": "1.00", "exclusive": "10.00", "inclusive": "11.00" },
        },
        "entries": [entry],
        "payments": [{ "type": "CARD", "number": "****1234", "kind": "DEBIT", "details": { "amount": "11.00" } }],
    });
    vec![
        Step {
            name: "Intention",
            method: "POST",
            path: "records",
            headers: &[],
            body: json!({ "type": "INTENTION", "system": { "id": "{{system_id}}" }, "operation": { "type": "TRANSACTION" } }),
            checks: &[("is accepted", "pm.expect(content.state).to.equal('ACCEPTED');")],
            keeps: &[("intention_id", "content.id")],
        },
        Step {
            name: "Receipt",
            method: "POST",
            path: "records",
            headers: &[],
            body: json!({ "type": "TRANSACTION", "record": { "id": "{{intention_id}}" }, "operation": receipt }),
            checks: &[
                ("is completed", "pm.expect(content.state).to.equal('COMPLETED');"),
                ("is signed", "pm.expect(content.journal.signature).to.match(/^[A-Za-z0-9_-]{64}$/);"),
                (
                    "follows the intention in the journal",
                    "pm.expect(content.journal.record.id).to.equal(pm.environment.get('intention_id'));",
                ),
            ],
            keeps: &[("receipt_id", "content.id")],
        },
        Step {
            name: "Receipt, read again",
            method: "GET",
            path: "records/{{receipt_id}}?operation=",
            headers: &[],
            body: Value::Null,
            checks: &[(
                "has the total",
                "pm.expect(JSON.parse(content.operation).document.total_vat.inclusive).to.equal('11.00');",
            )],
            keeps: &[],
        },
    ]
}
