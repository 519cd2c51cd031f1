//! How an operation ends, or where it has to wait.

use crate::engine::drive::{Drive, Ended};
use crate::engine::events::What;
use crate::engine::ports::{Clock, Durability, Ids, Progress, SecretStore, Store};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Effect, Offline, Outcome, set_aside};
use crate::receipt::State;
use crate::transport::Transport;
use serde_json::Value;

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Drive<'_, S, T, C, I, K> {
    /// The caller's patience is over, or the service cannot be reached: the country's rule decides.
    pub(super) fn without_service(mut self) -> Result<Ended> {
        if !self.is_new() {
            let error = self.still_unsettled();
            if self.is_answered {
                self.note_stuck(&error);
            }
            self.write(Durability::Lazy)?;
            return Ok(self.goes_on_later(error));
        }
        let facts = self.engine.facts(&self.operation)?;
        let offline = self.service.offline(&self.operation, &facts, &self.past, &self.context()?);
        self.take_offline(offline)
    }

    pub(super) fn take_offline(&mut self, offline: Offline) -> Result<Ended> {
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
                let error = self.about(self.with_silence(error));
                self.note(What::Parked { operation: id, error: Box::new(error.clone()) });
                self.write_unbooked()?;
                Ok(Ended::Failed(error))
            }
            Offline::Refuse(_) | Offline::Unknown => {
                let error = self.still_unsettled();
                if self.is_answered {
                    self.note_stuck(&error);
                }
                self.write(Durability::Lazy)?;
                Ok(Ended::Stopped(error))
            }
        }
    }

    /// A service does not know why there is no answer; the transport does, and names the address.
    fn with_silence(&self, error: Error) -> Error {
        match &self.silence {
            Some(why) if error.kind() == Kind::Unreachable => {
                error.with(|details| details.message = format!("{} ({why})", details.message))
            }
            _ => error,
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

    pub(super) fn finish(&mut self, outcome: Outcome) -> Result<Ended> {
        let mut outcome = self.linked(self.of_what_was_handed_over(outcome));
        outcome.error = outcome.error.map(|error| self.about(error));
        self.note(What::Finished { operation: self.operation.id, outcome: Box::new(outcome.clone()) });
        self.write(Durability::Lazy)?;
        Ok(Ended::Finished(outcome))
    }

    /// A refusal is one of what was handed over before: its receipts say so, where the service says nothing else.
    fn of_what_was_handed_over(&self, outcome: Outcome) -> Outcome {
        let says_nothing_else = outcome.receipts.is_empty() && outcome.learned.is_none();
        match (&self.progress, &outcome.error) {
            (Progress::HandedOver(before) | Progress::Deferred(before, _), Some(error))
                if error.kind() == Kind::Refused && says_nothing_else =>
            {
                refused_later(before.clone(), error.clone())
            }
            _ => outcome,
        }
    }

    /// The service said no, or the request is impossible. With a write still unanswered the
    /// operation stays open all the same: what may be booked is never forgotten. So does what no
    /// caller will ask for again, unless the error is about it: a key that expired refuses no sale.
    pub(super) fn fail(&mut self, error: Error) -> Result<Ended> {
        let error = self.about(error);
        let id = self.operation.id;
        let is_transient = error.retryable() || error.kind() == Kind::Unauthorized;
        let is_over = is_verdict(error.kind()) || (self.operation.set_aside.is_some() && !is_transient);
        if self.past.has_unknown_write() || (!self.is_new() && !is_over) {
            tracing::warn!(operation = %id, %error, "not settled");
            self.note_stuck(&error);
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
        self.write_unbooked()?;
        Ok(Ended::Failed(error))
    }

    /// Writes that nothing was booked. The request is on the disk: without this beside it, it would be sent again
    /// after a power cut, when the till has long sold it otherwise.
    fn write_unbooked(&mut self) -> Result<()> {
        let asked_for = self.past.0.iter().any(|exchange| exchange.request.effect == Effect::Write);
        self.write(if asked_for { Durability::Durable } else { Durability::Lazy })
    }

    /// What is in its way for another reason than the link is written down when it changes.
    fn note_stuck(&mut self, error: &Error) {
        if self.stuck.as_deref() != Some(error.message()) {
            self.note(What::Stuck { operation: self.operation.id, error: Box::new(error.clone()) });
        }
    }

    /// Somebody took it out of the queue, and its service need not be asked or told.
    pub(super) fn given_up(&self) -> Option<Error> {
        let reason = self.operation.set_aside.as_deref()?;
        let is_deferred = matches!(self.progress, Progress::Deferred(..));
        let has_a_place = is_deferred && self.service.gives_deferred_a_place();
        let is_looked_up = self.past.was_sent() && self.service.can_look_up(&self.operation);
        (!has_a_place && !is_looked_up && !self.past.has_unknown_write()).then(|| set_aside(reason))
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

    fn still_unsettled(&self) -> Error {
        let why = self.silence.as_deref().unwrap_or("no answer came");
        let message = format!(
            "{} was sent, but {why}; `sync` settles it, do not book it by other means",
            self.operation.name
        );
        self.about(Error::new(Kind::UnknownOutcome, message))
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
