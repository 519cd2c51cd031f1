//! The states and modes of taxpayers, locations and systems (contract sign-fr 3.1).

use super::Collection;
use super::view;
use crate::error::{Error, Kind};
use crate::services::unified::provision::id_of;
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
        let there = take(run, verb, &credential, collection.path, now, step, &Map::new())?;
        Ok(view::shown(collection, &there)?)
    };
    Some(changed())
}

/// The resource after the step. `metadata` goes with it.
pub(in crate::services::unified) fn take(
    run: &Run<'_>,
    label: &str,
    credential: &str,
    path: &str,
    resource: Value,
    step: Step,
    metadata: &Map<String, Value>,
) -> Flow<Value> {
    if step.is_taken(&resource) {
        return Ok(resource);
    }
    let address = format!("{path}/{}", id_of(&resource)?);
    let Step(member, value) = step;
    let make = |_| {
        let mut write = Write::patch(credential, address.clone(), json!({ member: value }));
        if !metadata.is_empty() {
            write.body["metadata"] = json!(metadata);
        }
        write
    };
    let there = run.write(label, &make, &|label| {
        let answer = run.read(&format!("{label}.look"), credential, &address, None)?;
        Ok(answer.map(|answer| answer.body.clone()).filter(|body| step.is_taken(body)))
    })?;
    if step.is_taken(&there) {
        return Ok(there);
    }
    // "stays SUSPENDED if invalid": what was not right at the first time is told by a success (3.1).
    let is = text(&there, &format!("/content/{member}")).unwrap_or("unknown");
    let message = format!(
        "SIGN FR took the request, but the {member} is still {is} and not {value}; correct the credentials that it checks, then try again"
    );
    Err(Stop::Refused(Error::new(Kind::Refused, message)))
}
