//! A merchant's API key, whose secret is shown once (contract sign-at 2.11).

use super::facts::{self, MerchantFacts};
use super::provision::{PATH, id_of};
use super::run::{Flow, Run};
use super::wire::{Api, Write, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{KeptSecret, Outcome};
use serde_json::{Value, json};
use uuid::Uuid;

/// The list of an organization's keys.
const LIST: &str = "keys";

/// A key of the organization. One of ours that exists already is of no use, for its secret was shown once; the next
/// one takes the next free name.
pub(super) fn make(run: &Run<'_>, dashboard: &str, organization: &str, credential: &str) -> Flow<Value> {
    let path = path(organization);
    let taken = run.list(Api::Management, LIST, dashboard, &path)?;
    let taken: Vec<&str> = taken.iter().filter_map(|key| text(key, "/name")).collect();
    let base = key_base(credential);
    let make = |number: u32| {
        let names = (1..).map(|count| key_name(&base, count));
        let name = names.filter(|name| !taken.contains(&name.as_str())).nth(number as usize - 1);
        let content = json!({"name": name, "status": "enabled", "metadata": run.line_marks()});
        Write { keep_secret: kept_as(credential), ..Write::post(path.clone(), content) }
    };
    // One of unknown fate may exist; its secret is lost all the same.
    run.write("key", dashboard, &make, &|_| Ok(None))
}

/// Names are `^[a-z0-9\-]{3,30}$` (contract sign-at 2.11).
fn key_base(credential: &str) -> String {
    let id = Uuid::new_v3(&Uuid::NAMESPACE_OID, credential.as_bytes()).simple().to_string();
    format!("fiskal-{}", id.get(..12).unwrap_or(&id))
}

fn key_name(base: &str, number: u32) -> String {
    if number == 1 { base.to_owned() } else { format!("{base}-{number}") }
}

/// The names before this one, whose secrets are lost.
pub(super) fn earlier_names(name: &str) -> Vec<String> {
    let mut parts = name.splitn(3, '-');
    let (Some(mark), Some(id), number) = (parts.next(), parts.next(), parts.next()) else {
        return Vec::new();
    };
    let number = number.and_then(|number| number.parse::<u32>().ok()).unwrap_or(1);
    (1..number).map(|earlier| key_name(&format!("{mark}-{id}"), earlier)).collect()
}

/// What of the answer goes into the store of secrets, under the credential's name.
pub(super) fn kept_as(credential: &str) -> Vec<KeptSecret> {
    let kept = |part: &str| KeptSecret { pointer: format!("/{part}"), name: format!("{credential}/{part}") };
    ["key", "secret"].map(kept).to_vec()
}

/// Where the keys of an organization are.
pub(super) fn path(organization: &str) -> String {
    format!("{PATH}/{organization}/api-keys")
}

/// Makes the merchant's next API key. The one before serves until it is revoked.
pub(super) fn rotate(run: &Run<'_>) -> Flow<Outcome> {
    let before = Own::known(run)?;
    let replaced = before.key(run)?;
    let Own { merchant, organization, dashboard } = before;
    let made = make(run, &dashboard, &organization, &merchant.credential)?;
    let key = id_of(&made)?;
    let result = json!({"credential": merchant.credential, "subject": key, "replaced": replaced});
    let key_name = text(&made, "/name").map(str::to_owned);
    let after = MerchantFacts { key: Some(key), key_name, ..merchant };
    Ok(Outcome { result, learned: Some(json!(after)), ..Outcome::default() })
}

/// Disables the key that is named, or all that this journal made for the merchant and that no longer sign in. The key
/// that signs in is never disabled.
pub(super) fn revoke(run: &Run<'_>) -> Flow<Outcome> {
    let own = Own::known(run)?;
    let current = own.key(run)?;
    let named = run.param("subject").as_str();
    if named == Some(current.as_str()) {
        let message =
            "this is the key that the merchant signs in with; `credentials.rotate` makes another first";
        return Err(Error::new(Kind::Conflict, message).at("/subject").into());
    }
    let path = path(&own.organization);
    let all = run.list(Api::Management, LIST, &own.dashboard, &path)?;
    let mut revoked = Vec::new();
    for key in all {
        let id = id_of(key)?;
        let label = format!("revoke.{id}");
        // One that this call disabled before it was interrupted belongs to what it has done.
        let open = !is_disabled(key) || run.past.find(&label).is_some();
        let meant = named.map_or(open && id != current && is_from_here(run, key), |named| named == id);
        if !meant {
            continue;
        }
        if open {
            disabled(run, &label, &own.dashboard, &format!("{path}/{id}"))?;
        }
        revoked.push(id);
    }
    if named.is_some() && revoked.is_empty() {
        let message = "the merchant's organization has no such API key; `subject.list` lists those it has";
        return Err(Error::new(Kind::NotFound, message).at("/subject").into());
    }
    Ok(Outcome { result: json!({"revoked": revoked}), ..Outcome::default() })
}

fn disabled(run: &Run<'_>, label: &str, dashboard: &str, path: &str) -> Flow<Value> {
    let make =
        |_| Write { api: Api::Management, ..Write::patch(path.to_owned(), json!({"status": "disabled"})) };
    run.write(label, dashboard, &make, &|label| {
        let found = run.read(Api::Management, label, dashboard, path)?;
        Ok(found.map(|answer| answer.body.clone()).filter(is_disabled))
    })
}

fn is_disabled(key: &Value) -> bool {
    text(key, "/status") == Some("disabled")
}

/// Whether this journal made the key for this merchant. Another till of the same merchant has a key of its own.
fn is_from_here(run: &Run<'_>, key: &Value) -> bool {
    run.line_marks()
        .iter()
        .filter(|(name, _)| *name != "fiskal_operation")
        .all(|(name, mark)| key.pointer(&format!("/metadata/{name}")) == Some(mark))
}

/// A merchant whose key was made here.
struct Own {
    merchant: MerchantFacts,
    organization: String,
    dashboard: String,
}

impl Own {
    fn known(run: &Run<'_>) -> Result<Self> {
        let merchant = facts::merchant(run.facts)?;
        match (&merchant.organization, &merchant.key_name) {
            (Some(organization), Some(_)) => {
                Ok(Own { organization: organization.clone(), dashboard: run.account_credential()?, merchant })
            }
            _ => {
                let message = "the merchant signs in with the account's own key, which was not made here; make or disable keys at the dashboard, and put the one that serves into the configuration";
                Err(Error::new(Kind::Config, message).at("/merchant"))
            }
        }
    }

    /// The id of the key that signs in.
    fn key(&self, run: &Run<'_>) -> Flow<String> {
        if let Some(key) = &self.merchant.key {
            return Ok(key.clone());
        }
        let all = run.list(Api::Management, LIST, &self.dashboard, &path(&self.organization))?;
        let named = |key: &&&Value| text(key, "/name") == self.merchant.key_name.as_deref();
        let gone =
            || Error::new(Kind::NotReady, "the merchant's API key is gone; run `provision`, then try again");
        Ok(id_of(all.iter().find(named).ok_or_else(gone)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_keys_fit_and_tell_the_ones_before() {
        let base = key_base("graz@test/merchant/muster");
        for count in [1, 2, 99] {
            let name = key_name(&base, count);
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!((3..=30).contains(&name.len()) && name.bytes().all(fits), "{name}");
        }
        assert_eq!(earlier_names(&key_name(&base, 3)), [base.clone(), key_name(&base, 2)]);
        assert!(earlier_names(&base).is_empty());
    }
}
