//! The journal as the engine's [`Store`].

use crate::engine::events::Event;
use crate::engine::ports::{Durability, Entry, OpenSale, ReceiptFilter, ReceiptKey, Store, Waiting};
use crate::engine::projection::{broken, parsed};
use crate::engine::rows::{RawEntry, RawExchange, RawSale};
use crate::error::Result;
use crate::exchange::{Anchor, Exchange, Line};
use crate::journal::{self, Draft, Journal, LineLock};
use crate::receipt::Receipt;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, ToSql};
use serde_json::Value;
use uuid::Uuid;

const ENTRY: &str = "SELECT operation, key, fingerprint, state, outcome, deferred, not_before, stuck, set_aside FROM operations";
/// The condition of the index `operations_unfinished`, word for word: SQLite uses a partial index only
/// where the query repeats it, and would else read all that a line ever did.
const UNFINISHED: &str = "state IN ('open', 'handed_over', 'deferred', 'follow_up')";
const ALL_OF_LINE: &str =
    "SELECT receipt FROM receipts INDEXED BY receipts_of_line WHERE line = ?1 ORDER BY changed";
const SALE: &str = "SELECT sale, cart, begun_at, service, ended, refused FROM sales";

impl Store for Journal {
    type Lock = LineLock;

    fn id(&self) -> Uuid {
        Journal::id(self)
    }

    fn last_at(&self) -> Timestamp {
        Journal::last_at(self)
    }

    fn try_lock(&self, line: &Line) -> Result<Option<LineLock>> {
        Journal::try_lock(self, &line.to_string())
    }

    fn append(&self, events: &[Event], at: Timestamp, durability: Durability) -> Result<()> {
        let drafts = events
            .iter()
            .map(|event| {
                let (kind, payload) = event.to_entry()?;
                Ok(Draft { line: event.line.to_string(), kind, payload })
            })
            .collect::<Result<Vec<_>>>()?;
        let durability = match durability {
            Durability::Durable => journal::Durability::Durable,
            Durability::Lazy => journal::Durability::Lazy,
        };
        Journal::append(self, drafts, at, durability).map(drop)
    }

    fn anchor(&self, line: &Line) -> Result<Option<Anchor>> {
        let head = self.head(&line.to_string())?;
        Ok(head.map(|(seq, hash)| Anchor { seq, hash: hash.to_string() }))
    }

    fn facts(&self, line: &Line) -> Result<Value> {
        self.read(|db| {
            let text =
                one(db, "SELECT facts FROM facts WHERE line = ?1", &[&line.to_string()], |row| row.get(0))?;
            text.map_or(Ok(Value::Null), |text: String| parsed(&text))
        })
    }

    fn operation(&self, id: Uuid) -> Result<Option<Entry>> {
        self.read(|db| {
            one(db, &format!("{ENTRY} WHERE id = ?1"), &[&id.to_string()], RawEntry::read)?
                .map(RawEntry::parse)
                .transpose()
        })
    }

    fn find(&self, line: &Line, key: &str) -> Result<Option<Entry>> {
        self.read(|db| {
            let sql = format!("{ENTRY} WHERE line = ?1 AND key = ?2 ORDER BY seq DESC LIMIT 1");
            one(db, &sql, &[&line.to_string(), &key], RawEntry::read)?.map(RawEntry::parse).transpose()
        })
    }

    fn queue(&self, line: &Line) -> Result<Vec<Entry>> {
        self.read(|db| entries(db, line, "state <> 'follow_up'"))
    }

    fn first(&self, line: &Line) -> Result<Option<Entry>> {
        self.read(|db| {
            let sql = format!("{} LIMIT 1", unfinished("state <> 'follow_up'"));
            one(db, &sql, &[&line.to_string()], RawEntry::read)?.map(RawEntry::parse).transpose()
        })
    }

    fn unfinished_of(&self, line: &Line, sale: &str) -> Result<Vec<Entry>> {
        self.read(|db| {
            many(db, &unfinished_of(), &[&line.to_string(), &sale], RawEntry::read)?
                .into_iter()
                .map(RawEntry::parse)
                .collect()
        })
    }

    fn refused(&self, line: &Line) -> Result<Vec<Entry>> {
        self.read(|db| {
            let sql = format!("{ENTRY} WHERE line = ?1 AND refused = 1 ORDER BY seq");
            many(db, &sql, &[&line.to_string()], RawEntry::read)?.into_iter().map(RawEntry::parse).collect()
        })
    }

    fn follow_ups(&self, line: &Line) -> Result<Vec<Entry>> {
        self.read(|db| entries(db, line, "state = 'follow_up'"))
    }

    fn waiting(&self, line: &Line) -> Result<Waiting> {
        self.read(|db| {
            let sql = format!(
                "SELECT count(*), (SELECT stuck FROM operations WHERE line = ?1 AND {UNFINISHED}
                   AND state <> 'follow_up' AND stuck IS NOT NULL ORDER BY seq LIMIT 1)
                 FROM operations WHERE line = ?1 AND {UNFINISHED}"
            );
            let found = one(db, &sql, &[&line.to_string()], |row| {
                Ok(Waiting { count: row.get::<_, u32>(0)? as usize, stuck: row.get(1)? })
            });
            Ok(found?.unwrap_or_default())
        })
    }

    fn unfinished_lines(&self) -> Result<Vec<Line>> {
        self.read(|db| {
            let sql = format!("SELECT DISTINCT line FROM operations WHERE {UNFINISHED} ORDER BY line");
            many(db, &sql, &[], |row| row.get::<_, String>(0))?.iter().map(|line| line.parse()).collect()
        })
    }

    fn exchanges(&self, operation: Uuid) -> Result<Vec<Exchange>> {
        self.read(|db| {
            let sql = "SELECT request, known, answer, first_sent_at, attempts FROM exchanges
                       WHERE operation = ?1 ORDER BY seq";
            many(db, sql, &[&operation.to_string()], RawExchange::read)?
                .into_iter()
                .map(RawExchange::parse)
                .collect()
        })
    }

    fn sale(&self, line: &Line, sale: &str) -> Result<Option<OpenSale>> {
        self.read(|db| {
            let sql = format!("{SALE} WHERE line = ?1 AND sale = ?2");
            one(db, &sql, &[&line.to_string(), &sale], RawSale::read)?.map(RawSale::parse).transpose()
        })
    }

    fn open_sales(&self, line: &Line) -> Result<Vec<OpenSale>> {
        self.read(|db| {
            let sql = format!("{SALE} WHERE line = ?1 AND ended = 0 ORDER BY seq");
            many(db, &sql, &[&line.to_string()], RawSale::read)?.into_iter().map(RawSale::parse).collect()
        })
    }

    fn receipt(&self, by: &ReceiptKey) -> Result<Option<Receipt>> {
        self.read(|db| {
            let text: Option<String> = match by {
                ReceiptKey::Id(id) => {
                    one(db, "SELECT receipt FROM receipts WHERE id = ?1", &[id], |row| row.get(0))?
                }
                ReceiptKey::Sale(line, sale) => {
                    let sql = "SELECT receipt FROM receipts WHERE line = ?1 AND sale = ?2 ORDER BY changed DESC LIMIT 1";
                    one(db, sql, &[&line.to_string(), sale], |row| row.get(0))?
                }
                ReceiptKey::Number(line, series, number) => {
                    let sql = "SELECT receipt FROM receipts WHERE line = ?1 AND series IS ?2 AND number = ?3
                               ORDER BY changed DESC LIMIT 1";
                    one(db, sql, &[&line.to_string(), series, number], |row| row.get(0))?
                }
            };
            text.map(|text| parsed(&text)).transpose()
        })
    }

    fn receipts(&self, filter: &ReceiptFilter) -> Result<Vec<(u64, Receipt)>> {
        self.read(|db| {
            let sql = page(filter);
            let line = filter.line.as_ref().map(Line::to_string);
            let values: [&dyn ToSql; 3] = [&line, &(filter.after as i64), &(filter.limit as i64)];
            let mut receipts =
                many(db, &sql, &values, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?
                    .into_iter()
                    .map(|(changed, text)| Ok((changed.unsigned_abs(), parsed(&text)?)))
                    .collect::<Result<Vec<(u64, Receipt)>>>()?;
            // Those of one entry in the order of their fiscal numbers, which are digits.
            let number = |receipt: &Receipt| {
                receipt.fiscal.number.as_ref().map(|number| (number.len(), number.clone()))
            };
            receipts.sort_by_cached_key(|(changed, receipt)| (*changed, number(receipt)));
            Ok(receipts)
        })
    }

    fn each_receipt(&self, line: &Line, each: &mut dyn FnMut(Receipt)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(ALL_OF_LINE)?;
            let mut rows = statement.query([line.to_string()])?;
            while let Some(row) = rows.next()? {
                each(parsed(&row.get::<_, String>(0)?)?);
            }
            Ok(())
        })
    }
}

fn unfinished(which: &str) -> String {
    format!("{ENTRY} WHERE line = ?1 AND {UNFINISHED} AND {which} ORDER BY seq")
}

/// Those about a sale. SQLite would else take the index of all that is unfinished, which an outage makes long.
fn unfinished_of() -> String {
    format!(
        "{ENTRY} INDEXED BY operations_by_sale
         WHERE line = ?1 AND sale = ?2 AND {UNFINISHED} AND state <> 'follow_up' ORDER BY seq"
    )
}

/// A page of receipts. What one entry changed is never cut in two: the mark of the next page is the entry.
fn page(filter: &ReceiptFilter) -> String {
    let these = match (filter.waiting, &filter.line) {
        (true, Some(_)) => "INDEXED BY receipts_not_final WHERE final = 0 AND line = ?1",
        (true, None) => "INDEXED BY receipts_not_final WHERE final = 0 AND ?1 IS NULL",
        (false, Some(_)) => "INDEXED BY receipts_of_line WHERE line = ?1",
        (false, None) => "INDEXED BY receipts_by_change WHERE ?1 IS NULL",
    };
    format!(
        "SELECT changed, receipt FROM receipts {these} AND changed > ?2 AND changed <= ifnull(
           (SELECT changed FROM receipts {these} AND changed > ?2 ORDER BY changed LIMIT 1 OFFSET ?3 - 1), {})
         ORDER BY changed",
        i64::MAX
    )
}

/// A line's unfinished operations of which `which` holds.
fn entries(db: &Connection, line: &Line, which: &str) -> Result<Vec<Entry>> {
    many(db, &unfinished(which), &[&line.to_string()], RawEntry::read)?
        .into_iter()
        .map(RawEntry::parse)
        .collect()
}

fn one<T>(
    db: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.query_row(values, read).optional())
        .map_err(broken)
}

fn many<T>(
    db: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.query_map(values, read)?.collect())
        .map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Book;
    use crate::journal::Projection;

    /// What a sale costs must not depend on how many went before it.
    #[test]
    fn unfinished_operations_are_found_without_reading_the_finished_ones() {
        let db = Connection::open_in_memory().unwrap();
        Book.create(&db).unwrap();
        for which in ["state <> 'follow_up'", "state = 'follow_up'"] {
            let sql = format!("EXPLAIN QUERY PLAN {}", unfinished(which));
            let plan: Vec<String> = many(&db, &sql, &[&"a line"], |row| row.get("detail")).unwrap();
            let [step] = &plan[..] else { panic!("{plan:?}") };
            assert!(step.contains("operations_unfinished (line=?)"), "{step}");
        }
        let sql = format!("EXPLAIN QUERY PLAN {}", unfinished_of());
        let plan: Vec<String> = many(&db, &sql, &[&"a line", &"a sale"], |row| row.get("detail")).unwrap();
        assert!(plan[0].contains("operations_by_sale (line=? AND sale=?)"), "{plan:?}");
    }

    /// Every synchronisation looks for them, beside all receipts that a register ever made.
    #[test]
    fn receipts_that_are_not_final_are_found_without_reading_the_final_ones() {
        let db = Connection::open_in_memory().unwrap();
        Book.create(&db).unwrap();
        for line in [Some("a@test/register/r".parse().unwrap()), None] {
            let sql = page(&ReceiptFilter { line, waiting: true, after: 0, limit: 10 });
            let values: [&dyn ToSql; 3] = [&"a line", &0, &10];
            let plan: Vec<String> =
                many(&db, &format!("EXPLAIN QUERY PLAN {sql}"), &values, |row| row.get("detail")).unwrap();
            let tables: Vec<&String> = plan.iter().filter(|step| step.contains("receipts")).collect();
            assert_eq!(tables.len(), 2, "{plan:?}");
            assert!(tables.iter().all(|step| step.contains("receipts_not_final")), "{plan:?}");
        }
    }
}
