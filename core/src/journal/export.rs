//! The journal as files that an auditor can check without it (docs/journal.md has the format).

use super::chain::{COLUMNS, read_envelope, to_sql};
use super::entry::{Digest, Entry, hex};
use super::file::{folder_of, sync_folder};
use super::tally::{Tally, not_written, write_file};
use super::{Journal, verify};
use crate::error::{Error, Kind, Result};
use jiff::Timestamp;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What a manifest calls its format, and the version that is written.
pub(super) const NAME: &str = "fiskal journal export";
pub(super) const VERSION: u32 = 1;
/// The names of the files beside the entries.
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SUMS: &str = "SHA256SUMS";

/// How the entries are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// JSON Lines: one object a line.
    #[default]
    Jsonl,
    /// CSV (RFC 4180) with a line of names.
    Csv,
}

impl ExportFormat {
    /// The name of the file with the entries.
    pub(super) fn file(self) -> &'static str {
        match self {
            ExportFormat::Jsonl => "entries.jsonl",
            ExportFormat::Csv => "entries.csv",
        }
    }
}

/// The entries from `first` to `last`; from the beginning or to the end where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The number of the first entry.
    pub first: Option<u64>,
    /// The number of the last entry.
    pub last: Option<u64>,
}

/// What an export says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExportManifest")]
pub struct Manifest {
    /// `fiskal journal export`.
    pub format: String,
    /// The version of the format: 1.
    pub version: u32,
    /// The journal's id.
    #[schemars(with = "String")]
    pub journal: Uuid,
    /// When it was exported (RFC 3339).
    #[schemars(with = "String")]
    pub exported_at: Timestamp,
    /// The file with the entries.
    pub file: ExportFile,
    /// How many entries there are.
    pub entries: u64,
    /// How many of them are without payload, because it was erased.
    pub erased: u64,
    /// Whether these are all entries that the journal had.
    pub whole: bool,
    /// The first entry.
    pub first: ExportPoint,
    /// The last entry.
    pub last: ExportPoint,
    /// The last entry of each line before the first one exported: what the chains go on from.
    pub before: BTreeMap<String, ExportPoint>,
    /// The last exported entry of each line, or that before it.
    pub heads: BTreeMap<String, ExportPoint>,
}

/// The file with the entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportFile {
    /// Its name.
    pub name: String,
    /// How the entries are written.
    pub format: ExportFormat,
    /// Its SHA-256, 64 hexadecimal digits.
    #[schemars(with = "String")]
    pub sha256: Digest,
}

/// An entry, named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportPoint {
    /// Its number.
    pub seq: u64,
    /// Its hash, 64 hexadecimal digits.
    #[schemars(with = "String")]
    pub hash: Digest,
}

/// An entry as the file has it. Bytes are hexadecimal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) seq: u64,
    pub(super) line: String,
    pub(super) prev: String,
    pub(super) kind: String,
    /// For people.
    pub(super) at: Timestamp,
    /// As it is hashed: nanoseconds since 1970.
    pub(super) at_ns: String,
    pub(super) digest: String,
    pub(super) hash: String,
    /// Of the payload; absent once that is erased.
    pub(super) salt: Option<String>,
    /// The stored bytes as text.
    pub(super) payload: Option<String>,
    /// The entry that says that the payload was erased.
    pub(super) erased_by: Option<u64>,
}

impl Journal {
    /// Writes the entries of a range with a manifest and their checksums into a new folder. It is streamed,
    /// and seen under its name only when it is complete.
    ///
    /// # Errors
    /// `conflict`: there is something at `folder` already. `invalid`: its parent is not there or not
    /// writable, or the range holds no entry. `journal`: the journal cannot be read, or the disk is full.
    pub fn export(
        &self,
        folder: &Path,
        format: ExportFormat,
        range: Range,
        at: Timestamp,
    ) -> Result<Manifest> {
        refuse_existing(folder)?;
        let partial = partial(folder)?;
        create_folder(&partial)?;
        let result = self
            .read(|db| write_entries(db, self.id, &partial, format, range, at))
            .and_then(|manifest| finish(&partial, folder, &manifest).map(|()| manifest));
        if result.is_err() {
            // What is left of it would stand in the way of the next one.
            let _ = fs::remove_dir_all(&partial);
        }
        result
    }
}

/// Nothing is written over.
pub(super) fn refuse_existing(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let message = format!("{} exists already; name one that does not", path.display());
    Err(Error::new(Kind::Conflict, message).at("/path"))
}

/// Where something lies until it is complete.
pub(super) fn partial(path: &Path) -> Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| {
        let message = format!("'{}' is no name for something new; give another", path.display());
        Error::invalid("/path", message)
    })?;
    let mut name = name.to_owned();
    name.push(".partial");
    Ok(path.with_file_name(name))
}

fn create_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    // The entries have customers' data.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => left_over(folder),
        _ => Error::invalid("/path", format!("{} cannot be made ({cause})", folder.display())),
    })
}

/// The error where what is written until it is complete is there already.
pub(super) fn left_over(partial: &Path) -> Error {
    let message = format!(
        "{} is being written, or was left by a program that ended; remove it if nobody writes it",
        partial.display()
    );
    Error::new(Kind::Conflict, message).at("/path")
}

fn write_entries(
    db: &Connection,
    journal: Uuid,
    folder: &Path,
    format: ExportFormat,
    range: Range,
    at: Timestamp,
) -> Result<Manifest> {
    let (first, last) = (range.first.unwrap_or(1).max(1), range.last.unwrap_or(i64::MAX.unsigned_abs()));
    let before = heads_before(db, to_sql(first)?)?;
    let erasures = verify::erasures(db)?;
    let mut sink = Sink::create(folder, format)?;
    let mut heads = before.clone();
    let mut ends: Option<(ExportPoint, ExportPoint)> = None;
    let mut erased = 0;
    let sql = format!(
        "SELECT {COLUMNS} FROM entries e LEFT JOIN payloads p ON p.seq = e.seq
         WHERE e.seq >= ?1 AND e.seq <= ?2 ORDER BY e.seq"
    );
    let mut statement = db.prepare(&sql)?;
    let mut rows = statement.query([to_sql(first)?, to_sql(last)?])?;
    let mut entries = 0;
    while let Some(row) = rows.next()? {
        let entry = read_envelope(row)?;
        let erased_by = erasures.get(&entry.seq).copied();
        let row = exported(&entry, row.get(7)?, row.get(8)?, erased_by)?;
        erased += u64::from(row.payload.is_none());
        sink.write(&row)?;
        let point = ExportPoint { seq: entry.seq, hash: entry.hash };
        ends = Some((ends.map_or(point, |(first, _)| first), point));
        heads.insert(entry.line, point);
        entries += 1;
    }
    let (start, end) = ends.ok_or_else(|| {
        Error::invalid(
            "/first",
            format!("the journal has no entries from {first} to {last}; widen the range"),
        )
    })?;
    let is_last: bool = db.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM entries WHERE seq > ?1)",
        [to_sql(end.seq)?],
        |row| row.get(0),
    )?;
    Ok(Manifest {
        format: NAME.into(),
        version: VERSION,
        journal,
        exported_at: at,
        file: sink.finish(format)?,
        entries,
        erased,
        whole: start.seq == 1 && is_last,
        first: start,
        last: end,
        before,
        heads,
    })
}

fn heads_before(db: &Connection, first: i64) -> Result<BTreeMap<String, ExportPoint>> {
    let mut statement = db.prepare(
        "SELECT line, seq, hash FROM entries
         WHERE seq IN (SELECT max(seq) FROM entries WHERE seq < ?1 GROUP BY line)",
    )?;
    let heads = statement.query_map([first], |row| {
        let point = ExportPoint { seq: row.get::<_, i64>(1)?.unsigned_abs(), hash: Digest(row.get(2)?) };
        Ok((row.get(0)?, point))
    })?;
    Ok(heads.collect::<rusqlite::Result<_>>()?)
}

fn exported(
    entry: &Entry,
    payload: Option<Vec<u8>>,
    salt: Option<Vec<u8>>,
    erased_by: Option<u64>,
) -> Result<Row> {
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).map_err(|_| {
            let message =
                format!("the payload of entry {} is damaged; run `fiskal journal verify`", entry.seq);
            Error::new(Kind::Journal, message)
        })
    };
    Ok(Row {
        seq: entry.seq,
        line: entry.line.clone(),
        prev: entry.prev.to_string(),
        kind: entry.kind.clone(),
        at: entry.at,
        at_ns: super::entry::nanoseconds(entry.at)?.to_string(),
        digest: entry.digest.to_string(),
        hash: entry.hash.to_string(),
        salt: salt.map(|salt| hex(&salt)),
        erased_by: erased_by.filter(|_| payload.is_none()),
        payload: payload.map(text).transpose()?,
    })
}

/// The file with the entries, with what the manifest says of it.
struct Sink {
    path: PathBuf,
    out: Out,
}

enum Out {
    Jsonl(Tally),
    Csv(Box<csv::Writer<Tally>>),
}

impl Sink {
    fn create(folder: &Path, format: ExportFormat) -> Result<Self> {
        let path = folder.join(format.file());
        let tally = Tally::create(&path)?;
        let out = match format {
            ExportFormat::Jsonl => Out::Jsonl(tally),
            ExportFormat::Csv => {
                let builder = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(tally);
                Out::Csv(Box::new(builder))
            }
        };
        Ok(Sink { path, out })
    }

    fn write(&mut self, row: &Row) -> Result<()> {
        let written = match &mut self.out {
            Out::Jsonl(tally) => serde_json::to_writer(&mut *tally, row)
                .map_err(io::Error::from)
                .and_then(|()| tally.write_all(b"\n")),
            // A line of the file is an entry: that is how it is read, and how it is shown.
            Out::Csv(_) if [&row.line, &row.kind].into_iter().any(|name| name.contains(['\n', '\r'])) => {
                let message =
                    format!("entry {} has a name of two lines, which CSV is not for; use jsonl", row.seq);
                return Err(Error::invalid("/format", message));
            }
            Out::Csv(writer) => writer.serialize(row).map_err(io::Error::other),
        };
        written.map_err(|cause| not_written(&self.path, &cause))
    }

    fn finish(self, format: ExportFormat) -> Result<ExportFile> {
        let ended = match self.out {
            Out::Jsonl(tally) => Ok(tally),
            Out::Csv(writer) => writer.into_inner().map_err(|error| io::Error::other(error.to_string())),
        };
        let sha256 = ended.and_then(Tally::finish).map_err(|cause| not_written(&self.path, &cause))?;
        Ok(ExportFile { name: format.file().into(), format, sha256 })
    }
}

/// Writes the manifest and the checksums, and gives the folder its name.
fn finish(partial: &Path, folder: &Path, manifest: &Manifest) -> Result<()> {
    let text = serde_json::to_string_pretty(manifest)
        .map_err(|cause| Error::internal(format!("a manifest has no JSON form: {cause}")))?;
    let of_manifest = write_file(&partial.join(MANIFEST), &format!("{text}\n"))?;
    let sums = format!("{}  {}\n{of_manifest}  {MANIFEST}\n", manifest.file.sha256, manifest.file.name);
    write_file(&partial.join(SUMS), &sums)?;
    fs::rename(partial, folder).map_err(|cause| not_written(folder, &cause))?;
    sync_folder(&folder_of(folder))
}
