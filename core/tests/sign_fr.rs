//! SIGN FR as a pure function: tables of values over `step`, with no engine and no network.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
#[path = "sign_fr/driver.rs"]
mod driver;
#[path = "sign_fr/fisc.rs"]
mod fisc;

#[path = "sign_fr/provision.rs"]
mod provision;
#[path = "sign_fr/sale.rs"]
mod sale;
