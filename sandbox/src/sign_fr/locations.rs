//! Locations: branches, and the head office that every taxpayer has (contract sign-fr 2.5).

use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::errors::Problem;
use super::lifecycle;
use super::resources;
use super::state::{Kind, Resource};
use crate::http::Reply;
use crate::settings::SignFrSettings;

/// The longest name of a location (contract sign-fr, `LocationName`).
const LONGEST_NAME: usize = 32;

/// The id that a reference holds.
pub(super) fn reference(value: Option<&Value>) -> String {
    let id = value.and_then(|value| value.get("id")).and_then(Value::as_str).unwrap_or_default();
    id.to_owned()
}

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    let id = match desk.content("taxpayer") {
        Some(taxpayer) => reference(Some(taxpayer)),
        None => only_taxpayer(desk)?,
    };
    let taxpayer = desk.refer(Kind::Taxpayer, &id)?;
    resources::check_takes(taxpayer, Kind::Location, desk.settings)?;
    let organization = taxpayer.organization.clone();
    let name = taxpayer.content.get("name").and_then(|name| name.get("legal")).and_then(Value::as_str);
    let name: String = name.unwrap_or_default().chars().take(LONGEST_NAME).collect();
    let mut location = resources::new(desk, Kind::Location, taxpayer.country);
    location.organization = organization;
    location.content.entry("name").or_insert_with(|| name.into());
    location.content.insert("taxpayer".to_owned(), json!({ "id": id }));
    resources::save_and_show(desk, location)
}

/// The taxpayer of the caller's organization: the guide's locations name none (contract sign-fr 1.6), and a UNIT is
/// made for each taxpayer.
fn only_taxpayer(desk: &Desk<'_>) -> Result<String, Problem> {
    let own = |row: &&Resource| row.organization == desk.caller.organization;
    let mut taxpayers = desk.state.taxpayers.rows().iter().filter(own);
    match (taxpayers.next(), taxpayers.next()) {
        (Some(taxpayer), None) => Ok(taxpayer.id.clone()),
        (None, _) => {
            Err(Problem::unprocessable("the organization has no taxpayer that the location could belong to"))
        }
        (Some(_), Some(_)) => {
            Err(Problem::unprocessable("the organization has several taxpayers; name one in taxpayer.id"))
        }
    }
}

/// A head office is named and seated like its taxpayer; a branch may move to another taxpayer before its life begins.
pub(super) fn change(
    desk: &mut Desk<'_>,
    location: &mut Resource,
    mut changes: Map<String, Value>,
) -> Result<(), Problem> {
    let is_head_office = location.content.get("type").is_some_and(|kind| kind == "HEAD_OFFICE");
    if is_head_office && ["name", "address", "taxpayer"].iter().any(|name| changes.contains_key(*name)) {
        return Err(Problem::not_allowed(
            "location operation invalid: a head office changes with its taxpayer",
        ));
    }
    if changes.contains_key("taxpayer") {
        let id = reference(changes.get("taxpayer"));
        let taxpayer = desk.refer(Kind::Taxpayer, &id)?;
        if location.refers_to("taxpayer") != id {
            if location.state != lifecycle::ACQUIRED {
                let what = "was commissioned and cannot change its taxpayer";
                return Err(lifecycle::out_of_order(location, what, desk.settings));
            }
            resources::check_move(location, taxpayer, desk.settings)?;
        }
        changes.insert("taxpayer".to_owned(), json!({ "id": id }));
    }
    resources::merge(location, changes);
    Ok(())
}

/// What the server knows about a location: the systems that it takes.
pub(super) fn facts(location: &Resource, settings: &SignFrSettings) -> Value {
    let kinds = location.country.systems(settings).iter();
    json!({ "systems": kinds.map(|(kind, words)| json!({ "type": kind, "description": words })).collect::<Vec<_>>() })
}
