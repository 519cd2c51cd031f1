//! The kill test finds what is false in a book.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use fiskal_conformance::country::Country;
use fiskal_conformance::crash::beliefs::Belief;
use fiskal_conformance::crash::books::Books;
use fiskal_conformance::crash::plan::{Plan, Sale, Way};
use serde_json::{Value, json};

fn sale(id: &str, way: Way) -> Sale {
    Sale { id: id.into(), way, params: json!({}) }
}

fn belief(sale: &str, kind: &str, told: Value) -> Belief {
    Belief { sale: sale.into(), kind: kind.into(), told }
}

fn booking(kind: &str, id: &str, number: Value, operation: &str) -> Value {
    let metadata = json!({"fiskal_operation": operation});
    json!({"type": kind, "id": id, "number": number, "times": 1, "metadata": metadata})
}

fn journal(receipts: Value) -> Value {
    json!({
        "verified": {"misfit": null, "online": {"count": 0, "misfits": []}}, "waiting": 0, "receipts": receipts,
        "status": {"registers": [{"waiting": 0, "open_sales": 0}]},
    })
}

/// One sold and one aborted sale, in all three books.
fn books() -> Books {
    let receipt = json!({
        "id": "op-1", "sale": "s-1", "state": "signed", "number": "R-1", "todo": null, "signature": "sig",
        "ids": {"record": "rec-1"}, "totals": {"gross": "1.25"},
    });
    let mut pending = receipt.clone();
    pending["state"] = json!("pending");
    pending["ids"] = json!({});
    Books {
        plan: Plan {
            seed: 1,
            country: Country::Fr,
            sales: vec![sale("s-1", Way::Whole), sale("s-2", Way::Aborted)],
        },
        beliefs: vec![
            belief("s-1", "error", json!({"kind": "unreachable"})),
            belief("s-1", "receipt", pending),
            belief("s-1", "receipt", receipt.clone()),
            belief("s-2", "aborted", json!({"sale": "s-2"})),
        ],
        journal: journal(json!([receipt])),
        log: None,
        booked: vec![
            booking("INTENTION::TRANSACTION", "int-1", Value::Null, "op-1"),
            booking("TRANSACTION::RECEIPT", "rec-1", json!("R-1"), "op-1"),
            booking("INTENTION::TRANSACTION", "int-2", Value::Null, "op-2"),
            booking("TRANSACTION::ABORT", "abo-2", Value::Null, "op-3"),
        ],
    }
}

/// A sale that was cancelled, after the start receipt, in all four books of Austria.
fn austrian() -> Books {
    let receipt = |id: &str, kind: &str, number: &str, more: Value| {
        let mut receipt = json!({
            "id": id, "type": kind, "state": "signed", "fiscal": {"number": number}, "todo": null,
            "ids": {"receipt": format!("rec-{number}")}, "qr": {"payload": format!("_R1-AT3_{number}")},
        });
        receipt.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        receipt
    };
    let sold = receipt("op-1", "sale", "2", json!({"sale": "s-1"}));
    let cancelled = receipt("op-2", "cancel", "3", json!({"original": {"receipt": "op-1"}}));
    let codes = ["_R1-AT3_1", "_R1-AT3_2", "_R1-AT3_3"].map(str::to_owned).to_vec();
    Books {
        plan: Plan { seed: 1, country: Country::At, sales: vec![sale("s-1", Way::Cancelled)] },
        beliefs: vec![
            belief("s-1", "error", json!({"kind": "not_ready"})),
            belief("s-1", "receipt", sold.clone()),
            belief("s-1", "cancelled", cancelled.clone()),
        ],
        journal: journal(json!([sold, cancelled])),
        booked: vec![
            booking("INITIALIZATION", "rec-1", json!("1"), "op-0"),
            booking("NORMAL", "rec-2", json!("2"), "op-1"),
            booking("CANCELLATION", "rec-3", json!("3"), "op-2"),
        ],
        log: Some((json!({"fits": true, "receipts": 3}), codes)),
    }
}

#[test]
fn books_that_agree() {
    for books in [books(), austrian()] {
        assert_eq!(books.differences(), Vec::<String>::new());
        assert_eq!(books.spare_intentions(), 0);
    }
}

type Falsify = fn(&mut Books);

#[test]
fn every_false_book_is_found() {
    let falsified: [(&str, Falsify); 16] = [
        ("a transaction is missing", |books| drop(books.booked.remove(1))),
        ("a transaction is booked twice", |books| books.booked.push(books.booked[1].clone())),
        ("its number was used twice", |books| books.booked[1]["times"] = json!(2)),
        ("another record", |books| books.booked[1]["id"] = json!("rec-9")),
        ("another sale's mark", |books| books.booked[1]["metadata"]["fiskal_operation"] = json!("op-9")),
        ("the abort is missing", |books| drop(books.booked.remove(3))),
        ("no receipt", |books| books.journal["receipts"] = json!([])),
        ("a receipt of the aborted sale", |books| {
            books.plan.sales[0].way = Way::Aborted;
        }),
        ("a refused receipt", |books| books.journal["receipts"][0]["state"] = json!("refused")),
        ("a stranger's record", |books| books.journal["verified"]["online"]["count"] = json!(1)),
        ("a broken chain", |books| books.journal["verified"]["misfit"] = json!({"seq": 3})),
        ("something waits", |books| books.journal["waiting"] = json!(1)),
        ("another signature than the till has", |books| books.beliefs[2].told["signature"] = json!("other")),
        ("the till has two receipts", |books| books.beliefs[1].told["id"] = json!("op-9")),
        ("an error of another country", |books| books.beliefs[0].told["kind"] = json!("not_ready")),
        ("an error that no till can act on", |books| books.beliefs[0].told["kind"] = json!("internal")),
    ];
    are_found(books, &falsified);
}

#[test]
fn every_false_book_of_austria_is_found() {
    let falsified: [(&str, Falsify); 9] = [
        ("the cancellation is missing", |books| drop(books.booked.remove(2))),
        ("the journal has no cancellation", |books| {
            drop(books.journal["receipts"].as_array_mut().unwrap().pop());
        }),
        ("it was cancelled twice", |books| {
            let receipts = books.journal["receipts"].as_array_mut().unwrap();
            receipts.push(receipts[1].clone());
        }),
        ("the till does not know of the cancellation", |books| drop(books.beliefs.pop())),
        ("another number", |books| books.booked[1]["number"] = json!("9")),
        ("the log lacks a receipt", |books| drop(books.log.as_mut().unwrap().1.pop())),
        ("the log has a receipt twice", |books| {
            let codes = &mut books.log.as_mut().unwrap().1;
            codes[0] = codes[1].clone();
        }),
        ("the log does not pass", |books| books.log.as_mut().unwrap().0["fits"] = json!(false)),
        ("the log was checked in part", |books| books.log.as_mut().unwrap().0["receipts"] = json!(2)),
    ];
    are_found(austrian, &falsified);
}

fn are_found(books: fn() -> Books, falsified: &[(&str, Falsify)]) {
    for (what, falsify) in falsified {
        let mut books = books();
        falsify(&mut books);
        assert!(!books.differences().is_empty(), "{what}");
    }
}
