//! A register that another program signs receipts on: nothing of the client.

use fiskal::Interrupt;
use fiskal::exchange::Method;
use fiskal::transport::{HttpTransport, Network, Sent, Transport, Wire};
use fiskal_conformance::random::Random;
use fiskal_sandbox::Sandbox;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::time::Duration;

/// The largest page of a list (contract sign-at 1.3).
const PAGE: u64 = 100;

pub(crate) struct Register {
    transport: HttpTransport,
    account: Value,
    bearer: Option<SecretString>,
    id: String,
    random: Random,
    /// How many receipts it was given to sign.
    pub(crate) signed: u64,
}

impl Register {
    pub(crate) fn of(sandbox: &Sandbox, id: &str) -> Self {
        Register {
            transport: HttpTransport::new(&Network::default()).unwrap(),
            account: sandbox.ready()["accounts"]["sign-at"].clone(),
            bearer: None,
            id: id.to_owned(),
            random: Random::seeded(7),
            signed: 0,
        }
    }

    /// Gets a new token; the last one ended when the clock went on.
    pub(crate) fn sign_in(&mut self) {
        let credentials = json!({ "api_key": self.account["key"], "api_secret": self.account["secret"] });
        self.bearer = None;
        let token = self.send(Method::Post, "/auth", Some(&credentials));
        self.bearer = token["access_token"].as_str().map(SecretString::from);
    }

    /// Signs a receipt of any kind and any amounts.
    pub(crate) fn sign(&mut self) {
        let (kind, sign) = match self.random.below(10) {
            0 => ("CANCELLATION", "-"),
            1 => ("TRAINING", ""),
            2 => ("NORMAL", "-"),
            _ => ("NORMAL", ""),
        };
        let mut amounts = serde_json::Map::new();
        for rate in ["standard", "reduced_1", "reduced_2", "special", "zero"] {
            let amount = match self.random.below(3) {
                0 => format!("{sign}{}.{:02}", self.random.below(300), self.random.below(100)),
                _ => "0.00".to_owned(),
            };
            amounts.insert(format!("gross_amount_{rate}"), amount.into());
        }
        self.signed += 1;
        let path =
            format!("/cash-register/{}/receipt/{:08x}-0000-4000-8000-000000000000", self.id, self.signed);
        self.send(Method::Put, &path, Some(&json!({ "receipt_type": kind, "schema": { "raw": amounts } })));
    }

    /// The service's own list of the register's receipts, page by page.
    pub(crate) fn list(&self) -> String {
        let mut pages = String::new();
        for offset in (0..).step_by(PAGE as usize) {
            let path = format!("/cash-register/{}/receipt?order=ASC&limit={PAGE}&offset={offset}", self.id);
            let page = self.send(Method::Get, &path, None);
            pages.push_str(&format!("{page}\n"));
            if (page["data"].as_array().unwrap().len() as u64) < PAGE {
                break;
            }
        }
        pages
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let wire = Wire {
            base: self.account["url"].as_str().unwrap().to_owned(),
            method,
            path: format!("/api/v1{path}"),
            headers: Vec::new(),
            bearer: self.bearer.clone(),
            body: body.map(|body| body.to_string().into()),
        };
        match self.transport.send(&wire, Duration::from_secs(20), &Interrupt::never()) {
            Sent::Answered { answer, .. } if answer.status == 200 => answer.body,
            other => panic!("{path}: {other:?}"),
        }
    }
}
