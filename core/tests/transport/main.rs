//! The transport against scripted servers on loopback.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test may fail it")]

mod answers;
mod failures;
mod gzip;
mod interrupts;
mod logs;
mod once;
mod proxies;
mod redirects;
mod server;
mod stream;
mod tls;

use fiskal::Interrupt;
use fiskal::exchange::{Answer, Method};
use fiskal::transport::{HttpTransport, Network, Proxy, Roots, Sent, Wire};
use std::time::Duration;

/// More than any of these tests takes.
const PLENTY: Duration = Duration::from_secs(10);

/// Nobody stops waiting.
const NEVER: &Interrupt = &Interrupt::never();

fn transport() -> HttpTransport {
    HttpTransport::new(&Network { proxy: Proxy::None, roots: Roots::Bundled }).unwrap()
}

fn wire(method: Method, base: &str, path: &str) -> Wire {
    Wire { base: base.into(), method, path: path.into(), headers: vec![], bearer: None, body: None }
}

fn get(base: &str, path: &str) -> Wire {
    wire(Method::Get, base, path)
}

fn post(base: &str, path: &str) -> Wire {
    Wire {
        body: Some(r#"{"a":"1"}"#.into()),
        bearer: Some("hunter2".into()),
        ..wire(Method::Post, base, path)
    }
}

fn answered(sent: Sent) -> Answer {
    match sent {
        Sent::Answered { answer, .. } => answer,
        other => panic!("no answer: {other:?}"),
    }
}

fn lost(sent: Sent) -> String {
    match sent {
        Sent::Lost(why) => why,
        other => panic!("not lost: {other:?}"),
    }
}

fn not_sent(sent: Sent) -> String {
    match sent {
        Sent::NotSent(why) => why,
        other => panic!("sent: {other:?}"),
    }
}
