//! What the log says, and what it never says.

use crate::server::{Reply, Server};
use crate::{NEVER, PLENTY, post, transport};
use fiskal::transport::{Transport, Wire};
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::filter::LevelFilter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_log_names_the_exchange_and_no_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let server = Server::start(|n, _| {
        let answer = Reply::new("201 Created", &["X-Trace-Identifier: trace-7"], r#"{"bearer":"hunter2"}"#);
        if n == 0 { answer } else { Reply::nothing() }
    });
    let transport = transport();
    let request =
        Wire { body: Some(r#"{"secret":"hunter2"}"#.into()), ..post(&server.base(), "/tokens?pin=hunter2") };
    tracing::subscriber::with_default(subscriber, || {
        transport.send(&request, PLENTY, NEVER);
        transport.send(&request, PLENTY, NEVER);
        transport.send(&Wire { base: "http://anna:hunter2@127.0.0.1".into(), ..request }, PLENTY, NEVER);
    });
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    for part in ["POST", "/tokens", "201", "trace-7", "ms=", "answered", "lost", "not sent", &server.base()] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}
