//! A file of a service, read piece by piece. It is no exchange of an operation: nothing of it is journalled.

use crate::engine::drive::Drive;
use crate::engine::ports::{Clock, Ids, Progress, SecretStore, Store};
use crate::engine::{Engine, Submission};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Answer, Past, Request, Service};
use crate::interrupt::Interrupt;
use crate::transport::{Sink, Streamed, Streaming, Transport, Wire, shown_address};
use secrecy::SecretString;
use std::time::Duration;

/// How often a file is begun anew after its link was cut; the services know no way to go on in its middle.
const ATTEMPTS: u32 = 3;
/// How long no byte may come.
const STALL: Duration = Duration::from_secs(30);

impl<S, T, C, I, K> Engine<S, T, C, I, K>
where
    S: Store,
    T: Transport + Streaming,
    C: Clock,
    I: Ids,
    K: SecretStore,
{
    /// Reads the file that `request` asks for into `sink`, which is begun anew after a cut.
    ///
    /// # Errors
    /// `not_found` where there is no such file, `unauthorized` where the credentials do not serve, `refused` where
    /// the service says no, `unreachable` where the file did not come whole, and whatever the sink says.
    pub fn download(
        &self,
        about: &Submission,
        request: &Request,
        sink: &mut dyn Sink,
        interrupt: &Interrupt,
    ) -> Result<()> {
        let patience = self.patience(self.account(&about.line)?.patience, interrupt);
        let (operation, ..) = self.accept(about.clone());
        let mut drive = self.begin(operation, Progress::Open, Past::default(), patience)?;
        let mut attempt = 1;
        let mut renewed = false;
        loop {
            drive.patience = self.patience(self.account(&about.line)?.patience, interrupt);
            let bearer = drive.bearer_for(request)?;
            let mut ours = Ours { service: drive.service, base: &request.base, sink };
            let why =
                match self.transport.stream(&wire(request, bearer.as_ref()), STALL, interrupt, &mut ours) {
                    Streamed::Whole => return Ok(()),
                    Streamed::Stopped(error) => return Err(error),
                    Streamed::Refused(answer) if !drive.service.is_ours(&answer) => {
                        not_the_service(&request.base, &answer)
                    }
                    Streamed::Refused(answer) if drive.service.rejects_token(&answer) && !renewed => {
                        renewed = true;
                        self.forget(&drive, request, bearer.as_ref());
                        continue;
                    }
                    Streamed::Refused(answer) if answer.is_temporary() => {
                        format!("the service answers {}", answer.status)
                    }
                    Streamed::Refused(answer) => return Err(refusal(&answer)),
                    Streamed::Cut(why) => why,
                };
            if attempt == ATTEMPTS || interrupt.is_raised() {
                let message = format!("the file did not come whole: {why}; try again");
                return Err(Error::new(Kind::Unreachable, message));
            }
            self.clock.sleep(Duration::from_secs(attempt.into()), interrupt);
            attempt += 1;
        }
    }

    fn forget(&self, drive: &Drive<'_, S, T, C, I, K>, request: &Request, bearer: Option<&SecretString>) {
        if let (Some(credential), Some(bearer)) = (&request.credential, bearer) {
            drive.engine.tokens.forget(credential, bearer);
        }
    }
}

fn wire(request: &Request, bearer: Option<&SecretString>) -> Wire {
    Wire {
        base: request.base.clone(),
        method: request.method,
        path: request.path.clone(),
        headers: request.headers.clone(),
        bearer: bearer.cloned(),
        body: None,
    }
}

fn refusal(answer: &Answer) -> Error {
    let kind = match answer.status {
        401 | 403 => Kind::Unauthorized,
        404 => Kind::NotFound,
        _ => Kind::Refused,
    };
    let message = format!("the service does not give this file (status {})", answer.status);
    Error::new(kind, message).with(|details| details.http_status = Some(answer.status))
}

pub(super) fn not_the_service(base: &str, answer: &Answer) -> String {
    format!(
        "something else than the service answered at {} ({}): a captive portal or a proxy",
        shown_address(base),
        answer.status
    )
}

/// A sink that takes only what the service itself sends: a captive portal answers 200 too.
struct Ours<'a> {
    service: &'a dyn Service,
    base: &'a str,
    sink: &'a mut dyn Sink,
}

impl Sink for Ours<'_> {
    fn begin(&mut self, answer: &Answer) -> Result<()> {
        if self.service.is_ours(answer) {
            return self.sink.begin(answer);
        }
        Err(Error::new(Kind::Unreachable, format!("{}; try again", not_the_service(self.base, answer))))
    }

    fn piece(&mut self, piece: &[u8]) -> Result<()> {
        self.sink.piece(piece)
    }
}
