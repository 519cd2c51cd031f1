//! FinanzOnline, to which SIGN AT reports units and registers for the taxpayer (contract sign-at 2.2).

use super::facts::{self, MerchantFacts};
use super::provision::MerchantParams;
use super::run::{Flow, Run, Stop};
use super::settings::{AustrianMerchantSettings, PIN};
use super::wire::{Api, Write, text};
use crate::error::{Error, Kind};
use crate::exchange::{LineKind, Outcome};
use serde_json::{Value, json};

const PATH: &str = "/fon/auth";
/// SIGN AT can sign in for the taxpayer.
const AUTHENTICATED: &str = "AUTHENTICATED";

/// Tells SIGN AT the Cash Register Webservice User, unless it knows that one already: once per taxpayer, and again
/// when the configuration has another user or another PIN.
pub(super) fn authenticate(
    run: &Run<'_>,
    credential: &str,
    settings: &AustrianMerchantSettings,
    known: Option<&MerchantFacts>,
) -> Flow<()> {
    let same = known.is_none_or(|known| {
        Some(&known.fon_participant_id) == settings.fon_participant_id.as_ref()
            && Some(&known.fon_user_id) == settings.fon_user_id.as_ref()
    });
    // The caller knows whether the PIN is the one that was told; this service never sees it.
    let told = same && run.param("secrets_told") == &Value::Bool(true);
    if told && run.past.find("fon").is_none() && status(run, "fon.status", credential, settings)?.is_some() {
        return Ok(());
    }
    tell(run, credential, settings)
}

/// Tells SIGN AT what the configuration says, whether it knows it or not.
pub(super) fn update(run: &Run<'_>) -> Flow<Outcome> {
    let MerchantParams { settings, .. } = run.params()?;
    let known = facts::merchant(run.facts)?;
    tell(run, &known.credential, &settings)?;
    let after = MerchantFacts {
        fon_participant_id: settings.fon_participant_id.unwrap_or_default(),
        fon_user_id: settings.fon_user_id.unwrap_or_default(),
        ..known
    };
    Ok(Outcome {
        result: json!({"credentials": "finanzonline"}),
        learned: Some(json!(after)),
        ..Outcome::default()
    })
}

fn tell(run: &Run<'_>, credential: &str, settings: &AustrianMerchantSettings) -> Flow<()> {
    let body = json!({
        "fon_participant_id": settings.fon_participant_id,
        "fon_user_id": settings.fon_user_id,
        "fon_user_pin": {"$secret": format!("{}/{PIN}", run.line(LineKind::Merchant)?)},
    });
    let look = |label: &str| status(run, label, credential, settings);
    let told = run.write("fon", credential, &|_| Write::put(PATH.into(), body.clone()), &look)?;
    match text(&told, "/authentication_status") {
        Some(AUTHENTICATED) | None => Ok(()),
        Some(other) => {
            let message = format!(
                "SIGN AT took the credentials for FinanzOnline, and does not sign in with them ({other}); give those of the dedicated Cash Register Webservice User, which the taxpayer makes in FinanzOnline"
            );
            Err(Stop::Refused(Error::new(Kind::Unauthorized, message)))
        }
    }
}

/// The authentication at FinanzOnline, if there is one and it is that of the user that is meant; the members that
/// name the user may be missing (contract sign-at 2.2).
fn status(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    settings: &AustrianMerchantSettings,
) -> Flow<Option<Value>> {
    let found = run.read(Api::Signing, label, credential, PATH)?.map(|answer| answer.body.clone());
    let named =
        [("/fon_participant_id", &settings.fon_participant_id), ("/fon_user_id", &settings.fon_user_id)];
    Ok(found.filter(|status| {
        let same = |(pointer, wanted): &(&str, &Option<String>)| {
            text(status, pointer).is_none_or(|there| Some(there) == wanted.as_deref())
        };
        text(status, "/authentication_status") == Some(AUTHENTICATED) && named.iter().all(same)
    }))
}
