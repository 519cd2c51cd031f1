//! Organizations, subjects, merchants, locations, systems and signature creation units, as an account's service
//! keeps them.

use super::{Definition, Run, given, read, references, returned, written};
use crate::engine::Submission;
use crate::engine::ports::{Progress, SecretStore, Store};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Line, LineKind};
use crate::fiskal::Call;
use crate::resource::{
    CreateLocation, CreateMerchant, CreateOrganization, CreateSubject, CreateSystem, Location, Merchant,
    Organization, Page, Subject, System, Unit, UpdateLocation, UpdateMerchant, UpdateOrganization,
    UpdateSubject, UpdateSystem, change_of_account, of_account,
};
use crate::text::quoted;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The longest id of a caller, in characters.
const ID: usize = 64;

macro_rules! definitions {
    ($($constant:ident = $name:literal, $run:ident::<$params:ty> -> $result:ty, $summary:literal;)*) => {$(
        pub(super) const $constant: Definition = Definition {
            name: $name,
            summary: $summary,
            params: given::<$params>,
            result: returned::<$result>,
            run: Run::Client(|fiskal, params| $run::<$params>(fiskal, $name, params)),
        };
    )*};
}

definitions! {
    ORGANIZATION_CREATE = "organization.create", change::<CreateOrganization> -> Organization,
        "Makes an organization at the account's service: a group, or a unit that holds merchants.";
    ORGANIZATION_UPDATE = "organization.update", change::<UpdateOrganization> -> Organization,
        "Renames an organization, or changes what is kept with it.";
    ORGANIZATION_GET = "organization.get", look::<NamedOrganization> -> Organization,
        "Shows an organization.";
    ORGANIZATION_LIST = "organization.list", look::<ListOrganizations> -> Page<Organization>,
        "Lists organizations, page by page or all of them.";
    SUBJECT_CREATE = "subject.create", change::<CreateSubject> -> Subject,
        "Makes an API key; its secret goes into the file of secrets, and into nothing else.";
    SUBJECT_UPDATE = "subject.update", change::<UpdateSubject> -> Subject,
        "Renames an API key, disables it, or changes what is kept with it.";
    SUBJECT_GET = "subject.get", look::<NamedSubject> -> Subject,
        "Shows an API key, without its secret.";
    SUBJECT_LIST = "subject.list", look::<ListSubjects> -> Page<Subject>,
        "Lists API keys, page by page or all of them.";
    MERCHANT_CREATE = "merchant.create", change::<CreateMerchant> -> Merchant,
        "Makes a merchant in the unit of the key that goes along; its head office comes with it.";
    MERCHANT_UPDATE = "merchant.update", change::<UpdateMerchant> -> Merchant,
        "Changes what the service knows of a merchant; what is left out stays as it is.";
    MERCHANT_GET = "merchant.get", look::<NamedMerchant> -> Merchant,
        "Shows a merchant.";
    MERCHANT_LIST = "merchant.list", look::<ListMerchants> -> Page<Merchant>,
        "Lists merchants, page by page or all of them.";
    MERCHANT_COMMISSION = "merchant.commission", change::<ChangeMerchantState> -> Merchant,
        "Begins a merchant's life at the service; its locations may follow.";
    MERCHANT_SUSPEND = "merchant.suspend", change::<ChangeMerchantState> -> Merchant,
        "Suspends a merchant, such as to change its credentials.";
    MERCHANT_RESTORE = "merchant.restore", change::<ChangeMerchantState> -> Merchant,
        "Ends a merchant's suspension; the service looks at its credentials again.";
    MERCHANT_DECOMMISSION = "merchant.decommission", change::<ChangeMerchantState> -> Merchant,
        "Ends a merchant's life at the service for good.";
    LOCATION_CREATE = "location.create", change::<CreateLocation> -> Location,
        "Makes a branch of a merchant.";
    LOCATION_UPDATE = "location.update", change::<UpdateLocation> -> Location,
        "Changes what the service knows of a location; what is left out stays as it is.";
    LOCATION_GET = "location.get", look::<NamedLocation> -> Location,
        "Shows a location.";
    LOCATION_LIST = "location.list", look::<ListLocations> -> Page<Location>,
        "Lists locations of one merchant or of all, page by page or all of them.";
    LOCATION_COMMISSION = "location.commission", change::<ChangeLocationState> -> Location,
        "Begins a location's life at the service, after its merchant's; its systems may follow.";
    LOCATION_SUSPEND = "location.suspend", change::<ChangeLocationState> -> Location,
        "Suspends a location.";
    LOCATION_RESTORE = "location.restore", change::<ChangeLocationState> -> Location,
        "Ends a location's suspension.";
    LOCATION_DECOMMISSION = "location.decommission", change::<ChangeLocationState> -> Location,
        "Ends a location's life at the service for good.";
    SYSTEM_CREATE = "system.create", change::<CreateSystem> -> System,
        "Makes a system at a location: a register, or another device as far as the service takes it.";
    SYSTEM_UPDATE = "system.update", change::<UpdateSystem> -> System,
        "Changes what the service knows of a system; what is left out stays as it is.";
    SYSTEM_GET = "system.get", look::<NamedSystem> -> System,
        "Shows a system.";
    SYSTEM_LIST = "system.list", look::<ListSystems> -> Page<System>,
        "Lists systems of a merchant, of a location or of all, page by page or all of them.";
    SYSTEM_COMMISSION = "system.commission", change::<ChangeSystemState> -> System,
        "Begins a system's life at the service, after its location's.";
    SYSTEM_SUSPEND = "system.suspend", change::<ChangeSystemState> -> System,
        "Suspends a system; for a register of the configuration `register.suspend` also stops its sales here.";
    SYSTEM_RESTORE = "system.restore", change::<ChangeSystemState> -> System,
        "Ends a system's suspension.";
    SYSTEM_DECOMMISSION = "system.decommission", change::<ChangeSystemState> -> System,
        "Ends a system's life at the service for good; for a register of the configuration use `register.retire`.";
    UNIT_GET = "unit.get", look::<NamedUnit> -> Unit,
        "Shows a signature creation unit.";
    UNIT_LIST = "unit.list", look::<ListUnits> -> Page<Unit>,
        "Lists signature creation units, page by page or all of them.";
    UNIT_DECOMMISSION = "unit.decommission", change::<DecommissionUnit> -> Unit,
        "Ends a signature creation unit's life for good; `provision` makes the next one.";
}

/// Parameters that name one resource by the service's id.
macro_rules! named {
    ($($macro:ident $name:ident $word:ident $what:literal;)*) => {$(
        $macro! {
            #[doc = concat!("Parameters that name ", $what, ".")]
            struct $name {
                /// The service's id of it.
                $word: String,
            }
        }
    )*};
}

named! {
    of_account NamedOrganization organization "an organization";
    of_account NamedMerchant merchant "a merchant";
    of_account NamedLocation location "a location";
    of_account NamedSystem system "a system";
    of_account NamedUnit unit "a signature creation unit";
    change_of_account ChangeMerchantState merchant "the merchant whose state changes";
    change_of_account ChangeLocationState location "the location whose state changes";
    change_of_account ChangeSystemState system "the system whose state changes";
}

of_account! {
    /// Parameters that name a subject.
    struct NamedSubject {
        /// The service's id of it.
        subject: String,
        /// The organization that it acts for; the key's own if absent. In France the id alone says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<String>,
    }
}

change_of_account! {
    /// Parameters of `unit.decommission`.
    struct DecommissionUnit {
        /// The service's id of it.
        unit: String,
        /// Whether registers that live are to go on with the next unit; else they stand in the way. Until
        /// `provision` has made that one they sign nothing.
        #[serde(default)]
        registers_go_on: bool,
    }
}

/// Parameters of a `list`.
macro_rules! lists {
    ($($name:ident $what:literal { $($(#[$doc:meta])* $filter:ident,)* })*) => {$(
        of_account! {
            #[doc = concat!("Parameters that list ", $what, ".")]
            struct $name {
                $($(#[$doc])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $filter: Option<String>,)*
                /// How many a page has, 1 to 100; 100 if absent.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                limit: Option<u32>,
                /// The `token` of the page before; the first page if absent.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                token: Option<String>,
                /// Whether the pages that follow come too, at most 200 of them; then a `token` in the result
                /// says that there are still more.
                #[serde(default)]
                all: bool,
            }
        }
    )*};
}

lists! {
    ListOrganizations "organizations" {
        /// The service's id of the organization at the top; the key's own if absent.
        organization,
    }
    ListSubjects "subjects" {
        /// The service's id of the organization at the top; the key's own if absent.
        organization,
    }
    ListMerchants "merchants" {}
    ListLocations "locations" {
        /// Only of this merchant, by the service's id.
        merchant,
    }
    ListSystems "systems" {
        /// Only of this merchant, by the service's id.
        merchant,
        /// Only of this location, by the service's id.
        location,
    }
    ListUnits "signature creation units" {}
}

/// What changes something: written down, done once under the caller's id.
fn change<T: Serialize + DeserializeOwned>(fiskal: &Call<'_>, name: &str, params: &Value) -> Result<Value> {
    let params = written(&read::<T>(params)?)?;
    let account = params.get("account").and_then(Value::as_str).unwrap_or_default().to_owned();
    references::check(fiskal, &account, &params)?;
    let asked = submission(fiskal, name, params)?;
    // What was asked for before has its result, or goes on; what failed begins anew.
    let earlier = fiskal.engine().store().find(&asked.line, &asked.key)?;
    if earlier.is_none_or(|entry| matches!(entry.progress, Progress::Failed)) {
        references::check_there(fiskal, &account, &asked.params)?;
    }
    Ok(fiskal.submit(asked)?.outcome.result)
}

/// What only looks.
fn look<T: Serialize + DeserializeOwned>(fiskal: &Call<'_>, name: &str, params: &Value) -> Result<Value> {
    let asked = submission(fiskal, name, written(&read::<T>(params)?)?)?;
    Ok(fiskal.look(asked)?.result)
}

/// What is submitted on the account's own line, with the credential by its name in the store of secrets.
fn submission(fiskal: &Call<'_>, name: &str, mut params: Value) -> Result<Submission> {
    let text = |key: &str| params.get(key).and_then(Value::as_str).map(str::to_owned);
    let line = account_line(fiskal, &text("account").unwrap_or_default())?;
    let id = text("id");
    if id.as_deref().is_some_and(|id| !(1..=ID).contains(&id.chars().count())) {
        return Err(Error::invalid("/id", format!("an id has 1 to {ID} characters")));
    }
    if let (Some(given), Some(members)) = (text("credential"), params.as_object_mut()) {
        members.insert("credential".into(), credential(fiskal, &line, &given)?.into());
    }
    Ok(Submission {
        name: name.to_owned(),
        key: format!("{name}:{}", id.unwrap_or_else(|| fiskal.new_id())),
        fingerprint: params.to_string(),
        line,
        above: Vec::new(),
        zone: "UTC".into(),
        params,
        at: None,
        original: None,
        replaces: None,
        once: true,
        patience: None,
    })
}

fn account_line(fiskal: &Call<'_>, name: &str) -> Result<Line> {
    let account = fiskal.config().account(name).map_err(|error| error.at("/account"))?;
    Ok(Line::of_account(name, account.environment.name()))
}

/// The name under which the store of secrets has what is meant.
///
/// Only credentials of this very account and environment: nobody's key goes to another one's address.
fn credential(fiskal: &Call<'_>, account: &Line, given: &str) -> Result<String> {
    let wrong = |kind: Kind, message: String| Error::new(kind, message).at("/credential");
    let name = match fiskal.config().merchants.get(given) {
        Some(merchant) if merchant.account == account.account => {
            let line = Line { kind: LineKind::Merchant, name: given.into(), ..account.clone() };
            let facts = fiskal.journal().facts(&line)?;
            facts.get("credential").and_then(Value::as_str).map(str::to_owned).ok_or_else(|| {
                let message = format!("the merchant '{given}' is not provisioned; run `provision`");
                wrong(Kind::NotReady, message)
            })?
        }
        _ => given.to_owned(),
    };
    let own = format!("{}@{}/", account.account, account.environment);
    let known = name.starts_with(&own) && fiskal.engine().secrets().get(&format!("{name}/secret"))?.is_some();
    if !known {
        let message = format!(
            "{} is neither a merchant of the account '{}' nor a credential that `subject.create` gave for it",
            quoted(given),
            account.account
        );
        return Err(wrong(Kind::NotFound, message));
    }
    Ok(name)
}
