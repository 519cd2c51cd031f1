//! Every request that reached a service, as it was written on the wire: what a test compares when it asks
//! whether two clients ask for the same things. Secrets, passwords and tokens are never shown.

use std::collections::VecDeque;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::canonical;

/// How many requests are kept; the oldest go first.
const KEPT: usize = 1_000;
/// The largest body that is kept; of a larger one its length and hash are.
const LARGEST: usize = 64 * 1024;
/// What stands for a secret.
const HIDDEN: &str = "***";
/// Members that hold a secret in a body (contract sign-fr 1.6, 2.1 and 3.4, sign-at 2.1 and 2.2).
const SECRETS: [&str; 8] =
    ["secret", "password", "pin", "bearer", "api_secret", "access_token", "refresh_token", "fon_user_pin"];
/// Header fields that belong to the connection and say nothing about what is asked for.
const OF_THE_CONNECTION: [&str; 3] = ["host", "connection", "content-length"];

/// One request as it came.
#[derive(Debug)]
struct Arrived {
    method: String,
    address: Uri,
    headers: HeaderMap,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Kept(Bytes),
    /// Only what it was: so many bytes, with this hash.
    Large(usize, String),
    /// Larger than a service is shown, or cut off.
    Unread,
}

/// The latest requests, in the order of their arrival.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    kept: VecDeque<Arrived>,
    forgotten: u64,
}

impl Requests {
    /// Notes a request; `body` is `None` when it could not be read.
    pub(crate) fn note(&mut self, parts: &Parts, body: Option<&Bytes>) {
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
            self.forgotten = self.forgotten.saturating_add(1);
        }
        let body = match body {
            Some(bytes) if bytes.len() <= LARGEST => Body::Kept(bytes.clone()),
            Some(bytes) => Body::Large(bytes.len(), hash(bytes)),
            None => Body::Unread,
        };
        let address = parts.uri.clone();
        let headers = parts.headers.clone();
        self.kept.push_back(Arrived { method: parts.method.to_string(), address, headers, body });
    }

    /// The answer of `GET /_sandbox/requests`.
    pub(crate) fn report(&self) -> Value {
        let requests: Vec<Value> = self.kept.iter().map(Arrived::shown).collect();
        json!({ "requests": requests, "forgotten": self.forgotten })
    }

    /// The newest requests as the report shows them, the newest first.
    pub(crate) fn newest(&self, most: usize) -> Vec<Value> {
        self.kept.iter().rev().take(most).map(Arrived::shown).collect()
    }
}

impl Arrived {
    fn shown(&self) -> Value {
        json!({
            "method": self.method, "path": self.address.to_string(),
            "headers": shown_headers(&self.headers), "body": self.body.shown(),
        })
    }
}

/// The header fields by name; one that came several times has its values in a list.
fn shown_headers(headers: &HeaderMap) -> Value {
    let mut names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
    names.retain(|name| !OF_THE_CONNECTION.contains(name));
    names.sort_unstable();
    let shown = names.into_iter().map(|name| {
        let mut values: Vec<Value> = headers
            .get_all(name)
            .iter()
            .map(|value| shown_header(name, &String::from_utf8_lossy(value.as_bytes())).into())
            .collect();
        let value = if values.len() == 1 { values.remove(0) } else { values.into() };
        (name.to_owned(), value)
    });
    Value::Object(shown.collect())
}

/// Of what signs a request in, only the scheme.
fn shown_header(name: &str, value: &str) -> String {
    match name {
        "authorization" | "proxy-authorization" => {
            let scheme = value.split_once(' ').map(|(scheme, _)| format!("{scheme} "));
            format!("{}{HIDDEN}", scheme.unwrap_or_default())
        }
        "cookie" => HIDDEN.to_owned(),
        _ => value.to_owned(),
    }
}

impl Body {
    /// JSON with its members sorted and its secrets hidden; of anything else the length and the hash.
    fn shown(&self) -> Value {
        match self {
            Body::Kept(bytes) if bytes.is_empty() => Value::Null,
            Body::Kept(bytes) => match serde_json::from_slice::<Value>(bytes) {
                Ok(value) => sorted(&hidden(value)),
                Err(_) => json!({ "bytes": bytes.len(), "sha256": hash(bytes) }),
            },
            Body::Large(length, hash) => json!({ "bytes": length, "sha256": hash }),
            Body::Unread => json!({ "unread": true }),
        }
    }
}

fn sorted(value: &Value) -> Value {
    serde_json::from_str(&canonical::to_string(value)).unwrap_or_default()
}

fn hidden(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let shown = members.into_iter().map(|(name, value)| {
                let value = if SECRETS.contains(&name.as_str()) { HIDDEN.into() } else { hidden(value) };
                (name, value)
            });
            Value::Object(shown.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(hidden).collect(),
        other => other,
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn parts(path: &str) -> Parts {
        let request = Request::post(path)
            .header("Host", "127.0.0.1:1")
            .header("Authorization", "Bearer eyJ.very.secret")
            .header("X-Many", "1")
            .header("X-Many", "2");
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_request_is_shown_without_what_is_secret() {
        let mut requests = Requests::default();
        let body = json!({"z": 1, "content": {"type": "API_KEY", "key": "k", "secret": "s3cret"}, "list": [{"pin": 1234, "password": ["p"]}, {"api_secret": "s"}]});
        requests.note(&parts("/sign-fr/tokens?page=2"), Some(&body.to_string().into()));
        let report = requests.report();
        let expected = json!({
            "method": "POST", "path": "/sign-fr/tokens?page=2",
            "headers": {"authorization": "Bearer ***", "x-many": ["1", "2"]},
            "body": {"content": {"key": "k", "secret": "***", "type": "API_KEY"}, "list": [{"password": "***", "pin": "***"}, {"api_secret": "***"}], "z": 1},
        });
        assert_eq!(report, json!({"requests": [expected], "forgotten": 0}));
        assert!(report.to_string().contains(r#"{"content":{"key":"#), "members are sorted: {report}");
    }

    #[test]
    fn a_body_that_is_no_json_or_too_large_is_shown_by_its_hash() {
        let mut requests = Requests::default();
        requests.note(&parts("/a"), Some(&Bytes::from_static(b"abc")));
        requests.note(&parts("/b"), Some(&vec![b' '; LARGEST + 1].into()));
        requests.note(&parts("/c"), Some(&Bytes::new()));
        requests.note(&parts("/d"), None);
        let report = requests.report();
        let body = |index: usize| report["requests"][index]["body"].clone();
        // SHA-256 of "abc" is the first example of FIPS 180-2.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(body(0), json!({"bytes": 3, "sha256": abc}));
        assert_eq!(body(1)["bytes"], LARGEST + 1);
        assert_eq!(body(2), Value::Null);
        assert_eq!(body(3), json!({"unread": true}));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut requests = Requests::default();
        for number in 0..KEPT + 2 {
            requests.note(&parts(&format!("/{number}")), None);
        }
        let report = requests.report();
        assert_eq!(report["forgotten"], 2);
        assert_eq!(report["requests"].as_array().unwrap().len(), KEPT);
        assert_eq!(report["requests"][0]["path"], "/2");
    }
}
