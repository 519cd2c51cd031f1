//! What is sent, and how answers are read.

use crate::server::{Reply, Server};
use crate::{NEVER, PLENTY, answered, get, lost, post, transport, wire};
use fiskal::exchange::Method;
use fiskal::transport::{MAX_TEXT, Sent, Transport, Wire};
use serde_json::{Value, json};

#[test]
fn a_request_arrives_as_it_was_given() {
    let server = Server::start(|_, _| Reply::json(r#"{"ok":true}"#));
    let base = format!("{}/v1", server.base());
    let headers = vec![("X-Api-Version".to_owned(), "2026-02-03".to_owned())];
    let request = Wire { headers, ..post(&base, "/records?limit=1") };
    let answer = answered(transport().send(&request, PLENTY, NEVER));
    assert_eq!((answer.status, answer.body), (200, json!({"ok": true})));

    let seen = server.seen().remove(0);
    assert_eq!(seen.line(), "POST /v1/records?limit=1 HTTP/1.1");
    assert_eq!(seen.body, br#"{"a":"1"}"#);
    for (name, expected) in [
        ("authorization", "Bearer hunter2"),
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("accept-encoding", "gzip"),
        ("x-api-version", "2026-02-03"),
    ] {
        assert_eq!(seen.header(name), Some(expected), "{name}");
    }
}

#[test]
fn every_method_goes_out_under_its_name() {
    let server = Server::start(|_, _| Reply::new("204 No Content", &[], ""));
    let transport = transport();
    for (method, name) in [
        (Method::Get, "GET"),
        (Method::Post, "POST"),
        (Method::Put, "PUT"),
        (Method::Patch, "PATCH"),
        (Method::Delete, "DELETE"),
    ] {
        let answer = answered(transport.send(&wire(method, &server.base(), "/x"), PLENTY, NEVER));
        assert_eq!((answer.status, answer.body), (204, Value::Null), "{name}");
        let seen = server.seen().pop().unwrap();
        assert_eq!(seen.line(), format!("{name} /x HTTP/1.1"));
        assert_eq!(seen.header("authorization"), None);
        assert_eq!(seen.header("content-type"), None);
    }
    assert_eq!(server.connections(), 1, "the connection is kept");
}

#[test]
fn bodies_become_json_text_or_null() {
    let long = "é".repeat(MAX_TEXT);
    let half = "é".repeat(MAX_TEXT / 2);
    let odd = format!("a{long}");
    let odd_half = format!("a{}", "é".repeat(MAX_TEXT / 2 - 1));
    let foreign = [b'\xff'; MAX_TEXT];
    let foreign_third = "\u{fffd}".repeat(MAX_TEXT / 3);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let json_type = "Content-Type: application/json; charset=utf-8";
    for (status, kind, body, expected) in [
        ("200 OK", json_type, r#"{"a":[1,"2"]}"#.as_bytes(), json!({"a": [1, "2"]})),
        ("200 OK", "Content-Type: application/problem+json", b"[]", json!([])),
        ("200 OK", json_type, b"\xEF\xBB\xBF{}", json!({})),
        ("200 OK", json_type, b"", Value::Null),
        ("200 OK", json_type, b" \r\n", Value::Null),
        ("400 Bad Request", "X: y", b"{\"code\":\"E\"}", json!({"code": "E"})),
        ("200 OK", "Content-Type: text/html", b"<h1>Sign in</h1>", json!("<h1>Sign in</h1>")),
        ("200 OK", "Content-Type: text/plain", b"caf\xe9 \xff", json!("caf\u{fffd} \u{fffd}")),
        ("200 OK", "Content-Type: text/plain", long.as_bytes(), json!(half)),
        ("200 OK", "Content-Type: text/plain", odd.as_bytes(), json!(odd_half)),
        ("200 OK", "Content-Type: text/plain", &foreign, json!(foreign_third)),
        ("502 Bad Gateway", json_type, b"upstream", json!("upstream")),
        ("200 OK", "Content-Type: text/plain", deep.as_bytes(), json!(&deep[..MAX_TEXT])),
    ] {
        let reply = Reply::new(status, &[kind], body);
        let server = Server::start(move |_, _| reply.clone());
        let answer = answered(transport().send(&get(&server.base(), "/"), PLENTY, NEVER));
        assert_eq!(answer.body, expected, "{status} {kind}");
        assert_eq!(answer.status.to_string(), status[..3], "{kind}");
    }
}

#[test]
fn a_success_that_calls_itself_json_and_is_not_is_lost() {
    for body in [&b"{\"a\":"[..], b"<html>", b"{\"a\":\"\xff\"}"] {
        let reply = Reply::new("201 Created", &["Content-Type: application/json"], body);
        let server = Server::start(move |_, _| reply.clone());
        let why = lost(transport().send(&post(&server.base(), "/"), PLENTY, NEVER));
        assert!(why.contains("calls itself JSON"), "{why}");
    }
}

#[test]
fn header_names_are_lower_case_and_the_date_is_read() {
    let server = Server::start(|n, _| {
        let date = ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Date: yesterday", "X: y"][n];
        let headers = [date, "X-Trace-Identifier: t-1", "Via: 1.1 a", "Via: 1.1 b", "Set-Cookie: secret"];
        let mut reply = Reply::new("200 OK", &headers, "");
        reply.pieces[0].splice(17..17, *b"X-Latin: caf\xe9\r\n");
        reply
    });
    let transport = transport();
    for expected in [Some("1994-11-06T08:49:37Z".parse().unwrap()), None, None] {
        let Sent::Answered { answer, date } = transport.send(&get(&server.base(), "/"), PLENTY, NEVER) else {
            panic!("no answer")
        };
        assert_eq!(date, expected);
        assert_eq!(answer.header("x-trace-identifier"), Some("t-1"));
        assert_eq!(answer.header("x-latin"), Some("caf\u{fffd}"));
        assert_eq!(answer.headers.iter().filter(|(name, _)| name == "via").count(), 2);
        assert_eq!(answer.header("set-cookie"), None, "a cookie is a secret");
    }
}
