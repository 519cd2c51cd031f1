//! Taxpayers (contract sign-fr 2.4).

use serde_json::{Map, Value, json};

use super::country::Country;
use super::desk::Desk;
use super::errors::Problem;
use super::lifecycle::{self, OPERATIVE};
use super::resources;
use super::state::{Kind, Resource};
use super::version::Version;
use crate::http::Reply;
use crate::schema::Contract;

/// What a kept PIN or password reads like in an answer: eight characters.
const MASK: &str = "********";

/// Makes a taxpayer, and its head office, which shares its id.
pub(super) fn create(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    let organization = &desk.caller.organization;
    if desk.state.organizations.get(organization).is_none_or(|row| row.kind != "UNIT") {
        return Err(Problem::not_allowed(format!(
            "taxpayer operation invalid: cannot create new legal taxpayer for non-unit organization '{organization}'"
        )));
    }
    let country = country(desk.content("fiscalization"), desk.content("address"))?;
    let mut taxpayer = resources::new(desk, Kind::Taxpayer, country);
    taxpayer.credentials_at = Some(desk.now);
    let head_office = head_office(&taxpayer);
    desk.save(head_office);
    resources::save_and_show(desk, taxpayer)
}

/// The fiscalization decides; a taxpayer without one belongs where it lives.
fn country(fiscalization: Option<&Value>, address: Option<&Value>) -> Result<Country, Problem> {
    let named = fiscalization
        .and_then(|value| value.get("type"))
        .or_else(|| address.and_then(|value| value.get("country")));
    let code = named.and_then(Value::as_str).unwrap_or_default();
    Country::of(code)
        .ok_or_else(|| Problem::not_implemented(format!("taxpayers in '{code}' are not served here")))
}

fn head_office(taxpayer: &Resource) -> Resource {
    let mut content = Map::new();
    content.insert("type".to_owned(), "HEAD_OFFICE".into());
    content.insert("taxpayer".to_owned(), json!({ "id": taxpayer.id }));
    for name in ["name", "address"] {
        content.insert(name.to_owned(), taxpayer.content.get(name).cloned().unwrap_or_default());
    }
    Resource { kind: Kind::Location, content, metadata: None, ..taxpayer.clone() }
}

/// Changes a taxpayer; what comes out must be a taxpayer that could be created. The guide has other credentials, and
/// its own schema for what may change.
pub(super) fn change(
    desk: &mut Desk<'_>,
    taxpayer: &mut Resource,
    changes: Map<String, Value>,
) -> Result<(), Problem> {
    let must_fit = desk.request.version == Version::Reference && !changes.is_empty();
    let tells_credentials = changes.contains_key("fiscalization");
    if tells_credentials
        && taxpayer.country == Country::Italy
        && taxpayer.mode == OPERATIVE
        && desk.italy.change_suspended
    {
        let what = "is OPERATIVE; its fiscalization changes while it is SUSPENDED";
        return Err(lifecycle::out_of_order(taxpayer, what, desk.settings));
    }
    if tells_credentials {
        taxpayer.credentials_at = Some(desk.now);
    }
    let seat_changed = changes.contains_key("name") || changes.contains_key("address");
    resources::merge(taxpayer, changes);
    let content = Value::Object(taxpayer.content.clone());
    if must_fit {
        Contract::sign_fr().check("TaxpayerCreateContent", &content).map_err(|violation| {
            Problem::bad_request(format!(
                "the taxpayer would be wrong at {} {}",
                violation.pointer, violation.message
            ))
        })?;
    }
    let changed = country(content.get("fiscalization"), content.get("address"))?;
    if changed != taxpayer.country && content.get("fiscalization").is_some() {
        return Err(Problem::unprocessable("a taxpayer cannot move to another country"));
    }
    if let Some(mut office) = desk.state.locations.get(&taxpayer.id).filter(|_| seat_changed).cloned() {
        office.content = head_office(taxpayer).content;
        office.updated_at = desk.stamp();
        desk.save(office);
    }
    Ok(())
}

/// A taxpayer is fiscalized from its commissioning on, so it must say how.
pub(super) fn check_ready(taxpayer: &Resource) -> Result<(), Problem> {
    if taxpayer.content.contains_key("fiscalization") {
        return Ok(());
    }
    Err(Problem::unprocessable(format!(
        "taxpayer '{}' has no fiscalization and cannot be commissioned",
        taxpayer.id
    )))
}

/// What the server knows about a taxpayer beside what the client said; masks what must not be read back.
pub(super) fn facts(taxpayer: &Resource, content: &mut Map<String, Value>) -> Value {
    let vat_number =
        content.get("fiscalization").and_then(|fiscalization| vat_number(taxpayer.country, fiscalization));
    if let Some(Value::Object(credentials)) =
        content.get_mut("fiscalization").and_then(|value| value.get_mut("credentials"))
    {
        for name in ["pin", "password"] {
            if let Some(secret) = credentials.get_mut(name) {
                *secret = MASK.into();
            }
        }
    }
    let mut facts = json!({
        "country": taxpayer.country.english_name(),
        "locations": [
            { "type": "HEAD_OFFICE", "description": "Head office" },
            { "type": "BRANCH", "description": "Branch" },
        ],
    });
    if let (Some(number), Some(facts)) = (vat_number, facts.as_object_mut()) {
        facts.insert("vat_number".to_owned(), number.into());
    }
    facts
}

/// Italy: the number given. France: the intra-community number given, else made from the SIREN, whose check key is
/// (12 + 3 × (SIREN mod 97)) mod 97.
fn vat_number(country: Country, fiscalization: &Value) -> Option<String> {
    let text = |path: &str| fiscalization.pointer(path).and_then(Value::as_str);
    match country {
        Country::Italy => text("/vat_id_number").map(|number| format!("IT{number}")),
        Country::France => {
            let given = text("/credentials/properties/intra_community_vat_number");
            let fits =
                |number: &&str| Contract::sign_fr().check("TaxpayerVatNumber", &Value::from(*number)).is_ok();
            given.filter(fits).map(str::to_owned).or_else(|| {
                let siren = text("/tax_id_number")?;
                let key = (12 + 3 * (siren.parse::<u64>().ok()? % 97)) % 97;
                Some(format!("FR{key:02}{siren}"))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SIREN and VAT number of the French post office's public imprint.
    #[test]
    fn a_french_vat_number_is_made_from_the_siren() {
        let fiscalization = json!({ "type": "FR", "tax_id_number": "356000000" });
        assert_eq!(vat_number(Country::France, &fiscalization).as_deref(), Some("FR39356000000"));
    }
}
