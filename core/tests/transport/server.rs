//! A scripted HTTP server on loopback: it reads whole requests, records them, and does with each
//! what its script says.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What the server does with one request, after having read all of it.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// Pieces of the answer, written one by one with a pause before each but the first.
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) pause: Duration,
    pub(crate) then: Then,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    /// Wait for the next request.
    Keep,
    Close,
    /// Hold the connection open and do nothing until the client leaves.
    Stall,
}

impl Reply {
    /// These bytes, and the connection stays open.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Reply {
        Reply { pieces: vec![bytes.into()], pause: Duration::ZERO, then: Then::Keep }
    }

    /// A status line with header lines, a `Content-Length` and this body.
    pub(crate) fn new(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Reply {
        let body = body.as_ref();
        let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
        for header in headers {
            bytes.push_str(header);
            bytes.push_str("\r\n");
        }
        bytes.push_str("\r\n");
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(body);
        Reply::raw(bytes)
    }

    pub(crate) fn json(body: &str) -> Reply {
        Reply::new("200 OK", &["Content-Type: application/json"], body)
    }

    pub(crate) fn nothing() -> Reply {
        Reply::raw("").then(Then::Close)
    }

    pub(crate) fn then(self, then: Then) -> Reply {
        Reply { then, ..self }
    }
}

/// A request as the server read it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Request line and header lines.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

type Script = dyn Fn(usize, &Seen) -> Reply + Send + Sync;

struct Shared {
    script: Box<Script>,
    seen: Mutex<Vec<Seen>>,
    connections: Mutex<usize>,
    stopped: AtomicBool,
    tls: Option<Arc<ServerConfig>>,
}

/// Listens until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers request number `n` (from 0, over all connections) with `script(n, request)`.
    pub(crate) fn start(script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Server {
        Server::listen(None, script)
    }

    pub(crate) fn start_tls(
        tls: ServerConfig,
        script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Server {
        Server::listen(Some(Arc::new(tls)), script)
    }

    fn listen(
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            script: Box::new(script),
            seen: Mutex::default(),
            connections: Mutex::default(),
            stopped: AtomicBool::new(false),
            tls,
        });
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Server { address, shared, accepting: Some(accepting) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.shared.connections.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            accepting.join().unwrap();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        *shared.connections.lock().unwrap() += 1;
        let shared = Arc::clone(shared);
        // Ends when the client leaves, at the latest after the read timeout.
        thread::spawn(move || drop(stream.and_then(|stream| talk(stream, &shared))));
    }
}

fn talk(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_nodelay(true)?;
    match &shared.tls {
        None => serve(stream, shared),
        Some(config) => {
            let session = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
            serve(StreamOwned::new(session, stream), shared)
        }
    }
}

fn serve(stream: impl Read + Write, shared: &Shared) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream)? {
        let number = {
            let mut seen = shared.seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        let reply = (shared.script)(number, &request);
        for (index, piece) in reply.pieces.iter().enumerate() {
            if index > 0 {
                thread::sleep(reply.pause);
            }
            stream.get_mut().write_all(piece)?;
            stream.get_mut().flush()?;
        }
        match reply.then {
            Then::Keep => {}
            Then::Close => break,
            Then::Stall => return io::copy(&mut stream, &mut io::sink()).map(drop),
        }
    }
    Ok(())
}

fn read_request(stream: &mut impl BufRead) -> io::Result<Option<Seen>> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if stream.read_line(&mut head)? == 0 {
            return Ok(None);
        }
        if head[before..].trim_end().is_empty() {
            break;
        }
    }
    let mut request = Seen { head, body: Vec::new() };
    let length = request.header("content-length").map_or(0, |text| text.parse().unwrap());
    request.body = vec![0; length];
    stream.read_exact(&mut request.body)?;
    Ok(Some(request))
}
