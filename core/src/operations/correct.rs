//! A receipt with wrong data is set right.

use super::afterwards::{self, check_reason, issued};
use super::sale::{check_number, issuer};
use super::{Definition, Run, given, read, returned, written};
use crate::engine::Submission;
use crate::error::{Error, Kind, Result};
use crate::fiskal::Call;
use crate::money::Exact;
use crate::receipt::{Receipt, ReceiptType};
use crate::sale::{Cashier, Customer, Discount, Document, Item, Payment, Sale};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(super) const CORRECT: Definition = Definition {
    name: "receipt.correct",
    summary: "Books what a receipt with wrong data should have said, and gives the receipt of the correction; asked again, the same one.",
    params: given::<Correct>,
    result: returned::<Receipt>,
    run: Run::Client(correct),
};

/// Parameters of `receipt.correct`: the receipt, and all that it should have said.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Correct {
    /// The id of the receipt with the wrong data.
    #[serde(skip_serializing)]
    id: String,
    /// Why, for the records; at most 128 characters.
    #[serde(default, skip_serializing)]
    reason: Option<String>,
    /// The merchant's own number of the correction, at most 64 visible characters.
    #[serde(default)]
    number: Option<String>,
    /// The series of that number, at most 64 visible characters.
    #[serde(default)]
    series: Option<String>,
    /// A free text on the receipt, at most 250 characters.
    #[serde(default)]
    text: Option<String>,
    /// Who corrects it.
    #[serde(default)]
    cashier: Option<Cashier>,
    /// What was sold, at most 1,000; at least one with a quantity that is not negative.
    items: Vec<Item>,
    /// Discounts on the whole sale, each off what the earlier ones left; at most 100.
    #[serde(default)]
    discounts: Vec<Discount>,
    /// Cash rounding in euros, -0.05 to 0.05: what the payments are more (or less) than the items.
    #[serde(default)]
    rounding: Option<Exact>,
    /// How it was paid; at most 100.
    #[serde(default)]
    payments: Vec<Payment>,
    /// Who bought.
    #[serde(default)]
    customer: Option<Customer>,
    /// Per service, what only that service knows; the keys are those of a sale.
    #[serde(default)]
    extra: Map<String, Value>,
}

fn correct(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Correct = read(params)?;
    check_reason(asked.reason.as_deref())?;
    let original = issued(fiskal, &asked.id)?;
    let place = fiskal.place(&original.register)?;
    let content = whole(&asked, &original)?;
    let sale = Sale::read(&content)?;
    sale.check_complete()?;
    let params = json!({ "sale": content, "issuer": issuer(&place), "reason": asked.reason });
    let correction = || {
        check_correctable(fiskal, &original)?;
        let (is_corrected, key) = afterwards::done(fiskal, &original, CORRECT.name)?;
        if !is_corrected {
            check_number(fiskal, &place.line, &sale, "")?;
        }
        let submission = place.submission(CORRECT.name, key, params.clone());
        let (fingerprint, original) = (sale.fingerprint()?, Some(written(&original)?));
        Ok(Submission { fingerprint, original, ..submission })
    };
    afterwards::latest(fiskal, fiskal.submit_by(&place.line, &correction)?.outcome)
}

/// A sale is corrected, and only while it stands.
fn check_correctable(fiskal: &Call<'_>, original: &Receipt) -> Result<()> {
    let is_sale = matches!(original.receipt_type, ReceiptType::Sale | ReceiptType::Training);
    if !is_sale || original.document != Document::Receipt {
        return Err(Error::invalid("/id", "only the receipt of a sale can be corrected"));
    }
    if afterwards::done(fiskal, original, afterwards::CANCEL.name)?.0 {
        let message = "the receipt was cancelled; there is nothing to correct, sell again";
        return Err(Error::new(Kind::Conflict, message).at("/id"));
    }
    Ok(())
}

/// The right content as a sale of the original's register.
fn whole(asked: &Correct, original: &Receipt) -> Result<Value> {
    let mut sale = written(asked)?;
    if let Some(members) = sale.as_object_mut() {
        members.insert("register".into(), original.register.clone().into());
        members.insert("training".into(), (original.receipt_type == ReceiptType::Training).into());
        members.insert("original".into(), json!({ "receipt": original.id, "reason": asked.reason }));
    }
    Ok(sale)
}
