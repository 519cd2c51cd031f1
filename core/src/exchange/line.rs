//! The ordered queue, facts, lock and hash chain of one account, merchant, location or register.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What kind of thing a [`Line`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A service with one set of credentials and one environment.
    Account,
    /// The taxpayer.
    Merchant,
    /// A branch.
    Location,
    /// A till.
    Register,
}

impl LineKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            LineKind::Account => "account",
            LineKind::Merchant => "merchant",
            LineKind::Location => "location",
            LineKind::Register => "register",
        }
    }
}

/// The ordered queue, facts, lock and hash chain of one account, merchant, location or register.
///
/// Facts belong to (account, environment, name), so that a changed environment starts anew.
/// Its text form is `account@environment/kind/name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line {
    /// The account's name in the configuration.
    pub account: String,
    /// `live`, `test` or `sandbox`.
    pub environment: String,
    /// What the line stands for.
    pub kind: LineKind,
    /// The name in the configuration.
    pub name: String,
}

impl Line {
    /// An account's own line.
    pub(crate) fn of_account(name: &str, environment: &str) -> Line {
        let (account, name) = (name.to_owned(), name.to_owned());
        Line { account, environment: environment.to_owned(), kind: LineKind::Account, name }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}@{}/{}/{}", self.account, self.environment, self.kind.name(), self.name)
    }
}

impl FromStr for Line {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::internal(format!("'{text}' is not the name of a line"));
        let (head, rest) = text.split_once('/').ok_or_else(wrong)?;
        let (account, environment) = head.split_once('@').ok_or_else(wrong)?;
        let (kind, name) = rest.split_once('/').ok_or_else(wrong)?;
        let kind = match kind {
            "account" => LineKind::Account,
            "merchant" => LineKind::Merchant,
            "location" => LineKind::Location,
            "register" => LineKind::Register,
            _ => return Err(wrong()),
        };
        Ok(Line { account: account.into(), environment: environment.into(), kind, name: name.into() })
    }
}

impl Serialize for Line {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_text() {
        let line = Line {
            account: "paris".into(),
            environment: "test".into(),
            kind: LineKind::Register,
            name: "till-1/left".into(),
        };
        assert_eq!(line.to_string(), "paris@test/register/till-1/left");
        assert_eq!(line.to_string().parse::<Line>(), Ok(line));
        for wrong in ["", "paris", "paris/register/x", "paris@test/till/x", "paris@test/register"] {
            assert!(wrong.parse::<Line>().is_err(), "{wrong}");
        }
    }
}
