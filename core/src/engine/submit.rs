//! What a caller asks for, from the door to the reply: repetition, lock, queue, drive.

use crate::engine::drive::Ended;
use crate::engine::events::What;
use crate::engine::ports::{Clock, Entry, Ids, Progress, SecretStore, Store};
use crate::engine::{Engine, Patience};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Effect, Known, Line, Operation, Outcome, Past, sale_id};
use crate::interrupt::Interrupt;
use crate::transport::Transport;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use uuid::Uuid;

/// What begins a sale, and what ends it.
const BEGINS: &str = "sale.begin";
const ENDS: [&str; 2] = ["sale.complete", "sale.abort"];
/// What lets a register sell again. It goes ahead of what waits, which may wait for just that.
const MAKES_READY: [&str; 2] = ["provision.register", "register.restore"];

/// One thing that a caller asks for.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The operation's name.
    pub name: String,
    /// The line it runs on.
    pub line: Line,
    /// The lines above it.
    pub above: Vec<Line>,
    /// The IANA name of the location's time zone.
    pub zone: String,
    /// All that the caller and the configuration say about it.
    pub params: Value,
    /// When the caller asked, if not now.
    pub at: Option<Timestamp>,
    /// The earlier receipt that it is about.
    pub original: Option<Value>,
    /// The refused receipt instead of which it is done once more.
    pub replaces: Option<String>,
    /// The caller's key: a repetition under it gets the first result.
    pub key: String,
    /// What the repetition must agree in.
    pub fingerprint: String,
    /// Whether a finished operation under this key answers for it (`false`: done anew, only an
    /// unfinished one is taken up).
    pub once: bool,
    /// How long the caller waits; the account's patience if absent.
    pub patience: Option<Duration>,
}

impl Submission {
    /// The fingerprint as it is kept: the same content is known again, also where the content itself was erased.
    fn digest(&self) -> String {
        Sha256::digest(&self.fingerprint).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it says the same as an operation under its key.
    fn is_of(&self, entry: &Entry) -> bool {
        entry.fingerprint == self.digest()
    }
}

/// What the caller gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The operation's outcome.
    pub outcome: Outcome,
    /// Whether the operation is over; `false` when `sync` has to finish it.
    pub settled: bool,
}

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Engine<S, T, C, I, K> {
    /// Does what is asked for, within the caller's patience and until `interrupt` is raised.
    ///
    /// Same key and fingerprint: the same outcome, however often and after whatever crash.
    ///
    /// # Errors
    /// `conflict` for the same key with another fingerprint, `busy` when the line is held
    /// elsewhere, `journal` when nothing can be written (then nothing was sent), and whatever the
    /// service's step says.
    pub fn submit(&self, submission: Submission, interrupt: &Interrupt) -> Result<Reply> {
        let time = submission.patience.unwrap_or(self.account(&submission.line)?.patience);
        let patience = self.patience(time, interrupt);
        let _lock = self.lock(&submission.line, &patience)?;
        self.submit_held(&|| Ok(submission.clone()), patience)
    }

    /// Does what can only be said by what the journal says, such as the next number of its kind, within the
    /// account's patience and until `interrupt` is raised.
    ///
    /// `asked` looks while nobody else works on the line, and once more where something that waited there was
    /// settled first. Each time it must say the same of the same journal, and nothing of another line.
    ///
    /// # Errors
    /// Those of `asked`, and as [`Engine::submit`].
    pub fn submit_by(
        &self,
        line: &Line,
        asked: &dyn Fn() -> Result<Submission>,
        interrupt: &Interrupt,
    ) -> Result<Reply> {
        let patience = self.patience(self.account(line)?.patience, interrupt);
        let _lock = self.lock(line, &patience)?;
        self.submit_held(asked, patience)
    }

    /// Does what is asked for, with the line's lock held.
    fn submit_held(&self, asked: &dyn Fn() -> Result<Submission>, patience: Patience) -> Result<Reply> {
        let submission = asked()?;
        let earlier = self.store.find(&submission.line, &submission.key)?;
        if let Some(reply) = self.known_reply(&submission, earlier.as_ref())? {
            return Ok(reply);
        }
        let nothing_waits = self.store.first(&submission.line)?.is_none();
        let ahead = if MAKES_READY.contains(&submission.name.as_str()) {
            Ahead::Nothing
        } else {
            self.settle_queue(&submission.line, &patience, earlier.as_ref())?
        };
        match earlier.filter(|entry| goes_on(entry, &submission)) {
            Some(entry) => self.go_on(entry, ahead, patience),
            None => {
                let submission = if nothing_waits { submission } else { asked()? };
                self.check_sale_goes_on(&submission)?;
                self.start(submission, ahead, patience)
            }
        }
    }

    /// Asks for what only looks. It takes no lock and waits for nothing on its line, and the journal does not
    /// hear of it: what was seen can be looked at again.
    ///
    /// # Errors
    /// `unreachable` when no answer comes within the caller's patience, and whatever the service's step says.
    pub fn look(&self, submission: Submission, interrupt: &Interrupt) -> Result<Outcome> {
        let time = submission.patience.unwrap_or(self.account(&submission.line)?.patience);
        let (operation, ..) = self.accept(submission);
        let mut drive =
            self.begin(operation, Progress::Open, Past::default(), self.patience(time, interrupt))?;
        drive.looks = true;
        self.reply(drive.run()?).map(|reply| reply.outcome)
    }

    /// A sale ends once. Looked at under the line's lock and behind what was settled, because the
    /// caller's own look was before both.
    fn check_sale_goes_on(&self, submission: &Submission) -> Result<()> {
        let (line, name) = (&submission.line, submission.name.as_str());
        let Some(sale) = sale_id(&submission.params).filter(|_| name == BEGINS || ENDS.contains(&name))
        else {
            return Ok(());
        };
        if self.store.sale(line, sale)?.is_some_and(|known| known.ended) {
            let message = format!("the sale '{sale}' has ended; begin a new one under a new id");
            return Err(Error::new(Kind::Conflict, message).at("/id"));
        }
        let ending = |entry: &Entry| ENDS.contains(&entry.operation.name.as_str());
        if let Some(other) = self.store.unfinished_of(line, sale)?.into_iter().find(ending) {
            let name = other.operation.name;
            let message =
                format!("{name} of the sale '{sale}' was sent and is not settled yet; `sync` settles it");
            return Err(Error::new(Kind::Conflict, message).at("/id"));
        }
        Ok(())
    }

    /// The outcome of a finished operation under the same key, or the conflict with it.
    pub(super) fn known_reply(
        &self,
        submission: &Submission,
        earlier: Option<&Entry>,
    ) -> Result<Option<Reply>> {
        let Some(entry) = earlier else { return Ok(None) };
        let same = submission.is_of(entry);
        match &entry.progress {
            Progress::Finished(outcome) if submission.once && same => reply(outcome.clone(), true).map(Some),
            Progress::Failed | Progress::Parked | Progress::FollowUp(_) => Ok(None),
            Progress::Finished(_) if !submission.once => Ok(None),
            _ if same || !submission.once => Ok(None),
            _ => Err(conflict(submission)),
        }
    }

    /// Settles what stands before; tells what is left in the way.
    pub(super) fn settle_queue(
        &self,
        line: &Line,
        patience: &Patience,
        until: Option<&Entry>,
    ) -> Result<Ahead> {
        let own = until.map(|entry| entry.operation.id);
        // Without a link nothing is sent, however long the queue is.
        if self.world.is_down(&line.account, self.clock.monotonic())
            && let Some(first) = self.store.first(line)?
            && Some(first.operation.id) != own
            && !matches!(first.progress, Progress::Open)
        {
            return self.ahead(first.operation.id, matches!(first.progress, Progress::Deferred(..)));
        }
        let queue = self.store.queue(line)?;
        let count = queue.len();
        for (at, entry) in queue.into_iter().enumerate() {
            if Some(entry.operation.id) == own {
                return Ok(Ahead::Nothing);
            }
            let id = entry.operation.id;
            let is_deferred = matches!(entry.progress, Progress::Deferred(..));
            if self.world.is_down(&line.account, self.clock.monotonic())
                && !matches!(entry.progress, Progress::Open)
            {
                return self.ahead(id, is_deferred);
            }
            let mut drive = self.resume(entry, patience.clone())?;
            drive.behind = count - at - 1;
            if matches!(drive.run()?, Ended::HandedOver(_) | Ended::Stopped(_)) {
                return self.ahead(id, is_deferred);
            }
        }
        Ok(Ahead::Nothing)
    }

    /// What an unfinished operation at the head of the queue means for those behind it.
    fn ahead(&self, id: Uuid, is_deferred: bool) -> Result<Ahead> {
        let was_sent = |exchange: &crate::exchange::Exchange| {
            exchange.request.effect == Effect::Write && exchange.known != Known::NotSent
        };
        let replaying = is_deferred && self.store.exchanges(id)?.iter().any(was_sent);
        Ok(if replaying { Ahead::Replaying } else { Ahead::Waiting })
    }

    /// Takes up an operation that was begun under the same key.
    pub(super) fn go_on(&self, entry: Entry, ahead: Ahead, patience: Patience) -> Result<Reply> {
        let mut drive = self.resume(entry, patience)?;
        drive.replaying = ahead == Ahead::Replaying;
        self.reply(if ahead == Ahead::Nothing { drive.run()? } else { drive.without_service()? })
    }

    pub(super) fn start(&self, submission: Submission, ahead: Ahead, patience: Patience) -> Result<Reply> {
        let (operation, key, fingerprint) = self.accept(submission);
        let accepted = Box::new(operation.clone());
        let mut drive = self.begin(operation, Progress::Open, Past::default(), patience)?;
        drive.note(What::Accepted { operation: accepted, key: Some(key), fingerprint });
        drive.replaying = ahead == Ahead::Replaying;
        self.reply(if ahead == Ahead::Nothing { drive.run()? } else { drive.without_service()? })
    }

    /// What is submitted as an operation with an id of its own, its key and its fingerprint.
    pub(super) fn accept(&self, submission: Submission) -> (Operation, String, String) {
        let fingerprint = submission.digest();
        let Submission { name, line, above, zone, params, at, original, replaces, key, .. } = submission;
        let at = at.unwrap_or_else(|| self.now(&line.account));
        let id = self.ids.id();
        let operation = Operation {
            id,
            name,
            line,
            above,
            at,
            zone,
            params,
            original,
            replaces,
            open_sale: None,
            deferred: None,
            refused_before: false,
            set_aside: None,
        };
        (operation, key, fingerprint)
    }

    fn reply(&self, ended: Ended) -> Result<Reply> {
        match ended {
            Ended::Finished(outcome) => reply(outcome, true),
            Ended::HandedOver(outcome) => reply(outcome, false),
            Ended::Failed(error) | Ended::Stopped(error) => Err(error),
        }
    }
}

/// What stands before an operation in its line's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    Nothing,
    Waiting,
    /// Deferred operations, of which something was sent.
    Replaying,
}

/// Whether an unfinished operation is what the caller asks for again. One that is parked, with
/// nothing unanswered, gives way to what is asked for now.
pub(super) fn goes_on(entry: &Entry, submission: &Submission) -> bool {
    let same = submission.is_of(entry);
    match entry.progress {
        Progress::Parked => same,
        Progress::Open | Progress::HandedOver(_) | Progress::Deferred(..) => same || !submission.once,
        Progress::FollowUp(_) | Progress::Finished(_) | Progress::Failed => false,
    }
}

fn reply(outcome: Outcome, settled: bool) -> Result<Reply> {
    match outcome.error.clone() {
        Some(error) => Err(error),
        None => Ok(Reply { outcome, settled }),
    }
}

fn conflict(submission: &Submission) -> Error {
    let message =
        "this id was already used with other content; use a new id, or repeat the call with the same content";
    Error::new(Kind::Conflict, message).at("/id").with(|details| {
        details.sale = submission.key.split_once(':').map(|(_, sale)| sale.to_owned());
    })
}
