//! A connection to the sandbox that can be cut, in the middle of a request too.

use std::io::copy;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long an address may be taken by somebody else when the link comes back.
const TAKEN: Duration = Duration::from_secs(20);

/// The link: while it is up, what is sent to its address goes to the sandbox; while it is cut, nobody
/// listens there.
pub(crate) struct Link {
    address: SocketAddr,
    sandbox: SocketAddr,
    up: Option<Up>,
}

struct Up {
    goes_on: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
    accepting: JoinHandle<()>,
}

impl Link {
    pub(crate) fn to(sandbox: SocketAddr) -> Link {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut link = Link { address: listener.local_addr().unwrap(), sandbox, up: None };
        link.serve(listener);
        link
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks all connections and lets no new one through.
    pub(crate) fn cut(&mut self) {
        let Some(up) = self.up.take() else { return };
        up.goes_on.store(false, Ordering::SeqCst);
        up.accepting.join().unwrap();
        for stream in up.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn mend(&mut self) {
        if self.up.is_some() {
            return;
        }
        let until = Instant::now() + TAKEN;
        loop {
            match TcpListener::bind(self.address) {
                Ok(listener) => return self.serve(listener),
                Err(error) => assert!(Instant::now() < until, "{}: {error}", self.address),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn serve(&mut self, listener: TcpListener) {
        let (goes_on, streams) = (Arc::new(AtomicBool::new(true)), Arc::new(Mutex::new(Vec::new())));
        let (seen, kept, sandbox) = (goes_on.clone(), streams.clone(), self.sandbox);
        listener.set_nonblocking(true).unwrap();
        let accepting = std::thread::spawn(move || {
            while seen.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((client, _)) => connect(client, sandbox, &kept),
                    Err(_) => std::thread::sleep(Duration::from_millis(1)),
                }
            }
        });
        self.up = Some(Up { goes_on, streams, accepting });
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.cut();
    }
}

fn connect(client: TcpStream, sandbox: SocketAddr, kept: &Mutex<Vec<TcpStream>>) {
    let Ok(server) = TcpStream::connect(sandbox) else { return };
    client.set_nonblocking(false).unwrap();
    for (from, to) in [(&client, &server), (&server, &client)] {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        std::thread::spawn(move || {
            let _ = copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
    kept.lock().unwrap().extend([client, server]);
}
