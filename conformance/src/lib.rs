//! What every face of libfiskal must do alike, and what it must survive.
//!
//! [`case`] reads the cases of `cases/`, [`run`] plays one against a sandbox of its own through
//! [`Fiskal::call`](fiskal::Fiskal::call), [`matching`] compares what came back and [`cents`] the
//! amounts. [`crash`] kills a real till while it sells, and compares three books afterwards.

pub mod case;
pub mod cents;
pub mod control;
pub mod crash;
pub mod matching;
pub mod random;
pub mod run;
pub mod shop;

/// What a test harness does with a machine that does not play along: it says so and stops.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
