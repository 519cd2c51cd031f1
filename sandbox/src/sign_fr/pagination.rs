//! Lists in pages (contract sign-fr 1.7, 1.8). Rows come in the order they were made; nothing publishes an order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::desk::Desk;
use super::errors::Problem;
use super::state::{Row, Table};
use crate::http::Reply;

/// The page that the request asks for: rows that the caller sees and `keep` keeps, as `show` shows them.
pub(super) fn page<T: Row>(
    desk: &Desk<'_>,
    collection: &str,
    table: &Table<T>,
    keep: impl Fn(&T) -> bool,
    show: impl Fn(&T) -> Value,
) -> Result<Reply, Problem> {
    let start = desk.request.query("token").map(place).transpose()?.unwrap_or(0);
    let limit = desk.request.limit;
    let mut wanted = table
        .rows()
        .iter()
        .enumerate()
        .skip(start)
        .filter(|(_, row)| desk.sees(row.organization()) && keep(row));
    let results: Vec<Value> = wanted.by_ref().take(limit).map(|(_, row)| show(row)).collect();
    let next = wanted.next().map(|(place, _)| place);
    if results.is_empty() && desk.settings.empty_list_404 {
        return Err(Problem::new(404, format!("there are no {collection}")));
    }
    let mut body = json!({ "results": results });
    if let (Some(place), Some(body)) = (next, body.as_object_mut()) {
        body.insert("pagination".to_owned(), pagination(desk, collection, place));
    }
    Ok(Reply::json(200, &body))
}

fn pagination(desk: &Desk<'_>, collection: &str, place: usize) -> Value {
    let token = STANDARD.encode(place.to_string());
    let limit = desk.request.limit;
    let base = if desk.settings.absolute_next { desk.base.as_str() } else { "" };
    let prefix = desk.request.version.prefix();
    let mut next = format!("{base}{prefix}/{collection}?limit={limit}&token={}", escape(&token));
    for (name, value) in desk.request.query.iter().filter(|(name, _)| name != "limit" && name != "token") {
        next.push_str(&format!("&{name}={}", escape(value)));
    }
    json!({ "next": next, "token": token, "limit": limit })
}

fn place(token: &str) -> Result<usize, Problem> {
    let unknown = || Problem::bad_request(format!("Query parameter token '{token}' was not given out here"));
    let bytes = STANDARD.decode(token).map_err(|_| unknown())?;
    std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok()).ok_or_else(unknown)
}

/// Percent-encodes everything but the unreserved characters of RFC 3986 and the comma of a list.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' => {
                escaped.push(char::from(byte))
            }
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    escaped
}
