//! Sales: begun, changed, completed or aborted.

use super::{Definition, Run, afterwards, given, read, returned, written};
use crate::engine::ports::{OpenSale, ReceiptKey, Store};
use crate::engine::{Reply, Submission};
use crate::error::{Error, Kind, Result};
use crate::exchange::Line;
use crate::fiskal::{Call, Place};
use crate::receipt::{Issuer, Receipt};
use crate::sale::Sale;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What is fixed when a sale is begun.
const FIXED: [&str; 3] = ["register", "cashier", "training"];

pub(super) const BEGIN: Definition = Definition {
    name: "sale.begin",
    summary: "Begins a sale, as the law of some countries wants before the first item.",
    params: given::<Sale>,
    result: returned::<Begun>,
    run: Run::Client(begin),
};

pub(super) const UPDATE: Definition = Definition {
    name: "sale.update",
    summary: "Keeps the cart of a begun sale, so that another process or day can go on with it.",
    params: given::<Sale>,
    result: returned::<Begun>,
    run: Run::Client(update),
};

pub(super) const COMPLETE: Definition = Definition {
    name: "sale.complete",
    summary: "Completes a begun sale, or books a whole one at once, and gives its receipt.",
    params: given::<Sale>,
    result: returned::<Receipt>,
    run: Run::Client(complete),
};

pub(super) const ABORT: Definition = Definition {
    name: "sale.abort",
    summary: "Ends a begun sale that nobody buys.",
    params: given::<Abort>,
    result: returned::<Begun>,
    run: Run::Client(abort),
};

/// The sale that was meant.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SaleReference")]
struct Begun {
    /// The sale's id.
    sale: String,
}

/// Parameters of `sale.abort`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Abort {
    /// The register's name in the configuration.
    register: String,
    /// The sale's id.
    sale: String,
    /// Why, for the records; at most 128 characters.
    #[serde(default)]
    reason: Option<String>,
}

fn begin(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let sale = Sale::read(params)?;
    let place = fiskal.place(&sale.register)?;
    let (id, cart) = identified(fiskal, &sale, params);
    if fiskal.engine().store().sale(&place.line, &id)?.is_some_and(|known| known.ended) {
        return Err(ended(&id));
    }
    let fingerprint = sale.fingerprint()?;
    let key = format!("sale.begin:{id}");
    let params = json!({ "sale": cart });
    let at = sale.started_at;
    fiskal.submit(Submission { fingerprint, at, ..place.submission("sale.begin", key, params) })?;
    written(&Begun { sale: id })
}

fn update(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let sale = Sale::read(params)?;
    let place = fiskal.place(&sale.register)?;
    let Some(id) = sale.id else {
        return Err(Error::invalid("/id", "say which sale: give the id that sale.begin returned"));
    };
    let mut cart = params.clone();
    if let Some(open) = fiskal.engine().store().sale(&place.line, &id)? {
        check_fixed(&open, params)?;
        keep_fixed(&open, &mut cart);
    }
    fiskal.engine().update_sale(&place.line, &id, cart, fiskal.interrupt())?;
    written(&Begun { sale: id })
}

fn complete(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let given = Sale::read(params)?;
    let place = fiskal.place(&given.register)?;
    let open = match &given.id {
        Some(id) => fiskal.engine().store().sale(&place.line, id)?,
        None => None,
    };
    let whole = match &open {
        Some(open) => {
            check_fixed(open, params)?;
            merged(&open.cart, params)
        }
        None => params.clone(),
    };
    let sale = Sale::read(&whole)?;
    sale.check_complete()?;
    let (id, mut cart) = identified(fiskal, &sale, &whole);
    let key = format!("sale.complete:{id}");
    if open.as_ref().is_some_and(|open| open.ended) && fiskal.engine().recorded(&place.line, &key)?.is_none()
    {
        return Err(ended(&id));
    }
    check_number(fiskal, &place.line, &sale, &id)?;
    if let Some(open) = open.filter(|_| sale.started_at.is_none()) {
        cart.insert("started_at".into(), Value::from(open.begun_at.to_string()));
    }
    // A sale that is booked already gives its receipt, whatever became of the original since.
    let original = match fiskal.engine().recorded(&place.line, &key)? {
        Some(_) => None,
        None => afterwards::referred_to(fiskal, &sale)?.as_ref().map(written).transpose()?,
    };
    let fingerprint = Sale { id: Some(id.clone()), ..sale }.fingerprint()?;
    let params = json!({ "sale": cart, "issuer": issuer(&place), "seller": seller(&place) });
    let reply = fiskal.submit(Submission {
        fingerprint,
        original,
        ..place.submission("sale.complete", key, params)
    })?;
    receipt_of(fiskal, &place.line, &id, reply)
}

fn abort(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let abort: Abort = read(params)?;
    afterwards::check_reason(abort.reason.as_deref())?;
    let place = fiskal.place(&abort.register)?;
    let known = fiskal.engine().store().sale(&place.line, &abort.sale)?;
    let known = known.ok_or_else(|| crate::engine::no_such_sale(&abort.sale).at("/sale"))?;
    let key = format!("sale.abort:{}", abort.sale);
    if known.ended && fiskal.engine().recorded(&place.line, &key)?.is_none() {
        return Err(ended(&abort.sale).at("/sale"));
    }
    let params = json!({ "sale": abort.sale, "reason": abort.reason });
    fiskal.submit(place.submission("sale.abort", key, params))?;
    written(&Begun { sale: abort.sale })
}

/// The sale's id, made where the caller gave none, and the sale as JSON with it.
fn identified(fiskal: &Call<'_>, sale: &Sale, given: &Value) -> (String, Map<String, Value>) {
    let id = sale.id.clone().unwrap_or_else(|| fiskal.new_id());
    let mut cart = given.as_object().cloned().unwrap_or_default();
    cart.insert("id".into(), Value::from(id.as_str()));
    (id, cart)
}

/// What is given now wins over what the cart held.
fn merged(cart: &Value, given: &Value) -> Value {
    let mut whole = cart.as_object().cloned().unwrap_or_default();
    whole.extend(given.as_object().cloned().unwrap_or_default());
    Value::Object(whole)
}

fn check_fixed(open: &OpenSale, given: &Value) -> Result<()> {
    for field in FIXED {
        let now = given.get(field).filter(|value| !value.is_null());
        let begun = open.cart.get(field).filter(|value| !value.is_null());
        let same = match (begun, now) {
            (_, None) => true,
            (None, Some(now)) => field == "training" && now == &Value::Bool(false),
            (Some(begun), Some(now)) => begun == now,
        };
        if !same {
            let message =
                format!("'{field}' was fixed when the sale was begun; leave it out, or begin another sale");
            return Err(Error::new(Kind::Conflict, message).at(format!("/{field}")));
        }
    }
    Ok(())
}

/// A cart replaces the one before, but not what was fixed when the sale was begun.
fn keep_fixed(open: &OpenSale, cart: &mut Value) {
    let Some(members) = cart.as_object_mut() else { return };
    for field in FIXED {
        if let Some(begun) = open.cart.get(field).filter(|value| !value.is_null()) {
            members.insert(field.into(), begun.clone());
        }
    }
}

/// A number stands for one sale of the register.
pub(super) fn check_number(fiskal: &Call<'_>, line: &Line, sale: &Sale, id: &str) -> Result<()> {
    let Some(number) = &sale.number else { return Ok(()) };
    let by = ReceiptKey::Number(line.clone(), sale.series.clone(), number.clone());
    match fiskal.engine().store().receipt(&by)? {
        Some(other) if other.sale.as_deref() != Some(id) => {
            let taken = other.sale.unwrap_or(other.id);
            let message =
                format!("the number {number} was already used for the sale '{taken}'; give the next one");
            Err(Error::new(Kind::Conflict, message).at("/number"))
        }
        _ => Ok(()),
    }
}

pub(super) fn issuer(place: &Place<'_>) -> Issuer {
    let (merchant, location) = (place.till.merchant, place.till.location);
    let address = &location.address;
    let street = match &address.number {
        Some(number) if address.country == "FR" => format!("{number} {}", address.street),
        Some(number) => format!("{} {number}", address.street),
        None => address.street.clone(),
    };
    Issuer {
        name: merchant.name.clone(),
        trade_name: Some(merchant.trade_name.clone()),
        tax_id: merchant.tax_id.clone(),
        vat_number: None,
        address: vec![street, format!("{} {}", address.code, address.city), address.country.clone()],
        location: (location.name != merchant.trade_name).then(|| location.name.clone()),
    }
}

/// The merchant in its parts, for a service that wants the taxpayer's own name and seat.
pub(super) fn seller(place: &Place<'_>) -> Value {
    let merchant = place.till.merchant;
    json!({ "name": merchant.name, "tax_id": merchant.tax_id, "address": merchant.address })
}

/// The receipt in its latest state, which may be newer than the reply's.
fn receipt_of(fiskal: &Call<'_>, line: &Line, sale: &str, reply: Reply) -> Result<Value> {
    let latest = fiskal.engine().store().receipt(&ReceiptKey::Sale(line.clone(), sale.to_owned()))?;
    let receipt = latest.or_else(|| reply.outcome.receipts.into_iter().next());
    let receipt = receipt.ok_or_else(|| {
        let message =
            format!("the sale '{sale}' was booked, and its receipt has been erased from the journal");
        Error::new(Kind::NotFound, message).at("/id")
    })?;
    written(&receipt)
}

pub(super) fn ended(sale: &str) -> Error {
    Error::new(Kind::Conflict, format!("the sale '{sale}' has ended; begin a new one under a new id"))
        .at("/id")
}
