//! What differs between the countries: what a till sells there, where faults strike, what its service books.

use super::plan::Way;
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

    /// All requests to the service.
    pub fn service(self) -> Value {
        match self {
            Country::Fr | Country::It => json!({"path": "/sign-fr"}),
            Country::At => json!({"path": "/sign-at"}),
        }
    }

    /// An item's text and VAT rate.
    pub(super) fn item(self) -> (&'static str, &'static str) {
        match self {
            Country::Fr => ("Café", "10"),
            Country::It => ("Caffè", "10"),
            Country::At => ("Melange", "20"),
        }
    }

    /// How sales are sold, each as likely as the others.
    pub(super) fn ways(self) -> &'static [Way] {
        use Way::{Aborted, Begun, Cancelled, Training, Whole};
        match self {
            Country::Fr | Country::It => &[Whole, Whole, Begun, Begun, Cancelled, Aborted],
            Country::At => &[Whole, Whole, Begun, Cancelled, Training, Aborted],
        }
    }

    /// What the service books of a sale: the types, in their order, without those that carry no document.
    pub(super) fn books(self, way: Way) -> &'static [&'static str] {
        match (self, way) {
            (Country::Fr, Way::Aborted) => &["TRANSACTION::ABORT"],
            (Country::It | Country::At, Way::Aborted) => &[],
            (Country::Fr | Country::It, Way::Cancelled) => {
                &["TRANSACTION::RECEIPT", "TRANSACTION::CANCELLATION"]
            }
            (Country::Fr | Country::It, _) => &["TRANSACTION::RECEIPT"],
            (Country::At, Way::Training) => &["TRAINING"],
            (Country::At, Way::Cancelled) => &["NORMAL", "CANCELLATION"],
            (Country::At, Way::Whole | Way::Begun) => &["NORMAL"],
        }
    }

    /// All types that are booked because a till asked for it.
    pub(super) fn types(self) -> &'static [&'static str] {
        match self {
            Country::Fr | Country::It => {
                &["TRANSACTION::RECEIPT", "TRANSACTION::CANCELLATION", "TRANSACTION::ABORT"]
            }
            Country::At => &["NORMAL", "TRAINING", "CANCELLATION"],
        }
    }

    /// What is booked before each document, and may be booked late without use.
    pub(super) fn intention(self) -> Option<&'static str> {
        match self {
            Country::Fr | Country::It => Some("INTENTION::TRANSACTION"),
            Country::At => None,
        }
    }

    /// The number that the service has of a receipt.
    pub(super) fn number(self, receipt: &Value) -> &Value {
        match self {
            Country::Fr | Country::It => &receipt["number"],
            Country::At => &receipt["fiscal"]["number"],
        }
    }

    /// The service's id of what was booked.
    pub(super) fn id(self, receipt: &Value) -> &Value {
        match self {
            Country::Fr | Country::It => &receipt["ids"]["record"],
            Country::At => &receipt["ids"]["receipt"],
        }
    }
}
