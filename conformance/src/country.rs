//! What differs between the countries for whoever sells there: the configuration, where faults strike, an item, what
//! the service calls a receipt.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A country whose service the sandbox has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Country {
    /// France, SIGN FR.
    Fr,
    /// Italy, SIGN IT.
    It,
    /// Austria, SIGN AT.
    At,
}

impl Country {
    /// The configuration that a shop starts from.
    pub fn config(self) -> &'static str {
        match self {
            Country::Fr => "config.json",
            Country::It => "config-italy.json",
            Country::At => "config-austria.json",
        }
    }

    /// The name of the account in it.
    pub fn account(self) -> &'static str {
        match self {
            Country::Fr => "paris",
            Country::It => "roma",
            Country::At => "wien",
        }
    }

    /// Requests that book something.
    pub fn bookings(self) -> Value {
        match self {
            Country::Fr | Country::It => json!({"method": "POST", "path": "/sign-fr/records"}),
            Country::At => json!({"method": "PUT", "path": "/sign-at/api/v1/cash-register"}),
        }
    }

    /// All requests about what was booked.
    pub fn records(self) -> Value {
        match self {
            Country::Fr | Country::It => json!({"path": "/sign-fr/records"}),
            Country::At => json!({"path": "/sign-at/api/v1/cash-register"}),
        }
    }

    /// The location of the configuration's register.
    pub fn location(self) -> &'static str {
        match self {
            Country::Fr => "rivoli",
            Country::It => "corso",
            Country::At => "graz",
        }
    }

    /// Where its service is below the sandbox's address.
    pub fn path(self) -> &'static str {
        match self {
            Country::Fr | Country::It => "/sign-fr",
            Country::At => "/sign-at",
        }
    }

    /// An item's text and VAT rate.
    pub fn item(self) -> (&'static str, &'static str) {
        match self {
            Country::Fr => ("Café", "10"),
            Country::It => ("Caffè", "10"),
            Country::At => ("Melange", "20"),
        }
    }

    /// The number that the service has of a receipt.
    pub fn number(self, receipt: &Value) -> &Value {
        match self {
            Country::Fr | Country::It => &receipt["number"],
            Country::At => &receipt["fiscal"]["number"],
        }
    }

    /// The service's id of what was booked.
    pub fn id(self, receipt: &Value) -> &Value {
        match self {
            Country::Fr | Country::It => &receipt["ids"]["record"],
            Country::At => &receipt["ids"]["receipt"],
        }
    }
}
