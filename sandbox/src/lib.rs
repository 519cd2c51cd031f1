//! The fiscal services on this machine: strict, stateful, signing for real.
//!
//! A [`Sandbox`] listens on a loopback address and answers as the services do: it checks headers and bodies
//! against the published contract before it looks at who is calling, keeps what it was told, chains and signs
//! what it books, and remembers idempotency keys. Beside the services, `/_sandbox` moves the clock, plants faults
//! on the line and shows what was booked, so that a client can be tested against the worst afternoon of its life.
//! [`Sandbox::url`] itself is a web page for people, the hub, where accounts and keys are made and records seen.
//!
//! ```no_run
//! use fiskal_sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default())?;
//! println!("{}", sandbox.ready());
//! # Ok::<(), fiskal_sandbox::SandboxError>(())
//! ```
//!
//! It shares no code with the client library: two readings of the same contract, each checking the other.

mod audit;
pub mod canonical;
mod changes;
mod clock;
mod control;
pub mod crypto;
mod faults;
mod http;
mod hub;
mod intake;
mod limits;
mod management;
mod openapi;
mod pdf;
mod postman;
mod random;
mod requests;
mod routes;
mod sandbox;
pub mod schema;
mod server;
mod service;
mod settings;
mod sign_at;
mod sign_fr;
mod slice;
mod store;
mod table;

pub use sandbox::{Options, Sandbox, SandboxError, Store};
pub use settings::{
    BackwardClock, Check, Count, Devices, DocumentNumbers, Environment, ExemptionCodes, Fon, FonValidation,
    GuideAmounts, IdleMonths, ManagementSettings, PaymentDiscount, RateLimitSettings, ReplayAlphabet,
    ReplayAnchor, ReplayCheck, ReplayHashInput, ReturnSign, Settings, SignAtSettings, SignFrSettings,
    SignItSettings, TransmissionResult, UnitLimit, ValueBase, YearEnd,
};
