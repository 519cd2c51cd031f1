//! What only SIGN IT wants to know of a merchant (contract sign-fr 2.4).

use super::settings::{MerchantType, Person, check_gender, digits, wrong};
use crate::error::Result;
use crate::services::{self, MerchantSecret};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The block `[merchant.X.sign-it]`.
///
/// The merchant's `tax_id` is its codice fiscale: 11 digits of a company, 16 letters and digits of a person.
/// In `test` and `sandbox`, what is missing gets a dummy: `pin = "1234567890"`, `password = "Fisconline-1"`,
/// `tax_id_number = "RSSMRA80A01H501U"`, and for an individual the person "DIVERSE Test Persona". In `live` it
/// is an error that names what is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItalianMerchantSettings {
    /// `company` (default) or `individual`.
    #[serde(default, rename = "type")]
    pub merchant_type: MerchantType,
    /// For an individual: who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// The partita IVA, 11 digits; the merchant's `tax_id` if absent and that has 11 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id_number: Option<String>,
    /// The day on which the Fisconline password was last changed, `YYYY-MM-DD`: 90 days later it expires. The
    /// day of the provisioning if it was never given. A later day makes `provision` tell the service the credentials anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_changed_on: Option<String>,
    /// The PIN of Fisconline, 1 to 10 characters: `env:NAME`, `file:PATH`, or the PIN itself. Never journalled.
    #[serde(default, skip_serializing)]
    pub pin: Option<String>,
    /// The password of Fisconline, 1 to 50 characters: `env:NAME`, `file:PATH`, or the password itself. Never
    /// journalled.
    #[serde(default, skip_serializing)]
    pub password: Option<String>,
    /// The codice fiscale of the person who signs in to Fisconline, 16 characters: `env:NAME`, `file:PATH`, or
    /// the number itself. Never journalled.
    #[serde(default, skip_serializing)]
    pub tax_id_number: Option<String>,
}

/// The secrets of the block, with their dummies.
pub(in crate::services) static SECRETS: [MerchantSecret; 3] = [
    MerchantSecret { key: "pin", dummy: "1234567890" },
    MerchantSecret { key: "password", dummy: "Fisconline-1" },
    MerchantSecret { key: "tax_id_number", dummy: "RSSMRA80A01H501U" },
];

/// A block in which what is left out stays as it is: nothing is filled in.
pub(super) fn changes(block: &Map<String, Value>) -> Result<ItalianMerchantSettings> {
    let settings: ItalianMerchantSettings = services::block("sign-it", block)?;
    settings.check()?;
    Ok(settings)
}

/// The block, checked and completed, without its secrets.
pub(in crate::services) fn merchant(environment: &str, block: &Map<String, Value>) -> Result<Value> {
    let mut settings: ItalianMerchantSettings = services::block("sign-it", block)?;
    let mut missing: Vec<&str> =
        SECRETS.iter().map(|secret| secret.key).filter(|key| !block.contains_key(*key)).collect();
    if settings.merchant_type == MerchantType::Individual && settings.person.is_none() {
        missing.push("person");
        let [gender, forename, surname] = ["DIVERSE", "Test", "Persona"].map(str::to_owned);
        settings.person = Some(Person { gender, forename, surname });
    }
    if let ("live", Some(first)) = (environment, missing.first()) {
        let message = format!(
            "SIGN IT needs {} of a merchant in live; add it to the merchant's sign-it block",
            missing.join(", ")
        );
        return Err(wrong(&format!("/{first}"), message));
    }
    settings.check()?;
    Ok(json!(settings))
}

impl ItalianMerchantSettings {
    fn check(&self) -> Result<()> {
        if let Some(number) = &self.vat_id_number
            && !digits(number, 11)
        {
            let message = format!("'{number}' is not a partita IVA; give its 11 digits");
            return Err(wrong("/vat_id_number", message));
        }
        if let Some(day) = &self.password_changed_on
            && (day.len() != 10 || day.parse::<jiff::civil::Date>().is_err())
        {
            return Err(wrong("/password_changed_on", format!("'{day}' is not a day; give YYYY-MM-DD")));
        }
        self.person.as_ref().map_or(Ok(()), check_gender)
    }
}
