//! What can be found out about a service without asking anything of it.

use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::exchange::Method;
use crate::interrupt::Interrupt;
use crate::services;
use crate::transport::{HttpTransport, Sent, Transport, Wire};
use jiff::{SignedDuration, Timestamp};
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
    let found = config.accounts.get(account).ok_or_else(|| {
        Error::new(Kind::Config, format!("there is no account '{account}'")).at(format!("/account/{account}"))
    })?;
    let service = services::build(&found.service, &found.described(account))?;
    let Some(sign_in) = service.sign_in(account) else {
        return Err(Error::internal(format!("{} has no sign-in to be reached by", found.service)));
    };
    let wire = Wire {
        base: sign_in.base.clone(),
        method: Method::Get,
        path: "/".into(),
        headers: sign_in.headers,
        bearer: None,
        body: None,
    };
    let unreachable = |why: &str| {
        let message =
            format!("{} does not answer at {}: {why}; check network and proxy", found.service, sign_in.base);
        Error::new(Kind::Unreachable, message)
    };
    match HttpTransport::new(&config.network)?.send(&wire, TIMEOUT, &Interrupt::never()) {
        Sent::Answered { answer, date } if service.is_ours(&answer) => {
            Ok(Reached { base: wire.base, ahead: date.map(|date| date.duration_since(Timestamp::now())) })
        }
        Sent::Answered { .. } => Err(unreachable("something else does")),
        Sent::Lost(why) | Sent::NotSent(why) => Err(unreachable(&why)),
    }
}
