//! Settles what waits: unanswered requests, deferred operations in their order, follow-ups.

use crate::engine::Engine;
use crate::engine::drive::{Drive, Ended};
use crate::engine::events::{Event, What};
use crate::engine::ports::{
    Clock, Durability, Entry, Ids, OpenSale, Progress, ReceiptFilter, SecretStore, Store,
};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Line, Outcome};
use crate::interrupt::Interrupt;
use crate::receipt::State;
use crate::text::quoted;
use crate::transport::Transport;
use serde::Serialize;
use serde_json::Value;

/// What a synchronisation did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Synced {
    /// Operations that are over now.
    pub settled: usize,
    /// Operations that still wait.
    pub waiting: usize,
    /// Receipts whose state is another than before.
    pub changed: Vec<Changed>,
}

/// A receipt whose state changed.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "ChangedReceipt")]
pub struct Changed {
    /// The receipt's id.
    pub receipt: String,
    /// Its state before.
    pub from: State,
    /// Its state now.
    pub to: State,
    /// What the till or its user has to do about it.
    pub todo: Option<String>,
}

/// How a synchronisation goes about it.
struct Pace<'a> {
    /// Nobody waits for it.
    in_background: bool,
    interrupt: &'a Interrupt,
}

/// No more receipts than this can be waiting at once.
const MOST_WAITING: usize = 100_000;

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Engine<S, T, C, I, K> {
    /// Settles what waits on all lines, as far as the services answer.
    ///
    /// A line that somebody else works on is left to them and counted as waiting. Once `interrupt` is
    /// raised, the rest waits for the next synchronisation.
    ///
    /// # Errors
    /// `journal` when the journal cannot be read or written.
    pub fn sync(&self, interrupt: &Interrupt) -> Result<Synced> {
        self.sync_all(&Pace { in_background: false, interrupt })
    }

    /// As [`Engine::sync`], for a thread that nobody waits for: it leaves a link that failed lately
    /// alone, and keeps each attempt shorter than a caller's patience, so that a sale that comes
    /// meanwhile finds its register free in time.
    ///
    /// # Errors
    /// `journal` when the journal cannot be read or written.
    pub fn sync_in_background(&self, interrupt: &Interrupt) -> Result<Synced> {
        self.sync_all(&Pace { in_background: true, interrupt })
    }

    fn sync_all(&self, pace: &Pace<'_>) -> Result<Synced> {
        let mut synced = Synced::default();
        for line in self.store.unfinished_lines()? {
            let left_alone = pace.interrupt.is_raised()
                || pace.in_background && self.world.is_down(&line.account, self.clock.monotonic());
            if !left_alone && self.account(&line).is_ok() {
                match self.sync_line(&line, pace, &mut synced) {
                    Err(error) if error.kind() == Kind::Journal => return Err(error),
                    // The other lines have nothing to do with it.
                    Err(error) => tracing::error!(%line, %error, "this line cannot be settled"),
                    Ok(()) => {}
                }
            }
            synced.waiting += self.store.waiting(&line)?.count;
        }
        Ok(synced)
    }

    fn sync_line(&self, line: &Line, pace: &Pace<'_>, synced: &mut Synced) -> Result<()> {
        let Some(_lock) = self.store.try_lock(line)? else { return Ok(()) };
        let before = self.waiting_receipts(line)?;
        let queue = self.store.queue(line)?;
        let count = queue.len();
        for (at, entry) in queue.into_iter().enumerate() {
            if pace.interrupt.is_raised() || self.world.is_wanted(line) {
                break;
            }
            let mut drive = self.resume_unhurried(entry, pace)?;
            drive.behind = count - at - 1;
            match drive.run()? {
                Ended::Finished(_) | Ended::Failed(_) => synced.settled += 1,
                Ended::HandedOver(_) | Ended::Stopped(_) => break,
            }
        }
        for entry in self.store.follow_ups(line)? {
            synced.settled += usize::from(self.follow_up(entry, pace)?);
        }
        for (id, from) in before {
            let Some(now) = self.store.receipt(&super::ports::ReceiptKey::Id(id))? else { continue };
            if now.state != from {
                synced.changed.push(Changed { receipt: now.id, from, to: now.state, todo: now.todo });
            }
        }
        Ok(())
    }

    /// The receipts of a line that are not final, in the order in which they came to be so.
    fn waiting_receipts(&self, line: &Line) -> Result<Vec<(String, State)>> {
        let filter = ReceiptFilter { line: Some(line.clone()), waiting: true, after: 0, limit: MOST_WAITING };
        let waiting = self.store.receipts(&filter)?.into_iter();
        Ok(waiting.map(|(_, receipt)| (receipt.id, receipt.state)).collect())
    }

    /// Tries a follow-up whose time has come; tells whether it is over.
    fn follow_up(&self, entry: Entry, pace: &Pace<'_>) -> Result<bool> {
        let now = self.now(&entry.operation.line.account);
        if matches!(entry.progress, Progress::FollowUp(not_before) if now < not_before) {
            return Ok(false);
        }
        let drive = self.resume_unhurried(entry, pace)?;
        Ok(matches!(drive.run()?, Ended::Finished(_) | Ended::Failed(_)))
    }

    /// An operation that no customer waits for; it gives way to one who wants its line.
    fn resume_unhurried(&self, entry: Entry, pace: &Pace<'_>) -> Result<Drive<'_, S, T, C, I, K>> {
        let patience = self.account(&entry.operation.line)?.patience;
        let mut drive = self.resume(entry, self.patience(self.limits.background, pace.interrupt))?;
        drive.yields = true;
        if pace.in_background {
            drive.attempt_limit = drive.attempt_limit.min(patience * 2 / 3);
        }
        Ok(drive)
    }

    /// Changes the cart of a begun sale; durable when it returns.
    ///
    /// # Errors
    /// `not_found` for a sale that was not begun, `conflict` for one that has ended.
    pub fn update_sale(
        &self,
        line: &Line,
        sale: &str,
        cart: Value,
        interrupt: &Interrupt,
    ) -> Result<OpenSale> {
        let patience = self.patience(self.account(line)?.patience, interrupt);
        let _lock = self.lock(line, &patience)?;
        let known = self.store.sale(line, sale)?.ok_or_else(|| no_such_sale(sale))?;
        if known.ended {
            let message = format!("the sale '{sale}' has ended; begin a new one");
            return Err(Error::new(Kind::Conflict, message).at("/id"));
        }
        let what = What::Updated { sale: sale.to_owned(), cart: cart.clone() };
        self.store.append(
            &[Event { line: line.clone(), what }],
            self.now(&line.account),
            Durability::Durable,
        )?;
        Ok(OpenSale { cart, ..known })
    }

    /// The outcome of the last operation under a key, without asking anybody.
    ///
    /// # Errors
    /// `journal` when the journal cannot be read.
    pub fn recorded(&self, line: &Line, key: &str) -> Result<Option<Outcome>> {
        Ok(self.store.find(line, key)?.and_then(|entry| match entry.progress {
            Progress::Finished(outcome) | Progress::HandedOver(outcome) | Progress::Deferred(outcome, _) => {
                Some(outcome)
            }
            _ => None,
        }))
    }
}

/// The error for a sale that was never begun.
pub(crate) fn no_such_sale(sale: &str) -> Error {
    let message = format!("no sale {} was begun here; `sale.list` shows those that are open", quoted(sale));
    Error::new(Kind::NotFound, message).at("/id")
}
