//! A Postman collection that goes from a managed organization's key to a validated receipt and its export.

use serde_json::{Value, json};

use crate::postman::{self, Request};

/// The environment: where the sandbox is, and the seeded key.
pub(super) fn environment(base: &str, key: &str, secret: &str) -> Value {
    postman::environment("SIGN AT", &[("base_url", base), ("api_key", key), ("api_secret", secret)])
}

/// The collection; it speaks of the environment's variables only, so that it fits every sandbox.
pub(super) fn collection() -> Value {
    let mut requests = vec![
        step(
            "Token",
            "POST",
            "api/v1/auth",
            Some(json!({ "api_key": "{{api_key}}", "api_secret": "{{api_secret}}" })),
            &[
                "pm.test('is for TEST', () => pm.expect(answer.access_token_claims.env).to.equal('TEST'));",
                "pm.environment.set('token', answer.access_token);",
                "for (const name of ['register_id', 'receipt_id']) pm.environment.set(name, pm.variables.replaceIn('{{$guid}}'));",
            ],
        ),
        step(
            "FinanzOnline",
            "PUT",
            "api/v1/fon/auth",
            Some(json!({
                "fon_participant_id": "123456789ab", "fon_user_id": "till-1", "fon_user_pin": "123456",
            })),
            &[
                "pm.test('is authenticated', () => pm.expect(answer.authentication_status).to.equal('AUTHENTICATED'));",
            ],
        ),
        step(
            "Units that are there",
            "GET",
            "api/v1/signature-creation-unit?limit=100",
            None,
            &[
                "const unit = answer.data.find(({ state }) => ['CREATED', 'INITIALIZED', 'OUTAGE'].includes(state));",
                "pm.environment.set('unit_id', unit ? unit._id : pm.variables.replaceIn('{{$guid}}'));",
                "if (unit && unit.state !== 'CREATED') pm.execution.setNextRequest('Register');",
            ],
        ),
        step(
            "Unit",
            "PUT",
            "api/v1/signature-creation-unit/{{unit_id}}",
            Some(json!({
                "legal_entity_id": { "vat_id": "ATU12345678" }, "legal_entity_name": "Muster GmbH",
            })),
            &["pm.test('is created', () => pm.expect(answer.state).to.equal('CREATED'));"],
        ),
        step(
            "Unit initialized",
            "PATCH",
            "api/v1/signature-creation-unit/{{unit_id}}",
            Some(json!({ "state": "INITIALIZED" })),
            &["pm.test('signs', () => pm.expect(answer.state).to.equal('INITIALIZED'));"],
        ),
    ];
    requests.extend(register());
    requests.extend(sale());
    postman::collection("SIGN AT", &requests)
}

fn register() -> Vec<Request> {
    let state = |name, state: &str, script: &'static [&'static str]| {
        step(name, "PATCH", "api/v1/cash-register/{{register_id}}", Some(json!({ "state": state })), script)
    };
    vec![
        step(
            "Register",
            "PUT",
            "api/v1/cash-register/{{register_id}}",
            Some(json!({ "description": "Bar" })),
            &["pm.test('is created', () => pm.expect(answer.state).to.equal('CREATED'));"],
        ),
        state(
            "Register registered",
            "REGISTERED",
            &["pm.test('is registered', () => pm.expect(answer.time_registration).to.be.a('number'));"],
        ),
        state(
            "Register initialized",
            "INITIALIZED",
            &[
                "pm.test('has a start receipt', () => pm.expect(answer.initialization_receipt_id).to.be.a('string'));",
            ],
        ),
    ]
}

/// A coffee at 20 % and a cake at 10 %.
fn sale() -> Vec<Request> {
    const RECEIPT: &str = "api/v1/cash-register/{{register_id}}/receipt/{{receipt_id}}";
    let receipt = json!({ "receipt_type": "NORMAL", "schema": { "standard_v1": {
        "amounts_per_vat_rate": [
            { "vat_rate": "STANDARD", "amount": "4.20" }, { "vat_rate": "REDUCED_1", "amount": "5.50" },
        ],
        "amounts_per_payment_type": [{ "payment_type": "CASH", "amount": "9.70" }],
        "line_items": [
            { "quantity": "1", "text": "Melange", "price_per_unit": "4.20" },
            { "quantity": "1", "text": "Sachertorte", "price_per_unit": "5.50" },
        ],
    } } });
    vec![
        step(
            "Receipt",
            "PUT",
            RECEIPT,
            Some(receipt),
            &[
                "pm.test('is signed', () => pm.expect(answer.signed).to.equal(true));",
                "pm.test('has a machine code', () => pm.expect(answer.qr_code_data).to.match(/^_R1-AT3_.*_4,20_5,50_0,00_0,00_0,00_/));",
            ],
        ),
        step(
            "Receipt, read again",
            "GET",
            RECEIPT,
            None,
            &[
                "pm.test('has the amounts', () => pm.expect(answer.schema.raw.gross_amount_reduced_1).to.equal('5.50'));",
            ],
        ),
        step(
            "Validation",
            "POST",
            "api/v1/cash-register/{{register_id}}/receipt/{{receipt_id}}/validation",
            None,
            &[
                "pm.test('FinanzOnline agrees', () => pm.expect(answer.validation_result).to.equal('SUCCESS'));",
            ],
        ),
        step(
            "Export",
            "GET",
            "api/v1/cash-register/{{register_id}}/export",
            None,
            &[
                "pm.test('has both receipts', () => pm.expect(answer['Belege-Gruppe'][0]['Belege-kompakt']).to.have.lengthOf(2));",
            ],
        ),
    ]
}

fn step(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    body: Option<Value>,
    script: &'static [&'static str],
) -> Request {
    let mut lines = vec![
        "pm.test('answers 200', () => pm.response.to.have.status(200));".to_owned(),
        "const answer = pm.response.json();".to_owned(),
    ];
    lines.extend(script.iter().map(|line| (*line).to_owned()));
    Request { name, method, path, headers: Vec::new(), body, open: path == "api/v1/auth", script: lines }
}
