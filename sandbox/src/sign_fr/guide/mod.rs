//! The step-by-step guide 2026-05-04: its requests as the reference has them, and answers as the guide prints them
//! (contract sign-fr 1.6).
//!
//! The guide prints ten requests. A member that it prints has the guide's name and place; every other one has the
//! reference's. What it does not print at all (lists, reads, events, replays…) is the reference's, without the envelope.
//! A record's operation is kept and signed as it came.

mod answer;
mod receipt;
mod request;

pub(super) use self::answer::dress;
pub(super) use self::receipt::reading;
pub(super) use self::request::wrapped;

use serde_json::Value;

fn take(object: &mut Value, name: &str) -> Option<Value> {
    object.as_object_mut()?.remove(name)
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
