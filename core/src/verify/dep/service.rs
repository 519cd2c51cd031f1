//! The service's own list of receipts, which says what the export alone cannot: which amount belongs to which
//! VAT rate, the time with its zone, and which receipt is the last.

use super::bounded::Bounded;
use super::findings::{At, Findings, Rule};
use super::numbers::{is_counted, order};
use super::read::unusable;
use super::vienna::Vienna;
use crate::error::{Error, Result};
use crate::json::Strict;
use crate::money::Exact;
use crate::read::strict;
use crate::text::quoted;
use crate::verify::rksv::{Amounts, Jws, MachineCode};
use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use serde_json::de::IoRead;
use serde_json::{StreamDeserializer, Value};
use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{BufReader, Read};

/// The parameter that named the file.
const POINTER: &str = "/receipts";
/// How many receipts a page may have; the service gives at most 100 (contract sign-at 1.3).
const LONGEST_PAGE: usize = 1000;

/// A receipt as SIGN AT gives it (contract sign-at 2.8); what else it says does not matter here.
#[derive(Deserialize)]
struct Listed {
    receipt_number: String,
    time_signature: i64,
    cash_register_serial_number: String,
    qr_code_data: String,
    schema: Schema,
}

#[derive(Deserialize)]
struct Schema {
    raw: Raw,
}

#[derive(Deserialize)]
struct Raw {
    gross_amount_standard: Exact,
    gross_amount_reduced_1: Exact,
    gross_amount_reduced_2: Exact,
    gross_amount_special: Exact,
    gross_amount_zero: Exact,
}

type Source<'a> = BufReader<Bounded<'a, Box<dyn Read + 'a>>>;

/// The list, read along with the export.
pub(super) struct Service<'a> {
    values: StreamDeserializer<'static, IoRead<Source<'a>>, Strict<true>>,
    page: VecDeque<Listed>,
    last: String,
    compared: u64,
    /// Whether the export may begin behind the list's first receipt and end before its last.
    partial: bool,
    /// Whether the list's next receipt may come before the export's first.
    before_first: bool,
}

impl<'a> Service<'a> {
    pub(super) fn new(source: Box<dyn Read + 'a>, passed: &'a Cell<u64>, partial: bool) -> Self {
        let source = BufReader::new(Bounded::new(source, passed));
        let values = serde_json::Deserializer::from_reader(source).into_iter();
        Service {
            values,
            page: VecDeque::new(),
            last: String::new(),
            compared: 0,
            partial,
            before_first: partial,
        }
    }

    /// How many receipts were held against the list.
    pub(super) fn compared(&self) -> u64 {
        self.compared
    }

    /// Holds a receipt of the export against the list.
    ///
    /// # Errors
    /// `invalid` at `/receipts` when the list cannot be read, or its numbers do not ascend.
    pub(super) fn compare(&mut self, receipt: &Receipt<'_>, findings: &mut Findings) -> Result<()> {
        let before_first = std::mem::take(&mut self.before_first);
        let number = &receipt.code.number;
        while let Some(listed) = self.next_of(&receipt.code.register)? {
            if order(&listed.receipt_number) > order(number) || !is_counted(number) {
                self.page.push_front(listed);
                return Ok(());
            }
            self.last.clone_from(&listed.receipt_number);
            if listed.receipt_number == *number {
                self.compared += 1;
                return differences(&listed, receipt, findings);
            }
            if !before_first {
                missing(&listed, findings);
            }
        }
        Ok(())
    }

    /// Tells which receipts of the list the export does not reach.
    pub(super) fn finish(&mut self, register: &str, findings: &mut Findings) -> Result<()> {
        while let Some(listed) = self.next_of(register)? {
            self.last.clone_from(&listed.receipt_number);
            if !self.partial {
                missing(&listed, findings);
            }
        }
        Ok(())
    }

    /// The next receipt of this register; those of others are passed over.
    fn next_of(&mut self, register: &str) -> Result<Option<Listed>> {
        while let Some(listed) = self.next()? {
            if listed.cash_register_serial_number == register {
                if !is_counted(&listed.receipt_number) || order(&listed.receipt_number) <= order(&self.last) {
                    return Err(out_of_order(&listed.receipt_number));
                }
                return Ok(Some(listed));
            }
        }
        Ok(None)
    }

    fn next(&mut self) -> Result<Option<Listed>> {
        while self.page.is_empty() {
            match self.values.next() {
                None => return Ok(None),
                Some(Ok(Strict(value))) => self.page = page(value)?,
                Some(Err(cause)) => {
                    return Err(unusable(POINTER, "pages of SIGN AT's list, or a receipt a line,", &cause));
                }
            }
        }
        Ok(self.page.pop_front())
    }
}

/// The receipts of a page as SIGN AT gives it, or of a line of its own.
fn page(mut value: Value) -> Result<VecDeque<Listed>> {
    let receipts = match value.get_mut("data").map(Value::take) {
        None => vec![value],
        Some(Value::Array(receipts)) if receipts.len() <= LONGEST_PAGE => receipts,
        Some(Value::Array(_)) => {
            let message =
                format!("a page of the list has more than {LONGEST_PAGE} receipts; write shorter pages");
            return Err(Error::invalid(POINTER, message));
        }
        Some(_) => return Err(Error::invalid(POINTER, "the \"data\" of a page is no list of receipts")),
    };
    receipts.iter().map(listed).collect()
}

fn listed(receipt: &Value) -> Result<Listed> {
    strict(receipt).map_err(|error| {
        let place = error.pointer().map(quoted).unwrap_or_default();
        let message = format!("a receipt of the list cannot be used: at {place}, {}", error.message());
        Error::invalid(POINTER, message)
    })
}

/// A receipt of the export, with all that is known of it.
pub(super) struct Receipt<'a> {
    pub(super) position: u64,
    pub(super) jws: &'a Jws,
    pub(super) code: &'a MachineCode,
    pub(super) vienna: &'a Vienna,
}

fn differences(listed: &Listed, receipt: &Receipt<'_>, findings: &mut Findings) -> Result<()> {
    let mut differs = |rule, found: String, expected: String| {
        if found != expected {
            findings.add(rule, At::receipt(receipt.position, &receipt.code.number), found, expected);
        }
    };
    let wrong = |what: &str| {
        let number = quoted(&listed.receipt_number);
        Error::invalid(POINTER, format!("receipt {number} of the list cannot be compared: {what}"))
    };
    let amounts = amounts(&listed.schema.raw).ok_or_else(|| wrong("an amount is not in whole cents"))?;
    let at = Timestamp::from_second(listed.time_signature).map_err(|_| wrong("its time is out of range"))?;
    differs(Rule::ListedAmounts, receipt.code.amounts.to_string(), amounts.to_string());
    differs(Rule::ListedTime, receipt.code.date.to_string(), receipt.vienna.local(at).to_string());
    differs(Rule::ListedCode, receipt.jws.qr(), listed.qr_code_data.clone());
    Ok(())
}

fn missing(listed: &Listed, findings: &mut Findings) {
    let at = At::number(&listed.receipt_number);
    findings.add(Rule::Missing, at, "no receipt of this number at its place", &listed.qr_code_data);
}

fn amounts(raw: &Raw) -> Option<Amounts> {
    Some(Amounts {
        standard: cents(raw.gross_amount_standard)?,
        reduced_1: cents(raw.gross_amount_reduced_1)?,
        reduced_2: cents(raw.gross_amount_reduced_2)?,
        zero: cents(raw.gross_amount_zero)?,
        special: cents(raw.gross_amount_special)?,
    })
}

fn cents(amount: Exact) -> Option<i128> {
    let cents = amount.0.checked_mul(Decimal::ONE_HUNDRED)?;
    cents.is_integer().then(|| cents.to_i128()).flatten()
}

fn out_of_order(number: &str) -> Error {
    let message = format!(
        "the list's receipt {} does not follow the one before by its number; list one register in ascending order",
        quoted(number)
    );
    Error::invalid(POINTER, message)
}
