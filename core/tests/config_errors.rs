//! What is wrong with a configuration is named with file, line and key.

use fiskal::config::Config;
use fiskal::error::{Error, Kind};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use serde_json::Value;

const GOOD: &str = r#"journal = "fiskal.db"
sync = "auto"
[network]
proxy = "system"
[account.paris]
service = "sign-fr"
environment = "test"
key = "env:KEY"
secret = "env:SECRET"
patience = "3s"
[merchant.martin]
account = "paris"
name = "Martin"
address = { street = "Rue de Rivoli", code = "75001", city = "Paris", country = "FR" }
[location.rivoli]
merchant = "martin"
[register.till-1]
location = "rivoli"
software = { name = "My POS", version = "1" }
"#;

proptest! {
    #[test]
    fn no_text_does_harm(text in ".{0,200}") {
        let error = read(&text).unwrap_err();
        prop_assert_eq!(error.kind(), Kind::Config);
    }

    #[test]
    fn no_change_to_a_good_file_does_harm(at in 0..GOOD.len(), new in "[\\PC\"'=\\[\\]{}\n\u{0}]{0,3}") {
        let changed = format!("{}{new}{}", &GOOD[..at], &GOOD[at + 1..]);
        if let Err(error) = read(&changed) {
            prop_assert_eq!(error.kind(), Kind::Config);
            let lines = changed.matches('\n').count() as u64 + 1;
            prop_assert!(error.details().line.is_none_or(|line| (1..=lines).contains(&line)), "{}", error);
        }
    }
}

/// What stands in line `line`, what is written instead, and the words that the error must have.
type Case<'a> = (u64, &'a str, &'a str, &'a [&'a str]);

fn read(text: &str) -> Result<Config, Error> {
    Config::from_toml(text, "conf/fiskal.toml")
}

#[test]
fn the_good_file_is_good() {
    read(GOOD).unwrap();
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let long = format!("name = '{}'", "x".repeat(251));
    let long_register = format!("[register.{}]", "x".repeat(65));
    let cases: &[Case<'_>] = &[
        // Unknown keys, with the nearest known one.
        (1, "/journl", "journl = 'x'", &["'journl'", "did you mean 'journal'?"]),
        (4, "/network/proxi", "proxi = 'none'", &["[network]", "'proxi'", "did you mean 'proxy'?"]),
        (
            7,
            "/account/paris/enviroment",
            "enviroment = 'test'",
            &["[account.paris]", "did you mean 'environment'?"],
        ),
        (7, "/account/paris/ENVIRONMENT", "ENVIRONMENT = 'test'", &["did you mean 'environment'?"]),
        (13, "/merchant/martin/sign_fr", "sign_fr = {}", &["did you mean 'sign-fr'?"]),
        (18, "/register/till-1/zzzzzzzzzz", "zzzzzzzzzz = 1", &["'location'", "'model'", "'software'"]),
        (
            14,
            "/merchant/martin/address/town",
            "address = { town = 'Paris' }",
            &["[merchant.martin.address]", "'town'"],
        ),
        (19, "/register/till-1/software/vesion", "software = { vesion = '1' }", &["did you mean 'version'?"]),
        (18, "/register/till-1/a~1b~0", "'a/b~' = 1", &["'a/b~'"]),
        // Wrong types and values.
        (1, "/journal", "journal = 5", &["'journal'", "text in quotes", "a number"]),
        (1, "/journal", "journal = ''", &["'journal'", "empty"]),
        (1, "/journal", "journal = \"a\\u0000b\"", &["'journal'", "control character"]),
        (2, "/sync", "sync = true", &["'sync'", "true or false"]),
        (2, "/sync", "sync = 'automatic'", &["'automatic'", "'auto'"]),
        (4, "/network/proxy", "proxy = 'socks5://x'", &["proxy"]),
        (6, "/account/paris/service", "service = 'sign-ft'", &["'sign-ft'", "'sign-fr'", "'openfiskal'"]),
        (7, "/account/paris/environment", "environment = 'production'", &["'live'", "'test'", "'sandbox'"]),
        (8, "/account/paris/key", "key = 'env:'", &["env:"]),
        (8, "/account/paris/key", "key = 'file:'", &["file:"]),
        (10, "/account/paris/patience", "patience = 3", &["'patience'", "a number"]),
        (10, "/account/paris/patience", "patience = '3'", &["'3'", "3s"]),
        (10, "/account/paris/patience", "patience = '99ms'", &["100ms"]),
        (10, "/account/paris/patience", "patience = '61s'", &["60s"]),
        (10, "/account/paris/patience", "patience = '-3s'", &["'-3s'", "3s"]),
        (10, "/account/paris/checks", "checks = 'off'", &["'enforce'", "'report'"]),
        (10, "/account/paris/url", "url = 'http://example.com'", &["https"]),
        (10, "/account/paris/url", "url = 'https://anna:pw@example.com'", &["address"]),
        (13, "/merchant/martin/name", &long, &["'name'", "250"]),
        (14, "/merchant/martin/zone", "zone = 'Europe/Pari'", &["'Europe/Pari'"]),
        (14, "/merchant/martin/sign-fr", "sign-fr = 'infocert'", &["'sign-fr'", "section", "a text"]),
        (14, "/merchant/martin/address", "address = 'Paris'", &["'address'", "a text"]),
        (
            14,
            "/merchant/martin/address/country",
            "address = {street='S',code='1',city='P',country='fr'}",
            &["'fr'"],
        ),
        (17, "/register/till 1", "[register.'till 1']", &["'till 1'", "1 to 64"]),
        (17, "/register/", "[register.'']", &["''", "1 to 64"]),
        (17, "/register/caf\u{e9}", "[register.'caf\u{e9}']", &["'caf\u{e9}'"]),
        (17, &format!("/register/{}", "x".repeat(65)), &long_register, &["1 to 64"]),
        // What only one service knows.
        (14, "/merchant/martin/sign-fr/siren", "sign-fr = { siren = '1' }", &["siren"]),
        (14, "/merchant/martin/sign-fr/certification", "sign-fr = { certification = 'none' }", &["infocert"]),
        (
            14,
            "/merchant/martin/sign-fr/certification",
            "sign-fr = { certification = 'infocerts' }",
            &["did you mean 'infocert'?"],
        ),
        (19, "/register/till-1/sign-fr/drawer", "sign-fr = { drawer = '1' }", &["SIGN FR"]),
        // References that lead nowhere.
        (12, "/merchant/martin/account", "account = 'lyon'", &["[account.lyon]", "'paris'"]),
        (16, "/location/rivoli/merchant", "merchant = 'dupont'", &["[merchant.dupont]", "'martin'"]),
        (18, "/register/till-1/location", "location = 'opera'", &["[location.opera]", "'rivoli'"]),
    ];
    for (line, pointer, wrong, words) in cases {
        let text = replace_line(*line, wrong);
        let error = read(&text).expect_err(wrong);
        let details = error.details();
        assert_eq!(error.kind(), Kind::Config, "{wrong}: {error}");
        assert_eq!(error.pointer(), Some(*pointer), "{wrong}: {error}");
        assert_eq!(
            (details.file.as_deref(), details.line),
            (Some("conf/fiskal.toml"), Some(*line)),
            "{wrong}: {error}"
        );
        for word in *words {
            assert!(error.message().contains(word), "{wrong}: '{word}' is not in: {error}");
        }
    }
}

#[test]
fn what_is_missing_is_named_at_its_section() {
    let cases = [
        (6, "/account/paris/service", 5),
        (7, "/account/paris/environment", 5),
        (8, "/account/paris/key", 5),
        (9, "/account/paris/secret", 5),
        (12, "/merchant/martin/account", 11),
        (13, "/merchant/martin/name", 11),
        (16, "/location/rivoli/merchant", 15),
        (18, "/register/till-1/location", 17),
    ];
    for (line, pointer, section) in cases {
        let error = read(&replace_line(line, "")).unwrap_err();
        assert_eq!((error.pointer(), error.details().line), (Some(pointer), Some(section)), "{error}");
    }
}

#[test]
fn a_country_whose_time_is_not_known_wants_a_zone() {
    let address = "address = { street = 'S', code = '1', city = 'P', country = 'AQ' }";
    let error = read(&replace_line(14, address)).unwrap_err();
    assert_eq!((error.pointer(), error.details().line), (Some("/merchant/martin/zone"), Some(11)), "{error}");
    assert!(error.message().contains("AQ") && error.message().contains("add zone"), "{error}");
    read(&replace_line(14, &format!("{address}\nzone = 'Antarctica/Troll'"))).unwrap();
}

#[test]
fn what_a_service_wants_of_a_location_is_checked() {
    let error = read(&replace_line(16, "merchant = 'martin'\nsign-fr = { siret = '1' }")).unwrap_err();
    assert_eq!((error.pointer(), error.details().line), (Some("/location/rivoli/sign-fr/siret"), Some(17)));
}

#[test]
fn what_is_not_toml_is_named_with_its_line() {
    let cases: &[(&str, u64)] = &[
        ("journal = ", 1),
        ("journal = 'a'\njournal = 'b'", 2),
        ("[account.a]\nkey='k'\n[account.b]\n[account.a]", 4),
        ("[register.r]\r\nlocation='l'\r\n[register.r]\r\n", 3),
        ("a = 1\n\nb = \u{0}", 3),
        ("[account.a]\nkey = 'k", 2),
        ("x = 1.5", 1),
        ("\nx = 2026-01-01", 2),
        ("\n\nx = 99999999999999999999", 3),
    ];
    for (text, line) in cases {
        let error = read(text).expect_err(text);
        assert_eq!((error.kind(), error.details().line), (Kind::Config, Some(*line)), "{text:?}: {error}");
        assert_eq!(error.details().file.as_deref(), Some("conf/fiskal.toml"), "{error}");
    }
}

#[test]
fn what_is_not_json_is_named_with_its_line() {
    let cases: &[(&str, Option<u64>)] = &[
        ("", Some(1)),
        ("{\n\"journal\": }", Some(2)),
        ("{\"sync\": \"auto\",\n \"sync\": \"manual\"}", Some(2)),
        ("{\n\n\"x\": 1.5}", Some(3)),
        ("[]", None),
        ("\"text\"", None),
        ("null", None),
    ];
    for (text, line) in cases {
        let error = Config::from_json(text).expect_err(text);
        assert_eq!((error.kind(), error.details().line), (Kind::Config, *line), "{text:?}: {error}");
    }
    let mut good: Value = toml::from_str(GOOD).unwrap();
    good["account"]["paris"]["patience"] = Value::Null;
    Config::from_json(&good.to_string()).unwrap();
    good["account"]["paris"]["checks"] = "off".into();
    assert_eq!(Config::from_json(&good.to_string()).unwrap_err().pointer(), Some("/account/paris/checks"));
}

#[test]
fn nothing_hostile_gets_further_than_an_error() {
    let deep = |open: &str, close: &str| format!("x = {}{}", open.repeat(50_000), close.repeat(50_000));
    let deep_json = format!("{{\"x\": {}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let dotted = format!("{}x = 1", "a.".repeat(50_000));
    let many: String = (0..50_000).map(|n| format!("k{n} = 1\n")).collect();
    for text in [
        "",
        "\n\n",
        "# nothing",
        "\u{feff}",
        &deep("[", "]"),
        &deep("{a=", "}"),
        &dotted,
        &many,
        &"x".repeat(10_000_000),
    ] {
        assert_eq!(read(text).unwrap_err().kind(), Kind::Config);
    }
    for text in [deep_json.as_str(), &" ".repeat(10_000_000), "\u{0}", "{\"a\":"] {
        assert_eq!(Config::from_json(text).unwrap_err().kind(), Kind::Config);
    }
    let key = format!("\"{}\" = 1", "\\u0007".repeat(10_000));
    let error = read(&key).unwrap_err();
    assert!(error.message().len() < 1_000 && !error.message().contains('\u{7}'), "{error}");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_mistake() {
    let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    read(&text).unwrap();
    let error = read(&text.replace("sync = \"auto\"", "sink = \"auto\"")).unwrap_err();
    assert_eq!(error.details().line, Some(2));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("fiskal.toml");
    let error = Config::from_file(&missing).unwrap_err();
    assert_eq!(error.details().file.as_deref(), missing.to_str());
    assert!(error.message().contains("fiskal init"), "{error}");
    assert!(error.message().contains(missing.to_str().unwrap()), "{error}");
    assert_eq!(Config::from_file(folder.path()).unwrap_err().kind(), Kind::Config);

    std::fs::write(&missing, b"sync = 'auto'\n# caf\xe9\n").unwrap();
    let error = Config::from_file(&missing).unwrap_err();
    assert!(error.details().line == Some(2) && error.message().contains("UTF-8"), "{error}");

    std::fs::write(&missing, vec![b'\n'; 10_000_000]).unwrap();
    assert!(Config::from_file(&missing).unwrap_err().message().contains("1 MiB"));

    let json = folder.path().join("fiskal.JSON");
    std::fs::write(&json, toml::from_str::<Value>(GOOD).unwrap().to_string()).unwrap();
    assert_eq!(Config::from_file(&json).unwrap().journal, folder.path().join("fiskal.db"));
}

fn replace_line(number: u64, line: &str) -> String {
    let lines = GOOD.lines().zip(1..).map(|(old, at)| if at == number { line } else { old });
    lines.flat_map(|line| [line, "\n"]).collect()
}
