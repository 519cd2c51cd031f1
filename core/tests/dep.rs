//! The check of a data collection log: what fits, and what each rule finds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
#[path = "dep/till.rs"]
mod till;

#[path = "dep/contents.rs"]
mod contents;
#[path = "dep/corruptions.rs"]
mod corruptions;
#[path = "dep/golden.rs"]
mod golden;
#[path = "dep/hostile.rs"]
mod hostile;
#[path = "dep/interrupted.rs"]
mod interrupted;
#[path = "dep/list.rs"]
mod list;
#[path = "dep/partial.rs"]
mod partial;
#[path = "dep/sound.rs"]
mod sound;
