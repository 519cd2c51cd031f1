//! Subjects: API keys (contract sign-fr 2.2).

use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::{Desk, envelope};
use super::errors::Problem;
use super::organizations::{SCOPE, scope};
use super::pagination::page;
use super::state::Subject;
use crate::http::Reply;
use crate::random;

/// The beginning of every key; with its 32 digits a key has the 38 to 40 characters that were observed.
pub(super) const KEY_PREFIX: &str = "sandbox_";

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    let organization = scope(desk)?;
    let secret = random::secret();
    let row = Subject {
        id: Uuid::new_v4().to_string(),
        organization: organization.clone(),
        name: desk.content("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        key: random::key(KEY_PREFIX),
        secret_digest: random::digest(&secret),
        metadata: desk.metadata(),
    };
    let reply = Reply::json(200, &show(&row, Some(&secret))).with(SCOPE, organization);
    desk.save(row);
    Ok(reply)
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    let mut row = find(desk)?.clone();
    row.metadata = desk.changed_metadata(row.metadata.as_ref())?;
    if let Some(name) = desk.content("name").and_then(Value::as_str) {
        row.name = name.to_owned();
    }
    let reply = Reply::json(200, &show(&row, None)).with(SCOPE, desk.caller.organization.clone());
    desk.save(row);
    Ok(reply)
}

pub(super) fn retrieve(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let row = find(desk)?;
    Ok(Reply::json(200, &show(row, None)).with(SCOPE, desk.caller.organization.clone()))
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let top = scope(desk)?;
    let keep = |row: &Subject| desk.state.is_within(&row.organization, &top);
    page(desk, "subjects", &desk.state.subjects, keep, |row| show(row, None))
}

fn find<'a>(desk: &'a Desk<'_>) -> Result<&'a Subject, Problem> {
    let id = &desk.request.id;
    let found = desk.state.subjects.get(id).filter(|row| desk.sees(&row.organization));
    found.ok_or_else(|| Problem::not_found("subject", id))
}

/// The secret is shown by the answer that creates the key, and never again.
fn show(row: &Subject, secret: Option<&str>) -> Value {
    let mut credentials = json!({ "key": row.key });
    if let (Some(secret), Some(credentials)) = (secret, credentials.as_object_mut()) {
        credentials.insert("secret".to_owned(), secret.into());
    }
    let content = json!({
        "type": "API_KEY", "name": row.name, "id": row.id, "state": "ENABLED", "credentials": credentials,
    });
    envelope(content, row.metadata.as_ref())
}
