//! Files: who refused one, and what that means.

use crate::ports::{FaultyTransport, outside};
use crate::schedule::{Till, submission};
use crate::services::Rule;
use fiskal::Interrupt;
use fiskal::error::{Error, Kind};
use fiskal::exchange::{Answer, Effect, Lost, Method, Request};
use fiskal::transport::{Sink, Streamed, Streaming, Wire};
use serde_json::Value;
use std::time::Duration;

/// Files at `/STATUS/WHO`: the answer has that status, and comes from the service or from somebody else.
impl Streaming for FaultyTransport {
    fn stream(&self, wire: &Wire, _: Duration, _: &Interrupt, sink: &mut dyn Sink) -> Streamed {
        let (status, who) = wire.path.trim_start_matches('/').split_once('/').unwrap();
        let headers = if who == "service" { vec![("x-table".into(), "1".into())] } else { Vec::new() };
        let answer = Answer { status: status.parse().unwrap(), headers, body: Value::Null };
        if answer.status != 200 {
            return Streamed::Refused(answer);
        }
        match sink.begin(&answer).and_then(|()| sink.piece(b"file")) {
            Ok(()) => Streamed::Whole,
            Err(error) => Streamed::Stopped(error),
        }
    }
}

#[derive(Default)]
struct Taken(Vec<u8>);

impl Sink for Taken {
    fn begin(&mut self, _: &Answer) -> Result<(), Error> {
        self.0.clear();
        Ok(())
    }

    fn piece(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.0.extend(piece);
        Ok(())
    }
}

fn fetched(path: &str) -> Result<Vec<u8>, Error> {
    let till = Till::start(Rule::PutForEver, &outside(1, 0));
    let request = Request {
        label: "file".into(),
        credential: Some("a".into()),
        base: "https://service".into(),
        method: Method::Get,
        path: path.into(),
        headers: Vec::new(),
        body: None,
        effect: Effect::Read,
        lost: Lost::Resend { within: None },
        keep_secret: Vec::new(),
    };
    let mut taken = Taken::default();
    let about = submission("export.fetch", "r", "s", "x");
    till.engine.download(&about, &request, &mut taken, &Interrupt::never()).map(|()| taken.0)
}

#[test]
fn a_refused_file_says_what_to_do_and_a_portal_says_nothing() {
    assert_eq!(fetched("/200/service").unwrap(), b"file");
    for (path, kind) in [
        ("/401/service", Kind::Unauthorized),
        ("/403/service", Kind::Unauthorized),
        ("/404/service", Kind::NotFound),
        ("/422/service", Kind::Refused),
        ("/429/service", Kind::Unreachable),
        ("/503/service", Kind::Unreachable),
        ("/200/portal", Kind::Unreachable),
        ("/401/portal", Kind::Unreachable),
        ("/403/portal", Kind::Unreachable),
        ("/404/portal", Kind::Unreachable),
    ] {
        let error = fetched(path).unwrap_err();
        assert_eq!(error.kind(), kind, "{path}: {error}");
        assert_eq!(error.message().contains("captive portal"), path.ends_with("portal"), "{path}: {error}");
    }
}
