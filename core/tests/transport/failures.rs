//! Every failure, and whether it counts as lost or as not sent.

use crate::server::{Reply, Server, Then};
use crate::{NEVER, PLENTY, answered, get, gzip, lost, not_sent, post, transport, wire};
use fiskal::exchange::Method;
use fiskal::transport::{MAX_BODY, Transport, Wire};
use serde_json::json;
use std::net::TcpListener;
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(300);

#[test]
fn an_answer_that_is_not_whole_is_lost() {
    let json_type = ["Content-Type: application/json"];
    let gzipped = ["Content-Encoding: gzip", "Content-Type: application/json"];
    let many_headers = ["X: y"; 200];
    let broken_gzip = {
        let mut bytes = gzip::stored(br#"{"a":1}"#);
        bytes[12] ^= 0xff;
        bytes
    };
    let cut_gzip = &gzip::stored(br#"{"a":1}"#)[..20];
    let raw = |text: &str| Reply::raw(text).then(Then::Close);
    for (name, reply, says) in [
        ("closed before the answer", Reply::nothing(), "ended before an answer came"),
        ("closed inside the status line", raw("HTTP/1.1 20"), "ended before an answer came"),
        ("closed inside the headers", raw("HTTP/1.1 200 OK\r\nContent-Le"), "ended before an answer came"),
        (
            "closed inside the body",
            raw("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"a\":"),
            "ended before it was whole",
        ),
        (
            "closed inside a chunk",
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"a\":"),
            "ended before it was whole",
        ),
        (
            "closed before the last chunk",
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n"),
            "ended before it was whole",
        ),
        ("something else than HTTP", raw("220 mail.example.org ESMTP\r\n"), "ended before an answer came"),
        ("two lengths", raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), ""),
        ("a length below zero", raw("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), ""),
        ("too many headers", Reply::new("200 OK", &many_headers, "{}"), ""),
        ("a broken gzip", Reply::new("200 OK", &gzipped, &broken_gzip), "ended before it was whole"),
        ("half a gzip", Reply::new("200 OK", &gzipped, cut_gzip), "ended before it was whole"),
        ("no gzip at all", Reply::new("200 OK", &gzipped, r#"{"a":1}"#), "ended before it was whole"),
        ("too large", Reply::new("200 OK", &json_type, vec![b' '; MAX_BODY + 1]), "larger than 8 MiB"),
        (
            "a large announcement",
            raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
            "larger than 8 MiB",
        ),
    ] {
        let server = Server::start(move |_, _| reply.clone());
        let why = lost(transport().send(&post(&server.base(), "/records"), PLENTY, NEVER));
        assert!(why.contains(says), "{name}: {why}");
        assert!(!why.contains("hunter2"), "{name}: {why}");
        assert_eq!(server.seen().len(), 1, "{name}");
    }
}

#[test]
fn a_gzip_bomb_is_refused_and_a_small_gzip_is_read() {
    let gzipped = ["Content-Encoding: gzip"];
    let small = Reply::new("200 OK", &gzipped, gzip::stored(br#"{"a":1}"#));
    let server = Server::start(move |_, _| small.clone());
    assert_eq!(answered(transport().send(&get(&server.base(), "/"), PLENTY, NEVER)).body, json!({"a": 1}));

    // 1 GiB of zeros in 7 MiB.
    let bytes = gzip::bomb(1024 * 1024 * 1024 / 258);
    assert!(bytes.len() < MAX_BODY);
    let bomb = Reply::new("200 OK", &gzipped, &bytes);
    let server = Server::start(move |_, _| bomb.clone());
    let started = Instant::now();
    let why = lost(transport().send(&get(&server.base(), "/"), PLENTY, NEVER));
    assert_eq!(why, format!("{}/: the answer is larger than 8 MiB", server.base()));
    assert!(started.elapsed() < PLENTY / 2);
}

#[test]
fn an_answer_that_takes_too_long_is_lost() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
    let drip = Reply {
        pieces: [head].into_iter().chain([" "; 99]).map(|text| text.into()).collect(),
        pause: Duration::from_millis(50),
        then: Then::Keep,
    };
    for (name, reply) in [
        ("silence", Reply::raw("").then(Then::Stall)),
        ("silence after the headers", Reply::raw(head).then(Then::Stall)),
        ("drop by drop", drip),
    ] {
        let server = Server::start(move |_, _| reply.clone());
        let started = Instant::now();
        let why = lost(transport().send(&post(&server.base(), "/"), SHORT, NEVER));
        let took = started.elapsed();
        assert!(took >= SHORT && took < SHORT * 5, "{name}: {took:?}");
        assert!(why.contains("in time") || why.contains("timed out"), "{name}: {why}");
        assert_eq!(server.seen().len(), 1, "{name}");
    }
}

#[test]
fn a_port_where_nobody_listens_is_not_sent_to() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let why = not_sent(transport().send(&post(&format!("http://{free}"), "/"), PLENTY, NEVER));
    assert!(why.starts_with("no connection to http://127.0.0.1:"), "{why}");
    assert!(why.contains("refused"), "{why}");
}

#[test]
fn a_connection_that_is_never_finished_is_not_sent_to() {
    // Accepts the TCP connection (the kernel does), and never speaks TLS.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}", silent.local_addr().unwrap());
    let started = Instant::now();
    let why = not_sent(transport().send(&post(&base, "/"), PLENTY, NEVER));
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(2900) && took < Duration::from_secs(6), "{took:?}");
    assert!(why.contains("no connection"), "{why}");
    // With less time than a connection may take, nobody can say whether it was made.
    lost(transport().send(&post(&base, "/"), SHORT, NEVER));
}

#[test]
fn a_request_that_cannot_be_formed_is_not_sent() {
    let server = Server::start(|_, _| Reply::json("{}"));
    let base = server.base();
    let header = |name: &str, value: &str| Wire {
        headers: vec![(name.to_owned(), value.to_owned())],
        ..get(&base, "/")
    };
    let bearer = |text: &str| Wire { bearer: Some(text.into()), ..get(&base, "/") };
    for (name, wire, says) in [
        ("no base", get("", "/"), "empty"),
        ("plain http elsewhere", get("http://192.0.2.1", "/"), "plain http"),
        ("password in the base", get("https://u:hunter2@127.0.0.1", "/"), "user name or password"),
        ("path without a slash", get(&base, "x"), "begin with '/'"),
        ("path with a line break", get(&base, "/x\r\nY: z"), "control characters"),
        ("header name", header("a b", "c"), "name of a header field"),
        ("header value", header("X-Api-Version", "1\r\nY: z"), "x-api-version"),
        ("own credential", header("authorization", "Bearer hunter2"), "set by the transport"),
        ("own length", header("Content-Length", "0"), "set by the transport"),
        ("own host", header("HOST", "other"), "set by the transport"),
        ("token with a line break", bearer("hunter2\r\nX: y"), "key or token"),
    ] {
        let why = not_sent(transport().send(&wire, PLENTY, NEVER));
        assert!(why.contains(says), "{name}: {why}");
        assert!(!why.contains("hunter2"), "{name}: {why}");
    }
    not_sent(transport().send(&wire(Method::Post, &base, "/"), Duration::ZERO, NEVER));
    assert_eq!(server.connections(), 0);
}
