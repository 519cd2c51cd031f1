//! States and modes of taxpayers, locations and systems (contract sign-fr 3.1).

use super::errors::Problem;
use super::state::{Kind, Resource};
use crate::settings::SignFrSettings;

pub(super) const ACQUIRED: &str = "ACQUIRED";
pub(super) const COMMISSIONED: &str = "COMMISSIONED";
pub(super) const DECOMMISSIONED: &str = "DECOMMISSIONED";
pub(super) const INACTIVE: &str = "INACTIVE";
pub(super) const OPERATIVE: &str = "OPERATIVE";
const SUSPENDED: &str = "SUSPENDED";

/// Takes the step that a client asks for. `above` is the resource that must be commissioned first.
pub(super) fn step(
    resource: &mut Resource,
    state: Option<&str>,
    mode: Option<&str>,
    above: Option<&Resource>,
    settings: &SignFrSettings,
) -> Result<(), Problem> {
    if let Some(state) = state {
        change_state(resource, state, above, settings)?;
    }
    if let Some(mode) = mode {
        change_mode(resource, mode, settings)?;
    }
    Ok(())
}

fn change_state(
    resource: &mut Resource,
    wanted: &str,
    above: Option<&Resource>,
    settings: &SignFrSettings,
) -> Result<(), Problem> {
    if resource.state == wanted && settings.accept_repeated_state {
        return Ok(());
    }
    match (resource.state.as_str(), wanted) {
        (ACQUIRED, COMMISSIONED) => {
            if let Some(above) = above.filter(|above| above.state != COMMISSIONED) {
                return Err(out_of_order(
                    resource,
                    &format!(
                        "cannot be commissioned while {} '{}' is {}",
                        above.kind.name(),
                        above.id,
                        above.state
                    ),
                    settings,
                ));
            }
            COMMISSIONED.clone_into(&mut resource.state);
            OPERATIVE.clone_into(&mut resource.mode);
        }
        (COMMISSIONED, DECOMMISSIONED) => decommission(resource),
        (current, wanted) => {
            return Err(out_of_order(resource, &format!("cannot go from {current} to {wanted}"), settings));
        }
    }
    Ok(())
}

/// Ends a resource's life.
pub(super) fn decommission(resource: &mut Resource) {
    DECOMMISSIONED.clone_into(&mut resource.state);
    INACTIVE.clone_into(&mut resource.mode);
}

fn change_mode(resource: &mut Resource, wanted: &str, settings: &SignFrSettings) -> Result<(), Problem> {
    if resource.mode == wanted && settings.accept_repeated_state {
        return Ok(());
    }
    match (resource.state.as_str(), resource.mode.as_str(), wanted) {
        // It answers with success, and the mode says what became of it (3.1).
        (COMMISSIONED, SUSPENDED, OPERATIVE)
            if resource.kind == Kind::Taxpayer && !settings.credentials_valid =>
        {
            Ok(())
        }
        (COMMISSIONED, OPERATIVE, SUSPENDED) | (COMMISSIONED, SUSPENDED, OPERATIVE) => {
            wanted.clone_into(&mut resource.mode);
            Ok(())
        }
        (state, mode, wanted) => {
            Err(out_of_order(resource, &format!("cannot go from {state}/{mode} to mode {wanted}"), settings))
        }
    }
}

/// The refusal of a step that is not next.
pub(super) fn out_of_order(resource: &Resource, what: &str, settings: &SignFrSettings) -> Problem {
    let message = format!(
        "{} operation invalid: {} '{}' {what}",
        resource.kind.name(),
        resource.kind.name(),
        resource.id
    );
    Problem::new(settings.commission_order_status, message)
}
