//! A customer's data is erased: the chain still verifies, and the sale is still known.

use crate::ports::{BEGINNING, lock, outside};
use crate::schedule::{Till, line, submission};
use crate::services::Rule;
use fiskal::Interrupt;
use fiskal::engine::ports::{ReceiptKey, Store};
use fiskal::error::Kind;
use fiskal::journal::{Filter, Journal};
use rusqlite::types::ValueRef;
use serde_json::json;

/// The numbers of the entries that hold a text.
fn entries_with(journal: &Journal, text: &str) -> Vec<u64> {
    let filter = Filter { line: Some(line("r").to_string()), limit: 1_000, ..Filter::default() };
    let holds = |payload: &serde_json::Value| payload.to_string().contains(text);
    let all = journal.entries(&filter).unwrap().into_iter();
    all.filter(|entry| entry.payload.as_ref().is_some_and(holds)).map(|entry| entry.seq).collect()
}

/// The values of all tables that hold a text, with their tables.
fn kept(journal: &Journal, text: &str) -> Vec<String> {
    let found = journal.read(|db| {
        let mut found = Vec::new();
        let mut tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'")?;
        for table in tables.query_map([], |row| row.get::<_, String>(0))? {
            let table = table?;
            let mut rows = db.prepare(&format!("SELECT * FROM {table}"))?;
            let columns = rows.column_count();
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column)? {
                        let value = String::from_utf8_lossy(bytes);
                        if value.contains(text) {
                            found.push(format!("{table}: {value}"));
                        }
                    }
                }
            }
        }
        Ok(found)
    });
    found.unwrap()
}

/// Wherever it was: in what was asked for, in the receipt that it was about, in what was never booked.
#[test]
fn what_is_erased_is_in_no_table_any_more() {
    const NAME: &str = "Anna Huber";
    let world = outside(1, 0);
    let till = Till::start(Rule::Window, &world);
    let asked = submission("sale.complete", "r", "s", NAME);
    let asked = fiskal::engine::Submission { original: Some(json!({ "customer": NAME })), ..asked };
    till.engine.submit(asked.clone(), &Interrupt::never()).unwrap();
    lock(&world).link_down = true;
    assert_eq!(till.sell("r", "t", NAME).unwrap().unwrap_err().kind(), Kind::Unreachable);
    lock(&world).link_down = false;
    let journal = till.engine.store().journal();
    journal.erase(&entries_with(journal, NAME), BEGINNING.parse().unwrap(), "asked for").unwrap();
    assert_eq!(kept(journal, NAME), Vec::<String>::new());

    assert!(till.engine.submit(asked, &Interrupt::never()).is_ok(), "the same sale is still known");
    assert_eq!(till.sell("r", "s", "Otto").unwrap().unwrap_err().kind(), Kind::Conflict);
    assert!(till.sell("r", "t", "Otto").unwrap().is_ok(), "what was never booked can be sold");
    assert_eq!(lock(&world).remote.booked.len(), 2);
}

#[test]
fn an_erased_sale_is_not_booked_again() {
    let world = outside(1, 0);
    let till = Till::start(Rule::Window, &world);
    for sale in ["s", "t"] {
        assert!(till.sell("r", sale, "x").unwrap().is_ok());
    }
    let journal = till.engine.store().journal();
    let all = journal
        .entries(&Filter { line: Some(line("r").to_string()), limit: 1_000, ..Filter::default() })
        .unwrap();
    let of_sale: Vec<u64> = all
        .iter()
        .filter(|entry| entry.payload.as_ref().unwrap().to_string().contains("\"s\""))
        .map(|entry| entry.seq)
        .collect();
    assert!(of_sale.len() >= 2, "the sale stands in its operation, its request and its outcome");
    journal.erase(&of_sale, BEGINNING.parse().unwrap(), "asked for by the customer").unwrap();

    till.engine.store().verify();
    let found = till.engine.store().receipt(&ReceiptKey::Sale(line("r"), "s".into())).unwrap();
    assert!(found.is_none(), "its receipt is gone");
    let kept = till.engine.store().receipt(&ReceiptKey::Sale(line("r"), "t".into())).unwrap();
    assert!(kept.is_some(), "the other one is not");
    assert!(till.sell("r", "s", "x").unwrap().is_ok());
    assert_eq!(till.sell("r", "s", "y").unwrap().unwrap_err().kind(), Kind::Conflict);
    assert_eq!(lock(&world).remote.booked.iter().filter(|booking| booking.sale == "s").count(), 1);
    journal.rebuild().unwrap();
}
