//! Records as the service keeps them: one with all that it shows on request, and lists (contract sign-fr 1.7 and 2.8).

use super::facts;
use super::run::{Flow, Run};
use super::wire::{PAGE, encoded, is_page_token, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::Outcome;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The longest half of a type.
const TYPE_WORD: usize = 40;
/// Pages that one call follows.
const MOST_PAGES: u32 = 200;
/// The flags of a retrieval.
const FLAGS: &str =
    "operation=&file-artifact=&file-integrity=&compliance-artifact=&data-artifact=&data-integrity=";

/// Reads a record of the register with every flag.
pub(super) fn get(run: &Run<'_>) -> Flow<Outcome> {
    let id = run.param("record").as_str().unwrap_or_default();
    let unknown =
        || Error::new(Kind::NotFound, "the service has no such record of this register").at("/record");
    if id.len() != 36 || !id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        return Err(unknown().into());
    }
    let register = facts::register(run.facts)?;
    let credential = facts::merchant(run.facts)?.credential;
    let answer = run.read("record", &credential, &format!("/records/{id}?{FLAGS}"), None)?;
    let answer = answer.ok_or_else(unknown)?;
    let certificate = match answer.text("/content/system/id") {
        Some(system) if system == register.system => text(&register.certificate, "/x509_pem"),
        // The records of a system in whose place another one came stay the register's, and its own key signed them.
        Some(system) if register.replaced.iter().any(|replaced| replaced == system) => {
            let path = format!("/systems/{system}");
            let shown = run.read("record.system", &credential, &path, None)?;
            shown.and_then(|shown| shown.text("/content/journal/cryptography/certificate/x509_pem"))
        }
        _ => return Err(unknown().into()),
    };
    let result = told(run, &answer.body, certificate)?;
    Ok(Outcome { result, ..Outcome::default() })
}

/// A page of the register's records, or of its merchant's, or all pages.
pub(super) fn list(run: &Run<'_>) -> Flow<Outcome> {
    if !run.param("order").is_null() {
        let message = format!("{} lists records in its own order; leave it out", run.service.service);
        return Err(Error::invalid("/order", message).into());
    }
    let of = if run.param("all_registers") == &Value::Bool(true) { Of::Merchant } else { Of::Register };
    let types: Vec<&str> =
        run.param("types").as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if types.len() > 1 {
        let message = format!("{} lists one type at a time, or all", run.service.service);
        return Err(Error::invalid("/types/1", message).into());
    }
    if types.first().is_some_and(|wanted| !is_type(wanted)) {
        let message = "a type of records is written as the service does, such as TRANSACTION::RECEIPT";
        return Err(Error::invalid("/types/0", message).into());
    }
    let filter = types.first().map(|wanted| format!("&type={}", encoded(wanted))).unwrap_or_default();
    let limit = run.param("limit").as_u64().unwrap_or(PAGE.into());
    let filter = format!("&limit={limit}{filter}");
    let pages = if run.param("all") == &Value::Bool(true) { MOST_PAGES } else { 1 };
    let mut next = run.param("token").as_str().map(str::to_owned);
    let mut records = Vec::new();
    for number in 1..=pages {
        let (rows, following) = page(run, &format!("list.{number}"), of, next.as_deref(), &filter)?;
        records.extend(rows.iter().map(|row| told(run, row, None)).collect::<Result<Vec<_>>>()?);
        next = following;
        if next.is_none() {
            break;
        }
    }
    Ok(Outcome { result: json!({"results": records, "token": next}), ..Outcome::default() })
}

/// Whether a text has the shape of the types that there are (Appendix A, SystemRecordType), and of later ones.
fn is_type(text: &str) -> bool {
    let is_word = |word: &str| {
        (1..=TYPE_WORD).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    text.split_once("::").is_some_and(|(first, second)| is_word(first) && is_word(second))
}

/// Whose records are listed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Of {
    /// The register's, system after system.
    Register,
    /// All of its merchant's.
    Merchant,
}

/// A page of records. `next` is the place of the system, and after a colon the service's token; the first page if
/// absent. With the records comes the mark of the page after it.
pub(super) fn page<'a>(
    run: &Run<'a>,
    label: &str,
    of: Of,
    next: Option<&str>,
    filter: &str,
) -> Flow<(&'a [Value], Option<String>)> {
    let register = facts::register(run.facts)?;
    let merchant = facts::merchant(run.facts)?;
    let owners: Vec<(&str, &String)> = match of {
        Of::Register => {
            register.replaced.iter().chain([&register.system]).map(|id| ("system_id", id)).collect()
        }
        Of::Merchant => vec![("taxpayer_id", &merchant.taxpayer)],
    };
    let unknown = || Error::invalid("/token", "this is no token of a page; give the one of the page before");
    let (at, token) = next.unwrap_or("0:").split_once(':').ok_or_else(unknown)?;
    let at: usize = at.parse().map_err(|_| unknown())?;
    let (name, owner) =
        owners.get(at).filter(|_| token.is_empty() || is_page_token(token)).ok_or_else(unknown)?;
    let mut path = format!("/records?{name}={}{filter}", encoded(owner));
    if !token.is_empty() {
        path.push_str(&format!("&token={}", encoded(token)));
    }
    let answer = run.read(label, &merchant.credential, &path, None)?;
    let results = answer.and_then(|answer| answer.body.get("results")).and_then(Value::as_array);
    let next = match answer.and_then(|answer| answer.text("/pagination/token")) {
        Some(token) => Some(format!("{at}:{token}")),
        None => (at + 1 < owners.len()).then(|| format!("{}:", at + 1)),
    };
    Ok((results.map(Vec::as_slice).unwrap_or_default(), next))
}

fn told(run: &Run<'_>, record: &Value, certificate: Option<&str>) -> Result<Value> {
    let operation =
        text(record, "/content/operation").and_then(|operation| serde_json::from_str(operation).ok());
    let signed_at = text(record, "/content/journal/signed_at").and_then(|at| at.parse().ok());
    Ok(json!({
        "record": text(record, "/content/id").unwrap_or_default(),
        "type": text(record, "/content/type").unwrap_or_default(),
        "state": text(record, "/content/state"),
        "signature": text(record, "/content/journal/signature"),
        "signed_at": signed_at.map(|at| run.local(at)).transpose()?,
        "operation": operation.unwrap_or(Value::Null),
        "artifact": decoded(record, "/content/file/artifact/data"),
        "integrity": decoded(record, "/content/file/integrity/data"),
        "certificate": certificate,
        "answer": record,
    }))
}

/// Text that the service gives in base64.
fn decoded(record: &Value, pointer: &str) -> Option<String> {
    STANDARD.decode(text(record, pointer)?).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}
