//! FinanzOnline works out receipts anew with what was handed over to it (contract sign-at 2.9, 6.1 to 6.8).

use std::path::{Path, PathBuf};

use fiskal_sandbox::{Options, Sandbox, Store};
use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::austria::{Shop, raw, sale};

const ZERO: [&str; 5] = ["0.00", "0.00", "0.00", "0.00", "0.00"];

/// What FinanzOnline said about a register's receipts: number, results, the last reason.
fn said(shop: &Shop, place: usize) -> Vec<(String, Vec<String>, Value)> {
    let known = shop.control(Method::GET, "sign-at/finanzonline", None);
    let receipts = known["taxpayers"][0]["registers"][place]["receipts"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |receipt: &Value| {
        let said = receipt["validations"].as_array().unwrap();
        let results = said.iter().map(|one| text(&one["validation_result"])).collect();
        (text(&receipt["receipt_number"]), results, said.last().unwrap()["reason"].clone())
    };
    receipts.iter().map(row).collect()
}

fn validate(shop: &Shop, register: &str, id: &Value) -> Value {
    let path = format!("/cash-register/{register}/receipt/{}/validation", id.as_str().unwrap());
    shop.post(&path, None).ok()["validation_result"].clone()
}

#[test]
fn every_kind_of_receipt_holds_whatever_the_width_of_the_counter() {
    for width in [5, 8, 16] {
        let shop = Shop::open().later("2026-11-29T12:00:00+01:00");
        shop.settings(&json!({ "counter_bytes": width, "fon": "answers" }));
        shop.authenticate_fon().ok();
        shop.make_unit();
        let register = shop.make_register();
        // Below nothing, and above it again: 12.34 - 100.00 = -87.66; a training counts nothing.
        shop.book(&register, &raw("NORMAL", ["12.34", "0.00", "0.00", "0.00", "0.00"]));
        shop.book(&register, &raw("CANCELLATION", ["0.00", "-99.98", "0.00", "-0.01", "-0.01"]));
        shop.book(&register, &raw("TRAINING", ["0.00", "0.00", "7.00", "0.00", "0.00"]));
        assert_eq!(shop.register(&register)["turnover_counter"], "-87.66");
        let shop = shop.later("2026-12-01T12:00:00+01:00");
        shop.book(&register, &sale("ZERO", "500.00"));
        let shop = shop.later("2027-01-02T12:00:00+01:00");
        shop.set_register(&register, "DECOMMISSIONED").ok();
        // Start, month, year, end; then those that nobody asks about by themselves.
        for receipt in shop.receipts(&register) {
            assert_eq!(validate(&shop, &register, &receipt["_id"]), "SUCCESS", "{width} bytes: {receipt}");
        }
        let automatic: Vec<String> =
            said(&shop, 0).into_iter().filter(|row| row.1.len() == 2).map(|row| row.0).collect();
        assert_eq!(automatic, ["1", "5", "7", "8"]);
    }
}

/// A sandbox on a file, which is stopped, changed and started again.
struct Kept {
    folder: TempDir,
}

impl Kept {
    fn path(&self) -> PathBuf {
        self.folder.path().join("sandbox.db")
    }

    fn start(path: &Path) -> Shop {
        let store = Store::File(path.to_owned());
        Shop::at(Sandbox::start(Options { store, ..Options::default() }).unwrap())
    }

    /// A shop with a start receipt and a sale, and the register's id.
    fn new() -> (Kept, String) {
        let kept = Kept { folder: tempfile::tempdir().unwrap() };
        let shop = Kept::start(&kept.path());
        shop.authenticate_fon().ok();
        shop.make_unit();
        let register = shop.make_register();
        shop.book(&register, &sale("STANDARD", "12.00"));
        (kept, register)
    }

    /// Sets a member of the documents of a kind, or deletes them.
    fn spoil(&self, kind: &str, member: &str, value: &Value) -> Shop {
        let connection = Connection::open(self.path()).unwrap();
        let changed = if member.is_empty() {
            connection.execute("DELETE FROM document WHERE kind = ?1", [kind])
        } else {
            connection.execute(
                "UPDATE document SET body = json_set(body, ?2, json(?3)) WHERE kind = ?1",
                [kind, &format!("$.{member}"), &value.to_string()],
            )
        };
        assert_eq!(changed.unwrap(), 1, "{kind} {member}");
        drop(connection);
        Kept::start(&self.path())
    }
}

/// What a service that counts, chains or registers wrongly would be told.
#[test]
fn a_mistake_of_the_service_is_found() {
    let other_key = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let mistakes = [
        ("register", "turnover", json!(1), "the turnover counter is not the sum of the receipts"),
        ("register", "chain", json!("AAAAAAAAAAA="), "the chain value is not that of the receipt before"),
        ("register", "serial", json!("other1"), "the receipt is of another register than was registered"),
        ("register_entry", "counter_key", other_key, "the turnover counter is not the sum of the receipts"),
        ("register_entry", "counter_key", json!("short"), "the turnover counter cannot be decrypted"),
        ("register_entry", "", json!(null), "the register was not registered"),
        ("unit_entry", "", json!(null), "no unit with this certificate was registered"),
        ("unit_entry", "certificate", json!("none"), "the certificate cannot be read"),
    ];
    for (kind, member, value, reason) in mistakes {
        let (kept, register) = Kept::new();
        let shop = kept.spoil(kind, member, &value);
        let receipt = shop.book(&register, &raw("NORMAL", ZERO));
        assert_eq!(validate(&shop, &register, &receipt["_id"]), "ERROR_UNSPECIFIED", "{reason}");
        if !member.is_empty() || kind == "unit_entry" {
            let last = said(&shop, 0).pop().unwrap();
            assert_eq!((last.0.as_str(), &last.2), ("3", &json!(reason)), "{kind} {member}");
        }
        let shown = shop.get(&format!("/cash-register/{register}/receipt/3")).ok();
        assert!(
            shown["fon_validations"][0].get("reason").is_none(),
            "the interface tells no reason: {shown}"
        );
    }
}

#[test]
fn a_mistake_can_be_planted() {
    let (shop, register) = Shop::ready();
    let receipt = shop.book(&register, &sale("STANDARD", "1.00"));
    shop.settings(&json!({ "fon_validation": "fails_first" }));
    assert_eq!(validate(&shop, &register, &receipt["_id"]), "ERROR_UNSPECIFIED");
    assert_eq!(validate(&shop, &register, &receipt["_id"]), "SUCCESS");
    let begun = shop.make_register();
    let start = &shop.receipts(&begun)[0];
    assert_eq!(start["fon_validations"][0]["validation_result"], "ERROR_UNSPECIFIED", "by itself as well");
    assert_eq!(validate(&shop, &begun, &start["_id"]), "SUCCESS");
    shop.settings(&json!({ "fon_validation": "fails" }));
    assert_eq!(validate(&shop, &register, &receipt["_id"]), "ERROR_UNSPECIFIED");
    assert_eq!(validate(&shop, &register, &receipt["_id"]), "ERROR_UNSPECIFIED");
    let shown = shop.get(&format!("/cash-register/{register}/receipt/2")).ok();
    assert_eq!(shown["fon_validations"].as_array().unwrap().len(), 4, "every answer is kept");
}
