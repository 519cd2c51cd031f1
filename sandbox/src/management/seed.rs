//! What a new sandbox begins with, as if somebody had set it up on the dashboard: the POS provider's organization with
//! its billing address, one merchant that it manages, and a key for each (the guide's first steps).

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::state::{Account, Key, Organization, Seed, State};
use crate::changes::Changes;
use crate::crypto::SystemKey;
use crate::random;
use crate::settings::{Environment, ManagementSettings};

/// Characters of a key between its environment and its name (contract sign-at 2.1: 24 or 25).
const KEY_LENGTH: usize = 25;

/// Plants the beginnings.
pub(super) fn plant(
    state: &mut State,
    changes: &mut Changes,
    now: Timestamp,
    settings: &ManagementSettings,
) -> Result<Seed, String> {
    let dashboard = organization(address("Sandbox POS provider", "1010", "Wien"), None, settings);
    let managed = organization(address("Sandbox merchant", "8010", "Graz"), Some(&dashboard.id), settings);
    let (dashboard_key, dashboard_secret) = key(&dashboard.id, "sandbox-dashboard", now, settings);
    let (managed_key, managed_secret) = key(&managed.id, "sandbox-merchant", now, settings);
    let serial = Uuid::new_v4().simple().to_string();
    let signer = SystemKey::generate("tokens", &serial, now).map_err(|error| error.to_string())?;
    let account = |key: &Key, secret: String| Account {
        organization: key.organization.clone(),
        key: key.key.clone(),
        secret,
    };
    let seed = Seed {
        dashboard: account(&dashboard_key, dashboard_secret),
        managed: account(&managed_key, managed_secret),
        token_keys: (signer.private_key_pem().to_owned(), signer.certificate_pem().to_owned()),
    };
    for row in [dashboard, managed] {
        changes.save(state, row);
    }
    for row in [dashboard_key, managed_key] {
        changes.save(state, row);
    }
    state.seed = Some(seed.clone());
    Ok(seed)
}

fn address(name: &str, zip: &str, town: &str) -> Map<String, Value> {
    let content = json!({
        "name": name, "address_line1": "Hauptplatz 1", "zip": zip, "town": town, "country_code": "AUT",
    });
    content.as_object().cloned().unwrap_or_default()
}

/// A new organization, not saved yet.
pub(super) fn organization(
    content: Map<String, Value>,
    manager: Option<&str>,
    settings: &ManagementSettings,
) -> Organization {
    let mut environments = vec![Environment::Test];
    if settings.environment == Environment::Live {
        environments.push(Environment::Live);
    }
    Organization {
        id: Uuid::new_v4().to_string(),
        manager: manager.map(str::to_owned),
        environments,
        created_by: Uuid::new_v4().to_string(),
        content,
    }
}

/// A new key of an organization, not saved yet, and its secret.
pub(super) fn key(
    organization: &str,
    name: &str,
    now: Timestamp,
    settings: &ManagementSettings,
) -> (Key, String) {
    let secret = letters(43);
    let row = Key {
        id: Uuid::new_v4().to_string(),
        organization: organization.to_owned(),
        manager: None,
        name: name.to_owned(),
        key: format!("{}_{}_{name}", settings.environment.name(), letters(KEY_LENGTH)),
        secret_digest: random::digest(&secret),
        environment: settings.environment,
        enabled: true,
        created_at: now,
        created_by: Uuid::new_v4().to_string(),
        metadata: Map::new(),
    };
    (row, secret)
}

/// Random letters and digits.
fn letters(count: usize) -> String {
    let mut text = String::new();
    while text.len() < count {
        text.extend(random::secret().chars().filter(char::is_ascii_alphanumeric).take(count - text.len()));
    }
    text
}
