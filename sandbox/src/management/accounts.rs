//! Who may call: keys and tokens, shared by the Management API and SIGN AT (contract sign-at 1.5, 2.1).

use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::NAME;
use super::seed;
use super::state::{Account, Key, SEED, State, TOKEN, Token, Use};
use crate::crypto::SystemKey;
use crate::http::Call;
use crate::random;
use crate::service::{Shared, lock};
use crate::settings::{Environment, ManagementSettings};
use crate::store::{Document, Kept};

/// Who is calling.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) organization: String,
    pub(crate) environment: Environment,
}

/// Why no token was given out.
#[derive(Debug)]
pub(crate) enum NotSignedIn {
    /// No enabled key has this name and secret.
    Credentials,
    /// What came as a refresh token is none.
    NoToken,
    /// The refresh token has expired, or is not known any more.
    Ended,
    /// The sandbox failed; why.
    Failed(String),
}

/// Organizations, keys and tokens.
pub(crate) struct Accounts {
    pub(super) shared: Arc<Shared>,
    state: Mutex<State>,
    /// Signs tokens.
    signer: SystemKey,
    pub(super) dashboard: Account,
    pub(super) managed: Account,
}

impl Accounts {
    /// Takes up what the store kept, or begins with the dashboard's organization and one that it manages.
    pub(crate) fn open(shared: Arc<Shared>, documents: &[Document]) -> Result<Accounts, String> {
        let mut state = State::load(documents)?;
        let mut changes = shared.changes(NAME);
        let settings = shared.settings();
        let seed = match state.seed.clone() {
            Some(seed) => seed,
            None => seed::plant(&mut state, &mut changes, shared.clock.now(), &settings.management)?,
        };
        changes.write(SEED, SEED.to_owned(), &seed);
        let (key, certificate) = &seed.token_keys;
        let signer = SystemKey::from_pem(key, certificate).map_err(|error| error.to_string())?;
        // Its first use waits for a commit of its own, which comes after this one.
        let _ = shared.commit(changes);
        let (dashboard, managed) = (seed.dashboard, seed.managed);
        Ok(Accounts { shared, state: Mutex::new(state), signer, dashboard, managed })
    }

    /// The organization that SIGN AT is used with when nobody makes another one: what its ready file's entry says.
    pub(crate) fn ready(&self, url: &str) -> Value {
        shown(&self.managed, url)
    }

    /// Key and secret of that organization.
    pub(crate) fn credentials(&self) -> (&str, &str) {
        (&self.managed.key, &self.managed.secret)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Reads the bearer. The sandbox knows every token it has issued, so one that it does not know is void; so is one
    /// whose key was disabled.
    pub(crate) fn caller(&self, call: &Call) -> Option<Caller> {
        let state = self.lock();
        let digest = random::digest(call.bearer()?);
        let now = self.shared.clock.now();
        let token = state.tokens.get(&digest)?;
        let key = state.keys.get(&token.key)?;
        let valid = token.purpose == Use::Access && now < token.expires_at && key.enabled;
        valid.then(|| Caller { organization: key.organization.clone(), environment: key.environment })
    }

    /// Answers `POST /auth`, whose body has the form of the contract.
    pub(crate) async fn sign_in(&self, body: &Value) -> Result<Value, NotSignedIn> {
        let settings = self.shared.settings();
        let now = self.shared.clock.now();
        let (answer, commit) = {
            let mut state = self.lock();
            let key = match body.get("refresh_token").and_then(Value::as_str) {
                Some(token) => refreshed(&state, token, now)?,
                None => known(&state, body)?,
            };
            let (answer, tokens) = self.issue(&state, key, now, &settings.management)?;
            let mut changes = self.shared.changes(NAME);
            for token in tokens {
                changes.write(TOKEN, token.digest.clone(), &token);
                state.tokens.insert(token.digest.clone(), token);
            }
            let gone: Vec<String> = state
                .tokens
                .values()
                .filter(|row| row.expires_at <= now)
                .map(|row| row.digest.clone())
                .collect();
            for digest in gone {
                state.tokens.remove(&digest);
                changes.delete(TOKEN, digest);
            }
            (answer, self.shared.commit(changes))
        };
        commit.wait().await.map_err(NotSignedIn::Failed)?;
        Ok(answer)
    }

    /// Makes both tokens for a key and shows them.
    fn issue(
        &self,
        state: &State,
        key: &Key,
        now: Timestamp,
        settings: &ManagementSettings,
    ) -> Result<(Value, [Token; 2]), NotSignedIn> {
        let (access_ends, refresh_ends) = endings(state, key, now, settings)?;
        let (access, access_token) = self.token(key, Use::Access, now, access_ends)?;
        let (refresh, refresh_token) = self.token(key, Use::Refresh, now, refresh_ends)?;
        let left = |end: Timestamp| end.as_second().saturating_sub(now.as_second());
        let mut answer = json!({ "access_token": access });
        if !settings.bare_tokens {
            answer = json!({
                "access_token": access,
                "access_token_claims": { "env": key.environment, "organization_id": key.organization },
                "access_token_expires_in": left(access_ends),
                "access_token_expires_at": access_ends.as_second(),
                "refresh_token": refresh,
                "refresh_token_expires_in": left(refresh_ends),
                "refresh_token_expires_at": refresh_ends.as_second(),
            });
        }
        Ok((answer, [access_token, refresh_token]))
    }

    fn token(
        &self,
        key: &Key,
        purpose: Use,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(String, Token), NotSignedIn> {
        let claims = json!({
            "iss": "fiskal-sandbox", "jti": Uuid::new_v4(), "use": purpose, "env": key.environment,
            "organization_id": key.organization, "iat": now.as_second(), "exp": expires_at.as_second(),
        });
        let text =
            self.signer.jwt(&claims.to_string()).map_err(|error| NotSignedIn::Failed(error.to_string()))?;
        let token = Token { digest: random::digest(&text), key: key.id.clone(), purpose, expires_at };
        Ok((text, token))
    }

    /// Forgets every token that was issued so far.
    pub(crate) fn expire_tokens(&self) {
        let mut changes = self.shared.changes(NAME);
        let mut state = self.lock();
        for (digest, _) in state.tokens.drain() {
            changes.delete(TOKEN, digest);
        }
        // Not awaited: the request that struck the fault is refused before it could depend on this.
        let _ = self.shared.commit(changes);
    }
}

/// An account as the ready file shows it.
pub(super) fn shown(account: &Account, url: &str) -> Value {
    json!({ "url": url, "key": account.key, "secret": account.secret, "organization": account.organization })
}

fn known<'s>(state: &'s State, body: &Value) -> Result<&'s Key, NotSignedIn> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    state
        .key_named(text("api_key"))
        .filter(|key| key.enabled && key.secret_digest == random::digest(text("api_secret")))
        .ok_or(NotSignedIn::Credentials)
}

fn refreshed<'s>(state: &'s State, token: &str, now: Timestamp) -> Result<&'s Key, NotSignedIn> {
    if !is_jwt(token) {
        return Err(NotSignedIn::NoToken);
    }
    let token = state
        .tokens
        .get(&random::digest(token))
        .filter(|token| token.purpose == Use::Refresh && now < token.expires_at)
        .ok_or(NotSignedIn::Ended)?;
    state.keys.get(&token.key).filter(|key| key.enabled).ok_or(NotSignedIn::Ended)
}

/// Whether a text has a JWT's form (RFC 7519, 7.2): a header and claims, both JSON objects in base64url, and a signature.
fn is_jwt(text: &str) -> bool {
    let object = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice::<Map<String, Value>>(&bytes).ok()
    };
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts[..], [header, claims, _] if object(header).is_some() && object(claims).is_some())
}

/// When new tokens end. The access token ends with the key's last one, as long as that has more than half of its time;
/// the refresh token always ends as much later as its life is longer (contract sign-at 2.1: so it was recorded).
fn endings(
    state: &State,
    key: &Key,
    now: Timestamp,
    settings: &ManagementSettings,
) -> Result<(Timestamp, Timestamp), NotSignedIn> {
    let later = |time: Timestamp, seconds: i64| {
        time.saturating_add(SignedDuration::from_secs(seconds))
            .map_err(|error| NotSignedIn::Failed(error.to_string()))
    };
    let seconds = |hours: u32| i64::from(hours).saturating_mul(3600);
    let (access, refresh) = (seconds(settings.token_hours), seconds(settings.refresh_hours));
    let half = later(now, access / 2)?;
    let last = state
        .tokens
        .values()
        .filter(|token| token.key == key.id && token.purpose == Use::Access)
        .map(|token| token.expires_at)
        .max();
    let access_ends = match last {
        Some(end) if settings.tokens_shared && end > half => end,
        _ => later(now, access)?,
    };
    let refresh_ends = later(access_ends, refresh.saturating_sub(access))?;
    // With a refresh token that is set to live shorter than the access token.
    Ok((access_ends, if refresh_ends > now { refresh_ends } else { later(now, refresh)? }))
}
