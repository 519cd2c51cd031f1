//! Which published contract is spoken: the one place that knows how they differ.
//!
//! The service thinks in the words of the reference, 2026-02-03. Where the account speaks the guide,
//! 2026-05-04, a request is put into the guide's words on its way out, and what the journal has of requests
//! and answers is put back into the reference's on its way in (docs/decisions/0012-two-contracts.md).

mod guide;
mod heard;
mod receipt;

use super::country::{Country, FRANCE};
use super::run::Run;
use super::settings::MerchantSettings;
use super::wire::SCOPE;
use crate::error::{Error, Kind, Result};
use crate::exchange::{Method, Outcome, Past, Request};
use serde_json::Value;
use std::borrow::Cow;

/// The contracts that this version speaks, the default first.
const SPOKEN: [Contract; 2] = [Contract::Reference, Contract::Guide];

/// A published contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contract {
    /// The API reference, 2026-02-03.
    Reference,
    /// The step-by-step guide, 2026-05-04.
    Guide,
}

impl Contract {
    /// The contract of this version; the reference where none is named. The guide is about France alone.
    ///
    /// # Errors
    /// `config` at `/contract` with the versions that are spoken.
    pub(super) fn named(version: Option<&str>, country: &Country) -> Result<Self> {
        let Some(version) = version else { return Ok(Contract::Reference) };
        let is_spoken =
            |contract: &Contract| *contract == Contract::Reference || country.service == FRANCE.service;
        let spoken: Vec<Contract> = SPOKEN.into_iter().filter(is_spoken).collect();
        let found = spoken.iter().copied().find(|contract| contract.version() == version);
        found.ok_or_else(|| {
            let service = country.service;
            let spoken = spoken.into_iter().map(Contract::version).collect::<Vec<_>>().join(" or ");
            let message =
                format!("the contract '{version}' is not one that {service} speaks here; give {spoken}");
            Error::new(Kind::Config, message).at("/contract")
        })
    }

    /// What `X-Api-Version` says.
    pub(super) fn version(self) -> &'static str {
        match self {
            Contract::Reference => "2026-02-03",
            Contract::Guide => "2026-05-04",
        }
    }

    /// Whether a request with this method carries an idempotency key.
    pub(super) fn has_key(self, method: Method) -> bool {
        match self {
            Contract::Reference => method != Method::Get,
            Contract::Guide => method == Method::Post,
        }
    }

    /// Whether every change says which organization it is for.
    pub(super) fn has_scope(self) -> bool {
        self == Contract::Guide
    }

    /// A request in this contract's words. `day` is today's date where the register stands.
    pub(super) fn spoken(self, mut request: Request, day: &str) -> Request {
        // The reference declares the scope for these only (contract sign-fr 1.3); the guide sends it with
        // every change.
        let is_scoped = matches!(collection(&request.path), "organizations" | "subjects")
            || (self.has_scope() && request.method != Method::Get);
        if !is_scoped {
            request.headers.retain(|(name, _)| name != SCOPE);
        }
        match self {
            Contract::Reference => request,
            Contract::Guide => guide::spoken(request, day),
        }
    }

    /// Whether a CORRECTION and a CANCELLATION say why, which France wants (contract sign-fr 7).
    pub(super) fn has_reason(self) -> bool {
        self == Contract::Guide
    }

    /// Whether a taxpayer shows who he is at the tax portal by its access, and not by the software's certificate.
    pub(super) fn has_portal(self) -> bool {
        self == Contract::Guide
    }

    /// How the taxpayer shows who he is at the tax portal, where that takes the place of the software's certificate.
    ///
    /// # Errors
    /// `config` where `live` lacks it.
    pub(super) fn portal_access(self, run: &Run<'_>, settings: &MerchantSettings) -> Result<Option<Value>> {
        match self {
            Contract::Reference => Ok(None),
            Contract::Guide => guide::portal_access(run, settings).map(Some),
        }
    }
}

/// The past in the reference's words. Each exchange tells by its path in which words it was, for an account may have
/// changed its contract since.
pub(super) fn heard(past: &Past) -> Cow<'_, Past> {
    if past.0.iter().any(|exchange| heard::is_guides(&exchange.request)) {
        Cow::Owned(Past(past.0.iter().map(heard::exchange).collect()))
    } else {
        Cow::Borrowed(past)
    }
}

/// The outcome with the service's own words where a receipt has its answer; `heard` is the past as it was heard.
pub(super) fn told(outcome: Outcome, past: &Past, heard: &Past) -> Outcome {
    if std::ptr::eq(past, heard) { outcome } else { heard::told(outcome, past, heard) }
}

/// The first part of a path, without its query.
pub(super) fn collection(path: &str) -> &str {
    path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default()
}

/// Takes a member out of an object.
fn take(object: &mut Value, name: &str) -> Option<Value> {
    object.as_object_mut()?.remove(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contract_has_its_version() {
        for (version, contract) in [("2026-02-03", Contract::Reference), ("2026-05-04", Contract::Guide)] {
            assert_eq!(Contract::named(Some(version), &FRANCE), Ok(contract));
            assert_eq!(contract.version(), version);
        }
        assert_eq!(Contract::named(None, &FRANCE), Ok(Contract::Reference));
        for unknown in ["2025-08-12", "2024-10-31", "2026-06-01", "", "2026-5-4", "2026-05-04 "] {
            let error = Contract::named(Some(unknown), &FRANCE).unwrap_err();
            assert_eq!(error.pointer(), Some("/contract"));
            assert!(error.message().contains("give 2026-02-03 or 2026-05-04"), "{error}");
        }
    }
}
