//! What is done with a receipt after it was issued: it is cancelled, printed again, paid, made an invoice.

use super::{Definition, Run, correct, given, read, returned, sale, written};
use crate::engine::Submission;
use crate::engine::ports::{ReceiptKey, Store};
use crate::error::{Error, Kind, Result};
use crate::exchange::Outcome;
use crate::fiskal::Call;
use crate::read::strict;
use crate::receipt::{Receipt, ReceiptType, State};
use crate::sale::{Cashier, Customer, Payment, Sale};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Characters of a reason (contract sign-fr, PlainString128).
const REASON: usize = 128;
/// Copies of one receipt (contract sign-fr, DuplicateNumber; the same where the journal counts).
const COPIES: u32 = 9_999;

pub(super) const CANCEL: Definition = Definition {
    name: "receipt.cancel",
    summary: "Cancels a receipt that was never handed over, and gives the receipt of the cancellation; asked again, the same one.",
    params: given::<Cancel>,
    result: returned::<Receipt>,
    run: Run::Client(cancel),
};

pub(super) const ZERO: Definition = Definition {
    name: "receipt.zero",
    summary: "Makes a receipt over nothing, such as the Austrian Nullbeleg for an inspection, or to bring about the yearly receipt by 15 February.",
    params: given::<Zero>,
    result: returned::<Receipt>,
    run: Run::Client(zero),
};

pub(super) const DUPLICATE: Definition = Definition {
    name: "receipt.duplicate",
    summary: "Counts a reprint, at the service where that counts them, and gives the receipt marked as that copy.",
    params: given::<Duplicate>,
    result: returned::<Receipt>,
    run: Run::Client(duplicate),
};

pub(super) const PAY: Definition = Definition {
    name: "receipt.pay",
    summary: "Books what was paid later, such as a sale on account, and gives the receipt of the payment.",
    params: given::<Pay>,
    result: returned::<Receipt>,
    run: Run::Client(pay),
};

pub(super) const INVOICE: Definition = Definition {
    name: "receipt.invoice",
    summary: "Tells the service afterwards who a receipt is for, and gives the receipt with its customer.",
    params: given::<Invoice>,
    result: returned::<Receipt>,
    run: Run::Client(invoice),
};

/// Parameters of `receipt.pay`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pay {
    /// The receipt's id.
    id: String,
    /// The caller's id of this payment, at most 64 visible characters, unique per receipt: a repeated call with it
    /// books nothing anew. Made if absent.
    #[serde(default)]
    payment: Option<String>,
    /// What was paid; at least one.
    payments: Vec<Payment>,
    /// Who took it.
    #[serde(default)]
    cashier: Option<Cashier>,
}

/// Parameters of `receipt.invoice`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Invoice {
    /// The receipt's id.
    id: String,
    /// Who it is for.
    customer: Customer,
    /// Who enters it.
    #[serde(default)]
    cashier: Option<Cashier>,
}

/// Parameters of `receipt.cancel`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cancel {
    /// The receipt's id.
    id: String,
    /// Why, for the records; at most 128 characters.
    #[serde(default)]
    reason: Option<String>,
    /// Who cancels it.
    #[serde(default)]
    cashier: Option<Cashier>,
}

/// Parameters of `receipt.zero`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Zero {
    /// The register's name in the configuration.
    register: String,
    /// The caller's id of it, at most 64 visible characters, unique per register: a repeated call with it gives
    /// the same receipt. Made if absent.
    #[serde(default)]
    id: Option<String>,
    /// Who makes it.
    #[serde(default)]
    cashier: Option<Cashier>,
    /// Per service, what only that service knows: its form, as in a sale.
    #[serde(default)]
    extra: Map<String, Value>,
}

/// Parameters of `receipt.duplicate`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Duplicate {
    /// The receipt's id.
    id: String,
    /// The number of the copy, from 1. The next one if absent; given, a repeated call is the same copy.
    #[serde(default)]
    copy: Option<u32>,
    /// Why, for the records; at most 128 characters.
    #[serde(default)]
    reason: Option<String>,
    /// Who prints it.
    #[serde(default)]
    cashier: Option<Cashier>,
}

fn cancel(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Cancel { id, reason, cashier } = read(params)?;
    check_reason(reason.as_deref())?;
    check_as_sale(json!({ "cashier": cashier }))?;
    let original = issued(fiskal, &id)?;
    if !matches!(original.receipt_type, ReceiptType::Sale | ReceiptType::Return | ReceiptType::Training) {
        return Err(Error::invalid("/id", "only the receipt of a sale can be cancelled"));
    }
    let place = fiskal.place(&original.register)?;
    let params = json!({ "reason": reason, "cashier": cashier });
    let about = || {
        if done(fiskal, &original, correct::CORRECT.name)?.0 {
            let message = "the receipt was corrected; take back what is left of it with a return";
            return Err(Error::new(Kind::Conflict, message).at("/id"));
        }
        let (_, key) = done(fiskal, &original, CANCEL.name)?;
        // It is cancelled once, whatever reason a repeated call gives.
        let about = place.submission(CANCEL.name, key, params.clone());
        Ok(Submission { original: Some(written(&original)?), ..about })
    };
    latest(fiskal, fiskal.submit_by(&place.line, &about)?.outcome)
}

fn zero(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Zero { register, id, cashier, extra } = read(params)?;
    check_as_sale(json!({ "id": id, "cashier": cashier }))?;
    let key = format!("receipt.zero:{}", id.unwrap_or_else(|| fiskal.new_id()));
    let place = fiskal.place(&register)?;
    let params = json!({
        "cashier": cashier, "issuer": sale::issuer(&place), "seller": sale::seller(&place), "extra": extra,
    });
    latest(fiskal, fiskal.submit(place.submission("receipt.zero", key, params))?.outcome)
}

fn pay(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Pay { id, payment, payments, cashier } = read(params)?;
    check_as_sale(json!({ "payments": payments, "cashier": cashier }))?;
    check_as_sale(json!({ "id": payment })).map_err(|error| error.at("/payment"))?;
    if payments.is_empty() {
        return Err(Error::invalid("/payments", "say what was paid; give at least one payment"));
    }
    let original = issued(fiskal, &id)?;
    let payment = payment.unwrap_or_else(|| fiskal.new_id());
    let key = format!("receipt.pay:{id}:{payment}");
    let params = json!({ "payments": payments, "cashier": cashier });
    submit(fiskal, &original, asked(fiskal, &original, "receipt.pay", key, params)?)
}

fn invoice(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Invoice { id, customer, cashier } = read(params)?;
    check_as_sale(json!({ "customer": customer, "cashier": cashier }))?;
    let original = issued(fiskal, &id)?;
    let key = format!("receipt.invoice:{id}");
    let params = json!({ "customer": customer, "cashier": cashier });
    submit(fiskal, &original, asked(fiskal, &original, "receipt.invoice", key, params)?)
}

fn duplicate(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Duplicate { id, copy, reason, cashier } = read(params)?;
    check_reason(reason.as_deref())?;
    check_as_sale(json!({ "cashier": cashier }))?;
    let original = issued(fiskal, &id)?;
    let about = || {
        let copy = numbered(copy, next_copy(fiskal, &original)?)?;
        let params = json!({ "copy": copy, "reason": reason, "cashier": cashier });
        let about = asked(fiskal, &original, "receipt.duplicate", copy_key(&id, copy), params)?;
        Ok(Submission { original: Some(written(&original)?), ..about })
    };
    let line = fiskal.place(&original.register)?.line;
    latest(fiskal, fiskal.submit_by(&line, &about)?.outcome)
}

/// The number of a copy: the one that was asked for, if copies have come so far, or the next.
fn numbered(asked: Option<u32>, next: u32) -> Result<u32> {
    let copy = asked.unwrap_or(next);
    if (1..=next.min(COPIES)).contains(&copy) {
        return Ok(copy);
    }
    let message =
        format!("the next copy of this receipt is number {next}; copies are numbered up to {COPIES}");
    Err(Error::invalid("/copy", message))
}

/// The number of the first copy that was not booked yet.
fn next_copy(fiskal: &Call<'_>, original: &Receipt) -> Result<u32> {
    let place = fiskal.place(&original.register)?;
    for copy in 1..=COPIES {
        if fiskal.engine().recorded(&place.line, &copy_key(&original.id, copy))?.is_none() {
            return Ok(copy);
        }
    }
    Ok(COPIES + 1)
}

/// A copy that was booked, as its receipt.
pub(super) fn booked_copy(fiskal: &Call<'_>, original: &Receipt, copy: u32) -> Result<Receipt> {
    let line = fiskal.place(&original.register)?.line;
    let booked = fiskal.engine().recorded(&line, &copy_key(&original.id, copy))?;
    let booked = booked.ok_or_else(|| {
        let message =
            format!("copy {copy} of this receipt was not booked; `receipt.duplicate` books the next");
        Error::new(Kind::NotFound, message).at("/copy")
    })?;
    Receipt::deserialize(&booked.result)
        .map_err(|cause| Error::internal(format!("a copy of a receipt cannot be read back: {cause}")))
}

fn copy_key(id: &str, copy: u32) -> String {
    format!("receipt.duplicate:{id}:{copy}")
}

pub(super) fn submit(fiskal: &Call<'_>, original: &Receipt, about: Submission) -> Result<Value> {
    let original = Some(written(original)?);
    latest(fiskal, fiskal.submit(Submission { original, ..about })?.outcome)
}

/// The result; a receipt that the outcome has made is given in its latest state, which may be newer than the outcome.
pub(super) fn latest(fiskal: &Call<'_>, outcome: Outcome) -> Result<Value> {
    let id = outcome.result.get("id").and_then(Value::as_str);
    let Some(made) = outcome.receipts.iter().find(|receipt| Some(receipt.id.as_str()) == id) else {
        return Ok(outcome.result);
    };
    match fiskal.engine().store().receipt(&ReceiptKey::Id(made.id.clone()))? {
        Some(latest) => written(&latest),
        None => Ok(outcome.result),
    }
}

/// What is submitted: repeated under its key, it must say the same.
fn asked(
    fiskal: &Call<'_>,
    original: &Receipt,
    name: &str,
    key: String,
    params: Value,
) -> Result<Submission> {
    let fingerprint = params.to_string();
    Ok(Submission { fingerprint, ..fiskal.place(&original.register)?.submission(name, key, params) })
}

/// Whether a receipt was cancelled or corrected, by the operation's name, and the key to do it under: a new one where
/// the service refused the one before later on.
pub(super) fn done(fiskal: &Call<'_>, original: &Receipt, name: &str) -> Result<(bool, String)> {
    let place = fiskal.place(&original.register)?;
    let mut key = format!("{name}:{}", original.id);
    for again in 2..=COPIES {
        let Some(before) = fiskal.engine().recorded(&place.line, &key)? else { return Ok((false, key)) };
        let id = before.result.get("id").and_then(Value::as_str).unwrap_or_default();
        let known = fiskal.engine().store().receipt(&ReceiptKey::Id(id.to_owned()))?;
        if known.is_none_or(|known| known.state != State::Refused) {
            return Ok((true, key));
        }
        key = format!("{name}:{}:{again}", original.id);
    }
    Ok((false, key))
}

/// The receipt of this id, which the service has.
pub(super) fn issued(fiskal: &Call<'_>, id: &str) -> Result<Receipt> {
    let receipt = valid(fiskal, &ReceiptKey::Id(id.to_owned())).and_then(|receipt| match receipt.state {
        State::Provisional => Err(not_yet_booked()),
        _ => Ok(receipt),
    });
    receipt.map_err(|error| error.at("/id"))
}

/// The earlier receipt that a sale refers to, where this journal has it.
///
/// # Errors
/// `not_found` at `/original`, and `not_ready` while nobody knows whether the service has it. A provisional
/// receipt may be referred to: its service says how.
pub(super) fn referred_to(fiskal: &Call<'_>, sale: &Sale) -> Result<Option<Receipt>> {
    let Some(original) = &sale.original else { return Ok(None) };
    let by = match (&original.receipt, &original.number) {
        (Some(id), _) => ReceiptKey::Id(id.clone()),
        (None, Some(number)) => {
            let register = original.register.as_deref().unwrap_or(&sale.register);
            ReceiptKey::Number(fiskal.place(register)?.line, original.series.clone(), number.clone())
        }
        (None, None) => return Ok(None),
    };
    valid(fiskal, &by).map(Some).map_err(|error| error.at("/original"))
}

/// A receipt that was neither refused nor is of unknown fate.
fn valid(fiskal: &Call<'_>, by: &ReceiptKey) -> Result<Receipt> {
    let found = fiskal.engine().store().receipt(by)?;
    let receipt = found.ok_or_else(|| {
        let message = "there is no such receipt in this journal; `receipt.list` shows those that are";
        Error::new(Kind::NotFound, message)
    })?;
    let environment = fiskal.place(&receipt.register)?.till.account.environment.name();
    if receipt.environment != environment {
        let message = format!(
            "the receipt was issued in the environment '{}', and the register's is '{environment}' now",
            receipt.environment
        );
        return Err(Error::new(Kind::Conflict, message));
    }
    match receipt.state {
        State::Signed | State::Provisional => Ok(receipt),
        State::Pending => Err(not_yet_booked()),
        State::Refused => {
            Err(Error::new(Kind::Conflict, "the service refused this receipt; there is nothing to change"))
        }
    }
}

fn not_yet_booked() -> Error {
    Error::new(Kind::NotReady, "the service does not have this receipt yet; run `sync`, then try again")
}

pub(super) fn check_reason(reason: Option<&str>) -> Result<()> {
    if reason.is_some_and(|reason| reason.chars().count() > REASON) {
        let message = format!("the reason is longer than {REASON} characters; shorten it");
        return Err(Error::invalid("/reason", message));
    }
    if reason.is_some_and(|reason| reason.contains('\0')) {
        return Err(Error::invalid("/reason", "the reason has a zero byte in it; remove it"));
    }
    Ok(())
}

/// The rules that a sale's own members of the same names keep.
pub(super) fn check_as_sale(mut members: Value) -> Result<()> {
    if let Some(members) = members.as_object_mut() {
        members.insert("register".into(), "-".into());
    }
    strict::<Sale>(&members)?.check()
}
