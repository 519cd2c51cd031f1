//! What only SIGN AT wants to know of a merchant (contract sign-at 2.2 and 2.3).

use crate::error::{Error, Kind, Result};
use crate::services::{self, MerchantSecret};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The block `[merchant.X.sign-at]`.
///
/// The taxpayer is named by exactly one of `vat_id`, `tax_number` and `gln`. FinanzOnline's credentials are those of
/// the dedicated Cash Register Webservice User, which the taxpayer makes there; they are not the general login.
///
/// In `test` and `sandbox`, what is missing gets a dummy: `vat_id = "ATU12345675"`,
/// `fon_participant_id = "123456789012"`, `fon_user_id = "kassa-test"`, `fon_user_pin = "kassa-test-pin"`. In `live`
/// it is an error that names what is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AustrianMerchantSettings {
    /// The VAT id (UID): `ATU` and 8 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    /// The tax number (Steuernummer): 9 digits, as in `12 345/6789`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// The Global Location Number: 13 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gln: Option<String>,
    /// FinanzOnline's participant (Teilnehmer-Identifikation): 8 to 12 letters and digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fon_participant_id: Option<String>,
    /// The Cash Register Webservice User (Benutzer-Identifikation): 5 to 12 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fon_user_id: Option<String>,
    /// That user's PIN, 5 to 128 characters: `env:NAME`, `file:PATH`, or the PIN itself. Never journalled.
    #[serde(default, skip_serializing)]
    pub fon_user_pin: Option<String>,
}

/// Whether a text has the form that the service wants.
type Fits = fn(&str) -> bool;

/// The key of the PIN in the block.
pub(super) const PIN: &str = "fon_user_pin";

/// The secrets of the block, with their dummies.
pub(in crate::services) static SECRETS: [MerchantSecret; 1] =
    [MerchantSecret { key: PIN, dummy: "kassa-test-pin" }];

impl AustrianMerchantSettings {
    /// Fills in the dummies, and names what they stand for.
    fn complete(&mut self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.legal_entity().is_empty() {
            missing.push("vat_id");
            self.vat_id = Some("ATU12345675".into());
        }
        let fields = [
            ("fon_participant_id", &mut self.fon_participant_id, "123456789012"),
            ("fon_user_id", &mut self.fon_user_id, "kassa-test"),
        ];
        for (name, field, dummy) in fields {
            if field.is_none() {
                missing.push(name);
                *field = Some(dummy.into());
            }
        }
        if self.fon_user_pin.is_none() {
            missing.push(PIN);
        }
        missing
    }

    /// The taxpayer in the service's words: one member, once the settings are checked.
    pub(super) fn legal_entity(&self) -> Map<String, Value> {
        let named = [("vat_id", &self.vat_id), ("tax_id", &self.tax_number), ("gln", &self.gln)];
        let given = named.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        given.map(|(name, value)| (name.to_owned(), value.into())).collect()
    }

    fn check(&self) -> Result<()> {
        if self.legal_entity().len() > 1 {
            let message = "name the taxpayer by one of vat_id, tax_number and gln, and leave the others out";
            return Err(wrong("/vat_id", message.into()));
        }
        let checks: [(&str, &Option<String>, Fits, &str); 5] = [
            ("vat_id", &self.vat_id, is_vat_id, "ATU and 8 digits"),
            ("tax_number", &self.tax_number, is_tax_number, "9 digits, as in 12 345/6789"),
            ("gln", &self.gln, |text| digits(text, 13), "13 digits"),
            ("fon_participant_id", &self.fon_participant_id, is_participant, "8 to 12 letters and digits"),
            ("fon_user_id", &self.fon_user_id, is_user, "5 to 12 characters"),
        ];
        for (name, value, fits, form) in checks {
            if let Some(value) = value.as_deref().filter(|value| !fits(value)) {
                let shown: String = value.chars().take(40).collect();
                return Err(wrong(&format!("/{name}"), format!("'{shown}' does not fit; give {form}")));
            }
        }
        Ok(())
    }
}

/// The block, checked and completed, without its secret.
pub(in crate::services) fn merchant(environment: &str, block: &Map<String, Value>) -> Result<Value> {
    // Whatever is wrong with a secret, the sentence about it must not show it.
    if block.get(PIN).is_some_and(|value| !value.is_string()) {
        return Err(wrong(&format!("/{PIN}"), format!("{PIN} must be text in quotes")));
    }
    let mut settings: AustrianMerchantSettings = services::block("sign-at", block)?;
    let missing = settings.complete();
    if environment == "live" && !missing.is_empty() {
        let message = format!(
            "SIGN AT needs {} of a merchant in live; add it to the merchant's sign-at block",
            missing.join(", ")
        );
        return Err(wrong(&format!("/{}", missing.first().unwrap_or(&"")), message));
    }
    settings.check()?;
    Ok(json!(settings))
}

/// `^ATU\d{8}$`.
fn is_vat_id(text: &str) -> bool {
    text.strip_prefix("ATU").is_some_and(|rest| digits(rest, 8))
}

/// `^\d{2}[ -]?\d{3}\/?\d{4}$`.
fn is_tax_number(text: &str) -> bool {
    let Some((office, rest)) = text.split_at_checked(2) else { return false };
    let rest = rest.strip_prefix([' ', '-']).unwrap_or(rest);
    let rest = match rest.split_once('/') {
        Some((first, last)) if first.len() == 3 => format!("{first}{last}"),
        Some(_) => return false,
        None => rest.to_owned(),
    };
    digits(office, 2) && digits(&rest, 7)
}

fn is_participant(text: &str) -> bool {
    (8..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_user(text: &str) -> bool {
    (5..=12).contains(&text.chars().count())
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn wrong(pointer: &str, message: String) -> Error {
    Error::new(Kind::Config, message).at(pointer)
}
