//! SIGN AT: states, receipts, what is signed, and what goes wrong (contract sign-at).

#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects, reason = "a test may")]

#[path = "../support/austria.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod austria;
mod calendar;
mod container;
mod deadlines;
mod finanzonline;
mod late;
mod lists;
mod long;
mod outage;
mod receipts;
mod settings;
mod states;
mod tokens;
mod validation;
#[path = "../support/verifier.rs"]
mod verifier;
