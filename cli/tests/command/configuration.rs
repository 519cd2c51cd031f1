//! The command and its configuration file.

use crate::shop::{RunningSandbox, Shop};
use serde_json::json;

#[test]
fn every_command_that_needs_one_says_that_there_is_none() {
    let shop = Shop::new();
    shop.write("sale.json", "{}");
    let cases: [&[&str]; 7] = [
        &["status"],
        &["sync"],
        &["provision"],
        &["sell", "sale.json"],
        &["receipt", "1"],
        &["journal", "verify"],
        &["call", "status"],
    ];
    for args in cases {
        let ran = shop.run(args).ends(1);
        assert!(ran.out.is_empty(), "{args:?}");
        assert_eq!(ran.err.lines().count(), 1, "{args:?}: {}", ran.err);
        assert!(ran.err.contains("fiskal init") && ran.err.contains("fiskal.toml"), "{args:?}: {}", ran.err);
    }
    assert!(!shop.path("fiskal.db").exists());
}

#[test]
fn an_operation_that_needs_no_journal_needs_no_configuration() {
    let shop = Shop::new();
    let described = shop.run(&["call", "describe"]).ends(0).json();
    let names = described["operations"].as_array().unwrap().iter().map(|operation| &operation["name"]);
    assert!(names.into_iter().any(|name| name == "sale.complete"), "{described:#}");
    let error = shop.run(&["--json", "call", "describe", r#"{"of": "sale"}"#]).ends(1).error_json();
    assert_eq!((error["kind"].as_str(), error["pointer"].as_str()), (Some("invalid"), Some("/of")));
    assert!(!shop.path("fiskal.db").exists());
}

#[test]
fn a_mistake_in_it_is_named_with_file_and_line() {
    let shop = Shop::new();
    shop.write("shop.toml", "journal = 'fiskal.db'\n\n[account.paris]\nservise = 'sign-fr'\n");
    let ran = shop.run(&["--config", "shop.toml", "status"]).ends(1);
    assert!(ran.err.contains("shop.toml:4"), "{}", ran.err);
    assert!(ran.err.contains("did you mean 'service'?"), "{}", ran.err);

    let error = shop.run(&["status", "--json", "--config", "shop.toml"]).ends(1).error_json();
    assert_eq!((error["kind"].as_str(), error["line"].as_u64()), (Some("config"), Some(4)));
    assert_eq!(error["pointer"], "/account/paris/servise");
}

#[test]
fn what_a_service_refuses_of_it_is_named_with_file_and_line_too() {
    let sandbox = RunningSandbox::start();
    let toml = include_str!("fiskal.toml").replace("\n[location", "tax_id  = \"12345678\"\n\n[location");
    let line = toml.lines().position(|line| line.starts_with("tax_id")).unwrap() + 1;
    let error = Shop::configured(&sandbox, &toml).run(&["--json", "provision"]).ends(1).error_json();
    assert_eq!((error["kind"].as_str(), error["line"].as_u64()), (Some("config"), Some(line as u64)));
    assert_eq!(error["pointer"], "/merchant/martin/tax_id");
    assert_eq!(error["file"], "fiskal.toml");
}

#[test]
fn init_writes_one_that_is_right_and_never_over_another() {
    let shop = Shop::new();
    let ran = shop.run(&["init"]).ends(0);
    assert!(ran.out.contains("fiskal.toml"), "{}", ran.out);
    let config = fiskal::config::Config::from_file(shop.path("fiskal.toml")).unwrap();
    assert_eq!(config.registers.keys().collect::<Vec<_>>(), ["till-1"]);

    let written = std::fs::read_to_string(shop.path("fiskal.toml")).unwrap();
    let ran = shop.run(&["init"]).ends(1);
    assert!(ran.err.contains("exists"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(shop.path("fiskal.toml")).unwrap(), written);

    let ran = shop.run(&["init", "--json", "--config", "other.toml"]).ends(0);
    assert_eq!(ran.json()["config"], "other.toml");
    shop.run(&["init", "--config", "no/such/folder/fiskal.toml"]).ends(1);
}

/// The keys, and where the sandbox listens, are all that is put into it.
#[test]
fn what_init_writes_for_a_country_provisions_and_sells() {
    let sandbox = RunningSandbox::start();
    let accounts = &sandbox.ready["accounts"];
    let text = |account: &str, part: &str| accounts[account][part].as_str().unwrap().to_owned();
    let countries = [
        ("fr", "sign-fr", "sign-fr", "5.5"),
        ("it", "sign-fr", "sign-fr", "10"),
        ("at", "management", "sign-at", "10"),
    ];
    for (country, account, address, vat) in countries {
        let shop = Shop::new();
        let keys = format!("FISKAL_{}", country.to_uppercase());
        let told = shop.run(&["init", country]).ends(0).out;
        let mut config = std::fs::read_to_string(shop.path("fiskal.toml")).unwrap();
        for part in ["key", "secret"] {
            let variable = format!("{keys}_{}", part.to_uppercase());
            assert!(told.contains(&variable), "{told}");
            shop.write(part, &text(account, part));
            let reference = format!("\"env:{variable}\"");
            assert!(config.contains(&reference), "{config}");
            config = config.replace(&reference, &format!("\"file:{part}\""));
        }
        let elsewhere = format!("# url       = \"http://127.0.0.1:8787/{address}\"");
        assert!(config.contains(&elsewhere), "{config}");
        config = config.replace(&elsewhere, &format!("url = \"{}\" #", text(address, "url")));
        shop.write("fiskal.toml", &config);

        shop.run(&["provision"]).ends(0);
        let sale = json!({
            "register": "till-1", "number": "R-1",
            "items": [{"text": "Brot", "quantity": "1", "unit_price": "1.20", "vat": vat}],
            "payments": [{"method": "cash", "amount": "1.20"}],
        });
        let receipt = shop.run_with(&["sell", "-", "--json"], &sale.to_string()).ends(0).json();
        assert_eq!((&receipt["state"], &receipt["environment"]), (&json!("signed"), &json!("sandbox")));
    }
}

/// The blocks that are commented out are right, too, once somebody needs them.
#[test]
fn what_init_comments_out_is_right() {
    for country in ["fr", "it", "at"] {
        let shop = Shop::new();
        shop.run(&["init", country]).ends(0);
        let written = std::fs::read_to_string(shop.path("fiskal.toml")).unwrap();
        let is_key = |line: &str| line.starts_with("# [") || line.contains(" = ");
        let lines = written.lines().map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_key(line) => rest,
            _ => line,
        });
        shop.write("fiskal.toml", &lines.collect::<Vec<_>>().join("\n"));
        let config = fiskal::config::Config::from_file(shop.path("fiskal.toml"));
        assert!(config.is_ok(), "{country}: {config:?}");
    }
}

#[test]
fn init_knows_its_countries() {
    let shop = Shop::new();
    for country in ["", "de", "FR", "../fr"] {
        let ran = shop.run(&["init", country]).ends(2);
        assert!(ran.err.contains("fr, it, at"), "{country}: {}", ran.err);
    }
    assert!(!shop.path("fiskal.toml").exists());
}
