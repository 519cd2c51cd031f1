//! FinanzOnline, to which SIGN AT reports units and registers for the taxpayer (contract sign-at 2.2).

use super::facts::MerchantFacts;
use super::run::{Flow, Run};
use super::settings::{AustrianMerchantSettings, PIN};
use super::wire::{Api, Write, text};
use crate::exchange::LineKind;
use serde_json::{Value, json};

const PATH: &str = "/fon/auth";

/// Tells SIGN AT the Cash Register Webservice User, unless it knows that one already: once per taxpayer.
pub(super) fn authenticate(
    run: &Run<'_>,
    credential: &str,
    settings: &AustrianMerchantSettings,
    known: Option<&MerchantFacts>,
) -> Flow<()> {
    let (participant, user) = (settings.fon_participant_id.as_deref(), settings.fon_user_id.as_deref());
    let told = known.is_none_or(|known| {
        Some(known.fon_participant_id.as_str()) == participant && Some(known.fon_user_id.as_str()) == user
    });
    let is_authenticated = |status: &Value| {
        // Whoever is named must be the one that is meant; the members may be missing.
        let same = |pointer: &str, wanted: Option<&str>| {
            text(status, pointer).is_none_or(|there| Some(there) == wanted)
        };
        text(status, "/authentication_status") == Some("AUTHENTICATED")
            && same("/fon_participant_id", participant)
            && same("/fon_user_id", user)
    };
    let look = |label: &str| -> Flow<Option<Value>> {
        let status = run.read(Api::Signing, label, credential, PATH)?;
        Ok(status.map(|answer| answer.body.clone()).filter(|body| is_authenticated(body)))
    };
    if run.past.find("fon").is_none() && told && look("fon.status")?.is_some() {
        return Ok(());
    }
    let pin = format!("{}/{PIN}", run.line(LineKind::Merchant)?);
    let body = json!({
        "fon_participant_id": participant,
        "fon_user_id": user,
        "fon_user_pin": {"$secret": pin},
    });
    run.write("fon", credential, &|_| Write::put(PATH.into(), body.clone()), &look)?;
    Ok(())
}
