//! libfiskal: a till hands over a sale; libfiskal writes down what it is about to do, does it with
//! the country's fiscal service, writes down the answer, and hands back what must be printed.
//!
//! ```no_run
//! use serde_json::json;
//!
//! # fn main() -> fiskal::error::Result<()> {
//! let till = fiskal::Fiskal::open_file("fiskal.toml")?;
//! let receipt = till.call("sale.complete", &json!({
//!     "register": "till-1", "number": "R-2026-0001",
//!     "items": [{ "text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5" }],
//!     "payments": [{ "method": "cash", "amount": "2.40" }],
//! }))?;
//! let receipt: fiskal::receipt::Receipt =
//!     serde_json::from_value(receipt).expect("what the library gives is a receipt");
//! println!("{}", fiskal::print::text(&receipt, 42));
//! # Ok(()) }
//! ```
//!
//! A till opens a [`Fiskal`] and calls [operations] by their names; the operation `describe` lists them
//! with the JSON Schemas of what they take and give. Amounts are decimals in text, never floating point numbers.
//! What goes wrong is an [`error::Error`], of one of the kinds that all languages share.
//!
//! - [`sale`], [`amounts`], [`receipt`], [`mod@print`], [`reports`], [`verify`] and [`money`] are pure, and of use alone.
//! - [`config`] reads the configuration, [`doctor`] tries it, [`journal`] reads and checks a journal.
//! - [`engine`], [`exchange`], [`services`], [`resource`] and [`transport`] are what [`Fiskal`] is made of, and
//!   [`boundary`] is for the faces of other languages. They are public for the tools of this repository, and change
//!   when these do.

pub mod amounts;
pub mod boundary;
pub mod config;
pub mod doctor;
pub mod engine;
pub mod error;
pub mod exchange;
mod fiskal;
mod interrupt;
pub mod journal;
mod json;
mod local_time;
mod members;
pub mod money;
pub mod operations;
pub mod print;
mod read;
pub mod receipt;
pub mod reports;
pub mod resource;
pub mod sale;
pub mod services;
mod sync;
mod system;
mod text;
pub mod transport;
pub mod verify;

pub use fiskal::Fiskal;
pub use interrupt::Interrupt;
