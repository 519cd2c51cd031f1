//! The journal held against what its services have: their records carry the journal's last entry, and the
//! journal has the requests that booked them.

use crate::engine::Submission;
use crate::engine::ports::Store;
use crate::error::Result;
use crate::exchange::{Line, Witness, Witnesses};
use crate::fiskal::{Call, Place};
use crate::journal::Journal;
use crate::operations::told;
use crate::receipt::{Receipt, State};
use rusqlite::{OptionalExtension, params};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::time::Duration;
use uuid::Uuid;

/// For one page of records: nobody stands at the till.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most misfits that are named; all are counted.
const NAMED: usize = 100;
/// The most pages of records of one register.
const MOST_PAGES: u32 = 20_000;
/// Within so many entries after its anchor the request of a record was written down. Other registers write
/// in between.
const NEAR: i64 = 5_000;

/// What the services know of the journal.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OnlineVerification")]
pub(super) struct Online {
    /// The registers whose records were fetched.
    registers: Vec<Checked>,
    /// How many records and receipts do not fit.
    count: u64,
    /// The first 100 of them, the earliest entry of the journal first.
    misfits: Vec<Mismatch>,
}

/// A register whose records were fetched.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CheckedRegister")]
struct Checked {
    /// Its name.
    register: String,
    /// How many records the service has.
    records: u64,
    /// How many of them carry an entry of the journal that is still what it was.
    anchored: u64,
    /// The last entry of the register that a record carries: up to there it was not rewritten.
    up_to: Option<u64>,
}

/// A record or a receipt that does not fit.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OnlineMisfit")]
struct Mismatch {
    /// The register.
    register: String,
    /// The entry of the journal that the record carries.
    seq: Option<u64>,
    /// The service's record.
    record: Option<String>,
    /// The journal's receipt.
    receipt: Option<String>,
    /// What is wrong, in a sentence.
    why: String,
}

pub(super) fn verify(fiskal: &Call<'_>, only: Option<&str>) -> Result<Online> {
    let names: Vec<&str> = match only {
        Some(register) => vec![register],
        None => fiskal.config().registers.keys().map(String::as_str).collect(),
    };
    let mut online = Online { registers: Vec::new(), count: 0, misfits: Vec::new() };
    for name in names {
        let place = fiskal.place(name)?;
        let is_known = !fiskal.engine().store().facts(&place.line)?.is_null();
        if is_known || only.is_some() {
            check_register(fiskal, name, &place, &mut online)?;
        }
    }
    online.misfits.sort_by_key(|misfit| misfit.seq.unwrap_or(u64::MAX));
    online.misfits.truncate(NAMED);
    Ok(online)
}

fn check_register(fiskal: &Call<'_>, name: &str, place: &Place<'_>, online: &mut Online) -> Result<()> {
    // Read first: what is booked meanwhile is in the service's list only.
    let mut signed = signed_records(fiskal, &place.line)?;
    let mut checked = Checked { register: name.to_owned(), records: 0, anchored: 0, up_to: None };
    let mut next = None;
    for _ in 0..MOST_PAGES {
        let asked = place.submission("journal.witness", String::new(), json!({ "next": next }));
        let page = fiskal.look(Submission { patience: Some(PATIENCE), ..asked })?.result;
        let page: Witnesses = told(&page)?;
        for witness in &page.records {
            let is_known = signed.remove(&mark_of(&witness.record));
            checked.records += 1;
            match held_against(fiskal.journal(), &place.line, witness, is_known)? {
                Fit::Anchored(seq) => {
                    checked.anchored += 1;
                    checked.up_to = checked.up_to.max(Some(seq));
                }
                Fit::Unanchored => {}
                Fit::Not(why) => online.note(Mismatch {
                    register: name.to_owned(),
                    seq: witness.anchor.as_ref().map(|anchor| anchor.seq),
                    record: Some(witness.record.clone()),
                    receipt: None,
                    why,
                }),
            }
        }
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    if !signed.is_empty() {
        each_signed(fiskal, &place.line, &mut |record, receipt| {
            if signed.remove(&mark_of(&record)) {
                let why =
                    "the journal has this receipt as signed, and the service has no such record".to_owned();
                let register = name.to_owned();
                online.note(Mismatch {
                    register,
                    seq: None,
                    record: Some(record),
                    receipt: Some(receipt),
                    why,
                });
            }
        })?;
    }
    online.registers.push(checked);
    Ok(())
}

impl Online {
    fn note(&mut self, misfit: Mismatch) {
        self.count += 1;
        // More than are named are kept, because the earliest entries are named; not without end.
        if self.misfits.len() < 100 * NAMED {
            self.misfits.push(misfit);
        }
    }
}

/// Marks of the records that the service has signed by the journal: 16 bytes each, however long the ids are.
fn signed_records(fiskal: &Call<'_>, line: &Line) -> Result<HashSet<Mark>> {
    let mut signed = HashSet::new();
    each_signed(fiskal, line, &mut |record, _| {
        signed.insert(mark_of(&record));
    })?;
    Ok(signed)
}

type Mark = [u8; 16];

fn mark_of(record: &str) -> Mark {
    let hash: [u8; 32] = Sha256::digest(record).into();
    std::array::from_fn(|at| hash[at])
}

/// Passes record and receipt of all that the service has signed by the journal.
fn each_signed(fiskal: &Call<'_>, line: &Line, each: &mut dyn FnMut(String, String)) -> Result<()> {
    fiskal.engine().store().each_receipt(line, &mut |receipt| {
        if let Some(record) = record_of(&receipt).filter(|_| receipt.state == State::Signed) {
            each(record, receipt.id);
        }
    })
}

/// The service's id of what was booked, by the service's word for it.
fn record_of(receipt: &Receipt) -> Option<String> {
    receipt.ids.get("record").or_else(|| receipt.ids.get("receipt")).cloned()
}

/// How a record fits.
enum Fit {
    Anchored(u64),
    /// Made by the service itself, or carrying no entry.
    Unanchored,
    Not(String),
}

/// `is_known`: whether the journal has a signed receipt for the record.
fn held_against(journal: &Journal, line: &Line, witness: &Witness, is_known: bool) -> Result<Fit> {
    if witness.own {
        return Ok(Fit::Unanchored);
    }
    if witness.journal.as_deref() != Some(&journal.id().to_string()) {
        return Ok(Fit::Not(foreign(witness, is_known)));
    }
    let line = line.to_string();
    let Some(anchor) = &witness.anchor else {
        let asked_for = is_known || is_booked_after(journal, &line, 0, witness.mark.as_deref())?;
        return Ok(if asked_for { Fit::Unanchored } else { unasked(witness) });
    };
    let Some((own_line, hash)) = hash_of(journal, anchor.seq)? else {
        return Ok(Fit::Not(format!(
            "the record carries entry {}, and the journal ends before it: later entries are lost",
            anchor.seq
        )));
    };
    if own_line != line || hash != anchor.hash {
        return Ok(Fit::Not(format!(
            "entry {} of the journal is not what it was when this record was booked; it or one before it in \
             the line {line} was rewritten",
            anchor.seq
        )));
    }
    Ok(match is_booked_after(journal, &line, anchor.seq, witness.mark.as_deref())? {
        true => Fit::Anchored(anchor.seq),
        false => unasked(witness),
    })
}

/// What is wrong with a record that does not name this journal.
fn foreign(witness: &Witness, is_known: bool) -> String {
    let kind = &witness.kind;
    match &witness.journal {
        _ if is_known => format!(
            "the journal has this record ({kind}) as its own, and the record no longer says so: somebody changed \
             its metadata at the service"
        ),
        Some(other) => format!("this record ({kind}) was booked by another journal, {other}"),
        None => format!("this record ({kind}) was booked by another program: it names no journal"),
    }
}

fn unasked(witness: &Witness) -> Fit {
    Fit::Not(format!("the journal does not have the request that booked this record ({})", witness.kind))
}

/// Line and hash of an entry.
fn hash_of(journal: &Journal, seq: u64) -> Result<Option<(String, String)>> {
    let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
    journal.read(|db| {
        let sql = "SELECT line, lower(hex(hash)) FROM entries WHERE seq = ?1";
        Ok(db.prepare_cached(sql)?.query_row([seq], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    })
}

/// Whether what carries `mark` was written down soon after an entry; something erased may have been it. What is no
/// mark was never written down.
fn is_booked_after(journal: &Journal, line: &str, seq: u64, mark: Option<&str>) -> Result<bool> {
    let Some(mark) = mark.and_then(|mark| mark.parse::<Uuid>().ok()) else { return Ok(false) };
    let from = i64::try_from(seq).unwrap_or(i64::MAX);
    journal.read(|db| {
        let sql = "SELECT p.payload FROM entries e LEFT JOIN payloads p ON p.seq = e.seq
                   WHERE e.line = ?1 AND e.seq > ?2 AND e.seq <= ?3
                     AND e.kind IN ('exchange.request', 'operation.deferred') ORDER BY e.seq";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(params![line, from, from.saturating_add(NEAR)])?;
        let quoted = format!("\"{mark}\"");
        while let Some(row) = rows.next()? {
            let payload: Option<Vec<u8>> = row.get(0)?;
            let Some(payload) = payload else { return Ok(true) };
            if String::from_utf8_lossy(&payload).contains(&quoted) {
                return Ok(true);
            }
        }
        Ok(false)
    })
}
