//! What a service was told of the secrets that the configuration has: whether they changed since.
//!
//! The store of secrets keeps a fingerprint of each secret that a write told the service with success. The secret
//! itself stays where the configuration has it.

use crate::engine::Engine;
use crate::engine::drive::Drive;
use crate::engine::ports::{Clock, Ids, SecretStore, Store};
use crate::error::Result;
use crate::exchange::{Effect, Request};
use crate::transport::Transport;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Engine<S, T, C, I, K> {
    /// Whether the service was told this secret from here as it is now. One that cannot be had is taken for told:
    /// it tells of no change, and whatever needs it says that it is missing.
    ///
    /// # Errors
    /// `journal` when the store of secrets is broken.
    pub fn is_told(&self, name: &str) -> Result<bool> {
        let Ok(Some(secret)) = self.secrets().get(name) else { return Ok(true) };
        let told = self.secrets().get(&kept_as(name))?;
        let now = fingerprint(self.store().id(), name, &secret);
        Ok(told.is_some_and(|told| told.expose_secret() == now.expose_secret()))
    }
}

impl<S: Store, T: Transport, C: Clock, I: Ids, K: SecretStore> Drive<'_, S, T, C, I, K> {
    /// Keeps the fingerprints of the secrets that a request told the service, which took it.
    pub(super) fn note_told(&self, request: &Request) -> Result<()> {
        if request.effect == Effect::Read {
            return Ok(());
        }
        let (secrets, journal) = (self.engine.secrets(), self.engine.store().id());
        let names = request.body.as_ref().map(secret_names).unwrap_or_default();
        for name in names.into_iter().filter(|name| secrets.is_watched(name)) {
            let Some(secret) = secrets.get(name)? else { continue };
            let told = fingerprint(journal, name, &secret);
            let known = secrets.get(&kept_as(name))?;
            if known.is_none_or(|known| known.expose_secret() != told.expose_secret()) {
                secrets.put(&kept_as(name), &told)?;
            }
        }
        Ok(())
    }
}

fn kept_as(name: &str) -> String {
    format!("{name}/told")
}

/// Says that two secrets are the same, and not which; the journal's id keeps it from being looked up elsewhere.
fn fingerprint(journal: Uuid, name: &str, secret: &SecretString) -> SecretString {
    let mut hash = Sha256::new();
    hash.update(journal.as_bytes());
    hash.update(name.as_bytes());
    hash.update([0]);
    hash.update(secret.expose_secret().as_bytes());
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    SecretString::from(hex)
}

/// The names of the secrets in a body.
fn secret_names(body: &Value) -> Vec<&str> {
    match body {
        Value::Object(members) => {
            match members.get("$secret").and_then(Value::as_str).filter(|_| members.len() == 1) {
                Some(name) => vec![name],
                None => members.values().flat_map(secret_names).collect(),
            }
        }
        Value::Array(items) => items.iter().flat_map(secret_names).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_found_wherever_they_stand() {
        let body =
            json!({"a": {"$secret": "m/pin"}, "b": [{"c": {"$secret": "m/password"}}], "d": "$secret"});
        assert_eq!(secret_names(&body), ["m/pin", "m/password"]);
        assert!(secret_names(&json!({"$secret": "no", "other": 1})).is_empty());
    }

    #[test]
    fn a_fingerprint_tells_secrets_apart_and_not_what_they_are() {
        let of = |journal: Uuid, name: &str, secret: &str| {
            fingerprint(journal, name, &SecretString::from(secret)).expose_secret().to_owned()
        };
        let pin = of(Uuid::nil(), "m/pin", "4711");
        assert_eq!(pin, of(Uuid::nil(), "m/pin", "4711"));
        assert_eq!(pin.len(), 64);
        assert!(!pin.contains("4711"));
        assert_ne!(pin, of(Uuid::nil(), "m/pin", "4712"));
        assert_ne!(pin, of(Uuid::max(), "m/pin", "4711"));
        assert_ne!(pin, of(Uuid::nil(), "n/pin", "4711"));
    }
}
