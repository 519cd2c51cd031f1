//! The fiscal services: one folder a wire, each a pure [`Service`].
//!
//! This registry is the only place that knows services by name.

mod copies;
mod extra;
mod flow;
mod halt;
mod marks;
mod metadata;
mod path;
mod sign_at;
mod unified;

use crate::error::{Error, Kind, Result};
use crate::exchange::Service;
use crate::read::{escape, strict};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use sign_at::settings::AustrianMerchantSettings;
pub use unified::italian_settings::ItalianMerchantSettings;
pub use unified::settings::{Certification, LocationSettings, MerchantSettings, MerchantType, Person};

/// The names of the services that this version speaks to.
pub const NAMES: [&str; 3] = ["sign-fr", "sign-it", "sign-at"];

/// A service with one set of credentials and one environment, as the configuration describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account's name in the configuration.
    pub name: String,
    /// The service's name; one of [`NAMES`].
    pub service: String,
    /// `live`, `test` or `sandbox`.
    pub environment: String,
    /// An address that takes the place of the environment's own.
    pub url: Option<String>,
    /// The published contract to speak; the service's default if absent.
    pub contract: Option<String>,
    /// What happens when an answer does not say what was sent.
    pub checks: Checks,
}

/// What happens when an answer does not say what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checks {
    /// The caller gets the error `mismatch`, which carries the receipt.
    #[default]
    Enforce,
    /// The receipt says it in `todo`, and its `verified` lacks the check.
    Report,
}

/// The service of this account.
///
/// # Errors
/// `config` when the name, the environment or the contract is not one of those supported; the
/// sentence names them, and the pointer the account's key.
pub fn build(name: &str, account: &Account) -> Result<Box<dyn Service>> {
    match name {
        "sign-fr" | "sign-it" => Ok(Box::new(unified::Unified::new(account)?)),
        "sign-at" => Ok(Box::new(sign_at::SignAt::new(account)?)),
        other => Err(unknown(other)),
    }
}

/// The services that have an operation of the registry; all of [`NAMES`] for one that is done without a service, such
/// as `report`. The others answer `invalid`.
pub fn that_have(operation: &str) -> Vec<&'static str> {
    let having: Vec<&str> = NAMES.into_iter().filter(|service| has(service, operation)).collect();
    if having.is_empty() { NAMES.to_vec() } else { having }
}

fn has(service: &str, operation: &str) -> bool {
    match service {
        "sign-fr" | "sign-it" => unified::has(service, operation),
        "sign-at" => sign_at::has(operation),
        _ => false,
    }
}

/// The error of an operation that a service lacks, with what to do instead.
fn lacking(service: &str, operation: &str, lacks: &[(&str, &str)]) -> Error {
    let instead = lacks.iter().find(|(lacking, _)| *lacking == operation);
    let rest = instead.map_or(" in this version".to_owned(), |(_, instead)| format!(": {instead}"));
    Error::invalid("", format!("{service} has no operation '{operation}'{rest}"))
}

/// Checks a merchant's block for a service (`[merchant.X.sign-fr]`) and completes it: outside `live`
/// what the service wants and the block leaves out gets the dummy that [`MerchantSettings`] and
/// [`ItalianMerchantSettings`] and [`AustrianMerchantSettings`] document. What is secret in it
/// ([`merchant_secrets`]) is left out.
///
/// # Errors
/// `config` with a JSON pointer into the block: an unknown key, a wrong value, or, in `live`, what is missing.
pub fn merchant_settings(service: &str, environment: &str, block: &Map<String, Value>) -> Result<Value> {
    match service {
        "sign-fr" => unified::settings::merchant(environment, block),
        "sign-it" => unified::italian_settings::merchant(environment, block),
        "sign-at" => sign_at::settings::merchant(environment, block),
        other => Err(unknown(other)),
    }
}

/// A secret in a merchant's block: `env:NAME`, `file:PATH`, or the secret itself.
#[derive(Clone, Copy, Debug)]
pub struct MerchantSecret {
    /// Its key in the block.
    pub key: &'static str,
    /// What stands for it outside `live` where the block leaves it out.
    pub dummy: &'static str,
}

/// The secrets in a merchant's block for a service. A request names them as `LINE/KEY`, with the merchant's line; those
/// of a merchant that the configuration does not have by the reference itself, `env:NAME` or `file:PATH`.
pub fn merchant_secrets(service: &str) -> &'static [MerchantSecret] {
    match service {
        "sign-fr" => &unified::settings::SECRETS,
        "sign-it" => &unified::italian_settings::SECRETS,
        "sign-at" => &sign_at::settings::SECRETS,
        _ => &[],
    }
}

/// Month and day on which the merchant's fiscal year begins, by its block for the service; 1 January if it does
/// not say.
///
/// # Errors
/// As [`merchant_settings`].
pub fn year_begins(service: &str, environment: &str, block: &Map<String, Value>) -> Result<(i8, i8)> {
    match service {
        "sign-fr" => unified::settings::year_begins(environment, block),
        // Its settings know no other fiscal year than the calendar's.
        "sign-it" | "sign-at" => Ok((1, 1)),
        other => Err(unknown(other)),
    }
}

/// Checks a location's block for a service (`[location.X.sign-fr]`); see [`LocationSettings`].
///
/// # Errors
/// `config` with a JSON pointer into the block: an unknown key or a wrong value.
pub fn location_settings(service: &str, block: &Map<String, Value>) -> Result<Value> {
    match service {
        "sign-fr" => unified::settings::location(block),
        "sign-it" => nothing("SIGN IT wants nothing of its own of a location", block),
        "sign-at" => nothing("SIGN AT wants nothing of its own of a location", block),
        other => Err(unknown(other)),
    }
}

/// Checks a register's block for a service (`[register.X.sign-fr]`): no service wants anything there.
///
/// # Errors
/// `config` with a JSON pointer into the block: an unknown key.
pub fn register_settings(service: &str, block: &Map<String, Value>) -> Result<Value> {
    match service {
        "sign-fr" => nothing("SIGN FR wants nothing of its own of a register", block),
        "sign-it" => nothing("SIGN IT wants nothing of its own of a register", block),
        "sign-at" => nothing("SIGN AT wants nothing of its own of a register", block),
        other => Err(unknown(other)),
    }
}

/// A block of the configuration that a service wants, read strictly.
fn block<T: DeserializeOwned>(service: &str, block: &Map<String, Value>) -> Result<T> {
    // Whatever is wrong with a secret, the sentence about it must not show it.
    let is_text = |key: &str| block.get(key).is_none_or(Value::is_string);
    if let Some(MerchantSecret { key, .. }) =
        merchant_secrets(service).iter().find(|secret| !is_text(secret.key))
    {
        let message = format!("{key} must be text in quotes");
        return Err(Error::new(Kind::Config, message).at(format!("/{key}")));
    }
    strict(&Value::Object(block.clone())).map_err(|error| {
        error.with(|details| {
            details.kind = Kind::Config;
            details.message = format!("the {service} block is wrong: {}", details.message);
        })
    })
}

/// A block in which a service wants nothing.
fn nothing(sentence: &str, block: &Map<String, Value>) -> Result<Value> {
    match block.keys().next() {
        None => Ok(Value::Object(Map::new())),
        Some(key) => {
            let message = format!("{sentence}; remove the key");
            Err(Error::new(Kind::Config, message).at(format!("/{}", escape(key))))
        }
    }
}

fn unknown(service: &str) -> Error {
    let message = format!("there is no service '{service}'; this version supports {}", NAMES.join(", "));
    Error::new(Kind::Config, message).at("/service")
}
