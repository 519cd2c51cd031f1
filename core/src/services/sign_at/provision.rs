//! From a dashboard's key to a merchant that can sign: its organization, that organization's key, FinanzOnline,
//! the signature creation unit (the guide's steps, contract sign-at 2.2, 2.3, 2.11).
//!
//! Whatever it creates carries the line's name in its metadata (`fiskal_line`). What already carries it is adopted,
//! also when the journal is lost.

use super::facts::{self, AccountFacts, MerchantFacts};
use super::run::{Flow, Run};
use super::settings::AustrianMerchantSettings;
use super::wire::{Api, Write, text};
use super::{countries, finanzonline, key, unit};
use crate::error::{Error, Kind, Result};
use crate::exchange::{LineKind, Outcome};
use crate::text::quoted;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Where organizations are.
pub(super) const PATH: &str = "/organizations";
/// What is done for a merchant that may not sign in yet.
const ACCESS_STEPS: [&str; 2] = [
    "make the merchant's organization and its API key, unless the key is the merchant's own",
    "tell SIGN AT the credentials for FinanzOnline",
];
/// What is done for a merchant without a unit.
const UNIT_STEPS: [&str; 2] =
    ["make or adopt the signature creation unit", "initialize it, which registers it in FinanzOnline"];

/// What a provisioning made, found and left behind.
#[derive(Default)]
pub(super) struct Report {
    created: Vec<Value>,
    adopted: Vec<Value>,
    orphans: Vec<Value>,
}

impl Report {
    pub(super) fn into_outcome(self, learned: Value) -> Outcome {
        let result = json!({"created": self.created, "adopted": self.adopted, "orphans": self.orphans});
        Outcome { result, learned: Some(learned), ..Outcome::default() }
    }

    pub(super) fn note(&mut self, what: &str, id: &str, made: bool) {
        let entry = json!({"type": what, "id": id});
        if made { self.created.push(entry) } else { self.adopted.push(entry) }
    }

    fn leave(&mut self, what: &str, name: &str) {
        self.orphans.push(json!({"type": what, "name": name}));
    }
}

/// What would be done, when only that was asked for.
pub(super) fn planned(run: &Run<'_>, known: bool, steps: &[&str]) -> Option<Outcome> {
    if run.param("plan") != &Value::Bool(true) {
        return None;
    }
    let steps = if known { &[] } else { steps };
    let result = json!({"plan": steps, "created": [], "adopted": [], "orphans": []});
    Some(Outcome { result, ..Outcome::default() })
}

/// What the configuration says of a merchant.
#[derive(Deserialize)]
pub(super) struct MerchantParams {
    pub(super) name: String,
    address: Value,
    pub(super) settings: AustrianMerchantSettings,
}

/// Makes or adopts what a merchant needs to sign. Asked again, it looks whether everything is still there.
pub(super) fn merchant(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::merchant(run.facts).ok();
    // The caller knows when the secret store has lost the key's secret; this service never sees it.
    let lost = run.param("credential_lost") == &Value::Bool(true);
    let is_known = known.is_some() && !lost;
    let steps: Vec<&str> = ACCESS_STEPS.iter().filter(|_| !is_known).chain(&UNIT_STEPS).copied().collect();
    if let Some(plan) = planned(run, is_known && !facts::has_ended_unit(run.facts), &steps) {
        return Ok(plan);
    }
    let params: MerchantParams = run.params()?;
    let account = facts::account(run.facts)?;
    let mut report = Report::default();
    let access = match known.as_ref().filter(|_| !lost) {
        Some(known) => Access::known(known, &mut report),
        None if account.own => Access {
            organization: account.organization.clone(),
            credential: run.account_credential()?,
            key_name: None,
            key: None,
        },
        None => managed(run, &account, known.as_ref(), &params, &mut report)?,
    };
    finanzonline::authenticate(run, &access.credential, &params.settings, known.as_ref())?;
    let legal_entity = params.settings.legal_entity();
    let owner = access.organization.clone().unwrap_or_else(|| access.credential.clone());
    let (unit, made) = unit::unit(run, &access.credential, &owner, &params)?;
    report.note("SIGNATURE_CREATION_UNIT", &unit, made);
    let AustrianMerchantSettings { fon_participant_id, fon_user_id, .. } = params.settings;
    Ok(report.into_outcome(json!(MerchantFacts {
        organization: access.organization,
        credential: access.credential,
        key_name: access.key_name,
        key: access.key,
        legal_entity,
        fon_participant_id: fon_participant_id.unwrap_or_default(),
        fon_user_id: fon_user_id.unwrap_or_default(),
        unit,
    })))
}

/// The organization that signs, and the credential for it.
struct Access {
    organization: Option<String>,
    credential: String,
    key_name: Option<String>,
    key: Option<String>,
}

impl Access {
    fn known(known: &MerchantFacts, report: &mut Report) -> Self {
        if let Some(organization) = known.organization.as_deref().filter(|_| known.key_name.is_some()) {
            report.note("MANAGED_ORGANIZATION", organization, false);
        }
        Access {
            organization: known.organization.clone(),
            credential: known.credential.clone(),
            key_name: known.key_name.clone(),
            key: known.key.clone(),
        }
    }
}

/// Makes or adopts the merchant's managed organization, and makes a key for it.
fn managed(
    run: &Run<'_>,
    account: &AccountFacts,
    known: Option<&MerchantFacts>,
    params: &MerchantParams,
    report: &mut Report,
) -> Flow<Access> {
    let dashboard = run.account_credential()?;
    let known = known.and_then(|known| known.organization.clone());
    let (organization, made) = match known {
        Some(known) => (known, false),
        None => organization(run, &dashboard, account, params, report)?,
    };
    report.note("MANAGED_ORGANIZATION", &organization, made);
    let credential = run.line(LineKind::Merchant)?.to_string();
    let made = key::make(run, &dashboard, &organization, &credential)?;
    let key_name = text(&made, "/name").unwrap_or_default().to_owned();
    for earlier in key::earlier_names(&key_name) {
        report.leave("API_KEY", &earlier);
    }
    let key = id_of(&made)?;
    report.note("API_KEY", &key, true);
    Ok(Access { organization: Some(organization), credential, key_name: Some(key_name), key: Some(key) })
}

/// The merchant's organization: the one that carries the line's name, or a new one, and whether it was made here.
///
/// The service makes the ids, so two that provision at once may both make one. The first in the service's list serves
/// for both, and the other is left behind.
fn organization(
    run: &Run<'_>,
    dashboard: &str,
    account: &AccountFacts,
    params: &MerchantParams,
    report: &mut Report,
) -> Flow<(String, bool)> {
    let line = run.operation.line.to_string();
    let content = organization_content(run, account, params)?;
    let look = |label: &str| -> Flow<Option<Value>> {
        let all = run.list(Api::Management, label, dashboard, PATH)?;
        let ours = |one: &&&Value| text(one, "/metadata/fiskal_line") == Some(&line);
        Ok(all.iter().find(ours).map(|one| (*one).clone()))
    };
    // One whose answer was lost is looked for by the write itself.
    if run.past.find("organization").is_none()
        && let Some(found) = look("organizations")?
    {
        return Ok((id_of(&found)?, false));
    }
    let make = |_| Write::post(PATH.into(), content.clone());
    let made = id_of(&run.write("organization", dashboard, &make, &look)?)?;
    let first = look("organizations.again")?.map(|first| id_of(&first)).transpose()?;
    match first.filter(|first| *first != made) {
        Some(first) => {
            report.leave("MANAGED_ORGANIZATION", &made);
            Ok((first, false))
        }
        None => Ok((made, true)),
    }
}

/// The merchant as an organization; its address is the billing address (contract sign-at 2.11).
fn organization_content(run: &Run<'_>, account: &AccountFacts, params: &MerchantParams) -> Result<Value> {
    if params.name.chars().count() < 3 {
        let message =
            "the Management API takes names of at least 3 characters; give the merchant's full name";
        return Err(Error::new(Kind::Config, message).at("/name"));
    }
    let mut content = billing_address(&params.address)?;
    content.insert("name".into(), params.name.as_str().into());
    content.insert("managed_by_organization_id".into(), json!(account.organization));
    content.insert("metadata".into(), run.line_marks().into());
    let numbers = [("vat_id", &params.settings.vat_id), ("tax_number", &params.settings.tax_number)];
    for (name, number) in numbers {
        if let Some(number) = number {
            content.insert(name.into(), number.as_str().into());
        }
    }
    Ok(content.into())
}

/// An address in the members of an organization.
///
/// # Errors
/// `config`, with a pointer to the part that is missing, or to the country that has no code here.
pub(super) fn billing_address(address: &Value) -> Result<Map<String, Value>> {
    let part = |name: &str| address.get(name).and_then(Value::as_str).filter(|part| !part.is_empty());
    let wanted = |name: &str| {
        part(name).ok_or_else(|| {
            let message = format!("the address has no {name}; add it");
            Error::new(Kind::Config, message).at(format!("/address/{name}"))
        })
    };
    let street = wanted("street")?;
    let line = part("number").map_or_else(|| street.to_owned(), |number| format!("{street} {number}"));
    let country = wanted("country")?;
    let code = countries::alpha_3(country).ok_or_else(|| {
        let message =
            format!("no merchant of SIGN AT can have its seat in {} in this version", quoted(country));
        Error::new(Kind::Config, message).at("/address/country")
    })?;
    let members = [
        ("address_line1", line.as_str()),
        ("zip", wanted("code")?),
        ("town", wanted("city")?),
        ("country_code", code),
    ];
    Ok(members.map(|(name, text)| (name.to_owned(), text.into())).into_iter().collect())
}

pub(super) fn id_of(resource: &Value) -> Result<String> {
    text(resource, "/_id")
        .map(str::to_owned)
        .ok_or_else(|| Error::internal("a resource of the service has no id"))
}
