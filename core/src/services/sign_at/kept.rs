//! What SIGN AT keeps beside receipts: metadata and the organization's configuration (contract sign-at 2.5 and 2.6).

use super::facts;
use super::records::{address, no_such_record};
use super::register;
use super::run::{Flow, Run};
use super::wire::{Api, Write};
use crate::error::{Error, Kind, Result};
use crate::exchange::Outcome;
use crate::services::metadata;
use serde_json::{Map, Value, json};

/// The most keys (contract sign-at 2.5).
const MOST_KEYS: usize = 20;
/// Where the organization's settings are.
const CONFIGURATION: &str = "/configuration";

/// Reads metadata.
pub(super) fn metadata(run: &Run<'_>) -> Flow<Outcome> {
    let path = metadata_path(run)?;
    Ok(told(&json!(noted(run, "metadata", &path)?)))
}

/// Adds to the metadata. All that is to be there is sent, so that it makes no difference whether the service merges or
/// replaces, which the contract leaves open.
pub(super) fn update_metadata(run: &Run<'_>) -> Flow<Outcome> {
    let given = run.param("metadata").as_object().cloned().unwrap_or_default();
    metadata::check(&given)?;
    let path = metadata_path(run)?;
    let mut wanted = noted(run, "metadata", &path)?;
    wanted.extend(given);
    if wanted.len() > MOST_KEYS {
        let message = format!("there would be {} keys; SIGN AT keeps {MOST_KEYS}", wanted.len());
        return Err(Error::invalid("/metadata", message).into());
    }
    let look = |label: &str| -> Flow<Option<Value>> {
        let now = noted(run, label, &path)?;
        let has_all = wanted.iter().all(|(key, value)| now.get(key) == Some(value));
        Ok(has_all.then(|| json!(now)))
    };
    let make = |_| Write::patch(path.clone(), json!(wanted));
    let credential = facts::merchant(run.facts)?.credential;
    Ok(told(&run.write("metadata.update", &credential, &make, &look)?))
}

fn told(metadata: &Value) -> Outcome {
    Outcome { result: json!({ "metadata": metadata }), ..Outcome::default() }
}

/// The metadata that are there.
fn noted(run: &Run<'_>, label: &str, path: &str) -> Flow<Map<String, Value>> {
    let credential = facts::merchant(run.facts)?.credential;
    let answer = run.read(Api::Signing, label, &credential, path)?;
    Ok(answer.ok_or_else(|| gone(run))?.body.as_object().cloned().unwrap_or_default())
}

/// Why there are no metadata.
fn gone(run: &Run<'_>) -> Error {
    match run.param("of").as_str() {
        Some("record") => no_such_record(),
        Some("unit") => {
            let message = "SIGN AT does not show the signature creation unit to this key; run provision, then try again";
            Error::new(Kind::NotReady, message)
        }
        _ => match facts::register(run.facts) {
            Ok(register) => register::gone(&register.register),
            Err(error) => error,
        },
    }
}

fn metadata_path(run: &Run<'_>) -> Result<String> {
    let owner = match run.param("of").as_str() {
        Some("record") => address(run)?,
        Some("unit") => format!("/signature-creation-unit/{}", facts::merchant(run.facts)?.unit),
        _ => format!("/cash-register/{}", facts::register(run.facts)?.register),
    };
    Ok(format!("{owner}/metadata"))
}

/// Reads the settings of the organization.
pub(super) fn configuration(run: &Run<'_>) -> Flow<Outcome> {
    let settings = settings(run, "configuration")?;
    Ok(Outcome { result: settings, ..Outcome::default() })
}

/// Changes settings of the organization; nothing where they are so already.
pub(super) fn update_configuration(run: &Run<'_>) -> Flow<Outcome> {
    let wanted = run.operation.params.as_object().cloned().unwrap_or_default();
    let look = |label: &str| -> Flow<Option<Value>> {
        let now = settings(run, label)?;
        let reached = wanted.iter().all(|(name, value)| now.get(name) == Some(value));
        Ok(reached.then_some(now))
    };
    if let Some(result) = look("configuration")? {
        return Ok(Outcome { result, ..Outcome::default() });
    }
    let make = |_| Write::patch(CONFIGURATION.to_owned(), json!(wanted));
    let credential = facts::merchant(run.facts)?.credential;
    let result = run.write("configuration.update", &credential, &make, &look)?;
    Ok(Outcome { result, ..Outcome::default() })
}

fn settings(run: &Run<'_>, label: &str) -> Flow<Value> {
    let credential = facts::merchant(run.facts)?.credential;
    let answer = run.read(Api::Signing, label, &credential, CONFIGURATION)?;
    let gone = || Error::internal("SIGN AT shows no configuration");
    Ok(answer.ok_or_else(gone)?.body.clone())
}
