//! A sandbox with a client beside it, and a shop in Graz set up on it in the order of the guide.

use std::sync::Arc;
use std::time::Duration;

use fiskal_sandbox::schema::Contract;
use fiskal_sandbox::{Options, Sandbox};
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use uuid::Uuid;

/// An answer, read completely and held against the contract.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of a request that must have worked.
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.body
    }

    /// Checks a refusal's status and code, and gives back its message.
    pub(crate) fn refused(self, status: u16, code: &str) -> String {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{self:?}");
        self.body["message"].as_str().unwrap().to_owned()
    }
}

/// A client that speaks to one sandbox with one key.
pub(crate) struct Shop {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) client: Client,
    pub(crate) bearer: String,
}

pub(crate) fn new_id() -> String {
    Uuid::new_v4().to_string()
}

pub(crate) fn client() -> Client {
    // reqwest is built without a TLS provider; nothing here speaks TLS, but the client wants one. Twice is harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap()
}

/// What a `standard_v1` receipt over one rate says.
pub(crate) fn sale(rate: &str, amount: &str) -> Value {
    json!({ "receipt_type": "NORMAL", "schema": { "standard_v1": {
        "amounts_per_vat_rate": [{ "vat_rate": rate, "amount": amount }],
        "amounts_per_payment_type": [{ "payment_type": "CASH", "amount": amount }],
        "line_items": [{ "quantity": "1", "text": "Melange", "price_per_unit": amount }] } } })
}

/// What a `raw` receipt says, in the order standard, reduced 1, reduced 2, special, zero.
pub(crate) fn raw(kind: &str, amounts: [&str; 5]) -> Value {
    let [standard, reduced_1, reduced_2, special, zero] = amounts;
    json!({ "receipt_type": kind, "schema": { "raw": {
        "gross_amount_standard": standard, "gross_amount_reduced_1": reduced_1, "gross_amount_reduced_2": reduced_2,
        "gross_amount_special": special, "gross_amount_zero": zero } } })
}

impl Shop {
    /// A fresh sandbox, signed in with the managed organization's key.
    pub(crate) fn open() -> Shop {
        Shop::at(Sandbox::start(Options::default()).unwrap())
    }

    pub(crate) fn at(sandbox: Sandbox) -> Shop {
        let mut shop = Shop { sandbox: Arc::new(sandbox), client: client(), bearer: String::new() };
        shop.bearer = shop.sign_in("sign-at");
        shop
    }

    /// Another client of the same sandbox, not signed in.
    pub(crate) fn beside(shop: &Shop) -> Shop {
        Shop { sandbox: Arc::clone(&shop.sandbox), client: shop.client.clone(), bearer: String::new() }
    }

    /// A shop with FinanzOnline's credentials, a signature creation unit and a register that may sell; its id.
    pub(crate) fn ready() -> (Shop, String) {
        let shop = Shop::open();
        shop.authenticate_fon().ok();
        shop.make_unit();
        let register = shop.make_register();
        (shop, register)
    }

    /// The same, begun at a time of the sandbox's clock.
    pub(crate) fn ready_at(now: &str) -> (Shop, String) {
        let shop = Shop::open().later(now);
        shop.authenticate_fon().ok();
        shop.make_unit();
        let register = shop.make_register();
        (shop, register)
    }

    /// Moves the clock, and signs in anew: tokens follow it.
    pub(crate) fn later(self, now: &str) -> Shop {
        self.clock(now);
        let bearer = self.sign_in("sign-at");
        Shop { bearer, ..self }
    }

    pub(crate) fn account(&self, name: &str) -> &Value {
        &self.sandbox.ready()["accounts"][name]
    }

    /// A token for an account of the ready file, at the service of that name.
    pub(crate) fn sign_in(&self, name: &str) -> String {
        let account = self.account(name);
        let body = json!({ "api_key": account["key"], "api_secret": account["secret"] });
        let version = if name == "management" { "v0" } else { "v1" };
        let answer = self.send(Method::POST, &format!("/{name}/api/{version}/auth"), "", Some(&body)).ok();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Sends a request to an address below the sandbox's.
    pub(crate) fn send(&self, method: Method, path: &str, bearer: &str, body: Option<&Value>) -> Answer {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.sandbox.url()));
        if !bearer.is_empty() {
            request = request.bearer_auth(bearer);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().unwrap();
        let status = response.status().as_u16();
        assert!(status < 600, "{status}");
        let body: Value = response.json().unwrap_or_default();
        let schema = if status == 200 { answered(&method, path) } else { Some("Error") };
        let contract =
            if path.starts_with("/management") { Contract::management() } else { Contract::sign_at() };
        if let Some(schema) = schema.filter(|_| !path.starts_with("/_sandbox")) {
            assert_eq!(contract.check(schema, &body), Ok(()), "{method} {path} answers {status} {body}");
        }
        Answer { status, body }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, &format!("/sign-at/api/v1{path}"), &self.bearer, None)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, &format!("/sign-at/api/v1{path}"), &self.bearer, Some(body))
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, &format!("/sign-at/api/v1{path}"), &self.bearer, Some(body))
    }

    pub(crate) fn post(&self, path: &str, body: Option<&Value>) -> Answer {
        self.send(Method::POST, &format!("/sign-at/api/v1{path}"), &self.bearer, body)
    }

    pub(crate) fn control(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        self.send(method, &format!("/_sandbox/{path}"), "", body).ok()
    }

    pub(crate) fn settings(&self, settings: &Value) {
        self.control(Method::PUT, "settings", Some(&json!({ "sign-at": settings })));
    }

    pub(crate) fn clock(&self, now: &str) {
        self.control(Method::PUT, "clock", Some(&json!({ "now": now })));
    }

    pub(crate) fn authenticate_fon(&self) -> Answer {
        let body =
            json!({ "fon_participant_id": "123456789ab", "fon_user_id": "till-1", "fon_user_pin": "secret" });
        self.put("/fon/auth", &body)
    }

    pub(crate) fn create_unit(&self, id: &str) -> Answer {
        let body =
            json!({ "legal_entity_id": { "vat_id": "ATU12345678" }, "legal_entity_name": "Muster GmbH" });
        self.put(&format!("/signature-creation-unit/{id}"), &body)
    }

    pub(crate) fn set_unit(&self, id: &str, state: &str) -> Answer {
        self.patch(&format!("/signature-creation-unit/{id}"), &json!({ "state": state }))
    }

    pub(crate) fn make_unit(&self) -> String {
        let id = new_id();
        self.create_unit(&id).ok();
        self.set_unit(&id, "INITIALIZED").ok();
        id
    }

    pub(crate) fn create_register(&self, id: &str) -> Answer {
        self.put(&format!("/cash-register/{id}"), &json!({ "description": "Bar" }))
    }

    pub(crate) fn set_register(&self, id: &str, state: &str) -> Answer {
        self.patch(&format!("/cash-register/{id}"), &json!({ "state": state }))
    }

    pub(crate) fn register(&self, id: &str) -> Value {
        self.get(&format!("/cash-register/{id}")).ok()
    }

    pub(crate) fn make_register(&self) -> String {
        let id = new_id();
        self.create_register(&id).ok();
        self.set_register(&id, "REGISTERED").ok();
        self.set_register(&id, "INITIALIZED").ok();
        id
    }

    pub(crate) fn sign(&self, register: &str, id: &str, body: &Value) -> Answer {
        self.put(&format!("/cash-register/{register}/receipt/{id}"), body)
    }

    /// Signs a new receipt.
    pub(crate) fn book(&self, register: &str, body: &Value) -> Value {
        self.sign(register, &new_id(), body).ok()
    }

    /// All receipts of a register, page after page.
    pub(crate) fn receipts(&self, register: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let page = self.get(&format!("/cash-register/{register}/receipt?offset={}", all.len())).ok();
            let rows = page["data"].as_array().unwrap().clone();
            let last = rows.len() < 100;
            all.extend(rows);
            if last {
                return all;
            }
        }
    }

    /// The types of a register's receipts, in order.
    pub(crate) fn kinds(&self, register: &str) -> Vec<String> {
        self.receipts(register).iter().map(|row| row["receipt_type"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn export(&self, register: &str) -> Value {
        self.get(&format!("/cash-register/{register}/export")).ok()
    }

    pub(crate) fn verification(&self, register: &str) -> Value {
        self.control(Method::GET, &format!("sign-at/registers/{register}/verification"), None)
    }
}

/// The contract's definition of a good answer (contract sign-at 1.2, 1.5).
fn answered(method: &Method, path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    Some(match segments[..] {
        ["sign-at", "api", "v1", ref rest @ ..] => match *rest {
            ["auth"] => "Authentication",
            ["fon", "auth"] => "FonStatus",
            [.., "metadata"] => "Metadata",
            [.., "validation"] => "Validation",
            [.., "export"] => "DepExport",
            ["configuration"] => "Configuration",
            ["signature-creation-unit"] => "SignatureCreationUnitList",
            ["signature-creation-unit", _] => "SignatureCreationUnit",
            ["cash-register"] => "CashRegisterList",
            ["cash-register", _] => "CashRegister",
            ["receipt"] | ["cash-register", _, "receipt"] => "ReceiptList",
            [.., "receipt", _] if method == Method::PUT => "SignedReceipt",
            [.., "receipt", _] => "Receipt",
            _ => return None,
        },
        ["management", "api", "v0", ref rest @ ..] => match *rest {
            ["auth"] => "Authentication",
            ["organizations"] if method == Method::GET => "OrganizationList",
            ["organizations"] | ["organizations", _] | [.., "enable-env"] => "Organization",
            [.., "api-keys"] if method == Method::GET => "ApiKeyList",
            [.., "api-keys"] => "NewApiKey",
            [.., "api-keys", _] => "ApiKey",
            _ => return None,
        },
        _ => return None,
    })
}
