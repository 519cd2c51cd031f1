//! The story of a sale, from the journal: what was asked, sent, answered, checked and decided.

mod story;

use super::{Definition, Run, given, read, returned, written};
use crate::engine::events::{Event, What};
use crate::engine::parsed;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Line, Operation};
use crate::fiskal::{Call, Place};
use crate::journal::{Entry, Filter, Journal};
use crate::receipt::Receipt;
use crate::text::quoted;
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Entries read at a time.
const PAGE: u32 = 500;
/// An operation was written down no earlier than this before its own time: clocks are set right in between.
const EARLIER: SignedDuration = SignedDuration::from_hours(26);
/// A decision is written down within so many entries after what came of it.
const SOON_AFTER: u64 = 1_000;
/// The longest name that is looked for, in characters.
const LONGEST: usize = 128;

pub(super) const EXPLAIN: Definition = Definition {
    name: "receipt.explain",
    summary: "Tells the story of a sale from the journal in plain words: request, why, answer, checks, retries, replays.",
    params: given::<Explain>,
    result: returned::<Story>,
    run: Run::Client(explain),
};

/// Parameters of `receipt.explain`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Explain {
    /// The merchant's own number of the receipt, the caller's id of the sale, or the receipt's id.
    of: String,
    /// Only of this register; it is looked for on all if absent.
    #[serde(default)]
    register: Option<String>,
}

/// Result of `receipt.explain`.
#[derive(Serialize, JsonSchema)]
struct Story {
    /// The register.
    register: String,
    /// The caller's id of the sale.
    sale: Option<String>,
    /// The receipts that were made of it, as they stand now.
    receipts: Vec<Receipt>,
    /// What happened, in order.
    steps: Vec<Step>,
}

/// One thing that happened.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StoryStep")]
struct Step {
    /// The number of the journal's entry.
    seq: u64,
    /// When it was written down (RFC 3339, the location's time, to the millisecond).
    at: String,
    /// The entry's kind.
    kind: String,
    /// What happened, in plain words.
    text: String,
}

fn explain(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Explain { of, register } = read(params)?;
    if of.is_empty() || of.chars().count() > LONGEST {
        let message = format!("a number or an id has 1 to {LONGEST} characters; give one of those");
        return Err(Error::invalid("/of", message));
    }
    let names: Vec<&str> = match &register {
        Some(register) => vec![register.as_str()],
        None => fiskal.config().registers.keys().map(String::as_str).collect(),
    };
    let mut found = Vec::new();
    for name in names {
        let line = fiskal.place(name)?.line;
        found.extend(subjects(fiskal.journal(), &line, &of)?.into_iter().map(|subject| (name, subject)));
    }
    let (name, subject) = match &found[..] {
        [one] => one,
        [] => {
            let message =
                format!("the journal has no receipt and no sale {}; give its number, or its id", quoted(&of));
            return Err(Error::new(Kind::NotFound, message).at("/of"));
        }
        several => {
            let sales = several.iter().map(|(name, subject)| format!("{} on {name}", subject.name()));
            let sales: Vec<String> = sales.take(10).collect();
            let message = format!("{} is several: {}; give the id of one", quoted(&of), sales.join(", "));
            return Err(Error::new(Kind::Conflict, message).at("/of"));
        }
    };
    written(&tell(fiskal.journal(), &fiskal.place(name)?, subject)?)
}

/// What a story is about: a sale, or a receipt without one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Sale(String),
    Receipt(String),
}

impl Subject {
    fn name(&self) -> &str {
        match self {
            Subject::Sale(name) | Subject::Receipt(name) => name,
        }
    }
}

/// What goes by this name on a register.
fn subjects(journal: &Journal, line: &Line, of: &str) -> Result<BTreeSet<Subject>> {
    let line = line.to_string();
    journal.read(|db| {
        let mut subjects = BTreeSet::new();
        let mut statement = db.prepare_cached(
            "SELECT id, sale FROM receipts WHERE id = ?2 AND line = ?1
             UNION SELECT id, sale FROM receipts WHERE line = ?1 AND (sale = ?2 OR number = ?2)",
        )?;
        let mut rows = statement.query(params![line, of])?;
        while let Some(row) = rows.next()? {
            let sale: Option<String> = row.get(1)?;
            subjects.insert(sale.map_or(Subject::Receipt(row.get(0)?), Subject::Sale));
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM operations WHERE line = ?1 AND sale = ?2)";
        if db.prepare_cached(sql)?.query_row(params![line, of], |row| row.get(0))? {
            subjects.insert(Subject::Sale(of.to_owned()));
        }
        Ok(subjects)
    })
}

fn tell(journal: &Journal, place: &Place<'_>, subject: &Subject) -> Result<Story> {
    let line = &place.line;
    let receipts = receipts_of(journal, line, subject)?;
    let operations = operations_of(journal, line, subject, &receipts)?;
    let sale = match subject {
        Subject::Sale(sale) => Some(sale.clone()),
        Subject::Receipt(_) => None,
    };
    let mut steps = Vec::new();
    if let Some(first) = operations.values().map(|operation| operation.at).min() {
        let until = last_of(journal, &operations)?;
        let mut page = Filter {
            line: Some(line.to_string()),
            after: first_after(journal, first.checked_sub(EARLIER).unwrap_or(Timestamp::MIN))?,
            limit: PAGE,
            ..Filter::default()
        };
        loop {
            let entries = journal.entries(&page)?;
            let Some(last) = entries.last().filter(|_| page.after < until) else { break };
            page.after = last.seq;
            for entry in entries.iter().filter(|entry| entry.seq <= until) {
                steps.extend(step(entry, place, &operations, sale.as_deref())?);
            }
        }
    }
    Ok(Story { register: line.name.clone(), sale, receipts, steps })
}

fn receipts_of(journal: &Journal, line: &Line, subject: &Subject) -> Result<Vec<Receipt>> {
    let column = match subject {
        Subject::Sale(_) => "sale",
        Subject::Receipt(_) => "id",
    };
    journal.read(|db| {
        let sql = format!("SELECT receipt FROM receipts WHERE line = ?1 AND {column} = ?2 ORDER BY changed");
        let mut statement = db.prepare_cached(&sql)?;
        let texts =
            statement.query_map(params![line.to_string(), subject.name()], |row| row.get::<_, String>(0))?;
        texts.map(|text| parsed(&text?)).collect()
    })
}

/// The operations of the sale, and those on its receipts.
fn operations_of(
    journal: &Journal,
    line: &Line,
    subject: &Subject,
    receipts: &[Receipt],
) -> Result<BTreeMap<Uuid, Operation>> {
    let mut operations = BTreeMap::new();
    journal.read(|db| {
        let sql = "SELECT operation FROM operations WHERE line = ?1 AND sale = ?2";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(params![line.to_string(), subject.name()])?;
        while let Some(row) = rows.next()? {
            let operation: Operation = parsed(&row.get::<_, String>(0)?)?;
            operations.insert(operation.id, operation);
        }
        let mut wanted: Vec<String> = operations.keys().map(Uuid::to_string).collect();
        wanted.extend(receipts.iter().map(|receipt| receipt.id.clone()));
        let sql = "SELECT operation FROM operations WHERE line = ?1 AND (id = ?2 OR instr(key, ?2) > 0 OR instr(operation, ?2) > 0)";
        for id in wanted {
            let mut statement = db.prepare_cached(sql)?;
            let mut rows = statement.query(params![line.to_string(), id])?;
            while let Some(row) = rows.next()? {
                let operation: Operation = parsed(&row.get::<_, String>(0)?)?;
                operations.insert(operation.id, operation);
            }
        }
        Ok(())
    })?;
    Ok(operations)
}

/// The last entry that can belong to them. The decision about a refused operation follows soon after what was
/// done instead; that to set one aside at any time.
fn last_of(journal: &Journal, operations: &BTreeMap<Uuid, Operation>) -> Result<u64> {
    let mut last = 0;
    for id in operations.keys() {
        let ended: Option<u64> = journal.read(|db| {
            let sql = "SELECT CASE WHEN set_aside IS NULL AND refused = 0 THEN ended END FROM operations WHERE id = ?1";
            let ended: Option<i64> = db.prepare_cached(sql)?.query_row([id.to_string()], |row| row.get(0))?;
            Ok(ended.map(i64::unsigned_abs))
        })?;
        last = last.max(ended.map_or(u64::MAX, |ended| ended + SOON_AFTER));
    }
    Ok(last)
}

/// The last entry before a time. Times never run backwards, so half of what is left is ruled out each time.
fn first_after(journal: &Journal, at: Timestamp) -> Result<u64> {
    let (mut low, mut high) = (0, journal.last_seq()?);
    while low < high {
        let middle = low + (high - low) / 2;
        let page = journal.entries(&Filter { after: middle, limit: 1, ..Filter::default() })?;
        match page.first() {
            Some(entry) if entry.at < at => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// What an entry adds to the story, if it belongs to it.
fn step(
    entry: &Entry,
    place: &Place<'_>,
    operations: &BTreeMap<Uuid, Operation>,
    sale: Option<&str>,
) -> Result<Option<Step>> {
    let Some(payload) = &entry.payload else { return Ok(None) };
    let Some(event) = Event::from_entry(&entry.line, &entry.kind, payload.clone())? else { return Ok(None) };
    let belongs = match &event.what {
        What::Updated { sale: updated, .. } => Some(updated.as_str()) == sale,
        other => operation_of(other).is_some_and(|id| operations.contains_key(&id)),
    };
    if !belongs {
        return Ok(None);
    }
    Ok(Some(Step {
        seq: entry.seq,
        at: place.local_ms(entry.at)?,
        kind: entry.kind.clone(),
        text: story::sentence(&event.what, place, operations)?,
    }))
}

fn operation_of(what: &What) -> Option<Uuid> {
    Some(match what {
        What::Accepted { operation, .. } => operation.id,
        What::Requested { operation, .. }
        | What::Again { operation, .. }
        | What::Answered { operation, .. }
        | What::Lost { operation, .. }
        | What::HandedOver { operation, .. }
        | What::Deferred { operation, .. }
        | What::Parked { operation, .. }
        | What::Finished { operation, .. }
        | What::Failed { operation, .. }
        | What::Stuck { operation, .. }
        | What::Resolved { operation, .. } => *operation,
        What::Updated { .. } => return None,
    })
}
