//! One exchange: written before it is sent, sent once, its answer written.

use crate::engine::download::not_the_service;
use crate::engine::drive::{Drive, must_repeat};
use crate::engine::events::What;
use crate::engine::ports::{Clock, Durability, Ids, SecretStore, Store};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Answer, Effect, Exchange, Known, Lost, Request, Token, filled};
use crate::transport::{CONNECT_TIMEOUT, Sent, Transport, Wire};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Number, Value, json};
use std::time::Duration;

/// After so many answers 429 the service's step sees the refusal.
const MOST_THROTTLED: u32 = 8;
/// No service nests its answers so deeply.
const DEEPEST: usize = 64;
/// A secret of so many bytes does not stand in another text by chance.
const TELLING: usize = 6;

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Drive<'_, S, T, C, I, K> {
    /// A write is asked for once, and never by what only looks.
    pub(super) fn check_may_send(&self, request: &Request) -> Result<()> {
        if request.effect == Effect::Write && (self.looks || self.past.find(&request.label).is_some()) {
            return Err(self.bug(format!("the service may not send '{}' now", request.label)));
        }
        Ok(())
    }

    /// Sends a request for the first time.
    pub(super) fn send_first(&mut self, request: Request) -> Result<()> {
        self.past.0.retain(|exchange| exchange.request.label != request.label);
        let first_sent_at = self.write_request(&request)?;
        self.past.0.push(Exchange { request, known: Known::Unknown, first_sent_at, attempts: 1 });
        self.attempt(self.past.0.len() - 1)
    }

    /// Sends the same bytes again. What surely never left begins its life anew.
    pub(super) fn send_again(&mut self, at: usize) -> Result<()> {
        let Some(exchange) = self.past.0.get(at) else { return Ok(()) };
        let (request, known) = (exchange.request.clone(), exchange.known.clone());
        if known == Known::NotSent {
            return self.send_first(request);
        }
        if request.effect == Effect::Write {
            self.note(What::Again { operation: self.operation.id, label: request.label });
            self.write(Durability::Lazy)?;
        }
        if let Some(exchange) = self.past.0.get_mut(at) {
            exchange.attempts += 1;
        }
        self.attempt(at)
    }

    /// A write is durable before the first byte leaves.
    fn write_request(&mut self, request: &Request) -> Result<Timestamp> {
        let sent_at = self.now();
        if request.effect == Effect::Write {
            let request = Box::new(request.clone());
            self.note(What::Requested { operation: self.operation.id, request, sent_at });
            self.write(Durability::Durable)?;
        }
        Ok(sent_at)
    }

    /// One attempt, with one renewal of the token and patience with 429.
    fn attempt(&mut self, at: usize) -> Result<()> {
        let Some(exchange) = self.past.0.get(at) else { return Ok(()) };
        let request = exchange.request.clone();
        let may_be_booked = exchange.attempts > 1 && request.effect == Effect::Write;
        let mut renewed = false;
        let mut throttled = 0;
        loop {
            let bearer = match self.bearer_for(&request) {
                Ok(bearer) => bearer,
                Err(error) if error.kind() == Kind::Journal => return Err(error),
                Err(error) => {
                    self.take_silence(at, false, error.message().to_owned())?;
                    self.obstacle = Some(error).filter(|error| error.kind() != Kind::Unreachable);
                    return Ok(());
                }
            };
            // The sign-in may have shown that more time went by than this machine's clock says: a
            // service that has forgotten the key would book a second time.
            if may_be_booked && !self.is_within_window(at) {
                return Ok(());
            }
            let answer = match self.transmit(&request, bearer.as_ref(), self.attempt_limit)? {
                Attempt::Answered(answer) => answer,
                Attempt::Failed { sent, why } => return self.take_silence(at, sent, why),
            };
            let rejects_token = self.service.rejects_token(&answer);
            if let (true, Some(credential), Some(bearer), false) =
                (rejects_token, &request.credential, bearer, renewed)
            {
                self.engine.tokens.forget(credential, &bearer);
                renewed = true;
                continue;
            }
            if answer.status == 429 && (may_be_booked || throttled < MOST_THROTTLED) {
                throttled += 1;
                let pause = self.throttle_pause(throttled, &answer);
                if !self.pause(pause) {
                    return self.take_silence(at, false, "the service asks to wait (429)".into());
                }
                continue;
            }
            if may_be_booked && (rejects_token || answer.status == 403) {
                return self.take_silence(at, true, "the service no longer accepts the credentials".into());
            }
            return self.take_answer(at, &request, answer);
        }
    }

    fn is_within_window(&self, at: usize) -> bool {
        self.past.0.get(at).is_some_and(|exchange| must_repeat(exchange, self.now()))
    }

    fn throttle_pause(&self, attempt: u32, answer: &Answer) -> Duration {
        let random = self.engine.ids.jitter();
        self.engine.limits.backoff.pause_for(attempt, random, answer.header("retry-after"), self.now())
    }

    fn transmit(
        &self,
        request: &Request,
        bearer: Option<&SecretString>,
        at_most: Duration,
    ) -> Result<Attempt> {
        let body = request.body.as_ref().map(|body| filled(body, &|name| self.secret(name))).transpose()?;
        let wire = Wire {
            base: request.base.clone(),
            method: request.method,
            path: request.path.clone(),
            headers: request.headers.clone(),
            bearer: bearer.cloned(),
            body: body.as_ref().map(canonical).transpose()?,
        };
        let account = &self.operation.line.account;
        let timeout = self.remaining().min(at_most);
        let sent = self.engine.transport.send(&wire, timeout, &self.patience.interrupt);
        let unsent = if matches!(sent, Sent::NotSent(_)) { self.unsent.get().saturating_add(1) } else { 0 };
        self.unsent.set(unsent);
        Ok(match sent {
            Sent::Answered { answer, date } if self.service.is_ours(&answer) => {
                let clock = &self.engine.clock;
                self.engine.world.answered(account, clock.now(), clock.monotonic(), date);
                Attempt::Answered(answer)
            }
            Sent::Answered { answer, .. } => self.lost_link(true, not_the_service(&request.base, &answer)),
            // The link may be well; the caller would not wait to see it.
            Sent::Lost(why) if self.patience.interrupt.is_raised() => Attempt::Failed { sent: true, why },
            Sent::Lost(why) => self.lost_link(true, why),
            Sent::NotSent(why) => self.lost_link(false, why),
        })
    }

    fn lost_link(&self, sent: bool, why: String) -> Attempt {
        self.engine.world.failed(&self.operation.line.account, self.engine.clock.monotonic());
        Attempt::Failed { sent, why }
    }

    /// The token of the request's credential, signed in once for all threads.
    pub(super) fn bearer_for(&self, request: &Request) -> Result<Option<SecretString>> {
        let Some(credential) = request.credential.as_deref() else { return Ok(None) };
        let Some(sign_in) = self.service.sign_in(credential) else {
            return self.secret(&format!("{credential}/key")).map(Some);
        };
        let token =
            self.engine.tokens.get(credential, self.now(), || match self.refreshed(credential)? {
                Some(token) => Ok(token),
                None => self.service.token(&self.sign(&sign_in)?),
            })?;
        Ok(Some(token.bearer))
    }

    /// The next token for the refresh token of the last one; `None` where there is none, or the service did
    /// not take it.
    fn refreshed(&self, credential: &str) -> Result<Option<Token>> {
        let known = self.engine.tokens.refresh(credential, self.now());
        let (Some(_), Some(request)) = (known, self.service.refresh(credential)) else { return Ok(None) };
        let token = self.service.token(&self.sign(&request)?);
        if token.is_err() {
            self.engine.tokens.forget_refresh(credential);
        }
        Ok(token.ok())
    }

    fn sign(&self, request: &Request) -> Result<Answer> {
        match self.transmit(request, None, self.sign_in_time()?)? {
            Attempt::Answered(answer) => Ok(answer),
            Attempt::Failed { why, .. } => {
                let message = format!("the service does not answer the sign-in ({why})");
                Err(Error::new(Kind::Unreachable, message))
            }
        }
    }

    /// Callers on other lines wait for the same sign-in: it may not take longer than their patience.
    fn sign_in_time(&self) -> Result<Duration> {
        let patience = self.engine.account(&self.operation.line)?.patience;
        Ok(patience.max(CONNECT_TIMEOUT).min(self.attempt_limit))
    }

    fn secret(&self, name: &str) -> Result<SecretString> {
        let refresh = name.strip_suffix("/refresh");
        if let Some(token) = refresh.and_then(|name| self.engine.tokens.refresh(name, self.now())) {
            return Ok(token);
        }
        self.engine.secrets.get(name)?.ok_or_else(|| {
            let message = format!("the secret '{name}' is not in the secret store; run `provision` again");
            Error::new(Kind::NotReady, message)
        })
    }

    fn take_answer(&mut self, at: usize, request: &Request, mut answer: Answer) -> Result<()> {
        for kept in &request.keep_secret {
            let Some(place) = answer.body.pointer_mut(&kept.pointer) else { continue };
            let Some(secret) = place.as_str().map(SecretString::from) else { continue };
            *place = json!({ "$secret": kept.name });
            // One that the configuration has is not kept a second time.
            let known = self.engine.secrets.get(&kept.name)?;
            if known.is_none_or(|known| known.expose_secret() != secret.expose_secret()) {
                self.engine.secrets.put(&kept.name, &secret)?;
            }
        }
        if let Some(body) = &request.body {
            self.blot_out(body, &mut answer.body)?;
        }
        if (200..300).contains(&answer.status) {
            self.note_told(request)?;
        }
        if request.effect == Effect::Write {
            make_journalable(&mut answer.body, 0);
            self.note(What::Answered {
                operation: self.operation.id,
                label: request.label.clone(),
                answer: Box::new(answer.clone()),
            });
            if request.lost == Lost::Ask || !request.keep_secret.is_empty() {
                self.write(Durability::Durable)?;
            }
        }
        self.set_known(at, Known::Answered(answer));
        Ok(())
    }

    /// Puts the name of each secret that was sent where the answer repeats it: it is written down.
    fn blot_out(&self, sent: &Value, answer: &mut Value) -> Result<()> {
        match sent {
            Value::Object(members) => {
                let name = members.get("$secret").and_then(Value::as_str).filter(|_| members.len() == 1);
                if let Some(name) = name {
                    hide(answer, self.secret(name)?.expose_secret(), name);
                    return Ok(());
                }
                members.values().try_for_each(|member| self.blot_out(member, answer))
            }
            Value::Array(items) => items.iter().try_for_each(|item| self.blot_out(item, answer)),
            _ => Ok(()),
        }
    }

    /// No answer. An earlier attempt with these bytes may have been booked, whatever became of this one.
    fn take_silence(&mut self, at: usize, sent: bool, why: String) -> Result<()> {
        let Some(exchange) = self.past.0.get(at) else { return Ok(()) };
        let sent = sent || exchange.attempts > 1;
        let (effect, label) = (exchange.request.effect, exchange.request.label.clone());
        if effect == Effect::Write {
            self.note(What::Lost { operation: self.operation.id, label, sent, why: why.clone() });
            self.write(Durability::Lazy)?;
        }
        (self.silence, self.is_answered) = (Some(why), false);
        self.set_known(at, if sent { Known::Unknown } else { Known::NotSent });
        Ok(())
    }

    fn set_known(&mut self, at: usize, known: Known) {
        if let Some(exchange) = self.past.0.get_mut(at) {
            exchange.known = known;
        }
    }
}

/// The bytes of a body: canonical (RFC 8785), so that what is read back from the journal and sent
/// again is the same to the letter.
fn canonical(body: &Value) -> Result<SecretString> {
    serde_json_canonicalizer::to_string(body)
        .map(SecretString::from)
        .map_err(|cause| Error::internal(format!("the body of a request has no canonical form: {cause}")))
}

/// Hides a secret in a value: where a text is the secret, or has it and it is too long to be there by chance.
fn hide(value: &mut Value, secret: &str, name: &str) {
    match value {
        Value::String(text) if text == secret => *value = json!({ "$secret": name }),
        Value::String(text) if secret.len() >= TELLING && text.contains(secret) => {
            *text = text.replace(secret, "***");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, secret, name)),
        Value::Object(members) => members.values_mut().for_each(|member| hide(member, secret, name)),
        _ => {}
    }
}

/// What an answer holds and canonical JSON cannot (integers beyond 2^53, RFC 8785 3.2.2.3; very deep
/// nesting) becomes text: a booked answer must never be one that cannot be written down.
fn make_journalable(body: &mut Value, depth: usize) {
    match body {
        Value::Number(number) if !is_exact(number) => *body = Value::from(number.to_string()),
        Value::Array(_) | Value::Object(_) if depth >= DEEPEST => *body = Value::from(body.to_string()),
        Value::Array(items) => items.iter_mut().for_each(|item| make_journalable(item, depth + 1)),
        Value::Object(members) => members.values_mut().for_each(|member| make_journalable(member, depth + 1)),
        _ => {}
    }
}

fn is_exact(number: &Number) -> bool {
    const MOST: u64 = (1 << 53) - 1;
    match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive <= MOST,
        (None, Some(negative)) => negative.unsigned_abs() <= MOST,
        (None, None) => true,
    }
}

/// What came of one attempt.
enum Attempt {
    Answered(Answer),
    Failed { sent: bool, why: String },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_comes_back_is_hidden() {
        let mut body =
            json!({"pin": "1234567890", "list": ["'1234567890' is wrong"], "amount": "1.00", "n": 1});
        hide(&mut body, "1234567890", "m/pin");
        assert_eq!(
            body,
            json!({"pin": {"$secret": "m/pin"}, "list": ["'***' is wrong"], "amount": "1.00", "n": 1})
        );
        let mut body = json!({"pin": "1", "amount": "1.00"});
        hide(&mut body, "1", "m/pin");
        assert_eq!(body, json!({"pin": {"$secret": "m/pin"}, "amount": "1.00"}));
    }

    #[test]
    fn an_answer_is_made_fit_for_the_journal() {
        let mut deep = json!({ "counter": 9_007_199_254_740_993_u64, "small": 7, "text": "x" });
        for _ in 0..200 {
            deep = json!([deep]);
        }
        let mut body = json!({ "counter": 9_007_199_254_740_993_u64, "fine": -3, "deep": deep });
        make_journalable(&mut body, 0);
        assert_eq!(body["counter"], "9007199254740993");
        assert_eq!(body["fine"], -3);
        let text = serde_json_canonicalizer::to_string(&body).unwrap();
        assert!(serde_json::from_str::<Value>(&text).is_ok());
    }
}
