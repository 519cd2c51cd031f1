use serde::{Deserialize, Serialize};

/// How many requests of one organization a service takes within a minute of the sandbox's clock; 0: any number. What
/// comes beyond that is answered with 429. No number is published (contract sign-at 4.1 and 4.3), so there is no limit
/// unless one is set. Only requests with a good token are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimitSettings {
    /// SIGN FR and SIGN IT, which are one address.
    #[serde(rename = "sign-fr")]
    pub sign_fr: u32,
    /// SIGN AT.
    #[serde(rename = "sign-at")]
    pub sign_at: u32,
    /// The Management API.
    pub management: u32,
    /// A 429 says with `Retry-After` when the minute is over.
    pub retry_after: bool,
}

impl Default for RateLimitSettings {
    fn default() -> Self {
        RateLimitSettings { sign_fr: 0, sign_at: 0, management: 0, retry_after: true }
    }
}

impl RateLimitSettings {
    /// The limit of the service with that name.
    pub(crate) fn of(&self, service: &str) -> Option<u32> {
        let limit = match service {
            "sign-fr" => self.sign_fr,
            "sign-at" => self.sign_at,
            "management" => self.management,
            _ => 0,
        };
        (limit > 0).then_some(limit)
    }
}
