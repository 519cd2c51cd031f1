//! What a request's body names, in place of its names.

use crate::error::Result;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

/// The body with every `{"$secret": NAME}` replaced by the secret of that name.
///
/// # Errors
/// What `secret` says of a name.
pub(crate) fn filled(body: &Value, secret: &dyn Fn(&str) -> Result<SecretString>) -> Result<Value> {
    Ok(match body {
        Value::Object(members) => {
            if let Some(name) = members.get("$secret").and_then(Value::as_str).filter(|_| members.len() == 1)
            {
                return Ok(Value::from(secret(name)?.expose_secret()));
            }
            let filled = members.iter().map(|(key, value)| Ok((key.clone(), filled(value, secret)?)));
            Value::Object(filled.collect::<Result<Map<_, _>>>()?)
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| filled(item, secret)).collect::<Result<_>>()?)
        }
        other => other.clone(),
    })
}
