//! An answer taken piece by piece: files that are too large to be held.

use crate::error::Error;
use crate::exchange::Answer;
use crate::interrupt::Interrupt;
use crate::transport::http::{Clients, HttpTransport, secrets};
use crate::transport::{Wire, answer, redact};
use reqwest::blocking::Response;
use std::io::Read;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

/// How long one file may take in all.
const TOTAL: Duration = Duration::from_secs(60 * 60);
/// Bytes handed over at once, and how many such pieces may lie ready.
const PIECE: usize = 64 * 1024;
const AHEAD: usize = 4;
/// How often the receiver looks whether somebody still waits.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Who takes an answer piece by piece. An error ends the attempt.
pub trait Sink {
    /// The answer begins; its body comes after this, and is `null` here.
    ///
    /// # Errors
    /// Whatever the receiver has against it.
    fn begin(&mut self, answer: &Answer) -> Result<(), Error>;

    /// The next piece of the body.
    ///
    /// # Errors
    /// Whatever the receiver has against it.
    fn piece(&mut self, piece: &[u8]) -> Result<(), Error>;
}

/// What became of an attempt to read a file.
#[derive(Debug)]
pub enum Streamed {
    /// All of it came.
    Whole,
    /// The answer is none of success; with its body.
    Refused(Answer),
    /// No answer, or it ended before it was whole; the text says why.
    Cut(String),
    /// The receiver wanted no more.
    Stopped(Error),
}

/// The way to files.
pub trait Streaming: Send + Sync {
    /// Makes one attempt to read what `wire` asks for. It ends when `stall` goes by without a byte, or when
    /// `interrupt` is raised.
    fn stream(&self, wire: &Wire, stall: Duration, interrupt: &Interrupt, sink: &mut dyn Sink) -> Streamed;
}

/// What the thread that reads tells the one that waits.
enum Told {
    Begins(Answer),
    Piece(Vec<u8>),
    Ends(Streamed),
}

impl Streaming for HttpTransport {
    fn stream(&self, wire: &Wire, stall: Duration, interrupt: &Interrupt, sink: &mut dyn Sink) -> Streamed {
        let (tell, told) = mpsc::sync_channel(AHEAD);
        let (clients, sent) = (self.clients(), wire.clone());
        let thread = std::thread::Builder::new().name("fiskal-file".into()).spawn(move || {
            let end = read(&clients, &sent, &tell);
            // Nobody listens after an interrupt.
            let _ = tell.send(Told::Ends(end));
        });
        let streamed = match thread {
            Ok(_) => take(&told, stall, interrupt, sink),
            Err(cause) => Streamed::Cut(format!("no thread could be started to read: {cause}")),
        };
        match streamed {
            Streamed::Cut(why) => Streamed::Cut(redact::scrub(why, secrets(wire))),
            other => other,
        }
    }
}

/// Reads until the end, or until nobody listens any more.
fn read(clients: &Clients, wire: &Wire, tell: &SyncSender<Told>) -> Streamed {
    let mut response = match clients.open(wire, Instant::now() + TOTAL) {
        Ok(response) => response,
        Err(silence) => return Streamed::Cut(silence.why),
    };
    if !response.status().is_success() {
        return match answer::read(response) {
            Ok(answer) => Streamed::Refused(answer),
            Err(why) => Streamed::Cut(why),
        };
    }
    let head = answer::head(&response);
    if tell.send(Told::Begins(head)).is_err() {
        return Streamed::Cut("nobody waits for it any more".into());
    }
    body(&mut response, tell)
}

fn body(response: &mut Response, tell: &SyncSender<Told>) -> Streamed {
    loop {
        let mut piece = vec![0; PIECE];
        match response.read(&mut piece) {
            Ok(0) => return Streamed::Whole,
            Ok(length) => piece.truncate(length),
            Err(cause) => {
                return Streamed::Cut(format!(
                    "the file ended before it was whole: {}",
                    answer::innermost(&cause)
                ));
            }
        }
        if tell.send(Told::Piece(piece)).is_err() {
            return Streamed::Cut("nobody waits for it any more".into());
        }
    }
}

fn take(told: &Receiver<Told>, stall: Duration, interrupt: &Interrupt, sink: &mut dyn Sink) -> Streamed {
    let mut last = Instant::now();
    loop {
        let taken = match told.recv_timeout(LOOK_AGAIN) {
            Ok(Told::Begins(answer)) => sink.begin(&answer),
            Ok(Told::Piece(piece)) => sink.piece(&piece),
            Ok(Told::Ends(streamed)) => return streamed,
            Err(RecvTimeoutError::Timeout) if interrupt.is_raised() => {
                return Streamed::Cut("the caller stopped waiting".into());
            }
            Err(RecvTimeoutError::Timeout) if last.elapsed() >= stall => {
                return Streamed::Cut(format!("nothing came for {} seconds", stall.as_secs()));
            }
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => {
                return Streamed::Cut("the thread that read it ended before its time".into());
            }
        };
        if let Err(error) = taken {
            return Streamed::Stopped(error);
        }
        if interrupt.is_raised() {
            return Streamed::Cut("the caller stopped waiting".into());
        }
        last = Instant::now();
    }
}
