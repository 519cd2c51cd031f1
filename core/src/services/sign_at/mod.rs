//! SIGN AT 1.2.6 and the Management API: RKSV receipts for Austria.
//!
//! | a till's word | the service's words |
//! |---|---|
//! | `sale.begin`, `sale.abort` | nothing: SIGN AT knows no begun sales |
//! | `sale.complete` | a receipt of the type NORMAL or TRAINING, in the form `standard_v1`, `raw` or `ekabs_v0` |
//! | `receipt.cancel` | a receipt of the type CANCELLATION with the amounts taken back, in the same form |
//! | `receipt.zero` | a receipt of the type NORMAL over nothing (Nullbeleg) |
//! | `record.get`, `record.list`, `record.validate` | receipts read, listed, and validated at FinanzOnline |
//! | `metadata.*`, `configuration.*` | what is kept beside receipts |
//! | `journal.verify` | the register's receipts, with the journal's entries that they carry |
//! | `register.*` | a PATCH of the cash register's state; `replace` also makes the next one |
//! | `unit.*` | signature creation units |
//! | `organization.*`, `subject.*` | organizations and their API keys at the Management API |
//! | `export.fetch` | the data collection log (DEP7), by number and by time |
//!
//! Facts: the account's `{organization, own, ended_units}`, the merchant's `{organization, credential, legal_entity,
//! unit, …}`, the location's `{name}`, the register's `{register, replaced, serial, last, dep_saved_at, unconfirmed,
//! offline, halt}`.

mod account;
mod afterwards;
mod between;
mod checks;
mod complete;
mod containers;
mod countries;
mod duties;
mod ekabs;
mod export;
mod facts;
mod finanzonline;
mod form;
mod kept;
mod key;
mod life;
mod map;
mod offline;
mod operations;
mod pages;
mod provision;
mod raw;
mod receipt;
mod records;
mod register;
mod resources;
mod run;
mod sent;
pub(super) mod settings;
mod unit;
mod wire;
mod witnesses;

use super::{Account, Checks, copies, lacking};
use crate::error::{Error, Kind, Result};
use crate::exchange::{
    Answer, Context, Duty, Facts, Method, Offline, Operation, Outage, Outcome, Past, Request, Service,
    Standing, Step, Token,
};
use jiff::Timestamp;
use run::{Flow, Run, Stop};
use secrecy::SecretString;
use serde_json::{Value, json};
use wire::{Api, Bases};

/// The contract that this version speaks.
const CONTRACT: &str = "1.2.6";
/// The end of a SIGN AT address beside which the Management API is found.
const SIGNING: &str = "/sign-at";

/// SIGN AT for one account.
#[derive(Debug)]
pub(super) struct SignAt {
    environment: String,
    bases: Bases,
    checks: Checks,
}

impl SignAt {
    pub(super) fn new(account: &Account) -> Result<Self> {
        if let Some(other) = account.contract.as_deref().filter(|contract| *contract != CONTRACT) {
            let message =
                format!("the contract '{other}' is not one that sign-at speaks here; give {CONTRACT}");
            return Err(Error::new(Kind::Config, message).at("/contract"));
        }
        let (signing, management) = match account.environment.as_str() {
            // One host for both; the key decides (contract sign-at 1.1).
            "live" | "test" => ("https://rksv.fiskaly.com", "https://dashboard.fiskaly.com"),
            "sandbox" => ("http://127.0.0.1:8787/sign-at", "http://127.0.0.1:8787/management"),
            other => {
                let message = format!("'{other}' is not an environment; give live, test or sandbox");
                return Err(Error::new(Kind::Config, message).at("/environment"));
            }
        };
        let signing = account.url.as_deref().unwrap_or(signing).trim_end_matches('/');
        if let Some(root) = signing.strip_suffix(wire::SIGNING) {
            let message = format!("{} is added to the url; give {root}", wire::SIGNING);
            return Err(Error::new(Kind::Config, message).at("/url"));
        }
        let beside = account.url.as_ref().and_then(|_| signing.strip_suffix(SIGNING));
        let management = beside.map_or(management.to_owned(), |root| format!("{root}/management"));
        Ok(SignAt {
            environment: account.environment.clone(),
            bases: Bases { signing: signing.to_owned(), management },
            checks: account.checks,
        })
    }

    /// Whether what the service calls its environment is the account's.
    fn check_environment(&self, there: &str) -> Result<()> {
        let wanted = if self.environment == "live" { "LIVE" } else { "TEST" };
        if there == wanted {
            return Ok(());
        }
        let message = format!(
            "the account's environment is '{}', but its key belongs to {there}; give a key of {wanted}, or change the environment",
            self.environment
        );
        Err(Error::new(Kind::Unauthorized, message))
    }

    fn sign(&self, label: &str, body: Value) -> Request {
        Request { body: Some(body), ..self.bases.request(Api::Signing, label, Method::Post, "/auth") }
    }
}

impl Service for SignAt {
    fn sign_in(&self, credential: &str) -> Option<Request> {
        // A token of the one interface is good at the other (contract sign-at 1.5).
        Some(self.sign("sign-in", sign_in_body(credential)))
    }

    fn refresh(&self, credential: &str) -> Option<Request> {
        let body = json!({"refresh_token": {"$secret": format!("{credential}/refresh")}});
        Some(self.sign("refresh", body))
    }

    fn token(&self, answer: &Answer) -> Result<Token> {
        if !(200..300).contains(&answer.status) {
            return Err(wire::refusal(answer));
        }
        if let Some(there) = answer.text("/access_token_claims/env") {
            self.check_environment(there)?;
        }
        let bearer = answer
            .text("/access_token")
            .ok_or_else(|| Error::internal("the answer to the sign-in has no access token"))?;
        // Every time of expiry may be missing (contract sign-at 2.1); then the 401 tells.
        let until = |pointer: &str| {
            let seconds = answer.body.pointer(pointer).and_then(Value::as_i64);
            seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
        };
        let refresh = answer.text("/refresh_token").map(SecretString::from);
        Ok(Token {
            bearer: SecretString::from(bearer),
            expires_at: until("/access_token_expires_at").unwrap_or(Timestamp::MAX),
            refresh: refresh.zip(until("/refresh_token_expires_at")),
        })
    }

    fn is_ours(&self, answer: &Answer) -> bool {
        // The first is documented for SIGN AT, the second was recorded of the Management API (contract sign-at 1.1
        // and 2.11).
        wire::trace(answer).is_some()
    }

    fn rejects_token(&self, answer: &Answer) -> bool {
        // FinanzOnline's word about the taxpayer's PIN; the same PIN once more is one more failed sign-in there.
        answer.status == 401 && !wire::is_of_finanzonline(answer)
    }

    fn step(&self, operation: &Operation, facts: &Facts, past: &Past, now: &Context) -> Result<Step> {
        let run = Run { service: self, operation, facts, past, now };
        match outcome(&run) {
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
        let run = Run { service: self, operation, facts, past, now };
        match life::check_sells(&run) {
            Ok(()) => offline::offline(&run),
            Err(error) => Offline::Refuse(error),
        }
    }

    fn outage(&self, facts: &Facts) -> Option<Outage> {
        Some(facts::register(facts).ok()?.offline?.outage())
    }

    fn standing(&self, facts: &Facts) -> Option<Standing> {
        life::standing(facts)
    }

    fn duties(&self, facts: &Facts, _zone: &str, now: Timestamp) -> Vec<Duty> {
        duties::duties(facts, now)
    }
}

fn outcome(run: &Run<'_>) -> Flow<Outcome> {
    if run.operation.deferred.is_none() {
        life::check_sells(run)?;
    }
    match run.operation.name.as_str() {
        "provision.account" => account::account(run),
        "provision.merchant" => provision::merchant(run),
        "provision.location" => register::location(run),
        "provision.register" => register::register(run),
        "sale.begin" => complete::begin(run),
        "sale.complete" => complete::complete(run),
        "sale.abort" => complete::abort(run),
        "receipt.cancel" => afterwards::cancel(run),
        "receipt.zero" => afterwards::zero(run),
        copies::NAME => Ok(copies::counted(run.operation)?),
        "register.suspend" => life::suspend(run),
        "register.restore" => life::restore(run),
        "register.retire" => life::retire(run),
        "register.replace" => life::replace(run),
        "credentials.rotate" => key::rotate(run),
        "credentials.revoke" => key::revoke(run),
        "credentials.update" => finanzonline::update(run),
        "record.get" => records::get(run),
        "record.list" => records::list(run),
        "record.validate" => records::validate(run),
        "metadata.get" => kept::metadata(run),
        "metadata.update" => kept::update_metadata(run),
        "configuration.get" => kept::configuration(run),
        "configuration.update" => kept::update_configuration(run),
        "export.create" => export::create(run),
        "export.get" => export::get(run),
        "export.fetch" => export::fetch(run),
        "export.saved" => export::saved(run),
        "journal.witness" => witnesses::witnesses(run),
        "request" => raw::request(run),
        other => resources::outcome(run)
            .unwrap_or_else(|| Err(lacking("sign-at", other, &operations::LACKS).into())),
    }
}

/// Whether SIGN AT has this operation of the registry.
pub(super) fn has(operation: &str) -> bool {
    operations::OPERATIONS.contains(&operation)
}

/// The body of a sign-in with a credential (contract sign-at 2.1).
fn sign_in_body(credential: &str) -> Value {
    json!({
        "api_key": {"$secret": format!("{credential}/key")},
        "api_secret": {"$secret": format!("{credential}/secret")},
    })
}
