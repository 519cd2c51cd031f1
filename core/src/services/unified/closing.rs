//! The service's own closings, which it makes by itself (contract sign-fr 2.7 and 5.5;
//! docs/decisions/0015-closings-in-france.md).

use super::facts;
use super::records::operation_path;
use super::run::{Flow, Run};
use super::wire::{encoded, text};
use crate::error::{Error, Result};
use crate::exchange::Outcome;
use crate::reports::{Period, Span};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// The period that is asked for.
#[derive(Deserialize)]
struct Asked {
    period: Period,
    #[serde(flatten)]
    span: Span,
}

/// Finds the closing of a period, and gives what it says; `null` while the service has none.
///
/// The first closing that is signed at the end of the period or after it is the period's, unless it says that it is
/// another one's. In which order a list comes is not published (contract sign-fr 1.8), so all of it is looked at.
pub(super) fn find(run: &Run<'_>) -> Flow<Outcome> {
    let asked = Asked::deserialize(&run.operation.params)
        .map_err(|cause| Error::internal(format!("the period cannot be read back: {cause}")))?;
    let register = facts::register(run.facts)?;
    let credential = facts::merchant(run.facts)?.credential;
    let kind = record_type(asked.period);
    let path = format!("/records?system_id={}&type={}", encoded(&register.system), encoded(kind));
    let mut first: Option<(Timestamp, &str)> = None;
    run.list("closings", &credential, &path, None, |record| {
        let of_kind = text(record, "/content/type") == Some(kind);
        let signed_at = signed_at(record).filter(|at| of_kind && *at >= asked.span.end);
        if let (Some(at), Some(id)) = (signed_at, text(record, "/content/id"))
            && first.is_none_or(|(before, _)| at < before)
        {
            first = Some((at, id));
        }
        false
    })?;
    let Some((_, id)) = first else { return Ok(found(Value::Null)) };
    let answer = run.read("closing", &credential, &operation_path(id), None)?;
    Ok(found(answer.map_or(Ok(Value::Null), |answer| told(run, &answer.body, asked.span))?))
}

fn signed_at(record: &Value) -> Option<Timestamp> {
    text(record, "/content/journal/signed_at").and_then(|at| at.parse().ok())
}

fn record_type(period: Period) -> &'static str {
    match period {
        Period::Day => "CLOSING::DAILY",
        Period::Month => "CLOSING::MONTHLY",
        Period::Year => "CLOSING::YEARLY",
    }
}

fn found(closing: Value) -> Outcome {
    Outcome { result: json!({ "closing": closing }), ..Outcome::default() }
}

/// What a closing says. What its `operation` holds is not published: the sums are looked for under the names
/// that documents have them under (`total_vat`, contract sign-fr 2.7), and are absent where there are none.
fn told(run: &Run<'_>, record: &Value, asked: Span) -> Result<Value> {
    let operation: Value = text(record, "/content/operation")
        .and_then(|operation| serde_json::from_str(operation).ok())
        .unwrap_or(Value::Null);
    let time = |place: &str| text(&operation, place).and_then(|at| at.parse::<Timestamp>().ok());
    if time("/period/start").is_some_and(|start| start != asked.start)
        || time("/period/end").is_some_and(|end| end != asked.end)
    {
        return Ok(Value::Null);
    }
    Ok(json!({
        "record": text(record, "/content/id"),
        "signature": text(record, "/content/journal/signature"),
        "signed_at": signed_at(record).map(|at| run.local(at)).transpose()?,
        "count": number(operation.get("count")),
        "gross": decimal(operation.pointer("/total_vat/inclusive")),
        "vat": decimal(operation.pointer("/total_vat/amount")),
        "perpetual": decimal(operation.pointer("/perpetual/inclusive")),
    }))
}

/// A counter, as number or text.
fn number(value: Option<&Value>) -> Option<u32> {
    let value = value?;
    value.as_u64().and_then(|number| number.try_into().ok()).or_else(|| value.as_str()?.parse().ok())
}

/// An amount, where it is one.
fn decimal(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| value.as_str().is_some_and(|text| text.parse::<crate::money::Exact>().is_ok()))
}
