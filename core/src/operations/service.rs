//! How things stand, what waits, and what has no name of its own.

use super::{Definition, Nothing, Run, given, read, references, returned, told, written};
use crate::engine::Synced;
use crate::engine::ports::Store;
use crate::error::Result;
use crate::exchange::{self, Standing};
use crate::fiskal::{Call, Place};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const STATUS: Definition = Definition {
    name: "status",
    summary: "Tells how each register stands: ready or not, what waits, which sales are open.",
    params: given::<Which>,
    result: returned::<Status>,
    run: Run::Client(status),
};

pub(super) const SYNC: Definition = Definition {
    name: "sync",
    summary: "Settles what waits for the services, and tells which receipts changed.",
    params: given::<Nothing>,
    result: returned::<Synced>,
    run: Run::Client(|fiskal, params| {
        read::<Nothing>(params)?;
        written(&fiskal.engine().sync(fiskal.interrupt())?)
    }),
};

pub(super) const REQUEST: Definition = Definition {
    name: "request",
    summary: "Sends an authenticated, journalled request to a register's service, for what has no name here.",
    params: given::<Raw>,
    result: returned::<RawAnswer>,
    run: Run::Client(request),
};

/// Parameters of `status`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Only this register; all if absent.
    #[serde(default)]
    register: Option<String>,
}

/// Result of `status`.
#[derive(Serialize, JsonSchema)]
struct Status {
    /// The library's version.
    version: String,
    /// The journal's file.
    journal: String,
    /// The registers, by name.
    registers: Vec<RegisterStatus>,
}

/// How one register stands.
#[derive(Serialize, JsonSchema)]
struct RegisterStatus {
    /// The register's name in the configuration.
    register: String,
    /// The service's name.
    service: String,
    /// `live`, `test` or `sandbox`.
    environment: String,
    /// Whether it has been provisioned and may sell.
    ready: bool,
    /// Operations that wait to be settled.
    waiting: usize,
    /// Since when the register works without its service; absent while it does not.
    offline: Option<Offline>,
    /// What has to be done by a time, whatever is sold meanwhile.
    duties: Vec<Duty>,
    /// Sales that were begun and have not ended.
    open_sales: usize,
    /// Seconds that this machine's clock is behind the service's; absent before the first answer.
    clock_behind_s: Option<i64>,
    /// What has to be done, in a sentence.
    todo: Option<String>,
}

/// A time without the service, in which records were made that it does not have yet.
#[derive(Serialize, JsonSchema)]
struct Offline {
    /// When the first record that is not sent yet was made (RFC 3339 with the location's offset).
    since: String,
    /// Until when the register may go on selling (RFC 3339 with the location's offset). In Austria it may go on;
    /// by then the outage must be reported.
    until: String,
    /// How many records wait to be sent.
    records: u32,
}

/// What has to be done by a time.
#[derive(Serialize, JsonSchema)]
struct Duty {
    /// Its name, such as `fisconline_password` or `yearly_receipt`.
    name: String,
    /// By when (RFC 3339 with the location's offset).
    due: String,
    /// Whether that time is over.
    overdue: bool,
    /// What to do, in a sentence.
    todo: String,
}

/// Parameters of `request`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Raw {
    /// The register whose merchant's credential goes along.
    register: String,
    /// The HTTP method.
    method: String,
    /// The path with its query, from `/`.
    path: String,
    /// The JSON body. It goes as it stands; one with an object that has nothing but `$secret` is refused.
    #[serde(default)]
    body: Option<Value>,
    /// Further header fields.
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// Result of `request`.
#[derive(Serialize, Deserialize, JsonSchema)]
struct RawAnswer {
    /// The HTTP status, whatever it is.
    status: u16,
    /// The JSON body; a string where it was no JSON, `null` where it was empty.
    body: Value,
    /// The service's id of the exchange, for its support desk.
    trace_id: Option<String>,
}

fn status(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let which: Which = read(params)?;
    let names: Vec<&str> = match &which.register {
        Some(register) => vec![register.as_str()],
        None => fiskal.config().registers.keys().map(String::as_str).collect(),
    };
    let registers = names.into_iter().map(|name| register_status(fiskal, name)).collect::<Result<_>>()?;
    let journal = fiskal.config().journal.display().to_string();
    written(&Status { version: env!("CARGO_PKG_VERSION").into(), journal, registers })
}

fn register_status(fiskal: &Call<'_>, name: &str) -> Result<RegisterStatus> {
    let place = fiskal.place(name)?;
    let store = fiskal.engine().store();
    let standing = fiskal.engine().standing(&place.line, &place.above)?;
    let halt = standing.as_ref().and_then(|standing| standing.halt.as_ref());
    let can_sell =
        standing.as_ref().is_some_and(|standing| standing.halt.is_none() && standing.todo.is_none());
    let waits = Waits::of(store, &place)?;
    let offline = offline(fiskal, &place)?;
    let now = fiskal.engine().now(&place.line.account);
    let duties = fiskal.engine().duties(&place.line, &place.above, &place.till.location.zone)?;
    let todo = match (&standing, halt) {
        (None, _) => Some("not provisioned yet; run `provision`".into()),
        (_, Some(halt)) if halt.retired => {
            Some(format!("retired since {}; `register.replace` makes a new one", place.local(halt.since)?))
        }
        (_, Some(halt)) => {
            Some(format!("suspended since {}; `register.restore` ends it", place.local(halt.since)?))
        }
        (Some(Standing { todo: Some(todo), .. }), None) => Some(todo.clone()),
        (_, None) => waits
            .todo(offline.as_ref())
            .or_else(|| duties.iter().find(|duty| duty.told_from <= now).map(|duty| duty.todo.clone())),
    };
    Ok(RegisterStatus {
        register: name.into(),
        service: place.till.account.service.clone(),
        environment: place.till.account.environment.name().into(),
        ready: can_sell,
        waiting: waits.waiting,
        offline,
        duties: duties.into_iter().map(|duty| told_duty(duty, &place, now)).collect::<Result<_>>()?,
        open_sales: store.open_sales(&place.line)?.len(),
        clock_behind_s: fiskal.engine().skew(&place.line.account).map(|skew| skew.as_secs()),
        todo,
    })
}

/// What of a register's queue is not over.
struct Waits {
    waiting: usize,
    /// What is in the way of the first that cannot go on for another reason than the connection.
    stuck: Option<String>,
    /// What was handed over and then refused, and nobody has decided about.
    refused: usize,
}

impl Waits {
    fn of(store: &impl Store, place: &Place<'_>) -> Result<Self> {
        let queue = store.queue(&place.line)?;
        let waiting = queue.len() + store.follow_ups(&place.line)?.len();
        let stuck = queue.into_iter().find_map(|entry| entry.stuck);
        Ok(Waits { waiting, stuck, refused: store.refused(&place.line)?.len() })
    }

    /// What has to be done about it, in a sentence.
    fn todo(&self, offline: Option<&Offline>) -> Option<String> {
        let Waits { waiting, stuck, refused } = self;
        match (waiting, stuck, offline) {
            (0, ..) if *refused > 0 => Some(format!(
                "{refused} refused by the service after something was handed over; `queue.list` says why, `queue.resolve` decides"
            )),
            (0, ..) => None,
            (waiting, Some(why), _) => Some(format!(
                "{waiting} to settle, and not the connection is in the way: {why}; `queue.resolve` decides"
            )),
            (waiting, None, None) => Some(format!("{waiting} to settle; `sync` tries again")),
            (waiting, None, Some(Offline { until, .. })) => {
                Some(format!("{waiting} to settle before {until}; reconnect, and `sync` sends them"))
            }
        }
    }
}

fn offline(fiskal: &Call<'_>, place: &Place<'_>) -> Result<Option<Offline>> {
    let Some(outage) = fiskal.engine().outage(&place.line)? else { return Ok(None) };
    let (since, until) = (place.local(outage.since)?, place.local(outage.until)?);
    Ok(Some(Offline { since, until, records: outage.records }))
}

fn told_duty(duty: exchange::Duty, place: &Place<'_>, now: Timestamp) -> Result<Duty> {
    let due = place.local(duty.due)?;
    Ok(Duty { name: duty.name.into(), due, overdue: duty.due <= now, todo: duty.todo })
}

fn request(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let raw: Raw = read(params)?;
    let place = fiskal.place(&raw.register)?;
    raw.body.as_ref().map_or(Ok(()), |body| references::check_names_none("/body", body))?;
    let mut params = json!({ "method": raw.method, "path": raw.path, "headers": raw.headers });
    if let (Some(body), Some(members)) = (raw.body, params.as_object_mut()) {
        members.insert("body".into(), body);
    }
    let key = format!("request:{}", fiskal.new_id());
    let reply = fiskal.submit(place.submission("request", key, params))?;
    let answer: RawAnswer = told(&reply.outcome.result)?;
    written(&answer)
}
