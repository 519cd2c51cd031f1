//! What a service says of how a register stands.

use jiff::Timestamp;

/// A time without the service in which records were made that it does not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When the first record that is not sent yet was made.
    pub since: Timestamp,
    /// Until when the law of the country lets the register go on.
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
