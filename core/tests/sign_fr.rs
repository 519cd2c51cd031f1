//! SIGN FR as a pure function: tables of values over `step`, with no engine and no network.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
#[path = "sign_fr/driver.rs"]
mod driver;
#[path = "sign_fr/fisc.rs"]
mod fisc;

#[path = "sign_fr/afterwards.rs"]
mod afterwards;
#[path = "sign_fr/amounts.rs"]
mod amounts;
#[path = "sign_fr/answers.rs"]
mod answers;
#[path = "sign_fr/chain.rs"]
mod chain;
#[path = "sign_fr/closing.rs"]
mod closing;
#[path = "sign_fr/contracts.rs"]
mod contracts;
#[path = "sign_fr/mapping.rs"]
mod mapping;
#[path = "sign_fr/offline.rs"]
mod offline;
#[path = "sign_fr/offline_chain.rs"]
mod offline_chain;
#[path = "sign_fr/provision.rs"]
mod provision;
#[path = "sign_fr/replay.rs"]
mod replay;
#[path = "sign_fr/sale.rs"]
mod sale;
#[path = "sign_fr/settings.rs"]
mod settings;
#[path = "sign_fr/tamper.rs"]
mod tamper;
#[path = "sign_fr/till.rs"]
mod till;
