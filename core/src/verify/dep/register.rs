//! The register's own chain: each receipt against those before it.

use super::findings::{At, Findings, Rule};
use super::keys::Keys;
use super::vienna::{Unfit, Vienna};
use crate::text::quoted;
use crate::verify::rksv::{Jws, MachineCode, Signature, Turnover, chain_start, chain_value_of};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What is known of the register after the receipts so far.
///
/// Each check goes on from what was found rather than from what was expected, so that one mistake is one
/// finding and not one in every receipt after it.
pub(super) struct Register<'a> {
    keys: &'a Keys,
    pub(super) vienna: Vienna,
    /// The chain value that the next receipt must carry; none before the first.
    chain: Option<[u8; 8]>,
    /// The turnover in cents; none before a part of a log, and after a receipt that could not be read.
    pub(super) cents: Option<i128>,
    width: Option<usize>,
    outage: bool,
    last: Option<Last>,
    /// Whether receipts may have come before the first one here.
    partial: bool,
}

/// What stays the same from receipt to receipt.
struct Last {
    register: String,
    closed: bool,
}

/// A receipt that can be read, with its place.
pub(super) struct Readable {
    pub(super) position: u64,
    pub(super) jws: Jws,
    pub(super) code: MachineCode,
}

impl Readable {
    fn at(&self) -> At<'_> {
        At::receipt(self.position, &self.code.number)
    }

    fn is_signed(&self) -> bool {
        self.jws.signature != Signature::Outage
    }

    /// Whether the receipt is one that sells nothing and shows the turnover.
    fn is_zero(&self) -> bool {
        self.code.amounts.are_zero() && matches!(self.code.turnover, Turnover::Encrypted(_))
    }

    /// What kind of receipt it is, in words.
    fn kind(&self) -> String {
        let signed = if self.is_signed() { "a signed" } else { "an unsigned" };
        let kind = match self.code.turnover {
            Turnover::Encrypted(_) => "receipt",
            Turnover::Training => "training receipt",
            Turnover::Cancellation => "cancellation",
        };
        format!("{signed} {kind} of {}", self.code.amounts)
    }
}

impl<'a> Register<'a> {
    pub(super) fn new(keys: &'a Keys, vienna: Vienna, partial: bool) -> Self {
        let cents = (!partial).then_some(0);
        Register { keys, vienna, chain: None, cents, width: None, outage: false, last: None, partial }
    }

    /// Takes a receipt that cannot be read: the next one is tied to it all the same.
    pub(super) fn unreadable(&mut self, text: &str) {
        self.chain = Some(chain_value_of(text));
        self.cents = None;
    }

    /// Checks the next receipt, whose JWS is `text`.
    pub(super) fn next(&mut self, text: &str, receipt: &Readable, findings: &mut Findings) {
        if self.chain.is_none() && !self.partial {
            start(receipt, findings);
        }
        self.constant(receipt, findings);
        self.chained(text, receipt, findings);
        self.timely(receipt, findings);
        self.cleared(receipt, findings);
        self.counted(receipt, findings);
    }

    fn constant(&mut self, receipt: &Readable, findings: &mut Findings) {
        let (register, closed) = (&receipt.code.register, receipt.code.is_closed());
        if let Some(last) = &self.last {
            if last.register != *register {
                findings.add(Rule::Register, receipt.at(), quoted(register), quoted(&last.register));
            }
            if last.closed != closed {
                findings.add(Rule::System, receipt.at(), system(closed), system(last.closed));
            }
        }
        if self.last.as_ref().is_none_or(|last| last.register != *register || last.closed != closed) {
            self.last = Some(Last { register: register.clone(), closed });
        }
    }

    fn chained(&mut self, text: &str, receipt: &Readable, findings: &mut Findings) {
        let start = (!self.partial).then(|| chain_start(&receipt.code.register));
        if let Some(expected) = self.chain.or(start)
            && receipt.code.chain != expected
        {
            let (found, expected) = (STANDARD.encode(receipt.code.chain), STANDARD.encode(expected));
            findings.add(Rule::Chain, receipt.at(), found, expected);
        }
        self.chain = Some(chain_value_of(text));
    }

    /// The date against the one before, and against the certificate's validity.
    fn timely(&mut self, receipt: &Readable, findings: &mut Findings) {
        let date = receipt.code.date;
        let at = match self.vienna.next(date) {
            Ok(at) => at,
            Err(Unfit::Skipped) => {
                let expected = "a time that is on Austria's clocks; they were put forward over this one";
                return findings.add(Rule::Time, receipt.at(), date, expected);
            }
            Err(Unfit::Before(last)) => {
                return findings.add(Rule::Time, receipt.at(), date, format!("{last} or later"));
            }
        };
        let valid = self.keys.find(&receipt.code.certificate).and_then(|signer| signer.valid());
        if let Some(valid) = valid.filter(|valid| receipt.is_signed() && !valid.contains(&at)) {
            let expected = format!("from {} to {}", valid.start(), valid.end());
            findings.add(Rule::Validity, receipt.at(), at, expected);
        }
    }

    fn cleared(&mut self, receipt: &Readable, findings: &mut Findings) {
        if !receipt.is_signed() {
            self.outage = true;
        } else if std::mem::take(&mut self.outage) && !receipt.is_zero() {
            let expected = "a signed receipt that sells nothing, to end the outage";
            findings.add(Rule::Clearance, receipt.at(), receipt.kind(), expected);
        }
    }

    /// The turnover counter: its width, and its value against the sum so far.
    fn counted(&mut self, receipt: &Readable, findings: &mut Findings) {
        let code = &receipt.code;
        let sum = self.cents.and_then(|cents| cents.checked_add(code.amounts.sum()));
        let counter = match &code.turnover {
            Turnover::Training => return,
            Turnover::Cancellation => {
                self.cents = sum;
                return;
            }
            Turnover::Encrypted(counter) => counter,
        };
        let width = counter.len();
        if let Some(expected) = self.width.replace(width).filter(|last| *last != width) {
            let bytes = |width| format!("{width} bytes");
            findings.add(Rule::TurnoverWidth, receipt.at(), bytes(width), bytes(expected));
        }
        let found = self.keys.turnover.decrypt(&code.register, &code.number, counter);
        if let Some((found, expected)) = found.zip(sum).filter(|(found, expected)| found != expected) {
            findings.add(Rule::Turnover, receipt.at(), euros(found), euros(expected));
        }
        self.cents = found;
    }
}

/// What the first receipt must be.
fn start(receipt: &Readable, findings: &mut Findings) {
    if !receipt.is_signed() || !receipt.is_zero() {
        findings.add(Rule::Start, receipt.at(), receipt.kind(), "a signed receipt that sells nothing");
    }
}

/// The key that a receipt names, and its signature.
pub(super) fn signature(receipt: &Readable, keys: &Keys, findings: &mut Findings) {
    let named = &receipt.code.certificate;
    let Some(signer) = keys.find(named) else {
        let expected = format!("a key of the key container; it has {}", keys.names());
        return findings.add(Rule::Certificate, receipt.at(), named, expected);
    };
    if let Some(serial) = signer.serial()
        && !receipt.code.is_closed()
        && !serial.eq_ignore_ascii_case(named)
    {
        let expected = format!("{serial}, the serial number of the certificate itself");
        findings.add(Rule::Certificate, receipt.at(), named, expected);
    }
    if receipt.is_signed() && !signer.signed(&receipt.jws) {
        let expected = format!("a signature of this content under the key {named}");
        findings.add(Rule::Signature, receipt.at(), "a signature that is not valid", expected);
    }
}

fn system(closed: bool) -> &'static str {
    if closed { "a closed system (AT0)" } else { "an open system" }
}

/// Cents as euros with a point.
pub(super) fn euros(cents: i128) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let whole = cents.unsigned_abs();
    format!("{sign}{}.{:02}", whole / 100, whole % 100)
}
