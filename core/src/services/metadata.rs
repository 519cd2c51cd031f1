//! The caller's own data with what a service keeps (contracts sign-fr 1.5 and sign-at 2.5: at most 20 keys of 40
//! characters with values of 500).

use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// The caller's keys, and the lengths of keys and values: of the service's 20 keys three are this library's.
const BOUNDS: (usize, usize, usize) = (17, 40, 500);
/// The beginning of this library's own keys.
const OWN_KEYS: &str = "fiskal_";

/// The caller's data within the services' bounds.
pub(super) fn given(params: &Value) -> Result<Map<String, Value>> {
    let given = params.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    let (most, key, value) = BOUNDS;
    if given.len() > most {
        return Err(Error::invalid("/metadata", format!("there may be at most {most} keys")));
    }
    for (name, text) in &given {
        let pointer = format!("/metadata/{}", crate::read::escape(name));
        if name.starts_with(OWN_KEYS) {
            let message = format!("keys that begin with {OWN_KEYS} are this library's own; take another");
            return Err(Error::invalid(pointer, message));
        }
        if !(1..=key).contains(&name.chars().count()) {
            return Err(Error::invalid(pointer, format!("a key has 1 to {key} characters")));
        }
        if text.as_str().is_some_and(|text| text.chars().count() > value) {
            return Err(Error::invalid(pointer, format!("a value has at most {value} characters")));
        }
    }
    Ok(given)
}
