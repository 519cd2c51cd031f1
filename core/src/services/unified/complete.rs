//! The end of a sale: the TRANSACTION of its document, checked, as a receipt.

use super::afterwards;
use super::begin::{self, enforced, sentence};
use super::chain::{self, Chain};
use super::checks::{self, CHAIN, CONTENT, Finding};
use super::correction;
use super::facts::{self, MerchantFacts, RegisterFacts};
use super::map;
use super::receipt;
use super::records::{self, Record, Sent};
use super::returns;
use super::run::{Flow, Run, Stop};
use super::wire::text;
use crate::error::{Error, Result};
use crate::exchange::{FollowUp, Outcome};
use crate::receipt::{Receipt, ReceiptType, State};
use crate::sale::Sale;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How long after a receipt was left pending it is looked at again.
const SETTLE_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);

/// A complete sale with all that its booking needs, checked before anything is sent.
pub(super) struct Ready {
    pub(super) register: RegisterFacts,
    merchant: MerchantFacts,
    pub(super) sale: Sale,
    /// The receipt as far as it is known without the service.
    pub(super) draft: Receipt,
    pub(super) operation: Value,
    pub(super) metadata: Map<String, Value>,
}

impl Ready {
    pub(super) fn of(run: &Run<'_>) -> Result<Self> {
        let register = facts::register(run.facts)?;
        let merchant = facts::merchant(run.facts)?;
        let location = facts::location(run.facts)?;
        let mut sale = Sale::read(run.param("sale"))?;
        sale.check_complete()?;
        let amounts = sale.amounts()?;
        let corrects = run.operation.name == correction::NAME;
        let (operation, metadata) = match journalled(run) {
            Some(request) => request,
            None => {
                let issued_at = run.local(run.operation.at)?;
                let operation =
                    map::transaction(&sale, &amounts, &register, run.service.country, &issued_at)?;
                let mut operation = match &sale.original {
                    Some(_) if run.operation.original.is_none() => {
                        let message = "the service takes back what this journal has the receipt of; name it by receipt or number";
                        return Err(Error::invalid("/original", message));
                    }
                    Some(_) if corrects => {
                        correction::correction(operation, &sale, &afterwards::original(run)?)?
                    }
                    Some(_) => returns::correction(run, operation, &sale, &afterwards::original(run)?)?,
                    None => operation,
                };
                let mut marks = run.record_marks();
                let reason = sale.original.as_ref().and_then(|original| original.reason.as_deref());
                let usual = if corrects { "Rectification" } else { "Retour" };
                afterwards::say_why(run, &mut operation, &mut marks, (reason, usual));
                (operation, map::metadata(&sale, marks)?)
            }
        };
        sale.id = begin::sale_id(run).as_str().map(str::to_owned);
        let mut draft = receipt::pending(
            run,
            &sale,
            &amounts,
            &receipt::Sellers { register: &register, merchant: &merchant, location: &location },
        )?;
        if let (Some(named), Some(_)) = (&mut draft.original, &run.operation.original) {
            let original = afterwards::original(run)?;
            named.number = named.number.take().or(original.number);
            named.series = named.series.take().or(original.series);
            named.issued_at = named.issued_at.take().or(original.signed_at);
        }
        if corrects && !sale.training {
            draft.receipt_type = ReceiptType::Correction;
        }
        Ok(Ready { register, merchant, sale, draft, operation, metadata })
    }

    fn sent(&self, intention: &str) -> Sent {
        Sent {
            record_type: format!("TRANSACTION::{}", text(&self.operation, "/type").unwrap_or_default()),
            system: self.register.system.clone(),
            intention: Some(intention.to_owned()),
            operation: self.operation.clone(),
        }
    }
}

/// Operation and metadata of the receipt, where it was asked for already: what may be booked is not worked
/// out anew, for the system's VAT codes may have changed since.
fn journalled(run: &Run<'_>) -> Option<(Value, Map<String, Value>)> {
    let body = run.past.find("receipt")?.request.body.as_ref()?;
    Some((body.pointer("/content/operation")?.clone(), body.get("metadata")?.as_object()?.clone()))
}

/// Books the receipt, on the intention of `sale.begin` or on one of its own.
pub(super) fn complete(run: &Run<'_>) -> Flow<Outcome> {
    let ready = Ready::of(run)?;
    let credential = ready.merchant.credential.as_str();
    let begun = run.operation.open_sale.as_ref().and_then(|begun| text(begun, "/intention"));
    let Booking { sent, own, booked } = match begun {
        Some(begun) => on_begun(run, &ready, begun)?,
        None => on_its_own(run, &ready, "receipt")?,
    };
    let record = if booked.is_finished() {
        records::with_operation(run, "receipt.operation", credential, booked)?
    } else {
        records::settled(run, credential, booked.id()?, &|| {
            meanwhile(run, &ready.register, &ready.draft, &sent, &booked).map(Some)
        })?
    };
    if let Some(rejection) = record.rejection() {
        return Err(Stop::Refused(rejection));
    }
    let mut findings = checks::content(&sent, &record);
    if let Some((sent, intention)) = &own {
        // The receipt repeats all that counts; an intention of our own may lack its operation.
        let lacking =
            |finding: &Finding| finding.pointer == "/content/operation" && !intention.has_operation();
        findings.extend(checks::content(sent, intention).into_iter().filter(|finding| !lacking(finding)));
    }
    let last = ready.register.last_record.as_deref();
    let intention = own.as_ref().map(|(_, record)| record);
    let chain = chain::check(run, credential, &ready.register.system, last, &record, intention)?;
    let signed = receipt::signed(run.service, ready.draft, &record, &run.operation.zone)?;
    let mut outcome = judged(run, signed, &record, findings, Some(chain));
    outcome.learned = Some(ready.register.after(record.id()?, record.signature()));
    Ok(outcome)
}

/// A receipt that was booked, and the intention that was booked for it.
struct Booking {
    sent: Sent,
    own: Option<(Sent, Record)>,
    booked: Record,
}

/// Books the receipt on the intention of `sale.begin`.
///
/// Whether a rejected receipt uses its intention up is not published (contract sign-fr 3.2). Where it
/// did, the corrected sale gets an intention of its own.
fn on_begun(run: &Run<'_>, ready: &Ready, intention: &str) -> Flow<Booking> {
    let credential = ready.merchant.credential.as_str();
    match records::book(run, "receipt", credential, ready.sent(intention), ready.metadata.clone()) {
        Err(Stop::Refused(refusal)) => {
            if records::is_spent(run, credential, intention)? {
                on_its_own(run, ready, "receipt.anew")
            } else {
                Err(Stop::Refused(refusal))
            }
        }
        booked => booked.map(|(sent, booked)| Booking { sent, own: None, booked }),
    }
}

/// Books an intention, and the receipt on it.
fn on_its_own(run: &Run<'_>, ready: &Ready, label: &str) -> Flow<Booking> {
    let credential = ready.merchant.credential.as_str();
    let own = begin::intention(run, &ready.register, credential, &ready.sale)?;
    if let Some(rejection) = own.1.rejection() {
        return Err(Stop::Refused(rejection));
    }
    let (sent, booked) =
        records::book(run, label, credential, ready.sent(own.1.id()?), ready.metadata.clone())?;
    Ok(Booking { sent, own: Some(own), booked })
}

/// Weighs the findings: an error that carries the receipt, or a receipt that says it. `chain` is absent
/// where nobody looked at it.
pub(super) fn judged(
    run: &Run<'_>,
    mut receipt: Receipt,
    record: &Record,
    mut findings: Vec<Finding>,
    chain: Option<Chain>,
) -> Outcome {
    let mut verified = Vec::new();
    if findings.is_empty() && record.has_operation() {
        verified.push(CONTENT.to_owned());
    }
    match chain {
        Some(Chain::Whole) => verified.push(CHAIN.to_owned()),
        Some(Chain::Broken(finding)) => findings.push(finding),
        Some(Chain::Untold) | None => {}
    }
    receipt.verified = verified;
    receipt.todo = sentence(&findings).map(|sentence| format!("{sentence}; ask the service's support"));
    let error = enforced(run.service, &findings, "it is booked, do not sell it again")
        .map(|error| error.with(|details| details.receipt = serde_json::to_value(&receipt).ok()));
    Outcome { result: json!(receipt), receipts: vec![receipt], error, ..Outcome::default() }
}

/// What can be handed over while the service still works on the record.
pub(super) fn meanwhile(
    run: &Run<'_>,
    register: &RegisterFacts,
    draft: &Receipt,
    sent: &Sent,
    booked: &Record,
) -> Result<Outcome> {
    let receipt = receipt::signed(run.service, draft.clone(), booked, &run.operation.zone)?;
    let settle = follow_up(run, &receipt, sent, booked)?;
    Ok(Outcome {
        result: json!(receipt),
        receipts: vec![receipt],
        learned: Some(register.clone().after(booked.id()?, booked.signature())),
        later: vec![settle],
        ..Outcome::default()
    })
}

/// Asks later what became of a record on which the service still works.
pub(super) fn follow_up(run: &Run<'_>, receipt: &Receipt, sent: &Sent, booked: &Record) -> Result<FollowUp> {
    let params = json!({"receipt": receipt, "sent": sent, "record": booked.id()?});
    let not_before = run.now.now.checked_add(SETTLE_AFTER).unwrap_or(run.now.now);
    Ok(FollowUp { name: "receipt.settle".into(), params, not_before })
}

/// What can be handed over when the link breaks after the receipt was booked: all but the chain.
pub(super) fn booked_offline(run: &Run<'_>, ready: &Ready) -> Option<Outcome> {
    let answer = run.past.answer("receipt").filter(|answer| (200..300).contains(&answer.status))?;
    let record = Record(answer.body.clone());
    if !record.is_finished() || record.rejection().is_some() {
        return None;
    }
    let signed = receipt::signed(run.service, ready.draft.clone(), &record, &run.operation.zone).ok()?;
    Some(Outcome { result: json!(signed), receipts: vec![signed], ..Outcome::default() })
}

/// What a pending receipt left behind.
#[derive(Deserialize)]
struct SettleParams {
    receipt: Receipt,
    sent: Sent,
    record: String,
}

/// Asks what became of a pending receipt.
///
/// The chain was not looked at when it was booked, and other records follow it by now.
pub(super) fn settle(run: &Run<'_>) -> Flow<Outcome> {
    let params = SettleParams::deserialize(&run.operation.params)
        .map_err(|error| Error::internal(format!("a pending receipt cannot be read back: {error}")))?;
    let credential = facts::merchant(run.facts)?.credential;
    let record = records::settled(run, &credential, &params.record, &|| Ok(None))?;
    let mut receipt = receipt::signed(run.service, params.receipt, &record, &run.operation.zone)?;
    if let Some(rejection) = record.rejection() {
        receipt.state = State::Refused;
        receipt.todo = Some(rejection.message().to_owned());
        return Ok(Outcome { result: json!(receipt), receipts: vec![receipt], ..Outcome::default() });
    }
    let findings = checks::content(&params.sent, &record);
    Ok(judged(run, receipt, &record, findings, None))
}
