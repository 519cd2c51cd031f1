//! Every kind of tampering is found, and the first entry that does not fit is named.
#![allow(clippy::unwrap_used, clippy::panic)]

mod journal_support;

use fiskal::journal::{Digest, Entry, Filter, Journal, Misfit};
use journal_support::{add, at, open, sound};
use rusqlite::{Connection, params};
use std::path::Path;

/// What lies in the journal before somebody gets at it:
/// 1 opened, 2 A, 3 B, 4 A, 5 A, 6 tied, 7 B, 8 A, 9 closed.
fn written(path: &Path) -> Vec<Entry> {
    let journal = open(path).unwrap();
    for (line, text) in [("A", "two"), ("B", "three"), ("A", "four"), ("A", "five")] {
        add(&journal, line, text);
    }
    journal.tie(at(2)).unwrap();
    add(&journal, "B", "seven");
    add(&journal, "A", "eight");
    assert_eq!(sound(&journal), 8);
    let mut entries = journal.entries(&Filter::default()).unwrap();
    journal.close().unwrap();
    let journal = open(path).unwrap();
    entries.extend(journal.entries(&Filter { after: 8, limit: 1, ..Filter::default() }).unwrap());
    assert_eq!(entries.len(), 9);
    // Taken back, so that the cases end with `closed`.
    drop(journal);
    let db = Connection::open(path).unwrap();
    db.execute_batch("DELETE FROM entries WHERE seq = 10; DELETE FROM payloads WHERE seq = 10;").unwrap();
    db.execute("UPDATE lines SET seq = 9, hash = ?1 WHERE line = 'journal'", [entries[8].hash.0]).unwrap();
    entries
}

/// Writes an entry as somebody would who knows how hashes are made; `seq` is its old number.
fn forge(db: &Connection, seq: u64, entry: &Entry) -> Digest {
    let hash = entry.computed_hash().unwrap();
    db.execute(
        "UPDATE entries SET seq = ?2, prev = ?3, kind = ?4, hash = ?5 WHERE seq = ?1",
        params![seq.cast_signed(), entry.seq.cast_signed(), entry.prev.0, entry.kind, hash.0],
    )
    .unwrap();
    db.execute("UPDATE payloads SET seq = ?2 WHERE seq = ?1", [seq.cast_signed(), entry.seq.cast_signed()])
        .unwrap();
    db.execute(
        "UPDATE lines SET seq = ?2, hash = ?3 WHERE line = ?1",
        params![entry.line, entry.seq.cast_signed(), hash.0],
    )
    .unwrap();
    hash
}

type Tamper = fn(&Connection, &[Entry]);

/// What is done, how, and the number and line of the first entry that no longer fits.
const CASES: [(&str, Tamper, u64, Option<&str>); 17] = [
    (
        "payload",
        |db, _| sql(db, "UPDATE payloads SET payload = CAST('{}' AS BLOB) WHERE seq = 4"),
        4,
        Some("A"),
    ),
    (
        "payload of the last entry",
        |db, _| sql(db, "UPDATE payloads SET payload = x'00' WHERE seq = 9"),
        9,
        Some("journal"),
    ),
    ("salt", |db, _| sql(db, "UPDATE payloads SET salt = zeroblob(16) WHERE seq = 7"), 7, Some("B")),
    (
        "a byte moved from payload to salt",
        |db, _| {
            let (mut salt, mut payload): (Vec<u8>, Vec<u8>) = db
                .query_row("SELECT salt, payload FROM payloads WHERE seq = 3", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .unwrap();
            salt.push(payload.remove(0));
            db.execute("UPDATE payloads SET salt = ?1, payload = ?2 WHERE seq = 3", [salt, payload]).unwrap();
        },
        3,
        Some("B"),
    ),
    ("digest", |db, _| sql(db, "UPDATE entries SET digest = zeroblob(32) WHERE seq = 5"), 5, Some("A")),
    ("digest of another length", |db, _| sql(db, "UPDATE entries SET digest = x'00' WHERE seq = 5"), 5, None),
    ("prev", |db, _| sql(db, "UPDATE entries SET prev = zeroblob(32) WHERE seq = 4"), 4, Some("A")),
    ("hash", |db, _| sql(db, "UPDATE entries SET hash = zeroblob(32) WHERE seq = 2"), 2, Some("A")),
    ("kind", |db, _| sql(db, "UPDATE entries SET kind = 'other' WHERE seq = 3"), 3, Some("B")),
    ("at", |db, _| sql(db, "UPDATE entries SET at = at + 1 WHERE seq = 8"), 8, Some("A")),
    ("line", |db, _| sql(db, "UPDATE entries SET line = 'B' WHERE seq = 2"), 2, Some("B")),
    (
        "two entries swapped",
        |db, _| {
            sql(
                db,
                "UPDATE entries SET seq = -4 WHERE seq = 4; UPDATE entries SET seq = 4 WHERE seq = 5;
                 UPDATE entries SET seq = 5 WHERE seq = -4; UPDATE payloads SET seq = -4 WHERE seq = 4;
                 UPDATE payloads SET seq = 4 WHERE seq = 5; UPDATE payloads SET seq = 5 WHERE seq = -4;",
            );
        },
        4,
        Some("A"),
    ),
    ("an entry in the middle deleted", |db, _| sql(db, "DELETE FROM entries WHERE seq = 3"), 3, None),
    ("only a payload deleted", |db, _| sql(db, "DELETE FROM payloads WHERE seq = 3"), 3, Some("B")),
    ("the end cut off", |db, _| sql(db, "DELETE FROM entries WHERE seq > 7"), 8, Some("A")),
    (
        "a line's end cut off before the last tie, the rest numbered and hashed anew",
        |db, entries| {
            sql(db, "DELETE FROM entries WHERE seq = 8; DELETE FROM payloads WHERE seq = 8");
            forge(db, 9, &Entry { seq: 8, ..entries[8].clone() });
            db.execute("UPDATE lines SET seq = 5, hash = ?1 WHERE line = 'A'", [entries[4].hash.0]).unwrap();
        },
        8,
        Some("A"),
    ),
    (
        "an entry before a tie forged, its whole line hashed anew",
        |db, entries| {
            let prev = forge(db, 5, &Entry { kind: "forged".into(), ..entries[4].clone() });
            forge(db, 8, &Entry { prev, ..entries[7].clone() });
        },
        5,
        Some("A"),
    ),
];

fn sql(db: &Connection, sql: &str) {
    db.execute_batch(sql).unwrap();
}

#[test]
fn tampering_is_found_at_its_first_entry() {
    let folder = tempfile::tempdir().unwrap();
    for (n, (what, tamper, seq, line)) in CASES.into_iter().enumerate() {
        let path = folder.path().join(format!("{n}.db"));
        let entries = written(&path);
        let db = Connection::open(&path).unwrap();
        tamper(&db, &entries);
        drop(db);
        let verification = Journal::verify_file(&path).unwrap();
        let Some(misfit) = verification.misfit else { panic!("{what} was not found") };
        assert_eq!((misfit.seq, misfit.line.as_deref()), (seq, line), "{what}: {}", misfit.why);
    }
}

#[test]
fn any_change_to_any_column_of_any_entry_names_that_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    let entries = written(&path);
    let db = Connection::open(&path).unwrap();
    let columns = [
        ("entries", "line", "line || 'x'"),
        ("entries", "kind", "kind || 'x'"),
        ("entries", "at", "at - 1"),
        ("entries", "prev", "randomblob(32)"),
        ("entries", "digest", "randomblob(32)"),
        ("entries", "hash", "randomblob(32)"),
        ("payloads", "salt", "randomblob(16)"),
        ("payloads", "payload", "CAST(payload || ' ' AS BLOB)"),
    ];
    for seq in 1..=entries.len() as i64 {
        for (table, column, changed) in columns {
            let kept: rusqlite::types::Value = db
                .query_row(&format!("SELECT {column} FROM {table} WHERE seq = ?1"), [seq], |row| row.get(0))
                .unwrap();
            db.execute(&format!("UPDATE {table} SET {column} = {changed} WHERE seq = ?1"), [seq]).unwrap();
            let misfit = Journal::verify_file(&path).unwrap().misfit;
            assert_eq!(misfit.map(|misfit| misfit.seq), Some(seq.unsigned_abs()), "{column} of {seq}");
            db.execute(&format!("UPDATE {table} SET {column} = ?2 WHERE seq = ?1"), params![seq, kept])
                .unwrap();
        }
    }
    assert_eq!(Journal::verify_file(&path).unwrap().misfit, None);
}

#[test]
fn what_nobody_touched_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    written(&path);
    assert_eq!(sound(&open(&path).unwrap()), 10);
}

#[test]
fn kept_heads_are_checked_too() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("UPDATE lines SET seq = 7 WHERE line = 'A'", 7, "A"),
        ("UPDATE lines SET hash = zeroblob(32) WHERE line = 'A'", 8, "A"),
        ("DELETE FROM lines WHERE line = 'B'", 7, "B"),
        ("INSERT INTO lines VALUES ('C', 5, zeroblob(32))", 5, "C"),
    ];
    for (n, (change, seq, line)) in cases.into_iter().enumerate() {
        let path = folder.path().join(format!("{n}.db"));
        let journal = open(&path).unwrap();
        for line in ["A", "B", "A", "B", "A", "B", "A"] {
            add(&journal, line, "x");
        }
        sql(&Connection::open(&path).unwrap(), change);
        let Some(Misfit { seq: found, line: Some(of), .. }) = journal.verify().unwrap().misfit else {
            panic!("{change} was not found")
        };
        assert_eq!((found, of.as_str()), (seq, line), "{change}");
    }
}
