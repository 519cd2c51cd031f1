//! Organizations (contract sign-at 2.11).

use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::errors::Problem;
use super::seed;
use super::state::Organization;
use crate::settings::Environment;

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut content = object(&desk.request.body);
    let manager = content.shift_remove("managed_by_organization_id");
    let manager = manager.as_ref().and_then(Value::as_str);
    match manager {
        Some(id) if desk.sees(id) => {}
        Some(_) => return Err(Problem::not_found()),
        None if desk.settings.unmanaged_organizations => {}
        None => {
            return Err(Problem::bad_request(
                "body should have required property 'managed_by_organization_id'",
            ));
        }
    }
    let row = seed::organization(content, manager, desk.settings);
    let answer = show(&row);
    desk.changes.save(desk.state, row);
    Ok(answer)
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Value, Problem> {
    let rows = desk.state.organizations.rows().iter().filter(|row| desk.sees(&row.id));
    Ok(desk.page("ORGANIZATION_LIST", rows.map(show).collect()))
}

pub(super) fn retrieve(desk: &Desk<'_>) -> Result<Value, Problem> {
    Ok(show(desk.organization()?))
}

pub(super) fn update(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut row = desk.organization()?.clone();
    row.content.extend(object(&desk.request.body));
    let answer = show(&row);
    desk.changes.save(desk.state, row);
    Ok(answer)
}

pub(super) fn enable_environment(desk: &mut Desk<'_>) -> Result<Value, Problem> {
    let mut row = desk.organization()?.clone();
    let wanted = match desk.request.text("env") {
        Some("LIVE") => Environment::Live,
        _ => Environment::Test,
    };
    if !row.environments.contains(&wanted) {
        row.environments.push(wanted);
    }
    let answer = show(&row);
    desk.changes.save(desk.state, row);
    Ok(answer)
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn show(row: &Organization) -> Value {
    let kind = if row.manager.is_some() { "MANAGED_ORGANIZATION" } else { "ORGANIZATION" };
    let mut shown = object(&json!({ "_id": row.id, "_type": kind, "_envs": row.environments }));
    shown.extend(row.content.clone());
    if let Some(manager) = &row.manager {
        shown.insert("managed_by_organization_id".to_owned(), manager.as_str().into());
    }
    shown.insert("created_by_user".to_owned(), row.created_by.as_str().into());
    Value::Object(shown)
}
