//! Files: exports, as ZIP with a JWS beside it (contract sign-fr 2.9). What is inside a real one is not published;
//! ours holds `records.json`, the exported records in journal order, and `certificate.pem`, which verifies the JWS.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::desk::{Desk, envelope, stamp};
use super::errors::Problem;
use super::pagination::page;
use super::state::{File, Kind, Resource};
use super::systems;
use super::zip::{self, Entry};
use crate::http::Reply;

/// Packs and signs records; the file is not saved yet.
pub(super) fn create(desk: &Desk<'_>, system: &Resource, records: &[Value]) -> Result<File, Problem> {
    let key = systems::signer(system)?;
    let entries = [
        Entry { name: "records.json", data: json!(records).to_string().into_bytes() },
        Entry { name: "certificate.pem", data: key.certificate_pem().as_bytes().to_vec() },
    ];
    let zip =
        zip::archive(&entries).ok_or_else(|| Problem::unprocessable("the export is larger than 4 GiB"))?;
    let integrity = key.jws(&zip).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(File {
        id: desk.new_id(),
        organization: system.organization.clone(),
        system: system.id.clone(),
        created_at: desk.now,
        zip: STANDARD.encode(zip),
        integrity,
    })
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let system = desk.request.query("system_id");
    if let Some(id) = system {
        desk.find(Kind::System, id)?;
    }
    let time = |name: &str| desk.request.query(name).and_then(|text| text.parse::<Timestamp>().ok());
    let (start, end) = (time("start"), time("end"));
    let keep = |file: &File| {
        system.is_none_or(|id| file.system == id)
            && start.is_none_or(|start| start <= file.created_at)
            && end.is_none_or(|end| file.created_at <= end)
    };
    page(desk, "files", &desk.state.files, keep, |file| show(desk, file))
}

/// `GET /files/{path}`: the archive, or the JWS over it.
pub(super) fn stream(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let path = &desk.request.id;
    let (id, is_signature) = match (path.strip_suffix(".zip"), path.strip_suffix(".zip.jws")) {
        (Some(id), _) => (id, false),
        (None, Some(id)) => (id, true),
        (None, None) => return Err(Problem::not_found("file", path)),
    };
    let found = desk.state.files.get(id).filter(|file| desk.sees(&file.organization));
    let file = found.ok_or_else(|| Problem::not_found("file", path))?;
    let bytes = if is_signature {
        file.integrity.clone().into_bytes()
    } else {
        STANDARD.decode(&file.zip).map_err(|error| Problem::internal(error.to_string()))?
    };
    let disposition = format!("attachment; filename=\"{path}\"");
    Ok(Reply::bytes("application/octet-stream", bytes.into()).with("content-disposition", disposition))
}

/// Where a file's archive lies.
pub(super) fn artifact(file: &File) -> Value {
    json!({ "type": "application/zip", "path": format!("/files/{}.zip", file.id) })
}

fn show(desk: &Desk<'_>, file: &File) -> Value {
    let content = json!({
        "id": file.id,
        "created_at": stamp(file.created_at, desk.settings),
        "system": { "id": file.system },
        "location": "SERVICE",
        "artifact": artifact(file),
        "integrity": { "type": "application/jose", "path": format!("/files/{}.zip.jws", file.id) },
    });
    envelope(content, None)
}
