//! Four services of a few lines each, one for every rule that a lost answer can have.

use fiskal::error::{Error, Kind, Result};
use fiskal::exchange::{
    Answer, Context, Effect, Facts, FollowUp, Known, Lost, Method, Offline, Operation, Outcome, Past,
    Request, Service, Step, Token,
};
use fiskal::receipt::{Receipt, State};
use serde_json::json;
use std::time::Duration;

/// The rule of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// An idempotent PUT for ever; sells offline and replays.
    PutForEver,
    /// A POST that is idempotent for a window; hands over pending receipts.
    Window,
    /// No idempotency, an ETag: ask first; refuses offline.
    AskFirst,
    /// Accepted now, verdict later; sells offline and replays.
    VerdictLater,
}

impl Rule {
    pub const ALL: [Rule; 4] = [Rule::PutForEver, Rule::Window, Rule::AskFirst, Rule::VerdictLater];
}

/// A service of one rule.
pub struct Table(pub Rule);

/// Keys are sent again only this long, an hour less than the service remembers them.
const RESEND_WITHIN: Duration = Duration::from_secs(23 * 3600);

impl Service for Table {
    fn sign_in(&self, _credential: &str) -> Option<Request> {
        (self.0 == Rule::Window)
            .then(|| Request { credential: None, ..read("sign-in", crate::ports::SIGN_IN.into()) })
    }

    fn token(&self, _answer: &Answer) -> Result<Token> {
        Ok(Token { bearer: "key-of-a".into(), expires_at: jiff::Timestamp::MAX, refresh: None })
    }

    fn is_ours(&self, answer: &Answer) -> bool {
        answer.header("x-table").is_some()
    }

    fn step(&self, operation: &Operation, _facts: &Facts, past: &Past, now: &Context) -> Result<Step> {
        if operation.name == "verdict" {
            return verdict(operation, past);
        }
        match self.0 {
            Rule::PutForEver => put_for_ever(operation, past, now),
            Rule::Window => window(operation, past),
            Rule::AskFirst => ask_first(operation, past),
            Rule::VerdictLater => verdict_later(operation, past, now),
        }
    }

    fn offline(&self, operation: &Operation, _facts: &Facts, past: &Past, now: &Context) -> Offline {
        match self.0 {
            Rule::PutForEver | Rule::VerdictLater => Offline::Deferred {
                outcome: Outcome {
                    learned: Some(json!({ "recorded": operation.sale_id() })),
                    ..done(operation, State::Provisional, None)
                },
                deferred: json!({ "replaying": now.replaying }),
            },
            Rule::Window if past.has_unknown_write() => Offline::Later(done(operation, State::Pending, None)),
            Rule::AskFirst if unexplained(past) => Offline::Unknown,
            Rule::Window | Rule::AskFirst => Offline::Refuse(Error::new(
                Kind::Unreachable,
                "the service gives no answer; nothing was booked",
            )),
        }
    }
}

/// A 412 that was not followed by a question: a doubled request may have been booked the first time.
fn unexplained(past: &Past) -> bool {
    let last = past.0.iter().rfind(|exchange| exchange.request.effect == Effect::Write);
    last.is_some_and(|exchange| matches!(&exchange.known, Known::Answered(answer) if answer.status == 412))
}

fn put_for_ever(operation: &Operation, past: &Past, now: &Context) -> Result<Step> {
    match past.answer("put") {
        Some(answer) => finish(operation, answer),
        None => {
            let path = format!("/sales/{}", operation.derived_id("put"));
            let behind = operation.deferred.as_ref().map(|_| ("behind", now.behind.to_string()));
            Ok(Step::Send(write(operation, "put", Method::Put, path, behind, Lost::Resend { within: None })))
        }
    }
}

fn window(operation: &Operation, past: &Past) -> Result<Step> {
    let post = |label: &str| {
        let key = Some(("key", operation.derived_id(label).to_string()));
        let lost = Lost::Resend { within: Some(RESEND_WITHIN) };
        Ok(Step::Send(write(operation, label, Method::Post, "/windowed".into(), key, lost)))
    };
    for attempt in 1.. {
        let (label, found) = (format!("post-{attempt}"), format!("lookup-{attempt}"));
        match past.find(&label).map(|exchange| &exchange.known) {
            None => return post(&label),
            Some(Known::Answered(answer)) => return finish(operation, answer),
            Some(_) => match past.answer(&found) {
                None => return Ok(Step::Send(read(&found, format!("/operations/{}", operation.id)))),
                Some(answer) if answer.status == 200 => return finish(operation, answer),
                Some(_) => {}
            },
        }
    }
    Err(Error::internal("too many attempts"))
}

fn ask_first(operation: &Operation, past: &Past) -> Result<Step> {
    let register = format!("/registers/{}", operation.line.name);
    for attempt in 1.. {
        let (label, asked) = (format!("post-{attempt}"), format!("ask-{attempt}"));
        let Some(state) = past.answer(&asked) else { return Ok(Step::Send(read(&asked, register))) };
        if state.text("/operation") == Some(operation.id.to_string().as_str()) {
            return finish(operation, state);
        }
        match past.find(&label).map(|exchange| &exchange.known) {
            None => {
                let etag = Some(("if-match", state.text("/etag").unwrap_or_default().to_owned()));
                return Ok(Step::Send(write(
                    operation,
                    &label,
                    Method::Post,
                    "/tagged".into(),
                    etag,
                    Lost::Ask,
                )));
            }
            Some(Known::Answered(answer)) if answer.status != 412 => return finish(operation, answer),
            Some(_) => {}
        }
    }
    Err(Error::internal("too many attempts"))
}

fn verdict_later(operation: &Operation, past: &Past, now: &Context) -> Result<Step> {
    let Some(answer) = past.answer("ticket") else {
        let key = Some(("key", operation.derived_id("ticket").to_string()));
        return Ok(Step::Send(write(
            operation,
            "ticket",
            Method::Post,
            "/tickets".into(),
            key,
            Lost::Resend { within: None },
        )));
    };
    let number = answer.text("/number").map(str::to_owned);
    let mut outcome = done(operation, State::Pending, number.clone());
    let params = json!({ "sale": operation.sale_id(), "number": number, "receipt": outcome.receipts[0] });
    outcome.later.push(FollowUp { name: "verdict".into(), params, not_before: now.now });
    Ok(Step::Done(outcome))
}

fn verdict(operation: &Operation, past: &Past) -> Result<Step> {
    let number = operation.params["number"].as_str().unwrap_or_default();
    let Some(answer) = past.answer("poll") else {
        return Ok(Step::Send(read("poll", format!("/tickets/{number}"))));
    };
    let mut receipt: Receipt = serde_json::from_value(operation.params["receipt"].clone()).unwrap();
    receipt.state = match answer.text("/verdict") {
        Some("accepted") => State::Signed,
        Some("refused") => State::Refused,
        _ => return Ok(Step::Wait { pause: Duration::from_secs(1), meanwhile: None }),
    };
    Ok(Step::Done(Outcome { receipts: vec![receipt], ..Outcome::default() }))
}

fn finish(operation: &Operation, answer: &Answer) -> Result<Step> {
    match answer.status {
        200 => Ok(Step::Done(done(operation, State::Signed, answer.text("/number").map(str::to_owned)))),
        status => Err(Error::new(Kind::Refused, format!("the service refused with {status}"))),
    }
}

fn done(operation: &Operation, state: State, number: Option<String>) -> Outcome {
    let receipt = Receipt {
        id: operation.id.to_string(),
        sale: operation.sale_id().map(str::to_owned),
        register: operation.line.name.clone(),
        service: "table".into(),
        environment: "test".into(),
        state,
        number,
        ..Receipt::default()
    };
    Outcome { result: json!({ "receipt": receipt.id }), receipts: vec![receipt], ..Outcome::default() }
}

fn write(
    operation: &Operation,
    label: &str,
    method: Method,
    path: String,
    header: Option<(&str, String)>,
    lost: Lost,
) -> Request {
    Request {
        label: label.into(),
        credential: Some("a".into()),
        base: "https://table.test".into(),
        method,
        path,
        headers: header.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
        body: Some(
            json!({ "register": operation.line.name, "sale": operation.sale_id(), "operation": operation.id }),
        ),
        effect: Effect::Write,
        lost,
        keep_secret: vec![],
    }
}

fn read(label: &str, path: String) -> Request {
    Request {
        label: label.into(),
        credential: Some("a".into()),
        base: "https://table.test".into(),
        method: Method::Get,
        path,
        headers: vec![],
        body: None,
        effect: Effect::Read,
        lost: Lost::Resend { within: None },
        keep_secret: vec![],
    }
}
