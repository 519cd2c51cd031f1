//! What is booked about an earlier receipt: its cancellation, a counted reprint, a payment, the customer
//! (contract sign-fr 2.7).

use super::begin;
use super::booked::Booked;
use super::complete;
use super::documents;
use super::entries::set;
use super::facts::{self, RegisterFacts};
use super::payments;
use super::provision::cut;
use super::receipt;
use super::records::{self, Sent};
use super::run::{Flow, Run, Stop};
use super::wire::text;
use crate::error::{Error, Kind, Result};
use crate::exchange::Outcome;
use crate::money::Exact;
use crate::receipt::{Place, Receipt, ReceiptType, State, Totals, VatTotal};
use crate::sale::{Cashier, Customer, Original, Payment, Sale};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The longest reason (Appendix A, DuplicateReason; Appendix D, PlainString128).
const REASON: usize = 128;

/// Cancels a receipt that was never handed over: a TRANSACTION::CANCELLATION on an intention of its own.
pub(super) fn cancel(run: &Run<'_>) -> Flow<Outcome> {
    let (original, asked) = (original(run)?, Asked::of(run)?);
    let totals = Totals {
        gross: negated(original.totals.gross),
        net: negated(original.totals.net),
        vat: original.totals.vat.iter().map(taken_back).collect(),
    };
    let mut draft = Receipt { receipt_type: ReceiptType::Cancel, totals, ..about(run, &original, &asked)? };
    (run.service.country.mentions_about)(&mut draft, &original);
    let (register, booked) = transaction(run, "CANCELLATION", &original, &asked, json!({}), Some(&draft))?;
    let signed = receipt::signed(run.service, draft, &booked.record, &run.operation.zone)?;
    Ok(outcome(run, &booked, &register, signed)?)
}

/// Books what was paid later: a TRANSACTION::PROOF_OF_PAYMENT.
pub(super) fn pay(run: &Run<'_>) -> Flow<Outcome> {
    let (original, asked) = (original(run)?, Asked::of(run)?);
    let paid = Sale { payments: asked.payments.clone(), ..nothing(&original)? };
    let payments = payments::payments(&paid, &paid.amounts()?, run.service.country)?;
    let more = json!({"payments": payments});
    let (register, booked) = transaction(run, "PROOF_OF_PAYMENT", &original, &asked, more, None)?;
    let draft = Receipt {
        receipt_type: ReceiptType::Payment,
        payments: paid.payments,
        ..about(run, &original, &asked)?
    };
    let signed = receipt::signed(run.service, draft, &booked.record, &run.operation.zone)?;
    Ok(outcome(run, &booked, &register, signed)?)
}

/// Says who a receipt is for, afterwards: a TRANSACTION::ENRICHMENT. The receipt names the customer from
/// then on.
pub(super) fn invoice(run: &Run<'_>) -> Flow<Outcome> {
    let (original, asked) = (original(run)?, Asked::of(run)?);
    let more = json!({
        "recipients": [documents::recipient(asked.customer.as_ref())?],
        "breakdown": documents::breakdown(&original.totals),
    });
    let (register, booked) = transaction(run, "ENRICHMENT", &original, &asked, more, None)?;
    let mut enriched = original;
    enriched.customer = asked.customer;
    enriched.ids.insert("enrichment".into(), booked.record.id()?.to_owned());
    Ok(outcome(run, &booked, &register, enriched)?)
}

/// Books a TRANSACTION about the original on an intention of its own. `draft` is the receipt that can be handed
/// over while the service still works on it.
fn transaction(
    run: &Run<'_>,
    kind: &str,
    original: &Receipt,
    asked: &Asked,
    more: Value,
    draft: Option<&Receipt>,
) -> Flow<(RegisterFacts, Booked)> {
    let register = facts::register(run.facts)?;
    let record_type = format!("TRANSACTION::{kind}");
    offers(&register, &record_type)?;
    let mut operation = json!({"type": kind, "record": {"id": record_of(original)?}});
    for (key, value) in more.as_object().into_iter().flatten() {
        set(&mut operation, key, value.clone());
    }
    if let Some(details) = asked.details().filter(|_| run.service.country.has_details) {
        set(&mut operation, "details", details);
    }
    let mut metadata = run.record_marks();
    say_why(run, &mut operation, &mut metadata, (asked.reason(), "Annulation"));
    let credential = facts::merchant(run.facts)?.credential;
    let begun = Sale { cashier: asked.cashier.clone(), ..nothing(original)? };
    let intention = begin::intention(run, &register, &credential, &begun)?;
    if let Some(rejection) = intention.1.rejection() {
        return Err(Stop::Refused(rejection));
    }
    let sent = Sent {
        record_type,
        system: register.system.clone(),
        intention: Some(intention.1.id()?.to_owned()),
        operation,
    };
    let (sent, record) = records::book(run, "transaction", &credential, sent, metadata)?;
    let record = if record.is_finished() {
        (sent, record)
    } else {
        let meanwhile =
            || draft.map(|draft| complete::meanwhile(run, &register, draft, &sent, &record)).transpose();
        let settled = records::settled(run, &credential, record.id()?, &meanwhile)?;
        (sent, settled)
    };
    let booked = Booked::check(run, "transaction", &credential, &register, record, Some(&intention.1))?;
    Ok((register, booked))
}

/// Says why, in the caller's words or the usual ones: in the operation where the contract has a field for it, else in
/// the notes.
pub(super) fn say_why(
    run: &Run<'_>,
    operation: &mut Value,
    notes: &mut Map<String, Value>,
    (given, usual): (Option<&str>, &str),
) {
    let given = given.filter(|reason| !reason.is_empty());
    let is_field = matches!(text(operation, "/type"), Some("CANCELLATION" | "CORRECTION"));
    if is_field && run.service.contract.has_reason() {
        set(operation, "reason", cut(given.unwrap_or(usual), REASON));
    } else if let Some(reason) = given {
        notes.insert("reason".into(), cut(reason, REASON).into());
    }
}

/// Books a reprint and gives the receipt as that copy: an INTENTION::DUPLICATE.
pub(super) fn duplicate(run: &Run<'_>) -> Flow<Outcome> {
    let original = original(run)?;
    let register = facts::register(run.facts)?;
    offers(&register, "INTENTION::DUPLICATE")?;
    let credential = facts::merchant(run.facts)?.credential;
    let asked = Asked::of(run)?;
    let reason = asked.reason().unwrap_or("Duplicata");
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
    #[serde(default)]
    payments: Vec<Payment>,
    #[serde(default)]
    customer: Option<Customer>,
}

impl Asked {
    fn of(run: &Run<'_>) -> Result<Self> {
        Asked::deserialize(&run.operation.params)
            .map_err(|cause| Error::internal(format!("what was asked for cannot be read back: {cause}")))
    }

    /// The reason, where one was given: an empty one is none (Appendix A, PlainString128).
    fn reason(&self) -> Option<&str> {
        self.reason.as_deref().filter(|reason| !reason.is_empty())
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
pub(super) fn original(run: &Run<'_>) -> Result<Receipt> {
    let original = run.operation.original.as_ref().unwrap_or(&Value::Null);
    Receipt::deserialize(original)
        .map_err(|cause| Error::internal(format!("the receipt that is meant cannot be read back: {cause}")))
}

pub(super) fn record_of(original: &Receipt) -> Result<&str> {
    if original.state == State::Refused {
        let message = "the service refused this receipt; there is nothing to change";
        return Err(Error::new(Kind::Conflict, message));
    }
    original.ids.get("record").map(String::as_str).ok_or_else(|| {
        let message = "the receipt is not booked yet; run `sync`, then try again";
        Error::new(Kind::NotReady, message)
    })
}

/// What the service lists for the register's system (contract sign-fr 2.6).
pub(super) fn offers(register: &RegisterFacts, record: &str) -> Result<()> {
    if register.records.iter().any(|known| known == record) {
        return Ok(());
    }
    let message =
        format!("the service does not offer {record} for this register; ask its support, or provision again");
    Err(Error::new(Kind::NotReady, message))
}

/// A sale of nothing at the original's register.
fn nothing(original: &Receipt) -> Result<Sale> {
    Sale::read(&json!({"register": original.register}))
}

fn negated(amount: Exact) -> Exact {
    Exact(-amount.0)
}

fn taken_back(group: &VatTotal) -> VatTotal {
    VatTotal {
        net: negated(group.net),
        amount: negated(group.amount),
        gross: negated(group.gross),
        ..group.clone()
    }
}

/// A receipt about the original, as far as it is known without the service.
fn about(run: &Run<'_>, original: &Receipt, asked: &Asked) -> Result<Receipt> {
    let mentions = original.mentions.iter().filter(|mention| mention.place != Place::Body);
    Ok(Receipt {
        id: run.operation.id.to_string(),
        register: original.register.clone(),
        environment: run.service.environment.clone(),
        state: State::Pending,
        started_at: Some(run.local(run.operation.at)?),
        issuer: original.issuer.clone(),
        cashier: asked.cashier.clone(),
        original: Some(Original {
            receipt: Some(original.id.clone()),
            series: original.series.clone(),
            number: original.number.clone(),
            issued_at: original.signed_at.clone(),
            reason: asked.reason.clone(),
            ..Original::default()
        }),
        mentions: mentions.cloned().collect(),
        ..Receipt::default()
    })
}
