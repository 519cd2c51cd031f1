//! What a configuration means.
#![allow(clippy::unwrap_used)]

use fiskal::config::{Address, Checks, Config, Environment, SyncMode};
use fiskal::error::Kind;
use fiskal::transport::{Proxy, Roots};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// The example of the guide, every key in it.
const FULL: &str = r#"
journal  = "books/fiskal.db"
sync     = "manual"

[network]
proxy = "none"
roots = "certs/ca.pem"

[account.paris]
service     = "sign-fr"
environment = "test"
key         = "env:FISKAL_FR_KEY"
secret      = "file:secrets/fr"
url         = "http://127.0.0.1:8787/sign-fr/"
contract    = "2026-02-03"
patience    = "500ms"
checks      = "report"

[merchant.martin]
account    = "paris"
name       = "Boulangerie Martin SARL"
trade_name = "Boulangerie Martin"
tax_id     = "987654321"
address    = { street = "Rue Sainte-Catherine", number = "9", code = "33000", city = "Bordeaux", country = "FR" }
[merchant.martin.sign-fr]
certification = "infocert"

[location.rivoli]
merchant = "martin"

[location.fort-de-france]
merchant = "martin"
name     = "Martin Antilles"
zone     = "America/Martinique"
address  = { street = "Rue Victor Hugo", code = "97200", city = "Fort-de-France", country = "FR" }

[register.till-1]
location = "rivoli"
model    = "POS-1000"
software = { name = "My POS", version = "1.0.0" }
"#;

const SMALL: &str = r#"
[account.a]
service = "sign-fr"
environment = "sandbox"
key = "k"
secret = "s"
[merchant.m]
account = "a"
name = "Martin"
[location.l]
merchant = "m"
[register.r]
location = "l"
"#;

fn full() -> Config {
    Config::from_toml(FULL, "/etc/till/fiskal.toml").unwrap()
}

#[test]
fn every_key_of_the_file_is_read() {
    let config = full();
    assert_eq!(config.journal, Path::new("/etc/till/books/fiskal.db"));
    assert_eq!(config.sync, SyncMode::Manual);
    assert_eq!(config.network.proxy, Proxy::None);
    assert_eq!(config.network.roots, Roots::Pem("/etc/till/certs/ca.pem".into()));

    let till = config.till("till-1").unwrap();
    assert_eq!(till.account.service, "sign-fr");
    assert_eq!(till.account.environment, Environment::Test);
    assert_eq!(till.account.url.as_deref(), Some("http://127.0.0.1:8787/sign-fr"));
    assert_eq!(till.account.contract.as_deref(), Some("2026-02-03"));
    assert_eq!(till.account.patience, Duration::from_millis(500));
    assert_eq!(till.account.checks, Checks::Report);
    assert_eq!(till.account.key.to_string(), "env:FISKAL_FR_KEY");
    assert_eq!(till.account.secret.as_ref().unwrap().to_string(), "file:/etc/till/secrets/fr");
    assert_eq!(till.merchant.name, "Boulangerie Martin SARL");
    assert_eq!(till.merchant.tax_id.as_deref(), Some("987654321"));
    assert_eq!(till.merchant.services.get("sign-fr").get("certification"), Some(&Value::from("infocert")));
    assert_eq!(
        (till.register.software.name.as_str(), till.register.software.version.as_str()),
        ("My POS", "1.0.0")
    );

    let elsewhere = &config.locations["fort-de-france"];
    assert_eq!((elsewhere.name.as_str(), elsewhere.zone.as_str()), ("Martin Antilles", "America/Martinique"));
    assert_eq!(elsewhere.address.number, None);
}

#[test]
fn a_location_takes_after_its_merchant() {
    let config = full();
    let till = config.till("till-1").unwrap();
    assert_eq!(till.location.name, "Boulangerie Martin");
    assert_eq!(till.location.zone, "Europe/Paris");
    assert_eq!(till.location.address, till.merchant.address);
}

#[test]
fn a_branch_abroad_has_the_time_of_its_country() {
    let text = SMALL.replace(
        "merchant = \"m\"",
        "merchant = \"m\"\naddress = { street = 'S', code = '1', city = 'Wien', country = 'AT' }",
    );
    let config = Config::from_toml(&text, "x.toml").unwrap();
    assert_eq!(config.merchants["m"].zone, "Europe/Paris");
    assert_eq!(config.locations["l"].zone, "Europe/Vienna");
}

#[test]
fn outside_live_what_is_left_out_gets_the_documented_dummy() {
    for environment in ["sandbox", "test"] {
        let text = SMALL.replace("sandbox", environment);
        let config = Config::from_toml(&text, "fiskal.toml").unwrap();
        let till = config.till("r").unwrap();
        assert_eq!(till.merchant.trade_name, "Martin");
        assert_eq!(till.merchant.tax_id.as_deref(), Some("123456789"));
        assert_eq!(
            till.merchant.address,
            Address {
                street: "Rue de Rivoli".into(),
                number: Some("123".into()),
                code: "75001".into(),
                city: "Paris".into(),
                country: "FR".into(),
            }
        );
        assert_eq!(till.register.model, "TEST");
        assert_eq!(till.register.software.name, "libfiskal");
        assert_eq!(till.account.patience, Duration::from_secs(3));
        assert_eq!(till.account.checks, Checks::Enforce);
        assert_eq!(config.sync, SyncMode::Auto);
        assert!(config.journal.is_absolute() && config.journal.ends_with("fiskal.db"));
    }
}

#[test]
fn live_is_told_what_is_missing() {
    let live = SMALL.replace("sandbox", "live");
    let steps = [
        (
            "/merchant/m/address",
            "[merchant.m]",
            "address = { street = 'S', code = '1', city = 'P', country = 'FR' }",
        ),
        ("/merchant/m/tax_id", "[merchant.m]", "tax_id = '987654321'"),
        ("/merchant/m/sign-fr/certification", "[merchant.m]", "sign-fr = { certification = 'lne' }"),
        ("/merchant/m/sign-fr/legal_form", "'lne'", ", legal_form = 'SA', naf_ape_code = '1071C'"),
        ("/register/r/model", "[register.r]", "model = 'X'"),
        ("/register/r/software", "[register.r]", "software = { name = 'P', version = '1' }"),
    ];
    let mut text = live;
    for (pointer, section, line) in steps {
        let error = Config::from_toml(&text, "fiskal.toml").unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Config, Some(pointer)), "{error}");
        text = text.replace(section, &format!("{section}\n{line}"));
    }
    Config::from_toml(&text, "fiskal.toml").unwrap();
}

#[test]
fn json_says_the_same_with_the_same_keys() {
    let as_json: Value = toml::from_str(SMALL).unwrap();
    let from_json = Config::from_json(&as_json.to_string()).unwrap();
    let from_toml = Config::from_toml(SMALL, "fiskal.toml").unwrap();
    assert_eq!(from_json.merchants, from_toml.merchants);
    assert_eq!(from_json.locations, from_toml.locations);
    assert_eq!(from_json.registers, from_toml.registers);
    assert_eq!(from_json.journal, from_toml.journal);
}

#[test]
fn overrides_win_key_by_key() {
    let overrides = json!({
        "journal": "/tmp/other.db",
        "register": {"till-1": {"software": {"version": "1.0.1"}}},
        "account": {"paris": {"contract": null}},
    });
    let config = full().with_overrides(&overrides).unwrap();
    let till = config.till("till-1").unwrap();
    assert_eq!(config.journal, Path::new("/tmp/other.db"));
    assert_eq!(till.register.software.name, "My POS");
    assert_eq!(till.register.software.version, "1.0.1");
    assert_eq!(till.account.contract, None);
    assert_eq!(till.account.patience, Duration::from_millis(500));
}

#[test]
fn an_error_in_an_override_does_not_blame_the_file() {
    let error = full().with_overrides(&json!({"account": {"paris": {"patience": "soon"}}})).unwrap_err();
    assert_eq!(error.pointer(), Some("/account/paris/patience"));
    assert_eq!((&error.details().file, error.details().line), (&None, None));

    let error = full().with_overrides(&json!([1])).unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    assert!(error.message().contains("a list"), "{error}");
}

#[test]
fn a_file_that_is_whole_only_with_its_overrides_is_read() {
    let text = SMALL.replace("key = \"k\"\n", "");
    assert_eq!(Config::from_toml(&text, "x.toml").unwrap_err().pointer(), Some("/account/a/key"));
    let source = fiskal::config::Source::from_toml(&text, Path::new("x.toml")).unwrap();
    let config = source.with_overrides(&json!({"account": {"a": {"key": "k2"}}})).unwrap().read().unwrap();
    assert_eq!(config.accounts["a"].key.resolve().unwrap().expose_secret(), "k2");
}

#[test]
fn an_error_found_later_is_given_its_place() {
    let error = fiskal::error::Error::new(Kind::Config, "no").at("/merchant/martin/sign-fr/certification");
    let error = full().locate(error);
    assert_eq!(error.details().file.as_deref(), Some("/etc/till/fiskal.toml"));
    assert_eq!(
        error.details().line,
        Some(FULL.lines().position(|line| line.starts_with("certification")).unwrap() as u64 + 1)
    );
}

#[test]
fn an_unknown_register_is_answered_with_those_there_are() {
    let error = full().till("till-2").unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.message().contains("'till-2'") && error.message().contains("'till-1'"), "{error}");
}

#[test]
fn a_secret_is_looked_up_when_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fiskal.toml");
    let text =
        SMALL.replace("key = \"k\"", "key = \"file:key\"").replace("secret = \"s\"", "secret = \"env:PATH\"");
    std::fs::write(&file, text).unwrap();
    let config = Config::from_file(&file).unwrap();
    let account = &config.accounts["a"];
    assert_eq!(
        account.secret.as_ref().unwrap().resolve().unwrap().expose_secret(),
        std::env::var("PATH").unwrap()
    );

    let missing = account.key.resolve().unwrap_err();
    assert_eq!((missing.kind(), missing.pointer()), (Kind::Config, Some("/account/a/key")));
    assert_eq!(missing.details().line, Some(5));
    assert!(missing.message().contains("file:"), "{missing}");

    let cases: [(&[u8], Option<&str>); 7] = [
        (b"one", Some("one")),
        (b"two\n", Some("two")),
        (b"three\r\n", Some("three")),
        (b"four\n\n", Some("four\n")),
        (b"", None),
        (b"\n", None),
        (b"\xff\xfe", None),
    ];
    for (bytes, expected) in cases {
        std::fs::write(folder.path().join("key"), bytes).unwrap();
        let found = account.key.resolve().ok();
        assert_eq!(found.as_ref().map(|secret| secret.expose_secret()), expected, "{bytes:?}");
    }
    std::fs::write(folder.path().join("key"), vec![b'x'; 100_000]).unwrap();
    assert!(account.key.resolve().is_err());
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let text = SMALL.replace("key = \"k\"", "key = \"env:FISKAL_TEST_NOT_SET\"");
    let error = Config::from_toml(&text, "x.toml").unwrap().accounts["a"].key.resolve().unwrap_err();
    assert!(error.message().contains("account.a.key is env:FISKAL_TEST_NOT_SET"), "{error}");
}

#[test]
fn debug_and_errors_never_show_a_secret() {
    let text = SMALL
        .replace("key = \"k\"", "key = \"hunter2\"")
        .replace("[location.l]", "[merchant.m.sign-it]\npassword = \"hunter2\"\n[location.l]");
    let config = Config::from_toml(&text, "x.toml").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    for broken in [
        text.replace("\"hunter2\"", "\"hunter2"),
        text.replace("key = \"hunter2\"", "key = [\"hunter2\"]"),
        text.replace("key = \"hunter2\"", "key = \"hunter2\\u0000\""),
    ] {
        let error = Config::from_toml(&broken, "x.toml").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("hunter2"), "{error}");
    }
}
