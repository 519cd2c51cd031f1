//! SIGN FR and SIGN IT, over fiskaly's unified API. What differs between the two stands in [`country`]; all but
//! [`contract`] thinks in the words of the reference, 2026-02-03.
//!
//! | a till's word | the service's words |
//! |---|---|
//! | `sale.begin` | an INTENTION of a TRANSACTION |
//! | `sale.complete` | a TRANSACTION on that intention, or on one of its own: RECEIPT, DRAFT_RECEIPT, INVOICE or PRO_FORMA_INVOICE |
//! | `receipt.cancel` | a TRANSACTION::CANCELLATION of the receipt, on an intention of its own |
//! | `receipt.correct` | a TRANSACTION::CORRECTION with what the receipt should have said, likewise |
//! | `receipt.pay` | a TRANSACTION::PROOF_OF_PAYMENT, likewise |
//! | `receipt.invoice` | a TRANSACTION::ENRICHMENT with the customer, likewise |
//! | `receipt.duplicate` | an INTENTION::DUPLICATE, with the number of the copy |
//! | `event.record` | an INTENTION::EVENT |
//! | `receipt.document` | nothing; the authority's document of the record is read |
//! | `register.*` | a PATCH of the register's system; `replace` also makes the next one |
//! | `organization.*`, `subject.*`, `merchant.*`, `location.*`, `system.*` | the resource of that kind, `merchant` for TAXPAYER |
//! | `closing.create` | the CLOSING::DAILY, MONTHLY or YEARLY that the service made, read |
//! | `export.create` | an INTENTION::EXPORT, of which the service makes an EXPORT::RECORDS |
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
mod closing;
mod complete;
mod contract;
mod correction;
mod country;
mod document;
mod documents;
mod entries;
mod event;
mod export;
mod facts;
mod french;
mod italian;
mod italian_paper;
pub(super) mod italian_settings;
mod lookup;
mod map;
mod offline;
mod offline_chain;
mod operations;
mod payments;
mod premises;
mod provision;
mod raw;
mod receipt;
mod record;
mod records;
mod registers;
mod replay;
mod resources;
mod returns;
mod run;
mod secrets;
pub(super) mod settings;
mod subject;
mod vat;
mod wire;
mod witnesses;

use super::{Account, Checks, copies, lacking};
use crate::error::{Error, Kind, Result};
use crate::exchange::{
    Answer, Context, Duty, Effect, Facts, Lost, Method, Offline, Operation, Outage, Outcome, Past, Request,
    Service, Standing, Step, Token,
};
use contract::Contract;
use country::Country;
use jiff::Timestamp;
use run::{Flow, Run, Stop};
use secrecy::SecretString;
use uuid::Uuid;

/// The characters of a date at the beginning of a time.
const DAY: usize = 10;

/// The service of one country for one account.
#[derive(Debug)]
pub(super) struct Unified {
    service: String,
    country: &'static Country,
    environment: String,
    base: String,
    contract: Contract,
    checks: Checks,
}

impl Unified {
    pub(super) fn new(account: &Account) -> Result<Self> {
        let country = country_of(&account.service);
        let contract = Contract::named(account.contract.as_deref(), country)?;
        let address = match account.environment.as_str() {
            "live" => "https://live.api.fiskaly.com",
            "test" => "https://test.api.fiskaly.com",
            // There too one interface serves both: the taxpayer's country decides.
            "sandbox" => "http://127.0.0.1:8787/sign-fr",
            other => {
                let message = format!("'{other}' is not an environment; give live, test or sandbox");
                return Err(Error::new(Kind::Config, message).at("/environment"));
            }
        };
        Ok(Unified {
            service: account.service.clone(),
            country,
            environment: account.environment.clone(),
            base: account.url.as_deref().unwrap_or(address).trim_end_matches('/').to_owned(),
            contract,
            checks: account.checks,
        })
    }
}

impl Service for Unified {
    fn sign_in(&self, credential: &str) -> Option<Request> {
        // POST /tokens demands a key and does not act on it (contract sign-fr 6).
        let key = Uuid::new_v3(&Uuid::NAMESPACE_OID, credential.as_bytes()).to_string();
        let request = Request {
            label: "sign-in".into(),
            credential: None,
            base: self.base.clone(),
            method: Method::Post,
            path: "/tokens".into(),
            headers: vec![
                ("X-Api-Version".into(), self.contract.version().into()),
                (wire::IDEMPOTENCY_KEY.into(), key),
            ],
            body: Some(run::token_body(credential)),
            effect: Effect::Read,
            lost: Lost::Resend { within: None },
            keep_secret: Vec::new(),
        };
        Some(self.contract.spoken(request, ""))
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
        // Both are on every response, errors included (contract sign-fr 1.4); the guide prints them in the body.
        answer.header("x-trace-identifier").is_some()
            || answer.header("x-api-version").is_some()
            || answer.text("/metadata/trace_identifier").is_some()
    }

    fn step(&self, operation: &Operation, facts: &Facts, past: &Past, now: &Context) -> Result<Step> {
        if operation.name == raw::NAME {
            return self.next(&Run { service: self, operation, facts, past, now });
        }
        let heard = contract::heard(past);
        let told = |outcome| contract::told(outcome, past, &heard);
        Ok(match self.next(&Run { service: self, operation, facts, past: &heard, now })? {
            Step::Send(request) => {
                let today = run::local(operation.at, &operation.zone)?;
                Step::Send(self.contract.spoken(request, today.get(..DAY).unwrap_or_default()))
            }
            Step::Wait { pause, meanwhile } => Step::Wait { pause, meanwhile: meanwhile.map(told) },
            Step::Done(outcome) => Step::Done(told(outcome)),
            again @ Step::Again { .. } => again,
        })
    }

    fn offline(&self, operation: &Operation, facts: &Facts, past: &Past, now: &Context) -> Offline {
        let heard = contract::heard(past);
        let told = |outcome| contract::told(outcome, past, &heard);
        let run = Run { service: self, operation, facts, past: &heard, now };
        if let Err(error) = registers::check_sells(&run) {
            return Offline::Refuse(error);
        }
        match offline::offline(&run) {
            Offline::Later(outcome) => Offline::Later(told(outcome)),
            Offline::Deferred { outcome, deferred } => Offline::Deferred { outcome: told(outcome), deferred },
            other => other,
        }
    }

    fn gives_deferred_a_place(&self) -> bool {
        true
    }

    fn can_look_up(&self, operation: &Operation) -> bool {
        offline::books_records(&operation.name)
    }

    fn outage(&self, facts: &Facts) -> Option<Outage> {
        facts::register(facts).ok()?.offline?.outage()
    }

    fn standing(&self, facts: &Facts) -> Option<Standing> {
        Some(registers::standing(facts::register(facts).ok()?))
    }

    fn duties(&self, facts: &Facts, zone: &str, now: Timestamp) -> Vec<Duty> {
        (self.country.duties)(facts, zone, now)
    }
}

impl Unified {
    /// What comes next, in the words of the reference.
    fn next(&self, run: &Run<'_>) -> Result<Step> {
        match self.outcome(run) {
            Ok(outcome) => Ok(Step::Done(outcome)),
            Err(Stop::Step(step)) => Ok(*step),
            // The engine keeps an operation open while a write is unanswered; this one is settled.
            Err(Stop::Refused(error)) if run.past.has_unknown_write() => {
                Ok(Step::Done(Outcome { error: Some(error), ..Outcome::default() }))
            }
            Err(Stop::Failed(error) | Stop::Refused(error)) => Err(error),
        }
    }

    fn outcome(&self, run: &Run<'_>) -> Flow<Outcome> {
        if let Some(deferred) = &run.operation.deferred {
            return replay::replay(run, deferred);
        }
        self.country.has(&run.operation.name)?;
        registers::check_sells(run)?;
        match run.operation.name.as_str() {
            "provision.account" => provision::account(run),
            "provision.merchant" => provision::merchant(run),
            "provision.location" => premises::location(run),
            "provision.register" => premises::register(run),
            "sale.begin" => begin::begin(run),
            "sale.complete" | correction::NAME => complete::complete(run),
            "sale.abort" => begin::abort(run),
            "receipt.cancel" => afterwards::cancel(run),
            copies::NAME if !self.country.counts_copies => Ok(copies::counted(run.operation)?),
            copies::NAME => afterwards::duplicate(run),
            "receipt.pay" => afterwards::pay(run),
            "receipt.invoice" => afterwards::invoice(run),
            "closing.create" => closing::find(run),
            "event.record" => event::record(run),
            "receipt.document" => document::document(run),
            "register.suspend" => registers::suspend(run),
            "register.restore" => registers::restore(run),
            "register.retire" => registers::retire(run),
            "register.replace" => registers::replace(run),
            "credentials.rotate" => subject::rotate(run),
            "credentials.update" => italian::update(run),
            "journal.witness" => witnesses::witnesses(run),
            "record.get" => record::get(run),
            "record.list" => record::list(run),
            "export.create" => export::create(run),
            "export.get" => export::get(run),
            "export.list" => export::list(run),
            "export.fetch" => export::fetch(run),
            "receipt.settle" => complete::settle(run),
            raw::NAME => raw::request(run),
            other => {
                resources::outcome(run).unwrap_or_else(|| Err(lacking(&self.service, other, &[]).into()))
            }
        }
    }
}

/// Whether the service of a country has this operation of the registry.
pub(super) fn has(service: &str, operation: &str) -> bool {
    operations::OPERATIONS.contains(&operation) && country_of(service).has(operation).is_ok()
}

fn country_of(service: &str) -> &'static Country {
    if service == country::ITALY.service { &country::ITALY } else { &country::FRANCE }
}
