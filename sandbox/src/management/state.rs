//! Organizations, their keys, and the tokens given out for them.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::NAME;
use crate::settings::Environment;
use crate::store::{Document, Kept};
use crate::table;
pub(super) use crate::table::{Row, Table};

/// A company that has keys: the dashboard's own, or one that it manages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Organization {
    pub(super) id: String,
    /// The organization that manages it.
    pub(super) manager: Option<String>,
    pub(super) environments: Vec<Environment>,
    pub(super) created_by: String,
    /// What the client said about it.
    pub(super) content: Map<String, Value>,
}

/// An API key. Its secret is kept as a digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) organization: String,
    /// As the client gave it; nothing checks it against the organization's own manager.
    pub(super) manager: Option<String>,
    pub(super) name: String,
    pub(super) key: String,
    pub(super) secret_digest: String,
    pub(super) environment: Environment,
    pub(super) enabled: bool,
    pub(super) created_at: Timestamp,
    pub(super) created_by: String,
    pub(super) metadata: Map<String, Value>,
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Use {
    Access,
    Refresh,
}

/// A token that was issued, under the digest of its text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Token {
    pub(super) digest: String,
    pub(super) key: String,
    #[serde(rename = "use")]
    pub(super) purpose: Use,
    pub(super) expires_at: Timestamp,
}

/// The sandbox's own beginnings: kept in the clear, because the ready file shows them at every start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Seed {
    pub(super) dashboard: Account,
    pub(super) managed: Account,
    /// The key that signs tokens: private key and certificate, as PEM.
    pub(super) token_keys: (String, String),
}

/// An organization with a key to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) organization: String,
    pub(super) key: String,
    pub(super) secret: String,
}

/// All tables, and what is derived from them.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) organizations: Table<Organization>,
    pub(super) keys: Table<Key>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) seed: Option<Seed>,
    key_by_name: HashMap<String, String>,
}

/// Kinds of documents in the store that are no rows.
pub(super) const SEED: &str = "seed";
pub(super) const TOKEN: &str = "token";

impl Kept for State {
    const SERVICE: &'static str = NAME;

    fn take(&mut self, document: &Document) -> serde_json::Result<()> {
        let body = document.body.as_str();
        match document.kind.as_str() {
            "organization" => table::put(self, serde_json::from_str::<Organization>(body)?),
            "key" => table::put(self, serde_json::from_str::<Key>(body)?),
            TOKEN => {
                let token: Token = serde_json::from_str(body)?;
                self.tokens.insert(token.digest.clone(), token);
            }
            SEED => self.seed = Some(serde_json::from_str(body)?),
            _ => {}
        }
        Ok(())
    }
}

impl State {
    /// The key that a client names when it signs in.
    pub(super) fn key_named(&self, key: &str) -> Option<&Key> {
        self.key_by_name.get(key).and_then(|id| self.keys.get(id))
    }

    /// Whether `organization` is `top` or managed by it, directly or not.
    pub(super) fn is_within(&self, organization: &str, top: &str) -> bool {
        let mut next = Some(organization);
        // A chain of managers is as short as it is made; the bound only guards against a damaged store.
        for _ in 0..=self.organizations.rows().len() {
            match next {
                Some(id) if id == top => return true,
                Some(id) => next = self.organizations.get(id).and_then(|row| row.manager.as_deref()),
                None => return false,
            }
        }
        false
    }
}

impl Row for Organization {
    type State = State;

    fn place(&self) -> &str {
        &self.id
    }
    fn organization(&self) -> &str {
        &self.id
    }
    fn kind(&self) -> &'static str {
        "organization"
    }
    fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
        &mut state.organizations
    }
}

impl Row for Key {
    type State = State;

    fn place(&self) -> &str {
        &self.id
    }
    fn organization(&self) -> &str {
        &self.organization
    }
    fn kind(&self) -> &'static str {
        "key"
    }
    fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
        &mut state.keys
    }
    fn index(&self, state: &mut State) {
        state.key_by_name.insert(self.key.clone(), self.id.clone());
    }
}
