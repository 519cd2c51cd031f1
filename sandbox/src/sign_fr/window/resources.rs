//! Taxpayers, locations and systems.

use serde_json::Value;

use super::super::SignFr;
use super::super::resources;
use super::super::state::{Kind, Resource};
use crate::service::lock;
use crate::slice::{Cursor, Slice, slice};

/// One row of a list.
#[derive(Debug, Clone)]
pub(crate) struct ResourceRow {
    pub(crate) id: String,
    pub(crate) label: String,
    /// `COMPANY`, `BRANCH`, `FISCAL_DEVICE`…
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) mode: String,
    pub(crate) created_at: String,
}

/// A resource and what stands above it.
#[derive(Debug, Clone)]
pub(crate) struct ResourceView {
    pub(crate) row: ResourceRow,
    pub(crate) organization: String,
    /// The taxpayer of a location, the location of a system.
    pub(crate) above: Option<(Kind, ResourceRow)>,
    /// The resource as the interface answers it.
    pub(crate) content: Value,
}

impl SignFr {
    /// Resources, newest first; those of an organization, a taxpayer or a location, if it is named.
    pub(crate) fn resources(&self, kind: Kind, under: Option<&str>, cursor: &Cursor) -> Slice<ResourceRow> {
        let state = lock(&self.state);
        let keep = |resource: &Resource| {
            under.is_none_or(|id| {
                let parent = above(kind).map(|above| resource.refers_to(above.name()));
                resource.organization == id || parent == Some(id)
            })
        };
        slice(state.resources(kind), cursor, keep, row)
    }

    pub(crate) fn resource(&self, kind: Kind, id: &str) -> Option<ResourceView> {
        self.look(|desk| {
            let resource = desk.state.resources(kind).get(id)?;
            let above = above(kind).and_then(|above| {
                let table = desk.state.resources(above);
                Some((above, row(table.get(resource.refers_to(above.name()))?)))
            });
            let content = resources::show(desk, resource).ok()?;
            Some(ResourceView {
                row: row(resource),
                organization: resource.organization.clone(),
                above,
                content: content.get("content").cloned().unwrap_or_default(),
            })
        })
    }
}

/// What a resource of this kind stands under.
fn above(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::Taxpayer => None,
        Kind::Location => Some(Kind::Taxpayer),
        Kind::System => Some(Kind::Location),
    }
}

fn row(resource: &Resource) -> ResourceRow {
    let kind = resource.content.get("type").and_then(Value::as_str);
    ResourceRow {
        id: resource.id.clone(),
        label: label(resource),
        kind: kind.unwrap_or_default().to_owned(),
        state: resource.state.clone(),
        mode: resource.mode.clone(),
        created_at: resource.created_at.clone(),
    }
}

/// The name by which people know a resource; its id when it has none.
pub(super) fn label(resource: &Resource) -> String {
    let content = Value::Object(resource.content.clone());
    let places: &[&str] = match resource.kind {
        Kind::Taxpayer => &["/name/trade", "/name/legal"],
        Kind::Location => &["/name", "/name/trade", "/name/legal"],
        Kind::System => &["/producer/details/name", "/producer/number"],
    };
    let text = |place: &&str| content.pointer(place).and_then(Value::as_str).map(str::to_owned);
    places.iter().find_map(text).unwrap_or_else(|| resource.id.clone())
}
