//! Receipts: signed, read back, listed and exported (contract sign-at 2.7, 2.8, 2.10).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::desk::{Desk, receipt_key};
use super::errors::Problem;
use super::signing::{self, Draft};
use super::state::{Receipt, RegisterState, State};
use super::{amounts, lists, registers, view};
use crate::canonical;
use crate::crypto::Authority;
use crate::random;

pub(super) fn sign(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut register = desk.register()?;
    let id = desk.id("receipt_id");
    let sent = random::digest(&canonical::to_string(&desk.request.body));
    if let Some(receipt) = desk.state.receipts.get(&receipt_key(&register, &id)) {
        let same = receipt.sent.as_ref() == Some(&sent) || desk.settings.other_body_returns_receipt;
        return if same {
            Ok(view::signed_receipt(receipt))
        } else {
            Err(Problem::bad_request(format!("Receipt {id} exists already, with another content")))
        };
    }
    if register.state != RegisterState::Initialized {
        return Err(Problem::new(
            400,
            "E_INITIAL_RECEIPT_MISSING",
            format!("The cash register is {} and not INITIALIZED", register.state),
        ));
    }
    if desk.state.receipts.rows().len() >= desk.settings.max_receipts {
        return Err(Problem::unavailable(
            "the sandbox is full; raise the setting sign-at.max_receipts or start it anew",
        ));
    }
    let schema = desk.request.body.get("schema").and_then(Value::as_object).cloned().unwrap_or_default();
    let draft = Draft {
        id,
        kind: desk.request.text("receipt_type").unwrap_or_default().to_owned(),
        amounts: amounts::containers(&schema)?,
        schema,
        sent: Some(sent),
        metadata: desk.metadata(),
        closes_year: None,
    };
    signing::check_turnover(&register, &draft)?;
    let unit = registers::signing_unit(desk)?;
    // A register that signs is not out of order.
    register.untold_outage = None;
    signing::prepare(desk, &mut register, &unit)?;
    let receipt = signing::book(desk, &mut register, &unit, draft)?;
    Ok(view::signed_receipt(&receipt))
}

pub(super) fn retrieve(desk: &Desk<'_>) -> Result<Value, Problem> {
    Ok(view::receipt(&desk.receipt()?))
}

pub(super) fn list_of_register(desk: &Desk<'_>) -> Result<Value, Problem> {
    let register = desk.register()?;
    list(desk, desk.state.receipts_of(&register).collect())
}

/// Of all registers: by number, and within a number by the time of signing.
pub(super) fn list_all(desk: &Desk<'_>) -> Result<Value, Problem> {
    let mut rows: Vec<&Receipt> =
        desk.registers().flat_map(|register| desk.state.receipts_of(register)).collect();
    rows.sort_by_key(|row| (row.number, row.signed_at));
    list(desk, rows)
}

fn list(desk: &Desk<'_>, mut rows: Vec<&Receipt>) -> Result<Value, Problem> {
    let kinds: Vec<&str> = desk.request.all("receipt_types").collect();
    rows.retain(|row| kinds.is_empty() || kinds.contains(&row.kind.as_str()));
    lists::page(desk, "RECEIPT_LIST", &rows, |row| view::receipt(row))
}

/// The data collection protocol as the law wants it exported (2.10, 6.6): a group for every run of receipts under one
/// certificate.
pub(super) fn export(desk: &Desk<'_>) -> Result<Value, Problem> {
    let register = desk.register()?;
    // A number that is too long for any receipt lies behind all of them.
    let number = |name: &str| desk.request.query(name).map(|text| text.parse().unwrap_or(u64::MAX));
    let numbers = bounds(number("start_receipt_number"), number("end_receipt_number"), "receipt_number")?;
    let times = bounds(
        desk.request.whole("start_time_signature"),
        desk.request.whole("end_time_signature"),
        "time_signature",
    )?;
    let wanted = |row: &&Receipt| {
        numbers.0.is_none_or(|start| row.number >= start)
            && numbers.1.is_none_or(|end| row.number <= end)
            && times.0.is_none_or(|start| row.signed_at.as_second() >= start)
            && times.1.is_none_or(|end| row.signed_at.as_second() <= end)
    };
    let rows: Vec<&Receipt> = desk.state.receipts_of(&register).filter(wanted).collect();
    Ok(dep(desk.state, Some(desk.authority).filter(|_| desk.settings.export_certificates), &rows))
}

/// Receipts of one register as a data collection protocol; with certificates, if their authority is given.
pub(super) fn dep(state: &State, authority: Option<&Authority>, rows: &[&Receipt]) -> Value {
    let groups: Vec<Value> =
        rows.chunk_by(|a, b| a.unit == b.unit).map(|run| group(state, authority, run)).collect();
    json!({ "Belege-Gruppe": groups })
}

fn group(state: &State, authority: Option<&Authority>, run: &[&Receipt]) -> Value {
    let unit = run.first().and_then(|row| state.units.get(&row.owner.key(&row.unit)));
    let certificate = unit.filter(|_| authority.is_some()).and_then(signing::certificate);
    let authorities: Vec<String> =
        authority.iter().map(|authority| STANDARD.encode(authority.certificate_der())).collect();
    json!({
        "Signaturzertifikat": certificate.unwrap_or_default(),
        "Zertifizierungsstellen": authorities,
        "Belege-kompakt": run.iter().map(|row| row.jws.as_str()).collect::<Vec<_>>(),
    })
}

type Bounds<T> = (Option<T>, Option<T>);

fn bounds<T: PartialOrd>(start: Option<T>, end: Option<T>, name: &str) -> Result<Bounds<T>, Problem> {
    match (&start, &end) {
        (Some(from), Some(to)) if from > to => {
            Err(Problem::bad_request(format!("start_{name} lies behind end_{name}")))
        }
        _ => Ok((start, end)),
    }
}
