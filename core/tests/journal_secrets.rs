//! The secrets file: never half written, never shown, never overwritten when broken.
#![allow(clippy::unwrap_used, clippy::panic)]

use fiskal::error::Kind;
use fiskal::journal::FileSecrets;
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("fiskal.db");
    let file = folder.path().join("fiskal.db-secrets.json");
    (folder, journal, file)
}

fn shown(secret: Option<SecretString>) -> Option<String> {
    secret.map(|secret| secret.expose_secret().to_owned())
}

#[test]
fn a_secret_is_kept_replaced_and_removed() {
    let (_folder, journal, file) = place();
    let secrets = FileSecrets::beside(&journal);
    assert_eq!(shown(secrets.get("till-1/key").unwrap()), None);
    assert!(!secrets.remove("till-1/key").unwrap());
    assert!(!file.exists());
    for value in ["é\n\"\\", "", "s3cret"] {
        secrets.put("till-1/key", &value.into()).unwrap();
        assert_eq!(shown(FileSecrets::beside(&journal).get("till-1/key").unwrap()), Some(value.into()));
    }
    secrets.put("a", &"b".into()).unwrap();
    assert_eq!(secrets.names().unwrap(), ["a", "till-1/key"]);
    assert!(secrets.remove("a").unwrap());
    assert_eq!(secrets.names().unwrap(), ["till-1/key"]);
    assert!(!format!("{secrets:?} {:?}", secrets.get("till-1/key")).contains("s3cret"));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, journal, file) = place();
    FileSecrets::beside(&journal).put("a", &"b".into()).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_broken_file_is_an_error_without_its_secrets_and_stays() {
    let (_folder, journal, file) = place();
    let secrets = FileSecrets::beside(&journal);
    for broken in
        ["", "{\"a\": \"s3cret\"", "\"s3cret\"", "{\"a\": {\"s3cret\": 1}}", "[\"s3cret\"]", "{\"a\": 3}"]
    {
        fs::write(&file, broken).unwrap();
        let errors = [
            secrets.get("a").unwrap_err(),
            secrets.put("b", &"c".into()).unwrap_err(),
            secrets.remove("a").unwrap_err(),
            secrets.names().unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), Kind::Journal, "{broken}");
            assert!(error.message().contains("fiskal.db-secrets.json"), "{error}");
            assert!(!error.message().contains("s3cret"), "{error}");
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), broken);
    }
}

#[test]
fn hostile_names_and_values_are_refused() {
    let (_folder, journal, file) = place();
    let secrets = FileSecrets::beside(&journal);
    let long = "x".repeat(64 * 1024 + 1);
    for (name, value) in [("", "a"), ("a\0", "a"), (&long[..1025], "a"), ("a", &long)] {
        let error = secrets.put(name, &value.into()).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
    }
    assert!(!file.exists());
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let (folder, _, _) = place();
    let secrets = FileSecrets::beside(&folder.path().join("no such folder/fiskal.db"));
    assert_eq!(secrets.put("a", &"b".into()).unwrap_err().kind(), Kind::Journal);
    // A folder where the new file should go: as unwritable for root as for anyone.
    let secrets = FileSecrets::beside(&folder.path().join("fiskal.db"));
    secrets.put("a", &"b".into()).unwrap();
    fs::create_dir(folder.path().join("fiskal.db-secrets.json-new")).unwrap();
    assert_eq!(secrets.put("a", &"c".into()).unwrap_err().kind(), Kind::Journal);
    assert_eq!(shown(secrets.get("a").unwrap()), Some("b".into()));
}

#[test]
fn what_a_killed_process_left_behind_is_in_nobodys_way() {
    let (folder, journal, _) = place();
    fs::write(folder.path().join("fiskal.db-secrets.json-new"), "{\"a\": \"hal").unwrap();
    let secrets = FileSecrets::beside(&journal);
    assert_eq!(secrets.names().unwrap(), [""; 0]);
    secrets.put("a", &"whole".into()).unwrap();
    assert_eq!(shown(secrets.get("a").unwrap()), Some("whole".into()));
}

const CHILD: &str = "FISKAL_TEST_SECRETS";

/// Not a test by itself: the second process of the next one.
#[test]
fn child_puts_twenty() {
    let Some(journal) = std::env::var_os(CHILD) else { return };
    put_twenty(&FileSecrets::beside(journal.as_ref()), "child");
}

fn put_twenty(secrets: &FileSecrets, who: &str) {
    for n in 0..20 {
        secrets.put(&format!("{who}/{n}"), &"x".into()).unwrap();
    }
}

#[test]
fn threads_and_processes_lose_nothing_of_each_other() {
    let (_folder, journal, _) = place();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_puts_twenty"])
        .env(CHILD, &journal)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let secrets = FileSecrets::beside(&journal);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let secrets = &secrets;
            scope.spawn(move || put_twenty(secrets, &thread.to_string()));
        }
    });
    assert!(child.wait().unwrap().success());
    assert_eq!(secrets.names().unwrap().len(), 100);
}
