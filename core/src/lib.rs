//! libfiskal: a till hands over a sale; libfiskal writes down what it is about to do, does it with
//! the country's fiscal service, writes down the answer, and hands back what must be printed.

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
