//! `fiskal doctor`

use crate::shop::{RunningSandbox, Shop};

#[test]
fn a_healthy_till_is_told_so() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    let ran = shop.run(&["doctor"]).ends(0);
    assert!(!ran.out.contains("portal_password"), "what nobody configured is not there: {}", ran.out);
    assert!(ran.out.lines().all(|line| line.starts_with("ok ")), "{}", ran.out);
    for check in ["config", "secrets", "journal", "chain", "service", "clock", "sign-in"] {
        assert!(ran.out.contains(check), "{check} is not in:\n{}", ran.out);
    }
    let report = shop.run(&["doctor", "--json"]).ends(0).json();
    assert_eq!(report["ok"], true);
}

#[test]
fn what_ails_a_till_is_named_with_what_to_do() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    std::fs::remove_file(shop.path("secret")).unwrap();
    let ran = shop.run(&["doctor"]).ends(1);
    let failed = ran.out.lines().find(|line| line.starts_with("FAIL")).unwrap();
    assert!(failed.contains("account.paris.secret") && failed.contains("fiskal.toml:9"), "{failed}");

    shop.write("secret", "x");
    let ran = shop.run(&["doctor"]).ends(1);
    let failed = ran.out.lines().find(|line| line.starts_with("FAIL")).unwrap();
    assert!(
        failed.contains("sign-in")
            && failed.contains("/account/paris")
            && failed.contains("check key, secret and environment"),
        "{failed}"
    );

    drop(sandbox);
    let ran = shop.run(&["doctor"]).ends(1);
    assert!(ran.out.lines().any(|line| line.starts_with("FAIL  service")), "{}", ran.out);

    let report = Shop::new().run(&["doctor", "--json"]).ends(1).json();
    assert_eq!((&report["ok"], &report["checks"][0]["check"]), (&false.into(), &"config".into()));
}

#[test]
fn a_clock_that_is_wrong_is_told_which_way() {
    let sandbox = RunningSandbox::start();
    sandbox.goes_ahead(7_200);
    let ran = Shop::with(&sandbox).run(&["doctor"]).ends(1);
    let failed = ran.out.lines().find(|line| line.starts_with("FAIL")).unwrap();
    assert!(failed.contains("clock") && failed.contains("s behind"), "{failed}");
}

#[test]
fn a_journal_that_was_tampered_with_is_found() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    shop.run(&["provision"]).ends(0);
    let journal = shop.path("fiskal.db");
    let bytes = std::fs::read(&journal).unwrap();
    let (was, is) = (b"Boulangerie Martin", b"Boulangerie Nitram");
    let mut changed = bytes.clone();
    let places: Vec<usize> =
        bytes.windows(was.len()).enumerate().filter(|(_, window)| window == was).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        changed[at..at + is.len()].copy_from_slice(is);
    }
    std::fs::write(&journal, changed).unwrap();

    let ran = shop.run(&["journal", "verify"]).ends(1);
    assert!(ran.err.contains("does not fit"), "{}", ran.err);
    let found = shop.run(&["journal", "verify", "--json"]).ends(1).json();
    assert!(found["misfit"]["seq"].is_u64(), "{found}");
    let ran = shop.run(&["doctor"]).ends(1);
    assert!(ran.out.lines().any(|line| line.starts_with("FAIL  chain")), "{}", ran.out);
}
