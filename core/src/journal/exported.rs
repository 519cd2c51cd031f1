//! An export, checked from its files alone: on another machine, without the journal.

use super::entry::{Digest, Entry, timestamp, unhex};
use super::export::{ExportFormat, MANIFEST, Manifest, NAME, Row, SUMS, VERSION};
use super::verify::{Fit, Misfit, Walk};
use crate::error::{Error, Kind, Result};
use crate::text::shown_path;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// The longest manifest or list of checksums, in bytes.
const LONGEST_MANIFEST: u64 = 64 << 20;
/// The longest entry, in bytes: the largest payload with every byte escaped.
const LONGEST_LINE: u64 = 128 << 20;
/// The columns of the CSV, in their order.
const COLUMNS: [&str; 11] =
    ["seq", "line", "prev", "kind", "at", "at_ns", "digest", "hash", "salt", "payload", "erased_by"];

/// What [`verify_export`] found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ExportVerification")]
pub struct Exported {
    /// What the export says of itself.
    pub manifest: Manifest,
    /// How many entries were read before the check ended, the first misfit left out.
    pub entries: u64,
    /// How many of these are erased.
    pub erased: u64,
    /// The first entry that does not fit; none when all do.
    pub misfit: Option<Misfit>,
}

/// Recomputes every hash, chain and tie of an export from its files, and holds them against its manifest.
///
/// ```
/// # fn main() -> fiskal::error::Result<()> {
/// use fiskal::journal::{ExportFormat, Journal, Options, Range, verify_export};
/// use std::sync::Arc;
///
/// let options = Options {
///     id: uuid::Uuid::from_u128(7),
///     salt: Arc::new(|| [7; 16]), // unpredictable bytes in a real journal
///     now: jiff::Timestamp::UNIX_EPOCH,
/// };
/// let journal = Journal::in_memory(Arc::new(fiskal::engine::Book), options)?;
/// let folder = tempfile::tempdir().expect("a temporary folder");
/// let audit = folder.path().join("audit");
/// journal.export(&audit, ExportFormat::Jsonl, Range::default(), jiff::Timestamp::UNIX_EPOCH)?;
///
/// let found = verify_export(&audit)?;
/// assert_eq!((found.entries, found.misfit), (1, None));
/// # Ok(()) }
/// ```
///
/// # Errors
/// `invalid`: there is no export in the folder, or one of another version. `journal`: a file is not what the
/// manifest or the checksums say, though every entry fits.
pub fn verify_export(folder: &Path) -> Result<Exported> {
    let manifest = read_manifest(folder)?;
    let mut check = Check::of(&manifest);
    let file = open(&folder.join(manifest.file.format.file()))?;
    let mut lines = Lines { input: BufReader::new(file), hash: Sha256::new() };
    let misfit = check.walk(&mut lines, manifest.file.format)?.err();
    let found = Exported {
        entries: check.walk.found.entries,
        erased: check.walk.found.erased,
        manifest: manifest.clone(),
        misfit,
    };
    if found.misfit.is_none() {
        let sha256 = Digest(lines.hash.finalize().into());
        check_file(&manifest, sha256)?;
    }
    Ok(found)
}

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|cause| {
        let message = format!("{} cannot be read ({cause}); name the folder of an export", shown_path(path));
        Error::invalid("/export", message)
    })
}

fn read_text(path: &Path) -> Result<String> {
    let mut text = String::new();
    let read = open(path)?.take(LONGEST_MANIFEST).read_to_string(&mut text);
    read.map_err(|cause| {
        Error::invalid("/export", format!("{} cannot be read ({cause})", shown_path(path)))
    })?;
    Ok(text)
}

/// The manifest, once the list of checksums is found to be that of both files.
fn read_manifest(folder: &Path) -> Result<Manifest> {
    let text = read_text(&folder.join(MANIFEST))?;
    let value: Value = serde_json::from_str(&text).map_err(|cause| not_understood(&cause.to_string()))?;
    let version = value.get("version").and_then(Value::as_u64);
    if value.get("format").and_then(Value::as_str) != Some(NAME) || version != Some(VERSION.into()) {
        let message =
            format!("the manifest is not of a '{NAME}' of version {VERSION}; use the program that made it");
        return Err(Error::invalid("/export", message));
    }
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|cause| not_understood(&cause.to_string()))?;
    let points = manifest.before.values().chain(manifest.heads.values());
    let most = points.chain([&manifest.first, &manifest.last]).map(|point| point.seq).max();
    if most.is_some_and(|seq| seq >= i64::MAX.unsigned_abs()) || manifest.first.seq == 0 {
        return Err(not_understood("an entry has an impossible number"));
    }
    let of_manifest = Digest(Sha256::digest(text.as_bytes()).into());
    let sums =
        format!("{}  {}\n{of_manifest}  {MANIFEST}\n", manifest.file.sha256, manifest.file.format.file());
    match read_text(&folder.join(SUMS))? == sums {
        true => Ok(manifest),
        false => Err(Error::new(
            Kind::Journal,
            format!("{SUMS} does not fit the manifest; one of them was changed"),
        )),
    }
}

fn not_understood(why: &str) -> Error {
    Error::new(Kind::Journal, format!("the manifest cannot be understood ({why}); it was changed"))
}

fn check_file(manifest: &Manifest, sha256: Digest) -> Result<()> {
    if sha256 == manifest.file.sha256 {
        return Ok(());
    }
    let message =
        format!("{} is not the file that the manifest names: its SHA-256 is {sha256}", manifest.file.name);
    Err(Error::new(Kind::Journal, message))
}

/// A walk over the rows of an export.
struct Check<'m> {
    manifest: &'m Manifest,
    walk: Walk,
    /// Entries without payload, and which entry is said to have erased them.
    claims: HashMap<u64, u64>,
}

impl<'m> Check<'m> {
    fn of(manifest: &'m Manifest) -> Self {
        let heads = manifest.before.iter().map(|(line, point)| (line.clone(), (point.seq, point.hash)));
        let before = manifest.first.seq.saturating_sub(1);
        let walk = Walk::after(manifest.journal, before, heads.collect());
        Check { manifest, walk, claims: HashMap::new() }
    }

    /// The outer error is one of the file; the inner one names the entry.
    fn walk(&mut self, lines: &mut Lines, format: ExportFormat) -> Result<Fit> {
        if format == ExportFormat::Csv {
            let names = lines.next()?.unwrap_or_default();
            if csv_fields(&names).is_none_or(|fields| fields != COLUMNS) {
                return Ok(Err(self.wrong("cannot be read: the line of names before it is another")));
            }
        }
        while let Some(line) = lines.next()? {
            let Some(row) = parse(&line, format) else {
                return Ok(Err(self.wrong("cannot be read")));
            };
            if let Err(misfit) = self.step(&row) {
                return Ok(Err(misfit));
            }
        }
        Ok(self.end())
    }

    fn wrong(&self, why: &str) -> Misfit {
        Misfit { seq: self.walk.next(), line: None, why: why.into() }
    }

    fn step(&mut self, row: &Row) -> Fit {
        let unreadable = || Misfit {
            seq: row.seq,
            line: Some(row.line.clone()),
            why: "has a hash, a time or a salt that cannot be read".into(),
        };
        let entry = entry_of(row).ok_or_else(unreadable)?;
        let salt = match &row.salt {
            Some(salt) => Some(unhex(salt).ok_or_else(unreadable)?),
            None => None,
        };
        if let (None, Some(by)) = (&row.payload, row.erased_by.filter(|by| *by > row.seq)) {
            self.walk.erased.insert(row.seq);
            self.claims.insert(row.seq, by);
        }
        let payload = row.payload.as_deref().map(str::as_bytes);
        let own = self.walk.step(entry, payload, salt.as_deref())?;
        if row.kind == "journal.erased" {
            let seqs = own.get("seqs").and_then(Value::as_array).into_iter().flatten();
            for seq in seqs.filter_map(Value::as_u64) {
                if self.claims.get(&seq) == Some(&row.seq) {
                    self.claims.remove(&seq);
                }
            }
        }
        Ok(())
    }

    /// The end is the one that the manifest names, and every erasure was said by the entry that is named.
    fn end(&self) -> Fit {
        let Manifest { last, heads, entries, erased, .. } = self.manifest;
        let found: BTreeMap<&str, (u64, Digest)> =
            self.walk.heads.iter().map(|(line, head)| (line.as_str(), *head)).collect();
        let named: BTreeMap<&str, (u64, Digest)> =
            heads.iter().map(|(line, point)| (line.as_str(), (point.seq, point.hash))).collect();
        if self.walk.next() != last.seq + 1 || self.walk.found.entries != *entries {
            return Err(self.wrong("is missing, or the manifest counts otherwise"));
        }
        if found != named || self.walk.found.erased != *erased {
            let why = "is the last one, and the manifest names other heads or erasures";
            return Err(Misfit { seq: last.seq, line: None, why: why.into() });
        }
        match self.claims.iter().filter(|(_, by)| **by <= last.seq).min() {
            None => Ok(()),
            Some((seq, by)) => {
                let why = format!("is said to be erased by entry {by}, which does not say so");
                Err(Misfit { seq: *seq, line: None, why })
            }
        }
    }
}

fn entry_of(row: &Row) -> Option<Entry> {
    let at = timestamp(row.at_ns.parse().ok()?).ok().filter(|at| *at == row.at)?;
    Some(Entry {
        seq: row.seq,
        line: row.line.clone(),
        prev: row.prev.parse().ok()?,
        kind: row.kind.clone(),
        at,
        digest: row.digest.parse().ok()?,
        hash: row.hash.parse().ok()?,
        payload: None,
    })
}

fn parse(line: &str, format: ExportFormat) -> Option<Row> {
    match format {
        ExportFormat::Jsonl => serde_json::from_str(line).ok(),
        ExportFormat::Csv => {
            let fields = csv_fields(line)?;
            let [seq, line, prev, kind, at, at_ns, digest, hash, salt, payload, erased_by] = &fields[..]
            else {
                return None;
            };
            let given = |text: &String| (!text.is_empty()).then(|| text.clone());
            Some(Row {
                seq: seq.parse().ok()?,
                line: line.clone(),
                prev: prev.clone(),
                kind: kind.clone(),
                at: at.parse().ok()?,
                at_ns: at_ns.clone(),
                digest: digest.clone(),
                hash: hash.clone(),
                salt: given(salt),
                payload: given(payload),
                erased_by: given(erased_by).map(|seq| seq.parse()).transpose().ok()?,
            })
        }
    }
}

/// The fields of one line, which is one record.
fn csv_fields(line: &str) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(str::to_owned).collect())
}

/// The lines of a file, no longer than an entry can be, with the file's hash.
struct Lines {
    input: BufReader<File>,
    hash: Sha256,
}

impl Lines {
    fn next(&mut self) -> Result<Option<String>> {
        let mut line = Vec::new();
        let read = (&mut self.input).take(LONGEST_LINE).read_until(b'\n', &mut line);
        let count = read.map_err(|cause: io::Error| {
            Error::new(Kind::Journal, format!("the entries cannot be read ({cause}); copy the export again"))
        })?;
        self.hash.update(&line);
        if count == 0 {
            return Ok(None);
        }
        String::from_utf8(line)
            .map(Some)
            .map_err(|_| Error::new(Kind::Journal, "the file with the entries is not UTF-8; it was changed"))
    }
}
