//! The arithmetic of Austria's RKSV receipts (Registrierkassensicherheitsverordnung, suite R1).
//!
//! [`MachineCode`] is what the QR code of a receipt says, [`Jws`] the signed text that stands for the
//! receipt in the data collection log and in the chain, [`TurnoverKey`] encrypts the register's turnover,
//! and [`Signer`] checks a signature.

mod code;
mod fields;
mod jws;
mod ocr;
mod signer;
mod turnover;

pub use code::{Amounts, MachineCode, Turnover};
pub use jws::{Jws, Signature, chain_start};
pub(in crate::verify) use jws::{chain_value_of, payload_of};
pub use signer::Signer;
pub use turnover::TurnoverKey;

use std::fmt;

/// Why a text is not what RKSV prescribes: the place, what stands there, and what belongs there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The part that is wrong, such as `date`.
    pub part: &'static str,
    /// What stands there, cut to a bearable length.
    pub found: String,
    /// What belongs there.
    pub expected: &'static str,
}

impl Malformed {
    fn new(part: &'static str, found: &str, expected: &'static str) -> Self {
        Malformed { part, found: crate::text::shown(found), expected }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the {} is '{}'; {} belongs there", self.part, self.found, self.expected)
    }
}

impl std::error::Error for Malformed {}
