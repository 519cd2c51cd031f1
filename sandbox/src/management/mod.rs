//! The Management API: organizations, the keys to them, and the tokens that all Austrian services share.

mod accounts;
mod desk;
mod errors;
mod keys;
mod operations;
mod organizations;
mod seed;
mod state;
mod window;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use uuid::Uuid;

pub(crate) use self::accounts::{Accounts, Caller, NotSignedIn};
use self::desk::Desk;
use self::errors::Problem;
use self::operations::{OPERATIONS, Operation};
pub(crate) use self::window::{Company, CompanyKey, Unmade};
use crate::http::{Call, Reply};
use crate::intake;
use crate::openapi::{self, About};
use crate::routes;
use crate::schema::Contract;
use crate::service::{Service, Working};
use crate::settings::Settings;

/// The service's name and path prefix.
const NAME: &str = "management";

/// What the description of the interface begins with.
const ABOUT: About = About {
    title: "Management API",
    version: "0.12.0",
    header: "x-request-id",
    refusals: &[400, 401, 404, 429, 500, 503],
};

/// The service.
pub(crate) struct Management {
    accounts: Arc<Accounts>,
}

impl Management {
    pub(crate) fn new(accounts: Arc<Accounts>) -> Management {
        Management { accounts }
    }

    async fn answer(&self, call: &Call, settings: &Settings) -> Result<Reply, Problem> {
        let (route, in_path) =
            routes::find(OPERATIONS, &call.method, &call.path).ok_or_else(Problem::not_found)?;
        let caller = match (route.open, self.accounts.caller(call)) {
            (true, _) => None,
            (false, Some(caller)) => Some(caller),
            (false, None) => return Err(Problem::unauthorized("could not parse jwt: 'token is not valid'")),
        };
        let strips = settings.management.strip_unknown;
        let request = intake::read(Contract::management(), route, in_path, call, strips)
            .map_err(|misfit| Problem::bad_request(misfit.0))?;
        tokio::time::sleep(call.pause).await;
        let Some(caller) = caller else {
            return self.authenticate(&request.body).await;
        };
        let (result, commit) = {
            let mut state = self.accounts.lock();
            let mut desk = Desk {
                state: &mut state,
                caller: &caller,
                request: &request,
                settings: &settings.management,
                now: self.accounts.shared.clock.now(),
                changes: self.accounts.shared.changes(NAME),
            };
            let result = carry_out(&mut desk, route.operation);
            let commit = self.accounts.shared.commit(desk.changes);
            (result, commit)
        };
        commit.wait().await.map_err(Problem::unavailable)?;
        Ok(Reply::json(200, &result?))
    }

    async fn authenticate(&self, body: &Value) -> Result<Reply, Problem> {
        match self.accounts.sign_in(body).await {
            Ok(answer) => Ok(Reply::json(200, &answer)),
            Err(NotSignedIn::Credentials) => Err(Problem::unauthorized("Invalid credentials")),
            Err(NotSignedIn::NoToken | NotSignedIn::Ended) => {
                Err(Problem::unauthorized("could not parse jwt: 'token is not valid'"))
            }
            Err(NotSignedIn::Failed(reason)) => Err(Problem::unavailable(reason)),
        }
    }
}

impl Service for Management {
    fn name(&self) -> &'static str {
        NAME
    }

    fn organization(&self, call: &Call) -> Option<String> {
        self.accounts.caller(call).map(|caller| caller.organization)
    }

    fn serve(&self, call: Call) -> Working<'_> {
        Box::pin(async move {
            let began = Instant::now();
            let shared = &self.accounts.shared;
            let settings = shared.settings();
            let reply = self.answer(&call, &settings).await.unwrap_or_else(|problem| {
                shared.refused(NAME, &call, problem.status, &problem.message);
                problem.reply()
            });
            dress(reply, began.elapsed())
        })
    }

    fn refuse(&self, _path: &str, status: u16, code: Option<&str>, message: &str) -> Reply {
        dress(Problem::new(status, code, message).reply(), Duration::ZERO)
    }

    fn document(&self, path: &str, base: &str) -> Option<Value> {
        (path == "/openapi.json").then(|| openapi::document(&ABOUT, base, Contract::management(), OPERATIONS))
    }

    fn expire_tokens(&self) {
        self.accounts.expire_tokens();
    }

    fn account(&self, url: &str) -> Value {
        accounts::shown(&self.accounts.dashboard, url)
    }
}

/// The headers that were recorded (contract sign-at 2.11).
fn dress(reply: Reply, took: Duration) -> Reply {
    let took = took.as_millis();
    reply
        .with("x-request-id", Uuid::new_v4().to_string())
        .with("x-response-time", format!("{took}ms"))
        .with("response-time", took.to_string())
}

fn carry_out(desk: &mut Desk<'_>, operation: Operation) -> Result<Value, Problem> {
    match operation {
        Operation::CreateOrganization => organizations::create(desk),
        Operation::ListOrganizations => organizations::list(desk),
        Operation::RetrieveOrganization => organizations::retrieve(desk),
        Operation::UpdateOrganization => organizations::update(desk),
        Operation::EnableEnvironment => organizations::enable_environment(desk),
        Operation::CreateApiKey => keys::create(desk),
        Operation::ListApiKeys => keys::list(desk),
        Operation::RetrieveApiKey => keys::retrieve(desk),
        Operation::UpdateApiKey => keys::update(desk),
        Operation::Authenticate => Err(Problem::not_found()),
    }
}
