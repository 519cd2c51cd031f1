//! What taxpayers, locations and systems have in common: list, retrieve, update.

use serde_json::{Map, Value, json};

use super::desk::{Desk, envelope};
use super::errors::Problem;
use super::lifecycle::{self, DECOMMISSIONED};
use super::pagination::page;
use super::state::{Kind, Resource};
use super::{locations, systems, taxpayers};
use crate::http::Reply;
use crate::settings::SignFrSettings;

/// A new resource with the request's content, not saved yet.
pub(super) fn new(desk: &Desk<'_>, kind: Kind, country: super::country::Country) -> Resource {
    let now = desk.stamp();
    let content = desk.request.body.get("content").and_then(Value::as_object).cloned().unwrap_or_default();
    Resource {
        kind,
        id: desk.new_id(),
        organization: desk.caller.organization.clone(),
        country,
        state: lifecycle::ACQUIRED.to_owned(),
        mode: lifecycle::INACTIVE.to_owned(),
        content,
        metadata: desk.metadata(),
        created_at: now.clone(),
        updated_at: now,
        keys: None,
        buffer: None,
        credentials_at: None,
    }
}

/// Saves a resource and answers with it.
pub(super) fn save_and_show(desk: &mut Desk<'_>, resource: Resource) -> Result<Reply, Problem> {
    let shown = show(desk, &resource)?;
    desk.save(resource);
    Ok(Reply::json(200, &shown))
}

pub(super) fn retrieve(desk: &Desk<'_>, kind: Kind) -> Result<Reply, Problem> {
    let resource = desk.find(kind, &desk.request.id)?;
    Ok(Reply::json(200, &show(desk, resource)?))
}

pub(super) fn list(desk: &Desk<'_>, kind: Kind) -> Result<Reply, Problem> {
    let taxpayer = desk.request.query("taxpayer_id");
    let location = desk.request.query("location_id");
    let keep = |row: &Resource| {
        taxpayer.is_none_or(|id| taxpayer_of(desk, row) == id)
            && location.is_none_or(|id| row.refers_to("location") == id)
    };
    let shown = |row: &Resource| show(desk, row).unwrap_or(Value::Null);
    page(desk, &format!("{}s", kind.name()), desk.state.resources(kind), keep, shown)
}

pub(super) fn update(desk: &mut Desk<'_>, kind: Kind) -> Result<Reply, Problem> {
    let mut resource = desk.find(kind, &desk.request.id)?.clone();
    resource.metadata = desk.changed_metadata(resource.metadata.as_ref())?;
    let mut changes =
        desk.request.body.get("content").and_then(Value::as_object).cloned().unwrap_or_default();
    if resource.state == DECOMMISSIONED && !changes.is_empty() {
        let what = format!("is {DECOMMISSIONED} and cannot be changed");
        return Err(lifecycle::out_of_order(&resource, &what, desk.settings));
    }
    let state = changes.remove("state");
    let mode = changes.remove("mode");
    match kind {
        Kind::Taxpayer => taxpayers::change(desk, &mut resource, changes)?,
        Kind::Location => locations::change(desk, &mut resource, changes)?,
        Kind::System => systems::change(desk, &mut resource, changes)?,
    }
    if state.as_ref().and_then(Value::as_str) == Some(lifecycle::COMMISSIONED) && kind == Kind::Taxpayer {
        taxpayers::check_ready(&resource)?;
    }
    let above = above(desk, &resource);
    let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let (state, mode) = (text(&state), text(&mode));
    lifecycle::step(&mut resource, state.as_deref(), mode.as_deref(), above, desk.settings)?;
    resource.updated_at = desk.stamp();
    if resource.state == DECOMMISSIONED && desk.settings.decommission_cascades {
        cascade(desk, &resource);
    }
    save_and_show(desk, resource)
}

/// Refuses to put anything under a resource whose life has ended.
pub(super) fn check_takes(above: &Resource, below: Kind, settings: &SignFrSettings) -> Result<(), Problem> {
    if above.state != DECOMMISSIONED {
        return Ok(());
    }
    let what = format!("is {DECOMMISSIONED} and takes no {}", below.name());
    Err(lifecycle::out_of_order(above, &what, settings))
}

/// Refuses to move a resource to where it could not have been made, or out of its country or organization.
pub(super) fn check_move(
    resource: &Resource,
    above: &Resource,
    settings: &SignFrSettings,
) -> Result<(), Problem> {
    check_takes(above, resource.kind, settings)?;
    let border = if above.country != resource.country {
        "country"
    } else if above.organization != resource.organization {
        "organization"
    } else {
        return Ok(());
    };
    let message = format!("a {} cannot move to another {border}", resource.kind.name());
    Err(Problem::unprocessable(message))
}

/// Lays changed members over the client's content.
pub(super) fn merge(resource: &mut Resource, changes: Map<String, Value>) {
    for (name, value) in changes {
        resource.content.insert(name, value);
    }
}

/// The taxpayer at the top of a resource.
fn taxpayer_of<'a>(desk: &'a Desk<'_>, resource: &'a Resource) -> &'a str {
    match resource.kind {
        Kind::Taxpayer => &resource.id,
        Kind::Location => resource.refers_to("taxpayer"),
        Kind::System => desk
            .state
            .locations
            .get(resource.refers_to("location"))
            .map_or("", |location| location.refers_to("taxpayer")),
    }
}

/// Whether a system stands at a location or belongs to a taxpayer.
pub(super) fn belongs(desk: &Desk<'_>, system: &str, taxpayer: Option<&str>, location: Option<&str>) -> bool {
    let Some(system) = desk.state.systems.get(system) else { return false };
    taxpayer.is_none_or(|id| taxpayer_of(desk, system) == id)
        && location.is_none_or(|id| system.refers_to("location") == id)
}

fn above<'a>(desk: &'a Desk<'_>, resource: &Resource) -> Option<&'a Resource> {
    match resource.kind {
        Kind::Taxpayer => None,
        Kind::Location => desk.state.taxpayers.get(resource.refers_to("taxpayer")),
        Kind::System => desk.state.locations.get(resource.refers_to("location")),
    }
}

fn cascade(desk: &mut Desk<'_>, top: &Resource) {
    let (below, key) = match top.kind {
        Kind::Taxpayer => (Kind::Location, "taxpayer"),
        Kind::Location => (Kind::System, "location"),
        Kind::System => return,
    };
    let children: Vec<Resource> = desk
        .state
        .resources(below)
        .rows()
        .iter()
        .filter(|row| row.refers_to(key) == top.id)
        .cloned()
        .collect();
    for mut child in children {
        cascade(desk, &child);
        lifecycle::decommission(&mut child);
        child.updated_at.clone_from(&top.updated_at);
        desk.save(child);
    }
}

/// The resource as an answer.
pub(super) fn show(desk: &Desk<'_>, resource: &Resource) -> Result<Value, Problem> {
    let mut content = resource.content.clone();
    let facts = json!({
        "id": resource.id, "state": resource.state, "mode": resource.mode,
        "created_at": resource.created_at, "updated_at": resource.updated_at,
    });
    let special = match resource.kind {
        Kind::Taxpayer => taxpayers::facts(resource, &mut content),
        Kind::Location => locations::facts(resource, desk.settings),
        Kind::System => systems::facts(desk, resource)?,
    };
    for facts in [facts, special] {
        if let Value::Object(facts) = facts {
            content.extend(facts);
        }
    }
    Ok(envelope(Value::Object(content), resource.metadata.as_ref()))
}
