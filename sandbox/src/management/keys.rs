//! API keys (contract sign-at 2.11).

use serde_json::{Value, json};

use super::desk::Desk;
use super::errors::Problem;
use super::seed;
use super::state::Key;

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let organization = desk.organization()?.id.clone();
    let name = desk.request.text("name").unwrap_or_default();
    let (mut row, secret) = seed::key(&organization, name, desk.now, desk.settings);
    row.enabled = desk.request.text("status") == Some("enabled");
    row.manager = desk.request.text("managed_by_organization_id").map(str::to_owned);
    row.metadata = desk.metadata().unwrap_or_default();
    let mut answer = show(desk, &row);
    answer["secret"] = secret.into();
    desk.changes.save(desk.state, row);
    Ok(answer)
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Value, Problem> {
    let organization = &desk.organization()?.id;
    let kinds: Vec<&str> = desk.request.all("kind").collect();
    let wanted = |row: &&Key| {
        row.organization == *organization
            && desk.request.query("status").is_none_or(|wanted| wanted == status(row))
            && (kinds.is_empty() || kinds.contains(&row.environment.name()))
    };
    let mut rows: Vec<&Key> = desk.state.keys.rows().iter().filter(wanted).collect();
    match desk.request.query("order_by") {
        Some("name") => rows.sort_by(|a, b| a.name.cmp(&b.name)),
        Some("kind") => rows.sort_by_key(|row| row.environment.name()),
        Some("status") => rows.sort_by_key(|row| status(row)),
        _ => {}
    }
    let listed = |row: &Key| {
        let mut shown = show(desk, row);
        shown["_type"] = "API_KEY".into();
        shown["managed_by_organization_id"] = row.manager.as_deref().unwrap_or_default().into();
        shown
    };
    Ok(desk.page("API_KEY_LIST", rows.into_iter().map(listed).collect()))
}

pub(super) fn retrieve(desk: &Desk<'_>) -> Result<Value, Problem> {
    Ok(show(desk, find(desk)?))
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut row = find(desk)?.clone();
    if let Some(name) = desk.request.text("name") {
        row.name = name.to_owned();
    }
    if let Some(status) = desk.request.text("status") {
        row.enabled = status == "enabled";
    }
    if let Some(metadata) = desk.metadata() {
        row.metadata = metadata;
    }
    let answer = show(desk, &row);
    desk.changes.save(desk.state, row);
    Ok(answer)
}

fn find<'d>(desk: &'d Desk<'_>) -> Result<&'d Key, Problem> {
    let organization = &desk.organization()?.id;
    let found = desk.state.keys.get(desk.request.in_path("key_id"));
    found.filter(|row| row.organization == *organization).ok_or_else(Problem::not_found)
}

fn status(row: &Key) -> &'static str {
    if row.enabled { "enabled" } else { "disabled" }
}

/// A key as it is answered on its own; lists differ in `_type` and in who manages it.
fn show(desk: &Desk<'_>, row: &Key) -> Value {
    let manager = desk.state.organizations.get(&row.organization).and_then(|owner| owner.manager.as_deref());
    let kind = if manager.is_some() { "MANAGED_API_KEY" } else { "API_KEY" };
    json!({
        "_id": row.id, "_type": kind, "_envs": [row.environment], "key": row.key,
        "created_at": row.created_at.as_second(), "created_by_user": row.created_by, "name": row.name,
        "status": status(row), "metadata": row.metadata,
        "managed_by_organization_id": row.manager.as_deref().or(manager).unwrap_or_default(),
    })
}
