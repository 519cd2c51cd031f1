//! What every face of libfiskal must do alike, and what it must survive.
//!
//! [`case`] reads the cases of `cases/`, [`run`] plays one against a sandbox of its own through a
//! [`door`], [`matching`] compares what came back and [`cents`] the amounts. A [`story`] is what came of
//! a case, to be compared with another door's. [`crash`] kills a real till while it sells, and compares three books afterwards;
//! [`dep`] has an Austrian register's log checked.

pub mod case;
pub mod cents;
pub mod control;
pub mod country;
pub mod crash;
pub mod dep;
pub mod door;
pub mod matching;
pub mod random;
pub mod record;
pub mod run;
pub mod shop;
pub mod story;
pub mod varying;

/// What a test harness does with a machine that does not play along: it says so and stops.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
