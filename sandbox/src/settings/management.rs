use serde::{Deserialize, Serialize};

/// Whether what is made is for real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Environment {
    /// For trying things out.
    Test,
    /// For real, on the sandbox as little as anything else.
    Live,
}

impl Environment {
    /// As keys begin with it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Environment::Test => "test",
            Environment::Live => "live",
        }
    }
}

/// The Management API and the tokens of all Austrian services. Numbers in the field texts are sections of the contract
/// sign-at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManagementSettings {
    /// Drop members and query parameters that the contract does not know instead of refusing them (1.1, 4.2).
    pub strip_unknown: bool,
    /// Hours for which an access token is valid (2.1: no lifetime is promised).
    pub token_hours: u32,
    /// Hours for which a refresh token is valid (2.1).
    pub refresh_hours: u32,
    /// Give out tokens that end when the key's last one ends, until half of its time is over (2.1: repeated calls gave
    /// the same end, so that less than a whole lifetime was left).
    pub tokens_shared: bool,
    /// Leave everything but the access token out of the answer (2.1: nothing else is required).
    pub bare_tokens: bool,
    /// The environment of keys that are made (1.1: the key decides). Changing it changes no key that is there.
    pub environment: Environment,
    /// Make organizations that nobody manages through the interface (2.11: the field is said to be needed for a managed
    /// one).
    pub unmanaged_organizations: bool,
}

impl Default for ManagementSettings {
    fn default() -> Self {
        ManagementSettings {
            strip_unknown: false,
            token_hours: 24,
            refresh_hours: 48,
            tokens_shared: true,
            bare_tokens: false,
            environment: Environment::Test,
            unmanaged_organizations: false,
        }
    }
}
