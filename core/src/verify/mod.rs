//! Checks of what a fiscal service made, by whoever has the receipts: pure functions over bytes, without a
//! journal, a network or a clock.

pub mod dep;
mod jws;
pub mod rksv;

pub use jws::DetachedJws;
