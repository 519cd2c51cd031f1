//! Two processes on one journal, and one that dies in the middle.
#![allow(clippy::unwrap_used, clippy::panic)]

mod journal_support;

use journal_support::{add, at, draft, open, sound, tally};

use fiskal::journal::{Durability, FileSecrets, Journal};
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

/// Waits until the child has said `word` and then `more` times again.
fn wait_for(child: &mut Child, word: &str, more: usize) -> bool {
    let said = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    said.map_while(|line| line.ok()).filter(|line| line == word).nth(more).is_some()
}

fn append_many(journal: &Journal, who: &str) {
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
    let journal = open(path.as_ref()).unwrap();
    println!("\nopened");
    append_many(&journal, "c");
}

#[test]
fn two_processes_append_to_the_same_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    // Neither is first for certain: both may have to create it.
    let mut child = child("child_appends_many", &path);
    let journal = open(&path).unwrap();
    assert!(wait_for(&mut child, "opened", 0));
    append_many(&journal, "p");
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
        // Killed after some entries, another number each time.
        assert!(wait_for(&mut child, "locked", round * 7), "the child ended by itself");
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

#[test]
fn what_a_process_killed_while_creating_left_behind_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    for suffix in ["-new", "-new-journal", "-new-wal"] {
        std::fs::write(folder.path().join(format!("fiskal.db{suffix}")), "half of something").unwrap();
    }
    assert_eq!(sound(&open(&path).unwrap()), 1);
    assert!(!folder.path().join("fiskal.db-new").exists());
}

#[cfg(unix)]
#[test]
fn two_names_of_one_journal_share_its_locks_and_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    let journal = open(&path).unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let same = open(&link).unwrap();
    let _lock = journal.try_lock("till-1").unwrap().unwrap();
    assert!(same.try_lock("till-1").unwrap().is_none());
    add(&same, "till-1", "x");
    assert_eq!(sound(&journal), 3);
    FileSecrets::beside(&link).put("a", &"b".into()).unwrap();
    assert!(FileSecrets::beside(&path).get("a").unwrap().is_some());
}
