//! What the journal and the service's book must say in the end.

use crate::{REGISTERS, Shift, name, of};
use fiskal::Fiskal;
use fiskal_conformance::control::Control;
use fiskal_conformance::country::Country;
use fiskal_conformance::dep::Log;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What the book calls the receipts of sales.
const RECEIPTS: [&str; 4] = ["TRANSACTION::RECEIPT", "TRANSACTION::CORRECTION", "NORMAL", "TRAINING"];

/// Every sale has one signed receipt and one booking, the same one, in the order of the sales; the service
/// refused nothing that it was sent; nothing waits.
pub(crate) fn audit(shift: &Shift<'_>, sandbox: &Control, folder: &Path) {
    let (fiskal, booked) = (shift.fiskal, sandbox.booked().unwrap());
    assert_eq!(sandbox.refused().unwrap(), Vec::<Value>::new());
    for register in 1..=REGISTERS {
        let receipts = receipts(fiskal, register);
        assert_eq!(receipts.len(), shift.sales + 1, "receipts of {}", name(register));
        let mut by_sale = BTreeMap::new();
        for receipt in &receipts {
            assert_eq!(receipt["state"], "signed", "{receipt}");
            assert_eq!(receipt["todo"], Value::Null, "{receipt}");
            by_sale.insert(receipt["sale"].as_str().unwrap(), receipt);
        }
        let in_order: Vec<&Value> = (0..=shift.sales).map(|sale| by_sale[of(sale).as_str()]).collect();
        let till = &receipts[0]["ids"][if shift.country == Country::At { "register" } else { "system" }];
        let of_till = booked.iter().filter(|booking| {
            booking["register"] == *till && RECEIPTS.contains(&booking["type"].as_str().unwrap())
        });
        let found: Vec<(&Value, &Value, &Value)> =
            of_till.map(|booking| (&booking["number"], &booking["id"], &booking["times"])).collect();
        let once = json!(1);
        let expected: Vec<(&Value, &Value, &Value)> = in_order
            .iter()
            .map(|receipt| (shift.country.number(receipt), shift.country.id(receipt), &once))
            .collect();
        assert_eq!(found, expected, "what is booked of {}", name(register));
        if shift.country == Country::At {
            let all = booked.iter().filter(|booking| booking["register"] == *till).count();
            check_log(fiskal, sandbox, folder, (register, till.as_str().unwrap()), (all, &in_order));
        }
    }
    for slip in shift.slips.lock().unwrap().iter() {
        let receipt = fiskal.call("receipt.get", &json!({"id": slip["id"]})).unwrap();
        assert_eq!((&receipt["replaces"], &receipt["sale"]), (&slip["id"], &slip["sale"]));
    }
    let verified = fiskal.call("journal.verify", &json!({"online": true})).unwrap();
    assert_eq!((&verified["misfit"], &verified["online"]["misfits"]), (&Value::Null, &json!([])));
    for register in fiskal.call("status", &json!({})).unwrap()["registers"].as_array().unwrap() {
        assert_eq!((&register["waiting"], &register["offline"]), (&json!(0), &Value::Null), "{register}");
    }
}

/// The receipts of a register's sales.
fn receipts(fiskal: &Fiskal, register: usize) -> Vec<Value> {
    let all = json!({"register": name(register), "limit": 1000});
    let mut receipts = fiskal.call("receipt.list", &all).unwrap()["receipts"].take();
    let mut receipts = std::mem::take(receipts.as_array_mut().unwrap());
    // What the service made by itself is of no sale.
    receipts.retain(|receipt| receipt["sale"].is_string());
    receipts
}

/// The log of a register has all that was booked and passes, and its machine codes are those of the receipts.
fn check_log(
    fiskal: &Fiskal,
    sandbox: &Control,
    folder: &Path,
    (register, id): (usize, &str),
    (booked, receipts): (usize, &[&Value]),
) {
    let log = Log::fetch(fiskal, &name(register), id).unwrap();
    let checked = log.check(fiskal, sandbox, id, folder).unwrap();
    assert_eq!((&checked["fits"], &checked["receipts"]), (&json!(true), &json!(booked)), "{checked}");
    let codes = log.codes().unwrap();
    let printed: Vec<&str> =
        receipts.iter().map(|receipt| receipt["qr"]["payload"].as_str().unwrap()).collect();
    let found: Vec<&str> = codes.iter().map(String::as_str).filter(|code| printed.contains(code)).collect();
    assert_eq!(found, printed, "the log of {}", name(register));
}
