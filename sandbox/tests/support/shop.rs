//! A sandbox with a client beside it, and a shop in Paris set up on it as the contract's section 3.4 does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::time::Duration;

use fiskal_sandbox::schema::Contract;
use fiskal_sandbox::{Options, Sandbox};
use reqwest::Method;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const VERSION: &str = "2026-02-03";

/// An answer, read completely.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    fn read(response: Response) -> Answer {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn at(&self, pointer: &str) -> &str {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {pointer} in {self:?}"))
    }

    pub(crate) fn id(&self) -> String {
        self.at("/content/id").to_owned()
    }

    /// The answer of a request that must have worked.
    pub(crate) fn ok(self) -> Answer {
        assert_eq!(self.status, 200, "{self:?}");
        self
    }

    /// Holds a good answer against the contract's own schema for it. An empty list is our reading of 1.8, not the
    /// schema's, and is let through.
    fn conforming(self, path: &str) -> Answer {
        if self.status == 200 && self.body["results"] != json!([]) {
            let collection = path.trim_start_matches('/').split(['/', '?']).next().unwrap();
            let (first, rest) = collection.trim_end_matches('s').split_at(1);
            let many = if self.body.get("results").is_some() { "s" } else { "" };
            let schema = format!("{}{rest}Resource{many}", first.to_uppercase());
            let checked = Contract::sign_fr().check(&schema, &self.body);
            assert!(checked.is_ok(), "{path}: {schema}: {checked:?} in {}", self.body);
        }
        self
    }

    /// Checks a refusal's status and code, and its body against the contract.
    pub(crate) fn refused(self, status: u16, code: &str) -> Answer {
        assert_eq!((self.status, self.at("/content/code")), (status, code), "{self:?}");
        assert_eq!(self.body["content"]["status"], status);
        assert_eq!(Contract::sign_fr().check("Error", &self.body), Ok(()));
        assert!(self.header("x-trace-identifier").is_some());
        self
    }
}

/// A client that speaks to one sandbox.
pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    pub(crate) bearer: String,
}

pub(crate) fn new_key() -> String {
    Uuid::new_v4().to_string()
}

pub(crate) fn client() -> Client {
    // reqwest is built without a TLS provider; nothing here speaks TLS, but the client wants one. Twice is harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap()
}

impl Shop {
    /// A fresh sandbox, signed in with its GROUP key.
    pub(crate) fn open() -> Shop {
        Shop::at(Sandbox::start(Options::default()).unwrap())
    }

    pub(crate) fn at(sandbox: Sandbox) -> Shop {
        let mut shop = Shop { sandbox, client: client(), bearer: String::new() };
        let account = shop.account().clone();
        shop.sign_in(account["key"].as_str().unwrap(), account["secret"].as_str().unwrap());
        shop
    }

    pub(crate) fn account(&self) -> &Value {
        &self.sandbox.ready()["accounts"]["sign-fr"]
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url())
    }

    /// A request with everything a client sends, ready to be spoiled.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::blocking::RequestBuilder {
        self.client
            .request(method, self.url(&format!("/sign-fr{path}")))
            .header("X-Api-Version", VERSION)
            .bearer_auth(&self.bearer)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::GET, path).send().unwrap()).conforming(path)
    }

    pub(crate) fn send(&self, method: Method, path: &str, key: &str, body: &Value) -> Answer {
        self.try_send(method, path, key, body).unwrap()
    }

    pub(crate) fn try_send(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: &Value,
    ) -> reqwest::Result<Answer> {
        let request = self.request(method, path).header("X-Idempotency-Key", key).json(body);
        Ok(Answer::read(request.send()?).conforming(path))
    }

    pub(crate) fn post(&self, path: &str, content: Value) -> Answer {
        self.send(Method::POST, path, &new_key(), &json!({ "content": content }))
    }

    pub(crate) fn post_with(&self, path: &str, content: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(Method::POST, path).header("X-Idempotency-Key", new_key());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.json(&json!({ "content": content })).send().unwrap()).conforming(path)
    }

    pub(crate) fn patch(&self, path: &str, content: Value) -> Answer {
        self.send(Method::PATCH, path, &new_key(), &json!({ "content": content }))
    }

    pub(crate) fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let url = self.url(&format!("/_sandbox/{path}"));
        let request = self.client.request(method, url);
        let answer = Answer::read(if body.is_null() { request } else { request.json(&body) }.send().unwrap());
        answer.ok().body
    }

    pub(crate) fn settings(&self, sign_fr: Value) {
        self.control(Method::PUT, "settings", json!({ "sign-fr": sign_fr }));
    }

    pub(crate) fn token(&self, key: &str, secret: &str) -> Answer {
        self.post("/tokens", json!({ "type": "API_KEY", "key": key, "secret": secret }))
    }

    pub(crate) fn sign_in(&mut self, key: &str, secret: &str) {
        self.bearer = self.token(key, secret).ok().at("/content/authentication/bearer").to_owned();
    }

    /// A UNIT with a key of its own; afterwards the shop is signed in with it.
    pub(crate) fn make_unit(&mut self) -> String {
        let unit =
            self.post("/organizations", json!({ "type": "UNIT", "name": "Boulangerie Martin" })).ok().id();
        let subject = self
            .request(Method::POST, "/subjects")
            .header("X-Idempotency-Key", new_key())
            .header("X-Scope-Identifier", &unit)
            .json(&json!({ "content": { "type": "API_KEY", "name": "till-1" } }))
            .send()
            .map(Answer::read)
            .unwrap()
            .ok();
        assert_eq!(subject.header("x-scope-identifier"), Some(unit.as_str()));
        self.sign_in(subject.at("/content/credentials/key"), subject.at("/content/credentials/secret"));
        unit
    }

    /// A till that is ready to sell: taxpayer, branch and system, commissioned in this order.
    pub(crate) fn make_till(&self) -> String {
        self.make_till_of(taxpayer())
    }

    pub(crate) fn make_till_of(&self, taxpayer: Value) -> String {
        let taxpayer = self.post("/taxpayers", taxpayer).ok().id();
        let location = self.post("/locations", branch(&taxpayer)).ok().id();
        let system = self.post("/systems", system(&location)).ok().id();
        for path in
            [format!("/taxpayers/{taxpayer}"), format!("/locations/{location}"), format!("/systems/{system}")]
        {
            let answer = self.patch(&path, json!({ "state": "COMMISSIONED" })).ok();
            assert_eq!(answer.at("/content/mode"), "OPERATIVE");
        }
        system
    }

    /// A shop ready to sell, and its system.
    pub(crate) fn ready() -> (Shop, String) {
        let mut shop = Shop::open();
        shop.make_unit();
        let system = shop.make_till();
        (shop, system)
    }

    pub(crate) fn intention(&self, system: &str) -> Answer {
        self.post("/records", json!({ "type": "INTENTION", "system": { "id": system }, "operation": { "type": "TRANSACTION" } }))
    }

    pub(crate) fn transaction(&self, intention: &str, operation: Value) -> Answer {
        self.post(
            "/records",
            json!({ "type": "TRANSACTION", "record": { "id": intention }, "operation": operation }),
        )
    }

    /// Sells one croissant and returns the receipt.
    pub(crate) fn sell(&self, system: &str, number: &str) -> Answer {
        let intention = self.intention(system).ok().id();
        self.transaction(&intention, receipt(number)).ok()
    }
}

pub(crate) fn address() -> Value {
    json!({ "line": { "type": "STREET_NUMBER", "street": "Rue de Rivoli", "number": "123" },
            "code": "75001", "city": "Paris", "country": "FR" })
}

/// Contract 2.11 (c).
pub(crate) fn taxpayer() -> Value {
    json!({ "type": "COMPANY", "name": { "legal": "Boulangerie Martin SARL", "trade": "Boulangerie Martin" },
            "address": address(),
            "fiscalization": { "type": "FR", "tax_id_number": "356000000",
                               "credentials": { "type": "INFOCERT", "certificate_code": "B9999", "properties": {} } } })
}

pub(crate) fn branch(taxpayer: &str) -> Value {
    json!({ "type": "BRANCH", "taxpayer": { "id": taxpayer }, "name": "Rivoli", "address": address() })
}

pub(crate) fn system(location: &str) -> Value {
    json!({ "type": "FISCAL_DEVICE", "location": { "id": location },
            "producer": { "type": "MPN", "number": "POS-1000", "details": { "name": "POS-1000" } },
            "software": { "name": "My POS", "version": "1.0.0" } })
}

/// Two croissants at 1.20 with 5.5 %: 2.40 gross, 2.40 / 1.055 = 2.27488152 net, 0.12511848 VAT.
pub(crate) fn receipt(number: &str) -> Value {
    json!({
        "type": "RECEIPT",
        "document": { "number": number, "total_vat": { "amount": "0.13", "exclusive": "2.27", "inclusive": "2.40" } },
        "entries": [{ "type": "SALE", "details": { "concept": "GOOD" }, "data": {
            "type": "ITEM", "text": "Croissant", "unit": { "quantity": "2", "price": "1.20" },
            "value": { "base": "2.27488152" },
            "vat": { "type": "VAT_RATE", "code": "REDUCED_2", "percentage": "5.5",
                     "amount": "0.12511848", "exclusive": "2.27488152", "inclusive": "2.40" } } }],
        "payments": [{ "type": "CASH", "details": { "amount": "2.40" } }],
    })
}
