//! The credentials that merchants sign in with, and those that a service signs in with for them.

use super::provision::params_of_merchant;
use super::{Definition, Run, given, read, returned, told, written};
use crate::config::Merchant;
use crate::engine::Submission;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Line, LineKind};
use crate::fiskal::Call;
use crate::text::quoted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The longest id of a caller, in characters.
const ID: usize = 64;

pub(super) const UPDATE: Definition = Definition {
    name: "credentials.update",
    summary: "Tells the service again the configuration's credentials for the tax authority, such as after a change.",
    params: given::<Update>,
    result: returned::<Updated>,
    run: Run::Client(update),
};

pub(super) const ROTATE: Definition = Definition {
    name: "credentials.rotate",
    summary: "Makes a new API key for a merchant, which signs in from now on, and names the one to disable.",
    params: given::<Rotate>,
    result: returned::<Rotated>,
    run: Run::Client(rotate),
};

pub(super) const REVOKE: Definition = Definition {
    name: "credentials.revoke",
    summary: "Disables API keys of a merchant that no longer sign in here, never the one that does.",
    params: given::<Revoke>,
    result: returned::<Revoked>,
    run: Run::Client(revoke),
};

/// Parameters of `credentials.update`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UpdateCredentials")]
struct Update {
    /// The merchant's name in the configuration.
    merchant: String,
    /// The caller's id of this change, unique per merchant: a repeated call with it changes nothing anew.
    /// Made if absent.
    #[serde(default)]
    id: Option<String>,
}

/// Result of `credentials.update`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UpdatedCredentials")]
struct Updated {
    /// The merchant's name in the configuration.
    #[serde(default)]
    merchant: String,
    /// Which credentials were told: `finanzonline` in Austria, `fisconline` in Italy.
    credentials: String,
}

/// Parameters of `credentials.rotate`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rotate {
    /// The merchant's name in the configuration.
    merchant: String,
    /// The caller's id of this change, unique per merchant: a repeated call with it changes nothing anew.
    /// Made if absent.
    #[serde(default)]
    id: Option<String>,
}

/// Result of `credentials.rotate`.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Rotated {
    /// The merchant's name in the configuration.
    #[serde(default)]
    merchant: String,
    /// The name under which the key and its secret lie in the file of secrets beside the journal.
    credential: String,
    /// The service's id of the new API key.
    subject: String,
    /// The service's id of the one before, which still serves; `credentials.revoke` disables it where the
    /// service has a request for that.
    replaced: String,
}

/// Parameters of `credentials.revoke`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Revoke {
    /// The merchant's name in the configuration.
    merchant: String,
    /// The caller's id of this change, unique per merchant: a repeated call with it changes nothing anew.
    /// Made if absent.
    #[serde(default)]
    id: Option<String>,
    /// The service's id of the key to disable; if absent all that were made from this journal for the
    /// merchant, but the one that signs in.
    #[serde(default)]
    subject: Option<String>,
}

/// Result of `credentials.revoke`.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Revoked {
    /// The merchant's name in the configuration.
    #[serde(default)]
    merchant: String,
    /// The service's ids of the keys that are disabled now.
    revoked: Vec<String>,
}

fn update(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Update { merchant, id } = read(params)?;
    let known = known(fiskal, &merchant)?;
    let service = &fiskal.config().account(&known.account)?.service;
    let line = lines(fiskal, &merchant, known)?.1;
    let told = params_of_merchant(fiskal.config(), known, &line, service)?;
    let updated: Updated = changed(fiskal, &merchant, UPDATE.name, id, told)?;
    written(&Updated { merchant, ..updated })
}

fn rotate(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Rotate { merchant, id } = read(params)?;
    let rotated: Rotated = changed(fiskal, &merchant, ROTATE.name, id, json!({}))?;
    written(&Rotated { merchant, ..rotated })
}

fn revoke(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Revoke { merchant, id, subject } = read(params)?;
    let revoked: Revoked = changed(fiskal, &merchant, REVOKE.name, id, json!({ "subject": subject }))?;
    written(&Revoked { merchant, ..revoked })
}

/// What becomes of a change on the merchant's line, done once under the caller's id.
fn changed<T: for<'de> Deserialize<'de>>(
    fiskal: &Call<'_>,
    merchant: &str,
    name: &str,
    id: Option<String>,
    params: Value,
) -> Result<T> {
    if id.as_deref().is_some_and(|id| !(1..=ID).contains(&id.chars().count())) {
        return Err(Error::invalid("/id", format!("an id has 1 to {ID} characters")));
    }
    let (account, line) = lines(fiskal, merchant, known(fiskal, merchant)?)?;
    let reply = fiskal.submit(Submission {
        name: name.to_owned(),
        line,
        above: vec![account],
        zone: "UTC".into(),
        fingerprint: params.to_string(),
        params,
        at: None,
        original: None,
        replaces: None,
        key: format!("{name}:{}", id.unwrap_or_else(|| fiskal.new_id())),
        once: true,
        patience: None,
    })?;
    told(&reply.outcome.result)
}

fn known<'c>(fiskal: &'c Call<'_>, merchant: &str) -> Result<&'c Merchant> {
    fiskal.config().merchants.get(merchant).ok_or_else(|| {
        let message = format!("there is no merchant {} in the configuration", quoted(merchant));
        Error::new(Kind::NotFound, message).at("/merchant")
    })
}

/// The lines of the merchant's account and of the merchant.
fn lines(fiskal: &Call<'_>, name: &str, merchant: &Merchant) -> Result<(Line, Line)> {
    let environment = fiskal.config().account(&merchant.account)?.environment.name();
    let account = Line::of_account(&merchant.account, environment);
    let line = Line { kind: LineKind::Merchant, name: name.to_owned(), ..account.clone() };
    Ok((account, line))
}
