//! What may be handed over while SIGN FR gives no answer.
//!
//! | operation | nothing sent | sent, unanswered | booked |
//! |---|---|---|---|
//! | `sale.complete` | provisional receipt, in the chain | pending receipt | signed receipt, chain not looked at |
//! | `sale.begin`, `sale.abort` | in the chain | done later | |
//! | `event.record` | in the chain | to be settled | to be settled |
//! | `receipt.*`, `export.create` | refused; they go on where they stopped | to be settled | to be settled |
//! | all others | refused; they go on where they stopped | | |
//!
//! Without a record to chain to, a completion and an event are refused, and the others are done later. So it is in
//! a country that has no chain.

use super::begin::{self, sale_id};
use super::complete::{Ready, booked_offline};
use super::event;
use super::facts::{self, RegisterFacts};
use super::map;
use super::offline_chain::{self, Buffer, Made, OfflineFacts};
use super::provision::cut;
use super::records::Record;
use super::run::Run;
use super::wire::text;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Answer, Effect, Known, Offline, Outcome};
use crate::receipt::{Mention, Place, Receipt, State};
use crate::sale::Sale;
use crate::services::copies;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The event at the beginning of an outage. The contract publishes no codes (5.5).
const START: &str = "OFFLINE_START";
/// Where a provisional receipt lies among the records that wait, in its `ids`: `BUFFER/OFFSET`.
pub(super) const WAITS_AT: &str = "replay";
/// On paper (docs/decisions/0010-france-offline.md).
const MENTION: &str = "Mode dégradé : enregistré hors connexion, signature à venir";
/// The longest label of a creator (Appendix A).
const LABEL: usize = 128;

/// What the replay of an operation must know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Deferred {
    /// The buffer that its records are in.
    pub(super) buffer: u32,
    /// In their order.
    pub(super) records: Vec<Made>,
    /// The provisional receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) receipt: Option<Receipt>,
}

pub(super) fn offline(run: &Run<'_>) -> Offline {
    match run.operation.name.as_str() {
        "sale.begin" => begin(run),
        "sale.abort" => abort(run),
        "sale.complete" => complete(run),
        name if settles_what_is_booked(name) && may_be_booked(run) => Offline::Unknown,
        "event.record" => event(run).unwrap_or_else(Offline::Refuse),
        copies::NAME if !run.service.country.counts_copies => copies::without_service(run.operation),
        name if name.starts_with("provision.") => {
            unreachable("the service gives no answer; run provision again, it goes on where it stopped")
        }
        _ if run.past.has_done_write() => unreachable(
            "the service gives no answer; a part of it is done, and the same call goes on from there",
        ),
        // What came before it is told by who asked for both.
        "register.replace" => unreachable("the service gives no answer"),
        name if name.starts_with("register.") => unreachable(
            "the service gives no answer, or records of the register still wait to be sent; nothing was changed, run `sync`, then try again",
        ),
        _ => unreachable("the service gives no answer; nothing was changed, try again"),
    }
}

/// Whether the operation books records, which can be looked up.
pub(super) fn books_records(name: &str) -> bool {
    name.starts_with("sale.") || settles_what_is_booked(name)
}

/// Whether the operation books one record: once that may be booked, the rest is done later.
fn settles_what_is_booked(name: &str) -> bool {
    name.starts_with("receipt.") || matches!(name, "event.record" | "export.create")
}

/// A sale may begin without the service; what can never be booked is said at once.
fn begin(run: &Run<'_>) -> Offline {
    let possible = facts::register(run.facts)
        .and_then(|register| Ok((register, Sale::read(run.param("sale"))?)))
        .and_then(|(register, sale)| Ok((register, map::intention(&sale, run.service.country)?, sale)));
    let (register, operation, sale) = match possible {
        Ok(possible) => possible,
        Err(error) => return Offline::Refuse(error),
    };
    let result = json!({"sale": sale_id(run)});
    let is_booked = own_intention(run).is_some();
    if is_booked || may_be_booked(run) || !can_chain(run, &register) {
        return Offline::Later(Outcome { result, ..Outcome::default() });
    }
    let recorded = || {
        let mut recorder = Recorder::open(run, register, 1)?;
        let intention = recorder.intention(operation)?;
        let open_sale = json!({
            "buffer": recorder.buffer.number,
            "offset": intention,
            "started_at": run.local(sale.started_at.unwrap_or(run.operation.at))?,
            "details": map::begin_details(&sale, run.service.country)?,
        });
        recorder.deferred(Outcome { result, open_sale: Some(open_sale), ..Outcome::default() }, None)
    };
    recorded().unwrap_or_else(Offline::Refuse)
}

/// Records the abort where the register has such records and the sale's intention is known by then; else
/// it is done later, when it is.
fn abort(run: &Run<'_>) -> Offline {
    let outcome = Outcome { result: json!({"sale": sale_id(run), "record": null}), ..Outcome::default() };
    let recorded = || {
        let register = facts::register(run.facts)?;
        let aborts = register.has_aborts() && register.halt.is_none();
        if may_be_booked(run) || !aborts || !can_chain(run, &register) {
            return Ok(None);
        }
        let mut recorder = Recorder::open(run, register, 1)?;
        let Some(begun) = recorder.begun() else { return Ok(None) };
        recorder.transaction(begun, begin::abort_operation(run), begin::abort_metadata(run))?;
        recorder.deferred(outcome.clone(), None).map(Some)
    };
    recorded().ok().flatten().unwrap_or(Offline::Later(outcome))
}

fn event(run: &Run<'_>) -> Result<Offline> {
    let register = facts::register(run.facts)?;
    let operation = event::operation(run)?;
    let mut recorder = Recorder::open(run, register, 1)?;
    let content = recorder.intention_content(operation);
    recorder.record(content, run.record_marks())?;
    let result = event::result(run, None)?;
    recorder.deferred(Outcome { result, ..Outcome::default() }, None)
}

fn complete(run: &Run<'_>) -> Offline {
    let ready = match Ready::of(run) {
        Ok(ready) => ready,
        Err(error) => return Offline::Refuse(error),
    };
    if let Some(outcome) = booked_offline(run, &ready) {
        return Offline::Later(outcome);
    }
    if may_be_booked(run) {
        let result = json!(ready.draft);
        return Offline::Later(Outcome { result, receipts: vec![ready.draft], ..Outcome::default() });
    }
    if !run.service.country.goes_on_offline {
        return Offline::Refuse(run.service.country.unreachable());
    }
    provisional(run, ready).unwrap_or_else(Offline::Refuse)
}

/// The receipt that the law lets a register issue without the service.
fn provisional(run: &Run<'_>, ready: Ready) -> Result<Offline> {
    let mut recorder = Recorder::open(run, ready.register, 2)?;
    let begun = match recorder.begun() {
        Some(begun) => begun,
        None => {
            let own = recorder.intention(map::intention(&ready.sale, run.service.country)?)?;
            recorder.buffer.reference(own)
        }
    };
    let offset = recorder.transaction(begun, ready.operation, ready.metadata)?;
    let mut receipt = ready.draft;
    receipt.state = State::Provisional;
    receipt.ids.insert(WAITS_AT.into(), format!("{}/{offset}", recorder.buffer.number));
    receipt.mentions.push(Mention { place: Place::Footer, text: MENTION.into() });
    let outcome = Outcome { result: json!(receipt), receipts: vec![receipt.clone()], ..Outcome::default() };
    recorder.deferred(outcome, Some(receipt))
}

/// The receipt without what it had because it was provisional.
pub(super) fn no_longer_provisional(mut receipt: Receipt) -> Receipt {
    receipt.mentions.retain(|mention| mention.text != MENTION);
    receipt.ids.remove(WAITS_AT);
    receipt
}

/// How a record made offline refers to the provisional receipt `original`.
///
/// # Errors
/// `not_ready` where the receipt is on its way to the service, and its id not known yet.
pub(super) fn reference(run: &Run<'_>, original: &Receipt) -> Result<Value> {
    let register = facts::register(run.facts)?;
    let place = original.ids.get(WAITS_AT).and_then(|place| place.split_once('/'));
    let number = |text: &str| text.parse::<u32>().ok();
    let parsed = place.and_then(|(buffer, offset)| Some((number(buffer)?, number(offset)?)));
    let filling = filling(run, &register);
    match (parsed, filling) {
        (Some((buffer, offset)), Some(filling)) if filling.number == buffer => Ok(filling.reference(offset)),
        _ => {
            let message = "the receipt is being sent to the service; run `sync`, then try again";
            Err(Error::new(Kind::NotReady, message).at("/original"))
        }
    }
}

/// The buffer that takes the next record, if it has any yet.
fn filling<'a>(run: &Run<'_>, register: &'a RegisterFacts) -> Option<&'a Buffer> {
    let offline = register.offline.as_ref()?;
    let is_sealed = run.now.replaying && offline.sending.is_none();
    offline.filling.as_ref().filter(|_| !is_sealed)
}

/// Whether there is a record that the chain can begin with.
fn can_chain(run: &Run<'_>, register: &RegisterFacts) -> bool {
    run.service.country.goes_on_offline
        && (filling(run, register).is_some() || acknowledged(run, register).is_some())
}

/// The last record that the service acknowledged, and its signature: this operation's own intention, where
/// it follows the last one known.
fn acknowledged<'a>(run: &Run<'a>, register: &'a RegisterFacts) -> Option<(&'a str, &'a str)> {
    let last = register.last_record.as_deref();
    if let Some(own) = own_intention(run).filter(|own| text(&own.body, "/content/journal/record/id") == last)
    {
        return Some((own.text("/content/id")?, own.text("/content/journal/signature")?));
    }
    Some((last?, register.last_signature.as_deref()?))
}

/// The intention that this operation booked before the link broke.
fn own_intention<'a>(run: &Run<'a>) -> Option<&'a Answer> {
    let booked = |answer: &&Answer| {
        (200..300).contains(&answer.status)
            && answer.text("/content/id").is_some()
            && Record(answer.body.clone()).rejection().is_none()
    };
    let labels = (1..).map(|number| super::run::numbered("intention", number));
    let exchanges = labels.map_while(|label| run.past.find(&label));
    let answers = exchanges.filter_map(|exchange| match &exchange.known {
        Known::Answered(answer) => Some(answer),
        _ => None,
    });
    answers.filter(booked).last()
}

/// Records what an operation does into the register's buffer.
struct Recorder<'r> {
    run: &'r Run<'r>,
    register: RegisterFacts,
    offline: OfflineFacts,
    buffer: Buffer,
    at: Timestamp,
    made: Vec<Made>,
}

impl<'r> Recorder<'r> {
    /// `records` is how many there will be at most, besides the beginning of an outage.
    fn open(run: &'r Run<'r>, register: RegisterFacts, records: u32) -> Result<Self> {
        let begins = register.offline.is_none();
        let last = acknowledged(run, &register).map(|(id, signature)| (id.to_owned(), signature.to_owned()));
        let known = last.as_ref().map(|(id, signature)| (id.as_str(), signature.as_str()));
        let (offline, buffer) =
            offline_chain::open(&register, known, run.now.replaying, run.now.now, records)?;
        let at = buffer.last_at.max(run.now.now);
        let mut recorder = Recorder { run, register, offline, buffer, at, made: Vec::new() };
        if let Some((id, signature)) = last.filter(|_| begins) {
            recorder.register.last_record = Some(id);
            recorder.register.last_signature = Some(signature);
        }
        if begins && recorder.register.has_events() {
            recorder.start()?;
        }
        Ok(recorder)
    }

    fn start(&mut self) -> Result<()> {
        let at = self.run.local(self.at)?;
        let properties = json!({
            "offline_mode_cause_info": "SIGN FR cannot be reached",
            "offline_mode_timestamp_start": at,
        });
        let operation = offline_event(self.run, START, "Offline mode begins", &at, properties);
        let content = self.intention_content(operation);
        self.record(content, event_marks(self.run, "offline.start")).map(drop)
    }

    fn record(&mut self, content: Value, metadata: Map<String, Value>) -> Result<u32> {
        let recorded_at = self.run.local(self.at)?;
        let made = self.buffer.add(&self.register.system, self.at, recorded_at, content, metadata)?;
        let offset = made.offset;
        self.made.push(made);
        Ok(offset)
    }

    fn intention_content(&self, operation: Value) -> Value {
        json!({"type": "INTENTION", "system": {"id": self.register.system}, "operation": operation})
    }

    fn intention(&mut self, operation: Value) -> Result<u32> {
        let content = self.intention_content(operation);
        self.record(content, self.run.record_marks())
    }

    fn transaction(&mut self, begun: Value, operation: Value, metadata: Map<String, Value>) -> Result<u32> {
        let content = json!({"type": "TRANSACTION", "record": begun, "operation": operation});
        self.record(content, metadata)
    }

    /// How to refer to the intention that the sale has already.
    ///
    /// One that is in a buffer on its way has no id that is known: the sale gets another one.
    fn begun(&self) -> Option<Value> {
        if let Some(id) = own_intention(self.run).and_then(|own| own.text("/content/id")) {
            return Some(json!({"id": id}));
        }
        // A refused receipt may have used the intention up, and nobody can be asked (contract sign-fr 3.2).
        if self.run.operation.refused_before {
            return None;
        }
        let begun = self.run.operation.open_sale.as_ref()?;
        if let Some(id) = text(begun, "/intention") {
            return Some(json!({"id": id}));
        }
        let number =
            |name: &str| begun.get(name).and_then(Value::as_u64).and_then(|at| u32::try_from(at).ok());
        let offset = number("offset")?;
        (number("buffer")? == self.buffer.number).then(|| self.buffer.reference(offset))
    }

    fn deferred(self, outcome: Outcome, receipt: Option<Receipt>) -> Result<Offline> {
        let Recorder { register, mut offline, buffer, made, .. } = self;
        let deferred = Deferred { buffer: buffer.number, records: made, receipt };
        offline.filling = Some(buffer);
        let learned = Some(json!(RegisterFacts { offline: Some(offline), ..register }));
        let deferred = serde_json::to_value(deferred)
            .map_err(|cause| Error::internal(format!("what is deferred has no JSON form: {cause}")))?;
        Ok(Offline::Deferred { outcome: Outcome { learned, ..outcome }, deferred })
    }
}

/// An event about the outage. Properties want a creator (Appendix A): who sells, else the register.
pub(super) fn offline_event(
    run: &Run<'_>,
    code: &str,
    description: &str,
    at: &str,
    properties: Value,
) -> Value {
    let cashier = run
        .operation
        .params
        .pointer("/sale/cashier/id")
        .or_else(|| run.operation.params.pointer("/cashier/id"));
    let label = cashier.and_then(Value::as_str).unwrap_or(&run.operation.line.name);
    json!({
        "type": "EVENT",
        "code": code,
        "description": description,
        "occurred_at": at,
        "details": {
            "creators": [{"type": "PERSON", "label": cut(label, LABEL)}],
            "properties": properties,
        },
    })
}

/// Marks of a record that an operation makes beside its own ones: found apart from them.
pub(super) fn event_marks(run: &Run<'_>, label: &str) -> Map<String, Value> {
    let mut marks = run.record_marks();
    marks.insert("fiskal_operation".into(), run.operation.derived_id(label).to_string().into());
    marks
}

/// Whether a write of this operation was sent whose fate is not known, or the record that it is for is booked.
fn may_be_booked(run: &Run<'_>) -> bool {
    run.past.0.iter().filter(|exchange| exchange.request.effect == Effect::Write).any(|exchange| {
        match &exchange.known {
            Known::Unknown => true,
            Known::NotSent => false,
            Known::Answered(answer) => {
                // An error told to a repetition says nothing of the attempt before it.
                let settles_nothing = matches!(answer.status, 409 | 425 | 429 | 500 | 502 | 504)
                    || (exchange.attempts > 1 && answer.status >= 400);
                let last_word = ["receipt", "event", "abort", "transaction", "duplicate", "export"];
                let last = last_word.iter().any(|label| exchange.request.label.starts_with(label));
                settles_nothing || (last && (200..300).contains(&answer.status))
            }
        }
    })
}

fn unreachable(message: &str) -> Offline {
    Offline::Refuse(Error::new(Kind::Unreachable, message))
}
