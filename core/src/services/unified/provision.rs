//! From a key to a merchant: GROUP, UNIT, the UNIT's credential, taxpayer (contract sign-fr 3.4).
//!
//! Whatever it creates carries the line's name in its metadata (`fiskal_line`). What already carries
//! it is adopted, also when the journal is lost.

use super::facts::{self, AccountFacts, MerchantFacts};
use super::resources::states;
use super::run::{Flow, Run, Stop, token_body};
use super::settings::{MerchantType, Person};
use super::subject;
use super::wire::{self, Write, text};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Effect, KeptSecret, LineKind, Lost, Method, Outcome, Request, Step};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The longest name, and part of an address.
const LONGEST: usize = 128;

/// What a provisioning made, found and left behind.
#[derive(Default)]
pub(super) struct Report {
    pub(super) created: Vec<Value>,
    pub(super) adopted: Vec<Value>,
    pub(super) orphans: Vec<Value>,
}

impl Report {
    pub(super) fn into_outcome(self, learned: Value) -> Outcome {
        let result = json!({"created": self.created, "adopted": self.adopted, "orphans": self.orphans});
        Outcome { result, learned: Some(learned), ..Outcome::default() }
    }

    pub(super) fn note(&mut self, what: &str, id: &str, made: bool) {
        let entry = json!({"type": what, "id": id});
        if made { self.created.push(entry) } else { self.adopted.push(entry) }
    }
}

/// What would be done, when only that was asked for.
pub(super) fn planned(run: &Run<'_>, known: bool, steps: &[&str]) -> Option<Outcome> {
    if run.param("plan") != &Value::Bool(true) {
        return None;
    }
    let steps = if known { &[] } else { steps };
    let result = json!({"plan": steps, "created": [], "adopted": [], "orphans": []});
    Some(Outcome { result, ..Outcome::default() })
}

/// Learns whose key the configuration has, and makes or adopts a GROUP where it is an ACCOUNT's.
pub(super) fn account(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::account(run.facts).ok();
    if let Some(plan) = planned(
        run,
        known.is_some(),
        &["learn the organization of the key", "make a GROUP if it is an ACCOUNT's"],
    ) {
        return Ok(plan);
    }
    let mut report = Report::default();
    if let Some(known) = known {
        report.note("GROUP", &known.group, false);
        return Ok(report.into_outcome(json!(known)));
    }
    let credential = run.account_credential()?;
    let organization = own_organization(run, &credential)?;
    let path = format!("/organizations/{organization}");
    let answer = run.read("organization", &credential, &path, None)?;
    let organization_type =
        answer.and_then(|answer| answer.text("/content/type")).unwrap_or("GROUP").to_owned();
    let group = match organization_type.as_str() {
        "ACCOUNT" => {
            let name = run.line(LineKind::Account)?.name.clone();
            let (group, made) = find_or_make(
                run,
                "group",
                &credential,
                "/organizations",
                None,
                "/organizations",
                &|| json!({"type": "GROUP", "name": cut(&name, 128)}),
            )?;
            let id = id_of(&group)?;
            report.note("GROUP", &id, made);
            id
        }
        "UNIT" => {
            let message = "the key belongs to a UNIT, which cannot make merchants; give the key of a GROUP or an ACCOUNT";
            return Err(Error::new(Kind::Config, message).at("/key").into());
        }
        _ => {
            report.note("GROUP", &organization, false);
            organization.clone()
        }
    };
    Ok(report.into_outcome(json!(AccountFacts { organization, organization_type, group })))
}

/// The organization of a key. Only the answer to a sign-in names it (contract sign-fr 2.1), so this is one;
/// its token is never used, and being a read, it is never written down.
pub(super) fn own_organization(run: &Run<'_>, credential: &str) -> Flow<String> {
    let label = "who-am-i";
    let Some(answer) = run.past.answer(label) else {
        return Err(Stop::Step(Box::new(Step::Send(Request {
            label: label.into(),
            credential: None,
            base: run.service.base.clone(),
            method: Method::Post,
            path: "/tokens".into(),
            headers: vec![
                ("X-Api-Version".into(), run.service.contract.version().into()),
                (wire::IDEMPOTENCY_KEY.into(), run.operation.derived_id(label).to_string()),
            ],
            body: Some(token_body(credential)),
            effect: Effect::Read,
            lost: Lost::Resend { within: None },
            keep_secret: Vec::new(),
        }))));
    };
    match answer.status {
        200..=299 => answer
            .text("/content/organization/id")
            .map(str::to_owned)
            .ok_or_else(|| Error::internal("the answer to the sign-in names no organization").into()),
        409 | 425 | 429 | 500 | 502..=599 => {
            Err(Stop::Step(Box::new(Step::Again { label: label.into(), pause: wire::pause(1) })))
        }
        _ => Err(wire::refusal(answer).into()),
    }
}

/// What the configuration says of a merchant; `settings` are its country's.
#[derive(Deserialize)]
pub(super) struct MerchantParams {
    pub(super) name: String,
    #[serde(default)]
    pub(super) trade_name: Option<String>,
    pub(super) tax_id: String,
    pub(super) address: Value,
    pub(super) settings: Value,
}

/// Makes or adopts the merchant's UNIT, its credential and its taxpayer, and commissions the taxpayer.
pub(super) fn merchant(run: &Run<'_>) -> Flow<Outcome> {
    let known = facts::merchant(run.facts).ok();
    // The caller knows when the secret store has lost the credential; this service never sees it.
    let lost = run.param("credential_lost") == &Value::Bool(true);
    let steps = ["make a UNIT", "make the UNIT's API key", "make the taxpayer", "commission the taxpayer"];
    if let Some(plan) = planned(run, known.is_some() && !lost, &steps) {
        return Ok(plan);
    }
    let mut report = Report::default();
    if let (Some(known), false) = (&known, lost) {
        report.note("UNIT", &known.unit, false);
        report.note("TAXPAYER", &known.taxpayer, false);
        let renewed = (run.service.country.renewed)(run, known.clone())?;
        return Ok(report.into_outcome(json!(renewed)));
    }
    let params: MerchantParams = params(run)?;
    let taxpayer = (run.service.country.taxpayer)(run, &params)?;
    let account = facts::account(run.facts)?;
    let group = run.account_credential()?;

    let unit_name = cut(&params.name, 128);
    let scope = Some(account.group.as_str());
    let (unit, made) = find_or_make(
        run,
        "unit",
        &group,
        "/organizations",
        scope,
        "/organizations",
        &|| json!({"type": "UNIT", "name": unit_name}),
    )?;
    let unit = id_of(&unit)?;
    report.note("UNIT", &unit, made);

    let credential = run.line(LineKind::Merchant)?.to_string();
    let subject = subject::subject(run, &group, &unit, &credential)?;
    let subject_name = text(&subject, "/content/name").unwrap_or_default().to_owned();
    report
        .orphans
        .extend(subject::earlier_names(&subject_name).map(|name| json!({"type": "SUBJECT", "name": name})));
    let subject = id_of(&subject)?;
    report.note("SUBJECT", &subject, true);

    let (found, made) =
        find_or_make(run, "taxpayer", &credential, "/taxpayers", Some(&unit), "/taxpayers", &|| {
            taxpayer.content.clone()
        })?;
    let found = commissioned(run, "taxpayer", &credential, Some(&unit), "/taxpayers", found)?;
    let id = id_of(&found)?;
    report.note("TAXPAYER", &id, made);
    Ok(report.into_outcome(json!(MerchantFacts {
        unit,
        subject,
        subject_name,
        credential,
        taxpayer: id,
        country: text(&found, "/content/country").map(str::to_owned),
        vat_number: text(&found, "/content/vat_number").map(str::to_owned),
        certification: taxpayer.certification,
        naf_ape_code: taxpayer.naf_ape_code,
        password_changed_on: taxpayer.password_changed_on,
    })))
}

/// The resource of this line in a list, or a new one.
///
/// `scope` goes with both; retired resources are not adopted.
pub(super) fn find_or_make(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    list: &str,
    scope: Option<&str>,
    path: &str,
    content: &dyn Fn() -> Value,
) -> Flow<(Value, bool)> {
    let line = run.operation.line.to_string();
    let wanted = content();
    let look = |label: &str| -> Flow<Option<Value>> {
        let mut found = None;
        run.list(label, credential, list, scope, |resource| {
            let ours = text(resource, "/metadata/fiskal_line") == Some(&line)
                && resource.pointer("/content/type") == wanted.get("type")
                && !matches!(text(resource, "/content/state"), Some("DECOMMISSIONED" | "DISABLED"));
            if ours {
                found = Some(resource.clone());
            }
            ours
        })?;
        Ok(found)
    };
    if run.past.find(label).is_none()
        && let Some(found) = look(&format!("{label}.find"))?
    {
        return Ok((found, false));
    }
    let make = |_| {
        let mut write = Write::post(credential, path, content(), run.marks());
        write.scope = scope.map(str::to_owned);
        write
    };
    run.write(label, &make, &|label| look(&format!("{label}.look"))).map(|made| (made, true))
}

/// The resource in the state COMMISSIONED: it is asked for only where it is still ACQUIRED
/// (contract sign-fr 3.1).
pub(super) fn commissioned(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    scope: Option<&str>,
    path: &str,
    resource: Value,
) -> Flow<Value> {
    let label = format!("{label}.commission");
    let at = states::At { credential, scope, path };
    states::take(run, &label, at, resource, states::COMMISSION, &Map::new())
}

/// What of a taxpayer that this credential is shown must not be written down. A merchant's own credential has
/// the name of its line, as its secrets have; what is shown of another merchant is kept as the credential is.
pub(super) fn shown_secrets(run: &Run<'_>, credential: &str) -> Vec<KeptSecret> {
    let kept = |(pointer, key): &(&str, &str)| KeptSecret {
        pointer: (*pointer).to_owned(),
        name: format!("{credential}/{key}"),
    };
    run.service.country.shown_secrets.iter().map(kept).collect()
}

pub(super) fn id_of(resource: &Value) -> Result<String> {
    text(resource, "/content/id")
        .map(str::to_owned)
        .ok_or_else(|| Error::internal("a resource of the service has no id"))
}

/// The operation's parameters.
pub(super) fn params<T: serde::de::DeserializeOwned>(run: &Run<'_>) -> Result<T> {
    serde_path_to_error::deserialize(&run.operation.params).map_err(|error| {
        let pointer = format!("/{}", error.path().to_string().replace('.', "/"));
        Error::new(Kind::Config, format!("the configuration is not complete: {}", error.inner())).at(pointer)
    })
}

/// A taxpayer as it is made at the service, and what its merchant remembers of it.
pub(super) struct Taxpayer {
    pub(super) content: Value,
    /// What of the certification goes on paper.
    pub(super) certification: Option<Value>,
    pub(super) naf_ape_code: Option<String>,
    /// The day from which the credentials of the authority count, `YYYY-MM-DD`.
    pub(super) password_changed_on: Option<String>,
}

/// The content of a taxpayer that is fiscalized like this.
pub(super) fn taxpayer(
    params: &MerchantParams,
    merchant_type: MerchantType,
    person: Option<&Person>,
    fiscalization: Value,
) -> Result<Value> {
    let legal = fitting("/name", &params.name)?;
    let name = match (merchant_type, person) {
        (MerchantType::Individual, Some(person)) => {
            fitting("/settings/person/forename", &person.forename)?;
            fitting("/settings/person/surname", &person.surname)?;
            json!({"legal": legal, "person": person})
        }
        _ => {
            let trade = params.trade_name.as_deref().unwrap_or(&params.name);
            json!({"legal": legal, "trade": fitting("/trade_name", trade)?})
        }
    };
    let taxpayer_type = match merchant_type {
        MerchantType::Company => "COMPANY",
        MerchantType::Individual => "INDIVIDUAL",
    };
    Ok(json!({
        "type": taxpayer_type,
        "name": name,
        "address": address(&params.address)?,
        "fiscalization": fiscalization,
    }))
}

/// A name or a part of an address as it is; the service keeps 128 characters (Appendix A, PlainString128).
fn fitting<'a>(pointer: &str, text: &'a str) -> Result<&'a str> {
    if (1..=LONGEST).contains(&text.chars().count()) {
        return Ok(text);
    }
    let message = format!("the service takes 1 to {LONGEST} characters here; shorten it");
    Err(Error::new(Kind::Config, message).at(pointer))
}

/// An address as the service wants it. A house without a number has `-` for one: the field is
/// required (contract sign-fr 2.4).
pub(super) fn address(address: &Value) -> Result<Value> {
    let part = |name: &str| -> Result<&str> {
        let pointer = format!("/address/{name}");
        match address.get(name).and_then(Value::as_str).filter(|part| !part.is_empty()) {
            Some(part) => fitting(&pointer, part),
            None => Err(Error::new(Kind::Config, format!("the address has no {name}; add it")).at(pointer)),
        }
    };
    // Appendix A, CountryCode2.
    let country = part("country")?;
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let message = "a country is two capital letters (ISO 3166), such as FR";
        return Err(Error::new(Kind::Config, message).at("/address/country"));
    }
    let number = if address.get("number").is_none_or(Value::is_null) { "-" } else { part("number")? };
    Ok(json!({
        "line": {"type": "STREET_NUMBER", "street": part("street")?, "number": number},
        "code": part("code")?,
        "city": part("city")?,
        "country": country,
    }))
}

/// The first `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
