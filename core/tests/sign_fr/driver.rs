//! Walks an operation to its end: answers come from a [`Fisc`], time passes only while it waits.

use crate::fisc::Fisc;
use fiskal::error::Error;
use fiskal::exchange::{
    Answer, Context, Effect, Exchange, Facts, Known, Line, Offline, Operation, Outcome, Past, Request,
    Service, Step,
};
use fiskal::services::{Account, Checks, build};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// This journal's id.
pub(crate) const WRITER: &str = "6f1c0d6e-2f0a-4c57-9c1c-4f2f1e1d2c3b";
/// The cashier's action: 12:00 in Paris, in winter.
pub(crate) const NOON: &str = "2026-03-01T11:00:00Z";

pub(crate) fn account(checks: Checks) -> Account {
    Account {
        name: "paris".into(),
        service: "sign-fr".into(),
        environment: "test".into(),
        url: None,
        contract: None,
        checks,
    }
}

pub(crate) fn service() -> Box<dyn Service> {
    build("sign-fr", &account(Checks::Enforce)).unwrap()
}

pub(crate) fn line(kind: &str, name: &str) -> Line {
    format!("paris@test/{kind}/{name}").parse().unwrap()
}

/// An operation on the line of this kind, with all lines above it.
pub(crate) fn operation(name: &str, kind: &str, params: Value) -> Operation {
    let lines =
        [("account", "paris"), ("merchant", "martin"), ("location", "rivoli"), ("register", "till-1")];
    let at = lines.iter().position(|(line, _)| *line == kind).unwrap();
    Operation {
        id: Uuid::new_v3(&Uuid::NAMESPACE_OID, name.as_bytes()),
        name: name.into(),
        line: line(kind, lines[at].1),
        above: lines[..at].iter().map(|(kind, name)| line(kind, name)).collect(),
        at: NOON.parse().unwrap(),
        zone: "Europe/Paris".into(),
        params,
        open_sale: None,
        original: None,
        deferred: None,
        replaces: None,
        refused_before: false,
        set_aside: None,
    }
}

/// A provisioned register, as facts.
pub(crate) fn facts() -> Facts {
    Facts {
        account: json!({"organization": "g-1", "type": "GROUP", "group": "g-1"}),
        merchant: json!({
            "unit": "u-1", "subject": "s-1", "subject_name": "fiskal-x", "credential": "paris@test/merchant/martin",
            "taxpayer": "t-1", "country": "France", "vat_number": "FR12345678901",
            "certification": {"body": "infocert", "code": "B9999"}, "naf_ape_code": "1071C",
        }),
        location: json!({"location": "t-1", "type": "HEAD_OFFICE", "siret": "12345678900012"}),
        register: json!({
            "system": "sys-1",
            "records": ["INTENTION::TRANSACTION", "TRANSACTION::RECEIPT", "TRANSACTION::ABORT"],
            "vat_rates": [
                {"code": "STANDARD", "percentage": "20"}, {"code": "REDUCED_1", "percentage": "10"},
                {"code": "REDUCED_2", "percentage": "5.5"}, {"code": "REDUCED_3", "percentage": "2.1"},
                {"code": "REDUCED_1", "percentage": "7", "historic": true},
            ],
            "vat_exemptions": ["NOT_SUBJECT", "NOT_TAXABLE", "CAUSE_1", "CAUSE_3", "CAUSE_4"],
            "certificate": null,
            "software": {"name": "My POS", "version": "1.0.0"},
            "last_record": null, "last_signature": null,
        }),
    }
}

/// An operation with its past, on its way.
pub(crate) struct Drive {
    pub service: Box<dyn Service>,
    pub operation: Operation,
    pub facts: Facts,
    pub past: Past,
    pub now: Timestamp,
    /// Whether what was deferred before is being replayed.
    pub replaying: bool,
    /// Whether an answer has told the time.
    pub told: bool,
    /// Every request that was sent, repetitions included.
    pub sent: Vec<Request>,
    /// The pauses that were asked for.
    pub pauses: Vec<Duration>,
}

impl Drive {
    /// The completion of a whole sale.
    pub(crate) fn completing(sale: Value) -> Self {
        Drive::new(operation("sale.complete", "register", json!({"sale": sale})), facts())
    }

    pub(crate) fn new(operation: Operation, facts: Facts) -> Self {
        Drive {
            service: service(),
            now: operation.at,
            operation,
            facts,
            past: Past::default(),
            replaying: false,
            told: true,
            sent: Vec::new(),
            pauses: Vec::new(),
        }
    }

    pub(crate) fn context(&self) -> Context {
        Context {
            now: self.now,
            told: self.told,
            writer: WRITER.parse().unwrap(),
            behind: 0,
            replaying: self.replaying,
            anchor: None,
        }
    }

    pub(crate) fn step(&self) -> Result<Step, Error> {
        self.service.step(&self.operation, &self.facts, &self.past, &self.context())
    }

    pub(crate) fn offline(&self) -> Offline {
        self.service.offline(&self.operation, &self.facts, &self.past, &self.context())
    }

    /// Goes on to the end.
    pub(crate) fn run(&mut self, fisc: &mut Fisc) -> Result<Outcome, Error> {
        for _ in 0..2_000 {
            if let Some(outcome) = self.once(fisc)? {
                return Ok(outcome);
            }
        }
        panic!("the operation runs in circles: {:?}", self.sent.last());
    }

    /// One step.
    pub(crate) fn once(&mut self, fisc: &mut Fisc) -> Result<Option<Outcome>, Error> {
        match self.step()? {
            Step::Done(outcome) => return Ok(Some(outcome)),
            Step::Send(request) => {
                assert!(self.past.find(&request.label).is_none(), "{} is sent twice", request.label);
                let first_sent_at = self.now;
                let known = self.exchange(fisc, &request);
                self.past.0.push(Exchange { request, known, first_sent_at, attempts: 1 });
            }
            Step::Again { label, pause } => {
                self.pass(pause);
                let at = self.past.0.iter().position(|exchange| exchange.request.label == label).unwrap();
                let request = self.past.0[at].request.clone();
                self.past.0[at].known = self.exchange(fisc, &request);
                self.past.0[at].attempts += 1;
            }
            Step::Wait { pause, .. } => self.pass(pause),
        }
        Ok(None)
    }

    fn exchange(&mut self, fisc: &mut Fisc, request: &Request) -> Known {
        self.sent.push(request.clone());
        self.now = self.now.checked_add(Duration::from_millis(20)).unwrap();
        fisc.exchange(request)
    }

    fn pass(&mut self, pause: Duration) {
        self.pauses.push(pause);
        self.now = self.now.checked_add(pause).unwrap();
    }

    /// The writes that were sent.
    pub(crate) fn writes(&self) -> Vec<&Request> {
        self.sent.iter().filter(|request| request.effect == Effect::Write).collect()
    }

    /// `METHOD path` of all that was sent.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.sent.iter().map(address).collect()
    }
}

pub(crate) fn address(request: &Request) -> String {
    format!("{} {}", json!(request.method).as_str().unwrap(), request.path)
}

pub(crate) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// An answer with the headers that all answers of the service have.
pub(crate) fn answer(status: u16, body: Value) -> Answer {
    let headers = [("x-trace-identifier", "trace-1"), ("x-api-version", "2026-02-03")];
    Answer { status, headers: headers.map(|(key, value)| (key.into(), value.into())).to_vec(), body }
}

/// A refusal (contract sign-fr 4.1).
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Answer {
    answer(status, json!({"content": {"status": status, "code": code, "error": "error", "message": message}}))
}

/// Croissants at 5.5 % and a coffee at 10 %, paid in cash.
pub(crate) fn sale() -> Value {
    json!({
        "id": "pos-1", "register": "till-1", "number": "R-2026-0001",
        "cashier": {"id": "7", "name": "Anna"},
        "items": [
            {"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"},
            {"text": "Café", "quantity": "1", "unit_price": "1.50", "vat": "10", "kind": "service"},
        ],
        "payments": [{"method": "cash", "amount": "3.90", "tendered": "5.00"}],
        "metadata": {"shift": "early"},
    })
}
