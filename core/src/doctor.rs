//! What can be found out about a service without selling: whether it answers, and whether it takes the account's key.

use crate::config::{Account, Config};
use crate::error::{Error, Kind, Result};
use crate::exchange::{Answer, Method, Request, Service, filled};
use crate::interrupt::Interrupt;
use crate::services;
use crate::transport::{HttpTransport, Sent, Transport, Wire};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(5);

/// A service that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its address.
    pub base: String,
    /// How far its clock is ahead of this machine's; known to a second or two.
    pub ahead: Option<SignedDuration>,
}

/// Asks the service of an account for its address's root, without credentials; any answer of its own will do.
///
/// # Errors
/// `config` when there is no such account or its service cannot be built; `unreachable` when no answer
/// came, or one that is not the service's, as from the sign-in page of a public network.
pub fn reach(config: &Config, account: &str) -> Result<Reached> {
    let door = Door::of(config, account)?;
    let (method, path) = (Method::Get, "/".to_owned());
    let (_, date) = door.ask(config, Request { method, path, body: None, ..door.sign_in.clone() })?;
    let ahead = date.map(|date| date.duration_since(Timestamp::now()));
    Ok(Reached { base: door.sign_in.base, ahead })
}

/// Signs in with the key and the secret of an account, and lets the token go unused.
///
/// # Errors
/// As [`reach`]; `config` where the key or the secret cannot be read, and `unauthorized` where the service does
/// not accept them.
pub fn sign_in(config: &Config, account: &str) -> Result<()> {
    let door = Door::of(config, account)?;
    let secret = |name: &str| door.secret(name);
    let body = door.sign_in.body.as_ref().map(|body| filled(body, &secret)).transpose()?;
    let (answer, _) = door.ask(config, Request { body, ..door.sign_in.clone() })?;
    let located = |error: Error| config.locate(error.at(format!("/account/{account}")));
    door.service.token(&answer).map(drop).map_err(located)
}

/// Where an account signs in.
struct Door<'a> {
    account: &'a Account,
    service: Box<dyn Service>,
    sign_in: Request,
}

impl<'a> Door<'a> {
    fn of(config: &'a Config, name: &str) -> Result<Self> {
        let account = config.accounts.get(name).ok_or_else(|| {
            Error::new(Kind::Config, format!("there is no account '{name}'")).at(format!("/account/{name}"))
        })?;
        let service = services::build(&account.service, &account.described(name))?;
        match service.sign_in(name) {
            Some(sign_in) => Ok(Door { account, service, sign_in }),
            None => Err(Error::internal(format!("{} has no sign-in to be reached by", account.service))),
        }
    }

    /// The secret that the body of the sign-in names.
    fn secret(&self, name: &str) -> Result<SecretString> {
        match (name.rsplit_once('/'), &self.account.secret) {
            (Some((_, "key")), _) => self.account.key.resolve(),
            (Some((_, "secret")), Some(secret)) => secret.resolve(),
            _ => Err(Error::new(Kind::Config, format!("the account has no '{name}'; give it"))),
        }
    }

    /// Sends a request as the sign-in is sent, once; gives the service's own answer with its time.
    fn ask(&self, config: &Config, request: Request) -> Result<(Answer, Option<Timestamp>)> {
        let unreachable = |why: &str| {
            let (service, base) = (&self.account.service, &self.sign_in.base);
            let message = format!("{service} does not answer at {base}: {why}; check network and proxy");
            Error::new(Kind::Unreachable, message)
        };
        let wire = Wire {
            base: request.base,
            method: request.method,
            path: request.path,
            headers: request.headers,
            bearer: None,
            body: request.body.map(|body| SecretString::from(body.to_string())),
        };
        match HttpTransport::new(&config.network)?.send(&wire, TIMEOUT, &Interrupt::never()) {
            Sent::Answered { answer, date } if self.service.is_ours(&answer) => Ok((answer, date)),
            Sent::Answered { .. } => Err(unreachable("something else does")),
            Sent::Lost(why) | Sent::NotSent(why) => Err(unreachable(&why)),
        }
    }
}
