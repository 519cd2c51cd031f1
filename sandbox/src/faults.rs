//! Faults planted on the line: which request they strike, and what happens to it.

use std::time::Duration;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// Chances are drawn in parts per million.
const WHOLE: u32 = 1_000_000;

/// A fault as `POST /_sandbox/faults` takes it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    #[serde(default, rename = "match")]
    target: Target,
    fault: Kind,
    /// How many more requests it strikes; absent: until it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    /// How likely it strikes a matching request, 0 to 1.
    #[serde(default = "certain")]
    probability: serde_json::Number,
    /// Tells planted faults apart; given when it is planted.
    #[serde(skip)]
    pub(crate) number: u64,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Target {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// The beginning of the path, service prefix included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// What happens to a struck request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Kind {
    /// It is handled and booked; then the connection closes without an answer.
    DropAnswer,
    /// It is handled and booked; then the connection closes in the middle of the answer.
    CutAnswer,
    /// The connection closes before anything is handled.
    Reset,
    /// The service works on it this much longer before it books anything.
    Delay { ms: u64 },
    /// It is answered with this status: not handled, or handled and booked before if `booked`. `code` is the service's
    /// own code for the refusal, if another than the usual one for the status is wanted.
    Status {
        status: u16,
        retry_after: Option<u64>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        booked: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// Every token issued so far is void, then the request is handled.
    ExpireTokens,
}

/// Everything that struck one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Strike {
    pub(crate) delay: Duration,
    pub(crate) expire_tokens: bool,
    pub(crate) end: Option<Kind>,
}

/// The planted faults and the generator that decides between them.
#[derive(Debug)]
pub(crate) struct Faults {
    planted: Vec<Fault>,
    /// How many were ever planted.
    numbered: u64,
    state: u64,
}

fn certain() -> serde_json::Number {
    serde_json::Number::from(1)
}

impl Faults {
    pub(crate) fn seeded(seed: u64) -> Faults {
        Faults { planted: Vec::new(), numbered: 0, state: seed }
    }

    pub(crate) fn reseed(&mut self, seed: u64) {
        self.state = seed;
    }

    /// Plants a fault, or says why it makes no sense.
    pub(crate) fn plant(&mut self, mut fault: Fault) -> Result<(), String> {
        if parts_per_million(&fault.probability).is_none() {
            return Err(format!("probability {} is not between 0 and 1", fault.probability));
        }
        if let Kind::Status { status, .. } = fault.fault
            && !(400..=599).contains(&status)
        {
            return Err(format!("status {status} is not an error status (400 to 599)"));
        }
        if fault.count == Some(0) {
            return Err("count 0 strikes nothing; without a count it strikes until it is deleted".to_owned());
        }
        if let Some(path) = fault.target.path.as_ref().filter(|path| !path.starts_with('/')) {
            return Err(format!("path {path:?} matches nothing; a path begins with a slash"));
        }
        self.numbered = self.numbered.saturating_add(1);
        fault.number = self.numbered;
        self.planted.push(fault);
        Ok(())
    }

    pub(crate) fn list(&self) -> &[Fault] {
        &self.planted
    }

    pub(crate) fn clear(&mut self) {
        self.planted.clear();
    }

    /// Takes one fault away.
    pub(crate) fn heal(&mut self, number: u64) {
        self.planted.retain(|fault| fault.number != number);
    }

    /// Decides what happens to a request. Delays add up; the first fault that ends the request wins.
    /// `paths` are all that the request's path is known as.
    pub(crate) fn strike(&mut self, method: &str, paths: &[&str]) -> Strike {
        let mut strike = Strike::default();
        for index in 0..self.planted.len() {
            let Some(fault) = self.planted.get(index).filter(|fault| fault.target.matches(method, paths))
            else {
                continue;
            };
            let chance = parts_per_million(&fault.probability).unwrap_or(WHOLE);
            let kind = fault.fault.clone();
            if fault.count == Some(0) || (chance < WHOLE && self.draw() >= chance) {
                continue;
            }
            if let Some(count) = self.planted.get_mut(index).and_then(|fault| fault.count.as_mut()) {
                *count = count.saturating_sub(1);
            }
            match kind {
                Kind::Delay { ms } => strike.delay += Duration::from_millis(ms),
                Kind::ExpireTokens => strike.expire_tokens = true,
                end => {
                    strike.end = Some(end);
                    break;
                }
            }
        }
        self.planted.retain(|fault| fault.count != Some(0));
        strike
    }

    /// SplitMix64, reduced to parts per million: the same seed draws the same faults.
    fn draw(&mut self) -> u32 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(WHOLE)).unwrap_or(0)
    }
}

impl Target {
    fn matches(&self, method: &str, paths: &[&str]) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(|prefix| paths.iter().any(|path| path.starts_with(prefix)))
    }
}

fn parts_per_million(probability: &serde_json::Number) -> Option<u32> {
    let text = probability.to_string();
    let exact = Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()?;
    let parts = exact.checked_mul(Decimal::from(WHOLE))?.round().to_u32()?;
    (exact >= Decimal::ZERO && parts <= WHOLE).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> Fault {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_counted_fault_strikes_matching_requests_that_often_and_no_other() {
        let mut faults = Faults::seeded(0);
        faults
            .plant(fault(
                r#"{"match":{"method":"POST","path":"/a"},"fault":{"kind":"drop-answer"},"count":2}"#,
            ))
            .unwrap();
        let struck = |faults: &mut Faults, method, path| faults.strike(method, &[path]).end.is_some();
        assert!(!struck(&mut faults, "GET", "/a"));
        assert!(!struck(&mut faults, "POST", "/b"));
        assert!(struck(&mut faults, "POST", "/a/x"));
        assert!(struck(&mut faults, "POST", "/a"));
        assert!(!struck(&mut faults, "POST", "/a"));
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_seed_draws_the_same_faults_and_about_as_many_as_asked_for() {
        let run = |seed| {
            let mut faults = Faults::seeded(seed);
            faults.plant(fault(r#"{"fault":{"kind":"reset"},"probability":0.25}"#)).unwrap();
            (0..4000).map(|_| faults.strike("GET", &["/"]).end.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let hits = run(7).into_iter().filter(|hit| *hit).count();
        assert!((850..1150).contains(&hits), "{hits}");
    }

    #[test]
    fn nonsense_is_refused() {
        let mut faults = Faults::seeded(0);
        assert!(faults.plant(fault(r#"{"fault":{"kind":"reset"},"probability":1.5}"#)).is_err());
        assert!(faults.plant(fault(r#"{"fault":{"kind":"reset"},"probability":-0.1}"#)).is_err());
        assert!(faults.plant(fault(r#"{"fault":{"kind":"status","status":200}}"#)).is_err());
        assert!(faults.plant(fault(r#"{"fault":{"kind":"reset"},"count":0}"#)).is_err());
        assert!(faults.plant(fault(r#"{"match":{"path":"sign-fr"},"fault":{"kind":"reset"}}"#)).is_err());
        assert!(serde_json::from_str::<Fault>(r#"{"fault":{"kind":"explode"}}"#).is_err());
        assert!(serde_json::from_str::<Fault>(r#"{"fault":{"kind":"reset"},"cuont":1}"#).is_err());
    }
}
