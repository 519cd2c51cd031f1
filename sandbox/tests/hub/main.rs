//! The hub by HTTP: every page and every form, as a browser and as somebody with bad intentions would use them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "../support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

mod accounts;
#[path = "../support/austria.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod austria;
mod austrian;
mod finanzonline;
mod forms;
mod interface;
mod line;
#[path = "../support/offline.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod offline;
mod records;
mod resources;
#[path = "../support/verifier.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod verifier;
mod visitor;
