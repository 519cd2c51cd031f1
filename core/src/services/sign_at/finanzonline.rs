//! FinanzOnline, to which SIGN AT reports units and registers for the taxpayer (contract sign-at 2.2).

use super::facts::{self, MerchantFacts};
use super::provision::MerchantParams;
use super::run::{Flow, Run};
use super::settings::{AustrianMerchantSettings, PIN};
use super::wire::{Api, Write, text};
use crate::exchange::{LineKind, Outcome};
use serde_json::{Value, json};

const PATH: &str = "/fon/auth";

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
    run.write("fon", credential, &|_| Write::put(PATH.into(), body.clone()), &look)?;
    Ok(())
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
        text(status, "/authentication_status") == Some("AUTHENTICATED") && named.iter().all(same)
    }))
}
