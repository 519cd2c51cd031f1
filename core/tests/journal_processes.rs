//! Two processes on one journal, and one that dies in the middle.

mod journal_support;

use journal_support::{add, at, draft, open, sound, tally};

use fiskal::journal::Durability;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PLACE: &str = "FISKAL_TEST_JOURNAL";
const ENTRIES: i64 = 150;

/// Starts this test binary again, to run only `test`, with the journal's path.
fn child(test: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(PLACE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn append_many(path: &Path, who: &str) {
    let journal = open(path).unwrap();
    for n in 0..ENTRIES {
        let drafts = vec![draft("shared", json!({"text": who})), draft(who, json!({"text": "."}))];
        let durability = if n % 10 == 0 { Durability::Durable } else { Durability::Lazy };
        journal.append(drafts, at(n), durability).unwrap();
    }
    journal.close().unwrap();
}

/// Not a test by itself: the second process of the next one.
#[test]
fn child_appends_many() {
    let Some(path) = std::env::var_os(PLACE) else { return };
    append_many(path.as_ref(), "c");
}

#[test]
fn two_processes_append_to_the_same_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    // Neither is first for certain: both may have to create it.
    let mut child = child("child_appends_many", &path);
    append_many(&path, "p");
    assert!(child.wait().unwrap().success());
    let journal = open(&path).unwrap();
    let rows = tally(&journal);
    let count = |line: &str| rows.iter().find(|row| row.0 == line).map(|row| row.1);
    assert_eq!((count("c"), count("p"), count("shared")), (Some(ENTRIES), Some(ENTRIES), Some(2 * ENTRIES)));
    let shared = &rows.iter().find(|row| row.0 == "shared").unwrap().2;
    assert!(shared.contains('c') && shared.contains('p'));
    assert_eq!(sound(&journal), 4 * ENTRIES.unsigned_abs() + 5);
}

/// Not a test by itself: takes a lock, appends for ever, and says so once.
#[test]
fn child_holds_a_lock() {
    let Some(path) = std::env::var_os(PLACE) else { return };
    let journal = open(path.as_ref()).unwrap();
    let _lock = journal.try_lock("till-1").unwrap().unwrap();
    let start = Instant::now();
    // Ends by itself should nobody kill it.
    while start.elapsed() < Duration::from_secs(20) {
        add(&journal, "till-1", ".");
        println!("\nlocked");
    }
}

#[test]
fn a_killed_process_frees_its_line_and_leaves_a_sound_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    let journal = open(&path).unwrap();
    for round in 0..5 {
        let mut child = child("child_holds_a_lock", &path);
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let kept =
            (0..20 + round * 7).find_map(|_| said.by_ref().find(|line| line.as_ref().unwrap() == "locked"));
        assert!(kept.is_some());
        assert!(journal.try_lock("till-1").unwrap().is_none(), "the other process holds it");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(journal.try_lock("till-1").unwrap().is_some(), "the kernel freed it");
        add(&journal, "till-1", "parent");
        sound(&journal);
    }
    let committed = tally(&journal).into_iter().find(|row| row.0 == "till-1").unwrap().1;
    journal.rebuild().unwrap();
    assert_eq!(tally(&journal).into_iter().find(|row| row.0 == "till-1").unwrap().1, committed);
    drop(journal);
    sound(&open(&path).unwrap());
}
