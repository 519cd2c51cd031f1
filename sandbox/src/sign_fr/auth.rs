//! Tokens: API key and secret in, a JWT for 24 hours out (contract sign-fr 2.1).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::stamp;
use super::errors::Problem;
use super::state::{State, Token};
use crate::crypto::SystemKey;
use crate::http::{Call, Reply};
use crate::random;
use crate::settings::SignFrSettings;

/// Who is calling.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) organization: String,
}

/// Reads the bearer. The sandbox knows every token it has issued, so one that it does not know is void.
pub(super) fn caller(state: &State, call: &Call, now: Timestamp) -> Result<Caller, Problem> {
    let digest = random::digest(call.bearer().ok_or_else(Problem::unauthorized)?);
    let token = state.tokens.get(&digest).filter(|token| now < token.expires_at);
    let token = token.ok_or_else(Problem::unauthorized)?;
    Ok(Caller { organization: token.organization.clone() })
}

/// Issues a token for a key and its secret.
pub(super) fn issue(
    state: &State,
    signer: &SystemKey,
    body: &Value,
    now: Timestamp,
    settings: &SignFrSettings,
) -> Result<(Token, Reply), Problem> {
    let text =
        |name: &str| body.pointer(&format!("/content/{name}")).and_then(Value::as_str).unwrap_or_default();
    let subject = state
        .subject_with_key(text("key"))
        .filter(|subject| subject.secret_digest == random::digest(text("secret")))
        .ok_or_else(Problem::unauthorized)?;
    let life = SignedDuration::from_hours(i64::from(settings.token_hours));
    let expires_at = now.saturating_add(life).map_err(|error| Problem::internal(error.to_string()))?;
    let id = Uuid::new_v4().to_string();
    let claims = json!({
        "iss": "fiskal-sandbox", "jti": id, "sub": subject.id, "organization": subject.organization,
        "iat": now.as_second(), "exp": expires_at.as_second(),
    });
    let bearer = signer.jwt(&claims.to_string()).map_err(|error| Problem::internal(error.to_string()))?;
    let answer = json!({ "content": {
        "id": id,
        "authentication": {
            "type": "JWT", "bearer": bearer,
            "issued_at": stamp(now, settings), "expires_at": stamp(expires_at, settings),
        },
        "organization": { "id": subject.organization },
        "subject": { "id": subject.id },
    }});
    let token = Token {
        digest: random::digest(&bearer),
        subject: subject.id.clone(),
        organization: subject.organization.clone(),
        expires_at,
    };
    Ok((token, Reply::json(200, &answer)))
}
