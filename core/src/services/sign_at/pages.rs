//! Lists that a caller goes through, one page or all of them (contract sign-at 1.3 and 1.4).

use super::run::{Flow, MOST_PAGES, Run};
use super::wire::{Api, PAGE};
use crate::error::{Error, Result};
use serde_json::{Value, json};

/// Digits of a token: no list is that long.
const TOKEN_DIGITS: usize = 9;

/// A list at the service.
pub(super) struct List<'l> {
    pub(super) api: Api,
    pub(super) credential: &'l str,
    /// Its address, with what it is filtered by.
    pub(super) address: &'l str,
    /// An entry in the words that callers get.
    pub(super) shown: &'l dyn Fn(&Value) -> Result<Value>,
    /// Why it is not there.
    pub(super) gone: &'l dyn Fn() -> Error,
}

/// The page that the caller names, and with `all` those that follow it. `count` may be that of the page, so that only a
/// short page is the last one; a longer one than was asked for has all (contract sign-at 8, no. 13).
pub(super) fn pages(run: &Run<'_>, list: &List<'_>) -> Flow<Value> {
    let limit = limit(run)?;
    let mut offset = offset(run)?;
    let most = if run.param("all") == &Value::Bool(true) { MOST_PAGES } else { 1 };
    let join = if list.address.contains('?') { '&' } else { '?' };
    let mut results = Vec::new();
    for page in 1..=most {
        let address = format!("{}{join}limit={limit}&offset={offset}", list.address);
        let answer = run.read(list.api, &format!("list.{page}"), list.credential, &address)?;
        let rows = answer.ok_or_else(|| (list.gone)())?.body.get("data").and_then(Value::as_array);
        let rows = rows.map(Vec::as_slice).unwrap_or_default();
        for row in rows {
            results.push((list.shown)(row)?);
        }
        if rows.len() != limit {
            return Ok(json!({"results": results, "token": null}));
        }
        offset = offset.saturating_add(rows.len());
    }
    Ok(json!({"results": results, "token": offset.to_string()}))
}

fn limit(run: &Run<'_>) -> Result<usize> {
    let asked = run.param("limit");
    let limit = if asked.is_null() { Some(PAGE) } else { asked.as_u64().and_then(|it| it.try_into().ok()) };
    limit
        .filter(|limit| (1..=PAGE).contains(limit))
        .ok_or_else(|| Error::invalid("/limit", format!("a page has 1 to {PAGE} entries")))
}

/// Where the page begins, by the token of the one before.
fn offset(run: &Run<'_>) -> Result<usize> {
    let Some(token) = run.param("token").as_str() else { return Ok(0) };
    let is_ours = token.len() <= TOKEN_DIGITS && token.bytes().all(|byte| byte.is_ascii_digit());
    token.parse().ok().filter(|_| is_ours).ok_or_else(|| {
        Error::invalid("/token", "this is no token of a page; give the one of the page before")
    })
}
