//! The tables that the engine reads: changed in each entry's own transaction, rebuilt from the entries.

use crate::engine::events::{Event, Resolution, What};
use crate::error::{Error, Kind, Result};
use crate::exchange::{FollowUp, Line, Operation, Outcome, Request};
use crate::journal::{Entry, Projection};
use crate::receipt::{Receipt, State};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// The engine's projection of the journal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Book;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS facts (line TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS operations (
  id TEXT PRIMARY KEY, seq INTEGER NOT NULL, accepted INTEGER NOT NULL, ended INTEGER, line TEXT NOT NULL, key TEXT,
  fingerprint TEXT NOT NULL, state TEXT NOT NULL, sale TEXT, stuck TEXT, set_aside TEXT,
  refused INTEGER NOT NULL DEFAULT 0, not_before TEXT, operation TEXT NOT NULL, outcome TEXT, deferred TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS operations_by_key ON operations (line, key, seq);
CREATE INDEX IF NOT EXISTS operations_unfinished ON operations (line, seq)
  WHERE state IN ('open', 'handed_over', 'deferred', 'follow_up');
CREATE INDEX IF NOT EXISTS operations_by_sale ON operations (line, sale) WHERE sale IS NOT NULL;
CREATE INDEX IF NOT EXISTS operations_refused ON operations (line, seq) WHERE refused = 1;
CREATE TABLE IF NOT EXISTS exchanges (
  operation TEXT NOT NULL, label TEXT NOT NULL, seq INTEGER NOT NULL, request TEXT NOT NULL,
  known TEXT NOT NULL, answer TEXT, first_sent_at TEXT NOT NULL, attempts INTEGER NOT NULL,
  PRIMARY KEY (operation, label)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sales (
  line TEXT NOT NULL, sale TEXT NOT NULL, seq INTEGER NOT NULL, begun_at TEXT NOT NULL, cart TEXT NOT NULL,
  service TEXT NOT NULL, ended INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (line, sale)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sales_open ON sales (line, seq) WHERE ended = 0;
CREATE TABLE IF NOT EXISTS receipts (
  id TEXT PRIMARY KEY, line TEXT NOT NULL, sale TEXT, series TEXT, number TEXT, final INTEGER NOT NULL,
  changed INTEGER NOT NULL, receipt TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS receipts_not_final ON receipts (line, changed) WHERE final = 0;
CREATE INDEX IF NOT EXISTS receipts_by_sale ON receipts (line, sale);
CREATE INDEX IF NOT EXISTS receipts_by_number ON receipts (line, number);
CREATE INDEX IF NOT EXISTS receipts_by_change ON receipts (changed);
CREATE INDEX IF NOT EXISTS receipts_of_line ON receipts (line, changed);
";

impl Projection for Book {
    fn version(&self) -> u32 {
        3
    }

    fn create(&self, db: &Connection) -> Result<()> {
        db.execute_batch(TABLES).map_err(broken)
    }

    fn clear(&self, db: &Connection) -> Result<()> {
        db.execute_batch(
            "DROP TABLE IF EXISTS facts; DROP TABLE IF EXISTS operations; DROP TABLE IF EXISTS exchanges;
             DROP TABLE IF EXISTS sales; DROP TABLE IF EXISTS receipts;",
        )
        .map_err(broken)
    }

    fn apply(&self, db: &Connection, entry: &Entry) -> Result<()> {
        let Some(payload) = &entry.payload else { return Ok(()) };
        if entry.kind == "journal.erased" {
            return forget(db, payload);
        }
        let Some(event) = Event::from_entry(&entry.line, &entry.kind, payload.clone())? else {
            return Ok(());
        };
        Change { db, entry, line: &event.line }.apply(&event.what)
    }
}

/// What is taken from entries that are erased, by a list of their numbers: one pass over a table for all of them.
const FORGET: [&str; 4] = [
    "DELETE FROM receipts WHERE changed IN (SELECT value FROM json_each(?1)) AND final = 1",
    "DELETE FROM sales WHERE seq IN (SELECT value FROM json_each(?1)) AND ended = 1",
    // What is parked has nothing unanswered, and cannot go on without its content.
    "DELETE FROM exchanges WHERE operation IN (SELECT id FROM operations WHERE state = 'parked'
       AND (accepted IN (SELECT value FROM json_each(?1)) OR ended IN (SELECT value FROM json_each(?1))))",
    "UPDATE operations SET operation = json_set(operation, '$.params', NULL, '$.original', NULL), outcome = NULL,
       state = iif(state = 'parked', 'failed', state)
     WHERE (accepted IN (SELECT value FROM json_each(?1)) OR ended IN (SELECT value FROM json_each(?1)))
       AND state IN ('finished', 'failed', 'parked')",
];

/// What was taken from entries that are erased now goes too, unless an operation still needs it.
fn forget(db: &Connection, erased: &Value) -> Result<()> {
    let Some(seqs) = erased.get("seqs").filter(|seqs| seqs.is_array()) else { return Ok(()) };
    for sql in FORGET {
        db.prepare_cached(sql)
            .and_then(|mut statement| statement.execute([seqs.to_string()]))
            .map_err(broken)?;
    }
    Ok(())
}

/// One event, on its way into the tables.
struct Change<'a> {
    db: &'a Connection,
    entry: &'a Entry,
    line: &'a Line,
}

impl Change<'_> {
    fn apply(&self, what: &What) -> Result<()> {
        match what {
            What::Accepted { operation, key, fingerprint } => {
                self.insert_operation(operation, key.as_deref(), fingerprint, "open", None)
            }
            What::Requested { operation, request, sent_at } => {
                self.take_up(*operation)?;
                self.put_request(*operation, request, *sent_at)
            }
            What::Again { operation, label } => self.execute(
                "UPDATE exchanges SET attempts = attempts + 1, known = 'unknown', answer = NULL
                 WHERE operation = ?1 AND label = ?2",
                params![operation.to_string(), label],
            ),
            What::Answered { operation, label, answer } => self.execute(
                "UPDATE exchanges SET known = 'answered', answer = ?3 WHERE operation = ?1 AND label = ?2",
                params![operation.to_string(), label, json(answer)?],
            ),
            What::Lost { operation, label, sent, .. } => self.execute(
                "UPDATE exchanges SET known = ?3 WHERE operation = ?1 AND label = ?2",
                params![operation.to_string(), label, if *sent { "unknown" } else { "not_sent" }],
            ),
            What::HandedOver { operation, outcome } => {
                self.set_state(*operation, "handed_over", Some(outcome), None)?;
                self.take_outcome(*operation, outcome)
            }
            What::Deferred { operation, outcome, deferred } => {
                self.set_state(*operation, "deferred", Some(outcome), Some(deferred))?;
                self.queue_last(*operation)?;
                self.take_outcome(*operation, outcome)
            }
            What::Parked { operation, .. } => self.set_state(*operation, "parked", None, None),
            What::Finished { operation, outcome } => {
                self.note_refusal(*operation, outcome)?;
                self.set_state(*operation, "finished", Some(outcome), None)?;
                self.forget_exchanges(*operation)?;
                self.take_outcome(*operation, outcome)
            }
            What::Failed { operation, error } => {
                if error.kind() == Kind::Refused {
                    self.mark_sale_refused(*operation)?;
                }
                self.set_state(*operation, "failed", None, None)?;
                self.forget_exchanges(*operation)
            }
            What::Stuck { operation, error } => self.execute(
                "UPDATE operations SET stuck = ?2 WHERE id = ?1",
                params![operation.to_string(), error.message()],
            ),
            What::Resolved { operation, how, reason, receipts, .. } => {
                self.resolve(*operation, *how, reason)?;
                receipts.iter().try_for_each(|receipt| self.put_receipt(receipt))
            }
            What::Updated { sale, cart } => self.execute(
                "UPDATE sales SET cart = ?3 WHERE line = ?1 AND sale = ?2",
                params![self.line.to_string(), sale, json(cart)?],
            ),
        }
    }

    fn insert_operation(
        &self,
        operation: &Operation,
        key: Option<&str>,
        fingerprint: &str,
        state: &str,
        not_before: Option<String>,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO operations (id, seq, line, key, fingerprint, state, operation, not_before, sale, accepted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?2)",
            params![
                operation.id.to_string(),
                self.entry.seq as i64,
                operation.line.to_string(),
                key,
                fingerprint,
                state,
                json(operation)?,
                not_before,
                operation.sale_id()
            ],
        )
    }

    /// A parked operation that sends again stands in the way of what comes later on its line.
    fn take_up(&self, id: Uuid) -> Result<()> {
        self.execute(
            "UPDATE operations SET state = 'open', seq = ?2 WHERE id = ?1 AND state = 'parked'",
            params![id.to_string(), self.entry.seq as i64],
        )
    }

    /// What is deferred is replayed in the order in which it was deferred, whenever it was taken on.
    fn queue_last(&self, id: Uuid) -> Result<()> {
        self.execute(
            "UPDATE operations SET seq = ?2 WHERE id = ?1",
            params![id.to_string(), self.entry.seq as i64],
        )
    }

    fn put_request(&self, id: Uuid, request: &Request, sent_at: Timestamp) -> Result<()> {
        self.execute(
            "INSERT INTO exchanges VALUES (?1, ?2, ?3, ?4, 'unknown', NULL, ?5, 1)
             ON CONFLICT DO UPDATE SET request = excluded.request, known = 'unknown',
               first_sent_at = excluded.first_sent_at, attempts = 1",
            params![
                id.to_string(),
                request.label,
                self.entry.seq as i64,
                json(request)?,
                sent_at.to_string()
            ],
        )
    }

    fn set_state(
        &self,
        id: Uuid,
        state: &str,
        outcome: Option<&Outcome>,
        deferred: Option<&Value>,
    ) -> Result<()> {
        self.execute(
            "UPDATE operations SET state = ?2, outcome = ?3, deferred = ?4, ended = ?5 WHERE id = ?1",
            params![
                id.to_string(),
                state,
                outcome.map(json).transpose()?,
                deferred.map(json).transpose()?,
                self.entry.seq as i64
            ],
        )
    }

    /// What was handed over and is refused now waits for somebody's decision.
    fn note_refusal(&self, id: Uuid, outcome: &Outcome) -> Result<()> {
        if outcome.error.as_ref().is_none_or(|error| error.kind() != Kind::Refused) {
            return Ok(());
        }
        self.execute(
            "UPDATE operations SET refused = 1
             WHERE id = ?1 AND state IN ('handed_over', 'deferred') AND set_aside IS NULL",
            params![id.to_string()],
        )?;
        self.mark_sale_refused(id)
    }

    fn mark_sale_refused(&self, id: Uuid) -> Result<()> {
        let Some(operation) = self.operation(id)? else { return Ok(()) };
        let Some(sale) = operation.sale_id() else { return Ok(()) };
        self.execute(
            "UPDATE sales SET refused = 1 WHERE line = ?1 AND sale = ?2",
            params![self.line.to_string(), sale],
        )
    }

    /// Settled by somebody's word: the refused one is off the list, the one that waits is to be given up.
    fn resolve(&self, id: Uuid, how: Resolution, reason: &str) -> Result<()> {
        self.execute("UPDATE operations SET refused = 0 WHERE id = ?1", params![id.to_string()])?;
        if how != Resolution::SetAside {
            return Ok(());
        }
        self.execute("UPDATE operations SET set_aside = ?2 WHERE id = ?1", params![id.to_string(), reason])
    }

    fn forget_exchanges(&self, id: Uuid) -> Result<()> {
        self.execute("DELETE FROM exchanges WHERE operation = ?1", params![id.to_string()])
    }

    fn take_outcome(&self, id: Uuid, outcome: &Outcome) -> Result<()> {
        if let Some(learned) = &outcome.learned {
            self.execute(
                "INSERT INTO facts VALUES (?1, ?2) ON CONFLICT DO UPDATE SET facts = excluded.facts",
                params![self.line.to_string(), json(learned)?],
            )?;
        }
        outcome.receipts.iter().try_for_each(|receipt| self.put_receipt(receipt))?;
        // Where the operation's own entry is erased, a rebuild has nothing more to derive.
        let Some(operation) = self.operation(id)? else { return Ok(()) };
        self.track_sale(&operation, outcome)?;
        let mut follow_ups = outcome.later.iter().enumerate();
        follow_ups.try_for_each(|(at, follow_up)| self.put_follow_up(&operation, at, follow_up))
    }

    fn operation(&self, id: Uuid) -> Result<Option<Operation>> {
        let sql = "SELECT operation FROM operations WHERE id = ?1";
        let text: Option<String> =
            self.db.query_row(sql, [id.to_string()], |row| row.get(0)).optional().map_err(broken)?;
        text.map(|text| parsed(&text)).transpose()
    }

    fn put_receipt(&self, receipt: &Receipt) -> Result<()> {
        self.execute(
            "INSERT INTO receipts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE SET final = excluded.final, changed = excluded.changed,
               receipt = excluded.receipt, series = excluded.series, number = excluded.number",
            params![
                receipt.id,
                self.line.to_string(),
                receipt.sale,
                receipt.series,
                receipt.number,
                matches!(receipt.state, State::Signed | State::Refused),
                self.entry.seq as i64,
                json(receipt)?
            ],
        )
    }

    /// A sale is open from the end of `sale.begin` to the end of what completes or aborts it.
    fn track_sale(&self, operation: &Operation, outcome: &Outcome) -> Result<()> {
        let Some(sale) = operation.sale_id() else { return Ok(()) };
        match operation.name.as_str() {
            "sale.begin" => self.execute(
                "INSERT INTO sales (line, sale, seq, begun_at, cart, service, ended) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)
                 ON CONFLICT DO UPDATE SET service = excluded.service",
                params![
                    self.line.to_string(),
                    sale,
                    self.entry.seq as i64,
                    operation.at.to_string(),
                    json(operation.params.get("sale").unwrap_or(&Value::Null))?,
                    json(&outcome.open_sale)?
                ],
            ),
            "sale.complete" | "sale.abort" => self.execute(
                "UPDATE sales SET ended = 1 WHERE line = ?1 AND sale = ?2",
                params![self.line.to_string(), sale],
            ),
            _ => Ok(()),
        }
    }

    fn put_follow_up(&self, parent: &Operation, at: usize, follow_up: &FollowUp) -> Result<()> {
        let operation = Operation {
            id: parent.derived_id(&format!("follow-up/{at}/{}", follow_up.name)),
            name: follow_up.name.clone(),
            params: follow_up.params.clone(),
            deferred: None,
            ..parent.clone()
        };
        // Handed over and finished, an outcome may name the same follow-up twice.
        if self.operation(operation.id)?.is_some() {
            return Ok(());
        }
        self.insert_operation(&operation, None, "", "follow_up", Some(follow_up.not_before.to_string()))
    }

    fn execute(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<()> {
        self.db
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map(drop)
            .map_err(broken)
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|cause| Error::internal(format!("no JSON form: {cause}")))
}

pub(crate) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|cause| damaged(&cause.to_string()))
}

/// The error for what a table has and this library never wrote.
pub(super) fn damaged(why: &str) -> Error {
    let message = format!(
        "a table made from its entries is damaged ({why}); keep the file, let `fiskal journal verify` look at it, \
         restore a backup"
    );
    Error::new(Kind::Journal, message)
}

pub(super) fn broken(cause: rusqlite::Error) -> Error {
    Error::from(cause)
}
