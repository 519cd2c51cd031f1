//! Help and wrong usage.

use crate::shop::Shop;

#[test]
fn help_names_every_command_and_the_exit_status() {
    let help = Shop::new().run(&["--help"]).ends(0).out;
    let commands = [
        "demo",
        "init",
        "provision",
        "sell",
        "status",
        "sync",
        "receipt",
        "cancel",
        "register",
        "journal",
        "verify",
        "call",
        "sandbox",
        "doctor",
    ];
    for word in commands.into_iter().chain(["--config", "--json", "Exit status"]) {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
    assert!(Shop::new().run(&["--version"]).ends(0).out.starts_with("fiskal "));
}

#[test]
fn wrong_usage_ends_with_2_and_touches_nothing() {
    let shop = Shop::new();
    let cases: [&[&str]; 18] = [
        &[],
        &["sel"],
        &["sell"],
        &["sell", "a", "b"],
        &["--nonsense", "status"],
        &["receipt"],
        &["cancel"],
        &["receipt", "1", "--print", "papyrus"],
        &["register"],
        &["register", "suspend"],
        &["register", "retire", "till-1", "--reason", "lost"],
        &["journal"],
        &["journal", "burn"],
        &["verify"],
        &["verify", "dep", "a"],
        &["verify", "dep", "--keys", "a"],
        &["demo", "xx"],
        &["sandbox", "--listen", "nowhere"],
    ];
    for args in cases {
        let ran = shop.run(args).ends(2);
        assert!(ran.out.is_empty() && ran.err.contains("--help"), "{args:?}: {}", ran.err);
    }
    assert!(!shop.path("fiskal.db").exists());
}

#[test]
fn wrong_usage_is_json_where_that_was_asked_for() {
    let error = Shop::new().run(&["--json", "sel"]).ends(2).error_json();
    assert_eq!(error["kind"], "invalid");
    assert!(error["message"].as_str().unwrap().contains("'sel'"), "{error}");
}

#[test]
fn help_fits_a_terminal_of_80_columns() {
    let pages: [&[&str]; 9] = [
        &["--help"],
        &["demo", "--help"],
        &["closing", "--help"],
        &["export", "--help"],
        &["register", "retire", "--help"],
        &["journal", "verify", "--help"],
        &["journal", "export", "--help"],
        &["verify", "dep", "--help"],
        &["sandbox", "--help"],
    ];
    for page in pages {
        let help = Shop::new().run(page).ends(0).out;
        let widest = help.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(widest.chars().count() <= 80, "{page:?}: {widest}");
    }
}

#[test]
fn input_is_json_as_every_face_reads_it() {
    let cases: [(&[u8], i32, &str); 4] = [
        (b"\xEF\xBB\xBF{}", 0, ""),
        (b"\xFF\xFE{\0}\0", 1, "save it as UTF-8"),
        (b"{\"a\": 1,\n \"a\": 2}", 1, "is there twice"),
        (b"{\"a\": ", 1, "standard input:1"),
    ];
    for (input, status, said) in cases {
        let ran = Shop::new().run_with_bytes(&["call", "describe", "-"], input).ends(status);
        assert!(ran.err.contains(said), "{input:?}: {}", ran.err);
    }
}

#[test]
#[cfg(unix)]
fn a_path_that_is_no_text_is_no_other_path() {
    use std::os::unix::ffi::OsStrExt;
    let odd = std::ffi::OsStr::from_bytes(b"a\xFFb");
    let shop = Shop::new();
    shop.run(&["init"]).ends(0);
    let cases: [(&[&str], &[&str], i32); 4] = [
        (&["init", "--json", "--config"], &[], 0),
        (&["verify", "dep"], &["--keys", "keys.json"], 1),
        (&["verify", "dep", "dep.json", "--keys"], &[], 1),
        (&["journal", "backup"], &[], 1),
    ];
    for (before, after, status) in cases {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fiskal"));
        let ran = command.current_dir(shop.path("")).args(before).arg(odd).args(after).output().unwrap();
        let err = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(status), "{before:?}: {err}");
        assert_eq!(err.contains("give another"), status == 1, "{before:?}: {err}");
    }
    assert!(shop.path("").join(odd).exists());
}
