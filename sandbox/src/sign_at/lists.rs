//! Lists in pages (contract sign-at 1.3, 1.4).

use serde_json::{Value, json};

use super::desk::Desk;
use super::errors::Problem;
use super::view;
use crate::settings::Count;

/// The most rows on one page, and how many there are when the client names no limit.
const LIMIT: usize = 100;

/// The page that the request asks for of rows in ascending order.
pub(super) fn page<T>(
    desk: &Desk<'_>,
    kind: &str,
    rows: &[T],
    show: impl Fn(&T) -> Value,
) -> Result<Value, Problem> {
    let whole = |name: &str| desk.request.whole(name).and_then(|number| usize::try_from(number).ok());
    let limit = whole("limit").unwrap_or(LIMIT);
    if limit > LIMIT {
        return Err(Problem::new(400, "E_FILTER_LIMIT_EXCEEDED", format!("limit must be at most {LIMIT}")));
    }
    let offset = whole("offset").unwrap_or(0);
    let data: Vec<Value> = if desk.request.query("order") == Some("DESC") {
        rows.iter().rev().skip(offset).take(limit).map(show).collect()
    } else {
        rows.iter().skip(offset).take(limit).map(show).collect()
    };
    let count = match desk.settings.count {
        Count::Total => rows.len(),
        Count::Page => data.len(),
    };
    let mut answer = view::head(kind, &desk.owner);
    answer.insert("data".to_owned(), data.into());
    answer.insert("count".to_owned(), json!(count));
    Ok(Value::Object(answer))
}
