//! Organizations and API keys, as they are made on the service's web page (guide of 2026-05-04, steps 1 to 3).

use std::collections::HashMap;

use super::super::state::{self, Row, State};
use super::super::{NAME, SignFr, document, durable, seed};
use crate::schema::Contract;
use crate::service::lock;
use crate::slice::{Cursor, Slice, slice};
use crate::store::Commit;

/// An ACCOUNT, GROUP or UNIT.
#[derive(Debug, Clone)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) parent: Option<String>,
    pub(crate) kind: String,
    pub(crate) name: String,
    /// How many organizations stand above it.
    pub(crate) depth: usize,
}

impl Organization {
    /// What may be made below it by hand; nothing below a UNIT.
    pub(crate) fn below(&self) -> Option<&'static str> {
        match self.kind.as_str() {
            "ACCOUNT" => Some("GROUP"),
            "GROUP" => Some("UNIT"),
            _ => None,
        }
    }
}

/// An API key, without its secret.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) organization: String,
    pub(crate) name: String,
    pub(crate) key: String,
}

/// Why something was not made.
#[derive(Debug)]
pub(crate) enum NotMade {
    /// The contract does not allow this name; what is wrong with it.
    Name(String),
    /// It could not be kept; why.
    Store(String),
}

impl SignFr {
    /// All organizations, each right after the one above it, the newest of those above first.
    pub(crate) fn organizations(&self) -> Vec<Organization> {
        in_order(&lock(&self.state))
    }

    pub(crate) fn organization(&self, id: &str) -> Option<Organization> {
        self.organizations().into_iter().find(|row| row.id == id)
    }

    /// The keys of an organization, newest first.
    pub(crate) fn keys(&self, organization: &str, cursor: &Cursor) -> Slice<Key> {
        slice(&lock(&self.state).subjects, cursor, |row| row.organization == organization, key)
    }

    pub(crate) fn key(&self, id: &str) -> Option<Key> {
        lock(&self.state).subjects.get(id).map(key)
    }

    /// Makes an organization and gives back its id.
    pub(crate) async fn make_organization(
        &self,
        name: &str,
        kind: &str,
        parent: Option<&str>,
    ) -> Result<String, NotMade> {
        check("OrganizationName", name)?;
        let row = seed::organization(kind, name, parent);
        let id = row.id.clone();
        self.keep(row).await?;
        Ok(id)
    }

    /// Makes a key for an organization and gives back its id and its secret, which is not kept.
    pub(crate) async fn make_key(&self, name: &str, organization: &str) -> Result<(String, String), NotMade> {
        check("ApiKeySubjectName", name)?;
        let (row, secret) = seed::subject(organization, name);
        let id = row.id.clone();
        self.keep(row).await?;
        Ok((id, secret))
    }

    async fn keep<T: Row<State = State>>(&self, row: T) -> Result<(), NotMade> {
        let commit: Commit = {
            let mut state = lock(&self.state);
            let write = document(row.kind(), row.place().to_owned(), &row);
            state.put(row);
            self.shared.archive.commit(vec![write])
        };
        durable(commit).await.map_err(|problem| NotMade::Store(problem.message().to_owned()))
    }

    /// The address of the service below the sandbox's.
    pub(crate) fn prefix(&self) -> String {
        format!("/{NAME}")
    }
}

fn check(schema: &str, text: &str) -> Result<(), NotMade> {
    Contract::sign_fr().check(schema, &text.into()).map_err(|violation| NotMade::Name(violation.message))
}

/// Every organization after the one above it, newest first. No recursion: clients nest GROUPs as deep as they like.
fn in_order(state: &State) -> Vec<Organization> {
    let mut below: HashMap<Option<&str>, Vec<&state::Organization>> = HashMap::new();
    for row in state.organizations.rows() {
        below.entry(row.parent.as_deref()).or_default().push(row);
    }
    let mut sorted = Vec::new();
    let mut waiting: Vec<(usize, &state::Organization)> =
        below.remove(&None).into_iter().flatten().map(|row| (0, row)).collect();
    while let Some((depth, row)) = waiting.pop() {
        sorted.push(organization(row, depth));
        let children = below.remove(&Some(row.id.as_str())).into_iter().flatten();
        waiting.extend(children.map(|child| (depth + 1, child)));
    }
    sorted
}

fn organization(row: &state::Organization, depth: usize) -> Organization {
    Organization {
        id: row.id.clone(),
        parent: row.parent.clone(),
        kind: row.kind.clone(),
        name: row.name.clone(),
        depth,
    }
}

fn key(row: &state::Subject) -> Key {
    Key {
        id: row.id.clone(),
        organization: row.organization.clone(),
        name: row.name.clone(),
        key: row.key.clone(),
    }
}
