//! Secrets in what a caller gives: by reference alone, for the journal keeps what is asked for.

use crate::error::{Error, Kind, Result};
use crate::fiskal::Call;
use crate::read::escape;
use crate::services;
use serde_json::Value;

/// The member by which a body names a secret.
const SECRET: &str = "$secret";

/// Checks the secrets of a merchant in the block of its account's service: each is `env:NAME` or `file:PATH`.
///
/// # Errors
/// `invalid` with the pointer. The sentence never shows what stands there.
pub(super) fn check(fiskal: &Call<'_>, account: &str, params: &Value) -> Result<()> {
    each(fiskal, account, params, |pointer, reference| fiskal.config().secret(reference, pointer).map(|_| ()))
}

/// Checks that what the references name is there. It is read again whenever a request leaves; but an operation whose
/// secret never was there would wait, written down, and hold up those behind it.
///
/// # Errors
/// `invalid` with the pointer of the first that is not.
pub(super) fn check_there(fiskal: &Call<'_>, account: &str, params: &Value) -> Result<()> {
    each(fiskal, account, params, |pointer, reference| {
        let found = fiskal.config().secret(reference, pointer)?.resolve();
        found.map(|_| ()).map_err(|error| error.with(|details| details.kind = Kind::Invalid))
    })
}

/// Shows `see` each secret of the block with its pointer.
fn each(
    fiskal: &Call<'_>,
    account: &str,
    params: &Value,
    see: impl Fn(&str, &str) -> Result<()>,
) -> Result<()> {
    let service = &fiskal.config().account(account).map_err(|error| error.at("/account"))?.service;
    let Some(block) = params.pointer(&format!("/extra/{service}")) else { return Ok(()) };
    for secret in services::merchant_secrets(service) {
        let pointer = format!("/extra/{service}/{}", secret.key);
        match block.get(secret.key) {
            None => {}
            Some(Value::String(reference)) => see(&pointer, reference)?,
            Some(_) => {
                return Err(Error::invalid(pointer, "a secret is given as a text, env:NAME or file:PATH"));
            }
        }
    }
    Ok(())
}

/// Checks that a body of the caller's names no secret: what fills them in sends whatever is named.
///
/// # Errors
/// `invalid` with the pointer.
pub(super) fn check_names_none(pointer: &str, body: &Value) -> Result<()> {
    match body {
        Value::Object(members) if members.len() == 1 && members.get(SECRET).is_some_and(Value::is_string) => {
            let message = "a request cannot name a secret; the secrets stay here";
            Err(Error::invalid(pointer, message))
        }
        Value::Object(members) => members
            .iter()
            .try_for_each(|(key, value)| check_names_none(&format!("{pointer}/{}", escape(key)), value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(at, value)| check_names_none(&format!("{pointer}/{at}"), value)),
        _ => Ok(()),
    }
}
