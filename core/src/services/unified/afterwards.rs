//! What is booked about an earlier receipt: its cancellation, a counted reprint (contract sign-fr 2.7).

use super::begin;
use super::booked::Booked;
use super::entries::set;
use super::facts::{self, RegisterFacts};
use super::provision::cut;
use super::receipt;
use super::records::{self, Sent};
use super::run::{Flow, Run, Stop};
use crate::error::{Error, Kind, Result};
use crate::exchange::Outcome;
use crate::money::Exact;
use crate::receipt::{Receipt, ReceiptType, State, Totals, VatTotal};
use crate::sale::{Cashier, Original, Sale};
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest reason of a reprint (Appendix A, DuplicateReason).
const REASON: usize = 128;

/// Cancels a receipt that was never handed over: a TRANSACTION::CANCELLATION on an intention of its own.
pub(super) fn cancel(run: &Run<'_>) -> Flow<Outcome> {
    let original = original(run)?;
    let register = facts::register(run.facts)?;
    offers(&register, "TRANSACTION::CANCELLATION")?;
    let credential = facts::merchant(run.facts)?.credential;
    let asked = Asked::of(run)?;
    let begun = Sale { cashier: asked.cashier.clone(), ..empty_sale(&original)? };
    let intention = begin::intention(run, &register, &credential, &begun)?;
    if let Some(rejection) = intention.1.rejection() {
        return Err(Stop::Refused(rejection));
    }
    let mut operation = json!({"type": "CANCELLATION", "record": {"id": record_of(&original)?}});
    if let Some(details) = asked.details() {
        set(&mut operation, "details", details);
    }
    let sent = Sent {
        record_type: "TRANSACTION::CANCELLATION".into(),
        system: register.system.clone(),
        intention: Some(intention.1.id()?.to_owned()),
        operation,
    };
    let mut metadata = run.record_marks();
    // This contract has no field for it (contract sign-fr 7).
    if let Some(reason) = &asked.reason {
        metadata.insert("reason".into(), cut(reason, 500).into());
    }
    let record = records::book(run, "cancellation", &credential, sent, metadata)?;
    let booked = Booked::check(run, "cancellation", &credential, &register, record, Some(&intention.1))?;
    let draft = cancellation(run, &original, &asked)?;
    let signed = receipt::signed(run.service, draft, &booked.record, &run.operation.zone)?;
    Ok(outcome(run, &booked, &register, signed)?)
}

/// Books a reprint and gives the receipt as that copy: an INTENTION::DUPLICATE.
pub(super) fn duplicate(run: &Run<'_>) -> Flow<Outcome> {
    let original = original(run)?;
    let register = facts::register(run.facts)?;
    offers(&register, "INTENTION::DUPLICATE")?;
    let credential = facts::merchant(run.facts)?.credential;
    let asked = Asked::of(run)?;
    let reason = asked.reason.as_deref().unwrap_or("Duplicata");
    let mut operation = json!({
        "type": "DUPLICATE",
        "record": {"id": record_of(&original)?},
        "number": asked.copy.to_string(),
        "reason": cut(reason, REASON),
    });
    if let Some(details) = asked.details() {
        set(&mut operation, "details", details);
    }
    let sent = Sent {
        record_type: "INTENTION::DUPLICATE".into(),
        system: register.system.clone(),
        intention: None,
        operation,
    };
    let record = records::book(run, "duplicate", &credential, sent, run.record_marks())?;
    let booked = Booked::check(run, "duplicate", &credential, &register, record, None)?;
    let mut copy = original;
    copy.copy = asked.copy;
    copy.ids.insert("duplicate".into(), booked.record.id()?.to_owned());
    // The original stays what it is in the journal; the copy is this call's result alone.
    Ok(Outcome { receipts: Vec::new(), ..outcome(run, &booked, &register, copy)? })
}

/// What the caller says about it.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    cashier: Option<Cashier>,
    #[serde(default)]
    copy: u32,
}

impl Asked {
    fn of(run: &Run<'_>) -> Result<Self> {
        Asked::deserialize(&run.operation.params)
            .map_err(|cause| Error::internal(format!("what was asked for cannot be read back: {cause}")))
    }

    fn details(&self) -> Option<Value> {
        let cashier = self.cashier.as_ref()?;
        Some(json!({"creators": [{"type": "PERSON", "label": cashier.id}]}))
    }
}

/// What the caller gets: the receipt, with what was checked of the record.
fn outcome(
    run: &Run<'_>,
    booked: &Booked,
    register: &RegisterFacts,
    mut receipt: Receipt,
) -> Result<Outcome> {
    receipt.verified.clone_from(&booked.verified);
    receipt.todo = booked.todo();
    let error = booked.error(run.service, "it is booked, do not ask again");
    let error =
        error.map(|error| error.with(|details| details.receipt = serde_json::to_value(&receipt).ok()));
    Ok(Outcome {
        result: json!(receipt),
        receipts: vec![receipt],
        learned: Some(booked.learned(register)?),
        error,
        ..Outcome::default()
    })
}

/// The receipt that the operation is about, as the journal has it.
fn original(run: &Run<'_>) -> Result<Receipt> {
    let original = run.operation.original.as_ref().unwrap_or(&Value::Null);
    Receipt::deserialize(original)
        .map_err(|cause| Error::internal(format!("the receipt that is meant cannot be read back: {cause}")))
}

fn record_of(original: &Receipt) -> Result<&str> {
    original.ids.get("record").map(String::as_str).ok_or_else(|| {
        let message = "the receipt is not booked yet; run `sync`, then try again";
        Error::new(Kind::NotReady, message)
    })
}

/// What the service lists for the register's system (contract sign-fr 2.6).
fn offers(register: &RegisterFacts, record: &str) -> Result<()> {
    if register.records.iter().any(|known| known == record) {
        return Ok(());
    }
    let message =
        format!("SIGN FR does not offer {record} for this register; ask its support, or provision again");
    Err(Error::new(Kind::NotReady, message))
}

/// A sale of nothing, for the intention that a cancellation needs.
fn empty_sale(original: &Receipt) -> Result<Sale> {
    Sale::read(&json!({"register": original.register}))
}

/// The receipt of a cancellation: the original's sums, taken back.
fn cancellation(run: &Run<'_>, original: &Receipt, asked: &Asked) -> Result<Receipt> {
    let negated = |amount: Exact| Exact(-amount.0);
    let vat = original.totals.vat.iter().map(|group| VatTotal {
        net: negated(group.net),
        amount: negated(group.amount),
        gross: negated(group.gross),
        ..group.clone()
    });
    Ok(Receipt {
        id: run.operation.id.to_string(),
        register: original.register.clone(),
        environment: run.service.environment.clone(),
        receipt_type: ReceiptType::Cancel,
        state: State::Pending,
        started_at: Some(run.local(run.operation.at)?),
        issuer: original.issuer.clone(),
        cashier: asked.cashier.clone(),
        totals: Totals {
            gross: negated(original.totals.gross),
            net: negated(original.totals.net),
            vat: vat.collect(),
        },
        original: Some(Original {
            receipt: Some(original.id.clone()),
            series: original.series.clone(),
            number: original.number.clone(),
            issued_at: original.signed_at.clone(),
            reason: asked.reason.clone(),
            ..Original::default()
        }),
        mentions: original
            .mentions
            .iter()
            .filter(|mention| mention.place != crate::receipt::Place::Body)
            .cloned()
            .collect(),
        ..Receipt::default()
    })
}
