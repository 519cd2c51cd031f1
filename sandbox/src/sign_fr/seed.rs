//! What a new sandbox begins with, as if somebody had set it up on fiskaly's web page: an ACCOUNT, a GROUP under it,
//! and an API key for each.

use jiff::Timestamp;
use uuid::Uuid;

use super::document;
use super::state::{Organization, SEED, Seed, State, Subject};
use super::subjects::KEY_PREFIX;
use crate::crypto::SystemKey;
use crate::random;
use crate::store::Write;

/// Takes up the seed, or plants it and says what has to be kept.
pub(super) fn plant(state: &mut State, now: Timestamp) -> Result<(Seed, Vec<Write>), String> {
    if let Some(seed) = state.seed.clone() {
        return Ok((seed, Vec::new()));
    }
    let account = organization("ACCOUNT", "Sandbox account", None);
    let group = organization("GROUP", "Sandbox group", Some(&account.id));
    let (account_subject, account_secret) = subject(&account.id, "sandbox-account");
    let (group_subject, group_secret) = subject(&group.id, "sandbox-group");
    let serial = Uuid::new_v4().simple().to_string();
    let key = SystemKey::generate("tokens", &serial, now).map_err(|error| error.to_string())?;
    let seed = Seed {
        group: group.id.clone(),
        group_key: group_subject.key.clone(),
        group_secret,
        account: account.id.clone(),
        account_key: account_subject.key.clone(),
        account_secret,
        token_keys: (key.private_key_pem().to_owned(), key.certificate_pem().to_owned()),
    };
    let mut writes = vec![document(SEED, SEED.to_owned(), &seed)];
    for row in [account, group] {
        writes.push(document("organization", row.id.clone(), &row));
        state.put(row);
    }
    for row in [account_subject, group_subject] {
        writes.push(document("subject", row.id.clone(), &row));
        state.put(row);
    }
    state.seed = Some(seed.clone());
    Ok((seed, writes))
}

/// A new organization, not saved yet.
pub(super) fn organization(kind: &str, name: &str, parent: Option<&str>) -> Organization {
    Organization {
        id: Uuid::new_v4().to_string(),
        parent: parent.map(str::to_owned),
        kind: kind.to_owned(),
        name: name.to_owned(),
        metadata: None,
    }
}

/// A new key of an organization, not saved yet, and its secret.
pub(super) fn subject(organization: &str, name: &str) -> (Subject, String) {
    let secret = random::secret();
    let row = Subject {
        id: Uuid::new_v4().to_string(),
        organization: organization.to_owned(),
        name: name.to_owned(),
        key: random::key(KEY_PREFIX),
        secret_digest: random::digest(&secret),
        metadata: None,
    };
    (row, secret)
}
