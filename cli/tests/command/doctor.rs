//! `fiskal doctor`

use crate::shop::{RunningSandbox, Shop};

#[test]
fn a_healthy_till_is_told_so() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::with(&sandbox);
    let ran = shop.run(&["doctor"]).ends(0);
    assert!(ran.out.lines().all(|line| line.starts_with("ok ")), "{}", ran.out);
    for check in ["config", "secrets", "journal", "chain", "service", "clock"] {
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
    drop(sandbox);
    let ran = shop.run(&["doctor"]).ends(1);
    assert!(ran.out.lines().any(|line| line.starts_with("FAIL  service")), "{}", ran.out);

    let report = Shop::new().run(&["doctor", "--json"]).ends(1).json();
    assert_eq!((&report["ok"], &report["checks"][0]["check"]), (&false.into(), &"config".into()));
}
