//! From a dashboard's key to a merchant that can sign: its organization, that organization's key, FinanzOnline,
//! the signature creation unit (the guide's steps, contract sign-at 2.2, 2.3, 2.11).
//!
//! Whatever it creates carries the line's name in its metadata (`fiskal_line`). What already carries it is adopted,
//! also when the journal is lost.

use super::facts::{self, AccountFacts, MerchantFacts};
use super::run::{Flow, Run};
use super::settings::AustrianMerchantSettings;
use super::wire::{Api, Write, text};
use super::{countries, finanzonline, unit};
use crate::error::{Error, Kind, Result};
use crate::exchange::{KeptSecret, LineKind, Outcome};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

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
    let steps = [
        "make the merchant's organization and its API key, unless the key is the merchant's own",
        "tell SIGN AT the credentials for FinanzOnline",
        "make or adopt the signature creation unit",
        "initialize it, which registers it in FinanzOnline",
    ];
    if let Some(plan) = planned(run, known.is_some() && !lost, &steps) {
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
        None => organization(run, &dashboard, account, params)?,
    };
    report.note("MANAGED_ORGANIZATION", &organization, made);
    let credential = run.line(LineKind::Merchant)?.to_string();
    let key = key(run, &dashboard, &organization, &credential)?;
    let key_name = text(&key, "/name").unwrap_or_default().to_owned();
    for earlier in earlier_names(&key_name) {
        report.leave("API_KEY", &earlier);
    }
    report.note("API_KEY", text(&key, "/_id").unwrap_or_default(), true);
    Ok(Access { organization: Some(organization), credential, key_name: Some(key_name) })
}

fn organization(
    run: &Run<'_>,
    dashboard: &str,
    account: &AccountFacts,
    params: &MerchantParams,
) -> Flow<(String, bool)> {
    let line = run.operation.line.to_string();
    let content = organization_content(run, account, params)?;
    let look = |label: &str| -> Flow<Option<Value>> {
        let all = run.list(Api::Management, label, dashboard, "/organizations")?;
        let ours = |one: &&&Value| text(one, "/metadata/fiskal_line") == Some(&line);
        Ok(all.iter().find(ours).map(|one| (*one).clone()))
    };
    // One whose answer was lost is looked for by the write itself.
    if run.past.find("organization").is_none()
        && let Some(found) = look("organizations")?
    {
        return Ok((id_of(&found)?, false));
    }
    let make = |_| Write::post("/organizations".into(), content.clone());
    let made = run.write("organization", dashboard, &make, &look)?;
    Ok((id_of(&made)?, true))
}

/// The merchant as an organization; its address is the billing address (contract sign-at 2.11).
fn organization_content(run: &Run<'_>, account: &AccountFacts, params: &MerchantParams) -> Result<Value> {
    if params.name.chars().count() < 3 {
        let message =
            "the Management API takes names of at least 3 characters; give the merchant's full name";
        return Err(Error::new(Kind::Config, message).at("/name"));
    }
    let part = |name: &str| params.address.get(name).and_then(Value::as_str).filter(|part| !part.is_empty());
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
        let message = format!("no merchant of SIGN AT can have its seat in '{country}' in this version");
        Error::new(Kind::Config, message).at("/address/country")
    })?;
    let mut content = json!({
        "name": params.name,
        "address_line1": line,
        "zip": wanted("code")?,
        "town": wanted("city")?,
        "country_code": code,
        "managed_by_organization_id": account.organization,
        "metadata": run.line_marks(),
    });
    let numbers = [("vat_id", &params.settings.vat_id), ("tax_number", &params.settings.tax_number)];
    for (name, number) in numbers {
        if let (Some(number), Some(content)) = (number, content.as_object_mut()) {
            content.insert(name.into(), number.as_str().into());
        }
    }
    Ok(content)
}

/// A key of the organization. One of ours that exists already is of no use, for its secret was shown once; the next
/// one takes the next free name.
fn key(run: &Run<'_>, dashboard: &str, organization: &str, credential: &str) -> Flow<Value> {
    let path = format!("/organizations/{organization}/api-keys");
    let taken = run.list(Api::Management, "keys", dashboard, &path)?;
    let taken: Vec<&str> = taken.iter().filter_map(|key| text(key, "/name")).collect();
    let base = key_base(credential);
    let make = |number: u32| {
        let names = (1..).map(|count| key_name(&base, count));
        let name = names.filter(|name| !taken.contains(&name.as_str())).nth(number as usize - 1);
        let content = json!({"name": name, "status": "enabled", "metadata": run.line_marks()});
        let keep_secret = ["key", "secret"]
            .map(|part| KeptSecret { pointer: format!("/{part}"), name: format!("{credential}/{part}") });
        Write { keep_secret: keep_secret.to_vec(), ..Write::post(path.clone(), content) }
    };
    // One of unknown fate may exist; its secret is lost all the same.
    run.write("key", dashboard, &make, &|_| Ok(None))
}

/// Names are `^[a-z0-9\-]{3,30}$` (contract sign-at 2.11).
fn key_base(credential: &str) -> String {
    let id = Uuid::new_v3(&Uuid::NAMESPACE_OID, credential.as_bytes()).simple().to_string();
    format!("fiskal-{}", id.get(..12).unwrap_or(&id))
}

fn key_name(base: &str, number: u32) -> String {
    if number == 1 { base.to_owned() } else { format!("{base}-{number}") }
}

/// The names before this one, whose secrets are lost.
fn earlier_names(name: &str) -> Vec<String> {
    let mut parts = name.splitn(3, '-');
    let (Some(mark), Some(id), number) = (parts.next(), parts.next(), parts.next()) else {
        return Vec::new();
    };
    let number = number.and_then(|number| number.parse::<u32>().ok()).unwrap_or(1);
    (1..number).map(|earlier| key_name(&format!("{mark}-{id}"), earlier)).collect()
}

pub(super) fn id_of(resource: &Value) -> Result<String> {
    text(resource, "/_id")
        .map(str::to_owned)
        .ok_or_else(|| Error::internal("a resource of the service has no id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_keys_fit_and_tell_the_ones_before() {
        let base = key_base("graz@test/merchant/muster");
        for count in [1, 2, 99] {
            let name = key_name(&base, count);
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!((3..=30).contains(&name.len()) && name.bytes().all(fits), "{name}");
        }
        assert_eq!(earlier_names(&key_name(&base, 3)), [base.clone(), key_name(&base, 2)]);
        assert!(earlier_names(&base).is_empty());
    }
}
