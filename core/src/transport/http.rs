//! The transport over HTTP/1.1.

use crate::error::Result;
use crate::exchange::{Answer, Method};
use crate::interrupt::Interrupt;
use crate::transport::{Network, Proxy, Sent, Transport, Wire, address, answer, date, redact, tls};
use once_cell::sync::OnceCell;
use reqwest::Url;
use reqwest::blocking::{Client, Request, Response};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName,
    HeaderValue, LOCATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How long a connection (name, TCP, proxy, TLS) may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long one attempt may take in all, whatever the caller allows.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// How often an attempt looks whether somebody still waits for it.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

const MAX_REDIRECTS: u32 = 3;

const USER_AGENT: &str = concat!("libfiskal/", env!("CARGO_PKG_VERSION"));

/// Header fields that frame the message or carry the credential, which a request may not set.
const RESERVED: [HeaderName; 7] =
    [AUTHORIZATION, HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, TE, UPGRADE];

/// Header fields by which services name an exchange for their support desk.
const TRACE_HEADERS: [&str; 3] = ["x-trace-identifier", "x-trace-id", "x-request-id"];

/// Sends requests over HTTP/1.1, with TLS 1.2 or 1.3 everywhere but on loopback.
///
/// Connections are kept and shared by all threads. May not be used from within an asynchronous
/// runtime.
pub struct HttpTransport(Arc<Clients>);

pub(super) struct Clients {
    tls: ClientConfig,
    proxy: Proxy,
    /// For loopback, and for everything when there is no proxy.
    direct: OnceCell<Client>,
    proxied: OnceCell<Client>,
}

impl HttpTransport {
    /// A transport that goes the way `network` says. Opens no connection and starts no thread.
    ///
    /// # Errors
    /// [`Kind::Config`](crate::error::Kind::Config) where the proxy's address or the roots cannot be used.
    pub fn new(network: &Network) -> Result<Self> {
        network.proxy.check()?;
        Ok(HttpTransport(Arc::new(Clients {
            tls: tls::client_config(&network.roots)?,
            proxy: network.proxy.clone(),
            direct: OnceCell::new(),
            proxied: OnceCell::new(),
        })))
    }

    pub(super) fn clients(&self) -> Arc<Clients> {
        self.0.clone()
    }
}

/// A request without an answer: whether it may have reached the service, and why there is none.
pub(super) struct Silence {
    sent: bool,
    pub(super) why: String,
}

impl Silence {
    fn unsent(why: String) -> Self {
        Silence { sent: false, why }
    }
}

impl Clients {
    fn client(&self, url: &Url) -> reqwest::Result<&Client> {
        if self.proxy == Proxy::None || address::is_loopback(url) {
            self.direct.get_or_try_init(|| self.build(&Proxy::None))
        } else {
            self.proxied.get_or_try_init(|| self.build(&self.proxy))
        }
    }

    fn build(&self, proxy: &Proxy) -> reqwest::Result<Client> {
        let builder = Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false);
        match proxy {
            Proxy::System => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::Url(url) => builder.proxy(reqwest::Proxy::all(url.as_str())?),
        }
        .build()
    }

    fn attempt(&self, wire: &Wire, budget: Duration) -> Sent {
        if budget.is_zero() {
            return Sent::NotSent("no time was left to send".into());
        }
        match self.open(wire, Instant::now() + budget) {
            Ok(response) => whole(response, wire),
            Err(Silence { sent: true, why }) => Sent::Lost(why),
            Err(Silence { sent: false, why }) => Sent::NotSent(why),
        }
    }

    /// Sends once, and gives the answer with its body still to be read.
    pub(super) fn open(&self, wire: &Wire, deadline: Instant) -> std::result::Result<Response, Silence> {
        let prepared = address::target(&wire.base, &wire.path)
            .and_then(|url| header_fields(wire).map(|headers| (url, headers)));
        let (url, headers) = prepared.map_err(Silence::unsent)?;
        let client = self.client(&url).map_err(|cause| {
            Silence::unsent(format!("the HTTP client cannot be built: {}", answer::innermost(&cause)))
        })?;
        let response = send_once(client, wire, &headers, url, deadline)
            .map_err(|cause| Silence { sent: !is_unsent(&cause), why: describe(&cause, wire) })?;
        follow(client, wire, &headers, response, deadline)
    }
}

impl Transport for HttpTransport {
    fn send(&self, wire: &Wire, timeout: Duration, interrupt: &Interrupt) -> Sent {
        let started = Instant::now();
        let budget = timeout.min(TOTAL_TIMEOUT);
        let sent = if interrupt.is_never() {
            self.0.attempt(wire, budget)
        } else {
            attempt_until(&self.0, wire, budget, interrupt)
        };
        let sent = match sent {
            Sent::Lost(why) => Sent::Lost(redact::scrub(why, secrets(wire))),
            Sent::NotSent(why) => Sent::NotSent(redact::scrub(why, secrets(wire))),
            answered => answered,
        };
        log(wire, &sent, started.elapsed());
        sent
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("HttpTransport").field("proxy", &self.0.proxy).finish_non_exhaustive()
    }
}

/// An attempt on a thread of its own, which is left to itself when nobody wants to wait any longer: it
/// ends with its budget, and what it brings is an answer that was lost.
fn attempt_until(clients: &Arc<Clients>, wire: &Wire, budget: Duration, interrupt: &Interrupt) -> Sent {
    let (tell, told) = mpsc::sync_channel(1);
    let (clients, wire) = (clients.clone(), wire.clone());
    let thread = std::thread::Builder::new().name("fiskal-http".into()).spawn(move || {
        // Nobody listens after an interrupt.
        let _ = tell.send(clients.attempt(&wire, budget));
    });
    if let Err(cause) = thread {
        return Sent::NotSent(format!("no thread could be started to send: {cause}"));
    }
    loop {
        match told.recv_timeout(LOOK_AGAIN) {
            Ok(sent) => return sent,
            Err(RecvTimeoutError::Timeout) if interrupt.is_raised() => {
                return Sent::Lost("the caller stopped waiting".into());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Sent::Lost("the thread that sent it ended before its time".into());
            }
        }
    }
}

/// Follows redirects of a read within its origin; every other answer is handed over as it is.
fn follow(
    client: &Client,
    wire: &Wire,
    headers: &HeaderMap,
    first: Response,
    deadline: Instant,
) -> std::result::Result<Response, Silence> {
    let mut response = first;
    for _ in 0..MAX_REDIRECTS {
        let Some(next) = redirect(wire.method, &response) else { break };
        response = match send_once(client, wire, headers, next, deadline) {
            Ok(response) => response,
            // The first hop reached the service.
            Err(cause) => return Err(Silence { sent: true, why: describe(&cause, wire) }),
        };
    }
    Ok(response)
}

/// Reads all of an answer.
fn whole(response: Response, wire: &Wire) -> Sent {
    match answer::read(response) {
        Ok(answer) => {
            let date = answer.header("date").and_then(date::parse);
            Sent::Answered { answer, date }
        }
        Err(why) => Sent::Lost(format!("{}: {why}", redact::address(&wire.base))),
    }
}

fn redirect(method: Method, response: &Response) -> Option<Url> {
    if method != Method::Get || !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    address::same_origin(response.url(), location)
}

fn send_once(
    client: &Client,
    wire: &Wire,
    headers: &HeaderMap,
    url: Url,
    deadline: Instant,
) -> reqwest::Result<Response> {
    let mut request = Request::new(method(wire.method), url);
    *request.headers_mut() = headers.clone();
    *request.body_mut() = wire.body.as_ref().map(|body| body.expose_secret().to_owned().into());
    *request.timeout_mut() = Some(deadline.saturating_duration_since(Instant::now()));
    client.execute(request)
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn header_fields(wire: &Wire) -> std::result::Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if wire.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in &wire.headers {
        let name = HeaderName::try_from(name.as_str())
            .map_err(|_| format!("'{}' cannot be the name of a header field", name.escape_debug()))?;
        if RESERVED.contains(&name) {
            return Err(format!("the header field '{name}' is set by the transport and may not be given"));
        }
        let value = HeaderValue::try_from(value.as_str())
            .map_err(|_| format!("the value of the header field '{name}' contains what cannot be sent"))?;
        headers.insert(name, value);
    }
    if let Some(bearer) = &wire.bearer {
        headers.insert(AUTHORIZATION, authorization(bearer)?);
    }
    Ok(headers)
}

fn authorization(bearer: &SecretString) -> std::result::Result<HeaderValue, String> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", bearer.expose_secret()))
        .map_err(|_| "the key or token contains characters that cannot be sent; check it".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether the request surely stayed here: it could not be formed, or no connection was made.
fn is_unsent(error: &reqwest::Error) -> bool {
    error.is_builder() || error.is_connect()
}

pub(super) fn describe(error: &reqwest::Error, wire: &Wire) -> String {
    let base = redact::address(&wire.base);
    let cause = answer::innermost(error);
    if error.is_connect() {
        format!("no connection to {base}: {cause}")
    } else if error.is_timeout() {
        format!("no answer from {base} in time")
    } else {
        format!("the connection to {base} ended before an answer came: {cause}")
    }
}

pub(super) fn secrets(wire: &Wire) -> impl Iterator<Item = &SecretString> {
    wire.bearer.iter().chain(&wire.body)
}

fn log(wire: &Wire, sent: &Sent, took: Duration) {
    let base = redact::address(&wire.base);
    let path = redact::path(&wire.path);
    let ms = took.as_millis();
    let method = method(wire.method);
    match sent {
        Sent::Answered { answer, .. } => {
            tracing::debug!(%method, base, path, status = answer.status, ms, trace = trace(answer), "answered");
        }
        Sent::Lost(why) => tracing::debug!(%method, base, path, ms, why, "lost"),
        Sent::NotSent(why) => tracing::debug!(%method, base, path, ms, why, "not sent"),
    }
}

fn trace(answer: &Answer) -> Option<&str> {
    TRACE_HEADERS.iter().find_map(|name| answer.header(name))
}
