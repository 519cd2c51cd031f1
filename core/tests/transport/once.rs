//! One call is one attempt: no request reaches a server twice.

use crate::server::{Reply, Server, Then};
use crate::{NEVER, PLENTY, answered, get, lost, post, transport};
use fiskal::transport::{Sent, Transport};
use std::collections::HashMap;
use std::thread;

/// How often each path reached the server.
fn times(server: &Server) -> HashMap<String, usize> {
    server.seen().iter().fold(HashMap::new(), |mut times, seen| {
        *times.entry(seen.line().to_owned()).or_default() += 1;
        times
    })
}

#[test]
fn a_kept_connection_that_breaks_after_the_request_loses_it_once() {
    let server = Server::start(|n, _| if n == 0 { Reply::json("{}") } else { Reply::nothing() });
    let transport = transport();
    answered(transport.send(&post(&server.base(), "/first"), PLENTY, NEVER));
    lost(transport.send(&post(&server.base(), "/second"), PLENTY, NEVER));
    assert_eq!(server.connections(), 1, "the second went over the kept connection");
    assert_eq!(times(&server).get("POST /second HTTP/1.1"), Some(&1));
}

#[test]
fn a_read_is_not_repeated_either() {
    let server = Server::start(|n, _| if n == 0 { Reply::json("{}") } else { Reply::nothing() });
    let transport = transport();
    answered(transport.send(&get(&server.base(), "/first"), PLENTY, NEVER));
    lost(transport.send(&get(&server.base(), "/second"), PLENTY, NEVER));
    assert_eq!(times(&server).get("GET /second HTTP/1.1"), Some(&1));
}

/// The server answers as if it kept the connection and closes it at once, so that the next request
/// meets the closing at every possible moment.
#[test]
fn a_kept_connection_that_was_closed_meanwhile_repeats_nothing() {
    const ROUNDS: usize = 300;
    let server = Server::start(|_, _| Reply::json("{}").then(Then::Close));
    let transport = transport();
    let mut answers = HashMap::new();
    for round in 0..ROUNDS {
        let sent = transport.send(&post(&server.base(), &format!("/{round}")), PLENTY, NEVER);
        answers.insert(format!("POST /{round} HTTP/1.1"), matches!(sent, Sent::Answered { .. }));
    }
    let times = times(&server);
    for (line, was_answered) in &answers {
        let times = times.get(line).copied().unwrap_or(0);
        assert!(times == 1 || (times == 0 && !was_answered), "{line} came {times} times");
    }
}

#[test]
fn threads_share_the_connections_and_every_request_arrives_once() {
    const THREADS: usize = 8;
    const EACH: usize = 50;
    let server = Server::start(|_, _| Reply::json("{}"));
    let transport = transport();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (server, transport) = (&server, &transport);
            scope.spawn(move || {
                for number in 0..EACH {
                    answered(transport.send(
                        &post(&server.base(), &format!("/{thread}/{number}")),
                        PLENTY,
                        NEVER,
                    ));
                }
            });
        }
    });
    let times = times(&server);
    assert_eq!(times.len(), THREADS * EACH);
    assert!(times.values().all(|&times| times == 1));
    assert!(server.connections() < THREADS * EACH / 2, "{} connections", server.connections());
}
