//! Reads an answer within bounds.

use crate::exchange::Answer;
use crate::transport::{MAX_BODY, MAX_TEXT};
use reqwest::blocking::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use serde_json::Value;
use std::io::Read;

const CHUNK: usize = 16 * 1024;

/// Reads all of `response`, within the request's own timeout; the text of the error says why there
/// is no whole answer.
pub(super) fn read(mut response: Response) -> Result<Answer, String> {
    let status = response.status().as_u16();
    if response.content_length().is_some_and(|length| length > MAX_BODY as u64) {
        return Err(too_large());
    }
    let headers = header_fields(response.headers());
    let says_json = says_json(response.headers());
    let bytes = read_body(&mut response)?;
    let body = match parse(&bytes) {
        Some(body) => body,
        // Half a document under a success must not pass for an answer. Under an error status the
        // status alone says enough.
        None if says_json && (200..300).contains(&status) => {
            return Err(format!("the answer (status {status}) calls itself JSON and is not"));
        }
        None => Value::String(text(&bytes)),
    };
    Ok(Answer { status, headers, body })
}

/// An answer without its body.
pub(super) fn head(response: &Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), header_fields(response.headers()));
    Answer { status, headers, body: Value::Null }
}

fn read_body(source: &mut impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; CHUNK];
    loop {
        let read = source
            .read(&mut chunk)
            .map_err(|cause| format!("the answer ended before it was whole: {}", innermost(&cause)))?;
        bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
        if read == 0 {
            return Ok(bytes);
        }
        if bytes.len() > MAX_BODY {
            return Err(too_large());
        }
    }
}

fn too_large() -> String {
    format!("the answer is larger than {} MiB", MAX_BODY / (1024 * 1024))
}

fn parse(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Some(Value::Null);
    }
    serde_json::from_slice(bytes).ok()
}

/// What is kept of a body that is not JSON: at most [`MAX_TEXT`] bytes of whole characters.
fn text(bytes: &[u8]) -> String {
    const LONGEST_CHARACTER: usize = 4;
    let kept = bytes.get(..MAX_TEXT + LONGEST_CHARACTER).unwrap_or(bytes);
    let mut text = String::from_utf8_lossy(kept).into_owned();
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

fn says_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json" || media_type.ends_with("+json")
}

fn header_fields(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        // A cookie is a secret that nobody here needs, and an answer goes into the journal.
        .filter(|(name, _)| *name != SET_COOKIE)
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

/// The cause at the bottom, which alone says something a reader can use.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
