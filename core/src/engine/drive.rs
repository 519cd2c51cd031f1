//! One operation, from wherever it stands to its end or to where it must wait.

use crate::engine::events::{Event, What};
use crate::engine::ports::{Clock, Durability, Entry, Ids, Progress, SecretStore, Store};
use crate::engine::{Engine, Patience};
use crate::error::{Error, Kind, Result};
use crate::exchange::{
    Context, Effect, Exchange, Facts, Known, Lost, Offline, Operation, Outcome, Past, Service, Step,
    set_aside,
};
use crate::receipt::State;
use crate::transport::Transport;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::time::Duration;

/// No operation needs so many steps; a service that asks for more runs in circles.
const MOST_STEPS: u32 = 2_000;

/// A repetition within this time of a request that seems to lie in the future is still one within the
/// window, which the services' rules keep an hour shorter than the service's own.
const CLOCKS_MAY_DIFFER: SignedDuration = SignedDuration::from_mins(30);

/// How a drive ended.
#[derive(Clone, Debug)]
pub(super) enum Ended {
    /// The operation is over.
    Finished(Outcome),
    /// Nothing was booked; the operation is over, or goes on only if the caller asks again.
    Failed(Error),
    /// The caller gets this; the operation itself goes on later.
    HandedOver(Outcome),
    /// Not over, and in the way of what comes later; nothing to hand over.
    Stopped(Error),
}

/// One operation at work.
pub(super) struct Drive<'e, S, T, C, I, K> {
    pub(super) engine: &'e Engine<S, T, C, I, K>,
    pub(super) service: &'e dyn Service,
    pub(super) operation: Operation,
    pub(super) progress: Progress,
    pub(super) past: Past,
    /// Events that go to the journal with the next append.
    pub(super) unwritten: Vec<Event>,
    pub(super) patience: Patience,
    /// How many deferred operations wait behind this one.
    pub(super) behind: usize,
    /// Whether what is deferred before this one is being replayed.
    pub(super) replaying: bool,
    /// Whether it stops at the next pause when a caller wants the line.
    pub(super) yields: bool,
    /// The longest time for one attempt.
    pub(super) attempt_limit: Duration,
    /// What stands in the way of sending at all, such as refused credentials.
    pub(super) obstacle: Option<Error>,
    /// Why the last attempt got no answer.
    pub(super) silence: Option<String>,
    /// What was in its way the last time.
    pub(super) stuck: Option<String>,
}

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Engine<S, T, C, I, K> {
    /// An operation at work, with the exchanges it has had.
    pub(super) fn resume(&self, entry: Entry, patience: Patience) -> Result<Drive<'_, S, T, C, I, K>> {
        let past = Past(self.store.exchanges(entry.operation.id)?);
        let mut drive = self.begin(entry.operation, entry.progress, past, patience)?;
        drive.stuck = entry.stuck;
        drive.operation.set_aside = entry.set_aside;
        Ok(drive)
    }

    /// A new operation at work; it is written down with its first request.
    pub(super) fn begin(
        &self,
        mut operation: Operation,
        progress: Progress,
        mut past: Past,
        patience: Patience,
    ) -> Result<Drive<'_, S, T, C, I, K>> {
        let service = self.account(&operation.line)?.service.as_ref();
        if let Progress::Deferred(_, deferred) = &progress {
            operation.deferred = Some(deferred.clone());
            // What surely never left is rendered anew: what it says of the queue may have changed since.
            past.0.retain(|exchange| exchange.known != Known::NotSent);
        }
        self.refresh_original(&mut operation)?;
        if let Some(sale) = operation.sale_id() {
            let known = self.store.sale(&operation.line, sale)?;
            operation.refused_before = known.as_ref().is_some_and(|sale| sale.refused);
            operation.open_sale = known.map(|sale| sale.service).filter(|known| !known.is_null());
        }
        Ok(Drive {
            engine: self,
            service,
            operation,
            progress,
            past,
            unwritten: Vec::new(),
            patience,
            behind: 0,
            replaying: false,
            yields: false,
            attempt_limit: self.limits.attempt,
            obstacle: None,
            silence: None,
            stuck: None,
        })
    }
}

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Drive<'_, S, T, C, I, K> {
    /// Goes on until the operation is over or has to wait longer than the caller.
    pub(super) fn run(mut self) -> Result<Ended> {
        if let Some(error) = self.given_up() {
            return self.fail(error);
        }
        for _ in 0..MOST_STEPS {
            if let Some(error) = self.obstacle.take() {
                return self.fail(error);
            }
            match self.repeat_unsettled()? {
                Repeated::Nothing => {}
                Repeated::Again => continue,
                Repeated::OutOfTime => return self.without_service(),
            }
            let facts = self.engine.facts(&self.operation)?;
            let step = match self.service.step(&self.operation, &facts, &self.past, &self.context()?) {
                Ok(step) => step,
                Err(error) => return self.fail(error),
            };
            match step {
                Step::Done(outcome) => return self.finish(outcome),
                Step::Send(request) => {
                    if request.effect == Effect::Write && self.past.find(&request.label).is_some() {
                        return Err(self.bug(format!("the service asks to send '{}' twice", request.label)));
                    }
                    if let Some(ended) = self.prefer_offline(&facts)? {
                        return Ok(ended);
                    }
                    if self.remaining().is_zero() {
                        return self.without_service();
                    }
                    self.send_first(request)?;
                }
                Step::Again { label, pause } => {
                    self.unsettle(&label)?;
                    if !self.pause(pause) {
                        return self.without_service();
                    }
                }
                // A follow-up is asked again by the next synchronisation; nobody's line waits for it.
                Step::Wait { .. } if matches!(self.progress, Progress::FollowUp(_)) => {
                    return self.without_service();
                }
                Step::Wait { pause, meanwhile } => {
                    if self.pause(pause) {
                        continue;
                    }
                    return match meanwhile {
                        Some(outcome) => self.finish(outcome),
                        None => self.without_service(),
                    };
                }
            }
        }
        Err(self.bug("the service runs in circles".into()))
    }

    /// Sends again what was sent without an answer, as long as the service's rule allows it.
    pub(super) fn repeat_unsettled(&mut self) -> Result<Repeated> {
        let now = self.now();
        let Some(at) = self.past.0.iter().position(|exchange| must_repeat(exchange, now)) else {
            return Ok(Repeated::Nothing);
        };
        if self.remaining().is_zero() {
            return Ok(Repeated::OutOfTime);
        }
        self.send_again(at)?;
        // Whoever answered, if only the sign-in, may have told that the clock was wrong.
        let now = self.now();
        let Some(exchange) = self.past.0.iter().find(|exchange| must_repeat(exchange, now)) else {
            return Ok(Repeated::Again);
        };
        if self.obstacle.is_some() {
            return Ok(Repeated::Again);
        }
        // Every attempt is written down: in the background one is enough to see that there is no way.
        if self.yields && exchange.known == Known::NotSent {
            return Ok(Repeated::OutOfTime);
        }
        let pause = self.engine.limits.backoff.pause(exchange.attempts, self.engine.ids.jitter());
        Ok(if self.pause(pause) { Repeated::Again } else { Repeated::OutOfTime })
    }

    /// While the link is known to be down, an operation that can do without the service does not try it.
    fn prefer_offline(&mut self, facts: &Facts) -> Result<Option<Ended>> {
        let down = self.engine.world.is_down(&self.operation.line.account, self.engine.clock.monotonic());
        if !down || !self.is_new() {
            return Ok(None);
        }
        match self.service.offline(&self.operation, facts, &self.past, &self.context()?) {
            Offline::Refuse(_) | Offline::Unknown => Ok(None),
            offline => self.take_offline(offline).map(Some),
        }
    }

    /// The caller's patience is over, or the service cannot be reached: the country's rule decides.
    pub(super) fn without_service(mut self) -> Result<Ended> {
        if !self.is_new() {
            self.write(Durability::Lazy)?;
            return Ok(self.goes_on_later(self.still_unsettled()));
        }
        let facts = self.engine.facts(&self.operation)?;
        let offline = self.service.offline(&self.operation, &facts, &self.past, &self.context()?);
        self.take_offline(offline)
    }

    fn take_offline(&mut self, offline: Offline) -> Result<Ended> {
        let id = self.operation.id;
        match offline {
            Offline::Later(outcome) => {
                let outcome = self.linked(outcome);
                self.note(What::HandedOver { operation: id, outcome: Box::new(outcome.clone()) });
                self.write(Durability::Durable)?;
                Ok(Ended::HandedOver(outcome))
            }
            Offline::Deferred { outcome, deferred } => {
                let outcome = self.linked(outcome);
                self.note(What::Deferred { operation: id, outcome: Box::new(outcome.clone()), deferred });
                self.write(Durability::Durable)?;
                Ok(Ended::HandedOver(outcome))
            }
            Offline::Refuse(error) if !self.past.has_unknown_write() => {
                let error = self.about(error);
                self.note(What::Parked { operation: id, error: Box::new(error.clone()) });
                self.write(Durability::Lazy)?;
                Ok(Ended::Failed(error))
            }
            Offline::Refuse(_) | Offline::Unknown => {
                self.write(Durability::Lazy)?;
                Ok(Ended::Stopped(self.still_unsettled()))
            }
        }
    }

    /// A receipt made instead of a refused one says so.
    fn linked(&self, mut outcome: Outcome) -> Outcome {
        let Some(replaced) = &self.operation.replaces else { return outcome };
        for receipt in &mut outcome.receipts {
            receipt.replaces = Some(replaced.clone());
            if outcome.result.get("id").and_then(Value::as_str) == Some(&receipt.id) {
                outcome.result = serde_json::json!(receipt);
            }
        }
        outcome
    }

    fn finish(&mut self, outcome: Outcome) -> Result<Ended> {
        let mut outcome = self.linked(outcome);
        outcome.error = outcome.error.map(|error| self.about(error));
        self.note(What::Finished { operation: self.operation.id, outcome: Box::new(outcome.clone()) });
        self.write(Durability::Lazy)?;
        Ok(Ended::Finished(outcome))
    }

    /// The service said no, or the request is impossible. With a write still unanswered the
    /// operation stays open all the same: what may be booked is never forgotten. So does what no
    /// caller will ask for again, unless the error is about it: a key that expired refuses no sale.
    fn fail(&mut self, error: Error) -> Result<Ended> {
        let error = self.about(error);
        let id = self.operation.id;
        let is_transient = error.retryable() || error.kind() == Kind::Unauthorized;
        let is_over = is_verdict(error.kind()) || (self.operation.set_aside.is_some() && !is_transient);
        if self.past.has_unknown_write() || (!self.is_new() && !is_over) {
            tracing::warn!(operation = %id, %error, "not settled");
            if self.stuck.as_deref() != Some(error.message()) {
                self.note(What::Stuck { operation: id, error: Box::new(error.clone()) });
            }
            self.write(Durability::Lazy)?;
            return Ok(self.goes_on_later(error));
        }
        if let Progress::HandedOver(outcome) | Progress::Deferred(outcome, _) = &self.progress {
            return self.finish(refused_later(outcome.clone(), error));
        }
        let may_go_on = error.kind() == Kind::Unauthorized || error.retryable();
        let told = Box::new(error.clone());
        self.note(if may_go_on {
            What::Parked { operation: id, error: told }
        } else {
            What::Failed { operation: id, error: told }
        });
        self.write(Durability::Lazy)?;
        Ok(Ended::Failed(error))
    }

    /// Somebody took it out of the queue, and its service need not be told.
    fn given_up(&self) -> Option<Error> {
        let reason = self.operation.set_aside.as_deref()?;
        let is_deferred = matches!(self.progress, Progress::Deferred(..));
        let has_a_place = is_deferred && self.service.gives_deferred_a_place();
        (!has_a_place && !self.past.has_unknown_write()).then(|| set_aside(reason))
    }

    /// Who was handed something gets the same again, whatever is in the way now.
    fn goes_on_later(&self, error: Error) -> Ended {
        match &self.progress {
            Progress::HandedOver(outcome) | Progress::Deferred(outcome, _) => {
                Ended::HandedOver(outcome.clone())
            }
            _ => Ended::Stopped(error),
        }
    }

    /// Takes the answer under `label` for none.
    pub(super) fn unsettle(&mut self, label: &str) -> Result<()> {
        let Some(exchange) = self.past.0.iter_mut().find(|exchange| exchange.request.label == label) else {
            return Err(self.bug(format!("the service wants to repeat '{label}', which was never sent")));
        };
        let Known::Answered(answer) = &exchange.known else { return Ok(()) };
        let why = format!("the answer {} settles nothing", answer.status);
        exchange.known = Known::Unknown;
        if exchange.request.effect == Effect::Write {
            self.note(What::Lost { operation: self.operation.id, label: label.to_owned(), sent: true, why });
        }
        Ok(())
    }

    /// Waits, if there is time for it.
    pub(super) fn pause(&self, pause: Duration) -> bool {
        let world = &self.engine.world;
        let wanted = self.yields && world.is_wanted(&self.operation.line);
        let enough = !wanted && self.remaining() > pause;
        if enough {
            self.engine.clock.sleep(pause, &self.patience.interrupt);
        }
        enough
    }

    /// Whether nothing was handed over for it yet.
    fn is_new(&self) -> bool {
        matches!(self.progress, Progress::Open | Progress::Parked)
    }

    pub(super) fn note(&mut self, what: What) {
        self.unwritten.push(Event { line: self.operation.line.clone(), what });
    }

    /// Writes what was noted.
    pub(super) fn write(&mut self, durability: Durability) -> Result<()> {
        if self.unwritten.is_empty() {
            return Ok(());
        }
        self.engine.store.append(&self.unwritten, self.now(), durability)?;
        self.unwritten.clear();
        Ok(())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.engine.now(&self.operation.line.account)
    }

    pub(super) fn remaining(&self) -> Duration {
        self.engine.left_of(&self.patience)
    }

    pub(super) fn context(&self) -> Result<Context> {
        Ok(Context {
            now: self.now(),
            told: self.engine.skew(&self.operation.line.account).is_some(),
            writer: self.engine.store.id(),
            behind: self.behind,
            replaying: self.replaying,
            anchor: self.engine.store.anchor(&self.operation.line)?,
        })
    }

    fn about(&self, error: Error) -> Error {
        error.with(|details| {
            details.operation = Some(self.operation.id.to_string());
            details.sale = self.operation.sale_id().map(str::to_owned);
        })
    }

    fn still_unsettled(&self) -> Error {
        let why = self.silence.as_deref().unwrap_or("no answer came");
        let message = format!(
            "{} was sent, but {why}; `sync` settles it, do not book it by other means",
            self.operation.name
        );
        self.about(Error::new(Kind::UnknownOutcome, message))
    }

    pub(super) fn bug(&self, message: String) -> Error {
        self.about(Error::internal(message))
    }
}

/// Whether an error says something about the operation itself, not about what was in its way.
fn is_verdict(kind: Kind) -> bool {
    matches!(kind, Kind::Refused | Kind::Invalid | Kind::Conflict | Kind::NotFound | Kind::Mismatch)
}

/// What was handed over turned out to be refused: its receipts say so.
fn refused_later(mut outcome: Outcome, error: Error) -> Outcome {
    for receipt in &mut outcome.receipts {
        receipt.state = State::Refused;
        receipt.todo = Some(error.message().to_owned());
    }
    // What it taught was learned when it was handed over, and others have taught since.
    Outcome { error: Some(error), later: Vec::new(), learned: None, ..outcome }
}

/// What came of repeating.
pub(super) enum Repeated {
    Nothing,
    Again,
    OutOfTime,
}

/// Whether an exchange has to be sent again before the service is asked for its next step.
pub(super) fn must_repeat(exchange: &Exchange, now: Timestamp) -> bool {
    match (&exchange.known, exchange.request.effect, exchange.request.lost) {
        (Known::Answered(_), _, _) => false,
        (Known::NotSent, _, _) | (Known::Unknown, Effect::Read, _) => true,
        (Known::Unknown, Effect::Write, Lost::Resend { within }) => {
            let age = now.duration_since(exchange.first_sent_at);
            let over = |within| age >= SignedDuration::try_from(within).unwrap_or(SignedDuration::MAX);
            // Sent in the future: one of the two clocks was wrong, and there is no telling the age.
            within.is_none_or(|within| age > -CLOCKS_MAY_DIFFER && !over(within))
        }
        (Known::Unknown, Effect::Write, Lost::Ask) => false,
    }
}
