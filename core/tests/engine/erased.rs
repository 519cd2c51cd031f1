//! A customer's data is erased: the chain still verifies, and the sale is still known.

use crate::ports::{lock, outside};
use crate::schedule::{Till, line};
use crate::services::Rule;
use fiskal::engine::ports::{ReceiptKey, Store};
use fiskal::error::Kind;
use fiskal::journal::Filter;

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
    journal.erase(&of_sale, crate::ports::BEGINNING.parse().unwrap(), "asked for by the customer").unwrap();

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
