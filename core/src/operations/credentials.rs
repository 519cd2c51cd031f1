//! The credentials that merchants sign in with.

use super::{Definition, Run, given, read, returned, written};
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

pub(super) const ROTATE: Definition = Definition {
    name: "credentials.rotate",
    summary: "Makes a new API key for a merchant, which signs in from now on, and names the one to disable.",
    params: given::<Rotate>,
    result: returned::<Rotated>,
    run: Run::Client(rotate),
};

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
    /// The service's id of the one before, which still serves; disable it at the service.
    replaced: String,
}

fn rotate(fiskal: &Call<'_>, params: &Value) -> Result<Value> {
    let Rotate { merchant, id } = read(params)?;
    if id.as_deref().is_some_and(|id| !(1..=ID).contains(&id.chars().count())) {
        return Err(Error::invalid("/id", format!("an id has 1 to {ID} characters")));
    }
    let Some(known) = fiskal.config().merchants.get(&merchant) else {
        let message = format!("there is no merchant {} in the configuration", quoted(&merchant));
        return Err(Error::new(Kind::NotFound, message).at("/merchant"));
    };
    let account =
        Line::of_account(&known.account, fiskal.config().account(&known.account)?.environment.name());
    let reply = fiskal.submit(Submission {
        name: ROTATE.name.into(),
        line: Line { kind: LineKind::Merchant, name: merchant.clone(), ..account.clone() },
        above: vec![account],
        zone: "UTC".into(),
        params: json!({}),
        at: None,
        original: None,
        replaces: None,
        key: format!("{}:{}", ROTATE.name, id.unwrap_or_else(|| fiskal.new_id())),
        fingerprint: String::new(),
        once: true,
        patience: None,
    })?;
    let rotated = Rotated::deserialize(&reply.outcome.result)
        .map_err(|cause| Error::internal(format!("a credential's change cannot be read: {cause}")))?;
    written(&Rotated { merchant, ..rotated })
}
