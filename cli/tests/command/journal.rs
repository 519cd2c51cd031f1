//! The journal held against what the service has, exported, explained; and decisions about the queue.

use crate::shop::{RunningSandbox, Shop};
use fiskal::journal::{Draft, Durability, Filter, JOURNAL_LINE, Journal, Options};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// The id of a receipt that nobody booked.
const INVENTED: &str = "00000000-0000-4000-8000-000000000001";

fn sale(id: &str) -> String {
    let sale = json!({
        "id": id, "register": "till-1", "number": id.to_uppercase(),
        "items": [{"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"}],
        "payments": [{"method": "cash", "amount": "2.40"}],
    });
    sale.to_string()
}

/// A shop that has sold these.
fn selling(sandbox: &RunningSandbox, sales: &[&str]) -> Shop {
    let shop = Shop::with(sandbox);
    shop.run(&["provision"]).ends(0);
    for id in sales {
        shop.run_with(&["sell", "-"], &sale(id)).ends(0);
    }
    shop
}

/// Puts another journal in the place of the shop's.
fn replace_journal(shop: &Shop, with: &str) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(shop.path(&format!("fiskal.db{suffix}")));
    }
    std::fs::rename(shop.path(with), shop.path("fiskal.db")).unwrap();
}

/// Writes the journal anew with another price, as somebody would who knows how it is made: every hash fits.
fn rewrite(from: &Path, to: &Path) {
    let options = |now| Options { id: uuid::Uuid::nil(), salt: Arc::new(|| [3; 16]), now };
    let old = Journal::open(from, Arc::new(fiskal::engine::Book), options(jiff::Timestamp::MIN)).unwrap();
    let entries = old.entries(&Filter { limit: 1_000, ..Filter::default() }).unwrap();
    let forged = Options { id: old.id(), ..options(entries[0].at) };
    let new = Journal::open(to, Arc::new(fiskal::engine::Book), forged).unwrap();
    // Its opening is the first entry already.
    for entry in &entries[1..] {
        if entry.line == JOURNAL_LINE {
            new.tie(entry.at).unwrap();
            continue;
        }
        let text = entry.payload.as_ref().unwrap().to_string().replace("Croissant", "Baguette");
        let payload = serde_json::from_str(&text).unwrap();
        let draft = Draft { line: entry.line.clone(), kind: entry.kind.clone(), payload };
        new.append(vec![draft], entry.at, Durability::Lazy).unwrap();
    }
    new.close().unwrap();
}

fn misfits(shop: &Shop) -> Vec<Value> {
    shop.run(&["journal", "verify"]).ends(0);
    let found = shop.run(&["journal", "verify", "--online", "--json"]).ends(1).json();
    assert_eq!(found["misfit"], Value::Null, "by itself it fits");
    found["online"]["misfits"].as_array().unwrap().clone()
}

#[test]
fn a_journal_that_was_written_anew_is_found_out_by_the_service() {
    let sandbox = RunningSandbox::start();
    let shop = selling(&sandbox, &["s-1", "s-2"]);
    let found = shop.run(&["journal", "verify", "--online", "--json"]).ends(0).json();
    assert_eq!(
        (&found["online"]["count"], &found["online"]["registers"][0]["anchored"]),
        (&json!(0), &json!(4))
    );

    rewrite(&shop.path("fiskal.db"), &shop.path("forged.db"));
    replace_journal(&shop, "forged.db");
    let misfits = misfits(&shop);
    let first = misfits[0]["why"].as_str().unwrap();
    assert!(first.contains("was rewritten"), "{first}");
    let seqs: Vec<u64> = misfits.iter().filter_map(|misfit| misfit["seq"].as_u64()).collect();
    assert!(seqs.is_sorted() && !seqs.is_empty(), "{seqs:?}");
}

#[test]
fn a_journal_put_back_from_an_older_copy_is_found_out_by_the_service() {
    let sandbox = RunningSandbox::start();
    let shop = selling(&sandbox, &["s-1"]);
    shop.run(&["journal", "backup", "copy.db"]).ends(0);
    shop.run_with(&["sell", "-"], &sale("s-2")).ends(0);
    replace_journal(&shop, "copy.db");
    let misfits = misfits(&shop);
    assert_eq!(misfits.len(), 2, "the intention and the receipt of s-2: {misfits:#?}");
}

/// Somebody adds a receipt that was never booked, under every hash that it needs.
#[test]
fn a_receipt_that_the_service_does_not_know_is_named() {
    let sandbox = RunningSandbox::start();
    let shop = selling(&sandbox, &["s-1"]);
    let receipt = shop.run(&["receipt", &receipt_of(&shop), "--json"]).ends(0).json();
    let [id, record] = ["/id", "/ids/record"].map(|at| receipt.pointer(at).unwrap().as_str().unwrap());
    let options = Options { id: uuid::Uuid::nil(), salt: Arc::new(|| [3; 16]), now: jiff::Timestamp::MIN };
    let journal = Journal::open(&shop.path("fiskal.db"), Arc::new(fiskal::engine::Book), options).unwrap();
    let entries = journal.entries(&Filter { limit: 1_000, ..Filter::default() }).unwrap();
    let last = entries.iter().rfind(|entry| entry.kind == "operation.finished").unwrap();
    let text = last.payload.as_ref().unwrap().to_string();
    let text = text.replace(id, INVENTED).replace(record, "invented-record");
    let draft = Draft {
        line: last.line.clone(),
        kind: last.kind.clone(),
        payload: serde_json::from_str(&text).unwrap(),
    };
    journal.append(vec![draft], last.at, Durability::Lazy).unwrap();
    journal.close().unwrap();
    let misfits = misfits(&shop);
    assert_eq!(misfits.len(), 1, "{misfits:#?}");
    assert_eq!(
        (&misfits[0]["receipt"], &misfits[0]["record"]),
        (&json!(INVENTED), &json!("invented-record"))
    );
}

/// The id of the only receipt.
fn receipt_of(shop: &Shop) -> String {
    let list = shop.run(&["call", "receipt.list"]).ends(0).json();
    list["receipts"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_export_is_checked_without_journal_and_configuration() {
    let sandbox = RunningSandbox::start();
    let shop = selling(&sandbox, &["s-1"]);
    for format in ["jsonl", "csv"] {
        let said = shop.run(&["journal", "export", format, "--format", format]).ends(0).out;
        assert!(said.starts_with(&format!("{format} has the whole journal ")), "{said}");
        let auditor = Shop::new();
        std::fs::rename(shop.path(format), auditor.path("audit")).unwrap();
        let said = auditor.run(&["journal", "verify", "--export", "audit"]).ends(0).out;
        assert!(said.contains("entries fit") && said.contains("the whole journal"), "{said}");
        let file = auditor.path("audit").join(format!("entries.{format}"));
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replacen("Croissant", "Baguette", 1)).unwrap();
        let said = auditor.run(&["journal", "verify", "--export", "audit"]).ends(1).err;
        assert!(said.contains("does not fit") && said.contains("export made anew"), "{said}");
        auditor.run(&["journal", "verify", "--export", "audit", "--online"]).ends(2);
    }
    shop.run(&["journal", "export", "fiskal.toml"]).ends(1);
    shop.run(&["journal", "export", "none", "--first", "100000"]).ends(1);
}

#[test]
fn a_sale_is_explained_and_redacted() {
    let sandbox = RunningSandbox::start();
    let shop = selling(&sandbox, &["s-1", "s-2"]);
    let story = shop.run(&["explain", "S-1"]).ends(0).out;
    for part in ["sale s-1", "is signed", "The till asked for the completion of the sale", "POST /records"] {
        assert!(story.contains(part), "{part} is not in:\n{story}");
    }
    let story = shop.run(&["explain", "s-1", "--json"]).ends(0).json();
    let seq = story["steps"][0]["seq"].to_string();
    shop.run(&["explain", "S-9"]).ends(1);
    shop.run(&["journal", "redact", &seq]).ends(2);
    let said = shop.run(&["journal", "redact", &seq, "--reason", "asked for"]).ends(0).out;
    assert!(said.contains("erased: 1"), "{said}");
    let said = shop.run(&["journal", "verify"]).ends(0).out;
    assert!(said.contains("1 of them erased"), "{said}");
}

#[test]
fn a_receipt_without_a_number_is_explained() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::in_austria(&sandbox);
    shop.run(&["provision"]).ends(0);
    let sold = sale("s-1").replace(r#""number":"S-1","#, "").replace("5.5", "20");
    shop.run_with(&["sell", "-"], &sold).ends(0);
    let story = shop.run(&["explain", "s-1"]).ends(0).out;
    let receipt = story.lines().find(|line| line.starts_with("receipt ")).unwrap();
    let words: Vec<&str> = receipt.split(' ').collect();
    assert!(matches!(words[..], ["receipt", _, "is", "signed"]), "{receipt}");
}

#[test]
fn the_queue_is_shown_and_decided_about() {
    let sandbox = RunningSandbox::start();
    let shop = selling(&sandbox, &["s-1"]);
    sandbox.cut();
    shop.run_with(&["sell", "-"], &sale("s-2")).ends(3);
    let list = shop.run(&["queue", "list", "--json"]).ends(0).json();
    let operation = list["entries"][0]["operation"].as_str().unwrap();
    assert!(shop.run(&["queue", "list"]).ends(0).out.contains("s-2"));
    shop.run(&["queue", "retry", operation, "--reason", "once more"]).ends(3);
    shop.run_with(&["queue", "amend", operation, "-", "--reason", "wrong"], &sale("s-2")).ends(1);
    shop.run(&["queue", "set-aside", operation]).ends(2);
    sandbox.heal();
    let said =
        shop.run(&["queue", "set-aside", operation, "--reason", "typed twice", "--json"]).ends(0).json();
    assert_eq!((&said["settled"], &said["receipt"]["state"]), (&json!(true), &json!("refused")));
    assert!(said["receipt"]["todo"].as_str().unwrap().contains("typed twice"));
    assert_eq!(shop.run(&["queue", "list", "--json"]).ends(0).json()["entries"], json!([]));
    assert!(shop.run(&["queue", "list"]).ends(0).out.starts_with("nothing waits"));
}

/// A sale in Austria.
fn melange(id: &str) -> String {
    let sale = json!({
        "id": id, "register": "till-1",
        "items": [{"text": "Melange", "quantity": "1", "unit_price": "4.20", "vat": "20"}],
        "payments": [{"method": "cash", "amount": "4.20"}],
    });
    sale.to_string()
}

/// Whoever has a key can change a receipt's metadata at SIGN AT, but not that there is a receipt.
#[test]
fn an_austrian_journal_that_was_cut_is_found_out_even_where_metadata_were_changed() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::in_austria(&sandbox);
    shop.run(&["provision"]).ends(0);
    shop.run_with(&["sell", "-"], &melange("s-1")).ends(0);
    shop.run(&["journal", "backup", "copy.db"]).ends(0);
    let lost = shop.run_with(&["sell", "-", "--json"], &melange("s-2")).ends(0).json();
    let found = shop.run(&["journal", "verify", "--online", "--json"]).ends(0).json();
    let register = &found["online"]["registers"][0];
    assert_eq!((&register["records"], &register["anchored"]), (&json!(3), &json!(2)));

    replace_journal(&shop, "copy.db");
    let cut = misfits(&shop);
    assert_eq!(cut.len(), 1, "{cut:#?}");
    assert_eq!(cut[0]["record"], lost["ids"]["receipt"]);
    assert!(cut[0]["seq"].is_u64(), "{cut:#?}");

    let [register, receipt] = ["register", "receipt"].map(|id| lost["ids"][id].as_str().unwrap());
    let mark = lost["answer"]["metadata"]["fiskal_journal"].as_str().unwrap();
    let journal = mark.split(':').next().unwrap();
    let change = json!({
        "register": "till-1", "method": "PATCH",
        "path": format!("/cash-register/{register}/receipt/{receipt}/metadata"),
        "body": {"fiskal_journal": journal},
    });
    shop.run(&["call", "request", &change.to_string()]).ends(0);
    let cut = misfits(&shop);
    assert_eq!(cut.len(), 1, "{cut:#?}");
    let why = cut[0]["why"].as_str().unwrap();
    assert!(why.contains("does not have the request"), "{why}");
}

#[test]
fn another_journals_austrian_receipts_are_told_beside_a_french_register() {
    let sandbox = RunningSandbox::start();
    let shop = Shop::in_austria(&sandbox);
    shop.run(&["provision"]).ends(0);
    shop.run_with(&["sell", "-"], &melange("s-1")).ends(0);
    // Another till under the same name, with a journal of its own.
    let other = Shop::in_austria(&sandbox);
    other.run(&["provision"]).ends(0);
    let foreign = other.run_with(&["sell", "-", "--json"], &melange("s-2")).ends(0).json();

    let french = include_str!("fiskal.toml").replace("register.till-1", "register.till-2");
    let french = french.replace("journal = \"fiskal.db\"\nsync    = \"manual\"\n", "");
    let account = &sandbox.ready["accounts"]["sign-fr"];
    let french = french.replace("{url}", account["url"].as_str().unwrap());
    let french = french.replace("file:key", "file:key-fr").replace("file:secret", "file:secret-fr");
    for part in ["key", "secret"] {
        shop.write(&format!("{part}-fr"), account[part].as_str().unwrap());
    }
    let austrian = std::fs::read_to_string(shop.path("fiskal.toml")).unwrap();
    shop.write("fiskal.toml", &format!("{austrian}\n{french}"));
    shop.run(&["provision"]).ends(0);

    let found = shop.run(&["--json", "journal", "verify", "--online"]).ends(1).json();
    let registers = found["online"]["registers"].as_array().unwrap();
    let names: Vec<_> = registers.iter().map(|register| register["register"].as_str().unwrap()).collect();
    assert_eq!(names, ["till-1", "till-2"]);
    let misfits = found["online"]["misfits"].as_array().unwrap();
    assert_eq!(misfits.len(), 1, "{misfits:#?}");
    assert_eq!(misfits[0]["record"], foreign["ids"]["receipt"]);
    let mark = foreign["answer"]["metadata"]["fiskal_journal"].as_str().unwrap();
    let why = misfits[0]["why"].as_str().unwrap();
    assert!(why.contains(mark.split(':').next().unwrap()), "{why}");
}
