//! Where an operation is carried out: the state under its lock, the caller, the time, and what has to be kept.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::accounts::Caller;
use super::errors::Problem;
use super::state::{Organization, State};
use crate::changes::Changes;
use crate::intake::Request;
use crate::settings::ManagementSettings;

/// Rows on a page when the client names no limit.
const DEFAULT_LIMIT: usize = 100;

/// One operation at work.
pub(super) struct Desk<'a> {
    pub(super) state: &'a mut State,
    pub(super) caller: &'a Caller,
    pub(super) request: &'a Request,
    pub(super) settings: &'a ManagementSettings,
    pub(super) now: Timestamp,
    pub(super) changes: Changes,
}

impl Desk<'_> {
    /// Whether the caller may see an organization: its own, and those that it manages.
    pub(super) fn sees(&self, organization: &str) -> bool {
        self.state.organizations.get(organization).is_some()
            && self.state.is_within(organization, &self.caller.organization)
    }

    /// The organization named in the path.
    pub(super) fn organization(&self) -> Result<&Organization, Problem> {
        let id = self.request.in_path("organization_id");
        let found = self.state.organizations.get(id).filter(|row| self.sees(&row.id));
        found.ok_or_else(Problem::no_organization)
    }

    /// The metadata of a request.
    pub(super) fn metadata(&self) -> Option<Map<String, Value>> {
        self.request.body.get("metadata")?.as_object().cloned()
    }

    /// The page that the request asks for.
    pub(super) fn page(&self, kind: &str, mut rows: Vec<Value>) -> Value {
        if self.request.query("order") == Some("desc") {
            rows.reverse();
        }
        let count = rows.len();
        let whole = |name: &str| self.request.whole(name).and_then(|number| usize::try_from(number).ok());
        let page =
            rows.into_iter().skip(whole("offset").unwrap_or(0)).take(whole("limit").unwrap_or(DEFAULT_LIMIT));
        json!({ "data": page.collect::<Vec<Value>>(), "count": count, "_type": kind })
    }
}
