//! A French taxpayer (contract sign-fr 2.4).

use super::provision::{MerchantParams, Taxpayer, taxpayer as content};
use super::run::Run;
use super::secrets;
use super::settings::{
    Certification, DUMMY_PORTAL, MerchantSettings, TaxpayerChanges, digits, merchant_changes, of_params,
};
use super::wire::text;
use crate::error::{Error, Kind, Result};
use crate::resource::UpdateMerchant;
use crate::text::quoted;
use serde_json::{Map, Value, json};

/// The taxpayer, with what of its certification goes on paper.
pub(super) fn taxpayer(run: &Run<'_>, params: &MerchantParams) -> Result<Taxpayer> {
    let settings: MerchantSettings = of_params(&params.settings)?;
    if !digits(&params.tax_id, 9) {
        let message = format!("{} is not a SIREN; give its 9 digits", quoted(&params.tax_id));
        return Err(Error::new(Kind::Config, message).at("/tax_id"));
    }
    let credentials = match run.service.contract.portal_access(run, &settings)? {
        Some(portal) => portal,
        None => certificate(&settings),
    };
    let mut fiscalization = json!({"type": "FR", "tax_id_number": params.tax_id, "credentials": credentials});
    if let (Some(date), Some(fields)) = (&settings.fiscal_year_date, fiscalization.as_object_mut()) {
        fields.insert("fiscal_year_date".into(), date.as_str().into());
    }
    Ok(Taxpayer {
        content: content(params, settings.merchant_type, settings.person.as_ref(), fiscalization)?,
        certification: Some(json!({"body": settings.certification, "code": settings.certificate_code})),
        naf_ape_code: settings.naf_ape_code,
        password_changed_on: None,
    })
}

/// The software's certificate, with what the service knows of the company beside it.
fn certificate(settings: &MerchantSettings) -> Value {
    let certification = settings.certification.unwrap_or(Certification::Infocert);
    let mut credentials = Map::new();
    credentials
        .insert("type".into(), json!(certification).as_str().unwrap_or_default().to_uppercase().into());
    // In this contract LNE has no place for the code; it goes on paper only.
    if let (Certification::Infocert, Some(code)) = (certification, &settings.certificate_code) {
        credentials.insert("certificate_code".into(), code.as_str().into());
    }
    credentials.insert("properties".into(), json!(settings.properties()));
    Value::Object(credentials)
}

/// What a call changes beside names and address; what it leaves out stays as it is.
pub(super) fn taxpayer_changes(
    run: &Run<'_>,
    asked: &UpdateMerchant,
    block: &Map<String, Value>,
    now: &Value,
) -> Result<TaxpayerChanges> {
    let settings = merchant_changes(block).map_err(|error| error.under("/extra/sign-fr"))?;
    let before = now.pointer("/content/fiscalization").cloned().unwrap_or_else(|| json!({"type": "FR"}));
    let mut fiscalization = before.clone();
    if let Some(tax_id) = &asked.tax_id {
        if !digits(tax_id, 9) {
            return Err(Error::invalid("/tax_id", "this is not a SIREN; give its 9 digits"));
        }
        fiscalization["tax_id_number"] = tax_id.as_str().into();
    }
    if let Some(date) = &settings.fiscal_year_date {
        fiscalization["fiscal_year_date"] = date.as_str().into();
    }
    let credentials = if run.service.contract.has_portal() {
        changed_portal(run, &settings, block, fiscalization != before, &before)?
    } else {
        changed_certificate(&settings, &before)?
    };
    if let Some(credentials) = credentials {
        fiscalization["credentials"] = credentials;
    }
    Ok(TaxpayerChanges {
        merchant_type: block.contains_key("type").then_some(settings.merchant_type),
        person: settings.person,
        fiscalization: (fiscalization != before).then_some(fiscalization),
    })
}

/// The certificate and the properties laid over what the service has, which takes them as a whole; `None` where
/// neither is said.
fn changed_certificate(settings: &MerchantSettings, before: &Value) -> Result<Option<Value>> {
    for (key, given) in
        [("portal_username", &settings.portal_username), ("portal_password", &settings.portal_password)]
    {
        if given.is_some() {
            let message = "only the contract 2026-05-04 has access to the tax portal; leave it out";
            return Err(Error::invalid(format!("/extra/sign-fr/{key}"), message));
        }
    }
    let said = settings.properties();
    if settings.certification.is_none() && settings.certificate_code.is_none() && said.is_empty() {
        return Ok(None);
    }
    let mut credentials = before.get("credentials").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(certification) = settings.certification {
        let word = json!(certification).as_str().unwrap_or_default().to_uppercase();
        credentials.insert("type".into(), word.into());
    }
    if let Some(code) = &settings.certificate_code {
        credentials.insert("certificate_code".into(), code.as_str().into());
    }
    // In this contract LNE has no place for the code.
    if credentials.get("type").is_some_and(|word| word == "LNE") {
        credentials.remove("certificate_code");
    }
    let mut properties =
        credentials.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    properties.extend(said.into_iter().map(|(key, value)| (key, value.into())));
    credentials.insert("properties".into(), properties.into());
    Ok(Some(Value::Object(credentials)))
}

/// Settings that the guide's taxpayer has a place for.
const IN_GUIDE: [&str; 5] = ["type", "person", "fiscal_year_date", "portal_username", "portal_password"];

/// The access to the tax portal. The service takes it with the rest as a whole, and does not show the password
/// (contract sign-fr 1.6), so that the call has to refer to it again.
fn changed_portal(
    run: &Run<'_>,
    settings: &MerchantSettings,
    block: &Map<String, Value>,
    changes_more: bool,
    before: &Value,
) -> Result<Option<Value>> {
    if let Some(key) = block.keys().find(|key| !IN_GUIDE.contains(&key.as_str())) {
        let message = "the contract 2026-05-04 has no place for it; leave it out";
        return Err(Error::invalid(format!("/extra/sign-fr/{}", crate::read::escape(key)), message));
    }
    match secrets::given(run, "portal_password") {
        Some(password) => {
            let known = text(before, "/credentials/username");
            let username = settings.portal_username.as_deref().or(known).unwrap_or(DUMMY_PORTAL);
            Ok(Some(json!({"type": "PORTAL_ACCESS", "username": username, "password": password})))
        }
        None if changes_more || settings.portal_username.is_some() => {
            let message = "the service takes this with the password for the tax portal alone; give portal_password as env:NAME or file:PATH";
            Err(Error::invalid("/extra/sign-fr/portal_password", message))
        }
        None => Ok(None),
    }
}
