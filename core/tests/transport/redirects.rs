//! Redirects: a read may move within its host, nothing else moves.

use crate::server::{Reply, Server};
use crate::{NEVER, PLENTY, answered, get, post, transport};
use fiskal::transport::{Transport, Wire};
use serde_json::json;

fn moved(status: &str, location: &str) -> Reply {
    Reply::new(status, &[&format!("Location: {location}")], "")
}

#[test]
fn a_read_follows_within_its_host_with_its_headers() {
    let server = Server::start(|n, _| match n {
        0 => moved("301 Moved Permanently", "/b"),
        1 => moved("307 Temporary Redirect", "c?d=e"),
        _ => Reply::json("{\"found\":true}"),
    });
    let request = Wire { bearer: Some("hunter2".into()), ..get(&server.base(), "/a") };
    assert_eq!(answered(transport().send(&request, PLENTY, NEVER)).body, json!({"found": true}));
    let lines: Vec<_> = server.seen().iter().map(|seen| seen.line().to_owned()).collect();
    assert_eq!(lines, ["GET /a HTTP/1.1", "GET /b HTTP/1.1", "GET /c?d=e HTTP/1.1"]);
    assert!(server.seen().iter().all(|seen| seen.header("authorization") == Some("Bearer hunter2")));
}

#[test]
fn a_loop_ends_after_three_redirects() {
    let server = Server::start(|_, _| moved("302 Found", "/again"));
    let answer = answered(transport().send(&get(&server.base(), "/"), PLENTY, NEVER));
    assert_eq!(answer.status, 302);
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn a_write_is_never_redirected() {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let server = Server::start(move |_, _| moved(status, "/b"));
        let answer = answered(transport().send(&post(&server.base(), "/a"), PLENTY, NEVER));
        assert_eq!(answer.header("location"), Some("/b"), "{status}");
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[test]
fn no_redirect_leads_to_another_host() {
    let other = Server::start(|_, _| Reply::json("{}"));
    let port = other.port();
    for location in [
        format!("http://127.0.0.1:{port}/x"),
        format!("//127.0.0.1:{port}/x"),
        format!("http://localhost:{port}/x"),
    ] {
        let expected = location.clone();
        let server = Server::start(move |_, _| moved("301 Moved Permanently", &location));
        for request in [get(&server.base(), "/a"), post(&server.base(), "/a")] {
            let request = Wire { bearer: Some("hunter2".into()), ..request };
            let answer = answered(transport().send(&request, PLENTY, NEVER));
            assert_eq!((answer.status, answer.header("location")), (301, Some(expected.as_str())));
        }
    }
    assert_eq!(other.connections(), 0, "neither request nor bearer reached the other host");
}

#[test]
fn a_redirect_without_a_usable_place_is_the_answer() {
    for location in ["http://[", "\u{e9}", "ftp://127.0.0.1/x"] {
        let server = Server::start(move |_, _| moved("302 Found", location));
        assert_eq!(
            answered(transport().send(&get(&server.base(), "/"), PLENTY, NEVER)).status,
            302,
            "{location}"
        );
    }
    let server = Server::start(|_, _| Reply::new("302 Found", &[], ""));
    assert_eq!(answered(transport().send(&get(&server.base(), "/"), PLENTY, NEVER)).status, 302);
}
