//! What an export holds, as far as it can be told without the register's keys: for whoever stores one and wants to
//! know that it is whole and the right one.

use super::findings::Named;
use super::interruptible::Interruptible;
use super::read::{self, Part};
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::text::shown;
use crate::verify::rksv::{chain_start, chain_value_of, payload_of};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::cell::Cell;
use std::io::Read;

/// Places in a machine code, between underscores (contract sign-at 6.2).
const REGISTER: usize = 2;
const NUMBER: usize = 3;
const DATE: usize = 4;
const CHAIN: usize = 12;

/// What the export should hold.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The register's id in FinanzOnline (Kassen-ID).
    pub register: &'a str,
    /// Whether the export begins with the register's start receipt.
    pub whole: bool,
    /// The number of a receipt that must be in it.
    pub number: Option<&'a str>,
}

/// What an export holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contents {
    /// How many receipts.
    pub receipts: u64,
    /// The first receipt that can be read.
    pub first: Option<Named>,
    /// The last receipt that can be read.
    pub last: Option<Named>,
    /// Whether each receipt carries the hash of the one before it; the first one of a whole log, of the register's id.
    pub chained: bool,
    /// The first receipt of another register.
    pub foreign: Option<Named>,
    /// The machine code with its signature of the receipt that was expected, if it is there.
    pub code: Option<String>,
}

/// Reads an export from its beginning to its end. One receipt at a time is in memory.
///
/// ```
/// use fiskal::verify::dep::{Expected, contents};
/// let export = br#"{"Belege-Gruppe": [{"Belege-kompakt": []}]}"#;
/// let expected = Expected { register: "dGxx", whole: true, number: None };
/// let found = contents(&export[..], &expected, &fiskal::Interrupt::never())?;
/// assert_eq!(found.receipts, 0);
/// assert!(contents(&export[..30], &expected, &fiskal::Interrupt::never()).is_err());
/// # Ok::<(), fiskal::error::Error>(())
/// ```
///
/// # Errors
/// `invalid` at `/file` when it is no DEP export, or not all of one; `busy` once `interrupt` is raised.
pub fn contents(export: impl Read, expected: &Expected<'_>, interrupt: &Interrupt) -> Result<Contents> {
    let mut found = Contents { chained: true, ..Contents::default() };
    let mut before = expected.whole.then(|| chain_start(expected.register));
    let source = Interruptible::new(export, interrupt);
    let outcome = read::read(source, &Cell::new(0), &mut |part| {
        if let Part::Receipt(text) = part {
            found.take(text, before, expected);
            before = Some(chain_value_of(text));
        }
        Ok(())
    });
    outcome.map_err(|error| if interrupt.is_raised() { super::interrupted() } else { error })?;
    Ok(found)
}

impl Contents {
    /// Takes the next receipt. Its signature need not be one: what the service gives out in its test environment was
    /// seen to have dummies there.
    fn take(&mut self, text: &str, before: Option<[u8; 8]>, expected: &Expected<'_>) {
        self.receipts += 1;
        let payload = payload_of(text).unwrap_or_default();
        let field = |place: usize| payload.split('_').nth(place).filter(|field| !field.is_empty());
        let (Some(register), Some(number)) = (field(REGISTER), field(NUMBER)) else {
            self.chained = false;
            return;
        };
        let named = Named { number: shown(number), date: shown(field(DATE).unwrap_or_default()) };
        self.chained &= before.is_none_or(|before| field(CHAIN) == Some(&STANDARD.encode(before)));
        if register != expected.register {
            self.foreign.get_or_insert_with(|| named.clone());
        }
        if expected.number == Some(number) {
            self.code = code(text, &payload);
        }
        self.first.get_or_insert_with(|| named.clone());
        self.last = Some(named);
    }
}

/// The code of a receipt with its signature, as it is printed.
fn code(text: &str, payload: &str) -> Option<String> {
    let signature = URL_SAFE_NO_PAD.decode(text.rsplit_once('.')?.1).ok()?;
    Some(format!("{payload}_{}", STANDARD.encode(signature)))
}
