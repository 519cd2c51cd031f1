//! SIGN FR, over fiskaly's unified API (contract 2026-02-03).
//!
//! | a till's word | the service's words |
//! |---|---|
//! | `sale.begin` | an INTENTION of a TRANSACTION |
//! | `sale.complete` | a TRANSACTION on that intention, or on one of its own: RECEIPT, DRAFT_RECEIPT, INVOICE or PRO_FORMA_INVOICE |
//! | `receipt.cancel` | a TRANSACTION::CANCELLATION of the receipt, on an intention of its own |
//! | `receipt.pay` | a TRANSACTION::PROOF_OF_PAYMENT, likewise |
//! | `receipt.invoice` | a TRANSACTION::ENRICHMENT with the customer, likewise |
//! | `receipt.duplicate` | an INTENTION::DUPLICATE, with the number of the copy |
//! | `event.record` | an INTENTION::EVENT |
//! | `sale.abort` | a TRANSACTION::ABORT, where the system's `records` have it; else the intention stays |
//!
//! Facts: the account's `{organization, type, group}`, the merchant's `{unit, subject, credential,
//! taxpayer, …}`, the location's `{location, type}`, the register's `{system, records, vat_rates,
//! vat_exemptions, certificate, software, last_record, last_signature, offline}`.

mod afterwards;
mod begin;
mod booked;
mod chain;
mod checks;
mod complete;
mod documents;
mod entries;
mod event;
mod facts;
mod lookup;
mod map;
mod offline;
mod offline_chain;
mod payments;
mod premises;
mod provision;
mod raw;
mod receipt;
mod records;
mod replay;
mod returns;
mod run;
pub(super) mod settings;
mod subject;
mod vat;
mod wire;

use super::{Account, Checks};
use crate::error::{Error, Kind, Result};
use crate::exchange::{
    Answer, Context, Effect, Facts, Lost, Method, Offline, Operation, Outage, Outcome, Past, Request,
    Service, Step, Token,
};
use run::{Flow, Run, Stop};
use secrecy::SecretString;
use uuid::Uuid;

/// The contracts that this version speaks.
const CONTRACTS: [&str; 1] = ["2026-02-03"];

/// SIGN FR for one account.
#[derive(Debug)]
pub(super) struct Unified {
    service: String,
    environment: String,
    base: String,
    contract: String,
    checks: Checks,
}

impl Unified {
    pub(super) fn new(account: &Account) -> Result<Self> {
        let [newest] = CONTRACTS;
        let contract = account.contract.as_deref().unwrap_or(newest);
        if !CONTRACTS.contains(&contract) {
            let message = format!(
                "the contract '{contract}' is not one that sign-fr speaks here; give {}",
                CONTRACTS.join(" or ")
            );
            return Err(Error::new(Kind::Config, message).at("/contract"));
        }
        let address = match account.environment.as_str() {
            "live" => "https://live.api.fiskaly.com",
            "test" => "https://test.api.fiskaly.com",
            "sandbox" => "http://127.0.0.1:8787/sign-fr",
            other => {
                let message = format!("'{other}' is not an environment; give live, test or sandbox");
                return Err(Error::new(Kind::Config, message).at("/environment"));
            }
        };
        Ok(Unified {
            service: account.service.clone(),
            environment: account.environment.clone(),
            base: account.url.as_deref().unwrap_or(address).trim_end_matches('/').to_owned(),
            contract: contract.to_owned(),
            checks: account.checks,
        })
    }
}

impl Service for Unified {
    fn sign_in(&self, credential: &str) -> Option<Request> {
        // POST /tokens demands a key and does not act on it (contract sign-fr 6).
        let key = Uuid::new_v3(&Uuid::NAMESPACE_OID, credential.as_bytes()).to_string();
        Some(Request {
            label: "sign-in".into(),
            credential: None,
            base: self.base.clone(),
            method: Method::Post,
            path: "/tokens".into(),
            headers: vec![
                ("X-Api-Version".into(), self.contract.clone()),
                (wire::IDEMPOTENCY_KEY.into(), key),
            ],
            body: Some(run::token_body(credential)),
            effect: Effect::Read,
            lost: Lost::Resend { within: None },
            keep_secret: Vec::new(),
        })
    }

    fn token(&self, answer: &Answer) -> Result<Token> {
        if !(200..300).contains(&answer.status) {
            return Err(wire::refusal(answer));
        }
        let strange = |what: &str| Error::internal(format!("the answer to the sign-in has no {what}"));
        let bearer = answer.text("/content/authentication/bearer").ok_or_else(|| strange("bearer"))?;
        let expires_at = answer
            .text("/content/authentication/expires_at")
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| strange("time of expiry"))?;
        Ok(Token { bearer: SecretString::from(bearer), expires_at, refresh: None })
    }

    fn is_ours(&self, answer: &Answer) -> bool {
        // Both are on every response, errors included (contract sign-fr 1.4).
        answer.header("x-trace-identifier").is_some() || answer.header("x-api-version").is_some()
    }

    fn step(&self, operation: &Operation, facts: &Facts, past: &Past, now: &Context) -> Result<Step> {
        let run = Run { service: self, operation, facts, past, now };
        match self.outcome(&run) {
            Ok(outcome) => Ok(Step::Done(outcome)),
            Err(Stop::Step(step)) => Ok(*step),
            // The engine keeps an operation open while a write is unanswered; this one is settled.
            Err(Stop::Refused(error)) if past.has_unknown_write() => {
                Ok(Step::Done(Outcome { error: Some(error), ..Outcome::default() }))
            }
            Err(Stop::Failed(error) | Stop::Refused(error)) => Err(error),
        }
    }

    fn offline(&self, operation: &Operation, facts: &Facts, past: &Past, now: &Context) -> Offline {
        offline::offline(&Run { service: self, operation, facts, past, now })
    }

    fn outage(&self, facts: &Facts) -> Option<Outage> {
        facts::register(facts).ok()?.offline?.outage()
    }
}

impl Unified {
    fn outcome(&self, run: &Run<'_>) -> Flow<Outcome> {
        if let Some(deferred) = &run.operation.deferred {
            return replay::replay(run, deferred);
        }
        match run.operation.name.as_str() {
            "provision.account" => provision::account(run),
            "provision.merchant" => provision::merchant(run),
            "provision.location" => premises::location(run),
            "provision.register" => premises::register(run),
            "sale.begin" => begin::begin(run),
            "sale.complete" => complete::complete(run),
            "sale.abort" => begin::abort(run),
            "receipt.cancel" => afterwards::cancel(run),
            "receipt.duplicate" => afterwards::duplicate(run),
            "receipt.pay" => afterwards::pay(run),
            "receipt.invoice" => afterwards::invoice(run),
            "event.record" => event::record(run),
            "receipt.settle" => complete::settle(run),
            "request" => raw::request(run),
            other => {
                Err(Error::invalid("", format!("sign-fr has no operation '{other}' in this version")).into())
            }
        }
    }
}
