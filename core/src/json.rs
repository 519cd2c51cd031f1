//! JSON read strictly: a key given twice is an error, not a guess; so is a float where none can be meant.
//! And values found in it by their path.

use crate::text::quoted;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// A JSON value without repeated keys, and without floats unless they are allowed.
pub(crate) struct Strict<const FLOATS: bool>(pub(crate) Value);

impl<'de, const FLOATS: bool> Deserialize<'de> for Strict<FLOATS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor::<FLOATS>).map(Strict)
    }
}

struct StrictVisitor<const FLOATS: bool>;

impl<'de, const FLOATS: bool> Visitor<'de> for StrictVisitor<FLOATS> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        if FLOATS {
            return Ok(value.into());
        }
        Err(E::custom("a number with a point; write it as text, in quotes"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict::<FLOATS>(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let Strict::<FLOATS>(value) = entries.next_value()?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {} is there twice", quoted(&key))));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// The value at a path: keys and indices (from 0), joined by dots.
pub(crate) fn at(mut place: Value, path: &str) -> Option<Value> {
    for step in path.split('.') {
        place = match place {
            Value::Object(mut object) => object.remove(step)?,
            Value::Array(mut list) => {
                let index = list_index(step)?;
                if index >= list.len() {
                    return None;
                }
                list.swap_remove(index)
            }
            _ => return None,
        };
    }
    Some(place)
}

/// The value at a path, as text: strings as they are, everything else as JSON; `None` for `null` too.
pub(crate) fn text_at(value: Value, path: &str) -> Option<String> {
    match at(value, path)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// An index as digits alone; `parse` would take `+1` too.
fn list_index(step: &str) -> Option<usize> {
    if step.bytes().all(|byte| byte.is_ascii_digit()) { step.parse().ok() } else { None }
}
