//! A way to the sandbox on which a process is killed at a request that was chosen before.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// When, at its request, the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Nothing has reached the service.
    BeforeSending,
    /// The service has done it, and nothing of its answer has come back.
    Unanswered,
    /// The answer has come back, and the process had no time for it.
    Answered,
}

/// The way; it lasts as long as the test's process.
#[derive(Clone)]
pub(crate) struct Gate {
    address: SocketAddr,
    sandbox: SocketAddr,
    at: (usize, Moment),
    passed: Arc<AtomicUsize>,
    victim: Arc<Mutex<Option<Child>>>,
}

impl Gate {
    /// A way that kills at the request of this number, counted from 1.
    pub(crate) fn to(sandbox: SocketAddr, number: usize, moment: Moment) -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let gate = Gate {
            address: listener.local_addr().unwrap(),
            sandbox,
            at: (number, moment),
            passed: Arc::default(),
            victim: Arc::default(),
        };
        let serving = gate.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let gate = serving.clone();
                std::thread::spawn(move || gate.serve(client));
            }
        });
        gate
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets a process start that is killed, and waits for its end; whether it was killed.
    pub(crate) fn killed(&self, start: impl FnOnce() -> Child) -> bool {
        // Its first request waits until it is known here.
        let mut victim = self.victim.lock().unwrap();
        *victim = Some(start());
        drop(victim);
        loop {
            let mut victim = self.victim.lock().unwrap();
            let Some(child) = victim.as_mut() else { return true };
            if let Some(status) = child.try_wait().unwrap() {
                *victim = None;
                assert!(status.success(), "the process ended by itself: {status}");
                return false;
            }
            drop(victim);
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    fn serve(&self, mut client: TcpStream) {
        let mut reader = BufReader::new(client.try_clone().unwrap());
        while let Some(request) = message(&mut reader) {
            let number = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
            let is_struck = |moment| (number, moment) == self.at && self.victim.lock().unwrap().is_some();
            if is_struck(Moment::BeforeSending) {
                return self.kill();
            }
            let answer = exchanged(self.sandbox, &request);
            if is_struck(Moment::Unanswered) {
                return self.kill();
            }
            let written = client.write_all(&answer);
            if is_struck(Moment::Answered) {
                return self.kill();
            }
            if written.is_err() {
                return;
            }
        }
    }

    fn kill(&self) {
        if let Some(mut child) = self.victim.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

/// Sends a whole request over a connection of its own; its answer.
pub(crate) fn exchanged(sandbox: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut server = TcpStream::connect(sandbox).unwrap();
    server.write_all(request).unwrap();
    message(&mut BufReader::new(server)).unwrap()
}

/// The next message of a connection, head and body; nothing at its end.
fn message(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // The end of the connection, or a break in the middle: there is no message.
        if reader.read_until(b'\n', &mut head).ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&head).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    head.extend(body);
    Some(head)
}
