//! `compliance.sequence`: the numbers of NF525's separate chains, one for each kind of document, of taxpayers that are
//! certified by INFOCERT (contract sign-fr 5.4). That they exist is published, and their form; their kinds are not.

use serde_json::{Value, json};

use super::book::dead;
use super::view;
use crate::crypto::chain_signature;
use crate::sign_fr::desk::Desk;
use crate::sign_fr::state::{Record, Resource, Sequence};
use crate::sign_fr::systems;

/// The sequence that records of this type stand in; at most eight characters (`ComplianceSequence.type`).
fn kind_of(record_type: &str) -> Option<&'static str> {
    match record_type {
        "TRANSACTION::RECEIPT" | "TRANSACTION::CORRECTION" | "TRANSACTION::CANCELLATION" => Some("TICKET"),
        "TRANSACTION::INVOICE" => Some("FACTURE"),
        "TRANSACTION::PROOF_OF_PAYMENT" => Some("PAIEMENT"),
        "INTENTION::DUPLICATE" => Some("DUPLICAT"),
        "INTENTION::EVENT" => Some("JET"),
        "CLOSING::DAILY" | "CLOSING::MONTHLY" | "CLOSING::YEARLY" => Some("GT"),
        _ => None,
    }
}

/// The next place in its sequence, for a record that has one.
pub(super) fn next(desk: &Desk<'_>, system: &Resource, record: &Record) -> Option<Sequence> {
    let kind = kind_of(&record.kind).filter(|_| desk.settings.infocert_sequences && !dead(&record.state))?;
    let credentials = systems::taxpayer(desk, system)?.content.get("fiscalization")?.get("credentials")?;
    if credentials.get("type").and_then(Value::as_str) != Some("INFOCERT") {
        return None;
    }
    let before = desk.state.last_in_sequence(&system.id, kind);
    let place = before.and_then(|record| record.sequence.as_ref());
    Some(Sequence {
        kind: kind.to_owned(),
        number: place.map_or(1, |place| place.number + 1),
        signature: chain_signature(
            place.map(|place| place.signature.as_str()),
            &view::canonical_text(record),
        ),
        record: before.map(|record| record.id.clone()),
    })
}

/// The place as `compliance` shows it.
pub(super) fn shown(sequence: &Sequence) -> Value {
    let Sequence { kind, number, signature, record } = sequence;
    let mut shown = json!({ "number": number.to_string(), "signature": signature, "type": kind });
    if let (Some(record), Some(members)) = (record, shown.as_object_mut()) {
        members.insert("record".to_owned(), json!({ "id": record }));
    }
    json!({ "data": format!("{kind} {number}"), "sequence": shown })
}
