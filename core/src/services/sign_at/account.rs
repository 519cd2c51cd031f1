//! Whose key the configuration has (contract sign-at 2.1 and 2.11).

use super::facts::{self, AccountFacts};
use super::provision::{PATH, Report, planned};
use super::run::{Flow, Run, Stop};
use super::sign_in_body;
use super::wire::{self, Api, text};
use crate::exchange::{Answer, Outcome};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Learns whether the key is the dashboard's, under which merchants get organizations of their own, or that of one
/// merchant's organization.
pub(super) fn account(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::account(run.facts).ok();
    if let Some(plan) = planned(run, known.is_some(), &["learn the organization of the key"]) {
        return Ok(plan);
    }
    let learned = match known {
        Some(known) => known,
        None => learn(run)?,
    };
    let mut report = Report::default();
    if let Some(organization) = &learned.organization {
        report.note("ORGANIZATION", organization, false);
    }
    Ok(report.into_outcome(json!(learned)))
}

fn learn(run: &Run<'_>) -> Flow<AccountFacts> {
    let credential = run.account_credential()?;
    let Some(organization) = own_organization(run, &credential)? else {
        // Nothing that signs in tells whose it is: it can serve one merchant.
        return Ok(AccountFacts { organization: None, own: true, ended_units: Vec::new() });
    };
    let path = format!("{PATH}/{organization}");
    let found = match run.read(Api::Management, "organization", &credential, &path) {
        // SIGN AT took the key. Whether the Management API takes SIGN AT's tokens is not known for sure (contract
        // sign-at 1.5); where it does not, nothing can be made there.
        Err(Stop::Failed(error)) if matches!(error.details().http_status, Some(401 | 403)) => None,
        found => found?,
    };
    let manages = found.is_some_and(|answer| !is_managed(&answer.body));
    Ok(AccountFacts { organization: Some(organization), own: !manages, ended_units: Vec::new() })
}

/// Whether another organization manages this one. The member may be there and empty (contract sign-at 2.11).
fn is_managed(organization: &Value) -> bool {
    text(organization, "/managed_by_organization_id").is_some_and(|manager| !manager.is_empty())
}

/// The organization of a key. Only the answer to a sign-in names it, so this is one; its token is never used, and
/// being a read, it is never written down.
pub(super) fn own_organization(run: &Run<'_>, credential: &str) -> Flow<Option<String>> {
    let label = "who-am-i";
    let Some(answer) = run.past.answer(label) else {
        return Err(Stop::to_send(run.service.sign(label, sign_in_body(credential))));
    };
    match answer.status {
        200..=299 => {
            if let Some(there) = answer.text("/access_token_claims/env") {
                run.service.check_environment(there)?;
            }
            Ok(claimed(answer))
        }
        _ if answer.is_temporary() => Err(Stop::to_repeat(label, wire::pause(1))),
        _ => Err(wire::refusal(answer).into()),
    }
}

/// The claims stand beside the token, which may be alone (contract sign-at 2.1); it repeats them.
fn claimed(answer: &Answer) -> Option<String> {
    let beside = answer.text("/access_token_claims/organization_id").map(str::to_owned);
    beside.or_else(|| {
        let claims = answer.text("/access_token")?.split('.').nth(1)?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        claims.get("organization_id")?.as_str().map(str::to_owned)
    })
}
