//! SIGN AT 1.2.6: receipts of Austrian cash registers, signed for real.

mod amounts;
mod configuration;
mod desk;
mod devices;
mod errors;
mod exact;
mod fon;
mod legal_entity;
mod lists;
mod metadata;
mod operations;
mod postman;
mod receipts;
mod registers;
mod signing;
mod state;
mod units;
mod view;
mod window;

pub(crate) use self::fon::deadlines::{Deadline, Duty};
pub(crate) use self::fon::known::{Judged, KnownRegister, KnownTaxpayer, KnownUnit};
pub(crate) use self::window::{DeviceRow, DeviceView, ReceiptRow, ReceiptView};

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use self::desk::Desk;
use self::errors::Problem;
use self::operations::{OPERATIONS, Operation};
use self::state::{Owner, State};
use crate::crypto::Authority;
use crate::http::{Call, Reply};
use crate::intake::{self, Request};
use crate::management::{Accounts, Caller, NotSignedIn};
use crate::openapi::{self, About};
use crate::routes;
use crate::schema::Contract;
use crate::service::{Service, Shared, Working, lock};
use crate::settings::Settings;
use crate::store::{Commit, Document, Kept};

/// The service's name and path prefix.
const NAME: &str = "sign-at";

/// What the description of the interface begins with.
const ABOUT: About = About {
    title: "SIGN AT",
    version: view::VERSION,
    header: "request-id",
    refusals: &[400, 401, 404, 408, 429, 500, 503, 504],
};

/// The service.
pub(crate) struct SignAt {
    shared: Arc<Shared>,
    accounts: Arc<Accounts>,
    state: Mutex<State>,
    /// Certifies the keys of signature creation units.
    authority: Authority,
}

impl SignAt {
    /// Takes up what the store kept, or begins with a new certification authority.
    pub(crate) fn open(
        shared: Arc<Shared>,
        accounts: Arc<Accounts>,
        documents: &[Document],
    ) -> Result<SignAt, String> {
        let state = State::load(documents)?;
        let authority = match &state.authority {
            Some((key, certificate)) => Authority::from_pem(key, certificate),
            None => Authority::generate(),
        };
        let authority = authority.map_err(|error| error.to_string())?;
        let mut changes = shared.changes(NAME);
        let pair = (authority.private_key_pem(), authority.certificate_pem());
        changes.write(state::AUTHORITY, state::AUTHORITY.to_owned(), &pair);
        // Its first use waits for a commit of its own, which comes after this one.
        let _ = shared.commit(changes);
        Ok(SignAt { shared, accounts, state: Mutex::new(state), authority })
    }

    async fn answer(&self, call: &Call, settings: &Settings) -> Result<Reply, Problem> {
        let (route, in_path) =
            routes::find(OPERATIONS, &call.method, &call.path).ok_or_else(Problem::no_path)?;
        let caller = if route.open { None } else { Some(self.accounts.caller(call)) };
        if matches!(caller, Some(None)) {
            return Err(Problem::unauthorized());
        }
        let strips = settings.sign_at.strip_unknown;
        let request = intake::read(Contract::sign_at(), route, in_path, call, strips)
            .map_err(|misfit| Problem::schema(misfit.0))?;
        tokio::time::sleep(call.pause).await;
        let Some(Some(caller)) = caller else {
            return self.authenticate(&request.body).await;
        };
        let (result, commit) = self.carry_out(route.operation, &request, &caller, settings);
        commit.wait().await.map_err(Problem::unavailable)?;
        Ok(Reply::json(200, &result?))
    }

    async fn authenticate(&self, body: &Value) -> Result<Reply, Problem> {
        match self.accounts.sign_in(body).await {
            Ok(answer) => Ok(Reply::json(200, &answer)),
            Err(NotSignedIn::Credentials) => {
                Err(Problem::new(401, "E_AUTHENTICATION_ERROR", "Invalid credentials"))
            }
            Err(NotSignedIn::NoToken) => {
                Err(Problem::new(401, "E_AUTHENTICATION_ERROR", "The refresh token is not a JWT"))
            }
            Err(NotSignedIn::Ended) => {
                Err(Problem::new(401, "E_CLIENT_ERROR", "The refresh token is expired or was rejected"))
            }
            Err(NotSignedIn::Failed(reason)) => Err(Problem::unavailable(reason)),
        }
    }

    /// Does the work under the lock, so that nobody sees half of it, and hands what changed to the store. A refusal may
    /// have changed something too: when FinanzOnline's answer is lost, the change stays.
    fn carry_out(
        &self,
        operation: Operation,
        request: &Request,
        caller: &Caller,
        settings: &Settings,
    ) -> (Result<Value, Problem>, Commit) {
        let mut state = lock(&self.state);
        let now = self.shared.clock.now();
        let mut desk = Desk {
            state: &mut state,
            owner: Owner::of(caller),
            request,
            settings: &settings.sign_at,
            fon: settings.sign_at.fon,
            authority: &self.authority,
            now: Timestamp::from_second(now.as_second()).unwrap_or(now),
            changes: self.shared.changes(NAME),
        };
        let result = devices::catch_up(&mut desk).and_then(|()| carry_out(&mut desk, operation));
        (result, self.shared.commit(desk.changes))
    }
}

impl Service for SignAt {
    fn name(&self) -> &'static str {
        NAME
    }

    fn organization(&self, call: &Call) -> Option<String> {
        self.accounts.caller(call).map(|caller| caller.organization)
    }

    fn serve(&self, call: Call) -> Working<'_> {
        Box::pin(async move {
            let settings = self.shared.settings();
            let reply = self.answer(&call, &settings).await.unwrap_or_else(|problem| {
                self.shared.refused(NAME, &call, problem.status, &problem.message);
                problem.reply()
            });
            dress(reply)
        })
    }

    fn refuse(&self, _path: &str, status: u16, code: Option<&str>, message: &str) -> Reply {
        dress(Problem::of(status, code, message).reply())
    }

    fn document(&self, path: &str, base: &str) -> Option<Value> {
        match path {
            "/openapi.json" => Some(openapi::document(&ABOUT, base, Contract::sign_at(), OPERATIONS)),
            "/postman/collection.json" | "/api/v1/_postman/collection" => Some(postman::collection()),
            "/postman/environment.json" => {
                let (key, secret) = self.accounts.credentials();
                Some(postman::environment(base, key, secret))
            }
            _ => None,
        }
    }

    fn has_reference_at(&self, path: &str) -> bool {
        path == "/api/v1/_docs"
    }

    fn inspect(&self, path: &str) -> Result<Option<Value>, String> {
        if path == "finanzonline" {
            return Ok(Some(self.finanzonline()));
        }
        let named = path.strip_prefix("registers/").and_then(|rest| rest.strip_suffix("/verification"));
        named.map_or(Ok(None), |name| self.key_container(name))
    }

    fn expire_tokens(&self) {
        self.accounts.expire_tokens();
    }

    fn account(&self, url: &str) -> Value {
        self.accounts.ready(url)
    }
}

/// The header that every answer has (1.1).
fn dress(reply: Reply) -> Reply {
    reply.with("request-id", Uuid::new_v4().to_string())
}

fn carry_out(desk: &mut Desk<'_>, operation: Operation) -> Result<Value, Problem> {
    match operation {
        Operation::Authenticate => Err(Problem::internal("tokens are not given out here")),
        Operation::AuthenticateFon => fon::authenticate(desk),
        Operation::RetrieveFonStatus => Ok(fon::status(desk)),
        Operation::CreateSignatureCreationUnit => units::create(desk),
        Operation::RetrieveSignatureCreationUnit => units::retrieve(desk),
        Operation::UpdateSignatureCreationUnit => units::update(desk),
        Operation::ListSignatureCreationUnits => {
            let units: Vec<_> = desk.units().collect();
            lists::page(desk, "SIGNATURE_CREATION_UNIT_LIST", &units, |unit| view::unit(unit))
        }
        Operation::RetrieveSignatureCreationUnitMetadata => metadata::of_unit(desk),
        Operation::UpdateSignatureCreationUnitMetadata => metadata::change_unit(desk),
        Operation::CreateCashRegister => registers::create(desk),
        Operation::RetrieveCashRegister => registers::retrieve(desk),
        Operation::UpdateCashRegister => registers::update(desk),
        Operation::ListCashRegisters => {
            let registers: Vec<_> = desk.registers().collect();
            lists::page(desk, "CASH_REGISTER_LIST", &registers, |register| view::register(register))
        }
        Operation::RetrieveCashRegisterMetadata => metadata::of_register(desk),
        Operation::UpdateCashRegisterMetadata => metadata::change_register(desk),
        Operation::SignReceipt => receipts::sign(desk),
        Operation::RetrieveReceipt => receipts::retrieve(desk),
        Operation::RetrieveReceiptMetadata => metadata::of_receipt(desk),
        Operation::UpdateReceiptMetadata => metadata::change_receipt(desk),
        Operation::ValidateReceipt => fon::validate(desk),
        Operation::ListCashRegisterReceipts => receipts::list_of_register(desk),
        Operation::ListReceipts => receipts::list_all(desk),
        Operation::ExportCashRegister => receipts::export(desk),
        Operation::RetrieveConfiguration => Ok(configuration::retrieve(desk)),
        Operation::UpdateConfiguration => Ok(configuration::update(desk)),
    }
}
