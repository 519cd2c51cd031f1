//! Exports: an INTENTION::EXPORT, the EXPORT::RECORDS that the service makes of it, and its file (contract sign-fr
//! 2.7 to 2.9).

use super::afterwards::offers;
use super::booked::Booked;
use super::entries::set;
use super::facts;
use super::records::{self, Record, Sent};
use super::run::{Flow, Run, Stop};
use super::wire::{encoded, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Effect, Lost, Method, Outcome, Request};
use crate::sale::Cashier;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// What is exported.
#[derive(Deserialize)]
struct Asked {
    #[serde(default, rename = "type")]
    export_type: Option<String>,
    #[serde(default)]
    start: Option<Timestamp>,
    #[serde(default)]
    end: Option<Timestamp>,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    last: Option<String>,
    #[serde(default)]
    filter: Option<String>,
    #[serde(default)]
    cashier: Option<Cashier>,
}

impl Asked {
    /// The times between which the records were made.
    fn range(&self) -> Result<(Timestamp, Timestamp)> {
        if self.export_type.as_deref().is_some_and(|kind| kind != "records") {
            return Err(Error::invalid("/type", "the service exports records; give that, or leave it out"));
        }
        for (pointer, number) in [("/first", &self.first), ("/last", &self.last)] {
            if number.is_some() {
                return Err(Error::invalid(pointer, "records are exported by time; give start and end"));
            }
        }
        let given = |pointer, time: Option<Timestamp>| {
            time.ok_or_else(|| Error::invalid(pointer, "records are exported by time; give start and end"))
        };
        Ok((given("/start", self.start)?, given("/end", self.end)?))
    }
}

fn params<T: serde::de::DeserializeOwned>(run: &Run<'_>) -> Result<T> {
    T::deserialize(&run.operation.params)
        .map_err(|cause| Error::internal(format!("what was asked for cannot be read back: {cause}")))
}

/// Books the intention, and tells how far the export is.
pub(super) fn create(run: &Run<'_>) -> Flow<Outcome> {
    let asked: Asked = params(run)?;
    let (start, end) = asked.range()?;
    let register = facts::register(run.facts)?;
    offers(&register, "INTENTION::EXPORT")?;
    if let Some(filter) =
        asked.filter.as_deref().filter(|kind| !register.records.iter().any(|own| own == kind))
    {
        let message = format!(
            "'{}' is no record type of this register; give one of {}",
            filter.escape_debug(),
            register.records.join(", ")
        );
        return Err(Error::invalid("/filter", message).into());
    }
    let credential = facts::merchant(run.facts)?.credential;
    let range = json!({"start": run.local(start)?, "end": run.local(end)?});
    let mut operation = json!({"type": "EXPORT", "range": range});
    if let Some(filter) = &asked.filter {
        set(&mut operation, "filters", json!([{"type": "SYSTEM_RECORD", "value": filter}]));
    }
    if let Some(cashier) = &asked.cashier {
        set(&mut operation, "details", json!({"creators": [{"type": "PERSON", "label": cashier.id}]}));
    }
    let sent = Sent {
        record_type: "INTENTION::EXPORT".into(),
        system: register.system.clone(),
        intention: None,
        operation,
    };
    let record = records::book(run, "export", &credential, sent, run.record_marks())?;
    let booked = Booked::check(run, "export", &credential, &register, record, None)?;
    let result = told(run, &credential, &booked.record)?;
    Ok(Outcome {
        result,
        learned: Some(booked.learned(&register)?),
        error: booked.error(run.service, "the export is ordered"),
        ..Outcome::default()
    })
}

/// How far an export is.
pub(super) fn get(run: &Run<'_>) -> Flow<Outcome> {
    let credential = facts::merchant(run.facts)?.credential;
    let intention = intention(run, &credential)?;
    Ok(Outcome { result: told(run, &credential, &intention)?, ..Outcome::default() })
}

/// The intention that the caller names.
fn intention(run: &Run<'_>, credential: &str) -> Flow<Record> {
    let id = run.param("export").as_str().unwrap_or_default();
    let unknown =
        || Error::new(Kind::NotFound, "the service has no such export of this register").at("/export");
    if !is_id(id) {
        return Err(unknown().into());
    }
    let answer = run.read("intention", credential, &format!("/records/{id}"), None)?;
    let system = facts::register(run.facts)?.system;
    let found = answer.filter(|answer| {
        answer.text("/content/type") == Some("INTENTION::EXPORT")
            && answer.text("/content/system/id") == Some(system.as_str())
    });
    found.map(|answer| Record(answer.body.clone())).ok_or_else(|| Stop::Failed(unknown()))
}

/// What the caller gets of an export.
fn told(run: &Run<'_>, credential: &str, intention: &Record) -> Flow<Value> {
    let export = intention.id()?;
    let Some(id) = text(&intention.0, "/content/used_in/id") else {
        return Ok(
            json!({"export": export, "state": "processing", "record": null, "file": null, "logs": logs(&intention.0)}),
        );
    };
    let path = format!("/records/{}?data-artifact=&data-integrity=", encoded(id));
    let made = run.read("records", credential, &path, None)?.map(|answer| Record(answer.body.clone()));
    let made =
        made.ok_or_else(|| Error::new(Kind::NotFound, "the service no longer has the export's records"))?;
    let file = text(&made.0, "/content/data/artifact/path").and_then(file_of);
    let state = match (made.rejection(), made.is_finished(), &file) {
        (Some(_), ..) => "failed",
        (None, true, Some(_)) => "ready",
        _ => "processing",
    };
    Ok(json!({"export": export, "state": state, "record": id, "file": file, "logs": logs(&made.0)}))
}

fn logs(record: &Value) -> Vec<&str> {
    let logs = record.pointer("/content/logs").and_then(Value::as_array);
    logs.into_iter().flatten().filter_map(|log| text(log, "/message")).collect()
}

/// The files of the register's system.
pub(super) fn list(run: &Run<'_>) -> Flow<Outcome> {
    #[derive(Deserialize)]
    struct Listed {
        #[serde(default)]
        start: Option<Timestamp>,
        #[serde(default)]
        end: Option<Timestamp>,
        limit: usize,
    }
    let asked: Listed = params(run)?;
    let credential = facts::merchant(run.facts)?.credential;
    let mut path = format!("/files?system_id={}", facts::register(run.facts)?.system);
    for (name, time) in [("start", asked.start), ("end", asked.end)] {
        if let Some(time) = time {
            path.push_str(&format!("&{name}={}", encoded(&run.local(time)?)));
        }
    }
    let (mut files, mut more) = (Vec::new(), false);
    run.list("files", &credential, &path, None, |file| {
        let id = text(file, "/content/artifact/path").and_then(file_of);
        if let (Some(id), false) = (id, files.len() == asked.limit) {
            let created_at = text(file, "/content/created_at").and_then(|at| at.parse().ok());
            let created_at = created_at.and_then(|at| run.local(at).ok());
            files.push(json!({"file": id, "created_at": created_at}));
            return false;
        }
        more = files.len() == asked.limit;
        more
    })?;
    Ok(Outcome { result: json!({"files": files, "more": more}), ..Outcome::default() })
}

/// What it takes to read a file and to check it: the request for it, its JWS, and the system's certificate.
pub(super) fn fetch(run: &Run<'_>) -> Flow<Outcome> {
    let credential = facts::merchant(run.facts)?.credential;
    let file = match run.param("file").as_str() {
        Some(file) if is_id(file) => file.to_owned(),
        Some(_) => return Err(no_file("/file").into()),
        None => {
            let told = told(run, &credential, &intention(run, &credential)?)?;
            match (text(&told, "/state"), text(&told, "/file")) {
                (Some("ready"), Some(file)) => file.to_owned(),
                (state, _) => {
                    let message = format!(
                        "the export is {}; `export.get` tells how far it is",
                        state.unwrap_or("not ready")
                    );
                    return Err(Error::new(Kind::NotReady, message).at("/export").into());
                }
            }
        }
    };
    let path = format!("/files/{file}.zip");
    let jws = run.read("integrity", &credential, &format!("{path}.jws"), None)?;
    let jws = jws.ok_or_else(|| no_file("/file"))?;
    let register = facts::register(run.facts)?;
    let request = run.service.contract.spoken(
        Request {
            label: "file".into(),
            credential: Some(credential),
            base: run.service.base.clone(),
            method: Method::Get,
            path,
            headers: vec![
                ("X-Api-Version".to_owned(), run.service.contract.version().to_owned()),
                ("Accept".to_owned(), "application/octet-stream".to_owned()),
            ],
            body: None,
            effect: Effect::Read,
            lost: Lost::Resend { within: None },
            keep_secret: Vec::new(),
        },
        "",
    );
    let result = json!({
        "file": file,
        "request": request,
        "jws": jws.body.as_str(),
        "certificate": text(&register.certificate, "/x509_pem"),
    });
    Ok(Outcome { result, ..Outcome::default() })
}

fn no_file(pointer: &str) -> Error {
    Error::new(Kind::NotFound, "the service has no such file").at(pointer)
}

/// The id in a file's path, `/files/<uuid>.zip` (contract sign-fr 2.9); what has another form is none of ours.
fn file_of(path: &str) -> Option<&str> {
    let (_, name) = path.rsplit_once("/files/")?;
    name.strip_suffix(".zip").filter(|id| is_id(id))
}

fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) || byte == b'-')
}
