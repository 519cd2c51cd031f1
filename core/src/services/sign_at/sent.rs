//! One receipt, from its request to what the till gets: signed under an id of ours, checked, with what the service
//! made on the way.

use super::between;
use super::checks::{self, CHAIN, CONTENT, Chain, Expected, Finding};
use super::containers::Sums;
use super::facts::{Last, MerchantFacts, OfflineFacts, RegisterFacts};
use super::map::Kind;
use super::offline::Deferred;
use super::receipt;
use super::records;
use super::run::{Flow, Run, Stop};
use super::wire::{self, Api, Fate, Write, text};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::exchange::{Method, Outcome};
use crate::receipt::{Receipt, State};
use crate::services::Checks;
use serde_json::{Value, json};

/// The label of the request.
const LABEL: &str = "receipt";

/// A receipt that can be signed, checked before anything is sent.
pub(super) struct Ready {
    pub(super) kind: Kind,
    /// The name of the form that it is submitted in.
    pub(super) form: &'static str,
    pub(super) register: RegisterFacts,
    pub(super) merchant: MerchantFacts,
    pub(super) sums: Sums,
    pub(super) body: Value,
    /// The receipt as far as it is known without the service.
    pub(super) draft: Receipt,
}

/// Signs it.
pub(super) fn sign(run: &Run<'_>, ready: Ready) -> Flow<Outcome> {
    let deferred = Deferred::of(run)?;
    let ready = match &deferred {
        // What was handed over keeps its id and its beginning.
        Some(deferred) => Ready { draft: deferred.replaced(ready.draft), ..ready },
        None => ready,
    };
    match signed(run, &ready) {
        Ok(answer) => finished(run, ready, &answer),
        // Said no to a receipt that the customer has already.
        Err(Stop::Refused(error)) if deferred.is_some() && error.kind() == ErrorKind::Refused => {
            Ok(refused(ready, error))
        }
        Err(stop) => Err(stop),
    }
}

/// The answer to the signing; asked for again under the same id with the same bytes until there is one.
fn signed(run: &Run<'_>, ready: &Ready) -> Flow<Value> {
    let path = address(run, &ready.register);
    // Also after a refusal: the journal's last entry, which the body carries, is another one by then.
    let sent_before = run.past.find(LABEL).and_then(|exchange| exchange.request.body.clone());
    let body = sent_before.unwrap_or_else(|| ready.body.clone());
    let look = |label: &str| -> Flow<Option<Value>> {
        let found = run.read(Api::Signing, label, &ready.merchant.credential, &path)?;
        Ok(found.map(|answer| answer.body.clone()))
    };
    run.write(LABEL, &ready.merchant.credential, &|_| Write::put(path.clone(), body.clone()), &look)
}

fn address(run: &Run<'_>, register: &RegisterFacts) -> String {
    format!("/cash-register/{}/receipt/{}", register.register, wire::version_4(run.operation.id))
}

/// The outcome once the chain has been looked at.
fn finished(run: &Run<'_>, ready: Ready, answer: &Value) -> Flow<Outcome> {
    let between = between::between(run, &ready, answer)?;
    let chain = match (&ready.register.last, &between) {
        (Some(last), Some(between)) => {
            let receipts: Vec<&Value> = between.iter().copied().chain([answer]).collect();
            checks::chain(last, &receipts)
        }
        _ => Chain::Untold,
    };
    let own: Vec<&Value> =
        between.unwrap_or_default().into_iter().filter(|one| is_the_services_own(one)).collect();
    let unconfirmed = records::unconfirmed(ready.register.unconfirmed.clone(), &own);
    let ready = Ready { register: RegisterFacts { unconfirmed, ..ready.register }, ..ready };
    let also = own.into_iter().map(|one| receipt::made_by_service(run, one)).collect::<Result<Vec<_>>>()?;
    Ok(judged(run, ready, answer, also, chain)?)
}

/// Whether the service made a receipt by itself (contract sign-at 2.8).
pub(super) fn is_the_services_own(receipt: &Value) -> bool {
    !matches!(text(receipt, "/receipt_type"), Some("NORMAL" | "CANCELLATION" | "TRAINING") | None)
}

/// Weighs the findings: an error that carries the receipt, or a receipt that says it.
fn judged(run: &Run<'_>, ready: Ready, answer: &Value, also: Vec<Receipt>, chain: Chain) -> Result<Outcome> {
    let Ready { kind, form, mut register, sums, draft, .. } = ready;
    let id = wire::version_4(run.operation.id);
    let environment = if run.service.environment == "live" { "LIVE" } else { "TEST" };
    let mut findings = checks::content(
        &Expected {
            kind,
            form,
            receipt: &id,
            register: &register.register,
            serial: &register.serial,
            sums: &sums,
            environment,
            last: register.last.as_ref(),
        },
        answer,
    );
    let mut signed = receipt::signed(draft, answer, &run.operation.zone)?;
    if findings.is_empty() {
        signed.verified.push(CONTENT.to_owned());
    }
    match chain {
        Chain::Whole => signed.verified.push(CHAIN.to_owned()),
        Chain::Broken(finding) => findings.push(finding),
        Chain::Untold => {}
    }
    signed.also = also;
    signed.todo = sentence(&findings).map(|sentence| format!("{sentence}; ask the service's support"));
    let error = enforced(run, &findings)
        .map(|error| error.with(|details| details.receipt = serde_json::to_value(&signed).ok()));
    register.last = Last::of(answer).or(register.last);
    register.offline = settled(register.offline, signed.replaces.is_some());
    let mut receipts = signed.also.clone();
    receipts.push(signed.clone());
    Ok(Outcome {
        result: json!(signed),
        receipts,
        learned: Some(json!(register)),
        error,
        ..Outcome::default()
    })
}

/// A receipt that the customer has and the service refused.
fn refused(ready: Ready, error: Error) -> Outcome {
    let mut receipt = receipt::provisional(ready.draft);
    receipt.state = State::Refused;
    receipt.todo = Some(error.message().to_owned());
    let mut register = ready.register;
    register.offline = settled(register.offline, true);
    Outcome {
        result: json!(receipt),
        receipts: vec![receipt],
        learned: Some(json!(register)),
        error: Some(error),
        ..Outcome::default()
    }
}

/// The outage after one of its receipts came to its end.
fn settled(offline: Option<OfflineFacts>, one: bool) -> Option<OfflineFacts> {
    let offline = offline?;
    let receipts = offline.receipts.saturating_sub(u32::from(one));
    (receipts > 0).then_some(OfflineFacts { receipts, ..offline })
}

/// What can be handed over when the link breaks after the receipt was signed: all but the chain.
pub(super) fn signed_already(run: &Run<'_>, ready: &Ready) -> Option<Receipt> {
    let mut puts = run.past.0.iter().filter(|exchange| exchange.request.method == Method::Put);
    let answer = puts.find_map(|exchange| match wire::fate(exchange) {
        Fate::Done(answer) => Some(answer),
        _ => None,
    });
    receipt::signed(ready.draft.clone(), &answer?.body, &run.operation.zone).ok()
}

/// What is wrong with an answer, in one sentence.
fn sentence(findings: &[Finding]) -> Option<String> {
    let first = findings.first()?;
    let more = match findings.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    Some(format!("SIGN AT signed something else than was sent: {}: {}{more}", first.pointer, first.message))
}

/// The error `mismatch` of these findings, where the account enforces its checks. Recorded machine codes of `test` are
/// dummies (contract sign-at 2.8): there they are told and not enforced.
fn enforced(run: &Run<'_>, findings: &[Finding]) -> Option<Error> {
    if run.service.checks == Checks::Report {
        return None;
    }
    let in_test = run.service.environment == "test";
    let counted: Vec<Finding> =
        findings.iter().filter(|finding| !(in_test && finding.about_code)).cloned().collect();
    let first = counted.first()?;
    let message = format!("{}; it is signed, do not sell it again", sentence(&counted)?);
    Some(Error::new(ErrorKind::Mismatch, message).at(first.pointer.clone()))
}
