//! Booking: a record enters its system's journal and is chained to the one before it.

use jiff::Timestamp;
use serde_json::Value;

use super::{sequence, view};
use crate::audit::Booking;
use crate::canonical;
use crate::crypto::chain_signature;
use crate::sign_fr::NAME;
use crate::sign_fr::desk::{Desk, stamp};
use crate::sign_fr::state::{Metadata, Record, Resource, Transmission};

pub(super) const ACCEPTED: &str = "ACCEPTED";
pub(super) const REJECTED: &str = "REJECTED";
pub(super) const FAILED: &str = "FAILED";
pub(super) const COMPLETED: &str = "COMPLETED";
pub(super) const PROCESSING: &str = "PROCESSING";
pub(super) const FINISHED: &str = "FINISHED";

/// What is to be booked.
pub(super) struct Draft {
    pub(super) kind: String,
    pub(super) state: &'static str,
    pub(super) mode: &'static str,
    /// The intention of a transaction, or the export intention of an export.
    pub(super) record: Option<String>,
    pub(super) operation: Value,
    pub(super) logs: Vec<String>,
    pub(super) replayed_by: Option<String>,
    /// The document that the operation refers to.
    pub(super) refers_to: Option<String>,
    pub(super) file: Option<String>,
    pub(super) metadata: Option<Metadata>,
    pub(super) document_number: Option<String>,
    pub(super) transmission: Option<Transmission>,
}

/// Whether a record in this state came to nothing (contract sign-fr 3.2).
pub(super) fn dead(state: &str) -> bool {
    [REJECTED, FAILED].contains(&state)
}

impl Draft {
    pub(super) fn new(kind: String, operation: Value) -> Draft {
        Draft {
            kind,
            state: COMPLETED,
            mode: FINISHED,
            record: None,
            operation,
            logs: Vec::new(),
            replayed_by: None,
            refers_to: None,
            file: None,
            metadata: None,
            document_number: None,
            transmission: None,
        }
    }
}

/// Books a draft on a system and returns the record. A rejected or failed record stands in the journal too, but is no booking.
pub(super) fn book(desk: &mut Desk<'_>, system: &Resource, draft: Draft) -> Record {
    let operation = draft.operation.clone();
    let record = enter(desk, system, draft, desk.now);
    if !dead(&record.state) {
        desk.changes.book(booking(desk, &record, &operation));
    }
    record
}

/// Books what the service makes by itself, as of a time that has passed. Nobody asked for it, so it is none of the
/// audit's bookings.
pub(super) fn book_at(desk: &mut Desk<'_>, system: &Resource, draft: Draft, at: Timestamp) -> Record {
    enter(desk, system, draft, at)
}

fn enter(desk: &mut Desk<'_>, system: &Resource, draft: Draft, at: Timestamp) -> Record {
    let previous = desk.state.last_record(&system.id).map(|last| (last.id.clone(), last.signature.clone()));
    let (previous, seed) = previous.unzip();
    let mut record = Record {
        id: desk.new_id(),
        organization: system.organization.clone(),
        system: system.id.clone(),
        kind: draft.kind,
        state: draft.state.to_owned(),
        mode: draft.mode.to_owned(),
        record: draft.record,
        used_in: None,
        replayed_by: draft.replayed_by,
        refers_to: draft.refers_to,
        operation: canonical::to_string(&draft.operation),
        signature: String::new(),
        signed_at: stamp(at, desk.settings),
        previous,
        logs: draft.logs,
        file: draft.file,
        sequence: None,
        metadata: draft.metadata,
        document_number: draft.document_number,
        transmission: draft.transmission,
    };
    record.signature = chain_signature(seed.as_deref(), &view::canonical_text(&record));
    record.sequence = sequence::next(desk, system, &record);
    desk.save(record.clone());
    record
}

fn booking(desk: &Desk<'_>, record: &Record, operation: &Value) -> Booking {
    let document = operation.get("document").or_else(|| operation.pointer("/data/document"));
    let text = |name: &str| {
        document.and_then(|document| document.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
    Booking {
        service: NAME.to_owned(),
        register: record.system.clone(),
        number: text("number"),
        series: text("series"),
        id: record.id.clone(),
        kind: record.kind.clone(),
        metadata: record.metadata.clone().map(Value::Object),
        at: desk.now,
    }
}
