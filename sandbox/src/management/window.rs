//! What a person at the hub sees and does on the dashboard: organizations and their keys.

use serde_json::{Map, Value};

use super::accounts::Accounts;
use super::state::{self, Row, State};
use super::{NAME, seed};
use crate::schema::Contract;
use crate::slice::{Cursor, Slice, slice};

/// An organization.
#[derive(Debug, Clone)]
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The id of the organization that manages it.
    pub(crate) manager: Option<String>,
}

/// An API key, without its secret.
#[derive(Debug, Clone)]
pub(crate) struct CompanyKey {
    pub(crate) id: String,
    pub(crate) organization: String,
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) enabled: bool,
}

/// Why something was not made.
#[derive(Debug)]
pub(crate) enum Unmade {
    /// The contract does not allow this.
    Form(String),
    /// It could not be kept; why.
    Store(String),
}

impl Accounts {
    /// Organizations, newest first.
    pub(crate) fn companies(&self, cursor: &Cursor) -> Slice<Company> {
        let state = self.lock();
        slice(&state.organizations, cursor, |_| true, company)
    }

    /// The organizations that one manages, newest first.
    pub(crate) fn managed(&self, manager: &str, cursor: &Cursor) -> Slice<Company> {
        let state = self.lock();
        let keep = |row: &state::Organization| row.manager.as_deref() == Some(manager);
        slice(&state.organizations, cursor, keep, company)
    }

    pub(crate) fn company(&self, id: &str) -> Option<Company> {
        self.lock().organizations.get(id).map(company)
    }

    /// The keys of an organization, newest first.
    pub(crate) fn keys_of(&self, company: &str, cursor: &Cursor) -> Slice<CompanyKey> {
        slice(&self.lock().keys, cursor, |row| row.organization == company, company_key)
    }

    pub(crate) fn key(&self, id: &str) -> Option<CompanyKey> {
        self.lock().keys.get(id).map(company_key)
    }

    /// Makes an organization with its billing address and gives back its id.
    pub(crate) async fn make_company(
        &self,
        content: Map<String, Value>,
        manager: &str,
    ) -> Result<String, Unmade> {
        let form = Value::Object(content.clone());
        Contract::management()
            .check("OrganizationCreateRequest", &form)
            .map_err(|violation| Unmade::Form(violation.to_string()))?;
        let row = seed::organization(content, Some(manager), &self.shared.settings().management);
        let id = row.id.clone();
        self.keep_row(row).await?;
        Ok(id)
    }

    /// Makes a key and gives back its id and its secret, which is not kept.
    pub(crate) async fn make_company_key(
        &self,
        name: &str,
        company: &str,
    ) -> Result<(String, String), Unmade> {
        Contract::management()
            .check("KeyName", &name.into())
            .map_err(|violation| Unmade::Form(violation.message))?;
        let settings = self.shared.settings();
        let (row, secret) = seed::key(company, name, self.shared.clock.now(), &settings.management);
        let id = row.id.clone();
        self.keep_row(row).await?;
        Ok((id, secret))
    }

    async fn keep_row<T: Row<State = State>>(&self, row: T) -> Result<(), Unmade> {
        let commit = {
            let mut state = self.lock();
            let mut changes = self.shared.changes(NAME);
            changes.save(&mut *state, row);
            self.shared.commit(changes)
        };
        commit.wait().await.map_err(Unmade::Store)
    }
}

fn company(row: &state::Organization) -> Company {
    let name = row.content.get("name").and_then(Value::as_str).unwrap_or_default();
    Company { id: row.id.clone(), name: name.to_owned(), manager: row.manager.clone() }
}

fn company_key(row: &state::Key) -> CompanyKey {
    CompanyKey {
        id: row.id.clone(),
        organization: row.organization.clone(),
        name: row.name.clone(),
        key: row.key.clone(),
        enabled: row.enabled,
    }
}
