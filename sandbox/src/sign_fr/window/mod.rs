//! What a person at the hub sees of the service and does there: everything, without a token, as the owner of the
//! machine. Clients never come this way.

mod accounts;
mod records;
mod resources;

pub(crate) use accounts::{Key, NotMade, Organization};
pub(crate) use records::{RecordRow, RecordView};
pub(crate) use resources::{ResourceRow, ResourceView};

use super::auth::Caller;
use super::checks::Checked;
use super::desk::Desk;
use super::state::State;
use super::{NAME, SignFr};
use crate::changes::Changes;
use crate::service::lock;

impl SignFr {
    /// Looks at the state as somebody who sees every organization.
    fn look<T>(&self, with: impl FnOnce(&Desk<'_>) -> T) -> T {
        let settings = self.shared.settings();
        let mut state = lock(&self.state);
        let nobody = Caller { organization: String::new() };
        let nothing = Checked::default();
        let mut desk = Desk {
            state: &mut state,
            caller: &nobody,
            request: &nothing,
            settings: &settings.sign_fr,
            italy: settings.sign_it.clone(),
            now: self.shared.clock.now(),
            base: format!("/{NAME}"),
            changes: Changes::default(),
        };
        super::records::settle(&mut desk);
        with(&desk)
    }
}

/// How a resource is called by people; its id when it has no name.
fn named(state: &State, kind: super::Kind, id: &str) -> String {
    state.resources(kind).get(id).map_or_else(|| id.to_owned(), resources::label)
}
