//! Which of the published contracts a request speaks. Its path says it, and `X-Api-Version` must agree.

use crate::schema::Contract;

/// A published contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Version {
    /// The API reference.
    #[default]
    Reference,
    /// The step-by-step guide (contract sign-fr 1.6).
    Guide,
}

/// What the guide's paths begin with.
const PREFIX: &str = "/api/v1";

impl Version {
    /// The contract that a path belongs to, and the path as the reference has it; nothing for the reference's paths
    /// under the guide's prefix that the guide has another one for.
    pub(super) fn of(path: &str) -> (Version, Option<&str>) {
        match path.strip_prefix(PREFIX) {
            Some("/auth/token") => (Version::Guide, Some("/tokens")),
            Some(rest) if rest.starts_with("/tokens") => (Version::Guide, None),
            Some(rest) if rest.starts_with('/') => (Version::Guide, Some(rest)),
            _ => (Version::Reference, Some(path)),
        }
    }

    /// What `X-Api-Version` must be.
    pub(super) fn date(self) -> &'static str {
        match self {
            Version::Reference => "2026-02-03",
            Version::Guide => "2026-05-04",
        }
    }

    /// What comes before the paths of the reference.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Version::Reference => "",
            Version::Guide => PREFIX,
        }
    }

    /// The schemas of its requests.
    pub(super) fn contract(self) -> &'static Contract {
        match self {
            Version::Reference => Contract::sign_fr(),
            Version::Guide => Contract::sign_fr_guide(),
        }
    }
}
