//! What only SIGN FR wants to know of a merchant or a location (contract sign-fr 2.4 and 5.6).

use crate::error::{Error, Kind, Result};
use crate::services::{self, MerchantSecret};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The block `[merchant.X.sign-fr]`.
///
/// In `test` and `sandbox`, what is missing gets a dummy: `certification = "infocert"`,
/// `certificate_code = "B9999"`, `legal_form = "SARL"`, `naf_ape_code = "4711F"`, and for an individual
/// the person "DIVERSE Test Personne". In `live` it is an error that names what is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MerchantSettings {
    /// `company` (default) or `individual`.
    #[serde(default, rename = "type")]
    pub merchant_type: MerchantType,
    /// For an individual: who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// Who certified the till's software: `infocert` or `lne`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification: Option<Certification>,
    /// The certificate's category and number: for INFOCERT such as `B9999`; for LNE as on the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_code: Option<String>,
    /// The first day of the fiscal year as `MM-DD`; 1 January if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_year_date: Option<String>,
    /// The legal form, such as `SARL` (SOC-TYPE).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_form: Option<String>,
    /// The activity code, such as `1071C` (SOC-NAF).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naf_ape_code: Option<String>,
    /// The share capital (SOC-CAPITAL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social_capital: Option<String>,
    /// The number in the trade register (SOC-RCS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rcs_number: Option<String>,
    /// The VAT number, such as `FR00123456789` (SOC-TVA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intra_community_vat_number: Option<String>,
    /// For the contract 2026-05-04: the user name at the tax portal; `sandbox` if absent outside `live`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_username: Option<String>,
    /// For the contract 2026-05-04: where the password for the tax portal is, `env:NAME` or `file:PATH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_password: Option<String>,
    /// Further taxpayer properties by the service's own keys, such as `billing_siret`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
}

/// What a taxpayer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MerchantType {
    /// A company.
    #[default]
    Company,
    /// A natural person.
    Individual,
}

/// Who certified the till's software.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Certification {
    /// INFOCERT (NF525).
    Infocert,
    /// LNE.
    Lne,
}

/// A natural person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// `DIVERSE`, `FEMALE` or `MALE`.
    pub gender: String,
    /// The first name.
    pub forename: String,
    /// The family name.
    pub surname: String,
}

/// The block `[location.X.sign-fr]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationSettings {
    /// The establishment's SIRET, 14 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
}

/// What a call changes of a taxpayer beside names and address.
#[derive(Debug, Default)]
pub(super) struct TaxpayerChanges {
    pub(super) merchant_type: Option<MerchantType>,
    pub(super) person: Option<Person>,
    pub(super) fiscalization: Option<Value>,
}

/// What stands for the user name and the password of the tax portal outside `live`.
pub(super) const DUMMY_PORTAL: &str = "sandbox";

/// The secrets of the block, with their dummies.
pub(in crate::services) static SECRETS: [MerchantSecret; 1] =
    [MerchantSecret { key: "portal_password", dummy: DUMMY_PORTAL }];

/// The length of a day of the year (Appendix A, FiscalYearDate).
const DATE: usize = 5;
/// Most properties of a taxpayer, and their longest value (Appendix A, TaxpayerProperties).
const PROPERTIES: (usize, usize) = (32, 64);

pub(in crate::services) fn merchant(environment: &str, block: &Map<String, Value>) -> Result<Value> {
    let mut settings: MerchantSettings = services::block("sign-fr", block)?;
    let missing = settings.complete();
    if environment == "live" && !missing.is_empty() {
        let message = format!(
            "SIGN FR needs {} of a merchant in live; add it to the merchant's sign-fr block",
            missing.join(", ")
        );
        return Err(wrong(&format!("/{}", missing.first().unwrap_or(&"")), message));
    }
    settings.check()?;
    Ok(json!(settings))
}

/// A block in which what is left out stays as it is: nothing is filled in.
pub(super) fn merchant_changes(block: &Map<String, Value>) -> Result<MerchantSettings> {
    let settings: MerchantSettings = services::block("sign-fr", block)?;
    let certification = settings.certification.or(Some(Certification::Infocert));
    MerchantSettings { certification, ..settings.clone() }.check()?;
    Ok(settings)
}

pub(in crate::services) fn location(block: &Map<String, Value>) -> Result<Value> {
    let settings: LocationSettings = services::block("sign-fr", block)?;
    if let Some(siret) = &settings.siret
        && !digits(siret, 14)
    {
        return Err(wrong("/siret", format!("'{siret}' is not a SIRET; give its 14 digits")));
    }
    Ok(json!(settings))
}

/// Whether `text` is that many ASCII digits.
pub(super) fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl MerchantSettings {
    /// Fills in the dummies, and names what they stand for.
    fn complete(&mut self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.certification.is_none() {
            missing.push("certification");
            self.certification = Some(Certification::Infocert);
        }
        if self.certification == Some(Certification::Infocert) {
            fill(&mut self.certificate_code, "certificate_code", "B9999", &mut missing);
        }
        fill(&mut self.legal_form, "legal_form", "SARL", &mut missing);
        fill(&mut self.naf_ape_code, "naf_ape_code", "4711F", &mut missing);
        if self.merchant_type == MerchantType::Individual && self.person.is_none() {
            missing.push("person");
            self.person = Some(Person {
                gender: "DIVERSE".into(),
                forename: "Test".into(),
                surname: "Personne".into(),
            });
        }
        missing
    }

    fn check(&self) -> Result<()> {
        if let (Some(Certification::Infocert), Some(code)) = (self.certification, &self.certificate_code) {
            let rest = code.strip_prefix(['A', 'B']).unwrap_or_default();
            if rest.is_empty() || rest.len() > 4 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
                let message = format!(
                    "'{code}' is not an INFOCERT certificate; give A or B and up to 4 digits, such as B9999"
                );
                return Err(wrong("/certificate_code", message));
            }
        }
        if let Some(date) = &self.fiscal_year_date
            && (date.len() != DATE || format!("2024-{date}").parse::<jiff::civil::Date>().is_err())
        {
            return Err(wrong(
                "/fiscal_year_date",
                format!("'{date}' is not a day of the year; give MM-DD, such as 01-01"),
            ));
        }
        self.person.as_ref().map_or(Ok(()), check_gender)?;
        let is_place = |text: &&String| ["env:", "file:"].iter().any(|kind| text.starts_with(kind));
        if self.portal_password.as_ref().is_some_and(|text| !is_place(&text)) {
            let message = "the password itself must not stand here, for the journal would keep it; give env:NAME or file:PATH";
            return Err(wrong("/portal_password", message.into()));
        }
        let (most, longest) = PROPERTIES;
        let properties = self.properties();
        if properties.len() > most {
            return Err(wrong("/properties", format!("a taxpayer has at most {most} properties")));
        }
        match properties.iter().find(|(_, value)| value.chars().count() > longest) {
            Some((key, _)) => {
                Err(wrong(&self.place(key), format!("'{key}' has more than {longest} characters")))
            }
            None => Ok(()),
        }
    }

    fn named(&self) -> [(&'static str, &Option<String>); 5] {
        [
            ("legal_form", &self.legal_form),
            ("naf_ape_code", &self.naf_ape_code),
            ("social_capital", &self.social_capital),
            ("rcs_number", &self.rcs_number),
            ("intra_community_vat_number", &self.intra_community_vat_number),
        ]
    }

    fn place(&self, key: &str) -> String {
        if self.named().iter().any(|(name, _)| *name == key) {
            format!("/{key}")
        } else {
            format!("/properties/{}", crate::read::escape(key))
        }
    }

    /// The taxpayer's properties under the service's keys.
    pub(super) fn properties(&self) -> BTreeMap<String, String> {
        let mut properties = self.properties.clone();
        for (name, value) in self.named() {
            if let Some(value) = value {
                properties.insert(name.into(), value.clone());
            }
        }
        properties
    }
}

/// Month and day on which the fiscal year begins.
pub(in crate::services) fn year_begins(environment: &str, block: &Map<String, Value>) -> Result<(i8, i8)> {
    let settings = merchant(environment, block)?;
    let date = settings.get("fiscal_year_date").and_then(Value::as_str).unwrap_or("01-01");
    let parts = date.split_once('-').and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
    parts.ok_or_else(|| wrong("/fiscal_year_date", format!("'{date}' is not a day of the year; give MM-DD")))
}

fn fill(field: &mut Option<String>, name: &'static str, dummy: &str, missing: &mut Vec<&'static str>) {
    if field.is_none() {
        missing.push(name);
        *field = Some(dummy.into());
    }
}

/// The genders that the service knows (Appendix A, PersonGender).
pub(super) fn check_gender(person: &Person) -> Result<()> {
    if ["DIVERSE", "FEMALE", "MALE"].contains(&person.gender.as_str()) {
        return Ok(());
    }
    let message =
        format!("'{}' is not a gender that the service knows; give DIVERSE, FEMALE or MALE", person.gender);
    Err(wrong("/person/gender", message))
}

/// The settings that were checked when the configuration was read, as they stand in an operation's parameters.
pub(super) fn of_params<T: DeserializeOwned>(settings: &Value) -> Result<T> {
    serde_path_to_error::deserialize(settings).map_err(|error| {
        let pointer = format!("/settings/{}", error.path().to_string().replace('.', "/"));
        wrong(&pointer, format!("the configuration is not complete: {}", error.inner()))
    })
}

pub(super) fn wrong(pointer: &str, message: String) -> Error {
    Error::new(Kind::Config, message).at(pointer)
}
