//! What may be shown of a request, an answer or an address.

use crate::transport::{Sent, Wire};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

const HIDDEN: &str = "***";

/// The address without user name, password and query; nothing of one that cannot be read.
pub(crate) fn address(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return HIDDEN.into() };
    // An address that cannot have them refuses the change, and has none to hide.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// The path without its query, which may name a customer.
pub(super) fn path(text: &str) -> &str {
    text.split(['?', '#']).next().unwrap_or_default()
}

/// `text` with every occurrence of a secret blotted out.
pub(super) fn scrub<'a>(text: String, secrets: impl IntoIterator<Item = &'a SecretString>) -> String {
    secrets
        .into_iter()
        .map(ExposeSecret::expose_secret)
        .filter(|secret| !secret.is_empty())
        .fold(text, |text, secret| text.replace(secret, HIDDEN))
}

fn is_sensitive(header: &str) -> bool {
    const MARKS: [&str; 6] = ["authorization", "cookie", "api-key", "apikey", "token", "secret"];
    let header = header.to_ascii_lowercase();
    MARKS.iter().any(|mark| header.contains(mark))
}

fn shown_header((name, value): &(String, String)) -> (&str, &str) {
    (name, if is_sensitive(name) { HIDDEN } else { value })
}

impl fmt::Debug for Wire {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Wire")
            .field("base", &address(&self.base))
            .field("method", &self.method)
            .field("path", &path(&self.path))
            .field("headers", &self.headers.iter().map(shown_header).collect::<Vec<_>>())
            .field("bearer", &self.bearer.as_ref().map(|_| HIDDEN))
            .field("body", &self.body.as_ref().map(|body| Length(body.expose_secret().len())))
            .finish()
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sent::Answered { answer, date } => out
                .debug_struct("Answered")
                .field("status", &answer.status)
                .field("date", date)
                .finish_non_exhaustive(),
            Sent::Lost(why) => out.debug_tuple("Lost").field(why).finish(),
            Sent::NotSent(why) => out.debug_tuple("NotSent").field(why).finish(),
        }
    }
}

struct Length(usize);

impl fmt::Debug for Length {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bytes", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Answer, Method};
    use serde_json::json;

    #[test]
    fn a_wire_shows_no_secret() {
        let wire = Wire {
            base: "https://anna:hunter2@example.org/v1".into(),
            method: Method::Post,
            path: "/tokens?pin=hunter2".into(),
            headers: vec![
                ("X-Api-Version".into(), "2026-02-03".into()),
                ("X-Api-Key".into(), "hunter2".into()),
                ("Cookie".into(), "hunter2".into()),
            ],
            bearer: Some("hunter2".into()),
            body: Some(r#"{"secret":"hunter2"}"#.into()),
        };
        for shown in [format!("{wire:?}"), format!("{wire:#?}")] {
            assert!(!shown.contains("hunter2"), "{shown}");
            for part in ["https://example.org/v1", "/tokens", "2026-02-03", "20 bytes"] {
                assert!(shown.contains(part), "{part} is missing in {shown}");
            }
        }
    }

    #[test]
    fn an_answer_shows_only_its_status() {
        let answer = Answer {
            status: 200,
            headers: vec![("set-cookie".into(), "hunter2".into())],
            body: json!({"bearer": "hunter2"}),
        };
        let shown = format!("{:?}", Sent::Answered { answer, date: None });
        assert!(shown.contains("200") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn secrets_are_blotted_out_of_texts() {
        let secrets: [SecretString; 2] = ["hunter2".into(), "".into()];
        assert_eq!(scrub("a hunter2 b hunter2".into(), &secrets), "a *** b ***");
        assert_eq!(address("http://u:p@proxy:3128/?a#b"), "http://proxy:3128/");
        assert_eq!(address("hunter2"), "***");
    }
}
