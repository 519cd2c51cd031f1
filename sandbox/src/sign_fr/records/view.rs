//! A record as answers show it, and the part of it that is signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::book::COMPLETED;
use super::{paper, sequence};
use crate::canonical;
use crate::crypto::artifact_xml;
use crate::sign_fr::desk::{Desk, envelope};
use crate::sign_fr::errors::Problem;
use crate::sign_fr::files;
use crate::sign_fr::state::Record;
use crate::sign_fr::systems;

/// Longest `operation` in an answer; what the schema does not allow is left out (contract sign-fr, `JsonData`).
const LONGEST_OPERATION: usize = 65_536;

/// Asks for the blobs of the transmission, which answers to a POST alone have (contract sign-fr 2.8).
pub(super) const TRANSMISSION: &str = "transmission";
/// What they were in TEST: an empty JSON object with a line end, unpadded.
const EMPTY_BLOB: &str = "e30A";

/// The members of a record that never change after it was booked, as they stand in its answers: `id`, `type`,
/// `system`, `record`, `operation` and `journal` without its signature. Their canonical JSON is what the chain is
/// made of.
pub(super) fn unsigned(record: &Record) -> Value {
    let mut journal = json!({ "signed_at": record.signed_at });
    link(&mut journal, "record", record.previous.as_deref());
    let mut sealed = json!({
        "id": record.id, "type": record.kind, "system": { "id": record.system },
        "operation": record.operation, "journal": journal,
    });
    link(&mut sealed, "record", record.record.as_deref());
    sealed
}

/// The text that the chain signature covers.
pub(in crate::sign_fr) fn canonical_text(record: &Record) -> String {
    canonical::to_string(&unsigned(record))
}

/// What goes into the signed artifact: the unchanging members with their chain signature.
fn sealed(record: &Record) -> Value {
    let mut sealed = unsigned(record);
    if let Some(journal) = sealed.get_mut("journal").and_then(Value::as_object_mut) {
        journal.insert("signature".to_owned(), record.signature.clone().into());
    }
    sealed
}

/// The record with what the flags ask for (contract sign-fr 1.7).
pub(in crate::sign_fr) fn record(
    desk: &Desk<'_>,
    record: &Record,
    wants: impl Fn(&str) -> bool,
) -> Result<Value, Problem> {
    let mut content = sealed(record);
    let Some(members) = content.as_object_mut() else {
        return Err(Problem::internal("a record is an object"));
    };
    if !wants("operation") || record.operation.chars().count() > LONGEST_OPERATION {
        members.remove("operation");
    }
    members.insert("state".to_owned(), record.state.clone().into());
    members.insert("mode".to_owned(), record.mode.clone().into());
    members.insert("file".to_owned(), file(desk, record, &wants)?);
    if !record.logs.is_empty() {
        let logs =
            record.logs.iter().map(|message| json!({ "severity": "ERROR", "message": message })).collect();
        members.insert("logs".to_owned(), logs);
    }
    if let Some(data) = data(desk, record, &wants) {
        members.insert("data".to_owned(), data);
    }
    if let (Some(compliance), Some(members)) = (compliance(desk, record, &wants), content.as_object_mut()) {
        members.insert("compliance".to_owned(), compliance);
        if wants(TRANSMISSION) && record.document_number.is_some() {
            let blob = json!({ "type": "application/json", "data": EMPTY_BLOB });
            members.insert("transmission".to_owned(), json!({ "request": blob, "response": blob }));
        }
    }
    link(&mut content, "used_in", record.used_in.as_deref());
    link(&mut content, "replayed_by", record.replayed_by.as_deref());
    Ok(envelope(content, record.metadata.as_ref()))
}

/// The signed artifact and the system's JWS over it. Both follow from what is stored, so they are made when asked
/// for; the JWS names the key by its certificate and carries no payload (RFC 7515, appendix F).
fn file(desk: &Desk<'_>, record: &Record, wants: &impl Fn(&str) -> bool) -> Result<Value, Problem> {
    let mut file = Map::new();
    file.insert("location".to_owned(), "SERVICE".into());
    if wants("file-artifact") || wants("file-integrity") {
        let artifact = artifact_xml(&sealed(record));
        if wants("file-artifact") {
            let data = STANDARD.encode(&artifact);
            file.insert("artifact".to_owned(), json!({ "type": "application/xml", "data": data }));
        }
        if wants("file-integrity") {
            let system = desk.state.systems.get(&record.system);
            let system = system.ok_or_else(|| Problem::internal("a record belongs to a system"))?;
            let jws = systems::signer(system)?
                .jws(artifact.as_bytes())
                .map_err(|error| Problem::internal(error.to_string()))?;
            file.insert(
                "integrity".to_owned(),
                json!({ "type": "application/jose", "data": STANDARD.encode(jws) }),
            );
        }
    }
    Ok(Value::Object(file))
}

/// What stands beside a document by law. In Italy what the authority gave: its number, where to print it, and the
/// document itself. In France its place in its sequence; there is nothing else (contract sign-fr 2.8, 5.4).
fn compliance(desk: &Desk<'_>, record: &Record, wants: &impl Fn(&str) -> bool) -> Option<Value> {
    if let Some(sequence) = &record.sequence {
        return Some(sequence::shown(sequence));
    }
    let number = record.document_number.as_deref().filter(|_| record.state == COMPLETED)?;
    let url = format!("{}/records/{}?compliance-artifact=", desk.base, record.id);
    let mut compliance = json!({ "data": number, "url": url });
    if wants("compliance-artifact") {
        let data = STANDARD.encode(paper::pdf(desk, record, number));
        let artifact = json!({ "type": "application/pdf", "data": data });
        compliance.as_object_mut()?.insert("artifact".to_owned(), artifact);
    }
    Some(compliance)
}

/// Where an export's file lies.
fn data(desk: &Desk<'_>, record: &Record, wants: &impl Fn(&str) -> bool) -> Option<Value> {
    let file = desk.state.files.get(record.file.as_deref()?)?;
    let mut data = json!({ "location": "SERVICE" });
    let members = data.as_object_mut()?;
    if wants("data-artifact") {
        members.insert("artifact".to_owned(), files::artifact(file));
    }
    if wants("data-integrity") {
        let jws = STANDARD.encode(&file.integrity);
        members.insert("integrity".to_owned(), json!({ "type": "application/jose", "data": jws }));
    }
    Some(data)
}

fn link(value: &mut Value, name: &str, id: Option<&str>) {
    if let (Some(id), Some(members)) = (id, value.as_object_mut()) {
        members.insert(name.to_owned(), json!({ "id": id }));
    }
}
