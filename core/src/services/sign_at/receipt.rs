//! What the till gets: a receipt from a sale and the answer to it (contract sign-at 2.8 and 5.1).

use super::checks::{ZONE, signed_at};
use super::containers::Container;
use super::facts::{MerchantFacts, RegisterFacts};
use super::map::Kind;
use super::records;
use super::run::{Run, local};
use super::wire::text;
use crate::error::{Error, Result};
use crate::money::{self, Exact};
use crate::receipt::{Issuer, Mention, Place, Qr, Receipt, ReceiptType, State, Totals};
use crate::verify::rksv::Jws;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// In place of a signature and, without the service, of the machine code (contract sign-at 5.3 and 5.4).
pub(super) const OUTAGE: &str = "Sicherheitseinrichtung ausgefallen";
/// The check that FinanzOnline makes of start, yearly and closing receipts.
const FINANZONLINE: &str = "finanzonline";
/// What a receipt over nothing is called that nobody wants for a time or an outage.
pub(super) const NOTHING: &str = "Nullbeleg";
/// The level at which a machine code of some 300 characters is still read from worn paper.
const ERROR_CORRECTION: &str = "M";
/// Four dots a module at 203 dpi for such a code.
const MIN_MM: u32 = 30;

/// A receipt as far as it is known without the service: `of` has what the till said.
pub(super) fn draft(
    run: &Run<'_>,
    of: Receipt,
    register: &RegisterFacts,
    merchant: &MerchantFacts,
) -> Result<Receipt> {
    let started_at = match &of.started_at {
        Some(started_at) => started_at.clone(),
        None => run.local(run.operation.at)?,
    };
    let mut issuer = issuer(run)?.unwrap_or(of.issuer.clone());
    let vat_number = merchant.legal_entity.get("vat_id").and_then(Value::as_str);
    issuer.vat_number = issuer.vat_number.or_else(|| vat_number.map(str::to_owned));
    Ok(Receipt {
        id: run.operation.id.to_string(),
        service: "sign-at".into(),
        environment: run.service.environment.clone(),
        state: State::Pending,
        started_at: Some(started_at),
        ids: BTreeMap::from([("register".to_owned(), register.register.clone())]),
        issuer,
        ..of
    })
}

/// Who issues, where the caller says it.
fn issuer(run: &Run<'_>) -> Result<Option<Issuer>> {
    match run.param("issuer") {
        Value::Null => Ok(None),
        given => Issuer::deserialize(given)
            .map(Some)
            .map_err(|error| Error::internal(format!("the issuer of a receipt cannot be read: {error}"))),
    }
}

/// The slip while SIGN AT cannot be reached: neither number nor Kassen-ID (contract sign-at 5.4).
pub(super) fn provisional(mut receipt: Receipt) -> Receipt {
    receipt.state = State::Provisional;
    receipt.mentions.push(mention(Place::AboveQr, OUTAGE.into()));
    if receipt.receipt_type == ReceiptType::Training {
        receipt.mentions.extend(Kind::Training.hint().map(|hint| mention(Place::AboveQr, hint.to_owned())));
    }
    receipt.qr = Some(qr(OUTAGE));
    receipt
}

/// Puts into `receipt` what the service says of it.
pub(super) fn signed(mut receipt: Receipt, answer: &Value, zone: &str) -> Result<Receipt> {
    let told = |pointer: &str| text(answer, pointer).map(str::to_owned);
    receipt.state = State::Signed;
    receipt.signed_at = signed_at(answer).map(|at| local(at, zone)).transpose()?;
    receipt.fiscal.number = told("/receipt_number");
    receipt.fiscal.register_serial = told("/cash_register_serial_number");
    let ids = [("receipt", "/_id"), ("signature_creation_unit", "/signature_creation_unit_id")];
    receipt.ids.extend(ids.iter().filter_map(|(name, place)| Some(((*name).to_owned(), told(place)?))));
    let code = told("/qr_code_data");
    receipt.signature =
        code.as_deref().and_then(|code| code.rsplit_once('_')).map(|(_, last)| last.to_owned());
    receipt.qr = code.as_deref().map(qr);
    // Dummies of `test` are no machine codes, and have none (contract sign-at 2.8).
    receipt.ocr = code.as_deref().and_then(|code| Jws::from_code(code).ok()?.ocr().ok());
    // The name of a receipt over nothing stays; what a slip said instead of a signature does not.
    receipt.mentions.retain(|mention| mention.place == Place::Header);
    receipt.mentions.extend(mentions(answer)?);
    receipt.verified.extend(records::confirmed(answer).then(|| FINANZONLINE.to_owned()));
    receipt.answer = answer.clone();
    Ok(receipt)
}

/// The labels of the provider, every hint in clear text, and the amounts of the machine code (contract sign-at 5.1).
fn mentions(answer: &Value) -> Result<Vec<Mention>> {
    let amounts = Container::ALL.iter().filter_map(|container| {
        let amount = text(answer, &format!("/schema/raw/{}", container.raw()))?;
        Some(format!("{} {}", container.printed(), amount.replace('.', ",")))
    });
    let amounts: Vec<String> = amounts.collect();
    let mut mentions = Vec::new();
    if !amounts.is_empty() {
        mentions.push(mention(Place::Footer, format!("RKSV-Beträge: {}", amounts.join(" / "))));
    }
    let labels = [("RKSV-Beleg", "/receipt_number"), ("RKSV-Kassen-ID", "/cash_register_serial_number")];
    for (label, pointer) in labels {
        if let Some(value) = text(answer, pointer) {
            mentions.push(mention(Place::AboveQr, format!("{label}: {value}")));
        }
    }
    if let Some(time) = signed_at(answer).and_then(|at| at.in_tz(ZONE).ok()) {
        let time = time.strftime("%Y-%m-%d %H:%M:%S");
        mentions.push(mention(Place::AboveQr, format!("RKSV-Datum: {time}")));
    }
    mentions.extend(hints(answer).into_iter().map(|hint| mention(Place::AboveQr, hint)));
    Ok(mentions)
}

/// The hints of the answer, and those that belong to it if it gives none: they are not required (contract sign-at 2.8).
fn hints(answer: &Value) -> Vec<String> {
    let told = answer.get("hints").and_then(Value::as_array);
    let mut hints: Vec<String> =
        told.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let unsigned = answer.get("signed") == Some(&Value::Bool(false));
    let kind = text(answer, "/receipt_type");
    let by_kind = [Kind::Cancellation, Kind::Training].into_iter().find(|one| Some(one.name()) == kind);
    let wanted = unsigned.then_some(OUTAGE).into_iter().chain(by_kind.and_then(Kind::hint));
    for hint in wanted {
        if !hints.iter().any(|there| there == hint) {
            hints.push(hint.to_owned());
        }
    }
    hints
}

/// A receipt that the service made by itself: start, close of a month or a year, clearance after an outage.
pub(super) fn made_by_service(run: &Run<'_>, answer: &Value) -> Result<Receipt> {
    let (receipt_type, name) = match text(answer, "/receipt_type") {
        Some("INITIALIZATION") => (ReceiptType::Start, "Startbeleg"),
        Some("MONTHLY_CLOSE") => (ReceiptType::Monthly, "Monatsbeleg"),
        Some("YEARLY_CLOSE") => (ReceiptType::Yearly, "Jahresbeleg"),
        Some("DECOMMISSION") => (ReceiptType::Closing, "Schlussbeleg"),
        Some("SIGNATURE_CREATION_UNIT_FAULT_CLEARANCE") => (ReceiptType::Zero, "Sammelbeleg"),
        _ => (ReceiptType::Zero, NOTHING),
    };
    let draft = Receipt {
        id: text(answer, "/_id").unwrap_or_default().to_owned(),
        register: run.operation.line.name.clone(),
        service: "sign-at".into(),
        environment: run.service.environment.clone(),
        receipt_type,
        issuer: issuer(run)?.unwrap_or_default(),
        totals: nothing(),
        mentions: vec![named(name)],
        ..Receipt::default()
    };
    let mut receipt = signed(draft, answer, &run.operation.zone)?;
    receipt.todo = records::denied(answer).then(|| {
        let number = receipt.fiscal.number.as_deref().unwrap_or_default();
        format!("FinanzOnline does not confirm the receipt {number}; `record.validate` has it look again, else ask the service's support")
    });
    Ok(receipt)
}

/// What a receipt over nothing is called, at its head.
pub(super) fn named(name: &str) -> Mention {
    mention(Place::Header, name.to_owned())
}

/// The sums of a receipt over nothing.
pub(super) fn nothing() -> Totals {
    let zero = Exact(money::cents(Decimal::ZERO));
    Totals { gross: zero, net: zero, vat: Vec::new() }
}

fn qr(payload: &str) -> Qr {
    Qr { payload: payload.to_owned(), error_correction: ERROR_CORRECTION.into(), min_mm: MIN_MM }
}

fn mention(place: Place, text: String) -> Mention {
    Mention { place, text }
}
