//! `/_sandbox`: faults, clock, audit, requests, settings.

use axum::http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::Fault;
use crate::http::Reply;
use crate::server::House;
use crate::service::{Shared, lock};
use crate::settings::Settings;
use crate::store::Write;

/// The name under which the sandbox keeps documents of its own.
pub(crate) const OWN: &str = "_sandbox";
/// The kind of the document that holds the clock's offset.
pub(crate) const CLOCK: &str = "clock";
/// The kind of the documents that hold bookings.
pub(crate) const BOOKING: &str = "booking";

/// Answers one request below `/_sandbox/`.
pub(crate) fn answer(house: &House, method: &Method, path: &str, body: &[u8]) -> Reply {
    let shared = &house.shared;
    let result = match (method.as_str(), path) {
        ("GET", "faults") => Ok(json!({ "faults": lock(&shared.faults).list() })),
        ("POST", "faults") => plant(shared, body),
        ("DELETE", "faults") => {
            lock(&shared.faults).clear();
            Ok(json!({ "faults": [] }))
        }
        ("GET", "clock") => Ok(clock(shared)),
        ("PUT", "clock") => set_clock(shared, body),
        ("GET", "audit") => Ok(lock(&shared.audit).report()),
        ("GET", "requests") => Ok(lock(&shared.requests).report()),
        ("GET", "settings") => Ok(json!(*shared.settings())),
        ("PUT", "settings") => set_settings(shared, body),
        _ => match inspected(house, method, path) {
            Err(message) => Err(message),
            Ok(Some(shown)) => Ok(shown),
            Ok(None) => {
                let message = format!("there is no {method} /_sandbox/{path}");
                return Reply::json(404, &json!({ "message": message }));
            }
        },
    };
    match result {
        Ok(body) => Reply::json(200, &body),
        Err(message) => Reply::json(400, &json!({ "message": message })),
    }
}

/// What a service shows of itself below its own name.
fn inspected(house: &House, method: &Method, path: &str) -> Result<Option<Value>, String> {
    let named = path.split_once('/').filter(|_| method == Method::GET);
    let service = named.and_then(|(name, _)| house.services.iter().find(|service| service.name() == name));
    match (service, named) {
        (Some(service), Some((_, rest))) => service.inspect(rest),
        _ => Ok(None),
    }
}

/// Why an answer is a refusal; nothing when it is none.
pub(crate) fn trouble(reply: &Reply) -> Option<String> {
    if reply.status < 400 {
        return None;
    }
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    Some(body.get("message").and_then(Value::as_str).unwrap_or_default().to_owned())
}

fn plant(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let fault: Fault =
        serde_json::from_slice(body).map_err(|error| format!("this is not a fault: {error}"))?;
    let mut faults = lock(&shared.faults);
    faults.plant(fault)?;
    Ok(json!({ "faults": faults.list() }))
}

fn clock(shared: &Shared) -> Value {
    let offset_s = shared.clock.offset_ms().div_euclid(1000);
    json!({ "now": shared.clock.now().to_string(), "offset_s": offset_s })
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum ClockChange {
    Now { now: Timestamp },
    Offset { offset_s: i64 },
}

fn set_clock(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let change: ClockChange = serde_json::from_slice(body).map_err(|_| {
        r#"a clock is {"now": "2026-12-31T23:59:50+01:00"} or {"offset_s": 86400}"#.to_owned()
    })?;
    match change {
        ClockChange::Now { now } => shared.clock.set_now(now)?,
        ClockChange::Offset { offset_s } => shared.clock.set_offset_ms(offset_s.saturating_mul(1000))?,
    }
    let offset = json!(shared.clock.offset_ms()).to_string();
    // Not awaited: a clock that was moved just before a crash may be set again.
    let _ = shared.archive.commit(vec![Write {
        service: OWN,
        kind: CLOCK,
        id: CLOCK.to_owned(),
        body: Some(offset),
    }]);
    Ok(clock(shared))
}

fn set_settings(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let change: Value = serde_json::from_slice(body).map_err(|error| format!("this is not JSON: {error}"))?;
    if !change.is_object() {
        return Err("settings are an object of the keys to change".to_owned());
    }
    let settings = shared.change_settings(|settings| {
        let mut merged = json!(settings);
        overlay(&mut merged, &change)?;
        let settings: Settings = serde_json::from_value(merged).map_err(|error| error.to_string())?;
        settings.check()?;
        Ok(settings)
    })?;
    if change.get("seed").is_some() {
        lock(&shared.faults).reseed(settings.seed);
    }
    Ok(json!(*settings))
}

/// Lays the named keys over what is there, one level after the other.
fn overlay(base: &mut Value, change: &Value) -> Result<(), String> {
    match (base, change) {
        (Value::Object(base), Value::Object(change)) => {
            for (key, value) in change {
                overlay(base.entry(key.clone()).or_insert(Value::Null), value)?;
            }
        }
        (Value::Object(_), other) => return Err(format!("{other} is no group of settings")),
        (base, change) => *base = change.clone(),
    }
    Ok(())
}
