//! What a journal promises while all goes well, and while callers misbehave.
#![allow(clippy::unwrap_used, clippy::panic)]

mod journal_support;

use fiskal::error::Kind;
use fiskal::journal::{Durability, Filter, Journal, MAX_PAYLOAD};
use journal_support::{Tally, add, at, draft, in_memory, open, options, sound, tally};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn what_is_appended_is_read_at_once_and_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    let journal = open(&path).unwrap();
    let id = journal.id();
    let drafts =
        vec![draft("till-1", json!({"text": "a", "b": 1, "a": [null, 1.5]})), draft("till-2", json!("x"))];
    assert_eq!(journal.append(drafts, at(5), Durability::Durable).unwrap(), [2, 3]);
    assert_eq!(add(&journal, "till-1", "b"), 4);
    assert_eq!(tally(&journal)[1], ("till-1".into(), 2, "ab".into()));
    journal.close().unwrap();

    let journal = open(&path).unwrap();
    assert_eq!(journal.id(), id);
    let entries = journal.entries(&Filter { line: Some("till-1".into()), ..Filter::default() }).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(entries[0].payload, Some(json!({"text": "a", "b": 1, "a": [null, 1.5]})));
    assert_eq!(entries[0].at, at(5));
    assert_eq!(entries[1].prev, entries[0].hash);
    let own = journal.entries(&Filter { line: Some("journal".into()), ..Filter::default() }).unwrap();
    let kinds: Vec<_> = own.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["journal.opened", "journal.closed", "journal.opened"]);
    let heads = own[1].payload.clone().unwrap()["heads"].clone();
    assert_eq!(heads["till-1"]["hash"], json!(entries[1].hash));
    assert_eq!(heads["till-2"]["seq"], json!(3));
    assert_eq!(own[2].payload.clone().unwrap()["heads"], json!({}));
    assert_eq!(sound(&journal), 6);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder.path().join("fiskal.db")).unwrap();
    add(&journal, "till-1", "a");
    for name in ["fiskal.db", "fiskal.db-wal", "fiskal.db-shm"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn eight_threads_share_commits_and_each_line_keeps_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder.path().join("fiskal.db")).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let journal = &journal;
            scope.spawn(move || {
                for n in 0..50 {
                    let line = format!("line-{}", thread % 4);
                    let durability = if n % 5 == 0 { Durability::Durable } else { Durability::Lazy };
                    let payload = json!({"text": format!("{thread}:{n} ")});
                    journal.append(vec![draft(&line, payload)], at(n), durability).unwrap();
                }
            });
        }
    });
    assert_eq!(sound(&journal), 401);
    for (line, count, text) in tally(&journal).into_iter().skip(1) {
        assert_eq!(count, 100, "{line}");
        for thread in 0..8 {
            let numbers: Vec<u32> = text
                .split_whitespace()
                .filter_map(|word| word.strip_prefix(&format!("{thread}:")))
                .map(|n| n.parse().unwrap())
                .collect();
            let expected = if line == format!("line-{}", thread % 4) { 50 } else { 0 };
            assert_eq!(numbers, (0..expected).collect::<Vec<_>>(), "{line} {thread}");
        }
    }
}

#[test]
fn one_callers_failure_is_its_own() {
    let journal = in_memory();
    let fail = |payload: Value| {
        let drafts = vec![draft("till-1", json!({"text": "gone"})), draft("till-1", payload)];
        journal.append(drafts, at(1), Durability::Durable).unwrap_err()
    };
    assert_eq!(fail(json!({"fail": "no"})).kind(), Kind::Conflict);
    let error = fail(json!({"panic": true}));
    assert_eq!(error.kind(), Kind::Internal);
    assert!(error.message().contains("planted"), "{error}");
    std::thread::scope(|scope| {
        for n in 0..8 {
            let journal = &journal;
            scope.spawn(move || {
                for _ in 0..20 {
                    let payload = if n % 2 == 0 { json!({"text": "k"}) } else { json!({"panic": true}) };
                    let result = journal.append(vec![draft("till-1", payload)], at(1), Durability::Lazy);
                    assert_eq!(result.is_ok(), n % 2 == 0);
                }
            });
        }
    });
    assert_eq!(tally(&journal)[1], ("till-1".into(), 80, "k".repeat(80)));
    assert_eq!(sound(&journal), 81);
}

#[test]
fn journal_time_never_runs_backwards() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    let journal = open(&path).unwrap();
    for (given, kept) in [(100, 100), (50, 100), (101, 101)] {
        let seq = journal.append(vec![draft("a", json!(1))], at(given), Durability::Lazy).unwrap()[0];
        let entry = journal.entries(&Filter { after: seq - 1, ..Filter::default() }).unwrap().remove(0);
        assert_eq!((entry.at, journal.last_at()), (at(kept), at(kept)));
    }
    drop(journal);
    let journal = open(&path).unwrap();
    assert_eq!(journal.last_at(), at(101));
    journal.tie(at(3)).unwrap();
    assert_eq!(journal.last_at(), at(101));
    sound(&journal);
}

#[test]
fn a_line_is_locked_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    for journals in [[open(&path).unwrap(), open(&path).unwrap()].as_slice(), [in_memory()].as_slice()] {
        let (first, last) = (&journals[0], &journals[journals.len() - 1]);
        let lock = first.try_lock("a/../b").unwrap().unwrap();
        assert!(first.try_lock("a/../b").unwrap().is_none());
        assert!(std::thread::scope(|scope| {
            scope.spawn(|| last.try_lock("a/../b").unwrap().is_none()).join().unwrap()
        }));
        assert!(last.try_lock("b").unwrap().is_some());
        drop(lock);
        assert!(last.try_lock("a/../b").unwrap().is_some());
    }
}

#[test]
fn rebuilding_gives_what_was_kept_live() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    let journal = open(&path).unwrap();
    for n in 0..20 {
        add(&journal, &format!("till-{}", n % 3), &n.to_string());
    }
    let live = tally(&journal);
    journal.rebuild().unwrap();
    assert_eq!(tally(&journal), live);
    drop(journal);

    let next = Journal::open(&path, Arc::new(Tally { version: 1 }), options()).unwrap();
    assert_eq!(tally(&next)[1..], live[1..]);
    assert_eq!(
        next.read(|db| Ok(db.query_row("SELECT count(*) FROM tally", [], |row| row.get::<_, i64>(0))?)),
        Ok(4)
    );

    let older = open(&path).unwrap();
    let error = next.append(vec![draft("a", json!(1))], at(1), Durability::Lazy).unwrap_err();
    assert_eq!(error.kind(), Kind::Journal);
    assert!(error.message().contains("restart"), "{error}");
    add(&older, "a", "1");
    sound(&older);
}

#[test]
fn what_is_erased_is_gone_and_the_chain_still_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    let journal = open(&path).unwrap();
    let seq = add(&journal, "till-1", "Martin Dupont, 75001 Paris");
    add(&journal, "till-1", "kept");
    journal.erase(&[seq, seq], at(9), "asked by the customer").unwrap();
    journal.erase(&[seq], at(9), "again").unwrap();
    let entries = journal.entries(&Filter::default()).unwrap();
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[1].payload, None);
    assert_eq!(entries[3].kind, "journal.erased");
    assert_eq!(entries[3].payload.clone().unwrap()["seqs"], json!([seq]));
    let verification = journal.verify().unwrap();
    assert_eq!((verification.entries, verification.erased, verification.misfit), (4, 1, None));
    journal.rebuild().unwrap();
    assert_eq!(tally(&journal)[1], ("till-1".into(), 2, "kept".into()));
    for (seq, kind) in [(99, Kind::NotFound), (1, Kind::Invalid), (u64::MAX, Kind::Invalid)] {
        assert_eq!(journal.erase(&[3, seq], at(9), "no").unwrap_err().kind(), kind);
    }
    assert!(journal.entries(&Filter::default()).unwrap()[2].payload.is_some());
}

#[test]
fn erased_bytes_are_gone_from_the_disk_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    let journal = open(&path).unwrap();
    let customer = |name: &str| draft("till-1", json!({"customer": name.repeat(400)}));
    let drafts = (0..40).map(|n| customer(if n % 2 == 0 { "Dupont" } else { "Martin" })).collect();
    let seqs = journal.append(drafts, at(1), Durability::Durable).unwrap();
    let on_disk = |name: &str| {
        ["fiskal.db", "fiskal.db-wal"].into_iter().any(|file| {
            let bytes = std::fs::read(folder.path().join(file)).unwrap();
            bytes.windows(name.len()).any(|window| window == name.as_bytes())
        })
    };
    assert!(on_disk("Dupont") && on_disk("Martin"));
    let dupont: Vec<u64> = seqs.into_iter().step_by(2).collect();
    journal.erase(&dupont, at(2), "asked by the customer").unwrap();
    assert!(!on_disk("Dupont"));
    assert!(on_disk("Martin"));
    assert_eq!(journal.verify().unwrap().erased, 20);
}

#[test]
fn hostile_drafts_are_refused_and_large_ones_kept() {
    let journal = in_memory();
    let deep = |levels| (0..levels).fold(json!(0), |inner, _| Value::Array(vec![inner]));
    let accepted =
        [json!("x".repeat(MAX_PAYLOAD - 2)), deep(127), json!(9_007_199_254_740_991_u64), json!({"": "\0"})];
    for payload in accepted {
        let seq = journal.append(vec![draft("a", payload.clone())], at(1), Durability::Lazy).unwrap()[0];
        let entry = journal.entries(&Filter { after: seq - 1, ..Filter::default() }).unwrap().remove(0);
        assert!(entry.payload == Some(payload), "entry {seq} was read back differently");
    }
    let refused = [
        draft("a", json!("x".repeat(MAX_PAYLOAD - 1))),
        draft("a", deep(128)),
        draft("a", deep(5000)),
        draft("a", json!(9_007_199_254_740_992_u64)),
        draft("a", json!([-9_007_199_254_740_993_i64])),
        draft("", json!(1)),
        draft("a\0b", json!(1)),
        draft("journal", json!(1)),
        draft(&"a".repeat(1025), json!(1)),
    ];
    for hostile in refused {
        let line = hostile.line.clone();
        let drafts = vec![draft("a", json!(1)), hostile];
        let error = journal.append(drafts, at(1), Durability::Lazy).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{line}");
        assert!(error.pointer().is_some(), "{error}");
    }
    assert_eq!(journal.append(vec![], at(1), Durability::Durable), Ok(vec![]));
    assert_eq!(journal.try_lock("").unwrap_err().kind(), Kind::Invalid);
    assert_eq!(sound(&journal), 5);
}

#[test]
fn a_query_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    for journal in [in_memory(), open(&folder.path().join("fiskal.db")).unwrap()] {
        let error = journal.read(|db| Ok(db.execute("DELETE FROM entries", [])?)).unwrap_err();
        assert_eq!(error.kind(), Kind::Journal);
        add(&journal, "a", "still writable");
        sound(&journal);
    }
}

#[test]
fn a_closed_journal_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for journal in [in_memory(), open(&folder.path().join("fiskal.db")).unwrap()] {
        journal.close().unwrap();
        journal.close().unwrap();
        let append = journal.append(vec![draft("a", json!(1))], at(1), Durability::Durable);
        assert_eq!(append.unwrap_err().kind(), Kind::Closed);
        assert_eq!(journal.read(|_| Ok(())).unwrap_err().kind(), Kind::Closed);
        assert_eq!(journal.tie(at(1)).unwrap_err().kind(), Kind::Closed);
        assert_eq!(journal.verify().unwrap_err().kind(), Kind::Closed);
    }
}

#[test]
fn opening_does_not_take_longer_with_more_entries() {
    let folder = tempfile::tempdir().unwrap();
    let reopen = |path: &std::path::Path| {
        (0..5)
            .map(|_| {
                let start = Instant::now();
                drop(open(path).unwrap());
                start.elapsed()
            })
            .min()
            .unwrap()
    };
    let (small, large) = (folder.path().join("small.db"), folder.path().join("large.db"));
    drop(open(&small).unwrap());
    let journal = open(&large).unwrap();
    let text = "x".repeat(200);
    for _ in 0..40 {
        let drafts = (0..500).map(|n| draft(&format!("till-{}", n % 4), json!({ "t": text }))).collect();
        journal.append(drafts, at(1), Durability::Lazy).unwrap();
    }
    journal.close().unwrap();
    let (small, large) = (reopen(&small), reopen(&large));
    assert!(large < small * 3 + Duration::from_millis(20), "{small:?} empty, {large:?} with 20,000 entries");
}
