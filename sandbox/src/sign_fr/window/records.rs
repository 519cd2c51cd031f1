//! Records as they arrive, and a record's place in the chain.

use serde_json::Value;

use super::super::records::{canonical_text, show};
use super::super::state::{Kind, Record, State};
use super::super::{SignFr, guide};
use super::{ResourceView, named};
use crate::crypto::chain_signature;
use crate::settings::SignFrSettings;
use crate::slice::{Cursor, Slice, slice};

/// One row of a list.
#[derive(Debug, Clone)]
pub(crate) struct RecordRow {
    pub(crate) id: String,
    /// `TRANSACTION::RECEIPT`, `INTENTION::TRANSACTION`…
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) signed_at: String,
    pub(crate) system: String,
    /// The system's name.
    pub(crate) label: String,
    /// The number and the total of the document, if it has one.
    pub(crate) number: Option<String>,
    pub(crate) total: Option<String>,
}

/// A record with its neighbours in the system's journal.
#[derive(Debug)]
pub(crate) struct RecordView {
    pub(crate) row: RecordRow,
    pub(crate) organization: String,
    /// The operation as it was kept.
    pub(crate) operation: Value,
    /// The operation as the reference has it.
    pub(crate) document: Value,
    /// The record as the interface answers it.
    pub(crate) content: Value,
    pub(crate) metadata: Option<Value>,
    pub(crate) signature: String,
    pub(crate) previous: Option<RecordRow>,
    pub(crate) next: Option<RecordRow>,
    /// Whether the signature follows from the record and the signature before it.
    pub(crate) holds: bool,
    /// The system, its location and its taxpayer, as far as they are known.
    pub(crate) places: Vec<ResourceView>,
}

impl SignFr {
    /// Records, newest first; of one system, if it is named.
    pub(crate) fn records(&self, system: Option<&str>, cursor: &Cursor) -> Slice<RecordRow> {
        let keep = |record: &Record| system.is_none_or(|id| record.system == id);
        self.look(|desk| {
            slice(&desk.state.records, cursor, keep, |record| row(desk.state, record, desk.settings))
        })
    }

    pub(crate) fn record(&self, id: &str) -> Option<RecordView> {
        let mut view = self.look(|desk| {
            let state = &*desk.state;
            let record = state.records.get(id)?;
            let previous = record.previous.as_deref().and_then(|id| state.records.get(id));
            let next = state.records.rows().iter().find(|row| row.previous.as_deref() == Some(id));
            let before = previous.map(|previous| previous.signature.as_str());
            let shown = show(desk, record, |_| false).ok()?;
            let row = |record| row(state, record, desk.settings);
            let operation = serde_json::from_str(&record.operation).unwrap_or_default();
            Some(RecordView {
                row: row(record),
                organization: record.organization.clone(),
                document: guide::reading(&operation, desk.settings),
                operation,
                content: shown.get("content").cloned().unwrap_or_default(),
                metadata: shown.get("metadata").cloned(),
                signature: record.signature.clone(),
                holds: chain_signature(before, &canonical_text(record)) == record.signature,
                previous: previous.map(row),
                next: next.map(row),
                places: Vec::new(),
            })
        })?;
        let mut place = self.resource(Kind::System, &view.row.system);
        while let Some(found) = place {
            place = found.above.as_ref().and_then(|(kind, row)| self.resource(*kind, &row.id));
            view.places.push(found);
        }
        Some(view)
    }
}

fn row(state: &State, record: &Record, settings: &SignFrSettings) -> RecordRow {
    let operation: Value = serde_json::from_str(&record.operation).unwrap_or_default();
    let operation = guide::reading(&operation, settings);
    let document = operation.get("document").or_else(|| operation.pointer("/data/document"));
    let text = |place: &str| {
        document.and_then(|document| document.pointer(place)).and_then(Value::as_str).map(str::to_owned)
    };
    RecordRow {
        id: record.id.clone(),
        kind: record.kind.clone(),
        state: record.state.clone(),
        signed_at: record.signed_at.clone(),
        system: record.system.clone(),
        label: named(state, Kind::System, &record.system),
        number: text("/number"),
        total: text("/total_vat/inclusive"),
    }
}
