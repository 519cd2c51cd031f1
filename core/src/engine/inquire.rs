//! What is only asked for: nothing is written down, because nothing is changed.

use crate::engine::Engine;
use crate::engine::drive::{Drive, Repeated};
use crate::engine::ports::{Clock, Ids, Progress, SecretStore, Store};
use crate::engine::submit::Submission;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Effect, Operation, Past, Step};
use crate::interrupt::Interrupt;
use crate::transport::Transport;
use serde_json::Value;

/// The most steps of a question.
const MOST_STEPS: u32 = 200;

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Engine<S, T, C, I, K> {
    /// Asks a line's service something, as patiently as background work, and gives the result.
    ///
    /// It takes no lock and leaves no entry: the journal stays as it is.
    ///
    /// # Errors
    /// `unreachable` where no answer comes in time, and whatever the service's step says.
    pub fn inquire(&self, submission: Submission, interrupt: &Interrupt) -> Result<Value> {
        let patience = self.patience(self.limits.background, interrupt);
        let operation = Operation {
            id: self.ids.id(),
            name: submission.name,
            at: self.now(&submission.line.account),
            line: submission.line,
            above: submission.above,
            zone: submission.zone,
            params: submission.params,
            original: submission.original,
            replaces: None,
            open_sale: None,
            deferred: None,
            refused_before: false,
            set_aside: None,
        };
        self.begin(operation, Progress::Open, Past::default(), patience)?.ask()
    }
}

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Drive<'_, S, T, C, I, K> {
    fn ask(mut self) -> Result<Value> {
        for _ in 0..MOST_STEPS {
            if let Some(error) = self.obstacle.take() {
                return Err(error);
            }
            match self.repeat_unsettled()? {
                Repeated::Nothing => {}
                Repeated::Again => continue,
                Repeated::OutOfTime => return Err(self.unanswered()),
            }
            let facts = self.engine.facts(&self.operation)?;
            let pause = match self.service.step(&self.operation, &facts, &self.past, &self.context()?)? {
                Step::Done(outcome) => return outcome.error.map_or(Ok(outcome.result), Err),
                Step::Send(request) if request.effect == Effect::Read => {
                    if self.remaining().is_zero() {
                        return Err(self.unanswered());
                    }
                    self.send_first(request)?;
                    continue;
                }
                Step::Send(request) => {
                    return Err(self.bug(format!("a question may not send '{}'", request.label)));
                }
                Step::Again { label, pause } => {
                    self.unsettle(&label)?;
                    pause
                }
                Step::Wait { pause, .. } => pause,
            };
            if !self.pause(pause) {
                return Err(self.unanswered());
            }
        }
        Err(self.bug("a question runs in circles".into()))
    }

    fn unanswered(&self) -> Error {
        let why = self.silence.as_deref().unwrap_or("no answer came in time");
        Error::new(Kind::Unreachable, format!("the service could not be asked ({why}); nothing was changed"))
    }
}
