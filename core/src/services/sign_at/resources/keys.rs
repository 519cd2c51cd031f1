//! API keys of an organization (contract sign-at 2.11).

use super::{asked, changed, credential, found, kept, listed, made_by_us, named, organization, view};
use crate::error::{Error, Result};
use crate::resource::{CreateSubject, SubjectState, UpdateSubject};
use crate::services::sign_at::key;
use crate::services::sign_at::run::{Flow, Run};
use crate::services::sign_at::wire::{Api, Write, text};
use serde_json::{Map, Value, json};

pub(super) fn get(run: &Run<'_>) -> Flow<Value> {
    Ok(view::subject(&now(run)?)?)
}

pub(super) fn list(run: &Run<'_>) -> Flow<Value> {
    let path = key::path(&organization(run, &credential(run)?)?);
    listed(run, Api::Management, &path, "subject", view::subject)
}

pub(super) fn create(run: &Run<'_>) -> Flow<Value> {
    let asked: CreateSubject = asked(run)?;
    check_name(&asked.name)?;
    let metadata = kept(run)?;
    let credential = credential(run)?;
    let path = key::path(&organization(run, &credential)?);
    let line = &run.operation.line;
    let name = format!("{}@{}/subject/{}", line.account, line.environment, run.operation.id);
    let content = json!({"name": asked.name, "status": "enabled", "metadata": metadata});
    let make = |_| Write { keep_secret: key::kept_as(&name), ..Write::post(path.clone(), content.clone()) };
    // One of unknown fate may exist; its secret is lost all the same.
    let body = run.write("create", &credential, &make, &|_| Ok(None))?;
    let mut shown = view::subject(&body)?;
    shown["orphans"] = orphans(run, &credential, &path, &body)?.into();
    shown["credential"] = name.into();
    Ok(shown)
}

/// Keys that an earlier attempt of this operation made, and whose secrets nobody has.
fn orphans(run: &Run<'_>, credential: &str, path: &str, made: &Value) -> Flow<Vec<String>> {
    if run.past.find("create-2").is_none() {
        return Ok(Vec::new());
    }
    let all = made_by_us(run, "orphans", credential, path)?;
    let ids = all.iter().filter_map(|key| text(key, "/_id"));
    Ok(ids.filter(|id| Some(*id) != text(made, "/_id")).map(str::to_owned).collect())
}

/// Changes what is said about it. Said twice it is the same, so one of unknown fate is said again.
pub(super) fn update(run: &Run<'_>) -> Flow<Value> {
    let asked: UpdateSubject = asked(run)?;
    let now = now(run)?;
    let mut changes = Map::new();
    if let Some(name) = asked.name {
        check_name(&name)?;
        changes.insert("name".into(), name.into());
    }
    if let Some(state) = asked.state {
        let status = match state {
            SubjectState::Enabled => "enabled",
            SubjectState::Disabled => "disabled",
        };
        changes.insert("status".into(), status.into());
    }
    changes.extend(changed(run, &now)?.map(|metadata| ("metadata".to_owned(), metadata.into())));
    if changes.is_empty() {
        return Ok(view::subject(&now)?);
    }
    let (credential, path) = (credential(run)?, address(run)?);
    let make = |_| Write { api: Api::Management, ..Write::patch(path.clone(), json!(changes)) };
    Ok(view::subject(&run.write("update", &credential, &make, &|_| Ok(None))?)?)
}

fn now(run: &Run<'_>) -> Flow<Value> {
    found(run, Api::Management, &address(run)?, "subject")
}

fn address(run: &Run<'_>) -> Flow<String> {
    let path = key::path(&organization(run, &credential(run)?)?);
    Ok(format!("{path}/{}", named(run, "subject")?))
}

/// `^[a-z0-9\-]{3,30}$`.
fn check_name(name: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (3..=30).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(Error::invalid("/name", "the name of an API key is 3 to 30 of a-z, 0-9 and -"))
}
