//! What waits to be sent, what was refused, and what somebody decides about it.

use super::{Definition, Run, given, read, returned, written};
use crate::engine::ports::{Entry, Progress, Store};
use crate::engine::{Decision, Resolution};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Line, LineKind, Outcome};
use crate::fiskal::Call;
use crate::local_time::local;
use crate::receipt::Receipt;
use crate::sale::Sale;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Characters of a reason.
const REASON: usize = 500;

pub(super) const LIST: Definition = Definition {
    name: "queue.list",
    summary: "Lists what waits to be sent and what the service refused afterwards, in order, with why and since when.",
    params: given::<Which>,
    result: returned::<Queue>,
    run: Run::Client(list),
};

pub(super) const RESOLVE: Definition = Definition {
    name: "queue.resolve",
    summary: "Decides about an operation of the queue: sends it again, replaces its content, or sets it aside.",
    params: given::<Resolve>,
    result: returned::<Resolved>,
    run: Run::Client(resolve),
};

/// Parameters of `queue.list`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Only this register; all if absent.
    #[serde(default)]
    register: Option<String>,
}

/// Result of `queue.list`.
#[derive(Serialize, JsonSchema)]
struct Queue {
    /// What the service refused after something was handed over for it, then what waits; each register's in
    /// the order in which it is sent.
    entries: Vec<Queued>,
}

/// An operation that is not settled.
#[derive(Serialize, JsonSchema)]
struct Queued {
    /// Its id, for `queue.resolve`.
    operation: String,
    /// What was asked for, such as `sale.complete`.
    name: String,
    /// The register; absent for what concerns a merchant or a location.
    register: Option<String>,
    /// The caller's id of the sale.
    sale: Option<String>,
    /// The merchant's own number of the receipt.
    number: Option<String>,
    /// The receipt that was handed over.
    receipt: Option<String>,
    /// How it stands.
    state: Standing,
    /// When it was asked for, by the location's clock (RFC 3339).
    since: String,
    /// Why it is not settled, in a sentence.
    why: String,
}

/// How an operation of the queue stands.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "QueueState")]
enum Standing {
    /// It waits for the service.
    Waiting,
    /// Something else than the connection is in its way, and later ones wait behind it.
    Stuck,
    /// The service refused it after a receipt was handed over; later ones went on.
    Refused,
    /// It was set aside, and the service has not been told yet.
    SetAside,
}

/// Parameters of `queue.resolve`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resolve {
    /// The operation's id, as `queue.list` gives it.
    operation: String,
    /// What is to be done.
    how: Resolution,
    /// Why, for the journal; 1 to 500 characters.
    reason: String,
    /// For `amend`: the whole corrected sale, with the id and the register of the refused one.
    #[serde(default)]
    #[schemars(with = "Option<Sale>")]
    sale: Option<Value>,
}

/// Result of `queue.resolve`.
#[derive(Serialize, JsonSchema)]
struct Resolved {
    /// The operation's id.
    operation: String,
    /// What was decided.
    how: Resolution,
    /// Whether nothing of it waits any more; else `sync` goes on with it.
    settled: bool,
    /// The receipt as it stands now: the same one, or the one that replaces it.
    receipt: Option<Receipt>,
}

fn list(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let which: Which = read(params)?;
    let store = fiskal.engine().store();
    let lines: BTreeSet<Line> = match &which.register {
        Some(register) => [fiskal.place(register)?.line].into(),
        None => {
            let registers = fiskal.config().registers.keys().map(|name| Ok(fiskal.place(name)?.line));
            registers.chain(store.unfinished_lines()?.into_iter().map(Ok)).collect::<Result<_>>()?
        }
    };
    let mut entries = Vec::new();
    for line in lines {
        let refused = store.refused(&line)?.into_iter().map(|entry| (entry, true));
        let waiting = store.queue(&line)?.into_iter().chain(store.follow_ups(&line)?);
        let all = refused.chain(waiting.map(|entry| (entry, false)));
        for (entry, is_refused) in all {
            entries.push(queued(entry, is_refused)?);
        }
    }
    written(&Queue { entries })
}

fn queued(entry: Entry, is_refused: bool) -> Result<Queued> {
    let (state, why) = standing(&entry, is_refused);
    let operation = &entry.operation;
    let receipt = match &entry.progress {
        Progress::HandedOver(outcome) | Progress::Deferred(outcome, _) | Progress::Finished(outcome) => {
            outcome.receipts.first()
        }
        _ => None,
    };
    let text = |pointer| operation.params.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Ok(Queued {
        operation: operation.id.to_string(),
        name: operation.name.clone(),
        register: (operation.line.kind == LineKind::Register).then(|| operation.line.name.clone()),
        sale: operation.sale_id().map(str::to_owned),
        number: text("/sale/number").or_else(|| receipt.and_then(|receipt| receipt.number.clone())),
        receipt: receipt.map(|receipt| receipt.id.clone()),
        state,
        since: local(operation.at, &operation.zone)?,
        why,
    })
}

fn standing(entry: &Entry, is_refused: bool) -> (Standing, String) {
    if let (Some(reason), false) = (&entry.set_aside, is_refused) {
        return (Standing::SetAside, format!("set aside ({reason}), and the service is not told yet"));
    }
    if let Some(stuck) = entry.stuck.as_ref().filter(|_| !is_refused) {
        return (Standing::Stuck, stuck.clone());
    }
    let why = match &entry.progress {
        Progress::Finished(Outcome { error: Some(error), .. }) => error.message(),
        Progress::Deferred(..) => "made without the service, which has not been told yet",
        Progress::FollowUp(_) => "the service has not said its last word",
        _ => "begun, and not answered yet",
    };
    (if is_refused { Standing::Refused } else { Standing::Waiting }, why.to_owned())
}

fn resolve(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let asked: Resolve = read(params)?;
    let operation = Uuid::parse_str(&asked.operation).map_err(|_| {
        Error::invalid("/operation", "this is not the id of an operation; `queue.list` has them")
    })?;
    if asked.reason.contains('\0') {
        return Err(Error::invalid("/reason", "the reason has a zero byte in it; remove it"));
    }
    let length = asked.reason.chars().count();
    if asked.reason.trim().is_empty() || length > REASON {
        let message = format!("a reason has 1 to {REASON} characters, this one has {length}; say why");
        return Err(Error::invalid("/reason", message));
    }
    let corrected = corrected(&asked)?;
    let decide = || {
        let (params, original) = match &corrected {
            Some((given, sale)) => amended(fiskal, operation, given, sale)?,
            None => (None, None),
        };
        Ok(Decision { operation, how: asked.how, reason: asked.reason.clone(), params, original })
    };
    let decided = fiskal.engine().resolve(operation, &decide, fiskal.interrupt())?;
    let receipt = decided.outcome.and_then(|outcome| outcome.receipts.into_iter().next());
    written(&Resolved { operation: operation.to_string(), how: asked.how, settled: decided.settled, receipt })
}

/// The corrected sale, where one is wanted.
fn corrected(asked: &Resolve) -> Result<Option<(&Value, Sale)>> {
    match (asked.how, &asked.sale) {
        (Resolution::Amend, None) => {
            let message = "what is amended is replaced as a whole; give the corrected sale";
            Err(Error::invalid("/sale", message))
        }
        (Resolution::Amend, Some(given)) => {
            let sale = Sale::read(given).and_then(|sale| sale.check_complete().map(|()| sale));
            Ok(Some((given, sale.map_err(|error| error.under("/sale"))?)))
        }
        (_, Some(_)) => Err(Error::invalid("/sale", "only `amend` takes a corrected sale; leave it out")),
        (_, None) => Ok(None),
    }
}

/// The parameters with the corrected sale, which is the same sale on the same register, and the receipt that
/// it refers to.
fn amended(
    fiskal: &Call<'_>,
    id: Uuid,
    given: &Value,
    corrected: &Sale,
) -> Result<(Option<Value>, Option<Value>)> {
    let found = fiskal.engine().store().operation(id)?;
    let operation = found.map(|entry| entry.operation).ok_or_else(|| {
        let message = format!("there is no operation {id}; `queue.list` has them");
        Error::new(Kind::NotFound, message).at("/operation")
    })?;
    let refused = operation.params.get("sale").filter(|_| operation.name == "sale.complete");
    let (Some(refused), Some(id)) = (refused, operation.sale_id()) else {
        let message = format!("{} is no sale, and only the content of a sale is replaced", operation.name);
        return Err(Error::invalid("/operation", message));
    };
    if corrected.id.as_deref().is_some_and(|given| given != id) {
        let message =
            format!("this operation is the sale '{id}', which stays the same sale; leave the id out");
        return Err(Error::invalid("/sale/id", message));
    }
    if corrected.register != operation.line.name {
        let message = format!("the sale '{id}' was made on the register '{}'", operation.line.name);
        return Err(Error::invalid("/sale/register", message));
    }
    super::sale::check_number(fiskal, &operation.line, corrected, id)
        .map_err(|error| error.under("/sale"))?;
    let mut cart = given.as_object().cloned().unwrap_or_default();
    cart.insert("id".into(), id.into());
    if let Some(started) = refused.get("started_at").filter(|_| corrected.started_at.is_none()) {
        cart.insert("started_at".into(), started.clone());
    }
    let mut params = operation.params.clone();
    if let Some(members) = params.as_object_mut() {
        members.insert("sale".into(), cart.into());
    }
    let original = super::afterwards::referred_to(fiskal, corrected).map_err(|error| error.under("/sale"))?;
    Ok((Some(params), original.as_ref().map(written).transpose()?))
}
