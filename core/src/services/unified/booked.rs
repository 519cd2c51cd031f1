//! A record that was booked, held against what was sent and against the chain before it.

use super::Unified;
use super::begin::{enforced, sentence};
use super::chain::{self, Chain};
use super::checks::{self, CHAIN, CONTENT, Finding};
use super::facts::RegisterFacts;
use super::records::{self, Record, Sent};
use super::run::{Flow, Run, Stop};
use crate::error::{Error, Result};
use serde_json::Value;

/// The record with its operation, and what a look at it says.
pub(super) struct Booked {
    pub(super) record: Record,
    findings: Vec<Finding>,
    /// What was checked and is as it should be.
    pub(super) verified: Vec<String>,
}

impl Booked {
    /// Looks at a record. `in_hand` is one of the same operation that may stand before it in the chain.
    pub(super) fn check(
        run: &Run<'_>,
        label: &str,
        credential: &str,
        register: &RegisterFacts,
        (sent, record): (Sent, Record),
        in_hand: Option<&Record>,
    ) -> Flow<Booked> {
        let record = records::with_operation(run, &format!("{label}.operation"), credential, record)?;
        if let Some(rejection) = record.rejection() {
            return Err(Stop::Refused(rejection));
        }
        let mut findings = checks::content(&sent, &record);
        let mut verified = Vec::new();
        if findings.is_empty() && record.has_operation() {
            verified.push(CONTENT.to_owned());
        }
        let last = register.last_record.as_deref();
        match chain::check(run, credential, &register.system, last, &record, in_hand)? {
            Chain::Whole => verified.push(CHAIN.to_owned()),
            Chain::Broken(finding) => findings.push(finding),
            Chain::Untold => {}
        }
        Ok(Booked { record, findings, verified })
    }

    /// What the register remembers after it.
    pub(super) fn learned(&self, register: &RegisterFacts) -> Result<Value> {
        Ok(register.clone().after(self.record.id()?, self.record.signature()))
    }

    /// What the till has to do about it.
    pub(super) fn todo(&self) -> Option<String> {
        sentence(&self.findings).map(|sentence| format!("{sentence}; ask the service's support"))
    }

    /// The error `mismatch`, where something is wrong and the account enforces its checks.
    pub(super) fn error(&self, service: &Unified, advice: &str) -> Option<Error> {
        enforced(service, &self.findings, advice)
    }
}
