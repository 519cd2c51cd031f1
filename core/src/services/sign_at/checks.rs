//! Whether the answer says what was sent, and whether it follows the receipt before (contract sign-at 2.8, 6.1, 6.4).

use super::containers::{Container, Sums};
use super::facts::Last;
use super::map::Kind;
use super::wire::text;
use crate::verify::rksv::{Amounts, Jws, MachineCode, Malformed, Signature, Turnover};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

/// The check of what was booked.
pub(super) const CONTENT: &str = "content";
/// The check of the register's chain.
pub(super) const CHAIN: &str = "chain";
/// Local time on receipts (contract sign-at 2.8).
pub(super) const ZONE: &str = "Europe/Vienna";

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// JSON pointer into the answer.
    pub(super) pointer: String,
    /// What is there, and what should be.
    pub(super) message: String,
    /// Whether it is about the machine code, which recorded answers of `test` have as a dummy (contract sign-at 2.8).
    pub(super) about_code: bool,
}

/// What was sent, as far as the answer repeats it.
pub(super) struct Expected<'a> {
    pub(super) kind: Kind,
    /// The name of the form that was submitted.
    pub(super) form: &'a str,
    pub(super) receipt: &'a str,
    pub(super) register: &'a str,
    pub(super) serial: &'a str,
    pub(super) sums: &'a Sums,
    /// `TEST` or `LIVE`.
    pub(super) environment: &'a str,
    /// The receipt before, as far as it is known.
    pub(super) last: Option<&'a Last>,
}

/// Compares a receipt with what was sent.
pub(super) fn content(expected: &Expected<'_>, answer: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let repeated = [
        ("/_id", expected.receipt),
        ("/_env", expected.environment),
        ("/receipt_type", expected.kind.name()),
        ("/cash_register_id", expected.register),
        ("/cash_register_serial_number", expected.serial),
    ];
    for (pointer, wanted) in repeated {
        if text(answer, pointer) != Some(wanted) {
            findings.push(finding(pointer, wanted, answer.pointer(pointer)));
        }
    }
    for container in Container::ALL {
        let pointer = format!("/schema/raw/{}", container.raw());
        let wanted = expected.sums.amount(container);
        let there = text(answer, &pointer).and_then(|amount| amount.parse::<Decimal>().ok());
        if there != Some(wanted) {
            findings.push(finding(&pointer, &wanted.to_string(), answer.pointer(&pointer)));
        }
    }
    // The answer repeats what was submitted, beside the five amounts (contract sign-at 2.8).
    let submitted = format!("/schema/{}", expected.form);
    if answer.pointer(&submitted).is_none() {
        findings.push(finding(&submitted, "what was submitted", None));
    }
    if signed_at(answer).is_none() {
        findings.push(finding(
            "/time_signature",
            "the time of the signature",
            answer.pointer("/time_signature"),
        ));
    }
    findings.extend(machine_code(expected, answer));
    findings
}

/// Compares the machine code with what was sent, and with the rest of the answer.
fn machine_code(expected: &Expected<'_>, answer: &Value) -> Vec<Finding> {
    const PLACE: &str = "/qr_code_data";
    let wrong = |message: String| Finding { pointer: PLACE.into(), message, about_code: true };
    let (jws, code) = match read(answer) {
        Ok(read) => read,
        Err(why) => return vec![wrong(why)],
    };
    let mut findings = Vec::new();
    let mut same = |part: &str, there: String, wanted: String| {
        if there != wanted {
            findings.push(wrong(format!("the machine code says {part} {there} instead of {wanted}")));
        }
    };
    same("number", code.number.clone(), text(answer, "/receipt_number").unwrap_or_default().into());
    same("register", code.register.clone(), expected.serial.into());
    same("amounts", in_euros(&code.amounts), in_euros(&expected.sums.cents()));
    let time = signed_at(answer).and_then(|at| at.in_tz(ZONE).ok());
    same("time", code.date.to_string(), time.map(|time| time.datetime().to_string()).unwrap_or_default());
    let turnover = match code.turnover {
        Turnover::Encrypted(_) => Kind::Normal,
        Turnover::Training => Kind::Training,
        Turnover::Cancellation => Kind::Cancellation,
    };
    same("type", turnover.name().into(), expected.kind.name().into());
    let signed = jws.signature != Signature::Outage;
    let told = answer.get("signed").and_then(Value::as_bool);
    same("signed", signed.to_string(), told.map_or("nothing".into(), |told| told.to_string()));
    // By the clock of the world: in the hour that comes twice local time may go back.
    let last = expected.last.map(|last| last.signed_at);
    if let (Some(last), Some(now)) = (last, signed_at(answer))
        && now < last
    {
        findings.push(wrong(format!("it was signed at {now}, before the receipt before it, {last}")));
    }
    findings
}

/// The five amounts in the order of the machine code.
fn in_euros(amounts: &Amounts) -> String {
    let Amounts { standard, reduced_1, reduced_2, zero, special } = amounts;
    let euros = |cents: &i128| {
        let sign = if *cents < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
    };
    [standard, reduced_1, reduced_2, zero, special].map(euros).join(" / ")
}

/// What is known of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chain {
    /// Every receipt refers to the one before.
    Whole,
    /// One does not.
    Broken(Finding),
    /// A receipt is missing, or has no machine code that can be read.
    Untold,
}

/// Whether each receipt refers to the one before, from the last one known.
pub(super) fn chain(last: &Last, receipts: &[&Value]) -> Chain {
    let Some((mut before, _)) = parsed(&last.code) else { return Chain::Untold };
    for receipt in receipts {
        let Ok((jws, code)) = read(receipt) else { return Chain::Untold };
        if code.chain != before.chain_value() {
            return Chain::Broken(Finding {
                pointer: "/qr_code_data".into(),
                message: format!(
                    "the receipt {} does not follow the receipt before it; another journal or program may use this register",
                    code.number
                ),
                about_code: true,
            });
        }
        before = jws;
    }
    Chain::Whole
}

fn read(answer: &Value) -> Result<(Jws, MachineCode), String> {
    let code = text(answer, "/qr_code_data").ok_or("there is no machine code")?;
    let jws = Jws::from_code(code).map_err(|wrong| wrong.to_string())?;
    let code = jws.payload.parse().map_err(|wrong: Malformed| wrong.to_string())?;
    Ok((jws, code))
}

fn parsed(code: &str) -> Option<(Jws, MachineCode)> {
    let jws = Jws::from_code(code).ok()?;
    let code = jws.payload.parse().ok()?;
    Some((jws, code))
}

/// When a receipt was signed.
pub(super) fn signed_at(answer: &Value) -> Option<Timestamp> {
    let seconds = answer.get("time_signature").and_then(Value::as_i64)?;
    Timestamp::from_second(seconds).ok()
}

/// The number of a receipt; it is text that has only digits (contract sign-at 2.8).
pub(super) fn number(answer: &Value) -> Option<u128> {
    text(answer, "/receipt_number")?.parse().ok()
}

impl Last {
    /// A receipt as its successor will refer to it.
    pub(super) fn of(answer: &Value) -> Option<Last> {
        Some(Last {
            number: text(answer, "/receipt_number")?.to_owned(),
            code: text(answer, "/qr_code_data")?.to_owned(),
            signed_at: signed_at(answer)?,
        })
    }
}

fn finding(pointer: &str, wanted: &str, there: Option<&Value>) -> Finding {
    let message = match there {
        Some(there) => format!("{there} instead of {wanted}"),
        None => format!("nothing instead of {wanted}"),
    };
    Finding { pointer: pointer.to_owned(), message, about_code: false }
}
