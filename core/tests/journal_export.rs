//! An export is checked from its files alone, and whatever is done to them is found.
#![allow(clippy::unwrap_used, clippy::panic)]

mod journal_support;

use fiskal::error::Kind;
use fiskal::journal::{ExportFormat, Exported, Journal, Range, verify_export};
use journal_support::{add, at, in_memory, open};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Changes the lines of a file, the first so many of which are no entries.
type Change = fn(&mut Vec<String>, usize);

const FORMATS: [ExportFormat; 2] = [ExportFormat::Jsonl, ExportFormat::Csv];

/// 1 opened, 2 A, 3 B, 4 A (erased), 5 tied, 6 erased, 7 A, 8 B.
fn journal() -> Journal {
    let journal = in_memory();
    for (line, text) in [("A", "zwei, \"two\""), ("B", "line\nbreak"), ("A", "Jürgen 🍞")] {
        add(&journal, line, text);
    }
    journal.tie(at(2)).unwrap();
    assert_eq!(journal.erase(&[4], at(3), "asked for").unwrap(), 1);
    add(&journal, "A", "");
    add(&journal, "B", "eight");
    journal
}

fn range(first: u64, last: u64) -> Range {
    Range { first: Some(first), last: Some(last) }
}

/// The export of a range, in a folder of its own.
fn exported(format: ExportFormat, range: Range) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit");
    journal().export(&path, format, range, at(9)).unwrap();
    (folder, path)
}

fn entries_file(path: &Path) -> PathBuf {
    let jsonl = path.join("entries.jsonl");
    if jsonl.exists() { jsonl } else { path.join("entries.csv") }
}

/// The example's own word, from the files alone.
fn python(path: &Path) -> Result<String, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/python/verify_export.py");
    let ran = Command::new("python3").arg(script).arg(path).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
    if ran.status.success() { Ok(text(ran.stdout)) } else { Err(text(ran.stderr)) }
}

#[test]
fn an_export_fits_and_says_what_it_is() {
    for format in FORMATS {
        let (_folder, path) = exported(format, Range::default());
        let Exported { manifest, entries, erased, misfit } = verify_export(&path).unwrap();
        assert_eq!((entries, erased, misfit), (8, 1, None), "{format:?}");
        assert!(manifest.whole);
        assert_eq!((manifest.first.seq, manifest.last.seq, manifest.entries), (1, 8, 8));
        assert!(manifest.before.is_empty());
        assert_eq!(manifest.heads.keys().collect::<Vec<_>>(), ["A", "B", "journal"]);
        assert_eq!(python(&path).unwrap(), "all 8 entries fit, 1 of them erased");
        let sums = Command::new("sha256sum").args(["-c", "SHA256SUMS"]).current_dir(&path).output().unwrap();
        assert!(sums.status.success(), "{sums:?}");
        let mut names: Vec<_> = fs::read_dir(&path)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["SHA256SUMS", entries_file(&path).file_name().unwrap().to_str().unwrap(), "manifest.json"]
        );
    }
}

#[test]
fn every_part_fits_too() {
    for first in 1..=8 {
        for last in [first, 5.max(first), 8] {
            let (_folder, path) = exported(ExportFormat::Jsonl, range(first, last));
            let found = verify_export(&path).unwrap();
            assert_eq!((found.entries, found.misfit), (last - first + 1, None), "{first} to {last}");
            assert_eq!(found.manifest.whole, (first, last) == (1, 8));
        }
    }
    for format in FORMATS {
        let (_folder, path) = exported(format, range(3, 5));
        assert_eq!(python(&path).unwrap(), "all 3 entries fit, 1 of them erased");
    }
}

/// What is done to the file of entries, and the first entry that does not fit then.
#[test]
fn a_changed_entry_is_named() {
    let cases: [(&str, &str, &str, u64); 9] = [
        ("payload", "eight", "nine", 8),
        ("another salt", "00000002", "00000009", 2),
        ("kind", "journal.tied", "journal.tird", 5),
        ("line", "\"B\"", "\"A\"", 3),
        ("time for people", "2026-01-01T00:00:03Z", "2026-01-02T00:00:03Z", 6),
        ("time that is hashed", "1767225603000000000", "1767225604000000000", 6),
        ("an erasure that was not", "\"erased_by\":6", "\"erased_by\":5", 4),
        ("no erasure", "\"erased_by\":6", "\"erased_by\":null", 4),
        ("no JSON", "{\"seq\":7", "{\"seq\":", 7),
    ];
    for (what, from, to, seq) in cases {
        let (_folder, path) = exported(ExportFormat::Jsonl, Range::default());
        let text = fs::read_to_string(path.join("entries.jsonl")).unwrap();
        let lines = text.lines().map(|line| {
            let own = line.starts_with(&format!("{{\"seq\":{seq},"));
            if own { line.replace(from, to) + "\n" } else { format!("{line}\n") }
        });
        let changed: String = lines.collect();
        assert_ne!(changed, text, "{what}");
        fs::write(path.join("entries.jsonl"), changed).unwrap();
        let misfit = verify_export(&path).unwrap().misfit.unwrap_or_else(|| panic!("{what} was not found"));
        assert_eq!(misfit.seq, seq, "{what}: {}", misfit.why);
    }
}

#[test]
fn a_missing_or_moved_entry_is_named() {
    for format in FORMATS {
        let head = usize::from(format == ExportFormat::Csv);
        let cases: [(&str, Change, u64); 5] = [
            ("the last one is missing", |lines, _| drop(lines.pop()), 8),
            ("one is missing", |lines, head| drop(lines.remove(head + 2)), 3),
            ("one is there twice", |lines, head| lines.insert(head + 2, lines[head + 1].clone()), 3),
            ("two are exchanged", |lines, head| lines.swap(head + 2, head + 3), 3),
            ("nothing is left", |lines, head| lines.truncate(head), 1),
        ];
        for (what, change, seq) in cases {
            let (_folder, path) = exported(format, Range::default());
            let file = entries_file(&path);
            let text = fs::read_to_string(&file).unwrap();
            let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
            change(&mut lines, head);
            fs::write(&file, lines.concat()).unwrap();
            let misfit = verify_export(&path).unwrap().misfit.unwrap();
            assert_eq!(misfit.seq, seq, "{format:?}, {what}: {}", misfit.why);
            assert!(python(&path).is_err(), "{format:?}, {what}");
        }
    }
}

#[test]
fn changed_files_are_found() {
    let (_folder, path) = exported(ExportFormat::Csv, Range::default());
    let whole = fs::read_to_string(path.join("entries.csv")).unwrap();
    fs::write(path.join("entries.csv"), whole.replace("\r\n", "\n")).unwrap();
    let error = verify_export(&path).unwrap_err();
    assert_eq!(error.kind(), Kind::Journal);
    assert!(error.message().contains("SHA-256"), "{error}");
    fs::write(path.join("entries.csv"), &whole).unwrap();
    verify_export(&path).unwrap();

    let manifest = fs::read_to_string(path.join("manifest.json")).unwrap();
    for (what, from, to, kind) in [
        ("the count", "\"entries\": 8", "\"entries\": 9", Kind::Journal),
        ("a name of ours", "\"whole\"", "\"hole\"", Kind::Journal),
        ("the version", "\"version\": 1", "\"version\": 2", Kind::Invalid),
        ("the format", "fiskal journal export", "something else", Kind::Invalid),
        ("an impossible number", "\"seq\": 8", "\"seq\": 18446744073709551615", Kind::Journal),
        ("not JSON", "{", "[", Kind::Journal),
    ] {
        assert_ne!(manifest.replace(from, to), manifest, "{what}");
        fs::write(path.join("manifest.json"), manifest.replace(from, to)).unwrap();
        assert_eq!(verify_export(&path).unwrap_err().kind(), kind, "{what}");
    }
    fs::remove_file(path.join("manifest.json")).unwrap();
    let error = verify_export(&path).unwrap_err();
    assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some("/export")));
}

/// A manifest with sums of its own says that another entry erased the payload.
#[test]
fn an_export_cannot_claim_an_erasure() {
    let (_folder, path) = exported(ExportFormat::Jsonl, Range::default());
    let file = path.join("entries.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.split_once(",\"salt\"") {
            Some((head, _)) if line.starts_with("{\"seq\":3,") => {
                format!("{head},\"salt\":null,\"payload\":null,\"erased_by\":6}}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    fs::write(&file, lines.concat()).unwrap();
    let manifest = fs::read_to_string(path.join("manifest.json")).unwrap();
    let manifest = manifest.replace("\"erased\": 1", "\"erased\": 2");
    fs::write(path.join("manifest.json"), &manifest).unwrap();
    let of = |name: &str| {
        let sum = Command::new("sha256sum").arg(name).current_dir(&path).output().unwrap();
        String::from_utf8(sum.stdout).unwrap()
    };
    let old = manifest.split("\"sha256\": \"").nth(1).unwrap()[..64].to_owned();
    let manifest = manifest.replace(&old, &of("entries.jsonl")[..64]);
    fs::write(path.join("manifest.json"), manifest).unwrap();
    fs::write(path.join("SHA256SUMS"), of("entries.jsonl") + &of("manifest.json")).unwrap();
    let misfit = verify_export(&path).unwrap().misfit.unwrap();
    assert_eq!(misfit.seq, 3);
    assert!(misfit.why.contains("which does not say so"), "{}", misfit.why);
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal();
    let export =
        |name: &str, range| journal.export(&folder.path().join(name), ExportFormat::Jsonl, range, at(9));
    fs::write(folder.path().join("file"), "mine").unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    for name in ["file", "folder", "folder/../folder"] {
        let error = export(name, Range::default()).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Conflict, Some("/path")), "{name}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "mine");
    for name in ["no/such/place", "file/under", ".."] {
        assert!(export(name, Range::default()).is_err(), "{name}");
    }
    for (first, last) in [(9, 9), (u64::MAX >> 1, u64::MAX >> 1), (5, 4)] {
        let error = export("audit", range(first, last)).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Invalid, Some("/first")), "{first} to {last}");
    }
    export("audit", range(1, u64::MAX >> 1)).unwrap();
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["audit", "file", "folder"]);
}

#[test]
fn a_backup_is_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder.path().join("journal.db")).unwrap();
    for _ in 0..100 {
        add(&journal, "A", "something");
    }
    let copy = folder.path().join("copy.db");
    let found = journal.backup(&copy).unwrap();
    assert_eq!((found.entries, found.misfit), (101, None));
    add(&journal, "A", "later");
    assert_eq!(journal.backup(&copy).unwrap_err().kind(), Kind::Conflict, "nothing is written over");
    let again = open(&copy).unwrap();
    assert_eq!(again.id(), journal.id());
    assert_eq!(again.verify().unwrap().entries, 102, "its opening is an entry too");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(journal.backup(&folder.path().join("no/such/copy.db")).is_err());
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // What a program left that was killed meanwhile.
    fs::write(folder.path().join("next.db.partial"), "").unwrap();
    let error = journal.backup(&folder.path().join("next.db")).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.message().contains("next.db.partial"), "{error}");
}
