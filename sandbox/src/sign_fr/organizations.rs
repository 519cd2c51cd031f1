//! Organizations: ACCOUNT above GROUP above UNIT (contract sign-fr 2.3).

use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::{Desk, envelope};
use super::errors::Problem;
use super::pagination::page;
use super::state::Organization;
use crate::http::Reply;

/// The name of the header that says in which organization something was done (contract sign-fr 1.4).
pub(super) const SCOPE: &str = "x-scope-identifier";

/// The organization that a new subject or organization goes under: the scope asked for, else the caller's own.
pub(super) fn scope(desk: &Desk<'_>) -> Result<String, Problem> {
    match &desk.request.scope {
        None => Ok(desk.caller.organization.clone()),
        Some(id) if desk.state.organizations.get(id).is_some() && desk.sees(id) => Ok(id.clone()),
        Some(id) => Err(Problem::new(
            desk.settings.unknown_scope_status,
            format!("Not authorized to perform this operation in organization '{id}'."),
        )),
    }
}

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    let parent = scope(desk)?;
    if desk.state.organizations.get(&parent).is_some_and(|row| row.kind == "UNIT") {
        return Err(Problem::not_allowed(format!(
            "organization operation invalid: cannot create an organization in unit organization '{parent}'"
        )));
    }
    let text = |name| desk.content(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let row = Organization {
        id: Uuid::new_v4().to_string(),
        parent: Some(parent.clone()),
        kind: text("type"),
        name: text("name"),
        metadata: desk.metadata(),
    };
    let reply = Reply::json(200, &show(&row)).with(SCOPE, parent);
    desk.save(row);
    Ok(reply)
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    let mut row = find(desk)?.clone();
    row.metadata = desk.changed_metadata(row.metadata.as_ref())?;
    if let Some(name) = desk.content("name").and_then(Value::as_str) {
        row.name = name.to_owned();
    }
    let reply = Reply::json(200, &show(&row)).with(SCOPE, desk.caller.organization.clone());
    desk.save(row);
    Ok(reply)
}

pub(super) fn retrieve(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let row = find(desk)?;
    Ok(Reply::json(200, &show(row)).with(SCOPE, desk.caller.organization.clone()))
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let top = scope(desk)?;
    page(desk, "organizations", &desk.state.organizations, |row| desk.state.is_within(&row.id, &top), show)
}

fn find<'a>(desk: &'a Desk<'_>) -> Result<&'a Organization, Problem> {
    let id = &desk.request.id;
    let found = desk.state.organizations.get(id).filter(|row| desk.sees(&row.id));
    found.ok_or_else(|| Problem::not_found("organization", id))
}

fn show(row: &Organization) -> Value {
    let mut content = json!({ "type": row.kind, "name": row.name, "id": row.id, "state": "ENABLED" });
    if let (Some(parent), Some(content)) = (&row.parent, content.as_object_mut()) {
        content.insert("organization".to_owned(), json!({ "id": parent }));
    }
    envelope(content, row.metadata.as_ref())
}
