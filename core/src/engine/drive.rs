//! One operation, from wherever it stands to its end or to where it must wait.

use crate::engine::events::{Event, What};
use crate::engine::ports::{Clock, Durability, Entry, Ids, Progress, SecretStore, Store};
use crate::engine::{Engine, Patience};
use crate::error::{Error, Result};
use crate::exchange::{
    Context, Effect, Exchange, Facts, Known, Lost, Offline, Operation, Outcome, Past, Service, Step,
};
use crate::transport::Transport;
use jiff::{SignedDuration, Timestamp};
use std::cell::Cell;
use std::time::Duration;

/// No operation needs so many steps; a service that asks for more runs in circles.
const MOST_STEPS: u32 = 2_000;

/// A repetition within this time of a request that seems to lie in the future is still one within the
/// window, which the services' rules keep an hour shorter than the service's own.
const CLOCKS_MAY_DIFFER: SignedDuration = SignedDuration::from_mins(30);

/// After so many attempts in a row without a connection, what no customer stands waiting for is given up. A sale
/// goes on as long as its customer has patience.
const MOST_UNSENT: u32 = 3;

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
    /// Whether it only looks: it may send no write, and nothing of it is written down.
    pub(super) looks: bool,
    /// The longest time for one attempt.
    pub(super) attempt_limit: Duration,
    /// What stands in the way of sending at all, such as refused credentials.
    pub(super) obstacle: Option<Error>,
    /// Why the last attempt got no answer, or none that settles it.
    pub(super) silence: Option<String>,
    /// How many attempts in a row made no connection.
    pub(super) unsent: Cell<u32>,
    /// Whether the service answered the last attempt, and settled nothing with that.
    pub(super) is_answered: bool,
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
            looks: false,
            attempt_limit: self.limits.attempt,
            obstacle: None,
            silence: None,
            unsent: Cell::new(0),
            is_answered: false,
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
                    self.check_may_send(&request)?;
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
        // What never left, and is not wanted any more, stays where it is.
        let is_wanted = self.operation.set_aside.is_none();
        let must_repeat = |exchange: &Exchange, now| {
            must_repeat(exchange, now) && (is_wanted || exchange.known != Known::NotSent)
        };
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
        if exchange.known == Known::NotSent && (self.yields || self.is_cut_off()) {
            return Ok(Repeated::OutOfTime);
        }
        let pause = self.engine.limits.backoff.pause(exchange.attempts, self.engine.ids.jitter());
        Ok(if self.pause(pause) { Repeated::Again } else { Repeated::OutOfTime })
    }

    /// Whether there is no way to the service, and nobody who is worth waiting for one.
    fn is_cut_off(&self) -> bool {
        self.operation.sale_id().is_none() && self.unsent.get() >= MOST_UNSENT
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

    /// Takes the answer under `label` for none.
    pub(super) fn unsettle(&mut self, label: &str) -> Result<()> {
        let Some(exchange) = self.past.0.iter_mut().find(|exchange| exchange.request.label == label) else {
            return Err(self.bug(format!("the service wants to repeat '{label}', which was never sent")));
        };
        let Known::Answered(answer) = &exchange.known else { return Ok(()) };
        let why = format!("the answer {} settles nothing", answer.status);
        exchange.known = Known::Unknown;
        (self.silence, self.is_answered) = (Some(why.clone()), true);
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
    pub(super) fn is_new(&self) -> bool {
        matches!(self.progress, Progress::Open | Progress::Parked)
    }

    pub(super) fn note(&mut self, what: What) {
        if !self.looks {
            self.unwritten.push(Event { line: self.operation.line.clone(), what });
        }
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

    pub(super) fn about(&self, error: Error) -> Error {
        error.with(|details| {
            details.operation = Some(self.operation.id.to_string());
            details.sale = self.operation.sale_id().map(str::to_owned);
        })
    }

    pub(super) fn bug(&self, message: String) -> Error {
        self.about(Error::internal(message))
    }
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
