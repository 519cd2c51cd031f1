//! The journal as files: exported for an auditor, copied for a bad day, and what of it was erased.

use super::super::{Definition, Run, given, read, returned, written};
use crate::engine::ports::Store;
use crate::error::{Error, Kind, Result};
use crate::fiskal::Call;
use crate::journal::{ExportFormat, JOURNAL_LINE, Manifest, Misfit, Range};
use rusqlite::{OptionalExtension, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Characters of a reason.
const REASON: usize = 500;
/// The most entries that are erased at once.
const MOST: usize = 10_000;

pub(in crate::operations) const EXPORT: Definition = Definition {
    name: "journal.export",
    summary: "Writes the journal, or a range of it, into a new folder, so that it can be checked elsewhere without the journal.",
    params: given::<Export>,
    result: returned::<Manifest>,
    run: Run::Client(export),
};

pub(in crate::operations) const BACKUP: Definition = Definition {
    name: "journal.backup",
    summary: "Copies the journal into a new file while it is in use, and checks the copy.",
    params: given::<Backup>,
    result: returned::<BackedUp>,
    run: Run::Client(backup),
};

pub(in crate::operations) const REDACT: Definition = Definition {
    name: "journal.redact",
    summary: "Erases the content of entries for ever, such as a customer's data, and writes down that and why; the chain stays.",
    params: given::<Redact>,
    result: returned::<Redacted>,
    run: Run::Client(redact),
};

/// Parameters of `journal.export`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Export {
    /// The folder to make; there must be nothing of this name. Relative to the journal's folder.
    path: String,
    /// How the entries are written.
    #[serde(default)]
    format: ExportFormat,
    /// The number of the first entry; from the beginning if absent.
    #[serde(default)]
    first: Option<u64>,
    /// The number of the last entry; to the end if absent.
    #[serde(default)]
    last: Option<u64>,
}

/// Parameters of `journal.backup`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Backup {
    /// The file to make; there must be nothing of this name. Relative to the journal's folder.
    path: String,
}

/// Result of `journal.backup`.
#[derive(Serialize, JsonSchema)]
struct BackedUp {
    /// How many entries the copy has.
    entries: u64,
    /// The first of them that does not fit; none when all do.
    misfit: Option<Misfit>,
}

/// Parameters of `journal.redact`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Redact {
    /// The numbers of the entries, as `receipt.explain` and `journal.export` show them; 1 to 10,000.
    entries: Vec<u64>,
    /// Why, for the journal; 1 to 500 characters.
    reason: String,
}

/// Result of `journal.redact`.
#[derive(Serialize, JsonSchema)]
struct Redacted {
    /// How many entries are without content now that had some before.
    erased: u64,
}

/// A path as the caller means it: relative to the journal's folder.
pub(super) fn place_of(fiskal: &Call<'_>, path: &str, pointer: &str) -> Result<PathBuf> {
    if path.is_empty() || path.contains('\0') {
        return Err(Error::invalid(pointer, "this is no path; name a place on this machine"));
    }
    Ok(fiskal.config().journal.parent().unwrap_or(Path::new("")).join(path))
}

fn export(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Export { path, format, first, last } = read(params)?;
    for (pointer, seq) in [("/first", first), ("/last", last)] {
        if seq.is_some_and(|seq| seq == 0 || seq > i64::MAX.unsigned_abs()) {
            return Err(Error::invalid(pointer, "entries are numbered from 1; give the number of an entry"));
        }
    }
    let folder = place_of(fiskal, &path, "/path")?;
    let range = Range { first, last };
    written(&fiskal.journal().export(&folder, format, range, jiff::Timestamp::now())?)
}

fn backup(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Backup { path } = read(params)?;
    let found = fiskal.journal().backup(&place_of(fiskal, &path, "/path")?)?;
    written(&BackedUp { entries: found.entries, misfit: found.misfit })
}

fn redact(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Redact { entries, reason } = read(params)?;
    let length = reason.chars().count();
    if reason.trim().is_empty() || length > REASON {
        let message = format!("a reason has 1 to {REASON} characters, this one has {length}; say why");
        return Err(Error::invalid("/reason", message));
    }
    if entries.is_empty() || entries.len() > MOST {
        let message = format!("1 to {MOST} entries are erased at once, these are {}", entries.len());
        return Err(Error::invalid("/entries", message));
    }
    for (at, seq) in entries.iter().enumerate() {
        check_erasable(fiskal, *seq, &entries).map_err(|error| error.at(format!("/entries/{at}")))?;
    }
    let erased = fiskal.journal().erase(&entries, jiff::Timestamp::now(), &reason)?;
    written(&Redacted { erased })
}

/// Refuses what is still needed: of an operation that is not over, and the last word about its line, from
/// which the next sale goes on. And the end of what would then seem to have none.
fn check_erasable(fiskal: &Call<'_>, seq: u64, entries: &[u64]) -> Result<()> {
    let needed = |why: &str| Error::new(Kind::NotReady, format!("entry {seq} is still needed: {why}"));
    let Ok(at) = i64::try_from(seq) else {
        return Err(Error::new(Kind::NotFound, format!("there is no entry {seq}")));
    };
    let found: Option<(String, Option<String>)> = fiskal.journal().read(|db| {
        let sql = "SELECT e.line, coalesce(json_extract(CAST(p.payload AS TEXT), '$.operation.id'), json_extract(CAST(p.payload AS TEXT), '$.operation'))
                   FROM entries e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.seq = ?1";
        Ok(db.prepare_cached(sql)?.query_row([at], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    })?;
    let Some((line, operation)) = found else {
        return Err(Error::new(Kind::NotFound, format!("there is no entry {seq}")));
    };
    if line == JOURNAL_LINE {
        let message = format!("entry {seq} is the journal's own and holds nobody's data; leave it out");
        return Err(Error::new(Kind::Invalid, message));
    }
    if let Some(id) = operation.and_then(|id| id.parse::<Uuid>().ok())
        && let Some(entry) = fiskal.engine().store().operation(id)?
    {
        use crate::engine::ports::Progress::{Failed, Finished, Parked};
        if !matches!(entry.progress, Finished(_) | Failed | Parked) {
            return Err(needed("its operation is not over; run `sync` first"));
        }
        if let Some(beginning) = beginning_of(fiskal, id, at)?.filter(|seq| !entries.contains(seq)) {
            let why = format!(
                "it ends the operation that entry {beginning} begins; without it that one would be taken for \
                 unfinished, and done again, when a newer version reads the journal anew; erase both"
            );
            return Err(needed(&why));
        }
    }
    let last: Option<i64> = fiskal.journal().read(|db| {
        let sql = "SELECT e.seq FROM entries e JOIN payloads p ON p.seq = e.seq
                   WHERE e.line = ?1 AND e.kind IN ('operation.finished', 'operation.deferred', 'operation.handed_over')
                     AND json_extract(CAST(p.payload AS TEXT), '$.outcome.learned') IS NOT NULL
                   ORDER BY e.seq DESC LIMIT 1";
        Ok(db.prepare_cached(sql)?.query_row([&line], |row| row.get(0)).optional()?)
    })?;
    if last == Some(at) {
        return Err(needed("it is the last word about its line, from which the next operation goes on"));
    }
    Ok(())
}

/// The entry that begins the operation which the entry `ended` ends, unless that one is erased.
fn beginning_of(fiskal: &Call<'_>, operation: Uuid, ended: i64) -> Result<Option<u64>> {
    let found: Option<i64> = fiskal.journal().read(|db| {
        // A follow-up begins with what ended the operation that it follows, and only asks.
        let sql = "SELECT p.seq FROM operations o JOIN payloads p ON p.seq = o.accepted
                   WHERE o.id = ?1 AND o.ended = ?2 AND o.key IS NOT NULL";
        let values = params![operation.to_string(), ended];
        Ok(db.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?)
    })?;
    Ok(found.map(i64::unsigned_abs))
}
