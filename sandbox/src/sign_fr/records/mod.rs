//! Records: what a system's journal is made of (contract sign-fr 2.7, 2.8, 3.2).
//!
//! Types are kept as text: records which the server makes by itself (closings, exports) stand in the same journal.

mod amounts;
mod book;
mod closing;
mod correction;
mod create;
mod export;
mod italy;
mod offline_chain;
mod paper;
mod replay;
mod sequence;
mod transmission;
mod turnover;
mod view;

pub(super) use closing::Period;
pub(super) use create::create;
pub(super) use transmission::settle;
pub(super) use view::{canonical_text, record as show};

use serde_json::Value;

use super::desk::Desk;
use super::errors::Problem;
use super::pagination::page;
use super::resources::belongs;
use super::state::Record;
use crate::http::Reply;

/// What happens by itself by now: transmissions end, periods are closed, exports are made.
pub(super) fn catch_up(desk: &mut Desk<'_>) -> Result<(), Problem> {
    settle(desk);
    closing::catch_up(desk);
    export::catch_up(desk)
}

pub(super) fn retrieve(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let record = find(desk)?;
    let wants = |flag: &str| desk.request.query(flag).is_some();
    Ok(Reply::json(200, &view::record(desk, record, wants)?))
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let query = |name: &str| desk.request.query(name);
    let (taxpayer, location) = (query("taxpayer_id"), query("location_id"));
    let types: Option<Vec<&str>> = query("type").map(|types| types.split(',').collect());
    let keep = |row: &Record| {
        query("system_id").is_none_or(|id| row.system == id)
            && types.as_ref().is_none_or(|types| types.contains(&row.kind.as_str()))
            && ((taxpayer.is_none() && location.is_none()) || belongs(desk, &row.system, taxpayer, location))
    };
    let show = |row: &Record| view::record(desk, row, |_| false).unwrap_or(Value::Null);
    page(desk, "records", &desk.state.records, keep, show)
}

/// Clients change nothing about a record but its metadata (contract sign-fr 3.2).
pub(super) fn update(desk: &mut Desk<'_>) -> Result<Reply, Problem> {
    let mut record = find(desk)?.clone();
    record.metadata = desk.changed_metadata(record.metadata.as_ref())?;
    let shown = view::record(desk, &record, |_| false)?;
    desk.save(record);
    Ok(Reply::json(200, &shown))
}

fn find<'a>(desk: &'a Desk<'_>) -> Result<&'a Record, Problem> {
    let id = &desk.request.id;
    let found = desk.state.records.get(id).filter(|row| desk.sees(&row.organization));
    found.ok_or_else(|| Problem::not_found("record", id))
}
