//! The end of a sale: a receipt of the type NORMAL or TRAINING.

use super::afterwards;
use super::containers::Sums;
use super::facts;
use super::form::Form;
use super::map::{self, Kind};
use super::receipt;
use super::run::{Flow, Run};
use super::sent::{self, Ready};
use crate::error::Result;
use crate::exchange::Outcome;
use crate::receipt::Receipt;
use crate::sale::Sale;
use serde_json::{Value, json};

impl Ready {
    /// A complete sale with all that its receipt needs.
    pub(super) fn sale(run: &Run<'_>) -> Result<Self> {
        let register = facts::register(run.facts)?;
        let merchant = facts::merchant(run.facts)?;
        let mut sale = Sale::read(run.param("sale"))?;
        sale.check_complete()?;
        sale.id = run.operation.sale_id().map(str::to_owned).or(Some(run.operation.id.to_string()));
        let amounts = sale.amounts()?;
        let sums = Sums::of(&sale, &amounts)?;
        let kind = Kind::of(&sale);
        let form = Form::of_sale(run, &sale)?;
        let body = map::receipt(kind, &form, &sale, &amounts, &sums, run.receipt_marks())?;
        let started_at = sale.started_at.map(|at| run.local(at)).transpose()?;
        let begun = run.operation.open_sale.as_ref().and_then(|begun| begun.get("started_at"));
        let started_at = started_at.or_else(|| begun.and_then(Value::as_str).map(str::to_owned));
        let mut of = Receipt { started_at, ..Receipt::of_sale(&sale, amounts.totals) };
        if let (Some(named), Some(original)) = (&mut of.original, afterwards::original(run)?) {
            named.number = named.number.take().or(original.number).or(original.fiscal.number);
            named.series = named.series.take().or(original.series);
            named.issued_at = named.issued_at.take().or(original.signed_at);
        }
        let draft = receipt::draft(run, of, &register, &merchant)?;
        Ok(Ready { kind, form: form.name(), register, merchant, sums, body, draft })
    }
}

/// Signs the sale's receipt.
pub(super) fn complete(run: &Run<'_>) -> Flow<Outcome> {
    sent::sign(run, Ready::sale(run)?)
}

/// Begins a sale. SIGN AT knows no begun sales: it is remembered here.
pub(super) fn begin(run: &Run<'_>) -> Flow<Outcome> {
    let sale = Sale::read(run.param("sale"))?;
    facts::register(run.facts)?;
    let started_at = run.local(sale.started_at.unwrap_or(run.operation.at))?;
    Ok(Outcome {
        result: json!({"sale": sale_id(run)}),
        open_sale: Some(json!({"started_at": started_at})),
        ..Outcome::default()
    })
}

/// Ends a begun sale. SIGN AT never heard of it.
pub(super) fn abort(run: &Run<'_>) -> Flow<Outcome> {
    Ok(Outcome { result: json!({"sale": sale_id(run), "record": null}), ..Outcome::default() })
}

/// The caller's id of the sale, else the operation's own.
fn sale_id(run: &Run<'_>) -> String {
    run.operation.sale_id().map_or_else(|| run.operation.id.to_string(), str::to_owned)
}
