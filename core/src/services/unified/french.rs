//! A French taxpayer (contract sign-fr 2.4).

use super::provision::{MerchantParams, Taxpayer, taxpayer as content};
use super::run::Run;
use super::settings::{Certification, MerchantSettings, digits, of_params};
use crate::error::{Error, Kind, Result};
use serde_json::{Map, Value, json};

/// The taxpayer, with what of its certification goes on paper.
pub(super) fn taxpayer(run: &Run<'_>, params: &MerchantParams) -> Result<Taxpayer> {
    let settings: MerchantSettings = of_params(&params.settings)?;
    if !digits(&params.tax_id, 9) {
        let message = format!("'{}' is not a SIREN; give its 9 digits", params.tax_id);
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
