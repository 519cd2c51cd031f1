//! What a full disk, a damaged file, a wrong place or a killed process does to a journal.
//! Nothing here relies on file modes, which do not bind root.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod journal_support;

use fiskal::error::{Error, Kind};
use fiskal::journal::{Durability, FORMAT, Filter, Journal};
use journal_support::{add, at, draft, open, sound, tally};
use rusqlite::Connection;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fiskal.db");
    (folder, path)
}

/// A closed journal with entries 1 opened, 2 to 51 of two lines, 52 closed.
fn filled(path: &Path) {
    let journal = open(path).unwrap();
    for n in 0..50 {
        add(&journal, &format!("till-{}", n % 2), &format!("needle-{n}-{}", "x".repeat(700)));
    }
    journal.close().unwrap();
}

/// The error names the file, is of this kind and tells what to do.
fn assert_says(error: &Error, kind: Kind, path: &Path, words: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.message().contains(&path.display().to_string()), "{error}");
    assert!(error.message().contains(words), "{error}");
}

#[test]
fn a_full_disk_loses_nothing_and_passes() {
    let (_folder, path) = place();
    let journal = open(&path).unwrap();
    add(&journal, "a", "before");
    let pragma = |value: &str| {
        let drafts = vec![draft("a", json!({ "pragma": format!("max_page_count = {value}") }))];
        journal.append(drafts, at(1), Durability::Durable).unwrap();
    };
    pragma("1");
    let large = || vec![draft("a", json!({"text": "x".repeat(100_000)}))];
    for _ in 0..3 {
        let error = journal.append(large(), at(1), Durability::Durable).unwrap_err();
        assert_says(&error, Kind::Journal, &path, "the disk is full");
    }
    assert_eq!(sound(&journal), 3);
    pragma("4294967294");
    journal.append(large(), at(1), Durability::Durable).unwrap();
    assert_eq!(sound(&journal), 5);
}

/// A small file system of its own, or `None` where this user may not mount one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(folder.path()).output();
        if done.is_ok_and(|output| output.status.success()) {
            return Some(SmallDisk(folder));
        }
        println!("skipped: 1 (no right to mount a small file system)");
        None
    }

    fn make_read_only(&self) {
        let done = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_really_full_disk_loses_nothing_and_passes() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.0.path().join("fiskal.db");
    let ballast = disk.0.path().join("ballast");
    fs::write(&ballast, vec![0; 400_000]).unwrap();
    let journal = open(&path).unwrap();
    let mut written = 1;
    let error = loop {
        let drafts = vec![draft("a", json!({"text": "x".repeat(20_000)}))];
        match journal.append(drafts, at(1), Durability::Durable) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 100, "1 MiB held {written} entries of 20 kB");
    };
    assert_says(&error, Kind::Journal, &path, "the disk is full");
    assert_eq!(sound(&journal), written);
    fs::remove_file(&ballast).unwrap();
    add(&journal, "a", "after");
    assert_eq!(sound(&journal), written + 1);
}

#[test]
fn a_read_only_disk_is_an_error() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.0.path().join("fiskal.db");
    open(&path).unwrap().close().unwrap();
    disk.make_read_only();
    assert_says(&open(&path).unwrap_err(), Kind::Journal, &path, "writable");
    let new = disk.0.path().join("new.db");
    assert_says(&open(&new).unwrap_err(), Kind::Journal, &new, "check the folder");
}

#[test]
fn a_connection_that_may_not_write_any_more_is_an_error() {
    let (_folder, path) = place();
    let journal = open(&path).unwrap();
    let drafts = vec![draft("a", json!({"pragma": "query_only = 1"}))];
    journal.append(drafts, at(1), Durability::Lazy).unwrap();
    let error = journal.append(vec![draft("a", json!(1))], at(1), Durability::Lazy).unwrap_err();
    assert_says(&error, Kind::Journal, &path, "writable");
}

#[test]
fn a_place_for_no_journal_is_an_error() {
    let (folder, path) = place();
    let missing = folder.path().join("no/such/fiskal.db");
    assert_says(&open(&missing).unwrap_err(), Kind::Config, &missing, "create it");
    assert_says(&open(folder.path()).unwrap_err(), Kind::Config, folder.path(), "name a file");
    let below_file = folder.path().join("file/fiskal.db");
    fs::write(folder.path().join("file"), "").unwrap();
    assert_says(&open(&below_file).unwrap_err(), Kind::Config, &below_file, "does not exist");
    // The log has nowhere to go.
    fs::create_dir(folder.path().join("fiskal.db-wal")).unwrap();
    assert_says(&open(&path).unwrap_err(), Kind::Journal, &path, "writable");
}

/// The disk behind it may only not be there today.
#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_replaced_by_a_new_journal() {
    let (folder, path) = place();
    for target in ["disk/fiskal.db", "fiskal.db"] {
        std::os::unix::fs::symlink(folder.path().join(target), &path).unwrap();
        assert_says(&open(&path).unwrap_err(), Kind::Config, &path, "leads nowhere");
        assert!(path.symlink_metadata().unwrap().is_symlink());
        fs::remove_file(&path).unwrap();
    }
}

/// What is written into a file without a name is gone with the process.
#[cfg(unix)]
#[test]
fn a_journal_that_was_taken_away_is_not_written_any_more() {
    let takings: [fn(&Path); 3] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::rename(path, path.with_extension("old")).unwrap(),
        |path| {
            fs::copy(path, path.with_extension("copy")).unwrap();
            fs::rename(path.with_extension("copy"), path).unwrap();
        },
    ];
    for take_away in takings {
        let (_folder, path) = place();
        let journal = open(&path).unwrap();
        add(&journal, "a", "before");
        take_away(&path);
        let lost = journal.append(vec![draft("a", json!(1))], at(1), Durability::Durable).unwrap_err();
        assert_says(&lost, Kind::Journal, &path, "open it again");
        assert_eq!(journal.close().unwrap_err().kind(), Kind::Journal);
        assert_eq!(journal.close(), Ok(()));
    }
}

#[test]
fn a_file_that_is_no_journal_is_left_alone() {
    let (_folder, path) = place();
    let foreign = || {
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE meta (x)").unwrap();
        fs::read(&path).unwrap()
    };
    for (content, words) in [
        (b"no journal at all".to_vec(), "not a journal"),
        (vec![0xA5; 10_000], "not a journal"),
        (Vec::new(), "is empty"),
        (foreign(), "an SQLite database but not a journal"),
    ] {
        fs::write(&path, &content).unwrap();
        assert_says(&open(&path).unwrap_err(), Kind::Journal, &path, words);
        assert_eq!(fs::read(&path).unwrap().len(), content.len());
    }
}

#[test]
fn a_truncated_file_is_an_error() {
    let (_folder, path) = place();
    filled(&path);
    let whole = fs::read(&path).unwrap();
    for left in [whole.len() - 4096, whole.len() / 2, 5000, 4096, 1000, 100, 1] {
        fs::write(&path, &whole[..left]).unwrap();
        let error = open(&path).unwrap_err();
        assert_eq!(error.kind(), Kind::Journal, "{left}: {error}");
        assert!(error.message().contains(&path.display().to_string()), "{left}: {error}");
        assert!(error.message().contains("backup"), "{left}: {error}");
    }
}

#[test]
fn entries_cut_off_with_their_payloads_left_are_never_written_over() {
    let (_folder, path) = place();
    filled(&path);
    Connection::open(&path).unwrap().execute("DELETE FROM entries WHERE seq > 40", []).unwrap();
    assert_says(&open(&path).unwrap_err(), Kind::Journal, &path, "journal verify");
    assert_eq!(Journal::verify_file(&path).unwrap().misfit.unwrap().seq, 41);
}

#[test]
fn a_log_cut_off_by_a_power_failure_loses_its_end_only() {
    let (folder, path) = place();
    let journal = open(&path).unwrap();
    for n in 0..20 {
        add(&journal, "a", &n.to_string());
    }
    let whole = fs::read(folder.path().join("fiskal.db-wal")).unwrap();
    for cut in [1, 3000, 20_000, whole.len() - 32] {
        let copy = folder.path().join(format!("{cut}.db"));
        fs::copy(&path, &copy).unwrap();
        fs::write(folder.path().join(format!("{cut}.db-wal")), &whole[..whole.len() - cut]).unwrap();
        match open(&copy) {
            Ok(journal) => assert!(sound(&journal) < 22),
            Err(error) => panic!("{cut}: {error}"),
        }
    }
}

#[test]
fn a_changed_byte_is_found_wherever_a_payload_lies() {
    let (_folder, path) = place();
    filled(&path);
    let whole = fs::read(&path).unwrap();
    for n in [0, 1, 17, 49] {
        let needle = format!("needle-{n}-");
        let places: Vec<usize> =
            (0..whole.len()).filter(|&place| whole[place..].starts_with(needle.as_bytes())).collect();
        // The same text lies in the projection's table too, where it proves nothing.
        let found: Vec<u64> = places
            .iter()
            .filter_map(|&place| {
                let mut damaged = whole.clone();
                damaged[place] ^= 0x20;
                fs::write(&path, damaged).unwrap();
                open(&path).unwrap().verify().unwrap().misfit.map(|misfit| misfit.seq)
            })
            .collect();
        assert_eq!(found, [n + 2], "{needle}");
    }
}

#[test]
fn a_destroyed_page_is_found_whatever_it_holds() {
    let (_folder, path) = place();
    filled(&path);
    let whole = fs::read(&path).unwrap();
    let db = Connection::open(&path).unwrap();
    let free: u32 = db.pragma_query_value(None, "freelist_count", |row| row.get(0)).unwrap();
    drop(db);
    let mut missed = Vec::new();
    for page in 0..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..(page + 1) * 4096].fill(0xA5);
        fs::write(&path, damaged).unwrap();
        match Journal::verify_file(&path) {
            Ok(verification) if verification.misfit.is_none() => missed.push(page),
            Ok(_) => {}
            Err(error) => assert_says(&error, Kind::Journal, &path, "backup"),
        }
    }
    assert!(missed.len() <= free as usize, "{missed:?} hold nothing, but only {free} are free");
}

/// An operation that is not found any more would be done again.
#[test]
fn an_index_that_lacks_a_row_is_found() {
    let (_folder, path) = place();
    filled(&path);
    let db = Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE INDEX counted ON tally (count);
         PRAGMA writable_schema = ON;
         UPDATE sqlite_master SET sql = 'CREATE INDEX counted ON tally (text)' WHERE name = 'counted';",
    )
    .unwrap();
    drop(db);
    let misfit = Journal::verify_file(&path).unwrap().misfit.unwrap();
    assert_eq!(misfit.seq, 52);
    assert!(misfit.why.contains("index counted"), "{}", misfit.why);
}

#[test]
fn a_journal_too_damaged_to_open_can_still_be_verified() {
    let (_folder, path) = place();
    filled(&path);
    let db = Connection::open(&path).unwrap();
    db.execute_batch("UPDATE entries SET at = at + 1 WHERE seq = 7; DROP TABLE tally").unwrap();
    drop(db);
    open(&path).unwrap_err();
    let misfit = Journal::verify_file(&path).unwrap().misfit.unwrap();
    assert_eq!((misfit.seq, misfit.line.as_deref()), (7, Some("till-1")));
    let missing = path.with_file_name("missing.db");
    assert_says(
        &Journal::verify_file(&missing).unwrap_err(),
        Kind::Config,
        &missing,
        "there is no such file",
    );
    assert!(!missing.exists());
}

#[test]
fn a_newer_format_is_refused() {
    let (_folder, path) = place();
    let journal = open(&path).unwrap();
    let db = Connection::open(&path).unwrap();
    db.execute("UPDATE meta SET value = ?1 WHERE name = 'format'", [(FORMAT + 1).to_string()]).unwrap();
    let error = journal.append(vec![draft("a", json!(1))], at(1), Durability::Lazy).unwrap_err();
    assert_says(&error, Kind::Journal, &path, "update this program");
    drop(journal);
    assert_says(&open(&path).unwrap_err(), Kind::Journal, &path, "update this program");
    db.execute("UPDATE meta SET value = 'one' WHERE name = 'format'", []).unwrap();
    assert_says(&open(&path).unwrap_err(), Kind::Journal, &path, "format");
}

#[test]
fn format_0_is_migrated_with_its_chains() {
    let (_folder, path) = place();
    filled(&path);
    // Format 0 had everything but the kept heads.
    let db = Connection::open(&path).unwrap();
    db.execute_batch("DROP TABLE lines; UPDATE meta SET value = '0' WHERE name = 'format';").unwrap();
    drop(db);
    assert_says(&Journal::verify_file(&path).unwrap_err(), Kind::Journal, &path, "older format 0");
    let journal = open(&path).unwrap();
    add(&journal, "till-0", "after");
    assert_eq!(sound(&journal), 54);
    assert_eq!(tally(&journal)[1].1, 26);
    let format = |db: &Connection| {
        Ok(db.query_row("SELECT value FROM meta WHERE name = 'format'", [], |row| row.get::<_, String>(0))?)
    };
    assert_eq!(journal.read(format).unwrap(), FORMAT.to_string());
    drop(journal);
    sound(&open(&path).unwrap());
}

#[test]
fn a_writer_that_never_ends_makes_the_others_busy() {
    let (_folder, path) = place();
    let journal = open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = journal.append(vec![draft("a", json!(1))], at(1), Durability::Lazy).unwrap_err();
    assert_eq!((error.kind(), error.retryable()), (Kind::Busy, true));
    other.execute_batch("ROLLBACK").unwrap();
    add(&journal, "a", "now");
    sound(&journal);
}

#[test]
fn a_dropped_journal_is_tied_at_the_next_opening() {
    let (_folder, path) = place();
    let journal: Journal = open(&path).unwrap();
    add(&journal, "a", "1");
    drop(journal);
    let journal = open(&path).unwrap();
    let heads = journal.entries(&Filter { after: 2, ..Default::default() }).unwrap();
    assert_eq!(heads[0].payload.clone().unwrap()["heads"]["a"]["seq"], json!(2));
    assert_eq!(sound(&journal), 3);
}
