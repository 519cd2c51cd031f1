//! Whether a service answers, and what else may answer in its place.
#![allow(clippy::unwrap_used)]

use fiskal::config::Config;
use fiskal::doctor::{Reached, reach, sign_in};
use fiskal::error::{Kind, Result};
use std::io::{Read, Write};
use std::net::TcpListener;

fn reached(base: &str) -> Result<Reached> {
    reach(&config(base), "paris")
}

fn config(base: &str) -> Config {
    let text = format!(
        "[account.paris]\nservice = 'sign-fr'\nenvironment = 'sandbox'\nkey = 'k'\nsecret = 's'\nurl = '{base}'\n"
    );
    Config::from_toml(&text, "fiskal.toml").unwrap()
}

/// Answers one request with `answer`.
fn answering(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/sign-fr", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer.as_bytes());
    });
    base
}

#[test]
fn a_service_that_answers_tells_its_time() {
    // The trace identifier is on every response of the service (contract sign-fr 1.4).
    let then = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2);
    let date = jiff::fmt::rfc2822::to_string(&then.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
    let date = date.replace("+0000", "GMT");
    let base = answering(format!(
        "HTTP/1.1 404 Not Found\r\nX-Trace-Identifier: t\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n"
    ));
    let found = reached(&base).unwrap();
    assert_eq!(found.base, base);
    let ahead = found.ahead.unwrap().as_secs();
    assert!((7_190..=7_200).contains(&ahead), "{ahead}");
}

#[test]
fn a_service_without_a_clock_answers_all_the_same() {
    let base = answering("HTTP/1.1 401 No\r\nX-Trace-Identifier: t\r\nContent-Length: 2\r\n\r\n{}".into());
    assert_eq!(reached(&base).unwrap().ahead, None);
}

#[test]
fn the_sign_in_page_of_a_network_is_not_the_service() {
    let base = answering("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>".into());
    let error = reached(&base).unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(error.message().contains("something else"), "{error}");
}

#[test]
fn nothing_there_is_unreachable() {
    let base = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let error = reached(&base).unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(error.message().contains(&base), "{error}");
}

#[test]
fn an_account_that_is_not_there_is_named() {
    let config = Config::from_toml(
        "[account.a]\nservice = 'sign-fr'\nenvironment = 'test'\nkey = 'env:K'\nsecret = 'env:S'\n",
        "fiskal.toml",
    )
    .unwrap();
    let error = reach(&config, "paris").unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    assert!(error.message().contains("paris"), "{error}");
}

#[test]
fn credentials_that_the_service_does_not_take_are_unauthorized() {
    let refusal = r#"{"content": {"code": "E_UNAUTHORIZED", "message": "No such key."}}"#;
    let base = answering(format!(
        "HTTP/1.1 401 No\r\nX-Trace-Identifier: t\r\nContent-Length: {}\r\n\r\n{refusal}",
        refusal.len()
    ));
    let error = sign_in(&config(&base), "paris").unwrap_err();
    assert_eq!((error.kind(), error.details().trace_id.as_deref()), (Kind::Unauthorized, Some("t")));
    assert_eq!((error.pointer(), error.details().line), (Some("/account/paris"), Some(1)));
    assert!(error.message().contains("No such key; check key, secret and environment"), "{error}");
}
