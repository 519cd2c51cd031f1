//! An Italian taxpayer, its credentials at the tax agency, and when their password expires
//! (contract sign-fr 2.4, 3.1 and 4.4).
//!
//! The service signs in to the agency (Fisconline) in the merchant's name. Number, PIN and password are
//! secrets of the configuration, or those that a call refers to; requests name them, and the engine fills them in.

use super::facts::{self, MerchantFacts};
use super::italian_settings::{self, ItalianMerchantSettings, SECRETS};
use super::provision::{MerchantParams, Taxpayer, params, shown_secrets, taxpayer as content};
use super::run::{Flow, Run};
use super::secrets;
use super::settings::{TaxpayerChanges, digits, of_params};
use super::wire::{Write, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Duty, Facts, Outcome};
use crate::resource::UpdateMerchant;
use crate::text::quoted;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

/// A password of Fisconline serves this long (contract sign-fr 4.4).
const PASSWORD_DAYS: i64 = 90;
/// From so many days before its end on, the till's user is told.
const TOLD_BEFORE: i64 = 14;

/// Why a call does not say it.
const NO_DAY: &str = "the day is the configuration's, for `provision` and `status`; leave it out here";

/// The taxpayer.
pub(super) fn taxpayer(run: &Run<'_>, params: &MerchantParams) -> Result<Taxpayer> {
    let settings: ItalianMerchantSettings = of_params(&params.settings)?;
    if secrets::is_of_a_call(run) && settings.password_changed_on.is_some() {
        return Err(Error::new(Kind::Config, NO_DAY).at("/settings/password_changed_on"));
    }
    let today = run.local(run.operation.at)?.chars().take(10).collect();
    let fiscalization = fiscalization(run, params, &settings)?;
    Ok(Taxpayer {
        content: content(params, settings.merchant_type, settings.person.as_ref(), fiscalization)?,
        certification: None,
        naf_ape_code: None,
        password_changed_on: Some(settings.password_changed_on.unwrap_or(today)),
    })
}

fn fiscalization(
    run: &Run<'_>,
    params: &MerchantParams,
    settings: &ItalianMerchantSettings,
) -> Result<Value> {
    let wrong = |pointer: &str, message: String| Error::new(Kind::Config, message).at(pointer);
    let tax_id = params.tax_id.as_str();
    let is_personal = tax_id.len() == 16 && tax_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !digits(tax_id, 11) && !is_personal {
        let message = format!(
            "{} is not a codice fiscale; give 11 digits, or 16 letters and digits of a person",
            quoted(tax_id)
        );
        return Err(wrong("/tax_id", message));
    }
    let vat_id = match &settings.vat_id_number {
        Some(number) => number.as_str(),
        None if is_personal => {
            let message =
                "a merchant with a personal codice fiscale has a partita IVA of its own; add vat_id_number";
            return Err(wrong("/settings/vat_id_number", message.to_owned()));
        }
        None => tax_id,
    };
    Ok(told_with(tax_id, vat_id, SECRETS.each_ref().map(|secret| secrets::of_merchant(run, secret))))
}

/// The fiscalization with the secrets, in the order of [`SECRETS`].
fn told_with(tax_id: &str, vat_id: &str, [pin, password, tax_id_number]: [Value; 3]) -> Value {
    json!({
        "type": "IT",
        "tax_id_number": tax_id,
        "vat_id_number": vat_id,
        "credentials": {
            "type": "FISCONLINE", "pin": pin, "password": password, "tax_id_number": tax_id_number,
        },
    })
}

/// What a call changes beside names and address. The service takes partita IVA and Fisconline credentials as a whole
/// (2.4), and does not show the credentials, so that the call has to refer to all three.
pub(super) fn taxpayer_changes(
    run: &Run<'_>,
    asked: &UpdateMerchant,
    block: &Map<String, Value>,
    now: &Value,
) -> Result<TaxpayerChanges> {
    if asked.tax_id.is_some() {
        let message = "another codice fiscale is another merchant; make that one, by `merchant.create` or in the configuration";
        return Err(Error::invalid("/tax_id", message));
    }
    let settings = italian_settings::changes(block).map_err(|error| error.under("/extra/sign-it"))?;
    if settings.password_changed_on.is_some() {
        return Err(Error::invalid("/extra/sign-it/password_changed_on", NO_DAY));
    }
    Ok(TaxpayerChanges {
        merchant_type: block.contains_key("type").then_some(settings.merchant_type),
        fiscalization: changed_fiscalization(run, settings.vat_id_number.as_deref(), now)?,
        person: settings.person,
    })
}

fn changed_fiscalization(run: &Run<'_>, vat_id: Option<&str>, now: &Value) -> Result<Option<Value>> {
    let given = SECRETS.each_ref().map(|secret| secrets::given(run, secret.key));
    if vat_id.is_none() && given.iter().all(Option::is_none) {
        return Ok(None);
    }
    let Some(missing) = given.iter().position(Option::is_none) else {
        let known = |name: &str| text(now, &format!("/content/fiscalization/{name}"));
        let (Some(tax_id), Some(vat_id)) = (known("tax_id_number"), vat_id.or(known("vat_id_number"))) else {
            let message =
                "the service shows no codice fiscale or no partita IVA of this merchant; give vat_id_number";
            return Err(Error::invalid("/extra/sign-it/vat_id_number", message));
        };
        return Ok(Some(told_with(tax_id, vat_id, given.map(Option::unwrap_or_default))));
    };
    let key = SECRETS.get(missing).map_or("", |secret| secret.key);
    let message = "the service takes partita IVA and Fisconline credentials together; give pin, password and tax_id_number, each as env:NAME or file:PATH";
    Err(Error::invalid(format!("/extra/sign-it/{key}"), message))
}

/// Tells the service the credentials anew, when the configuration says that the password was changed since.
pub(super) fn renewed(run: &Run<'_>, known: MerchantFacts) -> Flow<MerchantFacts> {
    let given: MerchantParams = params(run)?;
    let settings: ItalianMerchantSettings = of_params(&given.settings)?;
    let changed_on = settings.password_changed_on.clone();
    if changed_on.is_none() || changed_on == known.password_changed_on {
        return Ok(known);
    }
    if changed_on < known.password_changed_on {
        // The day of the provisioning stood for it: the service knows the password.
        return Ok(MerchantFacts { password_changed_on: changed_on, ..known });
    }
    told(run, known, &given, &settings)
}

/// Tells the service the credentials of the configuration, whether they were changed or not.
pub(super) fn update(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::merchant(run.facts)?;
    let given: MerchantParams = params(run)?;
    let settings: ItalianMerchantSettings = of_params(&given.settings)?;
    let after = told(run, known, &given, &settings)?;
    Ok(Outcome {
        result: json!({"credentials": "fisconline"}),
        learned: Some(json!(after)),
        ..Outcome::default()
    })
}

/// Tells the service the credentials. For that the taxpayer is suspended, and operates again once the service has
/// found them good (3.1).
fn told(
    run: &Run<'_>,
    known: MerchantFacts,
    given: &MerchantParams,
    settings: &ItalianMerchantSettings,
) -> Flow<MerchantFacts> {
    let today = run.local(run.operation.at)?.chars().take(10).collect();
    let changed_on = settings.password_changed_on.clone().or(Some(today));
    let credential = known.credential.as_str();
    let path = format!("/taxpayers/{}", known.taxpayer);
    let mode = |body: &Value| text(body, "/content/mode").map(str::to_owned);
    let shown = shown_secrets(run, credential);
    let patch = |label: &str, content: Value, wanted: Option<&str>| {
        let make = |_| Write::patch(credential, path.clone(), content.clone()).keeping(&shown);
        run.write(label, &make, &|label| {
            let answer = run.read(&format!("{label}.look"), credential, &path, None)?;
            let body = answer.map(|answer| answer.body.clone());
            Ok(body.filter(|body| wanted.is_some() && mode(body).as_deref() == wanted))
        })
    };
    if run.past.find("credentials.suspend").is_some() || is_operative(run, credential, &path)? {
        patch("credentials.suspend", json!({"mode": "SUSPENDED"}), Some("SUSPENDED"))?;
    }
    let fiscalization = fiscalization(run, given, settings)?;
    patch("credentials.change", json!({"fiscalization": fiscalization}), None)?;
    let resumed = patch("credentials.resume", json!({"mode": "OPERATIVE"}), Some("OPERATIVE"))?;
    if mode(&resumed).as_deref() != Some("OPERATIVE") {
        let message = "the tax agency does not accept the new Fisconline credentials, and the merchant is suspended; correct them, then provision again";
        return Err(Error::new(Kind::Refused, message).into());
    }
    Ok(MerchantFacts { password_changed_on: changed_on, ..known })
}

fn is_operative(run: &Run<'_>, credential: &str, path: &str) -> Flow<bool> {
    let answer = run.read("credentials.read", credential, path, None)?;
    Ok(answer.and_then(|answer| answer.text("/content/mode")) != Some("SUSPENDED"))
}

/// The password of Fisconline has to be changed every 90 days, by the merchant, at the tax agency.
pub(super) fn duties(facts: &Facts, zone: &str, now: Timestamp) -> Vec<Duty> {
    let due = facts::merchant(facts).ok().and_then(|merchant| expiry(&merchant, zone));
    let Some(due) = due else { return Vec::new() };
    let told_from = due.checked_sub((TOLD_BEFORE * 24).hours()).unwrap_or(due);
    let how = "change it at the tax agency, put it and the day into password and password_changed_on, and run `provision`";
    let todo = if now >= due {
        format!("the Fisconline password has expired, and sales are refused; {how}")
    } else {
        format!("the Fisconline password expires then; {how}")
    };
    vec![Duty { name: "fisconline_password", due, told_from, todo }]
}

fn expiry(merchant: &MerchantFacts, zone: &str) -> Option<Timestamp> {
    let changed: Date = merchant.password_changed_on.as_deref()?.parse().ok()?;
    let last = changed.checked_add(PASSWORD_DAYS.days()).ok()?;
    Some(last.in_tz(zone).ok()?.timestamp())
}
