//! One operation at work: straight-line code over what is known so far.
//!
//! See [`flow`](crate::services::flow) for how it stops and goes on.

use super::Unified;
use super::facts;
use super::wire::{self, Fate, PAGE, SCOPE, Write};
use crate::error::{Error, Result};
use crate::exchange::{
    Answer, Context, Effect, Exchange, Facts, Known, Line, LineKind, Lost, Method, Operation, Outcome, Past,
    Request, Step,
};
pub(super) use crate::local_time::local;
pub(super) use crate::services::flow::{Flow, Stop};
use crate::services::marks;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// No list is followed further than this: 20,000 resources.
const MOST_PAGES: u32 = 200;
/// A write is given up for now after [`wire::PATIENCE`] keys within this time.
const RECENT: SignedDuration = SignedDuration::from_secs(60);
/// A write that was given up is tried with one more key after this time, when the caller asks again.
const GIVEN_UP_FOR: SignedDuration = SignedDuration::from_secs(5);
/// Credentials that did not serve are tried again after this time, when the caller asks again.
const UNAUTHORIZED_FOR: SignedDuration = SignedDuration::from_secs(15);

/// One operation with all that is known about it.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) service: &'a Unified,
    pub(super) operation: &'a Operation,
    pub(super) facts: &'a Facts,
    pub(super) past: &'a Past,
    pub(super) now: &'a Context,
}

impl<'a> Run<'a> {
    /// The operation's line of this kind.
    pub(super) fn line(&self, kind: LineKind) -> Result<&'a Line> {
        let operation: &'a Operation = self.operation;
        std::iter::once(&operation.line).chain(&operation.above).find(|line| line.kind == kind).ok_or_else(
            || Error::internal(format!("the operation {} has no line of the kind {kind:?}", operation.name)),
        )
    }

    /// The credential of the configuration: a GROUP's or an ACCOUNT's.
    pub(super) fn account_credential(&self) -> Result<String> {
        self.line(LineKind::Account).map(Line::to_string)
    }

    /// The operation's own parameter of this name.
    pub(super) fn param(&self, name: &str) -> &'a Value {
        self.operation.params.get(name).unwrap_or(&Value::Null)
    }

    /// What marks a resource as made by this operation, for this line and by this journal.
    pub(super) fn marks(&self) -> Map<String, Value> {
        let mut marks = self.record_marks();
        marks.insert("fiskal_line".into(), self.operation.line.to_string().into());
        marks
    }

    /// What marks a record as made by this operation and by this journal.
    pub(super) fn record_marks(&self) -> Map<String, Value> {
        marks::of_record(self.operation, self.now)
    }

    /// Writes once, and gives the resource that came of it.
    ///
    /// `make` gives the request, `look` finds what a request of unknown fate has made, under whichever key. The first
    /// key has the plain label; every new key has the label with its number.
    pub(super) fn write(
        &self,
        label: &str,
        make: &dyn Fn(u32) -> Write,
        look: &dyn Fn(&str) -> Flow<Option<Value>>,
    ) -> Flow<Value> {
        if let Some(answer) = self.booked(label) {
            return Ok(answer.body.clone());
        }
        let keys = self.keys(label);
        let number = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let Some(last) = keys.last().copied() else { return Err(self.send(label.to_owned(), make(1))) };
        let (label, next) = (numbered(label, number), numbered(label, number.saturating_add(1)));
        let recent = keys.iter().filter(|exchange| self.age(exchange) < RECENT).count();
        let fate = wire::fate(last, self.age(last));
        let is_tired = matches!(fate, Fate::Look) && recent >= 3 && self.age(last) < GIVEN_UP_FOR;
        match fate {
            Fate::Booked(answer) => return Ok(answer.body.clone()),
            Fate::Repeat => return Err(again(label, wire::pause(last.attempts))),
            Fate::NewKey(answer) if recent >= wire::PATIENCE as usize && self.age(last) < GIVEN_UP_FOR => {
                return Err(wire::refusal(answer).into());
            }
            Fate::Unauthorized(error) if self.age(last) < UNAUTHORIZED_FOR => return Err(error.into()),
            // What an earlier attempt or key booked after all may be the reason for the refusal.
            Fate::Refused(error) => {
                let repeated = number > 1 || last.attempts > 1;
                let found = if repeated { look(&label)? } else { None };
                return found.ok_or(Stop::Refused(error));
            }
            Fate::NewKey(_) | Fate::Unauthorized(_) | Fate::Look => {}
        }
        // One look tells of all keys: it comes after the last of them.
        let in_doubt = |exchange: &&Exchange| matches!(wire::fate(exchange, self.age(exchange)), Fate::Look);
        if keys.iter().any(in_doubt)
            && let Some(found) = look(&label)?
        {
            return Ok(found);
        }
        if let (Known::Answered(answer), true) = (&last.known, is_tired) {
            return Err(wire::refusal(answer).into());
        }
        self.pause_after(last, wire::pause_between_keys(number))?;
        Err(self.send(next, make(number.saturating_add(1))))
    }

    /// What became of a write that is not to be sent any more; `None` where nothing of it is booked.
    ///
    /// `look` finds what a request of unknown fate has made. A request that is still at work at the service is waited
    /// for.
    pub(super) fn given_up(
        &self,
        label: &str,
        look: &dyn Fn(&str) -> Flow<Option<Value>>,
    ) -> Flow<Option<Value>> {
        if let Some(answer) = self.booked(label) {
            return Ok(Some(answer.body.clone()));
        }
        let keys = self.keys(label);
        let number = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let Some(last) = keys.last() else { return Ok(None) };
        let in_flight = |answer: &Answer| answer.status == 409;
        match (&last.known, wire::fate(last, self.age(last))) {
            (Known::Answered(answer), Fate::Repeat) if in_flight(answer) => {
                Err(again(numbered(label, number), wire::pause(last.attempts)))
            }
            _ if keys.iter().all(|exchange| exchange.known == Known::NotSent) => Ok(None),
            _ => look(&numbered(label, number)),
        }
    }

    /// What was sent for a write, key by key.
    fn keys(&self, label: &str) -> Vec<&'a Exchange> {
        (1..).map_while(|number| self.past.find(&numbered(label, number))).collect()
    }

    /// The answer that booked, under whichever key: what came before it needs no more looking up.
    fn booked(&self, label: &str) -> Option<&'a Answer> {
        let keys = self.keys(label).into_iter();
        keys.map(|exchange| wire::fate(exchange, self.age(exchange))).find_map(|fate| match fate {
            Fate::Booked(answer) => Some(answer),
            _ => None,
        })
    }

    /// Reads `path`; `None` where there is nothing.
    ///
    /// A read never gives up by itself: the caller's patience does.
    pub(super) fn read(
        &self,
        label: &str,
        credential: &str,
        path: &str,
        scope: Option<&str>,
    ) -> Flow<Option<&'a Answer>> {
        match self.past.find(label).map(|exchange| (&exchange.known, exchange.attempts)) {
            None => Err(Stop::Step(Box::new(Step::Send(self.get(label, credential, path, scope))))),
            Some((Known::Answered(answer), attempts)) => match answer.status {
                200..=299 => Ok(Some(answer)),
                404 => Ok(None),
                409 | 425 | 429 | 500 | 502..=599 => Err(again(label.to_owned(), wire::pause(attempts))),
                _ => Err(wire::refusal(answer).into()),
            },
            Some((_, attempts)) => Err(again(label.to_owned(), wire::pause(attempts))),
        }
    }

    /// Shows `visit` every resource of a list, page by page, until it wants no more.
    ///
    /// A list that does not end is an error: what is not in its beginning may come later.
    pub(super) fn list(
        &self,
        label: &str,
        credential: &str,
        path: &str,
        scope: Option<&str>,
        visit: impl FnMut(&'a Value) -> bool,
    ) -> Flow<()> {
        if self.browse(label, credential, path, scope, visit)? {
            return Ok(());
        }
        let most = MOST_PAGES * PAGE;
        let message = format!("the service's list {path} does not end within {most} resources");
        Err(Error::internal(message).into())
    }

    /// Shows `visit` a list as [`Run::list`] does; tells whether that wanted no more, or saw all of it.
    pub(super) fn browse(
        &self,
        label: &str,
        credential: &str,
        path: &str,
        scope: Option<&str>,
        mut visit: impl FnMut(&'a Value) -> bool,
    ) -> Flow<bool> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut address = format!("{path}{joint}limit={PAGE}");
        for page in 1..=MOST_PAGES {
            let Some(answer) = self.read(&format!("{label}.{page}"), credential, &address, scope)? else {
                return Ok(true);
            };
            let results = answer.body.get("results").and_then(Value::as_array);
            for resource in results.into_iter().flatten() {
                if visit(resource) {
                    return Ok(true);
                }
            }
            let Some(token) = answer.text("/pagination/token") else { return Ok(true) };
            address = format!("{path}{joint}limit={PAGE}&token={}", wire::encoded(token));
        }
        Ok(false)
    }

    fn get(&self, label: &str, credential: &str, path: &str, scope: Option<&str>) -> Request {
        let mut headers = vec![("X-Api-Version".to_owned(), self.service.contract.version().to_owned())];
        headers.extend(scope.map(|scope| (SCOPE.to_owned(), scope.to_owned())));
        Request {
            label: label.into(),
            credential: Some(credential.into()),
            base: self.service.base.clone(),
            method: Method::Get,
            path: path.into(),
            headers,
            body: None,
            effect: Effect::Read,
            lost: Lost::Resend { within: None },
            keep_secret: Vec::new(),
        }
    }

    fn send(&self, label: String, mut write: Write) -> Stop {
        let key = self.operation.derived_id(&label).to_string();
        write.scope = write.scope.or_else(|| self.own_unit(&write.credential));
        Stop::Step(Box::new(Step::Send(write.into_request(
            &self.service.base,
            self.service.contract.version(),
            label,
            &key,
        ))))
    }

    /// The UNIT that this credential belongs to, as far as it is known.
    fn own_unit(&self, credential: &str) -> Option<String> {
        let merchant = facts::merchant(self.facts).ok()?;
        (merchant.credential == credential).then_some(merchant.unit)
    }

    /// Waits until the pause after `before` is over.
    ///
    /// Where the clock stands still (it was set back, and journal time never runs backwards) there is
    /// no telling, and it does not wait.
    fn pause_after(&self, before: &Exchange, pause: Duration) -> Flow<()> {
        let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::ZERO);
        let age = self.age(before);
        if age <= SignedDuration::ZERO || age >= pause {
            return Ok(());
        }
        let left = Duration::try_from(pause - age).unwrap_or_default();
        Err(Stop::Step(Box::new(Step::Wait { pause: left, meanwhile: None })))
    }

    /// Waits until `pause` after the request under `label`; `meanwhile` can be handed over until then.
    pub(super) fn wait_after(
        &self,
        label: &str,
        pause: Duration,
        meanwhile: &dyn Fn() -> Result<Option<Outcome>>,
    ) -> Flow<()> {
        let whole = SignedDuration::try_from(pause).unwrap_or(SignedDuration::ZERO);
        let age = self.past.find(label).map_or(whole, |exchange| self.age(exchange));
        if age >= whole {
            return Ok(());
        }
        let left = Duration::try_from(whole - age).unwrap_or(pause).min(pause);
        Err(Stop::Step(Box::new(Step::Wait { pause: left, meanwhile: meanwhile()? })))
    }

    fn age(&self, exchange: &Exchange) -> SignedDuration {
        self.now.now.duration_since(exchange.first_sent_at)
    }

    /// A time as requests carry it: RFC 3339 with the location's offset, exactly 25 characters (Appendix A).
    pub(super) fn local(&self, at: Timestamp) -> Result<String> {
        local(at, &self.operation.zone)
    }
}

/// The label of the `number`th key of a write.
pub(super) fn numbered(label: &str, number: u32) -> String {
    if number == 1 { label.to_owned() } else { format!("{label}-{number}") }
}

fn again(label: String, pause: Duration) -> Stop {
    Stop::Step(Box::new(Step::Again { label, pause }))
}

/// The body of `POST /tokens` for a credential (contract sign-fr 2.1).
pub(super) fn token_body(credential: &str) -> Value {
    json!({"content": {
        "type": "API_KEY",
        "key": {"$secret": format!("{credential}/key")},
        "secret": {"$secret": format!("{credential}/secret")},
    }})
}
