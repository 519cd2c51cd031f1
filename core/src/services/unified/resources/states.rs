//! The states and modes of taxpayers, locations and systems (contract sign-fr 3.1).

use super::Collection;
use super::view;
use crate::error::{Error, Kind};
use crate::services::unified::provision::{id_of, shown_secrets};
use crate::services::unified::run::{Flow, Run, Stop};
use crate::services::unified::wire::{Write, text};
use serde_json::{Map, Value, json};

/// A step in a resource's life: the member that says where it is, and what that shall be.
#[derive(Clone, Copy, Debug)]
pub(in crate::services::unified) struct Step(&'static str, &'static str);

/// Its life begins.
pub(in crate::services::unified) const COMMISSION: Step = Step("state", "COMMISSIONED");
/// Its life ends.
pub(in crate::services::unified) const DECOMMISSION: Step = Step("state", "DECOMMISSIONED");
/// It rests.
pub(in crate::services::unified) const SUSPEND: Step = Step("mode", "SUSPENDED");
/// It works again.
pub(in crate::services::unified) const RESTORE: Step = Step("mode", "OPERATIVE");

impl Step {
    /// Whether a resource has taken it already.
    pub(in crate::services::unified) fn is_taken(self, resource: &Value) -> bool {
        text(resource, &format!("/content/{}", self.0)) == Some(self.1)
    }
}

/// Takes the step that the verb names; `None` where it names none. A step that is taken already is done.
pub(super) fn change(run: &Run<'_>, collection: &Collection, verb: &str) -> Option<Flow<Value>> {
    let step = match verb {
        "commission" => COMMISSION,
        "suspend" => SUSPEND,
        "restore" => RESTORE,
        "decommission" => DECOMMISSION,
        _ => return None,
    };
    let changed = || {
        let now = super::found(run, collection)?;
        let credential = super::credential(run)?;
        let scope = super::scope(run, collection, &credential)?;
        let at = At { credential: &credential, scope: scope.as_deref(), path: collection.path };
        let there = take(run, verb, at, now, step, &Map::new())?;
        Ok(view::shown(collection, &there)?)
    };
    Some(changed())
}

/// Where resources are, and who may change them.
#[derive(Clone, Copy)]
pub(in crate::services::unified) struct At<'a> {
    pub(in crate::services::unified) credential: &'a str,
    /// The organization that is meant, where it is not the credential's own.
    pub(in crate::services::unified) scope: Option<&'a str>,
    pub(in crate::services::unified) path: &'a str,
}

/// The resource after the step. `metadata` goes with it.
pub(in crate::services::unified) fn take(
    run: &Run<'_>,
    label: &str,
    at: At<'_>,
    resource: Value,
    step: Step,
    metadata: &Map<String, Value>,
) -> Flow<Value> {
    if step.is_taken(&resource) {
        return Ok(resource);
    }
    let address = format!("{}/{}", at.path, id_of(&resource)?);
    let Step(member, value) = step;
    let shown = shown_secrets(run, at.credential);
    let make = |_| {
        let mut write =
            Write::patch(at.credential, address.clone(), json!({ member: value })).keeping(&shown);
        write.scope = at.scope.map(str::to_owned);
        if !metadata.is_empty() {
            write.body["metadata"] = json!(metadata);
        }
        write
    };
    let there = run.write(label, &make, &|label| {
        let answer = run.read(&format!("{label}.look"), at.credential, &address, None)?;
        Ok(answer.map(|answer| answer.body.clone()).filter(|body| step.is_taken(body)))
    })?;
    if step.is_taken(&there) {
        return Ok(there);
    }
    // "stays SUSPENDED if invalid": what was not right at the first time is told by a success (3.1).
    let is = text(&there, &format!("/content/{member}")).unwrap_or("unknown");
    let message = format!(
        "the service took the request, but the {member} is still {is} and not {value}; correct the credentials that it checks, then try again"
    );
    Err(Stop::Refused(Error::new(Kind::Refused, message)))
}
