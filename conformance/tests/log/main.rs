//! A long life of an Austrian register: its data collection log is exported by the client, accepted by `dep.verify`
//! with the service's own list beside it, and by a reader that was written from RKSV's rules without this library.
//! `FISKAL_LOG_RECEIPTS` says how many receipts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::print_stdout, reason = "says what was skipped")]

mod register;

use fiskal::Fiskal;
use fiskal_conformance::control::Control;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use register::Register;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const RECEIPTS: (&str, u64) = ("FISKAL_LOG_RECEIPTS", 1_000);
/// Signatures that the reader beside the library looks at; each takes OpenSSL a few milliseconds.
const SIGNATURES: u64 = 50;

/// The hour that comes twice, two month ends and a year end, with three outages, each over a night of which one ends a
/// month and one the year. What is made by itself at each: monthly and yearly closes, receipts that clear an outage.
const DAYS: [(&str, &str, u64); 10] = [
    ("2026-10-25T02:40:00+02:00", "work", 0),
    ("2026-10-25T02:20:00+01:00", "work", 0),
    ("2026-10-31T23:00:00+01:00", "fail", 0),
    ("2026-11-01T08:00:00+01:00", "fail", 1),
    ("2026-11-02T08:00:00+01:00", "work", 1),
    ("2026-11-30T20:00:00+01:00", "fail", 0),
    ("2026-12-01T00:00:01+01:00", "work", 2),
    ("2026-12-31T23:58:00+01:00", "fail", 0),
    ("2027-01-01T00:01:00+01:00", "fail", 0),
    ("2027-01-02T09:00:00+01:00", "work", 2),
];

#[test]
fn a_long_log_is_accepted_by_this_library_and_by_another_reader() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    control.set_clock(&json!({ "now": "2026-10-25T01:30:00+02:00" })).unwrap();
    let own = json!({ "account": { "wien": { "key": "sandbox:sign-at" } } });
    let shop = Shop::from("config-austria.json", &sandbox, &own).unwrap();
    let fiskal = Fiskal::open_file(shop.config()).unwrap();
    fiskal.call("provision", &json!({})).unwrap();
    let coffee = json!({
        "register": "till-1",
        "items": [{"text": "Melange", "quantity": "1", "unit_price": "4.20", "vat": "20"}],
        "payments": [{"method": "cash", "amount": "4.20"}],
    });
    let sold = fiskal.call("sale.complete", &coffee).unwrap();
    let id = sold["ids"]["register"].as_str().unwrap();

    let wanted = std::env::var(RECEIPTS.0).map_or(RECEIPTS.1, |number| number.parse().unwrap());
    let mut register = Register::of(&sandbox, id);
    for (day, devices, _) in DAYS {
        control.set_clock(&json!({ "now": day })).unwrap();
        control.set(&json!({ "sign-at": { "devices": devices } })).unwrap();
        register.sign_in();
        (0..wanted / DAYS.len() as u64).for_each(|_| register.sign());
    }
    let by_itself: u64 = DAYS.iter().map(|(_, _, by_itself)| by_itself).sum();
    // The start receipt and the coffee come first.
    let receipts = 2 + register.signed + by_itself;

    let named = fiskal.call("export.create", &json!({ "register": "till-1", "type": "dep7" })).unwrap();
    let log = shop.path("dep.json");
    let to = json!({ "register": "till-1", "export": named["export"], "to": log });
    let fetched = fiskal.call("export.fetch", &to).unwrap();
    assert_eq!(fetched["verified"], json!(["form", "content", "chain"]), "{fetched}");
    assert_eq!(fetched["receipts"], receipts);

    let keys = shop.path("keys.json");
    let mut container = control.keys(id).unwrap();
    std::fs::write(&keys, container.to_string()).unwrap();
    let list = shop.path("receipts.json");
    std::fs::write(&list, register.list()).unwrap();
    let files = json!({ "file": log, "keys": keys, "receipts": list });
    let report = fiskal.call("dep.verify", &files).unwrap();
    assert_eq!((&report["fits"], &report["findings"]), (&json!(true), &json!([])), "{report:#}");
    assert_eq!((&report["receipts"], &report["compared"]), (&json!(receipts), &json!(receipts)));
    for kind in ["unsigned", "trainings", "cancellations"] {
        assert_ne!(report[kind], 0, "{kind}");
    }

    let every = (receipts / SIGNATURES).max(1);
    let Some(reader) = Reader::found() else { return };
    assert_eq!(reader.check(&log, &keys, every), Ok(receipts.to_string()));

    // The reader is one that finds something.
    let mut lacks_one: Value = serde_json::from_str(&std::fs::read_to_string(&log).unwrap()).unwrap();
    let group = lacks_one["Belege-Gruppe"][0]["Belege-kompakt"].as_array_mut().unwrap();
    group.remove(3);
    std::fs::write(&log, lacks_one.to_string()).unwrap();
    assert_eq!(reader.check(&log, &keys, every), Err("receipt 5: the chain\n".to_owned()));
    container["base64AESKey"] = json!("WQRtiiya3hYh/Uz44Bv3x8ETl1nrH6nCdErn69g5/lU=");
    std::fs::write(&keys, container.to_string()).unwrap();
    std::fs::write(
        &log,
        json!({ "Belege-Gruppe": [{ "Belege-kompakt": group_start(&lacks_one) }] }).to_string(),
    )
    .unwrap();
    assert_eq!(reader.check(&log, &keys, every), Err("receipt 1: the turnover\n".to_owned()));
}

/// The receipts before the one that was taken out.
fn group_start(log: &Value) -> Value {
    log["Belege-Gruppe"][0]["Belege-kompakt"].as_array().unwrap()[..3].into()
}

/// The reader beside this library: Python and OpenSSL.
struct Reader(PathBuf);

impl Reader {
    /// Like a door that lacks something it is skipped, but with `CI` set.
    fn found() -> Option<Reader> {
        let python = std::env::var_os("FISKAL_PYTHON").unwrap_or_else(|| "python3".into());
        let has = |program: &Path, option: &str| {
            Command::new(program).arg(option).output().is_ok_and(|output| output.status.success())
        };
        if has(python.as_ref(), "--version") && has("openssl".as_ref(), "version") {
            return Some(Reader(python.into()));
        }
        assert!(std::env::var_os("CI").is_none(), "the other reader needs Python and OpenSSL");
        println!("the other reader is skipped: it needs python3 and openssl");
        None
    }

    /// How many receipts it read, or what it found.
    fn check(&self, log: &Path, keys: &Path, every: u64) -> Result<String, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/log/independent.py");
        let run =
            Command::new(&self.0).arg(script).args([log, keys]).arg(every.to_string()).output().unwrap();
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if run.status.success() { Ok(said(&run.stdout).trim().to_owned()) } else { Err(said(&run.stderr)) }
    }
}
