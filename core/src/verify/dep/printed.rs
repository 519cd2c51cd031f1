//! Codes off paper, which must be in the export.

use super::findings::{At, Findings, Rule};
use crate::error::{Error, Result};
use crate::verify::rksv::{Jws, MachineCode, Malformed};
use std::collections::BTreeMap;

/// How many codes may be asked for at once.
const MOST: usize = 1000;
/// The parameter that lists them.
const POINTER: &str = "/printed";

/// Printed receipts that have not come along yet, by number.
#[derive(Debug)]
pub(super) struct Printed {
    awaited: BTreeMap<String, Jws>,
}

impl Printed {
    pub(super) fn read(codes: &[String]) -> Result<Self> {
        if codes.len() > MOST {
            return Err(Error::invalid(POINTER, format!("there are more than {MOST} codes; ask in parts")));
        }
        let mut awaited = BTreeMap::new();
        for (index, text) in codes.iter().enumerate() {
            let wrong = |why: String| Error::invalid(format!("{POINTER}/{index}"), why);
            let (number, jws) =
                read_code(text).map_err(|cause| wrong(format!("this is no receipt's code: {cause}")))?;
            if awaited.insert(number, jws.clone()).is_some_and(|other| other != jws) {
                return Err(wrong("another code has this number; check two registers apart".to_owned()));
            }
        }
        Ok(Printed { awaited })
    }

    /// Whether there is anything to hold the export against.
    pub(super) fn is_empty(&self) -> bool {
        self.awaited.is_empty()
    }

    /// Holds a receipt of the export against the printed one of its number.
    pub(super) fn compare(&mut self, position: u64, number: &str, jws: &Jws, findings: &mut Findings) {
        if let Some(printed) = self.awaited.remove(number)
            && printed != *jws
        {
            findings.add(Rule::Printed, At::receipt(position, number), jws.qr(), printed.qr());
        }
    }

    /// Tells what did not come along.
    pub(super) fn finish(self, findings: &mut Findings) {
        for (number, printed) in self.awaited {
            findings.add(Rule::Printed, At::number(&number), "no receipt of this number", printed.qr());
        }
    }
}

/// The number of a printed receipt, and what must be in the export.
fn read_code(text: &str) -> std::result::Result<(String, Jws), Malformed> {
    let jws = Jws::from_code(text.trim())?;
    Ok((jws.payload.parse::<MachineCode>()?.number, jws))
}
