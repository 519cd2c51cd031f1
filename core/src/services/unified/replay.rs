//! Sends what was recorded offline, in its order (contract sign-fr 5.1 and 5.2).
//!
//! A refused record leaves no gap: an event that says so takes its place in the chain, and what follows
//! is chained to that (docs/decisions/0010-france-offline.md).

use super::begin::{self, sale_id};
use super::chain::{self, Chain};
use super::checks::{self, Finding};
use super::complete;
use super::event;
use super::facts::{self, RegisterFacts};
use super::offline::{self, Deferred};
use super::offline_chain::{Buffer, LONGEST, Made, Wrapped};
use super::provision::cut;
use super::receipt;
use super::records::{self, Record, Sent};
use super::run::{Flow, Run, Stop};
use super::wire::{encoded, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Outcome, set_aside};
use crate::receipt::{Receipt, State};
use crate::sale::Sale;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The event in the place of a refused record, and the one at the end of an outage. The contract
/// publishes no codes (5.5).
const REFUSED: &str = "OFFLINE_REFUSED";
const END: &str = "OFFLINE_END";
/// How much younger than the limit the event is that stands for a record which was too old.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);
/// The longest description of an event (Appendix A, EventDescription).
const DESCRIPTION: usize = 128;

/// Replays what an operation recorded, and gives what came of it.
pub(super) fn replay(run: &Run<'_>, deferred: &Value) -> Flow<Outcome> {
    let deferred = Deferred::deserialize(deferred)
        .map_err(|cause| Error::internal(format!("what is deferred cannot be read back: {cause}")))?;
    let mut replay = Replay::of(run, &deferred)?;
    replay.hear_the_time()?;
    for made in &deferred.records {
        replay.send(made)?;
    }
    let mut outcome = match run.operation.name.as_str() {
        "sale.complete" => replay.completed(deferred.receipt)?,
        "sale.begin" => replay.begun()?,
        "sale.abort" => {
            replay.told(json!({"sale": sale_id(run), "record": replay.last_id()}), "the sale is aborted")
        }
        _ => replay.recorded()?,
    };
    outcome.learned = Some(replay.learned()?);
    Ok(outcome)
}

/// An operation's records on their way.
struct Replay<'r> {
    run: &'r Run<'r>,
    register: RegisterFacts,
    credential: String,
    buffer: Option<Buffer>,
    /// The intentions that this operation has brought, by their offsets.
    intentions: BTreeMap<u32, String>,
    /// The last of the operation's own records.
    last: Option<(Sent, Record)>,
    findings: Vec<Finding>,
    chain: Chain,
    refusal: Option<Error>,
}

impl<'r> Replay<'r> {
    fn of(run: &'r Run<'r>, deferred: &Deferred) -> Result<Self> {
        let register = facts::register(run.facts)?;
        let buffer = register.offline.as_ref().and_then(|offline| offline.buffer(deferred.buffer)).cloned();
        if buffer.is_none() && !deferred.records.is_empty() {
            let message = format!("the register does not know the offline buffer {}", deferred.buffer);
            return Err(Error::internal(message));
        }
        Ok(Replay {
            run,
            register,
            credential: facts::merchant(run.facts)?.credential,
            buffer,
            intentions: BTreeMap::new(),
            last: None,
            findings: Vec::new(),
            chain: Chain::Whole,
            refusal: None,
        })
    }

    /// Lets any answer tell the time before a record says when it was made.
    fn hear_the_time(&self) -> Flow<()> {
        if let (false, Some(buffer)) = (self.run.now.told, &self.buffer) {
            let path = format!("/records/{}", encoded(&buffer.anchor));
            self.run.read("replay.time", &self.credential, &path, None)?;
        }
        Ok(())
    }

    fn send(&mut self, made: &Made) -> Flow<()> {
        let Some(buffer) = self.buffer.as_mut() else { return Ok(()) };
        if buffer.lacks_reference(made) {
            let message = "the record that it refers to was refused by the service; nothing was booked";
            self.refusal.get_or_insert(Error::new(Kind::Refused, message));
            return self.fill_gap(made);
        }
        let label = format!("replay.{}", made.offset);
        let wrapped = wrapped(self.run, &label, buffer, &self.register.system, made)?;
        let sent = sent(self.run, &self.register.system, made, &wrapped, &self.intentions);
        if let Some(reason) = self.run.operation.set_aside.as_deref().filter(|_| is_own(self.run, made)) {
            return match records::given_up(self.run, &label, &self.credential, &sent, &made.metadata)? {
                Some(record) => {
                    buffer.accepted(wrapped.hash);
                    self.take(&label, made, sent, record)
                }
                None => {
                    self.refusal.get_or_insert(set_aside(reason));
                    self.fill_gap(made)
                }
            };
        }
        match records::replay(self.run, &label, &self.credential, &wrapped, &sent, &made.metadata) {
            Ok(record) => {
                buffer.accepted(wrapped.hash);
                self.take(&label, made, sent, record)
            }
            Err(Stop::Refused(error)) => {
                // A beginning of the outage that the service does not take is no refusal of the sale.
                if is_own(self.run, made) {
                    self.refusal.get_or_insert(error);
                }
                self.fill_gap(made)
            }
            Err(other) => Err(other),
        }
    }

    fn take(&mut self, label: &str, made: &Made, sent: Sent, record: Record) -> Flow<()> {
        let record =
            records::with_operation(self.run, &format!("{label}.operation"), &self.credential, record)?;
        self.follow(&record)?;
        if !is_own(self.run, made) {
            return Ok(());
        }
        if sent.record_type == "INTENTION::TRANSACTION" {
            self.intentions.insert(made.offset, record.id()?.to_owned());
        }
        match record.rejection() {
            Some(rejection) => {
                self.refusal.get_or_insert(rejection);
            }
            None => self.findings.extend(checks::content(&sent, &record)),
        }
        self.last = Some((sent, record));
        Ok(())
    }

    /// The record is the last one that the service acknowledged; it follows the one before.
    fn follow(&mut self, record: &Record) -> Flow<()> {
        let last = self.register.last_record.as_deref();
        let chain = chain::check(self.run, &self.credential, &self.register.system, last, record, None)?;
        if self.chain == Chain::Whole {
            self.chain = chain;
        }
        self.register.last_record = Some(record.id()?.to_owned());
        self.register.last_signature = record.signature().map(str::to_owned);
        Ok(())
    }

    /// Puts an event in the place of a record that was refused.
    fn fill_gap(&mut self, made: &Made) -> Flow<()> {
        let Some(buffer) = self.buffer.as_mut() else { return Ok(()) };
        if !self.register.has_events() {
            buffer.lost(made.offset);
            return Ok(());
        }
        let number = text(&made.content, "/operation/document/number").unwrap_or_default();
        let description = format!("{} {number} was refused", made.record_type());
        let operation = json!({
            "type": "EVENT",
            "code": REFUSED,
            "description": cut(&description, DESCRIPTION),
            "occurred_at": made.recorded_at,
        });
        let label = format!("replay.{}.refused", made.offset);
        let event = Made {
            recorded_at: recent(self.run, buffer, &made.recorded_at)?,
            content: json!({
                "type": "INTENTION", "system": {"id": self.register.system}, "operation": operation,
            }),
            metadata: offline::event_marks(self.run, &label),
            ..made.clone()
        };
        let wrapped = wrapped(self.run, &label, buffer, &self.register.system, &event)?;
        let sent = sent(self.run, &self.register.system, &event, &wrapped, &self.intentions);
        match records::replay(self.run, &label, &self.credential, &wrapped, &sent, &event.metadata) {
            Ok(record) => {
                buffer.accepted(wrapped.hash);
                self.follow(&record)
            }
            Err(Stop::Refused(_)) => {
                buffer.lost(made.offset);
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    /// The register's facts afterwards. With the last record of the last buffer the outage is over, and an
    /// event says so.
    fn learned(&mut self) -> Flow<Value> {
        let Some(buffer) = self.buffer.take() else { return Ok(json!(self.register)) };
        let Some(offline) = self.register.offline.take() else { return Ok(json!(self.register)) };
        let started = offline.started;
        self.register.offline = offline.after(buffer);
        if self.register.offline.is_none() && self.register.has_events() {
            self.end(&self.run.local(started)?)?;
        }
        Ok(json!(self.register))
    }

    /// Books the end of the outage, online. If the service does not take it, it is left out.
    fn end(&mut self, started: &str) -> Flow<()> {
        let now = self.run.local(self.run.now.now)?;
        let properties = json!({
            "offline_mode_timestamp_start": started,
            "offline_mode_timestamp_end": now,
        });
        let label = "offline.end";
        let sent = Sent {
            record_type: "INTENTION::EVENT".into(),
            system: self.register.system.clone(),
            intention: None,
            operation: offline::offline_event(self.run, END, "Offline mode ends", &now, properties),
        };
        let marks = offline::event_marks(self.run, label);
        match records::book(self.run, label, &self.credential, sent, marks) {
            Ok((_, record)) => self.follow(&record),
            Err(Stop::Refused(_)) => Ok(()),
            Err(other) => Err(other),
        }
    }

    fn last_id(&self) -> Value {
        self.last.as_ref().and_then(|(_, record)| record.id().ok()).into()
    }

    fn completed(&self, provisional: Option<Receipt>) -> Result<Outcome> {
        let mut provisional =
            provisional.ok_or_else(|| Error::internal("a completion was deferred without its receipt"))?;
        provisional = offline::no_longer_provisional(provisional);
        provisional.replaces = Some(provisional.id.clone());
        let record = self.last.as_ref().filter(|(sent, _)| is_transaction(sent));
        let (sent, record) = match (record, &self.refusal) {
            (Some((sent, record)), None) => (sent, record),
            (_, refusal) => {
                let is_set_aside = self.run.operation.set_aside.is_some();
                return Ok(refused(provisional, refusal.as_ref(), is_set_aside));
            }
        };
        let signed = receipt::signed(self.run.service, provisional, record, &self.run.operation.zone)?;
        let chain = Some(self.chain.clone());
        let mut outcome = complete::judged(self.run, signed.clone(), record, self.findings.clone(), chain);
        if !record.is_finished() {
            outcome.later = vec![complete::follow_up(self.run, &signed, sent, record)?];
        }
        Ok(outcome)
    }

    fn begun(&self) -> Result<Outcome> {
        let run = self.run;
        let mut outcome = self
            .told(json!({"sale": sale_id(run)}), "the sale is begun, and no receipt is booked for it yet");
        let sale = Sale::read(run.param("sale"))?;
        if let (Some((_, record)), None) = (&self.last, &self.refusal) {
            outcome.open_sale = Some(begin::open_sale(run, &sale, record)?);
        }
        Ok(outcome)
    }

    fn recorded(&self) -> Result<Outcome> {
        let result = event::result(self.run, self.last.as_ref().map(|(_, record)| record))?;
        Ok(self.told(result, "the event is recorded"))
    }

    /// An outcome without a receipt, with what is wrong about it.
    fn told(&self, result: Value, advice: &str) -> Outcome {
        let mut findings = self.findings.clone();
        if let Chain::Broken(finding) = &self.chain {
            findings.push(finding.clone());
        }
        let error = self.refusal.clone().or_else(|| begin::enforced(self.run.service, &findings, advice));
        Outcome { result, error, ..Outcome::default() }
    }
}

/// The time of the event in the place of a refused record: that record's own, or the earliest that the service
/// still takes, where it has something of the buffer. Without an event that buffer would never come to its end.
fn recent(run: &Run<'_>, buffer: &Buffer, recorded_at: &str) -> Result<String> {
    let earliest = run.now.now.checked_sub(LONGEST - MARGIN).unwrap_or(run.now.now);
    let recorded: Option<Timestamp> = recorded_at.parse().ok();
    match recorded.filter(|at| *at < earliest && buffer.is_begun()) {
        Some(_) => run.local(earliest),
        None => Ok(recorded_at.to_owned()),
    }
}

/// A record as it was sent, or else as it has to be.
///
/// Where this machine's clock was fast, a record seems to be made in the future; no service can know that.
/// It was made now at the latest.
fn wrapped(run: &Run<'_>, label: &str, buffer: &Buffer, system: &str, made: &Made) -> Result<Wrapped> {
    if let Some(sent) = run.past.find(label).and_then(|exchange| Wrapped::sent(&exchange.request)) {
        return Ok(sent);
    }
    let recorded_at: Option<Timestamp> = made.recorded_at.parse().ok();
    match recorded_at.filter(|at| *at > run.now.now) {
        Some(_) => buffer.wrapped(system, made, &run.local(run.now.now)?),
        None => buffer.wrapped(system, made, &made.recorded_at),
    }
}

/// What the service shows when it has booked a record.
fn sent(
    run: &Run<'_>,
    system: &str,
    made: &Made,
    wrapped: &Wrapped,
    intentions: &BTreeMap<u32, String>,
) -> Sent {
    let offset = text(&made.content, "/record/offset").and_then(|offset| offset.parse::<u32>().ok());
    let begun = run.operation.open_sale.as_ref().and_then(|begun| text(begun, "/intention"));
    let intention = match offset {
        Some(offset) => intentions.get(&offset).map(String::as_str).or(begun),
        None => text(&made.content, "/record/id"),
    };
    Sent {
        record_type: made.record_type(),
        system: system.to_owned(),
        intention: intention.map(str::to_owned),
        operation: wrapped.inner.get("operation").cloned().unwrap_or_default(),
    }
}

/// Whether the caller asked for the record; else it says something about the outage.
fn is_own(run: &Run<'_>, made: &Made) -> bool {
    text(&Value::Object(made.metadata.clone()), "/fiskal_operation") == Some(&run.operation.id.to_string())
}

fn is_transaction(sent: &Sent) -> bool {
    sent.record_type.starts_with("TRANSACTION::")
}

/// A provisional receipt that the service did not take.
fn refused(mut receipt: Receipt, refusal: Option<&Error>, is_set_aside: bool) -> Outcome {
    let said = refusal.map_or("the service has no record of it", Error::message);
    receipt.state = State::Refused;
    receipt.todo = Some(if is_set_aside {
        said.to_owned()
    } else {
        format!(
            "{said}; the receipt was handed over when there was no connection: correct it with `queue.resolve`, or sell it again under a new id and number"
        )
    });
    let error = refusal.cloned();
    Outcome { result: json!(receipt), receipts: vec![receipt], error, ..Outcome::default() }
}
