//! What somebody decides about an operation that was refused after something was handed over for it, or that
//! stands in the way of later ones.

use crate::engine::drive::Ended;
use crate::engine::events::{Event, Resolution, What};
use crate::engine::ports::{Clock, Durability, Entry, Ids, Progress, ReceiptKey, SecretStore, Store};
use crate::engine::submit::{Reply, Submission};
use crate::engine::{Engine, Patience};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Line, Outcome, Past, set_aside};
use crate::interrupt::Interrupt;
use crate::receipt::Receipt;
use crate::transport::Transport;
use serde_json::Value;
use uuid::Uuid;

/// A decision about one operation.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The operation.
    pub operation: Uuid,
    /// What is to be done.
    pub how: Resolution,
    /// Why, for the journal.
    pub reason: String,
    /// For [`Resolution::Amend`]: the corrected parameters.
    pub params: Option<Value>,
    /// The earlier receipt that the corrected parameters are about.
    pub original: Option<Value>,
}

/// What came of a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// Whether nothing of it waits any more.
    pub settled: bool,
    /// The operation's outcome, or that of the one done instead; absent where there is none yet.
    pub outcome: Option<Outcome>,
}

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Engine<S, T, C, I, K> {
    /// Does what was decided about an operation. The same decision again changes nothing. `decide` says it while
    /// nobody else works on the operation's line.
    ///
    /// # Errors
    /// `not_found` where nothing waits or was refused under this id; `not_ready` to amend what the service
    /// has not refused; `unknown_outcome` to set aside what may be booked and cannot be looked up; `conflict` for
    /// another decision than the one taken before; what the service says to what is sent again; and those of `decide`.
    pub fn resolve(
        &self,
        id: Uuid,
        decide: &dyn Fn() -> Result<Decision>,
        interrupt: &Interrupt,
    ) -> Result<Decided> {
        let line = self.store.operation(id)?.ok_or_else(|| nothing_to_decide(id))?.operation.line;
        let patience = self.patience(self.account(&line)?.patience, interrupt);
        let _lock = self.lock(&line, &patience)?;
        let decision = &decide()?;
        let is_it = |entry: &Entry| entry.operation.id == id;
        if let Some(entry) = self.store.refused(&line)?.into_iter().find(is_it) {
            return match decision.how {
                Resolution::SetAside => self.close_refused(&entry, decision),
                Resolution::Retry | Resolution::Amend => self.do_again(&entry, decide, patience),
            };
        }
        let waiting = self.store.queue(&line)?.into_iter().chain(self.store.follow_ups(&line)?).find(is_it);
        match (waiting, decision.how) {
            (Some(_), Resolution::Retry) => {
                self.note_decision(&line, decision, None, Vec::new())?;
                self.settle_now(&line, id, &patience)
            }
            (Some(entry), Resolution::SetAside) => self.take_out(entry, decision, &patience),
            (Some(_), Resolution::Amend) => {
                let message =
                    "the service has not refused it, so it stands as it is; amend it when it is refused";
                Err(Error::new(Kind::NotReady, message).at("/how"))
            }
            (None, _) => self.decided_before(&line, decision),
        }
    }

    /// Settles the line's queue up to this operation, or this follow-up, whatever the link was like lately.
    fn settle_now(&self, line: &Line, id: Uuid, patience: &Patience) -> Result<Decided> {
        let queue = self.store.queue(line)?;
        let count = queue.len();
        for (at, entry) in queue.into_iter().enumerate() {
            let is_it = entry.operation.id == id;
            let mut drive = self.resume(entry, patience.clone())?;
            drive.behind = count - at - 1;
            match drive.run()? {
                Ended::HandedOver(outcome) => {
                    return Ok(Decided { settled: false, outcome: Some(outcome).filter(|_| is_it) });
                }
                Ended::Stopped(_) => return Ok(Decided { settled: false, outcome: None }),
                Ended::Finished(outcome) if is_it => {
                    return Ok(Decided { settled: true, outcome: Some(outcome) });
                }
                Ended::Failed(_) if is_it => return Ok(Decided { settled: true, outcome: None }),
                Ended::Finished(_) | Ended::Failed(_) => {}
            }
        }
        match self.store.follow_ups(line)?.into_iter().find(|entry| entry.operation.id == id) {
            None => Ok(Decided { settled: true, outcome: None }),
            Some(entry) => Ok(match self.resume(entry, patience.clone())?.run()? {
                Ended::Finished(outcome) => Decided { settled: true, outcome: Some(outcome) },
                Ended::Failed(_) => Decided { settled: true, outcome: None },
                Ended::HandedOver(_) | Ended::Stopped(_) => Decided { settled: false, outcome: None },
            }),
        }
    }

    /// Takes an operation out of the queue. What may be booked stays, or it would be forgotten, unless its service can
    /// look it up.
    fn take_out(&self, entry: Entry, decision: &Decision, patience: &Patience) -> Result<Decided> {
        let Entry { operation, .. } = entry;
        let can_look_up = self.account(&operation.line)?.service.can_look_up(&operation);
        if !can_look_up && Past(self.store.exchanges(operation.id)?).has_unknown_write() {
            let message =
                "it was sent and may be booked, so it cannot be set aside; `retry` asks for the answer";
            return Err(Error::new(Kind::UnknownOutcome, message).at("/how"));
        }
        self.note_decision(&operation.line, decision, None, Vec::new())?;
        self.settle_now(&operation.line, operation.id, patience)
    }

    /// Leaves a refused operation as it is; its receipts say so.
    fn close_refused(&self, entry: &Entry, decision: &Decision) -> Result<Decided> {
        let mut outcome = outcome_of(entry);
        let mut receipts = Vec::new();
        for receipt in &outcome.receipts {
            let Some(mut receipt) = self.store.receipt(&ReceiptKey::Id(receipt.id.clone()))? else {
                continue;
            };
            receipt.todo = Some(set_aside(&decision.reason).message().to_owned());
            receipts.push(receipt);
        }
        outcome.receipts.clone_from(&receipts);
        self.note_decision(&entry.operation.line, decision, None, receipts)?;
        Ok(Decided { settled: true, outcome: Some(outcome) })
    }

    /// Does a refused operation once more, behind what waits on its line.
    fn do_again(
        &self,
        entry: &Entry,
        decide: &dyn Fn() -> Result<Decision>,
        patience: Patience,
    ) -> Result<Decided> {
        let (line, key) = (entry.operation.line.clone(), key_of(entry.operation.id));
        let reply = self.submit_again(&|| again(entry.clone(), &decide()?), patience);
        let instead = self.store.find(&line, &key)?.filter(|entry| {
            matches!(entry.progress, Progress::Finished(_) | Progress::HandedOver(_) | Progress::Deferred(..))
        });
        if let Some(instead) = instead {
            self.note_decision(&line, &decide()?, Some(instead.operation.id), Vec::new())?;
        }
        reply.map(decided)
    }

    /// As a submission, but of a sale that has ended.
    fn submit_again(&self, asked: &dyn Fn() -> Result<Submission>, patience: Patience) -> Result<Reply> {
        let submission = asked()?;
        let earlier = self.store.find(&submission.line, &submission.key)?;
        if let Some(reply) = self.known_reply(&submission, earlier.as_ref())? {
            return Ok(reply);
        }
        let ahead = self.settle_queue(&submission.line, &patience, earlier.as_ref())?;
        match earlier.filter(|entry| super::submit::goes_on(entry, &submission)) {
            Some(entry) => self.go_on(entry, ahead, patience),
            None => self.start(asked()?, ahead, patience),
        }
    }

    /// What a decision that was taken before has come to.
    fn decided_before(&self, line: &Line, decision: &Decision) -> Result<Decided> {
        let id = decision.operation;
        let entry = self.store.operation(id)?.ok_or_else(|| nothing_to_decide(id))?;
        if let (Resolution::SetAside, Some(_)) = (decision.how, &entry.set_aside) {
            return Ok(Decided { settled: true, outcome: Some(outcome_of(&entry)) });
        }
        let Some(instead) =
            self.store.find(line, &key_of(id))?.filter(|_| decision.how != Resolution::SetAside)
        else {
            return Err(nothing_to_decide(id));
        };
        let submission = again(entry, decision)?;
        match self.known_reply(&submission, Some(&instead))? {
            Some(reply) => Ok(decided(reply)),
            None => Ok(Decided { settled: false, outcome: Some(outcome_of(&instead)) }),
        }
    }

    fn note_decision(
        &self,
        line: &Line,
        decision: &Decision,
        by: Option<Uuid>,
        receipts: Vec<Receipt>,
    ) -> Result<()> {
        let Decision { operation, how, reason, .. } = decision.clone();
        let what = What::Resolved { operation, how, reason, by, receipts };
        let events = [Event { line: line.clone(), what }];
        self.store.append(&events, self.now(&line.account), Durability::Durable)
    }
}

/// The same operation under a key of its own: with its own time and, where amended, with other content.
fn again(entry: Entry, decision: &Decision) -> Result<Submission> {
    let replaces = outcome_of(&entry).receipts.first().map(|receipt| receipt.id.clone());
    let operation = entry.operation;
    let (params, original) = match &decision.params {
        Some(amended) => (amended.clone(), decision.original.clone()),
        None => (operation.params, operation.original),
    };
    if params.is_null() {
        let message = "its content was erased from the journal; sell it anew under another id";
        return Err(Error::new(Kind::Conflict, message).at("/operation"));
    }
    Ok(Submission {
        name: operation.name,
        line: operation.line,
        above: operation.above,
        zone: operation.zone,
        fingerprint: params.to_string(),
        params,
        at: Some(operation.at),
        original,
        replaces,
        key: key_of(operation.id),
        once: true,
        patience: None,
    })
}

fn key_of(id: Uuid) -> String {
    format!("resolve:{id}")
}

fn outcome_of(entry: &Entry) -> Outcome {
    match &entry.progress {
        Progress::Finished(outcome) | Progress::HandedOver(outcome) | Progress::Deferred(outcome, _) => {
            outcome.clone()
        }
        _ => Outcome::default(),
    }
}

fn decided(reply: Reply) -> Decided {
    Decided { settled: reply.settled, outcome: Some(reply.outcome) }
}

fn nothing_to_decide(id: Uuid) -> Error {
    let message = format!("nothing waits or was refused under the id {id}; `queue.list` shows what does");
    Error::new(Kind::NotFound, message).at("/operation")
}
