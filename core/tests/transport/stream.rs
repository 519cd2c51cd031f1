//! Files, which come piece by piece.

use crate::server::{Reply, Server, Then};
use crate::{NEVER, get, transport};
use fiskal::Interrupt;
use fiskal::error::{Error, Result};
use fiskal::exchange::Answer;
use fiskal::transport::{Sink, Streamed, Streaming};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_millis(300);

/// Keeps what comes, until it is more than it takes.
#[derive(Default)]
struct Heap {
    began: Vec<u16>,
    bytes: Vec<u8>,
    most: Option<usize>,
}

impl Sink for Heap {
    fn begin(&mut self, answer: &Answer) -> Result<()> {
        self.began.push(answer.status);
        Ok(())
    }

    fn piece(&mut self, piece: &[u8]) -> Result<()> {
        self.bytes.extend_from_slice(piece);
        match self.most {
            Some(most) if self.bytes.len() > most => Err(Error::invalid("/most", "enough")),
            _ => Ok(()),
        }
    }
}

fn large() -> Vec<u8> {
    (0..3_000_000_u32).map(|index| index.to_le_bytes()[0]).collect()
}

#[test]
fn a_file_comes_whole() {
    let server = Server::start(|_, _| Reply::new("200 OK", &["X-Trace-Identifier: t"], large()));
    let mut heap = Heap::default();
    let end = transport().stream(&get(&server.base(), "/f.zip"), SOON, NEVER, &mut heap);
    assert!(matches!(end, Streamed::Whole), "{end:?}");
    assert_eq!((heap.began.as_slice(), heap.bytes), ([200].as_slice(), large()));
}

#[test]
fn what_is_not_a_success_is_no_file() {
    let server = Server::start(|_, _| Reply::new("404 Not Found", &["Content-Type: application/json"], "{}"));
    let mut heap = Heap::default();
    let end = transport().stream(&get(&server.base(), "/f.zip"), SOON, NEVER, &mut heap);
    assert!(matches!(end, Streamed::Refused(answer) if answer.status == 404));
    assert!(heap.began.is_empty());
}

#[test]
fn a_file_that_ends_early_is_cut() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this";
    let server = Server::start(move |_, _| Reply::raw(head).then(Then::Close));
    let mut heap = Heap::default();
    let end = transport().stream(&get(&server.base(), "/f.zip"), SOON, NEVER, &mut heap);
    assert!(matches!(end, Streamed::Cut(_)), "{end:?}");
    assert_eq!(heap.bytes, b"only this");
}

#[test]
fn a_file_that_stops_coming_is_not_waited_for() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this";
    let server = Server::start(move |_, _| Reply::raw(head).then(Then::Stall));
    let started = Instant::now();
    let end = transport().stream(&get(&server.base(), "/f.zip"), SOON, NEVER, &mut Heap::default());
    assert!(matches!(&end, Streamed::Cut(why) if why.contains("nothing came")), "{end:?}");
    assert!(started.elapsed() < Duration::from_secs(5));

    let interrupt = Interrupt::new();
    let elsewhere = interrupt.clone();
    std::thread::spawn(move || {
        std::thread::sleep(SOON);
        elsewhere.raise();
    });
    let plenty = Duration::from_secs(60);
    let end = transport().stream(&get(&server.base(), "/f.zip"), plenty, &interrupt, &mut Heap::default());
    assert!(matches!(&end, Streamed::Cut(why) if why.contains("stopped waiting")), "{end:?}");
}

#[test]
fn who_takes_it_may_have_enough() {
    let server = Server::start(|_, _| Reply::new("200 OK", &[], large()));
    let mut heap = Heap { most: Some(100_000), ..Heap::default() };
    let end = transport().stream(&get(&server.base(), "/f.zip"), SOON, NEVER, &mut heap);
    assert!(matches!(end, Streamed::Stopped(error) if error.pointer() == Some("/most")));
    assert!(heap.bytes.len() < 300_000, "it is not read to its end: {}", heap.bytes.len());
}

#[test]
fn where_nobody_listens_there_is_no_file() {
    let end = transport().stream(&get("http://127.0.0.1:1", "/f.zip"), SOON, NEVER, &mut Heap::default());
    assert!(matches!(end, Streamed::Cut(_)), "{end:?}");
}
