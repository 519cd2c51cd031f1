//! The signature creation unit: one for each managed organization (contract sign-at 2.3 and 3.1).

use super::provision::{MerchantParams, id_of};
use super::run::{Flow, Run, Stop};
use super::wire::{self, Api, Write, text};
use crate::error::{Error, Kind, Result};
use serde_json::{Map, Value, json};
use std::time::Duration;

pub(super) const PATH: &str = "/signature-creation-unit";
/// How long a unit that gets its certificate is left alone before it is looked at again.
const PENDING: Duration = Duration::from_millis(500);
/// The organization has an active unit already (contract sign-at 3.1).
const LIMIT: &str = "E_SCU_LIMIT_REACHED";

/// The initialized unit of the organization: the one that is there, or a new one; and whether it was made here.
///
/// Whoever provisions the same organization, twice or at once, gives a new unit the same id.
pub(super) fn unit(
    run: &Run<'_>,
    credential: &str,
    owner: &str,
    params: &MerchantParams,
) -> Flow<(String, bool)> {
    let legal_entity = params.settings.legal_entity();
    let units = run.list(Api::Signing, "units", credential, PATH)?;
    if let Some(active) = units.iter().find(|unit| is_active(unit)) {
        return adopted(active, &legal_entity);
    }
    // One of another taxpayer never signed: it was made when the merchant had another number in the configuration.
    let (usable, others): (Vec<&Value>, Vec<&Value>) =
        units.into_iter().partition(|unit| is_new(unit) && same_taxpayer(unit, &legal_entity).is_ok());
    let (found, made) = match usable.first() {
        Some(found) if run.past.find("unit").is_none() => ((*found).clone(), false),
        _ => match made(run, credential, owner, params, others.len()) {
            Err(Stop::Refused(error)) if wire::code_of(&error) == Some(LIMIT) => {
                return another(run, credential, &legal_entity, error);
            }
            made => (made?, true),
        },
    };
    same_taxpayer(&found, &legal_entity)?;
    let path = format!("{PATH}/{}", id_of(&found)?);
    let found = certified(run, credential, &path, found)?;
    match initialized(run, credential, &path, found) {
        Err(Stop::Refused(error)) if wire::code_of(&error) == Some(LIMIT) => {
            another(run, credential, &legal_entity, error)
        }
        initialized => Ok((id_of(&initialized?)?, made)),
    }
}

fn made(run: &Run<'_>, credential: &str, owner: &str, params: &MerchantParams, others: usize) -> Flow<Value> {
    let id = match run.past.find("unit") {
        Some(exchange) => exchange.request.path.rsplit('/').next().unwrap_or_default().to_owned(),
        None => wire::named_id(&format!("{owner}{PATH}/{others}")),
    };
    let path = format!("{PATH}/{id}");
    let body = json!({
        "legal_entity_id": params.settings.legal_entity(),
        "legal_entity_name": params.name,
        "metadata": run.line_marks(),
    });
    let look = |label: &str| -> Flow<Option<Value>> {
        Ok(run.read(Api::Signing, label, credential, &path)?.map(|answer| answer.body.clone()))
    };
    match run.write("unit", credential, &|_| Write::put(path.clone(), body.clone()), &look) {
        // Somebody else provisions the same organization and is further already.
        Err(Stop::Refused(error)) if wire::code_of(&error) == Some("E_SCU_ALREADY_EXISTS") => {
            look("unit.there")?.ok_or(Stop::Refused(error))
        }
        made => made,
    }
}

/// The unit once it has its certificate.
fn certified(run: &Run<'_>, credential: &str, path: &str, unit: Value) -> Flow<Value> {
    if state(&unit) != "PENDING" {
        return Ok(unit);
    }
    let label = "unit.pending";
    let gone = || Error::internal("SIGN AT no longer knows a unit that it has just made");
    let answer = run.read(Api::Signing, label, credential, path)?.ok_or_else(gone)?;
    if state(&answer.body) == "PENDING" {
        return Err(Stop::to_repeat(label, PENDING));
    }
    Ok(answer.body.clone())
}

fn initialized(run: &Run<'_>, credential: &str, path: &str, unit: Value) -> Flow<Value> {
    if is_active(&&unit) {
        return Ok(unit);
    }
    let look = |label: &str| -> Flow<Option<Value>> {
        let found = run.read(Api::Signing, label, credential, path)?;
        Ok(found.map(|answer| answer.body.clone()).filter(|unit| is_active(&unit)))
    };
    let make = |_| Write::patch(path.to_owned(), json!({"state": "INITIALIZED"}));
    run.write("unit.initialize", credential, &make, &look)
}

/// The unit that another provisioning has initialized meanwhile; its refusal of ours came with `error`.
fn another(
    run: &Run<'_>,
    credential: &str,
    legal_entity: &Map<String, Value>,
    error: Error,
) -> Flow<(String, bool)> {
    let units = run.list(Api::Signing, "units.again", credential, PATH)?;
    match units.iter().find(|unit| is_active(unit)) {
        Some(active) => adopted(active, legal_entity),
        None => Err(Stop::Refused(error)),
    }
}

fn adopted(unit: &Value, legal_entity: &Map<String, Value>) -> Flow<(String, bool)> {
    same_taxpayer(unit, legal_entity)?;
    Ok((id_of(unit)?, false))
}

/// A unit signs for one taxpayer: another's would put receipts under the wrong name.
fn same_taxpayer(unit: &Value, legal_entity: &Map<String, Value>) -> Result<()> {
    let there = unit.get("legal_entity_id").and_then(Value::as_object);
    if there.is_none_or(|there| same_number(there, legal_entity)) {
        return Ok(());
    }
    let message = format!(
        "the organization's signature creation unit belongs to {}, and the merchant is {}; give the merchant an organization and key of its own",
        json!(there),
        json!(legal_entity)
    );
    Err(Error::new(Kind::Config, message).at("/settings"))
}

/// A tax number may be written with a blank, a hyphen or a stroke, or without (contract sign-at 2.3).
fn same_number(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let bare = |value: &Value| -> Option<String> {
        Some(value.as_str()?.chars().filter(char::is_ascii_alphanumeric).collect())
    };
    let bare = |entity: &Map<String, Value>| -> Vec<(String, Option<String>)> {
        entity.iter().map(|(name, value)| (name.clone(), bare(value))).collect()
    };
    bare(one) == bare(other)
}

pub(super) fn state(unit: &Value) -> &str {
    text(unit, "/state").unwrap_or_default()
}

pub(super) fn is_active(unit: &&Value) -> bool {
    matches!(state(unit), "INITIALIZED" | "OUTAGE")
}

fn is_new(unit: &&Value) -> bool {
    matches!(state(unit), "PENDING" | "CREATED")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taxpayer_is_the_same_however_the_number_is_written() {
        let entity = |name: &str, number: &str| Map::from_iter([(name.to_owned(), json!(number))]);
        let ours = entity("tax_id", "12 345/6789");
        assert!(same_number(&entity("tax_id", "123456789"), &ours));
        assert!(same_number(&entity("tax_id", "12-345/6789"), &ours));
        assert!(!same_number(&entity("tax_id", "12 345/6780"), &ours));
        assert!(!same_number(&entity("gln", "123456789"), &ours));
        assert!(!same_number(&Map::from_iter([("tax_id".to_owned(), json!(123_456_789))]), &ours));
    }
}
