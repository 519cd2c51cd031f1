//! The store that fails at call *n*, and forgets what was not durable.

use crate::ports::{BEGINNING, Bug, Shared, lock};
use fiskal::engine::Book;
use fiskal::engine::events::{Event, What};
use fiskal::engine::ports::{Durability, Entry, OpenSale, ReceiptFilter, ReceiptKey, Store, Waiting};
use fiskal::error::{Error, Kind, Result};
use fiskal::exchange::{Anchor, Exchange, Line};
use fiskal::journal::{Journal, LineLock, Options};
use fiskal::receipt::Receipt;
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;

/// The journal, which fails, and forgets what was not durable when the power goes.
pub struct FaultyStore {
    journal: Journal,
    outside: Shared,
}

impl FaultyStore {
    /// Opens what the disk still has: everything written, or, after a power cut, everything durable.
    pub fn reopen(outside: &Shared, power_cut: bool) -> Self {
        let mut held = lock(outside);
        let rest = std::mem::take(&mut held.in_page_cache);
        if !power_cut {
            held.on_disk.extend(rest);
        }
        let journal = Journal::in_memory(Arc::new(Book), options()).unwrap();
        for (events, at) in &held.on_disk {
            Store::append(&journal, events, *at, Durability::Lazy).unwrap();
        }
        drop(held);
        FaultyStore { journal, outside: outside.clone() }
    }

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    pub fn verify(&self) {
        assert_eq!(self.journal.verify().unwrap().misfit, None);
    }

    /// A newer version derives its tables anew: nothing may be open or over then that was not before.
    pub fn rebuilds_to_the_same(&self) -> std::result::Result<(), String> {
        let live = self.tables();
        self.journal.rebuild().map_err(|error| error.to_string())?;
        let rebuilt = self.tables();
        match live.iter().zip(&rebuilt).find(|(live, rebuilt)| live != rebuilt) {
            Some((live, rebuilt)) => Err(format!("rebuilt {rebuilt}\nfrom {live}")),
            None if live.len() == rebuilt.len() => Ok(()),
            None => Err(format!("{} rows were rebuilt to {}", live.len(), rebuilt.len())),
        }
    }

    /// Every row of the projection.
    fn tables(&self) -> Vec<String> {
        let rows = self.journal.read(|db| {
            let mut rows = Vec::new();
            for table in ["facts", "operations", "exchanges", "sales", "receipts"] {
                let mut statement = db.prepare(&format!("SELECT * FROM {table}"))?;
                let columns = statement.column_count();
                let of_table = statement.query_map([], |row| {
                    let values: Vec<rusqlite::types::Value> =
                        (0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
                    Ok(format!("{table} {values:?}"))
                })?;
                rows.extend(of_table.collect::<rusqlite::Result<Vec<String>>>()?);
            }
            Ok(rows)
        });
        rows.unwrap()
    }

    fn planted(&self, events: &[Event], durability: Durability) -> (Vec<Event>, Durability) {
        match lock(&self.outside).bug {
            Some(Bug::RequestNotDurable) => (events.to_vec(), Durability::Lazy),
            Some(Bug::AnswerDropped) => {
                let kept = events.iter().filter(|event| !matches!(event.what, What::Finished { .. }));
                (kept.cloned().collect(), durability)
            }
            _ => (events.to_vec(), durability),
        }
    }
}

impl Store for FaultyStore {
    type Lock = LineLock;

    fn id(&self) -> Uuid {
        Store::id(&self.journal)
    }

    fn last_at(&self) -> Timestamp {
        Store::last_at(&self.journal)
    }

    fn try_lock(&self, line: &Line) -> Result<Option<LineLock>> {
        Store::try_lock(&self.journal, line)
    }

    fn append(&self, events: &[Event], at: Timestamp, durability: Durability) -> Result<()> {
        let fails = {
            let mut outside = lock(&self.outside);
            outside.maybe_kill();
            outside.trouble().then(|| outside.dice.next() % 2)
        };
        let full = || Error::new(Kind::Journal, "the disk is full");
        if fails == Some(0) {
            return Err(full());
        }
        let (events, durability) = self.planted(events, durability);
        Store::append(&self.journal, &events, at, durability)?;
        let mut outside = lock(&self.outside);
        outside.in_page_cache.push((events, at));
        if durability == Durability::Durable {
            let written = std::mem::take(&mut outside.in_page_cache);
            outside.on_disk.extend(written);
        }
        outside.maybe_kill();
        if fails.is_some() { Err(full()) } else { Ok(()) }
    }

    fn anchor(&self, line: &Line) -> Result<Option<Anchor>> {
        self.journal.anchor(line)
    }

    fn facts(&self, line: &Line) -> Result<Value> {
        self.journal.facts(line)
    }

    fn operation(&self, id: Uuid) -> Result<Option<Entry>> {
        self.journal.operation(id)
    }

    fn find(&self, line: &Line, key: &str) -> Result<Option<Entry>> {
        self.journal.find(line, key)
    }

    fn queue(&self, line: &Line) -> Result<Vec<Entry>> {
        self.journal.queue(line)
    }

    fn first(&self, line: &Line) -> Result<Option<Entry>> {
        self.journal.first(line)
    }

    fn unfinished_of(&self, line: &Line, sale: &str) -> Result<Vec<Entry>> {
        self.journal.unfinished_of(line, sale)
    }

    fn refused(&self, line: &Line) -> Result<Vec<Entry>> {
        self.journal.refused(line)
    }

    fn follow_ups(&self, line: &Line) -> Result<Vec<Entry>> {
        self.journal.follow_ups(line)
    }

    fn waiting(&self, line: &Line) -> Result<Waiting> {
        self.journal.waiting(line)
    }

    fn unfinished_lines(&self) -> Result<Vec<Line>> {
        self.journal.unfinished_lines()
    }

    fn exchanges(&self, operation: Uuid) -> Result<Vec<Exchange>> {
        self.journal.exchanges(operation)
    }

    fn sale(&self, line: &Line, sale: &str) -> Result<Option<OpenSale>> {
        self.journal.sale(line, sale)
    }

    fn open_sales(&self, line: &Line) -> Result<Vec<OpenSale>> {
        self.journal.open_sales(line)
    }

    fn receipt(&self, by: &ReceiptKey) -> Result<Option<Receipt>> {
        self.journal.receipt(by)
    }

    fn receipts(&self, filter: &ReceiptFilter) -> Result<Vec<(u64, Receipt)>> {
        self.journal.receipts(filter)
    }

    fn each_receipt(&self, line: &Line, each: &mut dyn FnMut(Receipt)) -> Result<()> {
        self.journal.each_receipt(line, each)
    }
}

fn options() -> Options {
    Options { id: Uuid::from_u128(7), now: BEGINNING.parse().unwrap(), salt: Arc::new(|| [7; 16]) }
}
