//! SIGN FR and SIGN IT: the reference 2026-02-03, and below `/api/v1` the guide 2026-05-04.

mod auth;
mod checks;
mod country;
mod desk;
mod errors;
mod files;
mod guide;
mod idempotency;
mod lifecycle;
mod locations;
mod openapi;
mod organizations;
mod pagination;
mod postman;
mod records;
mod resources;
mod router;
mod seed;
mod state;
mod subjects;
mod systems;
mod taxpayers;
mod version;
mod window;
mod zip;

pub(crate) use self::state::Kind;
pub(crate) use self::window::*;

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use self::auth::Caller;
use self::checks::Checked;
use self::desk::Desk;
use self::errors::Problem;
use self::idempotency::{Begun, Slot};
use self::router::{Action, Collection, Route};
use self::state::State;
use self::version::Version;
use crate::canonical;
use crate::crypto::SystemKey;
use crate::http::{Call, Reply};
use crate::random;
use crate::service::{Service, Shared, Working, lock};
use crate::settings::{Settings, SignFrSettings};
use crate::store::{Commit, Document, Kept, Write};

/// The service's name and path prefix.
const NAME: &str = "sign-fr";

/// The service.
pub(crate) struct SignFr {
    shared: Arc<Shared>,
    state: Mutex<State>,
    /// Signs tokens.
    signer: SystemKey,
    seed: state::Seed,
}

impl SignFr {
    /// Takes up what the store kept, or begins with an ACCOUNT, a GROUP under it, and a key for each.
    pub(crate) fn open(shared: Arc<Shared>, documents: &[Document]) -> Result<SignFr, String> {
        let mut state = State::load(documents)?;
        let (seed, writes) = seed::plant(&mut state, shared.clock.now())?;
        let (key, certificate) = &seed.token_keys;
        let signer = SystemKey::from_pem(key, certificate).map_err(|error| error.to_string())?;
        // Its first use waits for a commit of its own, which comes after this one.
        let _ = shared.archive.commit(writes);
        Ok(SignFr { shared, state: Mutex::new(state), signer, seed })
    }

    async fn answer(&self, call: &Call, route: &Route, settings: &Settings) -> Result<Reply, Problem> {
        let fr = &settings.sign_fr;
        let checked = checks::check(route, call, fr)?;
        if route.collection == Collection::Tokens {
            tokio::time::sleep(call.pause).await;
            return self.issue(&checked, fr).await;
        }
        let caller = auth::caller(&lock(&self.state), call, self.shared.clock.now())?;
        if route.writes() {
            return self.write(call, route, &checked, &caller, fr).await;
        }
        tokio::time::sleep(call.pause).await;
        let (commit, reply) = {
            let mut state = lock(&self.state);
            let mut desk = self.desk(&mut state, call, &caller, &checked, fr);
            let reply = records::catch_up(&mut desk).and_then(|()| read(&desk, route));
            (self.shared.commit(desk.changes), reply)
        };
        durable(commit).await?;
        reply
    }

    async fn issue(&self, checked: &Checked, settings: &SignFrSettings) -> Result<Reply, Problem> {
        let (commit, reply) = {
            let mut state = lock(&self.state);
            let now = self.shared.clock.now();
            let (token, reply) = auth::issue(&state, &self.signer, &checked.body, now, settings)?;
            let mut writes = vec![document(state::TOKEN, token.digest.clone(), &token)];
            state.tokens.insert(token.digest.clone(), token);
            let expired: Vec<String> = state
                .tokens
                .values()
                .filter(|token| token.expires_at <= now)
                .map(|token| token.digest.clone())
                .collect();
            for digest in expired {
                state.tokens.remove(&digest);
                writes.push(Write { service: NAME, kind: state::TOKEN, id: digest, body: None });
            }
            (self.shared.archive.commit(writes), reply)
        };
        durable(commit).await?;
        Ok(reply)
    }

    /// One POST or PATCH: under its idempotency key, if it has one, once.
    async fn write(
        &self,
        call: &Call,
        route: &Route,
        checked: &Checked,
        caller: &Caller,
        settings: &SignFrSettings,
    ) -> Result<Reply, Problem> {
        let slot: Slot = (caller.organization.clone(), checked.idempotency_key.clone());
        let life = SignedDuration::from_hours(i64::from(settings.idempotency_hours));
        let keyed = route.takes_key();
        if keyed {
            let (print, now) = (fingerprint(call, settings), self.shared.clock.now());
            if let Begun::Replay(reply) = lock(&self.state).idempotency.begin(&slot, print, now, life)? {
                return Ok(reply.with("x-idempotency-replayed", "true"));
            }
        }
        let taken = Taken { state: &self.state, slot: &slot };
        tokio::time::sleep(call.pause).await;
        let (result, entry, commit) = self.carry_out(call, route, checked, caller, settings, &slot);
        let fresh = |problem: Problem| if keyed { problem.fresh() } else { problem };
        durable(commit).await.map_err(fresh)?;
        if let Some(entry) = entry {
            lock(&self.state).idempotency.finish(entry);
        }
        drop(taken);
        let reply = result.map_err(fresh)?;
        Ok(if keyed { reply.with("x-idempotency-replayed", "false") } else { reply })
    }

    /// Does the work under the lock, so that nobody sees half of it, and hands what changed to the store.
    fn carry_out(
        &self,
        call: &Call,
        route: &Route,
        checked: &Checked,
        caller: &Caller,
        settings: &SignFrSettings,
        slot: &Slot,
    ) -> (Result<Reply, Problem>, Option<idempotency::Entry>, Commit) {
        let mut state = lock(&self.state);
        let mut desk = self.desk(&mut state, call, caller, checked, settings);
        let result = records::catch_up(&mut desk).and_then(|()| change(&mut desk, route));
        let (now, mut changes) = (desk.now, desk.changes);
        let kept = match &result {
            Ok(reply) => state.idempotency.finished(slot, reply),
            Err(problem) if settings.cache_errors => state.idempotency.finished(slot, &problem.reply()),
            Err(_) => None,
        };
        if let Some(entry) = &kept {
            changes.write(state::IDEMPOTENCY, entry.slot_text(), entry);
        }
        let life = SignedDuration::from_hours(i64::from(settings.idempotency_hours));
        for slot in state.idempotency.sweep(now, life) {
            changes.delete(state::IDEMPOTENCY, idempotency::slot_text(&slot));
        }
        (result, kept, self.shared.commit(changes))
    }

    fn desk<'a>(
        &self,
        state: &'a mut State,
        call: &Call,
        caller: &'a Caller,
        request: &'a Checked,
        settings: &'a SignFrSettings,
    ) -> Desk<'a> {
        Desk {
            state,
            caller,
            request,
            settings,
            italy: self.shared.settings().sign_it.clone(),
            now: self.shared.clock.now(),
            base: format!("http://{}/{NAME}", call.header("host").unwrap_or("127.0.0.1")),
            changes: self.shared.changes(NAME),
        }
    }

    /// Puts on an answer what every one has. `route` is absent where the path names nothing, or nobody looked.
    fn dress(reply: Reply, path: &str, route: Option<&Route>) -> Reply {
        let trace = Uuid::now_v7().to_string();
        let (version, _) = Version::of(path);
        let reply = match version {
            Version::Reference => reply,
            Version::Guide => guide::dress(reply, route, &trace),
        };
        reply.with("x-api-version", version.date()).with("x-trace-identifier", trace)
    }
}

impl Service for SignFr {
    fn name(&self) -> &'static str {
        NAME
    }

    fn alias(&self, path: &str) -> Option<String> {
        match Version::of(path) {
            (Version::Guide, below) => below.map(str::to_owned),
            (Version::Reference, _) => None,
        }
    }

    fn organization(&self, call: &Call) -> Option<String> {
        let caller = auth::caller(&lock(&self.state), call, self.shared.clock.now());
        caller.ok().map(|caller| caller.organization)
    }

    fn serve(&self, call: Call) -> Working<'_> {
        Box::pin(async move {
            let settings = self.shared.settings();
            let route = router::find(&call.method, &call.path);
            let answer = match &route {
                Ok(route) => self.answer(&call, route, &settings).await,
                Err(problem) => Err(problem.clone()),
            };
            let reply = answer.unwrap_or_else(|problem| {
                self.shared.refused(NAME, &call, problem.status(), problem.message());
                problem.reply()
            });
            SignFr::dress(reply, &call.path, route.as_ref().ok())
        })
    }

    fn refuse(&self, path: &str, status: u16, code: Option<&str>, message: &str) -> Reply {
        SignFr::dress(Problem::new(status, message).coded(code).reply(), path, None)
    }

    fn document(&self, path: &str, base: &str) -> Option<Value> {
        match path {
            "/openapi.json" => Some(openapi::document(base)),
            "/postman/collection.json" => Some(postman::collection()),
            "/postman/environment.json" => {
                Some(postman::environment(base, &self.seed.group_key, &self.seed.group_secret))
            }
            _ => None,
        }
    }

    fn expire_tokens(&self) {
        let mut state = lock(&self.state);
        let gone = state.tokens.drain().map(|(digest, _)| Write {
            service: NAME,
            kind: state::TOKEN,
            id: digest,
            body: None,
        });
        let gone: Vec<Write> = gone.collect();
        // Not awaited: the request that struck the fault is refused before it could depend on this.
        let _ = self.shared.archive.commit(gone);
    }

    fn account(&self, url: &str) -> Value {
        let seed = &self.seed;
        json!({
            "url": url, "key": seed.group_key, "secret": seed.group_secret, "organization": seed.group,
            "account_key": seed.account_key, "account_secret": seed.account_secret, "account": seed.account,
        })
    }
}

/// An idempotency key in use. When the work ends without a kept answer, the key may be used again.
struct Taken<'a> {
    state: &'a Mutex<State>,
    slot: &'a Slot,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        lock(self.state).idempotency.release(self.slot);
    }
}

fn read(desk: &Desk<'_>, route: &Route) -> Result<Reply, Problem> {
    match (route.collection, &route.action) {
        (Collection::Organizations, Action::List) => organizations::list(desk),
        (Collection::Organizations, _) => organizations::retrieve(desk),
        (Collection::Subjects, Action::List) => subjects::list(desk),
        (Collection::Subjects, _) => subjects::retrieve(desk),
        (Collection::Taxpayers, Action::List) => resources::list(desk, Kind::Taxpayer),
        (Collection::Taxpayers, _) => resources::retrieve(desk, Kind::Taxpayer),
        (Collection::Locations, Action::List) => resources::list(desk, Kind::Location),
        (Collection::Locations, _) => resources::retrieve(desk, Kind::Location),
        (Collection::Systems, Action::List) => resources::list(desk, Kind::System),
        (Collection::Systems, _) => resources::retrieve(desk, Kind::System),
        (Collection::Records, Action::List) => records::list(desk),
        (Collection::Records, _) => records::retrieve(desk),
        (Collection::Files, Action::List) => files::list(desk),
        (Collection::Files, _) => files::stream(desk),
        (Collection::Tokens, _) => Err(Problem::internal("tokens are not read")),
    }
}

fn change(desk: &mut Desk<'_>, route: &Route) -> Result<Reply, Problem> {
    if route.is_scoped_change() {
        organizations::scope(desk)?;
    }
    let creates = route.action == Action::Create;
    match route.collection {
        Collection::Organizations if creates => organizations::create(desk),
        Collection::Organizations => organizations::update(desk),
        Collection::Subjects if creates => subjects::create(desk),
        Collection::Subjects => subjects::update(desk),
        Collection::Taxpayers if creates => taxpayers::create(desk),
        Collection::Taxpayers => resources::update(desk, Kind::Taxpayer),
        Collection::Locations if creates => locations::create(desk),
        Collection::Locations => resources::update(desk, Kind::Location),
        Collection::Systems if creates => systems::create(desk),
        Collection::Systems => resources::update(desk, Kind::System),
        Collection::Records if creates => records::create(desk),
        Collection::Records => records::update(desk),
        Collection::Tokens | Collection::Files => {
            Err(Problem::internal("tokens and files are not changed here"))
        }
    }
}

/// What makes two requests the same: method, path, payload, and the headers that change the meaning (6).
fn fingerprint(call: &Call, settings: &SignFrSettings) -> String {
    let payload = if settings.idempotency_bytes {
        String::from_utf8_lossy(&call.body).into_owned()
    } else {
        serde_json::from_slice(&call.body)
            .map_or_else(|_| String::new(), |body: Value| canonical::to_string(&body))
    };
    let headers = ["x-scope-identifier", "x-replay-remaining", "x-replay-hash"]
        .map(|name| call.header(name).filter(|_| settings.idempotency_headers));
    random::digest(&json!([call.method.as_str(), call.path, headers, payload]).to_string())
}

fn document<T: serde::Serialize>(kind: &'static str, id: String, value: &T) -> Write {
    Write::of(NAME, kind, id, value)
}

async fn durable(commit: Commit) -> Result<(), Problem> {
    commit.wait().await.map_err(Problem::unavailable)
}
