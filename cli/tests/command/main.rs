//! The real command, run as a shop runs it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod at_once;
mod configuration;
mod demo;
mod doctor;
mod journal;
mod schemas;
mod shop;
mod streams;
mod till;
mod usage;
mod verify;
