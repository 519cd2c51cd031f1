//! What the service is told about organizations, subjects, taxpayers and locations (contract sign-fr 2.2 to 2.5).

use super::{as_id, devices};
use crate::error::{Error, Kind, Result};
use crate::resource::{
    Coordinates, CreateLocation, CreateMerchant, CreateOrganization, CreateSubject, OrganizationType,
    UpdateLocation, UpdateMerchant, UpdateOrganization, UpdateSubject,
};
use crate::sale::Address;
use crate::services;
use crate::services::unified::event::fits;
use crate::services::unified::provision::{self, MerchantParams};
use crate::services::unified::run::Run;
use crate::services::unified::settings::{MerchantType, Person, digits};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The longest name, and the longest name of a branch (Appendix A, PlainString128 and LocationName).
const NAME: usize = 128;
const BRANCH_NAME: usize = 32;

/// The content of a new resource.
pub(super) fn new(run: &Run<'_>, word: &str) -> Result<Value> {
    match word {
        "organization" => new_organization(run),
        "subject" => new_subject(run),
        "merchant" => new_merchant(run),
        "location" => new_location(run),
        _ => devices::new(run),
    }
}

/// What changes in the content of a resource that is `now` this.
pub(super) fn changed(run: &Run<'_>, word: &str, now: &Value) -> Result<Map<String, Value>> {
    match word {
        "organization" => {
            let asked: UpdateOrganization = asked(run)?;
            keeps_no(run, "address", asked.address.is_some())?;
            keeps_no_block(run, &asked.extra)?;
            renamed(asked.name)
        }
        "subject" => {
            let asked: UpdateSubject = asked(run)?;
            // It is shown, and nothing changes it (contract sign-fr 3.3).
            keeps_no(run, "state", asked.state.is_some())?;
            renamed(asked.name)
        }
        "merchant" => changed_merchant(run, now),
        "location" => changed_location(run),
        _ => devices::changed(run),
    }
}

/// The operation's parameters, which were read strictly before.
pub(super) fn asked<T: DeserializeOwned>(run: &Run<'_>) -> Result<T> {
    T::deserialize(&run.operation.params)
        .map_err(|cause| Error::internal(format!("what was asked for cannot be read back: {cause}")))
}

fn new_organization(run: &Run<'_>) -> Result<Value> {
    let asked: CreateOrganization = asked(run)?;
    fits("/name", &asked.name, NAME)?;
    keeps_no(run, "address", asked.address.is_some())?;
    keeps_no_block(run, &asked.extra)?;
    let organization_type = match asked.organization_type {
        OrganizationType::Group => "GROUP",
        OrganizationType::Unit => "UNIT",
    };
    Ok(json!({"type": organization_type, "name": asked.name}))
}

/// What the service has no member for, or lets nobody change.
fn keeps_no(run: &Run<'_>, member: &str, given: bool) -> Result<()> {
    if !given {
        return Ok(());
    }
    let message = format!("{} takes no {member} here; leave it out", run.service.service.to_uppercase());
    Err(Error::invalid(format!("/{member}"), message))
}

/// Of an organization the service knows nothing that others do not; blocks of others are not looked at.
fn keeps_no_block(run: &Run<'_>, extra: &Map<String, Value>) -> Result<()> {
    match block(run, extra)?.keys().next() {
        None => Ok(()),
        Some(key) => {
            keeps_no(run, &format!("extra/{}/{}", run.service.service, crate::read::escape(key)), true)
        }
    }
}

/// A subject's first name is narrower than its later ones (Appendix A, ApiKeySubjectName and SubjectName).
fn new_subject(run: &Run<'_>) -> Result<Value> {
    let asked: CreateSubject = asked(run)?;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(3..=30).contains(&asked.name.len()) || !asked.name.bytes().all(allowed) {
        return Err(Error::invalid("/name", "the name of a new API key is 3 to 30 of a-z, 0-9 and -"));
    }
    Ok(json!({"type": "API_KEY", "name": asked.name}))
}

fn renamed(name: Option<String>) -> Result<Map<String, Value>> {
    let mut changes = Map::new();
    if let Some(name) = name {
        fits("/name", &name, NAME)?;
        changes.insert("name".into(), name.into());
    }
    Ok(changes)
}

fn new_merchant(run: &Run<'_>) -> Result<Value> {
    let asked: CreateMerchant = asked(run)?;
    let service = &run.service.service;
    let block = block(run, &asked.extra)?;
    let settings = services::merchant_settings(service, &run.service.environment, &block)
        .map_err(|error| as_input(error.under(&place(run)), run))?;
    let is_individual = block.get("type").is_some_and(|given| given == "individual");
    if is_individual && asked.trade_name.is_some() {
        return Err(Error::invalid("/trade_name", NO_TRADE_NAME));
    }
    if !is_individual && block.contains_key("person") {
        let message = "a company is no person; set type to individual, or leave person out";
        return Err(Error::invalid(format!("{}/person", place(run)), message));
    }
    let params = MerchantParams {
        name: asked.name,
        trade_name: asked.trade_name,
        tax_id: asked.tax_id,
        address: json!(asked.address),
        settings,
    };
    let taxpayer = (run.service.country.taxpayer)(run, &params).map_err(|error| as_input(error, run))?;
    Ok(taxpayer.content)
}

/// Names and fiscalization are replaced as a whole, so they are laid over what the service has.
fn changed_merchant(run: &Run<'_>, now: &Value) -> Result<Map<String, Value>> {
    let asked: UpdateMerchant = asked(run)?;
    let block = block(run, &asked.extra)?;
    let taxpayer = (run.service.country.taxpayer_changes)(run, &asked, &block, now)
        .map_err(|error| as_input(error, run))?;
    let mut changes = Map::new();
    if let Some(merchant_type) = taxpayer.merchant_type {
        let individual = merchant_type == MerchantType::Individual;
        changes.insert("type".into(), if individual { "INDIVIDUAL" } else { "COMPANY" }.into());
    }
    if let Some(name) = changed_name(&asked, taxpayer.person.as_ref(), now)? {
        changes.insert("name".into(), name);
    }
    if let Some(address) = &asked.address {
        changes.insert("address".into(), input_address(address, run)?);
    }
    if let Some(fiscalization) = taxpayer.fiscalization {
        changes.insert("fiscalization".into(), fiscalization);
    }
    Ok(changes)
}

/// A natural person's name has no place for one (Appendix A, IndividualName).
const NO_TRADE_NAME: &str = "a natural person has no trade name at the service; leave it out";

fn changed_name(asked: &UpdateMerchant, person: Option<&Person>, now: &Value) -> Result<Option<Value>> {
    let mut name = now.pointer("/content/name").and_then(Value::as_object).cloned().unwrap_or_default();
    let before = name.clone();
    for (member, pointer, given) in
        [("legal", "/name", &asked.name), ("trade", "/trade_name", &asked.trade_name)]
    {
        if let Some(given) = given {
            fits(pointer, given, NAME)?;
            name.insert(member.into(), given.as_str().into());
        }
    }
    if asked.trade_name.is_some() && (person.is_some() || name.contains_key("person")) {
        return Err(Error::invalid("/trade_name", NO_TRADE_NAME));
    }
    if let Some(person) = person {
        name.insert("person".into(), json!(person));
        name.remove("trade");
    }
    Ok((name != before).then_some(Value::Object(name)))
}

fn new_location(run: &Run<'_>) -> Result<Value> {
    let asked: CreateLocation = asked(run)?;
    fits("/name", &asked.name, BRANCH_NAME)?;
    let mut content = Map::new();
    content.insert("type".into(), "BRANCH".into());
    content.insert("taxpayer".into(), json!({"id": as_id("/merchant", &asked.merchant)?}));
    content.insert("name".into(), asked.name.into());
    content.insert("address".into(), input_address(&asked.address, run)?);
    content.extend(place_on_earth(asked.coordinates)?);
    content.extend(establishment(run, &asked.extra)?);
    Ok(content.into())
}

fn changed_location(run: &Run<'_>) -> Result<Map<String, Value>> {
    let asked: UpdateLocation = asked(run)?;
    let mut changes = renamed(None)?;
    if let Some(merchant) = &asked.merchant {
        changes.insert("taxpayer".into(), json!({"id": as_id("/merchant", merchant)?}));
    }
    if let Some(name) = asked.name {
        fits("/name", &name, BRANCH_NAME)?;
        changes.insert("name".into(), name.into());
    }
    if let Some(address) = &asked.address {
        changes.insert("address".into(), input_address(address, run)?);
    }
    changes.extend(place_on_earth(asked.coordinates)?);
    changes.extend(establishment(run, &asked.extra)?);
    Ok(changes)
}

/// Degrees as the service reads them (Appendix A, Latitude and Longitude).
fn place_on_earth(coordinates: Option<Coordinates>) -> Result<Map<String, Value>> {
    let mut members = Map::new();
    let Some(point) = coordinates else { return Ok(members) };
    for (name, text, most) in [("latitude", &point.latitude, 2), ("longitude", &point.longitude, 3)] {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, places) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let all_digits = |part: &str, most: usize| (1..=most).any(|count| digits(part, count));
        if !all_digits(whole, most) || !all_digits(places, 6) {
            let message =
                format!("write it in degrees, up to {most} digits and six places, such as 48.856613");
            return Err(Error::invalid(format!("/coordinates/{name}"), message));
        }
    }
    members.insert("coordinates".into(), json!(point));
    Ok(members)
}

/// The SIRET, which the service calls a label (contract sign-fr 2.5).
fn establishment(run: &Run<'_>, extra: &Map<String, Value>) -> Result<Map<String, Value>> {
    let settings = services::location_settings(&run.service.service, &block(run, extra)?)
        .map_err(|error| as_input(error.under(&place(run)), run))?;
    let siret = settings.get("siret").and_then(Value::as_str);
    Ok(siret.map(|siret| ("label".to_owned(), siret.into())).into_iter().collect())
}

fn input_address(address: &Address, run: &Run<'_>) -> Result<Value> {
    provision::address(&json!(address)).map_err(|error| as_input(error, run))
}

/// The block of this service in `extra`; blocks of others are theirs.
fn block(run: &Run<'_>, extra: &Map<String, Value>) -> Result<Map<String, Value>> {
    match extra.get(&run.service.service) {
        None => Ok(Map::new()),
        Some(Value::Object(block)) => Ok(block.clone()),
        Some(_) => Err(Error::invalid(place(run), "this is an object with what only this service knows")),
    }
}

fn place(run: &Run<'_>) -> String {
    format!("/extra/{}", run.service.service)
}

/// What would be wrong in a configuration is wrong in a caller's parameters.
fn as_input(error: Error, run: &Run<'_>) -> Error {
    if error.kind() != Kind::Config {
        return error;
    }
    let pointer = error.pointer().unwrap_or_default().replacen("/settings", &place(run), 1);
    Error::invalid(pointer, error.message())
}
