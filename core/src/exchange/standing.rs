//! How a register stands at its service, and what has to be done for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A time without the service in which records were made that it does not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When the first record that is not sent yet was made.
    pub since: Timestamp,
    /// Until when the law of the country lets the register go on; by when the outage must be reported, where it
    /// lets it go on all the same.
    pub until: Timestamp,
    /// How many records wait to be sent.
    pub records: u32,
}

/// What has to be done by a time, whatever is sold meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Its name, such as `fisconline_password`.
    pub name: &'static str,
    /// By when.
    pub due: Timestamp,
    /// From when on the till's user is told.
    pub told_from: Timestamp,
    /// What to do, in a sentence.
    pub todo: String,
}

/// A register that its service knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The service's own ids of it, by the service's words.
    pub ids: BTreeMap<String, String>,
    /// Why it may not sell; absent while it may.
    pub halt: Option<Halt>,
    /// What has to be done before it can sell, in a sentence; absent while nothing has.
    pub todo: Option<String>,
}

/// That a register may not sell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// Whether it is for good.
    pub retired: bool,
    /// Since when.
    pub since: Timestamp,
    /// Why, as the caller said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
