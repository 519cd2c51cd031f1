//! The check of an Austrian data collection log (DEP7 export, RKSV § 7): the rules that a register's chain
//! of receipts obeys, and what only the service's own list or a printed receipt can tell.
//!
//! The export is read as a stream, so a log of a million receipts takes no more memory than one of a
//! thousand. `docs/verify-dep.md` lists the rules with their sources.

mod bounded;
mod contents;
mod findings;
mod group;
mod interruptible;
mod keys;
mod numbers;
mod printed;
mod read;
mod register;
mod service;
mod vienna;

pub use contents::{Contents, Expected, contents};
pub use findings::{Checked, Finding, Named, Report, Rule, Unchecked};

use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use crate::verify::rksv::{Jws, MachineCode, Malformed, Signature, Turnover, payload_of};
use findings::{At, Findings};
use group::Group;
use interruptible::Interruptible;
use keys::Keys;
use numbers::{Numbers, Repeated};
use printed::Printed;
use read::Part;
use register::{Readable, Register};
use service::Service;
use std::cell::Cell;
use std::io::Read;
use vienna::Vienna;

/// How often progress is told, in receipts.
const STRIDE: u64 = 500;

/// What is checked, and by what.
pub struct Material<'a> {
    /// Opens the export; again where it has to be read again.
    pub export: &'a dyn Fn() -> Result<Box<dyn Read>>,
    /// The key container.
    pub keys: &'a [u8],
    /// Codes off paper, as a QR code says them or in the OCR form.
    pub printed: &'a [String],
    /// The service's list of the register's receipts, in ascending order.
    pub receipts: Option<Box<dyn Read>>,
    /// Whether the export may begin and end in the middle of the log.
    pub partial: bool,
}

/// How far the check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Receipts so far.
    pub receipts: u64,
    /// Bytes of the export so far.
    pub bytes: u64,
}

/// Checks an export.
///
/// # Errors
/// `invalid`: at `/file` when it is no DEP export, with the line; at `/keys`, `/receipts` or `/printed` when
/// that cannot be used. `busy` once `interrupt` is raised. What breaks a rule is no error but a finding of the
/// [`Report`].
pub fn verify(
    material: Material<'_>,
    interrupt: &Interrupt,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report> {
    let told = check(material, interrupt, progress);
    told.map_err(|error| if interrupt.is_raised() { interrupted() } else { error })
}

/// The error of a check that nobody waits for any more.
fn interrupted() -> Error {
    Error::new(Kind::Busy, "the check was interrupted, and nothing is said of the export; check it again")
}

fn check(
    material: Material<'_>,
    interrupt: &Interrupt,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report> {
    let keys = Keys::read(material.keys)?;
    let (passed, passed_list) = (Cell::new(0), Cell::new(0));
    let export =
        || -> Result<Box<dyn Read>> { Ok(Box::new(Interruptible::new((material.export)()?, interrupt))) };
    let list = material.receipts.map(|list| Box::new(Interruptible::new(list, interrupt)));
    let mut check = Check {
        register: Register::new(&keys, Vienna::new()?, material.partial),
        keys: &keys,
        printed: Printed::read(material.printed)?,
        service: list.map(|list| Service::new(list, &passed_list, material.partial)),
        partial: material.partial,
        numbers: Numbers::default(),
        group: Group::default(),
        findings: Findings::default(),
        tally: Tally::default(),
    };
    let applied = check.rules();
    read::read(export()?, &passed, &mut |part| {
        check.part(part)?;
        let receipts = check.tally.receipts;
        if receipts.is_multiple_of(STRIDE) {
            progress(Progress { receipts, bytes: passed.get() });
        }
        Ok(())
    })?;
    check.finish(&export, applied)
}

/// A check at work.
struct Check<'a> {
    keys: &'a Keys,
    register: Register<'a>,
    printed: Printed,
    service: Option<Service<'a>>,
    partial: bool,
    numbers: Numbers,
    group: Group,
    findings: Findings,
    tally: Tally,
}

/// What was there.
#[derive(Default)]
struct Tally {
    receipts: u64,
    groups: u64,
    unsigned: u64,
    trainings: u64,
    cancellations: u64,
    register: Option<String>,
    first: Option<Named>,
    last: Option<Named>,
}

impl Check<'_> {
    /// The rules for which there is something to go by.
    fn rules(&self) -> Vec<Rule> {
        let mut rules = Rule::OF_THE_CHAIN.to_vec();
        rules.retain(|rule| !(self.partial && *rule == Rule::Start));
        rules.extend(Rule::OF_PAPER.into_iter().filter(|_| !self.printed.is_empty()));
        rules.extend(Rule::OF_THE_SERVICE.into_iter().filter(|_| self.service.is_some()));
        rules
    }

    /// What was not checked, and why not.
    fn unchecked(&self) -> Vec<Unchecked> {
        let mut unchecked = Vec::new();
        let mut add = |rules: &[Rule], why: &str| {
            unchecked.push(Unchecked { rules: rules.to_vec(), why: why.to_owned() });
        };
        if self.partial {
            add(&[Rule::Start], "the export is a part of a log, and the start receipt need not be in it");
            add(&[Rule::Chain], "not of the first receipt: the one before it is not in the export");
            add(&[Rule::Turnover], "not up to the first counter: what was sold before is not in the export");
            add(&[Rule::Clearance], "not of an outage that began before the first receipt");
        }
        if self.printed.is_empty() {
            add(&Rule::OF_PAPER, "there were no printed codes");
        }
        if self.service.is_none() {
            add(&Rule::OF_THE_SERVICE, "there was no list of the service");
        } else if self.partial {
            add(&[Rule::Missing], "not before the first and behind the last receipt of the export");
        }
        unchecked
    }

    fn part(&mut self, part: Part<'_>) -> Result<()> {
        match part {
            Part::Group => self.tally.groups += 1,
            Part::Certificate(text) => self.group.certificate(text),
            Part::Receipt(text) => self.receipt(text)?,
            Part::GroupEnd => {
                std::mem::take(&mut self.group).finish(self.tally.groups, self.keys, &mut self.findings);
            }
        }
        Ok(())
    }

    fn receipt(&mut self, text: &str) -> Result<()> {
        self.tally.receipts += 1;
        let position = self.tally.receipts;
        match readable(text) {
            Ok((jws, code)) => self.readable(text, &Readable { position, jws, code }),
            Err(malformed) => {
                let number = number_of(text);
                let at = At { position: Some(position), number: number.as_deref() };
                let found = format!("the {} '{}'", malformed.part, malformed.found);
                self.findings.add(Rule::Form, at, found, malformed.expected);
                self.register.unreadable(text);
                if let Some(number) = &number {
                    self.numbers.see(number);
                }
                Ok(())
            }
        }
    }

    fn readable(&mut self, text: &str, receipt: &Readable) -> Result<()> {
        let (position, code) = (receipt.position, &receipt.code);
        self.register.next(text, receipt, &mut self.findings);
        register::signature(receipt, self.keys, &mut self.findings);
        self.group.uses(&code.certificate, position, &code.number);
        self.numbers.see(&code.number);
        self.printed.compare(position, &code.number, &receipt.jws, &mut self.findings);
        if let Some(service) = &mut self.service {
            let receipt =
                service::Receipt { position, jws: &receipt.jws, code, vienna: &self.register.vienna };
            service.compare(&receipt, &mut self.findings)?;
        }
        self.tally.count(receipt);
        Ok(())
    }

    fn finish(mut self, export: &dyn Fn() -> Result<Box<dyn Read>>, rules: Vec<Rule>) -> Result<Report> {
        let unchecked = self.unchecked();
        if self.tally.receipts == 0 && !self.partial {
            let expected = "a signed receipt that sells nothing";
            self.findings.add(Rule::Start, At::default(), "no receipt at all", expected);
        }
        let findings = &mut self.findings;
        self.numbers.repeated(
            |each| numbers(export, each),
            |Repeated { number, position, before }| {
                let expected = format!("a number that is new; receipt {before} of the export has this one");
                findings.add(Rule::Number, At::receipt(position, &number), &number, expected);
            },
        )?;
        self.printed.finish(findings);
        let mut compared = 0;
        if let Some(mut service) = self.service {
            service.finish(self.tally.register.as_deref().unwrap_or_default(), findings)?;
            compared = service.compared();
        }
        let rules = self.findings.checked(rules);
        Ok(Report {
            fits: rules.iter().all(|checked| checked.findings == 0),
            receipts: self.tally.receipts,
            groups: self.tally.groups,
            register: self.tally.register,
            first: self.tally.first,
            last: self.tally.last,
            turnover: self.register.cents.map(register::euros),
            unsigned: self.tally.unsigned,
            trainings: self.tally.trainings,
            cancellations: self.tally.cancellations,
            compared,
            rules,
            unchecked,
            findings: self.findings.told(),
        })
    }
}

impl Tally {
    fn count(&mut self, receipt: &Readable) {
        let code = &receipt.code;
        self.unsigned += u64::from(receipt.jws.signature == Signature::Outage);
        self.trainings += u64::from(code.turnover == Turnover::Training);
        self.cancellations += u64::from(code.turnover == Turnover::Cancellation);
        let named = Named { number: code.number.clone(), date: code.date.to_string() };
        if self.first.is_none() {
            self.register = Some(code.register.clone());
            self.first = Some(named.clone());
        }
        self.last = Some(named);
    }
}

fn readable(text: &str) -> std::result::Result<(Jws, MachineCode), Malformed> {
    let jws: Jws = text.parse()?;
    let code = jws.payload.parse()?;
    Ok((jws, code))
}

/// The number of a receipt that cannot be read whole, where its place can be told.
fn number_of(text: &str) -> Option<String> {
    payload_of(text)?.split('_').nth(3).filter(|number| !number.is_empty()).map(str::to_owned)
}

/// Passes every position and number of the export.
fn numbers(export: &dyn Fn() -> Result<Box<dyn Read>>, each: &mut dyn FnMut(u64, &str)) -> Result<()> {
    let mut position = 0;
    read::read(export()?, &Cell::new(0), &mut |part| {
        if let Part::Receipt(text) = part {
            position += 1;
            if let Some(number) = number_of(text) {
                each(position, &number);
            }
        }
        Ok(())
    })
}
