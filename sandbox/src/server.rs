//! Accepting connections, striking requests with planted faults, and handing the rest to the services.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{Method, Response};
use axum::serve::{IncomingStream, Listener};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::control;
use crate::faults::{Kind, Strike};
use crate::http::{Call, Reply};
use crate::hub::{self, Hub};
use crate::service::{Service, Shared, lock};

/// The largest body a service is shown.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;
/// How much of a larger body is read and thrown away, so that its sender sees the answer and not a closed line.
const DRAIN_LIMIT: usize = 16 * 1024 * 1024;
/// How long the server rests when the machine has no descriptors left for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where a service describes its interface, below its prefix.
const OPENAPI: &str = "/openapi.json";

/// Everything a request can reach.
pub(crate) struct House {
    pub(crate) shared: Arc<Shared>,
    pub(crate) services: Vec<Arc<dyn Service>>,
    pub(crate) hub: Hub,
}

/// Serves until the returned future is dropped.
pub(crate) async fn serve(listener: TcpListener, house: Arc<House>) -> io::Result<()> {
    let router = Router::new().fallback(answer).with_state(house);
    axum::serve(Door(listener), router.into_make_service_with_connect_info::<Switch>()).await
}

async fn answer(
    State(house): State<Arc<House>>,
    ConnectInfo(line): ConnectInfo<Switch>,
    request: Request,
) -> Response<Body> {
    // A task of its own: what a service has begun it finishes, even when the client has hung up meanwhile.
    let date = Arc::clone(&house);
    let work = tokio::spawn(async move { handle(&house, &line, request).await });
    let reply = match work.await {
        Ok(reply) => reply,
        Err(_) => Reply::json(500, &json!({ "message": "the sandbox failed; its log says where" })),
    };
    reply.with("date", date.shared.clock.http_date()).into_response()
}

async fn handle(house: &House, line: &Switch, request: Request) -> Reply {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let method = parts.method.clone();
    if let Some(rest) = path.strip_prefix("/_sandbox/") {
        if let Err(refused) = hub::guard::check_program(&method, &parts.headers) {
            return Reply::json(refused.status, &json!({ "message": refused.message }));
        }
        let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
            return Reply::json(400, &json!({ "message": "the body is larger than 1 MiB" }));
        };
        return control::answer(house, &method, rest, &body);
    }
    let body = read(body).await;
    if hub::owns(&path) {
        return hub::answer(house, &parts, body).await;
    }
    if let Some(reply) = document(house, &parts) {
        return reply;
    }
    lock(&house.shared.requests).note(&parts, body.as_ref().ok());
    let alias = house
        .service(&path)
        .and_then(|(service, rest)| service.alias(&rest).map(|alias| format!("/{}{alias}", service.name())));
    let paths: Vec<&str> = std::iter::once(path.as_str()).chain(alias.as_deref()).collect();
    let strike = lock(&house.shared.faults).strike(method.as_str(), &paths);
    if strike.end == Some(Kind::Reset) {
        return line.cut();
    }
    let Some((service, rest)) = house.service(&path) else {
        return nowhere(house, &path);
    };
    if strike.expire_tokens {
        service.expire_tokens();
    }
    if matches!(strike.end, Some(Kind::Status { booked: false, .. })) {
        tokio::time::sleep(strike.delay).await;
        return planted(service.as_ref(), &rest, &strike);
    }
    let body = match body {
        Ok(body) => body,
        Err(reason) => return service.refuse(&rest, 400, None, reason),
    };
    let call = Call {
        method,
        path: rest.clone(),
        uri: parts.uri,
        headers: parts.headers,
        body,
        pause: strike.delay,
    };
    let reply = match too_many(house, service.as_ref(), &call) {
        Some(reply) => reply,
        None => service.serve(call).await,
    };
    match strike.end {
        Some(Kind::DropAnswer) => line.cut(),
        Some(Kind::CutAnswer) => {
            // What goes before the body is shorter, so that it is the body that ends in its middle.
            line.cut_after(reply.body.len() / 2);
            reply
        }
        Some(Kind::Status { .. }) => planted(service.as_ref(), &rest, &strike),
        _ => reply,
    }
}

/// A document about a service, which is no request to it: no fault strikes it. One of them holds keys, so it is shown
/// as the hub's pages are.
fn document(house: &House, parts: &Parts) -> Option<Reply> {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return None;
    }
    let (service, rest) = house.service(parts.uri.path())?;
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_page = service.has_reference_at(&rest);
    let path = if is_page { OPENAPI } else { rest.as_str() };
    let document = service.document(path, &format!("http://{host}/{}", service.name()))?;
    Some(match hub::guard::check(&parts.method, &parts.headers) {
        Ok(()) if is_page => {
            hub::reference::show(house, parts, &format!("/{}{OPENAPI}", service.name()), &document)
        }
        Ok(()) => Reply::json(200, &document).with("cache-control", "no-store"),
        Err(refused) => Reply::json(refused.status, &json!({ "message": refused.message })),
    })
}

/// The answer to a path that no service is at.
fn nowhere(house: &House, path: &str) -> Reply {
    let services: Vec<String> = house.services.iter().map(|service| format!("/{}", service.name())).collect();
    let message = format!(
        "there is no service at {path}; the services are at {}, and pages for people at /",
        services.join(", ")
    );
    Reply::json(404, &json!({ "message": message }))
}

/// The answer to a request beyond the limit of its organization.
fn too_many(house: &House, service: &dyn Service, call: &Call) -> Option<Reply> {
    const MESSAGE: &str = "Too many requests of this organization within a minute";
    let limits = &house.shared.settings().rate_limits;
    let (limit, organization) = (limits.of(service.name())?, service.organization(call)?);
    let now = house.shared.clock.now();
    let wait = lock(&house.shared.limits).take(service.name(), organization, limit, now).err()?;
    house.shared.refused(service.name(), call, 429, MESSAGE);
    let reply = service.refuse(&call.path, 429, None, MESSAGE);
    // Whole seconds, rounded up: who comes then is not early.
    let seconds = wait.as_secs().saturating_add(i64::from(wait.subsec_nanos() > 0));
    Some(if limits.retry_after { reply.with("retry-after", seconds.to_string()) } else { reply })
}

/// The answer that a planted status puts in the place of the service's own. `path` is below the service's prefix.
fn planted(service: &dyn Service, path: &str, strike: &Strike) -> Reply {
    let Some(Kind::Status { status, retry_after, code, .. }) = &strike.end else {
        return Reply::json(500, &json!({}));
    };
    let reply = service.refuse(path, *status, code.as_deref(), "a planted fault");
    match retry_after {
        Some(seconds) => reply.with("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// Reads a body, or says what is wrong with it.
async fn read(body: Body) -> Result<Bytes, &'static str> {
    let announced = body.size_hint().lower();
    if announced > DRAIN_LIMIT as u64 {
        return Err("the body is larger than 1 MiB");
    }
    let bytes =
        to_bytes(body, DRAIN_LIMIT).await.map_err(|_| "the body is larger than 1 MiB or was cut off")?;
    if bytes.len() > BODY_LIMIT { Err("the body is larger than 1 MiB") } else { Ok(bytes) }
}

impl House {
    fn service(&self, path: &str) -> Option<(&Arc<dyn Service>, String)> {
        self.services.iter().find_map(|service| {
            let rest = path.strip_prefix('/')?.strip_prefix(service.name())?;
            (rest.is_empty() || rest.starts_with('/')).then(|| (service, rest.to_owned()))
        })
    }
}

/// Cuts one connection: how many bytes of an answer may still leave.
#[derive(Debug, Clone)]
pub(crate) struct Switch(Arc<AtomicUsize>);

impl Default for Switch {
    fn default() -> Self {
        Switch(Arc::new(AtomicUsize::new(Switch::ALL)))
    }
}

impl Switch {
    const ALL: usize = usize::MAX;

    fn cut(&self) -> Reply {
        self.cut_after(0);
        Reply::json(500, &json!({}))
    }

    fn cut_after(&self, bytes: usize) {
        self.0.store(bytes, Ordering::SeqCst);
    }

    /// How many bytes may leave now.
    fn left(&self) -> io::Result<usize> {
        match self.0.load(Ordering::SeqCst) {
            0 => Err(io::ErrorKind::ConnectionAborted.into()),
            left => Ok(left),
        }
    }

    fn spend(&self, bytes: usize) {
        let spent = |left| (left != Switch::ALL).then(|| usize::saturating_sub(left, bytes));
        // Whole answers are not counted.
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spent);
    }
}

impl Connected<IncomingStream<'_, Door>> for Switch {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().switch.clone()
    }
}

/// The listening socket.
struct Door(TcpListener);

impl Listener for Door {
    type Io = Line;
    type Addr = ();

    async fn accept(&mut self) -> (Line, ()) {
        loop {
            match self.0.accept().await {
                Ok((stream, _)) => {
                    // Small answers should not wait for a full packet; a socket that refuses is only slower.
                    let _ = stream.set_nodelay(true);
                    return (Line { stream, switch: Switch::default() }, ());
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A connection whose answers can be cut off.
struct Line {
    stream: TcpStream,
    switch: Switch,
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let left = self.switch.left()?;
        let written = Pin::new(&mut self.stream).poll_write(context, &bytes[..bytes.len().min(left)]);
        if let Poll::Ready(Ok(written)) = written {
            self.switch.spend(written);
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.switch.left()? == Switch::ALL {
            return Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        }
        let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
        self.poll_write(context, first)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
