//! Receipts that are no sale: a cancellation, and a receipt over nothing (contract sign-at 2.7).

use super::containers::Sums;
use super::facts;
use super::form::Form;
use super::map::{self, Kind};
use super::receipt;
use super::run::{Flow, Run};
use super::sent::{self, Ready};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::exchange::Outcome;
use crate::money::Exact;
use crate::receipt::{Receipt, ReceiptType};
use crate::sale::{Cashier, Item, Original, Payment, Sale};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::ops::Neg as _;

/// What the caller says about it.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    cashier: Option<Cashier>,
    #[serde(default)]
    extra: Map<String, Value>,
}

/// Cancels a receipt: one of the type CANCELLATION with its amounts taken back.
pub(super) fn cancel(run: &Run<'_>) -> Flow<Outcome> {
    sent::sign(run, cancellation(run)?)
}

/// The Nullbeleg that a register makes at the till's wish, as for an inspection.
pub(super) fn zero(run: &Run<'_>) -> Flow<Outcome> {
    let register = facts::register(run.facts)?;
    let merchant = facts::merchant(run.facts)?;
    let asked: Asked = run.params()?;
    let sale = nothing(run)?;
    let amounts = sale.amounts()?;
    let sums = Sums::of(&sale, &amounts)?;
    let form = Form::asked(run, &sale, &asked.extra)?;
    let body = map::receipt(Kind::Normal, &form, &sale, &amounts, &sums, run.receipt_marks())?;
    let of = Receipt {
        register: run.operation.line.name.clone(),
        receipt_type: ReceiptType::Zero,
        cashier: asked.cashier,
        totals: receipt::nothing(),
        mentions: vec![receipt::named(receipt::NOTHING)],
        ..Receipt::default()
    };
    let draft = receipt::draft(run, of, &register, &merchant)?;
    sent::sign(run, Ready { kind: Kind::Normal, form: form.name(), register, merchant, sums, body, draft })
}

/// The sale of a receipt over nothing: there is no type of its own (contract sign-at 2.7).
fn nothing(run: &Run<'_>) -> Result<Sale> {
    Sale::read(&json!({
        "register": run.operation.line.name,
        "items": [{"text": receipt::NOTHING, "quantity": "1", "unit_price": "0.00", "vat": "0"}],
    }))
}

fn cancellation(run: &Run<'_>) -> Result<Ready> {
    let register = facts::register(run.facts)?;
    let merchant = facts::merchant(run.facts)?;
    let asked: Asked = run.params()?;
    let original =
        original(run)?.ok_or_else(|| Error::internal("a cancellation has no receipt to cancel"))?;
    if original.receipt_type == ReceiptType::Training {
        let message = "a training receipt is no turnover; there is nothing to cancel";
        return Err(Error::new(ErrorKind::Invalid, message).at("/id"));
    }
    let sale = taken_back(&original, asked.cashier.clone())?;
    let amounts = sale.amounts()?;
    let sums = Sums::of(&sale, &amounts)?;
    let mut marks = run.receipt_marks();
    marks.insert("fiskal_cancels".into(), original.id.as_str().into());
    let form = Form::repeated(run, &original)?;
    let body = map::receipt(Kind::Cancellation, &form, &sale, &amounts, &sums, marks)?;
    let totals = original.totals.negated();
    let of = Receipt {
        receipt_type: ReceiptType::Cancel,
        sale: None,
        number: None,
        issuer: original.issuer.clone(),
        original: Some(Original {
            receipt: Some(original.id.clone()),
            series: original.series.clone(),
            number: original.number.clone().or(original.fiscal.number.clone()),
            issued_at: original.signed_at.clone(),
            reason: asked.reason,
            ..Original::default()
        }),
        ..Receipt::of_sale(&sale, totals)
    };
    let draft = receipt::draft(run, of, &register, &merchant)?;
    let kind = Kind::Cancellation;
    Ok(Ready { kind, form: form.name(), register, merchant, sums, body, draft })
}

/// The receipt that is meant, where there is one.
pub(super) fn original(run: &Run<'_>) -> Result<Option<Receipt>> {
    let read = run.operation.original.as_ref().map(Receipt::deserialize).transpose();
    read.map_err(|cause| Error::internal(format!("the receipt that is meant cannot be read back: {cause}")))
}

/// The sale of a receipt the other way round.
fn taken_back(original: &Receipt, cashier: Option<Cashier>) -> Result<Sale> {
    let items = original.items.iter().map(|item| Item {
        quantity: -item.quantity,
        total: item.total.map(Exact::neg),
        ..item.clone()
    });
    let payments = original.payments.iter().map(|payment| Payment {
        amount: -payment.amount,
        tendered: None,
        ..payment.clone()
    });
    let sale = Sale::read(&json!({"register": original.register}))?;
    Ok(Sale {
        cashier,
        items: items.collect(),
        discounts: original.discounts.clone(),
        rounding: original.rounding.map(Exact::neg),
        payments: payments.collect(),
        customer: original.customer.clone(),
        ..sale
    })
}
