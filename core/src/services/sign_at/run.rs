//! One operation at work: straight-line code over what is known so far.
//!
//! See [`flow`](crate::services::flow) for how it stops and goes on.

use super::SignAt;
use super::wire::{self, Api, Fate, PAGE, Write, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{
    Answer, Context, Exchange, Facts, Known, Line, LineKind, Method, Operation, Past, Request, Step,
};
pub(super) use crate::local_time::local;
pub(super) use crate::services::flow::{Flow, Stop};
use crate::services::marks;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::time::Duration;

/// No list is followed further than this: 20,000 resources.
pub(super) const MOST_PAGES: usize = 200;
/// What was in the way of a write, such as credentials or a register out of service, may be gone after this time: it is
/// tried again when the caller asks again.
const IN_THE_WAY_FOR: SignedDuration = SignedDuration::from_secs(2);

/// One operation with all that is known about it.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) service: &'a SignAt,
    pub(super) operation: &'a Operation,
    pub(super) facts: &'a Facts,
    pub(super) past: &'a Past,
    pub(super) now: &'a Context,
}

/// Finds what a write of unknown fate has made, under the label given.
pub(super) type Look<'l> = &'l dyn Fn(&str) -> Flow<Option<Value>>;

impl<'a> Run<'a> {
    /// The operation's line of this kind.
    pub(super) fn line(&self, kind: LineKind) -> Result<&'a Line> {
        let operation: &'a Operation = self.operation;
        let mut lines = std::iter::once(&operation.line).chain(&operation.above);
        lines.find(|line| line.kind == kind).ok_or_else(|| {
            Error::internal(format!("{} runs on no line of the kind {}", operation.name, kind.name()))
        })
    }

    /// The credential of the configuration.
    pub(super) fn account_credential(&self) -> Result<String> {
        self.line(LineKind::Account).map(Line::to_string)
    }

    /// The operation's own parameter of this name.
    pub(super) fn param(&self, name: &str) -> &'a Value {
        self.operation.params.get(name).unwrap_or(&Value::Null)
    }

    /// The operation's parameters.
    pub(super) fn params<T: DeserializeOwned>(&self) -> Result<T> {
        serde_path_to_error::deserialize(&self.operation.params).map_err(|error| {
            let pointer = format!("/{}", error.path().to_string().replace('.', "/"));
            let message = format!("what was asked for is not complete: {}", error.inner());
            Error::new(Kind::Config, message).at(pointer)
        })
    }

    /// What marks a resource as made for this line.
    pub(super) fn line_marks(&self) -> Map<String, Value> {
        let mut marks = self.marks();
        marks.insert("fiskal_line".into(), self.operation.line.to_string().into());
        marks
    }

    /// What marks a resource as made by this operation and by this journal.
    pub(super) fn marks(&self) -> Map<String, Value> {
        let mut marks = Map::new();
        marks.insert("fiskal_operation".into(), self.operation.id.to_string().into());
        marks.insert("fiskal_journal".into(), self.now.writer.to_string().into());
        marks
    }

    /// What marks a receipt as booked by this operation and by this journal, with the journal's last entry.
    pub(super) fn receipt_marks(&self) -> Map<String, Value> {
        marks::of_record(self.operation, self.now)
    }

    /// Writes once, and gives the resource that came of it.
    ///
    /// `make` gives the request of an attempt, `look` finds what one of unknown fate has made. A change of state
    /// that may not have happened is asked for again under a new label.
    pub(super) fn write(
        &self,
        label: &str,
        credential: &str,
        make: &dyn Fn(u32) -> Write,
        look: Look<'_>,
    ) -> Flow<Value> {
        let mut before: Option<&Exchange> = None;
        for number in 1.. {
            let label = if number == 1 { label.to_owned() } else { format!("{label}-{number}") };
            let Some(exchange) = self.past.find(&label) else {
                if let Some(before) = before {
                    self.pause_after(before, number)?;
                }
                let request = make(number).into_request(&self.service.bases, &label, credential);
                return Err(Stop::to_send(request));
            };
            match wire::fate(exchange) {
                Fate::Done(answer) => return Ok(answer.body.clone()),
                Fate::NotSent => return Err(Stop::to_repeat(&label, wire::pause(exchange.attempts))),
                Fate::Unsettled if exchange.request.method == Method::Put => {
                    return Err(Stop::to_repeat(&label, wire::pause(exchange.attempts)));
                }
                Fate::Unsettled => {
                    if let Some(found) = look(&format!("{label}.look"))? {
                        return Ok(found);
                    }
                }
                Fate::Unauthorized(error) if self.age(exchange) < IN_THE_WAY_FOR => {
                    return Err(error.into());
                }
                Fate::Unauthorized(_) => {}
                // What an earlier attempt did after all, or somebody else meanwhile, may be the reason for the refusal.
                Fate::Refused(error) => {
                    let repeated = number > 1 || exchange.attempts > 1 || wire::is_illegal_transition(&error);
                    if repeated && let Some(found) = look(&format!("{label}.look"))? {
                        return Ok(found);
                    }
                    if error.kind() != Kind::NotReady || self.age(exchange) < IN_THE_WAY_FOR {
                        return Err(Stop::Refused(error));
                    }
                }
            }
            before = Some(exchange);
        }
        Err(Error::internal("a write ran out of labels").into())
    }

    /// Reads `path`; `None` where there is nothing.
    ///
    /// A read never gives up by itself: the caller's patience does.
    pub(super) fn read(
        &self,
        api: Api,
        label: &str,
        credential: &str,
        path: &str,
    ) -> Flow<Option<&'a Answer>> {
        let Some(exchange) = self.past.find(label) else {
            let request = self.service.bases.request(api, label, Method::Get, path);
            return Err(Stop::to_send(Request { credential: Some(credential.into()), ..request }));
        };
        match &exchange.known {
            Known::Answered(answer) if (200..300).contains(&answer.status) => {
                self.check_environment(&answer.body)?;
                Ok(Some(answer))
            }
            Known::Answered(answer) if answer.status == 404 => Ok(None),
            Known::Answered(answer) if !answer.is_temporary() => Err(wire::refusal(answer).into()),
            _ => Err(Stop::to_repeat(label, wire::pause(exchange.attempts))),
        }
    }

    /// All resources of a list, page by page until a short one comes (contract sign-at 1.4).
    ///
    /// A list that does not end is an error: what is not in its beginning may come later.
    pub(super) fn list(&self, api: Api, label: &str, credential: &str, path: &str) -> Flow<Vec<&'a Value>> {
        let mut all = Vec::new();
        for page in 0..MOST_PAGES {
            let address = format!("{path}?limit={PAGE}&offset={}", page * PAGE);
            let Some(answer) = self.read(api, &format!("{label}.{page}"), credential, &address)? else {
                return Ok(all);
            };
            let resources = answer.body.get("data").and_then(Value::as_array);
            let before = all.len();
            all.extend(resources.into_iter().flatten());
            // A page longer than was asked for is the whole list: whether organizations come in pages is not known
            // (contract sign-at 8, no. 13).
            if all.len() != before + PAGE {
                return Ok(all);
            }
        }
        let most = MOST_PAGES * PAGE;
        Err(Error::internal(format!("the service's list {path} does not end within {most} resources")).into())
    }

    /// Whether a resource belongs to the account's environment (contract sign-at 1.1: the key decides). One of the
    /// Management API may belong to several (2.11).
    fn check_environment(&self, resource: &Value) -> Result<()> {
        if let Some(there) = text(resource, "/_env") {
            return self.service.check_environment(there);
        }
        let several = resource.get("_envs").and_then(Value::as_array).into_iter().flatten();
        let checked = several.filter_map(Value::as_str).map(|there| self.service.check_environment(there));
        // None named: nothing is known. One of them is enough.
        checked.reduce(|one, other| one.or(other)).unwrap_or(Ok(()))
    }

    /// Waits until the pause after `before` is over. Where the clock stands still there is no telling, and it
    /// does not wait.
    fn pause_after(&self, before: &Exchange, attempts: u32) -> Flow<()> {
        let age = Duration::try_from(self.age(before)).unwrap_or_default();
        match wire::pause(attempts).checked_sub(age).filter(|left| !left.is_zero() && !age.is_zero()) {
            Some(pause) => Err(Stop::Step(Box::new(Step::Wait { pause, meanwhile: None }))),
            None => Ok(()),
        }
    }

    fn age(&self, exchange: &Exchange) -> SignedDuration {
        self.now.now.duration_since(exchange.first_sent_at)
    }

    /// A time with the location's offset, as in `2026-03-01T12:00:00+01:00`.
    pub(super) fn local(&self, at: Timestamp) -> Result<String> {
        local(at, &self.operation.zone)
    }
}
