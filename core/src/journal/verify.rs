//! Checking the chains from the first entry to the last.

use super::chain::{COLUMNS, read_envelope};
use super::entry::{Digest, Entry, JOURNAL_LINE, SALT};
use super::fault::name_file;
use super::format::FORMAT;
use super::{Journal, file, format};
use crate::error::{Error, Kind, Result};
use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use uuid::Uuid;

/// What [`Journal::verify`] found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Verification {
    /// How many entries were read before the check ended, the first misfit left out.
    pub entries: u64,
    /// How many of these are erased, as a later entry says.
    pub erased: u64,
    /// The first entry that does not fit; none when all do.
    pub misfit: Option<Misfit>,
}

/// An entry that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Misfit {
    /// Its number.
    pub seq: u64,
    /// Its line, where that can be told.
    pub line: Option<String>,
    /// What is wrong with it.
    pub why: String,
}

impl Journal {
    /// Checks every entry, its payload, the chain of every line and the ties between them,
    /// reading the journal once from front to back; then whether the rest of the file is whole.
    ///
    /// # Errors
    /// `closed`, or `journal` when the file cannot even be opened; damage inside is a [`Misfit`].
    pub fn verify(&self) -> Result<Verification> {
        let id = self.id;
        self.read(|db| Ok(Walk::new(id).over(db)))
    }

    /// The same for a journal that is too damaged to be opened. Writes nothing.
    ///
    /// # Errors
    /// `config`: there is no such file. `journal`: it is no journal, of another format, or its
    /// first page is damaged.
    pub fn verify_file(path: &Path) -> Result<Verification> {
        name_file(&path.display().to_string(), verify_file(path))
    }
}

fn verify_file(path: &Path) -> Result<Verification> {
    let path = file::resolve_place(path)?;
    if !path.exists() {
        let sentence = format!("journal {}: there is no such file; name another", path.display());
        return Err(Error::new(Kind::Config, sentence));
    }
    let db = file::open_reader(&path)?;
    let snapshot = db.unchecked_transaction()?;
    let meta = format::identify(&snapshot)?;
    if meta.format != FORMAT {
        let sentence =
            format!("written in the older format {}; open it once, which brings it up to date", meta.format);
        return Err(Error::new(Kind::Journal, sentence));
    }
    Ok(Walk::new(meta.id).over(&snapshot))
}

/// What is known after the entries so far.
pub(super) struct Walk {
    journal: Uuid,
    /// The last entry before those that are walked.
    before: u64,
    pub(super) found: Verification,
    at: Timestamp,
    pub(super) heads: BTreeMap<String, (u64, Digest)>,
    /// Lines that the next tie must name.
    untied: BTreeSet<String>,
    /// Entries that the journal says were erased.
    pub(super) erased: HashSet<u64>,
}

pub(super) type Fit = std::result::Result<(), Misfit>;

impl Walk {
    fn new(journal: Uuid) -> Self {
        Walk::after(journal, 0, BTreeMap::new())
    }

    /// A walk over what follows the entry `before`, when the lines had these heads.
    pub(super) fn after(journal: Uuid, before: u64, heads: BTreeMap<String, (u64, Digest)>) -> Self {
        Walk {
            journal,
            before,
            found: Verification { entries: 0, erased: 0, misfit: None },
            at: Timestamp::MIN,
            heads,
            untied: BTreeSet::new(),
            erased: HashSet::new(),
        }
    }

    fn over(mut self, db: &Connection) -> Verification {
        self.found.misfit = self.walk(db).and_then(|()| self.check_file(db)).err();
        self.found
    }

    fn walk(&mut self, db: &Connection) -> Fit {
        let erased = erasures(db).map_err(|error| self.unreadable(&error))?;
        self.erased = erased.into_keys().collect();
        let sql =
            format!("SELECT {COLUMNS} FROM entries e LEFT JOIN payloads p ON p.seq = e.seq ORDER BY e.seq");
        let mut statement = db.prepare(&sql).map_err(|error| self.unreadable(&error.into()))?;
        let mut rows = statement.query([]).map_err(|error| self.unreadable(&error.into()))?;
        while let Some(row) = rows.next().map_err(|error| self.unreadable(&error.into()))? {
            let entry = read_envelope(row).map_err(|error| self.unreadable(&error))?;
            let payload: Option<Vec<u8>> = row.get(7).map_err(|error| self.unreadable(&error.into()))?;
            let salt: Option<Vec<u8>> = row.get(8).map_err(|error| self.unreadable(&error.into()))?;
            self.step(entry, payload.as_deref(), salt.as_deref())?;
        }
        self.check_heads(db)
    }

    /// Goes on to the next entry, and gives the payload where it is the journal's own.
    pub(super) fn step(
        &mut self,
        entry: Entry,
        payload: Option<&[u8]>,
        salt: Option<&[u8]>,
    ) -> std::result::Result<Value, Misfit> {
        self.check_envelope(&entry)?;
        let payload = self.check_payload(&entry, payload, salt)?;
        if entry.line == JOURNAL_LINE {
            self.check_tie(&entry, &payload)?;
            self.untied.clear();
        } else {
            self.untied.insert(entry.line.clone());
        }
        self.at = entry.at;
        self.heads.insert(entry.line, (entry.seq, entry.hash));
        self.found.entries += 1;
        Ok(payload)
    }

    /// The number of the entry that comes now.
    pub(super) fn next(&self) -> u64 {
        self.before + self.found.entries + 1
    }

    fn unreadable(&self, error: &Error) -> Misfit {
        Misfit { seq: self.next(), line: None, why: format!("cannot be read: {}", error.message()) }
    }

    fn check_envelope(&self, entry: &Entry) -> Fit {
        if entry.seq != self.next() {
            return Err(Misfit { seq: self.next(), line: None, why: "is missing".into() });
        }
        let prev = self.heads.get(&entry.line).map_or(Digest::genesis(self.journal), |(_, hash)| *hash);
        let why = if entry.prev != prev {
            "does not name the entry before it in its line"
        } else if entry.computed_hash() != Ok(entry.hash) {
            "was changed: its hash is another"
        } else if entry.at < self.at {
            "is older than the entry before it"
        } else {
            return Ok(());
        };
        Err(misfit(entry, why))
    }

    /// Returns the payload of the journal's own entries, which the walk must understand.
    fn check_payload(
        &mut self,
        entry: &Entry,
        payload: Option<&[u8]>,
        salt: Option<&[u8]>,
    ) -> std::result::Result<Value, Misfit> {
        match (payload, salt) {
            (Some(bytes), Some(salt))
                if salt.len() == SALT && Digest::of_payload(salt, bytes) == entry.digest =>
            {
                if entry.line != JOURNAL_LINE {
                    return Ok(Value::Null);
                }
                serde_json::from_slice(bytes).map_err(|_| misfit(entry, "has a payload that is not JSON"))
            }
            (Some(_), Some(_)) => Err(misfit(entry, "has another payload or salt than its digest says")),
            _ if self.erased.contains(&entry.seq) => {
                self.found.erased += 1;
                Ok(Value::Null)
            }
            _ => Err(misfit(entry, "lost its payload, and no entry says that it was erased")),
        }
    }

    /// A tie names exactly the lines that changed since the last one, with their heads.
    fn check_tie(&self, entry: &Entry, payload: &Value) -> Fit {
        let Some(named) = payload.get("heads").and_then(Value::as_object) else {
            return Err(misfit(entry, "does not name the heads of the lines"));
        };
        for (line, head) in named {
            let seq = head.get("seq").and_then(Value::as_u64).unwrap_or_default();
            let hash = head.get("hash").and_then(Value::as_str).unwrap_or_default();
            match self.heads.get(line) {
                Some((found, digest)) if *found == seq && digest.to_string() == hash => {}
                _ => {
                    let why = format!("is not what entry {} says was written there", entry.seq);
                    return Err(Misfit { seq, line: Some(line.clone()), why });
                }
            }
        }
        match self.untied.iter().find(|line| !named.contains_key(*line)) {
            Some(line) => {
                Err(misfit(entry, &format!("does not name the line {line}, which changed before it")))
            }
            None => Ok(()),
        }
    }

    /// What SQLite finds in the rest of the file: with a damaged index, what was sold before may not be found.
    fn check_file(&self, db: &Connection) -> Fit {
        let told = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
        let told = told.map_err(|error| self.unreadable(&error.into()))?;
        if told == "ok" {
            return Ok(());
        }
        let why = format!(
            "fits, as all before it do, but the file is damaged beside them: {}",
            told.replace('\n', " ")
        );
        Err(Misfit { seq: self.next().saturating_sub(1), line: None, why })
    }

    /// The heads kept for writing are those of the entries.
    fn check_heads(&self, db: &Connection) -> Fit {
        let stored = stored_heads(db).map_err(|error| self.unreadable(&error))?;
        for (line, (seq, hash)) in &stored {
            if self.heads.get(line) != Some(&(*seq, *hash)) {
                let why = format!("is missing or was changed: the line's head is kept as entry {seq}");
                return Err(Misfit { seq: (*seq).min(self.next()), line: Some(line.clone()), why });
            }
        }
        match self.heads.iter().find(|(line, _)| stored.iter().all(|(kept, _)| kept != *line)) {
            Some((line, (seq, _))) => Err(Misfit {
                seq: *seq,
                line: Some(line.clone()),
                why: "is not kept as its line's head".into(),
            }),
            None => Ok(()),
        }
    }
}

fn misfit(entry: &Entry, why: &str) -> Misfit {
    Misfit { seq: entry.seq, line: Some(entry.line.clone()), why: why.into() }
}

/// Whatever `journal.erased` entries name, with the entry that names it; those entries are themselves checked
/// on the walk.
pub(super) fn erasures(db: &Connection) -> Result<HashMap<u64, u64>> {
    let mut statement = db.prepare(
        "SELECT p.payload, e.seq FROM entries e JOIN payloads p ON p.seq = e.seq
         WHERE e.line = ?1 AND e.kind = 'journal.erased'",
    )?;
    let mut rows = statement.query([JOURNAL_LINE])?;
    let mut seqs = HashMap::new();
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(0)?;
        let by = row.get::<_, i64>(1)?.unsigned_abs();
        let payload: Value = serde_json::from_slice(&bytes).map_err(|_| {
            Error::new(Kind::Journal, "a journal.erased entry has a payload that is not JSON")
        })?;
        let named = payload.get("seqs").and_then(Value::as_array);
        seqs.extend(named.into_iter().flatten().filter_map(Value::as_u64).map(|seq| (seq, by)));
    }
    Ok(seqs)
}

/// In the order of their numbers, so that the first misfit is found first.
fn stored_heads(db: &Connection) -> Result<Vec<(String, (u64, Digest))>> {
    let mut statement = db.prepare("SELECT line, seq, hash FROM lines ORDER BY seq")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, (row.get::<_, i64>(1)?.unsigned_abs(), Digest(row.get(2)?))))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
