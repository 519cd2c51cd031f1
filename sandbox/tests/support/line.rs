//! One keep-alive connection to a sandbox, signed in. It speaks just enough HTTP/1.1 to send what a proper
//! client would refuse to.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const VERSION: &str = "2026-02-03";

/// A request, right as it stands; tests bend it.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Request {
    pub(crate) fn new(method: &'static str, path: String) -> Request {
        let mut headers = vec![("X-Api-Version", VERSION.to_owned())];
        if method != "GET" {
            headers.push(("X-Idempotency-Key", Uuid::new_v4().to_string()));
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        Request { method, path, headers, body: None }
    }

    pub(crate) fn body(mut self, body: &Value) -> Request {
        self.body = Some(serde_json::to_vec(body).unwrap());
        self
    }

    /// The same with one header changed, or added.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Request {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }
}

pub(crate) struct Line {
    _sandbox: Sandbox,
    stream: RefCell<BufReader<TcpStream>>,
    host: String,
    /// What the service's addresses begin with.
    prefix: String,
    bearer: String,
}

impl Line {
    /// Starts a sandbox and signs in with its key, for a unit if the account is a group.
    pub(crate) fn open() -> Line {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let account = sandbox.ready()["accounts"]["sign-fr"].clone();
        let (host, prefix) =
            account["url"].as_str().unwrap().strip_prefix("http://").unwrap().split_once('/').unwrap();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut line = Line {
            _sandbox: sandbox,
            stream: RefCell::new(BufReader::new(stream)),
            host: host.to_owned(),
            prefix: format!("/{prefix}"),
            bearer: String::new(),
        };
        line.bearer = line.sign_in(&account);
        let unit = line.write("POST", "/organizations", &json!({"type": "UNIT", "name": "unit"}), None);
        let subject = line.write(
            "POST",
            "/subjects",
            &json!({"type": "API_KEY", "name": "unit-key"}),
            unit["id"].as_str(),
        );
        line.bearer = line.sign_in(&subject["credentials"]);
        line
    }

    fn sign_in(&self, who: &Value) -> String {
        let key = json!({"type": "API_KEY", "key": who["key"], "secret": who["secret"]});
        let token = self.write("POST", "/tokens", &key, None);
        token["authentication"]["bearer"].as_str().unwrap().to_owned()
    }

    /// Writes and insists on success; gives back the answer's content.
    pub(crate) fn write(
        &self,
        method: &'static str,
        path: &str,
        content: &Value,
        scope: Option<&str>,
    ) -> Value {
        let mut request = Request::new(method, path.to_owned()).body(&json!({"content": content}));
        if let Some(scope) = scope {
            request = request.header("X-Scope-Identifier", scope);
        }
        let (status, answer) = self.send(&request, true);
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer["content"].clone()
    }

    /// Sends a request, signed in or with an empty bearer, and gives back status and JSON body.
    pub(crate) fn send(&self, request: &Request, signed_in: bool) -> (u16, Value) {
        let bearer = if signed_in { self.bearer.as_str() } else { "" };
        let mut head = format!("{} {}{} HTTP/1.1\r\n", request.method, self.prefix, request.path);
        let own = [("Host", &self.host), ("Authorization", &format!("Bearer {bearer}"))];
        for (name, value) in request.headers.iter().map(|(name, value)| (*name, value)).chain(own) {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let body = request.body.as_deref().unwrap_or_default();
        let _ = write!(head, "Content-Length: {}\r\n\r\n", body.len());
        let mut stream = self.stream.borrow_mut();
        stream.get_mut().write_all(&[head.as_bytes(), body].concat()).unwrap();
        receive(&mut stream)
    }
}

fn receive(stream: &mut BufReader<TcpStream>) -> (u16, Value) {
    let mut next = || {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let status = next().split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
    let mut length = 0;
    loop {
        let header = next().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body))))
}
